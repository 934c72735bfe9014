package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

const (
	team  = "bench"   // where works log to
	admin = "bencher" // who does it, an administrator and of that team
)

// A greenroom is the program, serving from a data folder of its own with a Postgres of its own.
type greenroom struct {
	*process
	url  string // without a slash at the end
	data string // its folder
	key  string // an API key of admin
}

// serve starts the program on an empty data folder and returns when it is ready and the team is there. Arguments are
// added to those of `greenroom serve`.
func (b *bed) serve(ctx context.Context, args ...string) (*greenroom, error) {
	data, err := b.folder("data")
	if err != nil {
		return nil, err
	}
	g, err := b.serveAgain(ctx, data, args...)
	if err != nil {
		return nil, err
	}
	out, err := b.command(ctx, data, "user", "add", admin, "--admin", "--api-key")
	if err != nil {
		return nil, err
	}
	g.key = lastLine(out)
	if _, err := b.command(ctx, data, "team", "add", team, "--member", admin+"=admin"); err != nil {
		return nil, err
	}
	return g, b.notePostgres(ctx, g)
}

// notePostgres tells the report which Postgres the server runs.
func (b *bed) notePostgres(ctx context.Context, g *greenroom) error {
	address, err := g.database("greenroom")
	if err != nil {
		return err
	}
	pool, err := sql.Open("postgres", address)
	if err != nil {
		return err
	}
	defer pool.Close()
	var which string
	if err := pool.QueryRowContext(ctx, "show server_version").Scan(&which); err != nil {
		return fmt.Errorf("which Postgres this is: %w", err)
	}
	which, _, _ = strings.Cut(which, " ") // the rest is the packager's
	b.using("Postgres", which)
	return nil
}

// serveAgain starts the program on a data folder that is there. Whoever needs the key takes it from the first start.
func (b *bed) serveAgain(ctx context.Context, data string, args ...string) (*greenroom, error) {
	addr, err := freeAddr(ctx)
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(b.program, append([]string{"serve", "--addr", addr, "--data", data}, args...)...) //nolint:noctx // it ends by stop, in good order
	cmd.Env = cleanEnv("GREENROOM_KEY_RATE=0", "GREENROOM_ADDRESS_RATE=0")                                // one key and one person stand for many here
	g := &greenroom{url: "http://" + addr, data: data}
	if g.process, err = b.start("greenroom", cmd); err != nil {
		return nil, err
	}
	return g, g.await(ctx, func(ctx context.Context) error { return answers(ctx, g.url+"/ready") })
}

// command runs one of the program's commands on a data folder and returns what it printed.
func (b *bed) command(ctx context.Context, data string, args ...string) (string, error) {
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(ctx, b.program, args...)
	cmd.Env = cleanEnv("GREENROOM_DATA=" + data)
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("greenroom %s: %w\n%s", strings.Join(args, " "), err, &errs)
	}
	return out.String(), nil
}

// database is the address of a database in the Postgres that the server runs, for libpq and what is built like it.
func (g *greenroom) database(name string) (string, error) {
	text, err := os.ReadFile(filepath.Join(g.data, "postgres/data/postmaster.pid"))
	if err != nil {
		return "", err
	}
	lines := strings.Split(string(text), "\n") // process, folder, start, port, folder of the socket, …
	if len(lines) < 5 {
		return "", errors.New("postmaster.pid does not say where Postgres listens")
	}
	u := url.URL{Scheme: "postgresql", User: url.User("greenroom"), Path: "/" + name, RawQuery: url.Values{
		"host": {lines[4]}, "port": {lines[3]}, "sslmode": {"disable"},
	}.Encode()}
	return u.String(), nil
}

// answers demands that an address answers 200.
func answers(ctx context.Context, address string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", address, res.Status)
	}
	return nil
}

// lastLine is where commands print what scripts want, an API key for example.
func lastLine(out string) string {
	out = strings.TrimSpace(out)
	return out[strings.LastIndexByte(out, '\n')+1:]
}
