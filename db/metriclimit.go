package db

import (
	"context"
	"fmt"

	"github.com/lib/pq"

	"greenroom/registry"
)

// put writes what arrives where nothing stands, without the metrics for which
// the run has no room.
func (t *tx) put(ctx context.Context, runID int64, a *arrival, p *progress) error {
	if err := t.makeRoom(ctx, runID, a, p); err != nil {
		return err
	}
	return t.putSegments(ctx, runID, a)
}

// makeRoom takes the metrics out of what arrives that would be more than a run has.
// To look for each in the run would take as long as to write it, so p.metrics is how
// many there are at most, and only when that is too many they are counted.
func (t *tx) makeRoom(ctx context.Context, runID int64, a *arrival, p *progress) error {
	var names []string
	asked := map[string]bool{}
	for _, s := range a.segments {
		for _, name := range s.keys {
			if !asked[name] {
				asked[name] = true
				names = append(names, name)
			}
		}
	}
	if p.metrics += len(names); p.metrics <= registry.MaxMetrics {
		return nil
	}
	all, known, err := t.countMetrics(ctx, runID, names)
	if err != nil {
		return err
	}
	for _, name := range names {
		if known[name] {
			continue
		}
		if all < registry.MaxMetrics {
			all++
		} else {
			asked[name] = false
			p.warn(fmt.Sprintf("The run logged more than %d different numbers: there are no charts of the others.", registry.MaxMetrics))
		}
	}
	p.metrics = all
	for i := range a.segments {
		a.segments[i].keep(asked)
	}
	return nil
}

// countMetrics returns how many metrics a run has and which of some are among them.
func (t *tx) countMetrics(ctx context.Context, runID int64, names []string) (all int, known map[string]bool, err error) {
	const count = `
		with recursive metrics as (
			select min(key) as key from metric_chunks where run_id = $1
			union all
			select (select min(c.key) from metric_chunks c where c.run_id = $1 and c.key > m.key)
			from metrics m
			where m.key is not null
		)
		select count(key) from metrics`
	if err := t.GetContext(ctx, &all, count, runID); err != nil {
		return 0, nil, fmt.Errorf("db: count metrics: %w", err)
	}
	const among = `
		select name
		from unnest($2::text[]) as name
		where exists (select from metric_chunks where run_id = $1 and key = name)`
	var found []string
	if err := t.SelectContext(ctx, &found, among, runID, pq.Array(names)); err != nil {
		return 0, nil, fmt.Errorf("db: known metrics: %w", err)
	}
	known = map[string]bool{}
	for _, name := range found {
		known[name] = true
	}
	return all, known, nil
}

// keep drops the chunks of all metrics but some.
func (s *segment) keep(names map[string]bool) {
	kept := 0
	for i, name := range s.keys {
		if names[name] {
			s.keys[kept], s.chunks[kept] = name, s.chunks[i]
			kept++
		}
	}
	s.keys, s.chunks = s.keys[:kept], s.chunks[:kept]
}
