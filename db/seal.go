package db

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"time"

	"greenroom/registry"
)

// sealLock is the advisory lock that lets one process seal at a time.
const sealLock = 0x5ea1

type seal struct {
	ID        int64
	FromXid   string
	ToXid     string
	Events    int64
	Previous  []byte
	Hash      []byte
	Signature []byte
}

// Seal seals the events that no running transaction can still precede, and
// returns how many there were: 0 when there is nothing new or another process is
// at it. Returns Conflict in a Postgres whose transactions are numbered from
// before the last seal, as after a dump was restored into a new one: what happens
// there could not be told from what is sealed. It is for Greenroom itself.
func (db *DB) Seal(ctx context.Context, by registry.Actor, key ed25519.PrivateKey) (sealed int64, err error) {
	err = db.change(ctx, by, registry.Administer, everywhere, func(t *tx) error {
		var mine bool
		if err := t.GetContext(ctx, &mine, `select pg_try_advisory_xact_lock($1)`, sealLock); err != nil || !mine {
			return err
		}
		last, err := t.lastSeal(ctx)
		if err != nil {
			return err
		}
		next := seal{FromXid: last.ToXid, Previous: last.Hash}
		const now = `
			select pg_snapshot_xmin(pg_current_snapshot())::text as to_xid,
				pg_snapshot_xmin(pg_current_snapshot()) < $1::text::xid8 as behind`
		var here struct {
			ToXid  string
			Behind bool
		}
		if err := t.GetContext(ctx, &here, now, last.ToXid); err != nil {
			return fmt.Errorf("db: seal: %w", err)
		}
		if next.ToXid = here.ToXid; here.Behind {
			return registry.Errorf(registry.Conflict, "The log is sealed up to transaction %s, but this Postgres is only at %s: it was restored from a dump. Stop it, run pg_resetwal with a later next transaction ID, and start it again; until then nothing new is sealed.", last.ToXid, here.ToXid)
		}
		if next.Hash, next.Events, err = t.hashEvents(ctx, next); err != nil || next.Events == 0 {
			return err
		}
		const q = `
			insert into seals (at, from_xid, to_xid, events, previous, hash, signature)
			values ($1, $2::text::xid8, $3::text::xid8, $4, $5, $6, $7)`
		if _, err := t.ExecContext(ctx, q, t.at, next.FromXid, next.ToXid, next.Events, next.Previous, next.Hash, ed25519.Sign(key, next.Hash)); err != nil {
			return fmt.Errorf("db: seal: %w", err)
		}
		sealed = next.Events
		return nil
	})
	return sealed, err
}

// LastSeal returns the newest seal, NotFound before the first one. It is for
// Greenroom itself and for administrators of the installation.
func (db *DB) LastSeal(ctx context.Context, by registry.Actor) (s registry.Seal, err error) {
	err = db.read(ctx, by, registry.Administer, everywhere, func(t *tx) error {
		const q = `select id, at, hash from seals order by id desc limit 1`
		return t.GetContext(ctx, &s, q)
	})
	return s, err
}

// VerifySeals checks every seal against the events it covers and returns how
// many seals hold. Returns Conflict, naming the seal, at the first that does not.
func (db *DB) VerifySeals(ctx context.Context, by registry.Actor, key ed25519.PublicKey) (held int, err error) {
	err = db.read(ctx, by, registry.Administer, everywhere, func(t *tx) error {
		var seals []seal
		const q = `
			select id, from_xid::text, to_xid::text, events, previous, hash, signature
			from seals
			order by id`
		if err := t.SelectContext(ctx, &seals, q); err != nil {
			return fmt.Errorf("db: verify seals: %w", err)
		}
		previous := seal{ToXid: "0"}
		for _, s := range seals {
			sum, n, err := t.hashEvents(ctx, s)
			if err != nil {
				return err
			}
			follows := s.FromXid == previous.ToXid && bytes.Equal(s.Previous, previous.Hash)
			if !follows || n != s.Events || !bytes.Equal(sum, s.Hash) || !ed25519.Verify(key, s.Hash, s.Signature) {
				return registry.Errorf(registry.Conflict, "Seal %d does not hold: the events it covers are not the ones that were sealed.", s.ID)
			}
			previous = s
			held++
		}
		return nil
	})
	return held, err
}

// lastSeal returns the newest seal; before the first one, a seal of nothing.
func (t *tx) lastSeal(ctx context.Context) (s seal, err error) {
	const q = `
		select id, from_xid::text, to_xid::text, events, previous, hash, signature
		from seals
		order by id desc
		limit 1`
	err = t.GetContext(ctx, &s, q)
	if errors.Is(err, sql.ErrNoRows) {
		return seal{ToXid: "0", Hash: []byte{}}, nil
	}
	if err != nil {
		return s, fmt.Errorf("db: last seal: %w", err)
	}
	return s, nil
}

// hashEvents runs SHA-256 over the seal before and the events of the
// transactions [s.FromXid, s.ToXid) with their subjects.
func (t *tx) hashEvents(ctx context.Context, s seal) (sum []byte, n int64, err error) {
	const q = `
		select e.id, e.at, e.organization_id, e.place_id, e.actor_id, e.actor, e.door, e.key_id, e.name, e.reason, e.payload::text,
			(select coalesce(string_agg(s.kind || s.subject_id, ',' order by s.kind, s.subject_id), '')
			from event_subjects s where s.event_id = e.id) as subjects
		from events e
		where e.xid >= $1::text::xid8 and e.xid < $2::text::xid8
		order by e.xid, e.id`
	rows, err := t.QueryxContext(ctx, q, s.FromXid, s.ToXid)
	if err != nil {
		return nil, 0, fmt.Errorf("db: hash events: %w", err)
	}
	defer rows.Close()
	h := sha256.New()
	h.Write(s.Previous)
	for rows.Next() {
		var e struct {
			ID, OrganizationID, PlaceID, ActorID, KeyID  int64
			At                                           time.Time
			Actor, Door, Name, Reason, Payload, Subjects string
		}
		if err := rows.StructScan(&e); err != nil {
			return nil, 0, fmt.Errorf("db: hash events: %w", err)
		}
		for _, number := range []int64{e.ID, e.At.UnixMicro(), e.OrganizationID, e.PlaceID, e.ActorID, e.KeyID} {
			writeNumber(h, number)
		}
		for _, text := range []string{e.Actor, e.Door, e.Name, e.Reason, e.Payload, e.Subjects} {
			writeNumber(h, int64(len(text)))
			h.Write([]byte(text))
		}
		n++
	}
	if err := rows.Err(); err != nil {
		return nil, 0, fmt.Errorf("db: hash events: %w", err)
	}
	return h.Sum(nil), n, nil
}

func writeNumber(h hash.Hash, n int64) {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], uint64(n))
	h.Write(b[:])
}
