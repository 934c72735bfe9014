package db

import (
	"context"
	"fmt"
	"time"

	"github.com/lib/pq"

	"greenroom/registry"
)

// crashBatch is how many runs are marked in one transaction.
const crashBatch = 100

// MarkCrashed ends runs whose script has been silent for too long: crashed, or
// preempted if the machine was about to be taken away. It returns the addresses
// of at most crashBatch, none when there is nothing to do. It is for Greenroom
// itself; several may call it at once. Signs of life are dated by the clock of the
// database, the only one that all servers share: one whose own clock is off neither
// ends runs of the others nor lets them end its own.
func (db *DB) MarkCrashed(ctx context.Context, by registry.Actor) (runs []string, err error) {
	silent, preempted := registry.CrashedAfter.Seconds(), registry.PreemptedAfter.Seconds()
	err = db.change(ctx, by, registry.Administer, everywhere, func(t *tx) error {
		const lock = `
			select r.id
			from runs r
			join run_progress p on p.run_id = r.id
			where r.state in ('running', 'preempting') and r.deleted_at is null
				and p.heartbeat_at < now() - make_interval(secs => case r.state when 'running' then $1::float8 else $2 end)
			order by r.id
			limit $3
			for no key update of r skip locked`
		var ids []int64
		if err := t.SelectContext(ctx, &ids, lock, silent, preempted, crashBatch); err != nil || len(ids) == 0 {
			return err
		}
		// A statement of its own, so that it sees a sign of life that came while the
		// first one looked.
		const q = `
			update runs r
			set state = case r.state when 'running' then 'crashed' else 'preempted' end, ended_at = p.heartbeat_at
			from run_progress p
			where r.id = any ($1) and p.run_id = r.id and r.state in ('running', 'preempting')
				and p.heartbeat_at < now() - make_interval(secs => case r.state when 'running' then $2::float8 else $3 end)
			returning r.id, r.place_id, r.name, r.state`
		var ended []registry.Run
		if err := t.SelectContext(ctx, &ended, q, pq.Array(ids), silent, preempted); err != nil {
			return fmt.Errorf("db: mark crashed: %w", err)
		}
		for _, run := range ended {
			if err := in(registry.PlaceRef{ID: run.PlaceID})(ctx, t); err != nil {
				return fmt.Errorf("db: place of a crashed run: %w", err)
			}
			address := registry.RunRef{Place: t.place.Ref(), Name: run.Name}.String()
			if err := t.record(ctx, registry.RunEnded{RunID: run.ID, PlaceID: run.PlaceID, Run: address, State: run.State}); err != nil {
				return err
			}
			runs = append(runs, address)
		}
		return nil
	})
	return runs, err
}

// Clock is what the clock of the database shows, by which signs of life are dated.
func (db *DB) Clock(ctx context.Context, by registry.Actor) (now time.Time, err error) {
	err = db.glance(ctx, by, registry.Administer, &now, `select clock_timestamp()`)
	return now, err
}
