package db

import (
	"context"

	"greenroom/registry"
)

// called is the column that says what people call today who did e, an event: by
// the name in the log if they have no other, or are gone.
const called = `coalesce(nullif((select full_name from people where id = e.actor_id), ''), e.actor) as called`

// Events returns what happened at a place, latest first: at most limit entries
// older than before, or the latest for before 0.
func (db *DB) Events(ctx context.Context, by registry.Actor, ref registry.PlaceRef, before int64, limit int) (entries []registry.Entry, err error) {
	err = db.read(ctx, by, registry.Look, in(ref), func(t *tx) error {
		const q = `
			select e.id, e.at, e.actor, ` + called + `, e.door, e.key_id, e.name, e.reason, e.payload
			from events e
			where e.place_id = $1 and ($2 = 0 or e.id < $2)
			order by e.id desc
			limit $3`
		return t.SelectContext(ctx, &entries, q, t.place.ID, before, limit)
	})
	return entries, err
}
