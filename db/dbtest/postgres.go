package dbtest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"greenroom/db/local"
)

// address is that of a Postgres for tests: TEST_DATABASE_URL, or one of our own that all tests of this process share.
func address(tb testing.TB) string {
	tb.Helper()
	if u := os.Getenv("TEST_DATABASE_URL"); u != "" {
		return u
	}
	u, err := start()
	if err != nil {
		tb.Fatalf("dbtest: no Postgres: %v", err)
	}
	return u
}

// start starts Postgres without any care for power cuts. It ends together with this process, whatever ends that; its
// folder is removed by a later run.
var start = sync.OnceValues(func() (string, error) {
	removeLeftovers()
	dir, err := os.MkdirTemp("", "greenroom-test-")
	if err != nil {
		return "", fmt.Errorf("dbtest: make a folder: %w", err)
	}
	// Where Postgres has to run as another user, it must get through.
	if err := os.Chmod(dir, 0o711); err != nil {
		return "", fmt.Errorf("dbtest: make a folder: %w", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	s, err := local.Start(ctx, local.Config{
		Dir: filepath.Join(dir, "postgres"),
		Settings: map[string]string{
			"fsync":              "off",
			"full_page_writes":   "off",
			"synchronous_commit": "off",
			"max_connections":    "300", // parallel tests, a pool each
		},
	})
	if err != nil {
		return "", err
	}
	return s.URL(), nil
})

// removeLeftovers removes the folders of earlier runs whose Postgres is gone. One that is younger than a minute may
// belong to a process that is about to start its Postgres.
func removeLeftovers() {
	dirs, _ := filepath.Glob(filepath.Join(os.TempDir(), "greenroom-test-*"))
	for _, dir := range dirs {
		info, err := os.Stat(dir)
		if err != nil || time.Since(info.ModTime()) < time.Minute {
			continue
		}
		if local.Remove(filepath.Join(dir, "postgres")) == nil {
			_ = os.RemoveAll(dir)
		}
	}
}
