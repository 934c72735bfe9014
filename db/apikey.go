package db

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"greenroom/registry"
)

// keyTouch is how often a key's last use is written down at the most.
const keyTouch = time.Minute

// MakeKey keeps an API key of the actor's own. Only its SHA-256 is stored.
func (db *DB) MakeKey(ctx context.Context, by registry.Actor, k registry.NewKey) (made registry.APIKey, err error) {
	err = db.change(ctx, by, registry.Administer, self, func(t *tx) error {
		made, err = t.makeKey(ctx, k)
		return err
	})
	return made, err
}

func (t *tx) makeKey(ctx context.Context, k registry.NewKey) (made registry.APIKey, err error) {
	if err := k.Check(); err != nil {
		return made, err
	}
	sum := sha256.Sum256([]byte(k.Secret))
	const q = `
		insert into api_keys (person_id, name, sha256, hint, scope, place_id, made_at, expires_at)
		values ($1, $2, $3, $4, $5, nullif($6, 0), $7, $8)
		returning id, name, hint, scope, made_at, used_at, expires_at`
	hint := k.Secret[len(k.Secret)-4:]
	if err := t.GetContext(ctx, &made, q, t.by.PersonID, k.Name, sum[:], hint, k.Scope, k.PlaceID, t.at, k.ExpiresAt); err != nil {
		return made, fmt.Errorf("db: make key: %w", err)
	}
	return made, t.record(ctx, registry.KeyMade{KeyID: made.ID, PersonID: t.by.PersonID, Key: made.Name, Scope: made.Scope})
}

// Keys returns the actor's own keys that still work, newest first.
func (db *DB) Keys(ctx context.Context, by registry.Actor) (keys []registry.APIKey, err error) {
	err = db.read(ctx, by, registry.Look, self, func(t *tx) error {
		const q = `
			select id, name, hint, scope, made_at, used_at, expires_at
			from api_keys
			where person_id = $1 and revoked_at is null
			order by id desc`
		return t.SelectContext(ctx, &keys, q, by.PersonID)
	})
	return keys, err
}

// RevokeKey ends one of the actor's own keys. A key that is gone already is not
// an error.
func (db *DB) RevokeKey(ctx context.Context, by registry.Actor, id int64) error {
	return db.change(ctx, by, registry.Administer, self, func(t *tx) error {
		const q = `
			update api_keys
			set revoked_at = $3
			where id = $1 and person_id = $2 and revoked_at is null
			returning name`
		var name string
		err := t.GetContext(ctx, &name, q, id, by.PersonID, t.at)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("db: revoke key: %w", err)
		}
		return t.record(ctx, registry.KeyRevoked{KeyID: id, PersonID: by.PersonID, Key: name})
	})
}

// ActorByKey returns who asks with an API key, Unauthenticated if the key is
// unknown, revoked or expired. The key's last use is written at most once a
// minute.
func (db *DB) ActorByKey(ctx context.Context, door registry.Door, secret string) (a registry.Actor, err error) {
	const q = `
		select k.id as key_id, k.scope, coalesce(k.place_id, 0) as key_place_id, k.used_at,
			p.id as person_id, e.name, p.admin, d.name as default_entity
		from api_keys k
		join people p on p.id = k.person_id
		join entities e on e.id = p.id
		join entities d on d.id = p.default_entity_id
		where k.sha256 = $1 and k.revoked_at is null and (k.expires_at is null or k.expires_at > $2)`
	var row struct {
		registry.Actor
		UsedAt *time.Time
	}
	sum, now := sha256.Sum256([]byte(secret)), db.now()
	err = db.glance(ctx, registry.System(door), 0, &row, q, sum[:], now)
	if errors.Is(err, registry.ErrNothing) {
		return a, registry.Errorf(registry.Unauthenticated, "This API key is not known here, or it has been revoked. Make a new one on your account page.")
	}
	a, a.Door = row.Actor, door
	if err != nil || row.UsedAt != nil && now.Sub(*row.UsedAt) <= keyTouch {
		return a, err
	}
	err = db.change(ctx, registry.System(door), 0, anyone, func(t *tx) error {
		const q = `update api_keys set used_at = $2 where id = $1`
		_, err := t.ExecContext(ctx, q, a.KeyID, t.at)
		return err
	})
	return a, err
}
