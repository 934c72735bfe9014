//go:build !unix

// Package local runs a Postgres of our own where the system has unix sockets and signals. Elsewhere it says so.
package local

import (
	"context"
	"errors"
	"log/slog"
)

// Config is not used on this system.
type Config struct {
	Dir      string
	BinDir   string
	Settings map[string]string
	Log      *slog.Logger
}

// Server does not exist on this system.
type Server struct{}

// Start fails with a sentence that says what to do instead.
func Start(context.Context, Config) (*Server, error) {
	return nil, errors.New("Greenroom cannot run Postgres by itself on this system. Set DATABASE_URL to a Postgres that runs.")
}

// URL is empty.
func (*Server) URL() string { return "" }

// Attached is false.
func (*Server) Attached() bool { return false }

// Stop does nothing.
func (*Server) Stop() error { return nil }

// Remove does nothing.
func Remove(string) error { return nil }
