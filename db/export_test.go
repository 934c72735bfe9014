package db

import (
	"context"
	"time"
)

// SetClock lets a test decide what the server's clock shows.
func (db *DB) SetClock(now func() time.Time) { db.now = now }

// Turn is what every statement waits for.
func (db *DB) Turn(ctx context.Context) (done func(), err error) { return db.turn(ctx) }

// Connections is how many turns there are at once.
func Connections() int { return connections() }

// Arrived is how many files wait while others are written down.
func (db *DB) Arrived() (waiting int, writing bool) {
	db.arrivals.mu.Lock()
	defer db.arrivals.mu.Unlock()
	return len(db.arrivals.waiting), db.arrivals.busy
}
