package db

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/lib/pq"
	"github.com/tidwall/gjson"

	"greenroom/registry"
)

// made is how the run that made a version did: its summary, which is how it
// ended, and where in it the version was made.
type made struct {
	RunID       *int64
	HistoryStep *int64
	LastStep    *int64
	Summary     string // the beginning of it
}

// columns of made; a is the artifact, p the run's progress.
const madeColumns = `a.run_id, a.history_step, p.last_step, coalesce(left(p.summary, 65536), '') as summary`

// early reports whether the run went on after it made the version, so that its
// summary tells of another moment.
func (m made) early() bool {
	return m.RunID != nil && m.HistoryStep != nil && m.LastStep != nil && *m.HistoryStep < *m.LastStep
}

// figuresThen returns for each version those of the figures called keys that
// its run had when it made it, in one statement at most. What a run never logged
// step by step, only its summary tells.
func (t *tx) figuresThen(ctx context.Context, versions []made, keys func(i int) []string) ([][]registry.Figure, error) {
	told := make([][]registry.Figure, len(versions))
	var at, runs, steps []int64
	var wanted []string
	for i, v := range versions {
		all := figuresOf(v.Summary)
		for _, key := range keys(i) {
			f, ok := registry.FigureAt(all, key)
			if !ok {
				continue
			}
			told[i] = append(told[i], f)
			if v.early() {
				at, runs, steps, wanted = append(at, int64(i)), append(runs, *v.RunID), append(steps, *v.HistoryStep), append(wanted, key)
			}
		}
	}
	if len(at) == 0 {
		return told, nil
	}
	const q = `
		select w.at, w.step, w.key, c.n, c.step0, c.stride, c.steps,
			case when c.stride > 0 and c.step0 <= w.step then substring(c.v from 8 * least((w.step - c.step0) / c.stride, c.n - 1)::int + 1 for 8) else c.v end as v
		from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[]) as w (at, run_id, step, key)
		cross join lateral (
			select n, step0, stride, steps, v
			from metric_chunks c
			where c.run_id = w.run_id and c.key = w.key
			order by step0 <= w.step desc, step0 desc, line0 desc
			limit 1) c`
	var answers []struct {
		At, Step int64
		Key      string
		registry.Chunk
	}
	if err := t.SelectContext(ctx, &answers, q, pq.Array(at), pq.Array(runs), pq.Array(steps), pq.Array(wanted)); err != nil {
		return nil, fmt.Errorf("db: figures at a step: %w", err)
	}
	for _, a := range answers {
		i := slices.IndexFunc(told[a.At], func(f registry.Figure) bool { return f.Key == a.Key })
		if value, ok := valueAt(a.Chunk, a.Step); ok {
			told[a.At][i].Value = value
		} else {
			told[a.At] = slices.Delete(told[a.At], i, i+1)
		}
	}
	return told, nil
}

// valueAt is the last value of a chunk up to a step. Of a chunk with an even
// stride, V holds just that one.
func valueAt(c registry.Chunk, step int64) (v float64, ok bool) {
	if c.Step0 > step {
		return 0, false
	}
	if c.Stride > 0 {
		return c.Value(0), true
	}
	i := c.N - 1
	for i > 0 && c.Step(i) > step {
		i--
	}
	return c.Value(i), true
}

// figuresOf reads the numbers of a run's summary in their order. Summaries are
// what clients sent: NaN may stand in them, and one that was cut short is read as
// far as it goes. What begins with an underscore is the client's own, and what
// names a _type is no number but a picture, a table or the like.
func figuresOf(summary string) []registry.Figure {
	return appendFigures(nil, "", gjson.Parse(summary))
}

func appendFigures(figures []registry.Figure, prefix string, object gjson.Result) []registry.Figure {
	object.ForEach(func(k, v gjson.Result) bool {
		key := k.String()
		switch {
		case prefix == "" && strings.HasPrefix(key, "_"):
		case v.Type == gjson.Number:
			figures = append(figures, registry.Figure{Key: prefix + key, Value: v.Float()})
		case v.IsObject() && !v.Get("_type").Exists():
			figures = appendFigures(figures, prefix+key+".", v)
		}
		return true
	})
	return figures
}
