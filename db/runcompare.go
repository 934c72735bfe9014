package db

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/lib/pq"

	"greenroom/registry"
)

// CompareRuns sets runs of a project side by side, in a number of statements that
// does not grow with them. Names that no run has are told of. Returns NotFound
// where there is no project that the actor may look into, Invalid for too many
// runs.
func (db *DB) CompareRuns(ctx context.Context, by registry.Actor, ref registry.PlaceRef, query registry.RunCompareQuery) (c registry.RunComparison, err error) {
	err = db.read(ctx, by, registry.Look, in(ref), func(t *tx) error {
		c = registry.RunComparison{Place: t.place, Access: t.access, Query: query}
		if err := query.Check(); err != nil {
			return err
		}
		const q = `
			select id
			from runs
			where place_id = $1 and name = any($2) and deleted_at is null
			order by array_position($2, name)`
		var ids []int64
		if err := t.SelectContext(ctx, &ids, q, t.place.ID, pq.Array(query.Runs)); err != nil {
			return fmt.Errorf("db: runs to compare: %w", err)
		}
		rows, err := t.runRows(ctx, ids)
		if err != nil {
			return err
		}
		compareRuns(&c, rows)
		return nil
	})
	return c, err
}

// compareRuns fills in what runs have in common and what not.
func compareRuns(c *registry.RunComparison, rows []madeRun) {
	known := map[string]registry.Figure{}
	var figures []map[string]float64
	var configs []map[string]registry.RunValue
	var names []string
	for _, row := range rows {
		told := map[string]float64{}
		for _, f := range figuresOf(row.Progress.Summary) {
			known[f.Key], told[f.Key] = f, f.Value
		}
		figures, configs, names = append(figures, told), append(configs, configValues(row.Config)), append(names, row.Name)
		run := row.Run
		run.Tags, run.Config, run.Progress.Summary = row.Tags, "", ""
		c.Runs = append(c.Runs, run)
	}
	c.Gone = slices.DeleteFunc(slices.Clone(c.Query.Runs), func(name string) bool { return slices.Contains(names, name) })
	c.Query.Runs = names
	c.Base = max(slices.Index(names, c.Query.Base), 0)
	keys := registry.KnownColumns(slices.Collect(maps.Values(known)), nil)
	c.Figures = registry.CompareFigures(keys[:min(len(keys), figuresCompared)], figures)
	c.Config = registry.CompareValues(configs)
}
