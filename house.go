package main

import (
	"context"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/labstack/echo/v4"

	"greenroom/blob"
	"greenroom/db"
	"greenroom/db/local"
	"greenroom/web"
)

// places says where everything is kept; every command takes it.
type places struct {
	Data        string `default:"./data" from:"GREENROOM_DATA" type:"path" help:"Folder for the database, files and keys of the embedded installation."`
	DatabaseURL string `name:"database-url" from:"DATABASE_URL" placeholder:"URL" help:"A Postgres to use instead of our own: postgres://user:password@host/name."`
}

// A house is everything that outlives a request: the database, the files, the
// secret, and the doors in front of them.
type house struct {
	db       *db.DB
	postgres *local.Server // nil with a Postgres of somebody else's
	files    *blob.Local
	live     *web.Hub
}

// open makes the data folder ready, finds or starts Postgres and brings the
// schema up to date.
func (p places) open(ctx context.Context, log *slog.Logger) (h *house, err error) {
	if err := makeFolder(p.Data); err != nil {
		return nil, err
	}
	h = &house{}
	defer func() {
		if err != nil {
			err = errors.Join(err, h.close())
		}
	}()
	if h.files, err = blob.NewLocal(filepath.Join(p.Data, "files")); err != nil {
		return h, err
	}
	address := p.DatabaseURL
	if address == "" {
		if h.postgres, err = local.Start(ctx, local.Config{Dir: filepath.Join(p.Data, "postgres"), Log: log}); err != nil {
			return h, err
		}
		address = h.postgres.URL()
	}
	if h.db, err = db.Open(ctx, address); err != nil {
		return h, err
	}
	h.live = web.NewHub(h.db.Follow)
	h.db.Reserve(reserved(newDoors(h, settings{})))
	return h, h.db.Migrate(ctx)
}

// close lets go of what open took, Postgres last.
func (h *house) close() error {
	var errs []error
	if h.db != nil {
		errs = append(errs, h.db.Close())
	}
	if h.postgres != nil {
		errs = append(errs, h.postgres.Stop())
	}
	return errors.Join(errs...)
}

// kept are first words of addresses that the product will have and nobody
// should be called by then.
var kept = []string{"-", "admin", "api", "artifacts", "automations", "docs", "help", "mlflow", "oidc", "orgs", "projects", "reviews", "search"}

// reserved returns the first segments of the product's own addresses, which
// nobody can have as a name.
func reserved(e *echo.Echo) []string {
	names := append([]string(nil), kept...)
	for _, r := range e.Routes() {
		first, _, _ := strings.Cut(strings.TrimPrefix(r.Path, "/"), "/")
		if first != "" && !strings.ContainsAny(first, ":*") {
			names = append(names, first)
		}
	}
	return names
}

// makeFolder makes the data folder, for our eyes only. As root it stays passable
// for the user that Postgres runs as; what is in it is closed anyway.
func makeFolder(dir string) error {
	mode := fs.FileMode(0o700)
	if os.Getuid() == 0 {
		mode = 0o711
	}
	if err := os.MkdirAll(dir, mode); err != nil {
		return fmt.Errorf("the data folder %s cannot be made; choose another with --data: %w", dir, err)
	}
	probe, err := os.CreateTemp(dir, ".writable-*")
	if err != nil {
		return fmt.Errorf("the data folder %s cannot be written to; choose another with --data: %w", dir, err)
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// secretIn returns the secret of the installation in dir, made at the first
// call. Processes that start at once get the same.
func secretIn(dir string) (string, error) {
	path := filepath.Join(dir, "secret")
	made, err := os.CreateTemp(dir, ".secret-*") // mode 0600
	if err != nil {
		return "", fmt.Errorf("secret: %w", err)
	}
	defer os.Remove(made.Name())
	_, err = made.WriteString(randomHex(32) + "\n")
	if err = errors.Join(err, made.Sync(), made.Close()); err != nil {
		return "", fmt.Errorf("secret: %w", err)
	}
	if err := os.Link(made.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", fmt.Errorf("secret: %w", err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("secret: %w", err)
	}
	return strings.TrimSpace(string(text)), nil
}

// derive returns 32 bytes for one purpose; one purpose's key tells nothing about
// another's.
func derive(secret, purpose string) []byte {
	key, err := hkdf.Key(sha256.New, []byte(secret), nil, "greenroom "+purpose, 32)
	if err != nil {
		panic(err) // only for lengths that SHA-256 cannot give
	}
	return key
}

// randomHex is n bytes nobody can guess.
func randomHex(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}
