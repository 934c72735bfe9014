package db

import (
	"context"
	"fmt"

	"greenroom/registry"
)

// visit writes down that a person looks. What happened since the end of the visit
// before is new to them as long as this one lasts; to somebody who was never here,
// what happens from now on.
func (db *DB) visit(ctx context.Context, personID int64) error {
	return db.change(ctx, registry.System(registry.Browser), 0, anyone, func(t *tx) error {
		const q = `
			insert into visits as v (person_id, seen_at, seen_event, since_at, since_event)
			select $1::bigint, $2::timestamptz, newest, $2, newest
			from (select coalesce(max(id), 0) as newest from events) e
			on conflict (person_id) do update
			set seen_at = excluded.seen_at, seen_event = excluded.seen_event,
				since_at = case when v.seen_at < $3 then v.seen_at else v.since_at end,
				since_event = case when v.seen_at < $3 then v.seen_event else v.since_event end
			where v.seen_at < excluded.seen_at`
		if _, err := t.ExecContext(ctx, q, personID, t.at, t.at.Add(-registry.VisitGap)); err != nil {
			return fmt.Errorf("db: visit: %w", err)
		}
		return nil
	})
}

// MarkSeen makes everything that has happened old to the actor.
func (db *DB) MarkSeen(ctx context.Context, by registry.Actor) error {
	return db.change(ctx, by, registry.Look, self, func(t *tx) error {
		const q = `
			update visits
			set since_at = $2, since_event = (select coalesce(max(id), 0) from events)
			where person_id = $1`
		if _, err := t.ExecContext(ctx, q, by.PersonID, t.at); err != nil {
			return fmt.Errorf("db: mark seen: %w", err)
		}
		return nil
	})
}
