// Package worker does what happens without anybody asking: it seals the log,
// notices runs that have fallen silent, keeps the figures of those that are over,
// and sweeps out what has expired. Several
// servers may do so at once on one database.
package worker

import (
	"context"
	"crypto/ed25519"
	"log/slog"
	"time"

	"greenroom/db"
	"greenroom/registry"
)

// Config is what a Worker needs besides the database.
type Config struct {
	SealKey ed25519.PrivateKey // signs the seals; not kept in the database
	Log     *slog.Logger
}

// Worker is the loops of one process.
type Worker struct {
	db     *db.DB
	config Config
	loops  []*loop
	began  time.Time
	vigil  vigil
}

// New returns a worker that is not started.
func New(d *db.DB, c Config) *Worker {
	w := &Worker{db: d, config: c, began: time.Now()}
	w.loops = []*loop{
		{name: "seal", every: time.Second, work: w.seal, log: c.Log},
		{name: "tell the newest seal", every: 24 * time.Hour, work: w.tellSeal, log: c.Log},
		{name: "mark crashed runs", every: 30 * time.Second, work: w.markCrashed, log: c.Log},
		{name: "settle figures", every: 30 * time.Second, work: w.settle, log: c.Log},
		{name: "sweep", every: time.Hour, work: w.sweep, log: c.Log},
	}
	return w
}

// Start begins to work and returns at once. It goes on until Stop, or until ctx
// is done. Starting twice does no harm.
func (w *Worker) Start(ctx context.Context) {
	for _, l := range w.loops {
		l.start(ctx)
	}
}

// Stop ends the work and returns when all of it has ended. Stopping twice does
// no harm, and a stopped worker can be started again.
func (w *Worker) Stop() {
	for _, l := range w.loops {
		l.stop()
	}
}

// by is who the worker acts as.
func by() registry.Actor { return registry.System(registry.Worker) }
