package db

import (
	"context"

	"greenroom/registry"
)

// MetricPage returns one metric of a run, thinned for a page. Returns
// NotFound where there is no run that the actor may look at; a key that was never
// logged has an empty series.
func (db *DB) MetricPage(ctx context.Context, by registry.Actor, ref registry.RunRef, query registry.MetricQuery) (m registry.MetricPage, err error) {
	err = db.read(ctx, by, registry.Look, inPlaceOfRun(ref), func(t *tx) error {
		id, err := t.runID(ctx, ref)
		if err != nil {
			return err
		}
		m.Key = query.Key
		if m.RunDetail, err = t.run(ctx, id); err != nil {
			return err
		}
		m.Over = registry.DefinedMetricsOf(m.Config).Over(m.Key)
		m.Series, err = t.series(ctx, id, query.Key, query.From, query.To, registry.MetricBuckets)
		return err
	})
	return m, err
}
