// Package db keeps the registry in Postgres. Its exported methods are the
// product's verbs: each names who asks and what permission that takes, and runs
// in one transaction. The SQL is unexported, so there is no way around them.
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
	"unicode"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"golang.org/x/sync/semaphore"
)

// DB is the registry's memory.
type DB struct {
	pool     *sqlx.DB
	turns    *semaphore.Weighted // one for each connection of the pool
	asked    *atomic.Int64       // statements
	address  string
	now      func() time.Time
	reserved []string
	hashing  chan struct{} // room for one
	packer   packer
	arrivals together[arrivedFile]
	sought   together[soughtUpload]
	notices  *notices
}

// Open connects to the Postgres at address, a postgres:// URL.
func Open(ctx context.Context, address string) (*DB, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("db: the address of the database is not a URL: %w", err)
	}
	packer, err := newPacker()
	if err != nil {
		return nil, err
	}
	// Saves a round trip on every statement that is not prepared.
	q := u.Query()
	q.Set("binary_parameters", "yes")
	if !q.Has("connect_timeout") {
		q.Set("connect_timeout", strconv.Itoa(int(reach.Seconds())))
	}
	u.RawQuery = q.Encode()
	connector, err := pq.NewConnector(u.String())
	if err != nil {
		return nil, fmt.Errorf("db: connect: %w", err)
	}
	connector.Dialer(dialer{patience: patience})
	asked := new(atomic.Int64)
	pool := sqlx.NewDb(sql.OpenDB(preparing{connector, asked}), "postgres")
	if err := pool.PingContext(ctx); err != nil {
		return nil, fmt.Errorf("db: connect: %w", errors.Join(err, pool.Close()))
	}
	pool.MapperFunc(snake)
	pool.SetMaxOpenConns(connections())
	pool.SetMaxIdleConns(connections())
	pool.SetConnMaxIdleTime(5 * time.Minute)
	return &DB{pool: pool, turns: semaphore.NewWeighted(int64(connections())), asked: asked, address: u.String(), now: time.Now, hashing: make(chan struct{}, 1), packer: packer, notices: newNotices()}, nil
}

// Reserve keeps names, the first segments of the product's own addresses, from
// being taken by people, teams and organizations. Call it before serving.
func (db *DB) Reserve(names []string) { db.reserved = names }

// Statements is how many statements Postgres has been sent since Open, those
// that begin and end transactions not counted.
func (db *DB) Statements() int64 { return db.asked.Load() }

// Close lets go of every connection. One that Postgres let go of first, as it ends
// or begins again, is no error.
func (db *DB) Close() error {
	if err := db.pool.Close(); err != nil && !errors.Is(err, syscall.EPIPE) && !errors.Is(err, syscall.ECONNRESET) {
		return err
	}
	return nil
}

// connections is how many the pool holds. More at once than a few for each
// processor only get in each other's way: they answer fewer readers, and each
// later.
func connections() int { return max(8, 4*runtime.NumCPU()) }

// turn waits until a connection is free for the caller, who came after those that
// got one before: the pool by itself hands a free one to any of those that wait,
// and some would wait for very long. The caller ends the turn by done.
func (db *DB) turn(ctx context.Context) (done func(), err error) {
	if err := db.turns.Acquire(ctx, 1); err != nil {
		return nil, fmt.Errorf("db: wait for a connection: %w", err)
	}
	return func() { db.turns.Release(1) }, nil
}

// Ready reports whether Postgres answers before ctx ends.
func (db *DB) Ready(ctx context.Context) error {
	answered := make(chan error, 1)
	go func() { answered <- db.pool.PingContext(ctx) }() // which heeds ctx only if Postgres does
	select {
	case err := <-answered:
		if err != nil {
			return fmt.Errorf("db: ready: %w", err)
		}
		return nil
	case <-ctx.Done():
		return fmt.Errorf("db: ready: %w", context.Cause(ctx))
	}
}

// snake maps a Go field name to its column: LinkedAt to linked_at, EntityID to
// entity_id.
func snake(field string) string {
	var b strings.Builder
	rs := []rune(field)
	for i, r := range rs {
		if unicode.IsUpper(r) && i > 0 && (!unicode.IsUpper(rs[i-1]) || i+1 < len(rs) && unicode.IsLower(rs[i+1])) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
