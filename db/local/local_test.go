//go:build unix

package local_test

import (
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"greenroom/db/local"
)

// relaxed makes tests fast. What is committed still survives the death of any process.
var relaxed = map[string]string{"fsync": "off"}

// folder returns a new folder for a database, at a path short enough for a socket.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "greenroom-local-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := local.Remove(filepath.Join(dir, "postgres")); err != nil {
			t.Error(err)
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return filepath.Join(dir, "postgres")
}

func start(t *testing.T, dir string) *local.Server {
	t.Helper()
	s, err := local.Start(t.Context(), local.Config{Dir: dir, Settings: relaxed})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, s) })
	return s
}

func stop(t *testing.T, s *local.Server) {
	t.Helper()
	if err := s.Stop(); err != nil {
		t.Error(err)
	}
}

func connect(t *testing.T, address string) *sql.DB {
	t.Helper()
	db, err := sql.Open("postgres", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func exec(t *testing.T, address string, statements ...string) {
	t.Helper()
	db := connect(t, address)
	defer db.Close()
	for _, q := range statements {
		if _, err := db.ExecContext(t.Context(), q); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
}

func count(t *testing.T, address string) (n int) {
	t.Helper()
	db := connect(t, address)
	defer db.Close()
	if err := db.QueryRowContext(t.Context(), `select count(*) from kept`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// within tries until f reports nil, and fails when it does not in time.
func within(t *testing.T, limit time.Duration, f func() error) {
	t.Helper()
	deadline := time.After(limit)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		err := f()
		if err == nil {
			return
		}
		select {
		case <-deadline:
			t.Fatalf("not within %v: %v", limit, err)
		case <-tick.C:
		}
	}
}

func answers(t *testing.T, address string) func() error {
	return func() error {
		db := connect(t, address)
		defer db.Close()
		return db.PingContext(t.Context())
	}
}

func TestColdThenWarm(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	s := start(t, dir)
	if s.Attached() {
		t.Error("attached to a Postgres that nobody started")
	}
	exec(t, s.URL(), `create table kept (n int)`, `insert into kept values (1), (2)`)
	stop(t, s)
	stop(t, s)
	if answers(t, s.URL())() == nil {
		t.Fatal("answers after Stop")
	}

	again := start(t, dir)
	if again.URL() != s.URL() {
		t.Errorf("the address changed from %s to %s", s.URL(), again.URL())
	}
	if n := count(t, again.URL()); n != 2 {
		t.Fatalf("%d rows after a restart, want 2", n)
	}
}

func TestNobodyElseCanConnect(t *testing.T) {
	t.Parallel()
	s := start(t, folder(t))
	u, err := url.Parse(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(u.Query().Get("host"))
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o700 {
		t.Errorf("the folder of the socket is open to others: %v", info.Mode())
	}
	var listens string
	if err := connect(t, s.URL()).QueryRowContext(t.Context(), `show listen_addresses`).Scan(&listens); err != nil || listens != "" {
		t.Errorf("listens on %q (%v)", listens, err)
	}
}

// Text must compare the same on every system, and know capital letters beyond ASCII.
func TestText(t *testing.T) {
	t.Parallel()
	s := start(t, folder(t))
	var lower string
	var bytewise bool
	q := `select lower('ÄÖÉ'), 'Z' < 'a'`
	if err := connect(t, s.URL()).QueryRowContext(t.Context(), q).Scan(&lower, &bytewise); err != nil {
		t.Fatal(err)
	}
	if lower != "äöé" || !bytewise {
		t.Fatalf("lower gives %q, Z < a is %v", lower, bytewise)
	}
}

// A socket's path may have about 100 bytes; a folder's may have thousands, and any character.
func TestLongPath(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(folder(t), strings.Repeat("deep, 'and' \"odd\"/", 8), "postgres")
	s := start(t, dir)
	exec(t, s.URL(), `create table kept (n int)`)
	second := start(t, dir)
	if !second.Attached() {
		t.Error("a second start on a long path did not find the first")
	}
	stop(t, second)
	stop(t, s)
	if err := local.Remove(dir); err != nil {
		t.Error(err)
	}
}

func TestOddPath(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(filepath.Dir(folder(t)), `a "b", c%d & é`)
	s := start(t, dir)
	exec(t, s.URL(), `create table kept (n int)`)
	stop(t, s)
	if err := local.Remove(dir); err != nil {
		t.Error(err)
	}
}

func TestRemoveSparesWhatRuns(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	s := start(t, dir)
	if err := local.Remove(dir); err == nil {
		t.Fatal("removed a running database")
	}
	exec(t, s.URL(), `create table kept (n int)`)
}

func TestUnusableBinaries(t *testing.T) {
	t.Parallel()
	fake := func(version string) string {
		dir := t.TempDir()
		for _, name := range []string{"initdb", "postgres"} {
			script := fmt.Sprintf("#!/bin/sh\necho 'postgres (PostgreSQL) %s'\n", version)
			if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o755); err != nil {
				t.Fatal(err)
			}
		}
		return dir
	}
	made := folder(t)
	stop(t, start(t, made))
	for name, c := range map[string]struct {
		config local.Config
		says   []string
	}{
		"none":         {local.Config{Dir: folder(t), BinDir: t.TempDir()}, []string{"initdb", "DATABASE_URL"}},
		"too old":      {local.Config{Dir: folder(t), BinDir: fake("9.6.24")}, []string{"only 9", "DATABASE_URL"}},
		"of the past":  {local.Config{Dir: folder(t), BinDir: fake("13.9 (Debian)")}, []string{"only 13"}},
		"another's db": {local.Config{Dir: made, BinDir: fake("99beta1")}, []string{"only 99", "apt-get install postgresql-", "DATABASE_URL"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := local.Start(t.Context(), c.config)
			if err == nil {
				t.Fatal("started")
			}
			for _, part := range c.says {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q does not mention %q", err, part)
				}
			}
		})
	}
}

// What Postgres says about a setting it refuses must reach whoever set it.
func TestRefusedSetting(t *testing.T) {
	t.Parallel()
	_, err := local.Start(t.Context(), local.Config{Dir: folder(t), Settings: map[string]string{"fsync": "off", "shared_buffers": "lots"}})
	if err == nil || !strings.Contains(err.Error(), "shared_buffers") {
		t.Fatalf("got %v, want an error about shared_buffers", err)
	}
}
