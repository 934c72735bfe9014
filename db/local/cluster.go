//go:build unix

package local

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unicode"
)

// cluster is the folder of the tables, inside Config.Dir.
const cluster = "data"

// longestSocket is the longest path of a socket, in bytes, that all systems take, with some to spare.
const longestSocket = 90

// socketFolder is where the socket is. Every process that shares dir must come to the same answer. Postgres and its
// clients read a comma as the start of a second folder and have views on quotes, too: such paths are not for them.
func socketFolder(dir string) string {
	near := filepath.Join(dir, "run")
	plain := func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("/._-+@ ", r)
	}
	odd := strings.ContainsFunc(near, func(r rune) bool { return !plain(r) })
	if !odd && len(filepath.Join(near, ".s.PGSQL."+port)) <= longestSocket {
		return near
	}
	sum := sha256.Sum256([]byte(dir))
	return fmt.Sprintf("/tmp/greenroom-%d-%x", os.Getuid(), sum[:8])
}

// prepare leaves a cluster that Postgres can start on. Nothing of an earlier Postgres runs: we have the lock.
func (s *Server) prepare(ctx context.Context, bins binaries, as account, lock *os.File) error {
	if err := s.makeSocketFolder(as); err != nil {
		return err
	}
	_, err := os.Stat(s.path(cluster + "/PG_VERSION"))
	if errors.Is(err, fs.ErrNotExist) {
		return s.initialise(ctx, bins, as, lock)
	}
	if err != nil {
		return fmt.Errorf("local: look for the database: %w", err)
	}
	return s.removeStale()
}

// initialise makes the cluster under another name first, so that one cut off half-way is never taken for a whole one.
func (s *Server) initialise(ctx context.Context, bins binaries, as account, lock *os.File) error {
	half := s.path(cluster + ".tmp")
	if err := os.RemoveAll(half); err != nil {
		return fmt.Errorf("local: remove an unfinished database: %w", err)
	}
	// Text sorts by its bytes, the same on every system; letters still know their upper and lower case.
	ctype := "C.UTF-8"
	if runtime.GOOS == "darwin" {
		ctype = "en_US.UTF-8"
	}
	args := []string{"-D", half, "-U", user, "--auth=trust", "--encoding=UTF8", "--locale=C", "--lc-ctype=" + ctype,
		"--data-checksums", "--no-instructions"}
	if s.settings["fsync"] == "off" {
		args = append(args, "--no-sync")
	}
	cmd := exec.CommandContext(ctx, filepath.Join(bins.dir, "initdb"), args...)
	cmd.Dir = s.dir
	cmd.Env = environment()
	cmd.SysProcAttr = as.attributes()
	cmd.ExtraFiles = []*os.File{lock}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGINT) }
	cmd.WaitDelay = 5 * time.Second
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("local: make the database: %w: %s", err, strings.TrimSpace(string(out)))
	}
	if err := os.Rename(half, s.path(cluster)); err != nil {
		return fmt.Errorf("local: make the database: %w", err)
	}
	return syncFolder(s.dir)
}

// removeStale removes what a Postgres that was killed left behind. A new one would remove it itself, but not while the
// old process is a zombie that nobody has waited for, nor when another process has got its number meanwhile.
func (s *Server) removeStale() error {
	path := s.path(cluster + "/postmaster.pid")
	b, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("local: read %s: %w", path, err)
	}
	line, _, _ := strings.Cut(string(b), "\n")
	if pid, err := strconv.Atoi(strings.TrimSpace(line)); err == nil && isPostgres(pid, s.path(cluster)) {
		return fmt.Errorf("A Postgres that Greenroom did not start (process %d) uses %s. Stop it first, or set DATABASE_URL to use it.",
			pid, s.path(cluster))
	}
	socket := filepath.Join(s.socket, ".s.PGSQL."+port)
	for _, stale := range []string{path, socket, socket + ".lock"} {
		if err := os.Remove(stale); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("local: remove what a killed Postgres left: %w", err)
		}
	}
	return nil
}

// makeSocketFolder makes the folder that alone decides who may connect: there are no passwords.
func (s *Server) makeSocketFolder(as account) error {
	if err := os.Mkdir(s.socket, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("local: make the folder of the socket: %w", err)
	}
	info, err := os.Lstat(s.socket)
	if err != nil {
		return fmt.Errorf("local: make the folder of the socket: %w", err)
	}
	owner := ownerOf(info)
	if !info.IsDir() || owner != os.Getuid() && owner != as.uid {
		return fmt.Errorf("%s belongs to someone else, so Greenroom does not put its database socket there. Remove it, or choose a shorter path for the data.", s.socket)
	}
	if err := os.Chmod(s.socket, 0o700); err != nil {
		return fmt.Errorf("local: close the folder of the socket: %w", err)
	}
	if owner != as.uid {
		if err := os.Chown(s.socket, as.uid, as.gid); err != nil {
			return fmt.Errorf("local: make the folder of the socket: %w", err)
		}
	}
	return nil
}

// forgetSocketFolder removes the folder of the socket where it is not inside ours. One that is in use again stays.
func (s *Server) forgetSocketFolder() {
	if !strings.HasPrefix(s.socket, s.dir) {
		_ = os.Remove(s.socket)
	}
}

func ownerOf(info fs.FileInfo) int {
	return int(info.Sys().(*syscall.Stat_t).Uid)
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("local: sync %s: %w", dir, err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil {
		return fmt.Errorf("local: sync %s: %w", dir, err)
	}
	return nil
}
