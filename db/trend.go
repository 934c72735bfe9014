package db

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/lib/pq"

	"greenroom/registry"
)

// newestRow is the newest version of a collection: with its figures where they are
// kept with it, else with how its run did.
type newestRow struct {
	registry.Version
	FigureKeys   pq.StringArray // nil where they are not kept
	FigureValues pq.Float64Array
	made
}

// tellTrends adds to models, in the order of ids, their newest version, its key
// figure, and what that was for the versions before and the one that holds the
// highest stage, however old.
func (t *tx) tellTrends(ctx context.Context, ids []int64, aliases map[int64][]aliasRow, models []registry.ModelRow) error {
	if err := t.tellNewest(ctx, ids, models); err != nil {
		return err
	}
	var asked, holders []int64
	var keys []string
	shown := map[int64]*registry.ModelRow{}
	for i, id := range ids {
		m := &models[i]
		if m.KeyFigure == nil {
			continue
		}
		holder := int64(0)
		if held := aliases[id]; len(held) > 0 && held[0].Color != "" {
			holder = held[0].VersionID
		}
		asked, holders, keys = append(asked, id), append(holders, holder), append(keys, m.KeyFigure.Key)
		shown[id] = m
	}
	const q = `
		with these as materialized (
			select c.id as collection_id, v.id, v.number, v.artifact_id, v.figure_keys is null as open, v.figure_values[array_position(v.figure_keys, c.key)] as value
			from unnest($1::bigint[], $2::bigint[], $3::text[]) as c (id, holder, key)
			cross join lateral ((
				select id, number, artifact_id, figure_keys, figure_values
				from versions
				where collection_id = c.id
				order by number desc
				limit $4)
				union all
				select id, number, artifact_id, figure_keys, figure_values
				from versions
				where id = c.holder) v
		)
		select collection_id, array_agg(number) as numbers, array_agg(value) as values,
			null::bigint as run_id, null::bigint as history_step, null::bigint as last_step, now() as made_at, '' as summary
		from these
		where value is not null
		group by collection_id
		union all
		select these.collection_id, array[these.number], null, ` + madeColumns + `
		from these
		join artifacts a on a.id = these.artifact_id
		left join run_progress p on p.run_id = a.run_id
		where these.open`
	var rows, open []trendRow
	if err := t.SelectContext(ctx, &rows, q, pq.Array(asked), pq.Array(holders), pq.Array(keys), registry.TrendVersions); err != nil {
		return fmt.Errorf("db: trends: %w", err)
	}
	for _, row := range rows {
		m := shown[row.CollectionID]
		if row.Values == nil {
			open = append(open, row)
		}
		for i, value := range row.Values {
			m.Trend = append(m.Trend, registry.VersionValue{Number: int(row.Numbers[i]), Value: value})
		}
	}
	if err := t.tellOpen(ctx, open, shown); err != nil {
		return err
	}
	for _, m := range shown {
		slices.SortFunc(m.Trend, func(a, b registry.VersionValue) int { return cmp.Compare(a.Number, b.Number) })
		m.Trend = slices.CompactFunc(m.Trend, func(a, b registry.VersionValue) bool { return a.Number == b.Number })
	}
	return nil
}

// trendRow is the versions of a collection whose figures are kept with them, or one
// whose are not, with how its run did.
type trendRow struct {
	CollectionID int64
	Numbers      pq.Int64Array
	Values       pq.Float64Array // nil for the one
	made
}

// tellNewest adds to models, in the order of ids, their newest version and its key
// figure. Of a long summary only the beginning is read: a list need not know all
// that a run knows.
func (t *tx) tellNewest(ctx context.Context, ids []int64, models []registry.ModelRow) error {
	const q = `
		select v.id, v.collection_id, v.number, v.artifact_id, v.linked_at, v.figure_keys, v.figure_values,
			a.run_id, a.history_step, p.last_step, coalesce(a.created_at, v.linked_at) as made_at, coalesce(left(p.summary, 16384), '') as summary
		from unnest($1::bigint[]) as c (id)
		cross join lateral (
			select id, collection_id, number, artifact_id, linked_at, figure_keys, figure_values
			from versions
			where collection_id = c.id
			order by number desc
			limit 1) v
		left join artifacts a on a.id = case when v.figure_keys is null then v.artifact_id end
		left join run_progress p on p.run_id = a.run_id`
	rows := make([]newestRow, 0, len(ids))
	if err := t.SelectContext(ctx, &rows, q, pq.Array(ids)); err != nil {
		return fmt.Errorf("db: newest versions: %w", err)
	}
	versions := make([]made, len(rows))
	for i, row := range rows {
		versions[i] = row.made
	}
	told, err := t.keyFigures(ctx, versions, 1)
	if err != nil {
		return err
	}
	for i, row := range rows {
		m := &models[slices.Index(ids, row.CollectionID)]
		m.Newest = &rows[i].Version
		best := told[i]
		if row.FigureKeys != nil {
			best = registry.KeyFigures(keptFigures(row.FigureKeys, row.FigureValues), 1)
		}
		if len(best) > 0 {
			m.KeyFigure = &best[0]
		}
	}
	return nil
}

func keptFigures(keys []string, values []float64) []registry.Figure {
	figures := make([]registry.Figure, len(keys))
	for i, key := range keys {
		figures[i] = registry.Figure{Key: key, Value: values[i]}
	}
	return figures
}

// tellOpen adds to the trends of models, by their ID, versions whose figures are not
// kept with them.
func (t *tx) tellOpen(ctx context.Context, open []trendRow, models map[int64]*registry.ModelRow) error {
	versions := make([]made, len(open))
	for i, row := range open {
		versions[i] = row.made
	}
	told, _, err := t.figuresThen(ctx, versions, func(i int) []string { return []string{models[open[i].CollectionID].KeyFigure.Key} })
	if err != nil {
		return err
	}
	for i, row := range open {
		for _, f := range told[i] {
			m := models[row.CollectionID]
			m.Trend = append(m.Trend, registry.VersionValue{Number: int(row.Numbers[0]), Value: f.Value})
		}
	}
	return nil
}
