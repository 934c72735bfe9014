package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"greenroom/registry"
)

// tx is one transaction on behalf of one actor in one place. Helpers that hold
// SQL are its methods: they never begin another, and at is their only clock.
type tx struct {
	*sqlx.Tx
	by       registry.Actor
	at       time.Time
	place    registry.Place // where; the zero Place for what is about no place
	row      placeRow       // the place as it was found
	artifact int64          // by which the place was found; 0 otherwise
	access   registry.Access
	visible  []int64 // in a transaction begun by visible: the places by may look into
	reserved []string
	packer   packer
}

// A place finds where a request is about and what the actor may do there.
type place func(ctx context.Context, t *tx) error

// change is the only way to write: it checks that by holds need at the place,
// runs fn, and commits.
func (db *DB) change(ctx context.Context, by registry.Actor, need registry.Permission, at place, fn func(*tx) error) error {
	return db.transact(ctx, nil, by, need, at, fn)
}

// read is change without the writing: fn sees one snapshot.
func (db *DB) read(ctx context.Context, by registry.Actor, need registry.Permission, at place, fn func(*tx) error) error {
	opts := &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	return db.transact(ctx, opts, by, need, at, fn)
}

// glance is read for what one statement tells, of no place or the whole
// installation: one statement sees one moment by itself, so nothing is begun.
func (db *DB) glance(ctx context.Context, by registry.Actor, need registry.Permission, answer any, q string, args ...any) error {
	done, err := db.turnFor(ctx, by, need)
	if err != nil {
		return err
	}
	defer done()
	return kinded(db.pool.GetContext(ctx, answer, q, args...))
}

// glanceAll is glance for any number of rows.
func (db *DB) glanceAll(ctx context.Context, by registry.Actor, need registry.Permission, answers any, q string, args ...any) error {
	done, err := db.turnFor(ctx, by, need)
	if err != nil {
		return err
	}
	defer done()
	return kinded(db.pool.SelectContext(ctx, answers, q, args...))
}

// turnFor is turn for those who hold need over the whole installation.
func (db *DB) turnFor(ctx context.Context, by registry.Actor, need registry.Permission) (done func(), err error) {
	if err := everywhereMay(ctx, by, need); err != nil {
		return nil, err
	}
	return db.turn(ctx)
}

// everywhereMay checks that by holds need over the whole installation.
func everywhereMay(ctx context.Context, by registry.Actor, need registry.Permission) error {
	t := &tx{by: by}
	if err := everywhere(ctx, t); err != nil {
		return kinded(err)
	}
	return strangers(by, t.access.Require(need))
}

// visible is read over every place by may look into: fn joins with t.visible.
func (db *DB) visible(ctx context.Context, by registry.Actor, fn func(*tx) error) error {
	return db.read(ctx, by, registry.Look, allIMaySee, fn)
}

func (db *DB) transact(ctx context.Context, opts *sql.TxOptions, by registry.Actor, need registry.Permission, at place, fn func(*tx) error) (err error) {
	defer func() { err = kinded(err) }()

	done, err := db.turn(ctx)
	if err != nil {
		return err
	}
	defer done()
	sqlTx, err := db.pool.BeginTxx(ctx, opts)
	if err != nil {
		return fmt.Errorf("db: begin: %w", err)
	}
	defer sqlTx.Rollback() //nolint:errcheck // after a commit there is nothing to roll back

	t := &tx{Tx: sqlTx, by: by, at: db.now().UTC().Truncate(time.Microsecond), reserved: db.reserved, packer: db.packer}
	if err := at(ctx, t); err != nil {
		return strangers(by, err)
	}
	if err := t.access.Require(need); err != nil {
		return strangers(by, err)
	}
	if err := fn(t); err != nil {
		return err
	}
	if err := sqlTx.Commit(); err != nil {
		return fmt.Errorf("db: commit: %w", err)
	}
	return nil
}

// strangers asks those who are not signed in to do so, whether or not there is
// something to see.
func strangers(by registry.Actor, err error) error {
	if !by.Known() && (registry.KindOf(err) == registry.NotFound || registry.KindOf(err) == registry.Denied || errors.Is(err, sql.ErrNoRows)) {
		return registry.Errorf(registry.Unauthenticated, "Sign in to see this.")
	}
	return err
}

