package db

import (
	"context"
	"fmt"
	"math"

	"github.com/lib/pq"

	"greenroom/registry"
)

// HistoryKeys returns what a run logged numbers for and its last step.
func (db *DB) HistoryKeys(ctx context.Context, by registry.Actor, ref registry.RunRef) (keys registry.HistoryKeys, err error) {
	err = db.readRun(ctx, by, ref, func(t *tx, runID int64) error {
		const q = `select last_step from run_progress where run_id = $1`
		if err := t.GetContext(ctx, &keys.LastStep, q, runID); err != nil {
			return fmt.Errorf("db: last step: %w", err)
		}
		keys.Keys, err = t.metricKeys(ctx, runID, nil)
		return err
	})
	return keys, err
}

// metricKeys returns what is known of some metrics of a run, nil for all.
func (t *tx) metricKeys(ctx context.Context, runID int64, only []string) ([]registry.MetricKey, error) {
	const q = `
		select key, sum(n) as n, coalesce(min(vmin), 'NaN') as min, coalesce(max(vmax), 'NaN') as max,
			(select substring(v from 8 * l.n - 7)
			from metric_chunks l
			where l.run_id = $1 and l.key = c.key
			order by l.writer desc, l.line0 desc
			limit 1) as last
		from metric_chunks c
		where run_id = $1 and ($2::text[] is null or key = any($2))
		group by key
		order by key`
	var rows []struct {
		registry.MetricKey
		Last []byte
	}
	if err := t.SelectContext(ctx, &rows, q, runID, pq.Array(only)); err != nil {
		return nil, fmt.Errorf("db: metric keys: %w", err)
	}
	keys := make([]registry.MetricKey, len(rows))
	for i, row := range rows {
		keys[i] = row.MetricKey
		keys[i].Last = registry.Chunk{N: 1, V: row.Last}.Value(0)
	}
	return keys, nil
}

// chunk is a row of metric_chunks.
type chunk struct {
	registry.Chunk
	Writer string
	Line0  int64
}

// chunks returns the chunks of a metric that may have steps in [from, to], by
// line, with their aggregates but without their values.
func (t *tx) chunks(ctx context.Context, runID int64, key string, from, to *int64) (chunks []chunk, err error) {
	const q = `
		select writer, line0, n, step0, stride, steps, coalesce(vmin, 'NaN') as min, coalesce(vmax, 'NaN') as max, odd, agg
		from metric_chunks
		where run_id = $1 and key = $2
			and ($3::bigint is null or stride = 0 or step0 + (n - 1) * stride >= $3)
			and ($4::bigint is null or step0 <= $4)
		order by writer, line0`
	if err := t.SelectContext(ctx, &chunks, q, runID, key, from, to); err != nil {
		return nil, fmt.Errorf("db: find chunks: %w", err)
	}
	for _, c := range chunks {
		if err := c.Check(); err != nil {
			return nil, err
		}
	}
	return chunks, nil
}

// loadValues fills in the values of some chunks.
func (t *tx) loadValues(ctx context.Context, runID int64, key string, chunks []*chunk) error {
	type at struct {
		writer string
		line0  int64
	}
	wanted := map[at]*chunk{}
	var writers []string
	var lines []int64
	for _, c := range chunks {
		wanted[at{c.Writer, c.Line0}] = c
		writers, lines = append(writers, c.Writer), append(lines, c.Line0)
	}
	const q = `
		select c.writer, c.line0, c.v
		from unnest($3::text[], $4::bigint[]) as w (writer, line0)
		join metric_chunks c on c.run_id = $1 and c.key = $2 and c.writer = w.writer and c.line0 = w.line0`
	rows, err := t.QueryContext(ctx, q, runID, key, pq.Array(writers), pq.Array(lines))
	if err != nil {
		return fmt.Errorf("db: read values: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var a at
		var v []byte
		if err := rows.Scan(&a.writer, &a.line0, &v); err != nil {
			return fmt.Errorf("db: read values: %w", err)
		}
		c := wanted[a]
		if c.V = v; c.Check() != nil {
			return fmt.Errorf("db: read values of %s: %w", key, c.Check())
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("db: read values: %w", err)
	}
	return nil
}

// series returns a metric over the steps [from, to], nil for no bound, thinned
// to at most so many buckets that keep their lowest and highest value. Where a
// step was logged twice the higher line counts. A key that was never logged has
// an empty series.
func (t *tx) series(ctx context.Context, runID int64, key string, from, to *int64, buckets int) (s registry.Series, err error) {
	chunks, err := t.chunks(ctx, runID, key, from, to)
	if err != nil || len(chunks) == 0 {
		return s, err
	}
	lo, hi := bounds(chunks, from, to)
	exact := needsValues(chunks, buckets)
	var load []*chunk
	for i := range chunks {
		if exact || chunks[i].Odd > 0 {
			load = append(load, &chunks[i])
		}
	}
	if len(load) > 0 {
		if err := t.loadValues(ctx, runID, key, load); err != nil {
			return s, err
		}
	}
	if exact {
		return thinValues(chunks, lo, hi, buckets), nil
	}
	return thinGroups(chunks, lo, hi, buckets), nil
}

// bounds returns the steps that a series reaches over.
func bounds(chunks []chunk, from, to *int64) (lo, hi int64) {
	lo, hi = math.MaxInt64, math.MinInt64
	for _, c := range chunks {
		lo, hi = min(lo, c.Step0), max(hi, c.Step(c.N-1))
	}
	if from != nil {
		lo = max(lo, *from)
	}
	if to != nil {
		hi = min(hi, *to)
	}
	return lo, hi
}

// needsValues reports whether the aggregates of chunks would not do: there are
// few points for the buckets, the chunks overlap in steps, or the values differ
// by less than float32 shows.
func needsValues(chunks []chunk, buckets int) bool {
	points := 0
	low, high := math.NaN(), math.NaN()
	for i, c := range chunks {
		points += c.N
		if i > 0 && c.Step0 <= chunks[i-1].Step(chunks[i-1].N-1) {
			return true
		}
		low, high = lesser(low, c.Min), greater(high, c.Max)
	}
	const visible = 1e-4 // of the height of a chart is less than a pixel
	return points <= registry.GroupSize*buckets || high-low < visible*max(math.Abs(low), math.Abs(high))
}

func thinValues(chunks []chunk, from, to int64, buckets int) registry.Series {
	var steps []int64
	var values []float64
	for _, c := range chunks {
		for i := range c.N {
			if s := c.Step(i); s >= from && s <= to {
				steps, values = append(steps, s), append(values, c.Value(i))
			}
		}
	}
	return registry.Thin(steps, values, from, to, buckets)
}

func thinGroups(chunks []chunk, from, to int64, buckets int) registry.Series {
	thin := registry.NewThinner(from, to, buckets)
	for _, c := range chunks {
		size := registry.GroupSize
		if c.Odd > 0 {
			size = 1
		}
		for i := 0; i < c.N; i += size {
			step := c.Step(i)
			if step < from || step > to {
				continue
			}
			if c.Odd > 0 {
				thin.Add(step, c.Value(i))
				continue
			}
			low, high := c.Group(i / registry.GroupSize)
			thin.AddGroup(step, low, high)
		}
	}
	return thin.Series()
}

func lesser(a, b float64) float64 {
	if math.IsNaN(a) || b < a {
		return b
	}
	return a
}

func greater(a, b float64) float64 {
	if math.IsNaN(a) || b > a {
		return b
	}
	return a
}
