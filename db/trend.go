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
}

// trends loads the newest versions of collections, and of each the one that
// holds its highest stage, however old. Of a long summary only the beginning is
// read: a list need not know all that a run knows.
func (t *tx) trends(ctx context.Context, ids []int64, aliases map[int64][]aliasRow) (map[int64]trend, error) {
	holders := make([]int64, len(ids))
	for i, id := range ids {
		if held := aliases[id]; len(held) > 0 && held[0].Color != "" {
			holders[i] = held[0].VersionID
		}
	}
	const q = `
		select v.id, v.collection_id, v.number, v.artifact_id, v.linked_at,
			a.run_id, a.history_step, p.last_step, a.created_at as made_at, coalesce(left(p.summary, 16384), '') as summary
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
		order by v.collection_id, v.number desc`
	rows := make([]trendRow, 0, len(ids)*(registry.TrendVersions+1))
	if err := t.SelectContext(ctx, &rows, q, pq.Array(ids), pq.Array(holders), registry.TrendVersions); err != nil {
		return nil, fmt.Errorf("db: trends: %w", err)
	}
	byCollection := map[int64]trend{}
	for _, row := range rows {
		byCollection[row.CollectionID] = append(byCollection[row.CollectionID], row)
	}
	return byCollection, nil
}

// drawTrends adds to models the key figure of their newest version and follows
// it back over the versions before.
func (t *tx) drawTrends(ctx context.Context, models []registry.ModelRow, trends map[int64]trend) error {
	newest := make([]made, len(models))
	for i := range models {
		if rows := trends[models[i].ID]; len(rows) > 0 {
			models[i].Newest, newest[i] = &rows[0].Version, rows[0].made
		}
	}
	best, err := t.keyFigures(ctx, newest, 1)
	if err != nil {
		return err
	}
	var runs []made
	var keys []string
	for i := range models {
		if len(best[i]) == 0 {
			continue
		}
		models[i].KeyFigure = &best[i][0]
		for _, row := range trends[models[i].ID] {
			runs, keys = append(runs, row.made), append(keys, best[i][0].Key)
		}
	}
	told, _, err := t.figuresThen(ctx, runs, func(i int) []string { return keys[i : i+1] })
	if err != nil {
		return err
	}
	for i := range models {
		m := &models[i]
		if m.KeyFigure == nil {
			continue
		}
		rows := trends[m.ID]
		for v, row := range rows {
			for _, f := range told[v] {
				m.Trend = append(m.Trend, registry.VersionValue{Number: row.Number, Value: f.Value})
			}
		}
		slices.Reverse(m.Trend)
		told = told[len(rows):]
	}
	return nil
}
