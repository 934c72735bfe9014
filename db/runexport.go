package db

import (
	"context"
	"slices"

	"greenroom/registry"
)

const (
	// maxExport is how many runs one export has at most.
	maxExport = 500_000
	// exportBatch is how many of them are in memory at once.
	exportBatch = 500
)

// ExportRuns calls each with the runs that a query finds, in its order, as they
// are at one moment. begin is called before the first, with the columns. Returns
// NotFound where there is no project that the actor may look into.
func (db *DB) ExportRuns(ctx context.Context, by registry.Actor, ref registry.PlaceRef, query registry.ProjectQuery, begin func(columns []registry.RunColumn) error, each func(registry.RunRow) error) error {
	query.Columns, query.Group, query.After = registry.AskedColumns(query.Columns), "", ""
	return db.read(ctx, by, registry.Look, in(ref), func(t *tx) error {
		p := registry.ProjectPage{Place: t.place, Access: t.access, Query: query}
		runs, err := t.runsAsked(ctx, &p)
		if err != nil {
			return err
		}
		found, err := t.sortRuns(ctx, &runs, query.Order, registry.RunMark{}, maxExport)
		if err != nil {
			return err
		}
		begun := false
		for ids := range slices.Chunk(found.ids, exportBatch) {
			rows, err := t.runsOf(ctx, ids, &p)
			if err != nil {
				return err
			}
			if !begun {
				if err := begin(p.Columns); err != nil {
					return err
				}
				begun = true
			}
			for _, row := range rows {
				if err := each(row); err != nil {
					return err
				}
			}
		}
		if !begun {
			return begin(registry.PickColumns(nil, query.Columns))
		}
		return nil
	})
}
