package db

import (
	"context"
	"fmt"

	"github.com/lib/pq"

	"greenroom/registry"
)

// limitMetrics takes out of an arrival the chunks of numbers that would be more
// than a run has charts of. The lines stay whole.
func (t *tx) limitMetrics(ctx context.Context, runID int64, a *arrival) error {
	var keys []string
	known := map[string]bool{}
	for _, s := range a.segments {
		for _, key := range s.keys {
			if !known[key] {
				known[key], keys = true, append(keys, key)
			}
		}
	}
	if len(keys) == 0 {
		return nil
	}
	const fresh = `
		select k.key
		from unnest($2::text[]) with ordinality as k (key, n)
		where not exists (select from metric_chunks c where c.run_id = $1 and c.key = k.key)
		order by k.n`
	var news []string
	if err := t.SelectContext(ctx, &news, fresh, runID, pq.Array(keys)); err != nil {
		return fmt.Errorf("db: find metrics: %w", err)
	}
	if len(news) == 0 {
		return nil
	}
	// From one key to the next, as there can be millions of chunks.
	const count = `
		with recursive keys as (
			select min(key) as key from metric_chunks where run_id = $1
			union all
			select (select min(c.key) from metric_chunks c where c.run_id = $1 and c.key > k.key)
			from keys k
			where k.key is not null
		)
		select count(key) from keys`
	var had int
	if err := t.GetContext(ctx, &had, count, runID); err != nil {
		return fmt.Errorf("db: count metrics: %w", err)
	}
	room := max(0, registry.MaxMetrics-had)
	if len(news) <= room {
		return nil
	}
	for _, key := range news[room:] {
		known[key] = false
	}
	for i, s := range a.segments {
		a.segments[i].keys, a.segments[i].chunks = nil, nil
		for j, key := range s.keys {
			if known[key] {
				a.segments[i].keys, a.segments[i].chunks = append(a.segments[i].keys, key), append(a.segments[i].chunks, s.chunks[j])
			}
		}
	}
	a.warnings = append(a.warnings, fmt.Sprintf("The run has more than %d different numbers: there are no charts of those that came last.", registry.MaxMetrics))
	return nil
}
