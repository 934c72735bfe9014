package db

import (
	"context"
	"fmt"

	"github.com/lib/pq"

	"greenroom/registry"
)

// Curves returns metrics of a run, thinned for charts, or what came to them from
// a step on. Returns NotFound where there is no run that the actor may look at;
// a key that was never logged has an empty series.
func (db *DB) Curves(ctx context.Context, by registry.Actor, ref registry.RunRef, query registry.CurvesQuery) (c registry.Curves, err error) {
	if err := query.Check(); err != nil {
		return c, err
	}
	err = db.readRun(ctx, by, ref, func(t *tx, runID int64) error {
		const q = `select state from runs where id = $1`
		var state registry.RunState
		if err := t.GetContext(ctx, &state, q, runID); err != nil {
			return fmt.Errorf("db: state of run: %w", err)
		}
		c.Live = state.Live()
		if query.Tail() {
			c.Curves, err = t.tails(ctx, runID, query)
		} else {
			c.Curves, err = t.curves(ctx, runID, query)
		}
		if err != nil || query.X == registry.StepAxis {
			return err
		}
		return t.setTimes(ctx, runID, query, c.Curves)
	})
	return c, err
}

func (t *tx) curves(ctx context.Context, runID int64, query registry.CurvesQuery) (curves []registry.Curve, err error) {
	for i, key := range query.Keys {
		c := registry.Curve{Key: key}
		if c.Series, err = t.series(ctx, runID, key, query.After[i], nil, registry.MetricBuckets); err != nil {
			return nil, err
		}
		curves = append(curves, c)
	}
	return curves, nil
}

// tails returns the ends of curves, in one statement however many there are and
// without a look at what is before. A writer that logs a step again after so many
// requests is overlooked: charts ask for all of it now and then.
func (t *tx) tails(ctx context.Context, runID int64, query registry.CurvesQuery) ([]registry.Curve, error) {
	const q = `
		select w.at, c.writer, c.line0, c.n, c.step0, c.stride, c.steps, c.odd, c.agg, c.v
		from unnest($2::text[], $3::bigint[]) with ordinality as w (key, after, at)
		cross join lateral (
			select min(step0) as step0
			from (
				select step0
				from metric_chunks
				where run_id = $1 and key = w.key and step0 <= w.after
				order by step0 desc, line0 desc
				limit 4) as before) as b
		cross join lateral (
			select *
			from metric_chunks
			where run_id = $1 and key = w.key and step0 >= coalesce(b.step0, w.after)) as c
		order by w.at, c.writer, c.line0`
	var rows []struct {
		At int
		chunk
	}
	after := make([]int64, len(query.After))
	for i, from := range query.After {
		after[i] = *from
	}
	if err := t.SelectContext(ctx, &rows, q, runID, pq.Array(query.Keys), pq.Array(after)); err != nil {
		return nil, fmt.Errorf("db: ends of curves: %w", err)
	}
	chunks := make([][]chunk, len(query.Keys))
	for _, row := range rows {
		if err := row.Check(); err != nil {
			return nil, err
		}
		chunks[row.At-1] = append(chunks[row.At-1], row.chunk)
	}
	curves := make([]registry.Curve, len(query.Keys))
	for i, key := range query.Keys {
		curves[i].Key = key
		if len(chunks[i]) > 0 {
			lo, hi := bounds(chunks[i], query.After[i], nil)
			curves[i].Series = thinValues(chunks[i], lo, hi, registry.MetricBuckets)
		}
	}
	return curves, nil
}

// setTimes tells of each point when it was logged.
func (t *tx) setTimes(ctx context.Context, runID int64, query registry.CurvesQuery, curves []registry.Curve) error {
	var from *int64
	if query.Tail() {
		for _, after := range query.After {
			if from == nil || *after < *from {
				from = after
			}
		}
	}
	clock, err := t.series(ctx, runID, query.X.Clock(), from, nil, registry.MetricBuckets)
	if err != nil {
		return err
	}
	for i := range curves {
		curves[i].Times = registry.TimesAt(clock, curves[i].Series.X)
	}
	return nil
}
