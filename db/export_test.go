package db

import "time"

// SetClock lets a test decide what the server's clock shows.
func (db *DB) SetClock(now func() time.Time) { db.now = now }