// record writes e into the log, in the transaction of the change it tells of,
// and gives notice of it at commit.
func (t *tx) record(ctx context.Context, e registry.Event) error {
	payload, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("db: record %s: %w", e.EventName(), err)
	}
	var kinds []string
	var ids []int64
	for _, s := range e.Subjects() {
		if s.ID != 0 {
			kinds, ids = append(kinds, string(s.Kind)), append(ids, s.ID)
		}
	}
	const q = `
		with event as (
			insert into events (at, organization_id, place_id, actor_id, actor, door, key_id, name, payload)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
			returning id
		), told as (
			insert into event_subjects (kind, subject_id, event_id)
			select s.kind, s.id, event.id
			from event, unnest((select $10::text[]), (select $11::bigint[])) as s (kind, id)
			on conflict do nothing
		)
		select pg_notify($12, $13) from event`
	_, err = t.ExecContext(ctx, q, t.at, t.place.OrganizationID, t.place.ID, t.by.PersonID, t.by.Name, t.by.Door, t.by.KeyID,
		e.EventName(), string(payload), pq.Array(kinds), pq.Array(ids),
		noticeChannel, registry.Notice{What: []string{e.EventName()}, About: e.Subjects()}.String())
	if err != nil {
		return fmt.Errorf("db: record %s: %w", e.EventName(), err)
	}
	return nil
}

// constraints says in the product's words what breaking a constraint means.
var constraints = map[string]error{
	"entity_name":              registry.InField("name", "This name is taken by another person, team or organization."),
	"former_entity_names_pkey": registry.InField("name", "This name is taken by another person, team or organization."),
	"person_email":             registry.InField("email", "Another account has this e-mail address."),
	"place_name":               registry.Errorf(registry.Conflict, "A place of this name was made just now. Look again."),
	"collection_name":          registry.Errorf(registry.Conflict, "This name was taken just now. Look again."),
	"run_name":                 registry.Errorf(registry.Conflict, "A run of this name was made just now. Try again."),
	"version_number":           registry.Errorf(registry.Conflict, "Another version took this number just now. Try again."),
	"version_once":             registry.Errorf(registry.Conflict, "This version was linked here just now. Look again."),
	"chart_name":               registry.Errorf(registry.Conflict, "This name was taken just now. Look again."),
	"alias_once":               registry.Errorf(registry.Conflict, "This alias was set just now. Look again."),
}

// kinded gives a database error the kind the product knows it by.
func kinded(err error) error {
	if err == nil || registry.KindOf(err) != registry.Internal {
		return err
	}
	if errors.Is(err, sql.ErrNoRows) {
		return registry.ErrNothing
	}
	if broken, ok := errors.AsType[*pq.Error](err); ok {
		if known, ok := constraints[broken.Constraint]; ok {
			return known
		}
		switch broken.Code {
		case "22021", "22P05": // character_not_in_repertoire, untranslatable_character
			return registry.Errorf(registry.Invalid, "The text holds a character that cannot be stored, such as NUL.")
		case "22003", "22008": // numeric_value_out_of_range, datetime_field_overflow
			return registry.Errorf(registry.Invalid, "A number is too large.")
		case "22025": // invalid_escape_sequence
			return registry.Errorf(registry.Invalid, "The pattern ends with a backslash. Write two for one that is meant.")
		case "22P02": // invalid_text_representation
			return registry.Errorf(registry.Invalid, "The JSON holds something that cannot be stored.")
		case "54000", "54001": // program_limit_exceeded, statement_too_complex
			return registry.Errorf(registry.Invalid, "A text is too long to be found again, or JSON is nested too deeply. Shorten it.")
		case "23503": // foreign_key_violation
			return registry.Errorf(registry.Conflict, "What this is about was deleted, or added to, just now. Look again.")
		case "40P01", "40001": // deadlock_detected, serialization_failure
			return registry.Errorf(registry.Busy, "Somebody else changed the same just now. Try again.")
		case "0A000", "26000": // see connection.noticed
			return registry.Errorf(registry.Busy, "The database has just been changed. Try again.")
		case "53100": // disk_full
			return registry.Errorf(registry.Busy, "The database's disk is full. Free some space and try again.")
		}
	}
	if gone(err) {
		return fmt.Errorf("%w (%w)", registry.Errorf(registry.Busy, "The database does not answer. Try again in a moment."), err)
	}
	return err
}

// gone reports whether Postgres went away rather than refused.
func gone(err error) bool {
	if errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return true
	}
	if _, ok := errors.AsType[*net.OpError](err); ok {
		return true
	}
	broken, ok := errors.AsType[*pq.Error](err)
	return ok && (broken.Code.Class() == "57" && broken.Code != "57014" || broken.Code == "53300")
}
