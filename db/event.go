package db

import (
	"context"

	"greenroom/registry"
)

// Events returns what happened at a place, latest first: at most limit entries
// older than before, or the latest for before 0.
func (db *DB) Events(ctx context.Context, by registry.Actor, ref registry.PlaceRef, before int64, limit int) (entries []registry.Entry, err error) {
	err = db.read(ctx, by, registry.Look, in(ref), func(t *tx) error {
		const q = `
			select id, at, actor, door, key_id, name, reason, payload
			from events
			where place_id = $1 and ($2 = 0 or id < $2)
			order by id desc
			limit $3`
		return t.SelectContext(ctx, &entries, q, t.place.ID, before, limit)
	})
	return entries, err
}
