package db

import (
	"context"
	"fmt"

	"github.com/lib/pq"

	"greenroom/registry"
)

// settleBatch is how many versions are settled in one transaction.
const settleBatch = 500

// figuresKept is how many figures are kept with a version, those that tell most.
const figuresKept = 64

// SettleFigures keeps with versions the figures that their runs had when they made
// them, where the run is over, so that lists need not look for them in its history.
// What is written to the run after that, by whomever, lets them go again. It returns
// how many versions it settled, at most settleBatch, 0 when there is nothing to do.
// It is for Greenroom itself; several may call it at once.
func (db *DB) SettleFigures(ctx context.Context, by registry.Actor) (settled int, err error) {
	err = db.change(ctx, by, registry.Administer, everywhere, func(t *tx) error {
		// Writers to a run lock its progress, too.
		const q = `
			select v.id, ` + madeColumns + `
			from versions v
			join artifacts a on a.id = v.artifact_id
			join runs r on r.id = a.run_id
			join run_progress p on p.run_id = a.run_id
			where v.figure_keys is null and r.state not in ('running', 'preempting')
			order by v.id
			limit $1
			for no key update of p skip locked`
		var rows []struct {
			ID int64
			made
		}
		if err := t.SelectContext(ctx, &rows, q, settleBatch); err != nil || len(rows) == 0 {
			return err
		}
		runs, versions := make([]int64, len(rows)), make([]made, len(rows))
		for i, row := range rows {
			runs[i], versions[i] = *row.RunID, row.made
		}
		told, _, err := t.figuresThen(ctx, versions, func(i int) (keys []string) {
			for _, f := range registry.ByTelling(figuresOf(versions[i].Summary)) {
				keys = append(keys, f.Key)
			}
			return keys[:min(len(keys), figuresKept)]
		})
		if err != nil {
			return err
		}
		const mark = `update run_progress set settled = true where run_id = any($1) and not settled`
		if _, err := t.ExecContext(ctx, mark, pq.Array(runs)); err != nil {
			return fmt.Errorf("db: mark runs settled: %w", err)
		}
		// A figure a row: Postgres has no arrays of arrays of various lengths.
		var ids []int64
		var keys []*string
		var values []float64
		for i, row := range rows {
			ids, keys, values = append(ids, row.ID), append(keys, nil), append(values, 0)
			for _, f := range told[i] {
				ids, keys, values = append(ids, row.ID), append(keys, &f.Key), append(values, f.Value)
			}
		}
		const keep = `
			update versions v set figure_keys = kept.keys, figure_values = kept.values
			from (
				select id, coalesce(array_agg(key order by at) filter (where key is not null), '{}') as keys,
					coalesce(array_agg(value order by at) filter (where key is not null), '{}') as values
				from unnest($1::bigint[], $2::text[], $3::double precision[]) with ordinality as f (id, key, value, at)
				group by id) kept
			where v.id = kept.id`
		if _, err := t.ExecContext(ctx, keep, pq.Array(ids), pq.Array(keys), pq.Array(values)); err != nil {
			return fmt.Errorf("db: keep figures: %w", err)
		}
		settled = len(rows)
		return nil
	})
	return settled, err
}
