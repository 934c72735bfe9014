package db

import (
	"context"
	"fmt"
	"slices"

	"github.com/lib/pq"

	"greenroom/registry"
)

// trend is the newest versions of a collection, newest first, with the summaries
// of the runs that made them.
type trend []trendRow

type trendRow struct {
	registry.Version
	made
	Step           *int64 // see stepsThen
	registry.Chunk        // of the times at which steps were logged, as valuesAt reads it; N is 0 if there is none
}

// trends loads the newest versions of collections, and of each the one that
// holds its highest stage, however old. Of a long summary only the beginning is
// read: a list need not know all that a run knows. When the step of each was logged
// is read along, which spares asking again.
func (t *tx) trends(ctx context.Context, ids []int64, aliases map[int64][]aliasRow) (map[int64]trend, error) {
	holders := make([]int64, len(ids))
	for i, id := range ids {
		if held := aliases[id]; len(held) > 0 && held[0].Color != "" {
			holders[i] = held[0].VersionID
		}
	}
	const q = `
		select v.id, v.collection_id, v.number, v.artifact_id, v.linked_at,
			a.run_id, a.history_step, p.last_step, a.created_at as made_at, coalesce(left(p.summary, 16384), '') as summary,
			coalesce(t.n, 0) as n, coalesce(t.step0, 0) as step0, coalesce(t.stride, 0) as stride, t.steps, t.v
		from unnest($1::bigint[], $2::bigint[]) as c (id, holder)
		cross join lateral ((
			select v.id, v.collection_id, v.number, v.artifact_id, v.linked_at
			from versions v
			where v.collection_id = c.id
			order by v.number desc
			limit $3)
			union
			select v.id, v.collection_id, v.number, v.artifact_id, v.linked_at
			from versions v
			where v.id = c.holder) v
		join artifacts a on a.id = v.artifact_id
		left join run_progress p on p.run_id = a.run_id
		left join lateral (
			select n, step0, stride, steps,
				case when stride > 0 then substring(v from 8 * least((a.history_step - step0) / stride, n - 1)::int + 1 for 8) else v end as v
			from metric_chunks
			where run_id = a.run_id and key = '_timestamp' and step0 <= a.history_step
			order by step0 desc, line0 desc
			limit 1) t on a.history_step <= p.last_step
		order by v.collection_id, v.number desc`
	rows := make([]trendRow, 0, len(ids)*(registry.TrendVersions+1))
	if err := t.SelectContext(ctx, &rows, q, pq.Array(ids), pq.Array(holders), registry.TrendVersions); err != nil {
		return nil, fmt.Errorf("db: trends: %w", err)
	}
	byCollection := map[int64]trend{}
	for _, row := range rows {
		loggedAt := 0.0
		if row.N > 0 {
			loggedAt, _ = valueAt(row.Chunk, *row.HistoryStep)
		}
		row.Step = row.stepThen(loggedAt)
		byCollection[row.CollectionID] = append(byCollection[row.CollectionID], row)
	}
	return byCollection, nil
}

// drawTrends adds to models the key figure of their newest version and follows
// it back over the versions before. Nearly always that is the figure which tells
// most; only where a run had not logged it yet, the others are asked for.
func (t *tx) drawTrends(ctx context.Context, models []registry.ModelRow, trends map[int64]trend) error {
	var first, other []drawn
	for i := range models {
		rows := trends[models[i].ID]
		if len(rows) == 0 {
			continue
		}
		models[i].Newest = &rows[0].Version
		var keys []string
		for _, f := range registry.KeyFigures(figuresOf(rows[0].Summary), 1+spareKeys) {
			keys = append(keys, f.Key)
		}
		if len(keys) > 0 {
			first = append(first, drawn{&models[i], rows, keys[:1]})
			other = append(other, drawn{&models[i], rows, keys[1:]})
		}
	}
	if err := t.draw(ctx, first); err != nil {
		return err
	}
	return t.draw(ctx, slices.DeleteFunc(other, func(d drawn) bool { return d.model.KeyFigure != nil || len(d.keys) == 0 }))
}

// drawn is a model whose trend is drawn, of one of the figures called keys.
type drawn struct {
	model *registry.ModelRow
	trend trend
	keys  []string
}

// draw adds to models what drawTrends tells, where their newest versions have it.
func (t *tx) draw(ctx context.Context, models []drawn) error {
	var runs []made
	var steps []*int64
	var keys [][]string
	for _, d := range models {
		for _, row := range d.trend {
			runs, steps, keys = append(runs, row.made), append(steps, row.Step), append(keys, d.keys)
		}
	}
	told, err := t.figuresAt(ctx, runs, steps, func(i int) []string { return keys[i] })
	if err != nil {
		return err
	}
	for _, d := range models {
		if best := registry.KeyFigures(told[0], 1); len(best) > 0 {
			d.model.KeyFigure = &best[0]
			for v, row := range d.trend {
				if f, ok := registry.FigureAt(told[v], best[0].Key); ok {
					d.model.Trend = append(d.model.Trend, registry.VersionValue{Number: row.Number, Value: f.Value})
				}
			}
			slices.Reverse(d.model.Trend)
		}
		told = told[len(d.trend):]
	}
	return nil
}
