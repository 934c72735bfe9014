//go:build unix

// Package local runs a Postgres of our own, so that nothing needs to be set up before the first start. It finds the
// server that is installed, makes a database folder, starts Postgres on a unix socket that only we can reach, starts
// it again when it dies, and stops it at the end. Several processes may share one folder: the first starts Postgres,
// the others attach, and whoever survives keeps it running.
package local

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"
)

const (
	user     = "greenroom"
	database = "greenroom"
	port     = "5432" // names the socket; nothing listens on TCP
)

// Config says where the database is and how it runs.
type Config struct {
	// Dir is the folder for everything Postgres keeps, such as ./data/postgres. It is made where needed.
	Dir string
	// BinDir holds the programs postgres and initdb. Empty means: look for them in the usual places.
	BinDir string
	// Settings are passed to Postgres beside our own, which they override.
	Settings map[string]string
	// Log hears of starts, restarts and stops. Nil means nobody does.
	Log *slog.Logger
}

// Server is a running Postgres, whoever started it.
type Server struct {
	dir      string
	bins     string
	socket   string // folder of the socket
	url      string
	settings map[string]string
	log      *slog.Logger

	attached atomic.Bool
	cancel   context.CancelFunc
	done     chan struct{} // closed when keep has returned; stopErr may be read then
	stopErr  error
}

// Start returns when the database answers queries, having started Postgres or attached to the one that another process
// runs on the same folder. ctx limits the start only; the server runs until Stop. Where starting cannot work, because
// Postgres is not installed or may not run here, the error is a sentence that says what to do.
func Start(ctx context.Context, c Config) (*Server, error) {
	s, err := configure(c)
	if err != nil {
		return nil, err
	}
	life, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s.cancel = cancel
	started := make(chan error, 1)
	go s.keep(life, started)
	select {
	case err = <-started:
	case <-ctx.Done():
		err = fmt.Errorf("local: start Postgres in %s: %w", s.dir, context.Cause(ctx))
	}
	if err != nil {
		cancel()
		<-s.done
		return nil, err
	}
	return s, nil
}

// URL is the address of our database for lib/pq. It stays the same for as long as the server lives, through restarts.
func (s *Server) URL() string { return s.url }

// Attached says whether the Postgres that runs now was started by another process. It changes to false when that
// process goes and this one takes over.
func (s *Server) Attached() bool { return s.attached.Load() }

// Stop ends Postgres if this process started it, and otherwise only stops watching it. Close what is connected first:
// Postgres cuts off what is still open. Calling it again does nothing.
func (s *Server) Stop() error {
	s.cancel()
	<-s.done
	return s.stopErr
}

// Remove deletes the database in dir with everything in it, unless a Postgres runs on it, which is an error.
func Remove(dir string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return fmt.Errorf("local: find %s: %w", dir, err)
	}
	lock, err := tryLock(filepath.Join(dir, "lock"))
	// A program that this process is just starting shares its open files for a moment, our locks among them.
	for try := 0; try < 20 && lock == nil && err == nil; try++ {
		time.Sleep(pollRunning / 2)
		lock, err = tryLock(filepath.Join(dir, "lock"))
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if lock == nil {
		return fmt.Errorf("local: remove %s: a Postgres runs on it", dir)
	}
	defer lock.Close()
	if err := errors.Join(os.RemoveAll(socketFolder(dir)), os.RemoveAll(dir)); err != nil {
		return fmt.Errorf("local: remove: %w", err)
	}
	return nil
}

func configure(c Config) (*Server, error) {
	dir, err := filepath.Abs(c.Dir)
	if err != nil {
		return nil, fmt.Errorf("local: find %s: %w", c.Dir, err)
	}
	// Apart from the last, folders stay passable: Postgres may have to run as another user than root.
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return nil, fmt.Errorf("local: make the database folder: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("local: make the database folder: %w", err)
	}
	s := &Server{dir: dir, bins: c.BinDir, socket: socketFolder(dir), log: c.Log, done: make(chan struct{})}
	s.url = s.urlOf(database)
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.settings = defaults(s.socket)
	maps.Copy(s.settings, c.Settings)
	return s, nil
}

func (s *Server) urlOf(database string) string {
	u := url.URL{Scheme: "postgres", User: url.User(user), Path: "/" + database, RawQuery: url.Values{
		"host":              {s.socket},
		"port":              {port},
		"sslmode":           {"disable"},
		"binary_parameters": {"yes"}, // halves the time of a query that is not prepared
	}.Encode()}
	return u.String()
}

// path is a file or folder of the database folder.
func (s *Server) path(name string) string { return filepath.Join(s.dir, name) }
