package db

import (
	"context"
	"fmt"
	"maps"
	"slices"

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
		if err != nil {
			return err
		}
		return t.placePoints(ctx, runID, query, c.Curves)
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

// placePoints tells where each point stands on an axis other than steps. What
// curves have in common is read once.
func (t *tx) placePoints(ctx context.Context, runID int64, query registry.CurvesQuery, curves []registry.Curve) error {
	axes := map[string]registry.Series{}
	for i := range curves {
		if axis := query.Axis(i); axis != "" {
			axes[axis] = registry.Series{}
		}
	}
	if len(axes) == 0 {
		return nil
	}
	from, err := t.axesFrom(ctx, runID, query, slices.Collect(maps.Keys(axes)))
	if err != nil {
		return err
	}
	for axis := range axes {
		if axes[axis], err = t.series(ctx, runID, axis, from[axis], nil, registry.MetricBuckets); err != nil {
			return err
		}
	}
	for i := range curves {
		switch axis := query.Axis(i); {
		case axis == "":
		case query.X == registry.OwnAxis:
			curves[i].At = registry.ValuesAt(axes[axis], curves[i].Series.X)
		default:
			curves[i].At = registry.TimesAt(axes[axis], curves[i].Series.X)
		}
	}
	return nil
}

// axesFrom returns from which step on the axes of curves are needed: where only
// their ends are asked for, from one at or before them that has a value.
func (t *tx) axesFrom(ctx context.Context, runID int64, query registry.CurvesQuery, axes []string) (map[string]*int64, error) {
	from := map[string]*int64{}
	if !query.Tail() {
		return from, nil
	}
	first := *query.After[0]
	for _, after := range query.After {
		first = min(first, *after)
	}
	const q = `
		select a.key, (
			select step0
			from metric_chunks
			where run_id = $1 and key = a.key and step0 <= $3
			order by step0 desc
			limit 1) as step
		from unnest($2::text[]) as a (key)`
	var rows []struct {
		Key  string
		Step *int64
	}
	if err := t.SelectContext(ctx, &rows, q, runID, pq.Array(axes), first); err != nil {
		return nil, fmt.Errorf("db: axes of curves: %w", err)
	}
	for _, row := range rows {
		from[row.Key] = row.Step
	}
	return from, nil
}
