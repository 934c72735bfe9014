// Schema writes db/schema.sql: what all migrations add up to, dumped from a fresh database, so that the present can be
// read in one file.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"regexp"
	"strings"

	"greenroom/db"
	"greenroom/db/local"
)

const file = "db/schema.sql"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := write(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func write(ctx context.Context) (err error) {
	dir, err := os.MkdirTemp("", "greenroom-schema-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	server, err := local.Start(ctx, local.Config{Dir: dir, Settings: map[string]string{"fsync": "off"}})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Stop(), local.Remove(dir)) }()
	if err := migrate(ctx, server.URL()); err != nil {
		return err
	}
	dump, err := pgDump(ctx, server.URL())
	if err != nil {
		return err
	}
	return os.WriteFile(file, tidy(dump), 0o644)
}

func migrate(ctx context.Context, address string) error {
	d, err := db.Open(ctx, address)
	if err != nil {
		return err
	}
	return errors.Join(d.Migrate(ctx), d.Close())
}

func pgDump(ctx context.Context, address string) ([]byte, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	q := u.Query()
	q.Del("binary_parameters") // known to our driver only
	u.RawQuery = q.Encode()
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(ctx, "pg_dump", "--schema-only", "--no-owner", "--no-privileges", "--exclude-table=goose_db_version", u.String())
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("pg_dump: %w: %s", err, &errs)
	}
	return out.Bytes(), nil
}

// noise is what pg_dump says about itself, about the session that would read the dump, and in the headings that repeat
// the statement below them. Some of it differs from one run or version to the next.
var noise = regexp.MustCompile(`(?m)^(--|-- (PostgreSQL database|Dumped|Name:).*|SET .*;|SELECT pg_catalog\.set_config.*|\\(un)?restrict.*)$`)

func tidy(dump []byte) []byte {
	text := noise.ReplaceAllString(string(dump), "")
	text = regexp.MustCompile(`\n{3,}`).ReplaceAllString(text, "\n\n")
	return []byte("-- Generated from db/migrations by `make generate`; do not edit.\n\n" + strings.TrimSpace(text) + "\n")
}
