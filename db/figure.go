package db

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

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
	MadeAt      time.Time
	Summary     string // the beginning of it
}

// columns of made; a is the artifact, p the run's progress.
const madeColumns = `a.run_id, a.history_step, p.last_step, a.created_at as made_at, coalesce(left(p.summary, 65536), '') as summary`

// figureAsk asks what a metric of a run was at a step, for the version at a
// place in a list.
type figureAsk struct {
	At, RunID, Step int64
	Key             string
}

// figuresThen returns for each version those of the figures called keys that
// its run had when it made it, and the step of that moment, nil where the summary
// tells of it. What a run never logged step by step, only its summary tells.
func (t *tx) figuresThen(ctx context.Context, versions []made, keys func(i int) []string) ([][]registry.Figure, []*int64, error) {
	steps, err := t.stepsThen(ctx, versions)
	if err != nil {
		return nil, nil, err
	}
	told, err := t.figuresAt(ctx, versions, steps, keys)
	return told, steps, err
}

// figuresAt is figuresThen where the steps are known.
func (t *tx) figuresAt(ctx context.Context, versions []made, steps []*int64, keys func(i int) []string) ([][]registry.Figure, error) {
	told := make([][]registry.Figure, len(versions))
	var asked []figureAsk
	for i, v := range versions {
		all := figuresOf(v.Summary)
		for _, key := range keys(i) {
			f, ok := registry.FigureAt(all, key)
			if !ok {
				continue
			}
			told[i] = append(told[i], f)
			if steps[i] != nil {
				asked = append(asked, figureAsk{int64(i), *v.RunID, *steps[i], key})
			}
		}
	}
	err := t.valuesAt(ctx, asked, func(a figureAsk, value float64, ok bool) {
		i := slices.IndexFunc(told[a.At], func(f registry.Figure) bool { return f.Key == a.Key })
		if ok {
			told[a.At][i].Value = value
		} else {
			told[a.At] = slices.Delete(told[a.At], i, i+1)
		}
	})
	return told, err
}

// spareKeys is how many more figures are looked at than are wanted: some may have
// been logged only after the version was made.
const spareKeys = 6

// keyFigures returns for each version the n figures that tell most of it, as its
// run had them when it made it.
func (t *tx) keyFigures(ctx context.Context, versions []made, n int) ([][]registry.Figure, error) {
	told, _, err := t.figuresThen(ctx, versions, func(i int) (keys []string) {
		for _, f := range registry.KeyFigures(figuresOf(versions[i].Summary), n+spareKeys) {
			keys = append(keys, f.Key)
		}
		return keys
	})
	for i := range told {
		told[i] = registry.KeyFigures(told[i], n)
	}
	return told, err
}

// stepsThen returns the last step that the run of each version had logged when
// it made the version, nil where it logged no more after that. The step that
// clients name with an artifact is the one they are at, logged or still to come;
// when it was logged tells which.
func (t *tx) stepsThen(ctx context.Context, versions []made) ([]*int64, error) {
	steps, loggedAt := make([]*int64, len(versions)), make([]float64, len(versions))
	var asked []figureAsk
	for i, v := range versions {
		if v.midway() {
			asked = append(asked, figureAsk{int64(i), *v.RunID, *v.HistoryStep, "_timestamp"})
		}
	}
	err := t.valuesAt(ctx, asked, func(a figureAsk, value float64, ok bool) {
		if ok {
			loggedAt[a.At] = value
		}
	})
	for i, v := range versions {
		steps[i] = v.stepThen(loggedAt[i])
	}
	return steps, err
}

// midway reports whether the run may have logged more after it made the version.
func (v made) midway() bool {
	return v.RunID != nil && v.HistoryStep != nil && v.LastStep != nil && *v.HistoryStep <= *v.LastStep
}

// stepThen is what stepsThen returns for one version; loggedAt is when its step was
// logged, in seconds, 0 if that is not known.
func (v made) stepThen(loggedAt float64) *int64 {
	if !v.midway() {
		return nil
	}
	step := *v.HistoryStep
	if loggedAt > float64(v.MadeAt.UnixMicro())/1e6 {
		step--
	}
	if step >= *v.LastStep {
		return nil
	}
	return &step
}

// valuesAt tells of each metric asked about its last value up to the step, ok
// false where there is none yet. A metric that was never logged is not told of.
func (t *tx) valuesAt(ctx context.Context, asked []figureAsk, tell func(a figureAsk, value float64, ok bool)) error {
	if len(asked) == 0 {
		return nil
	}
	var at, runs, steps []int64
	var keys []string
	for _, a := range asked {
		at, runs, steps, keys = append(at, a.At), append(runs, a.RunID), append(steps, a.Step), append(keys, a.Key)
	}
	const q = `
		select w.at, w.run_id, w.step, w.key, c.n, c.step0, c.stride, c.steps,
			case when c.stride > 0 and c.step0 <= w.step
				then substring(c.v from 8 * least((w.step - c.step0) / c.stride, c.n - 1)::int + 1 for 8)
				else c.v
			end as v
		from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[]) as w (at, run_id, step, key)
		cross join lateral ((
			select n, step0, stride, steps, v
			from metric_chunks
			where run_id = w.run_id and key = w.key and step0 <= w.step
			order by step0 desc, line0 desc
			limit 1)
			union all (
			select n, step0, stride, steps, v
			from metric_chunks
			where run_id = w.run_id and key = w.key and step0 > w.step
			limit 1)
			limit 1) c`
	type answer struct {
		figureAsk
		registry.Chunk
	}
	answers := make([]answer, 0, len(asked))
	if err := t.SelectContext(ctx, &answers, q, pq.Array(at), pq.Array(runs), pq.Array(steps), pq.Array(keys)); err != nil {
		return fmt.Errorf("db: figures at a step: %w", err)
	}
	for _, a := range answers {
		value, ok := valueAt(a.Chunk, a.figureAsk.Step)
		tell(a.figureAsk, value, ok)
	}
	return nil
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
	return appendFigures(make([]registry.Figure, 0, 16), "", gjson.Parse(summary))
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
