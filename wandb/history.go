package wandb

import (
	"context"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"greenroom/registry"
)

func (r *run) ref() registry.RunRef { return registry.RunRef{ID: r.run.ID} }

// HistoryKeys says what the run logged numbers for and its last step; null
// before the first line.
func (r *run) HistoryKeys(ctx context.Context) (*inlineJSON, error) {
	if r.run.Progress.HistoryLines == 0 {
		return nil, nil
	}
	known, err := r.d.DB.HistoryKeys(ctx, by(ctx), r.ref())
	if err != nil || known.LastStep == nil {
		return nil, err
	}
	type count struct {
		Type  string `json:"type"`
		Count int64  `json:"count"`
	}
	type key struct {
		TypeCounts    []count  `json:"typeCounts"`
		Monotonic     bool     `json:"monotonic"`
		PreviousValue *float64 `json:"previousValue"`
	}
	keys := map[string]key{}
	for _, k := range known.Keys {
		told := key{TypeCounts: []count{{"number", k.N}}}
		if !math.IsNaN(k.Last) && !math.IsInf(k.Last, 0) {
			told.PreviousValue = &k.Last
		}
		keys[k.Key] = told
	}
	raw, err := json.Marshal(map[string]any{"lastStep": *known.LastStep, "sets": []any{}, "keys": keys})
	answer := inlineJSON(raw)
	return &answer, err
}

// HistoryTail is the last line of history, as a list in JSON.
func (r *run) HistoryTail(ctx context.Context) (*jsonString, error) {
	return r.tail(ctx, registry.HistoryStream)
}

// EventsTail is the last line of what the machine measured, likewise.
func (r *run) EventsTail(ctx context.Context) (*jsonString, error) {
	return r.tail(ctx, registry.EventStream)
}

func (r *run) tail(ctx context.Context, stream registry.Stream) (*jsonString, error) {
	lines, err := r.d.DB.HistoryTail(ctx, by(ctx), r.ref(), stream)
	if err != nil {
		return nil, err
	}
	if lines == nil {
		lines = []string{}
	}
	raw, err := json.Marshal(lines)
	answer := jsonString(raw)
	return &answer, err
}

// usualSamples is how many lines come back when the client does not say.
const usualSamples = 500

// History is lines of history as they were logged.
func (r *run) History(ctx context.Context, asked struct {
	MinStep, MaxStep *int64Scalar
	Samples          *int32
}) (*[]string, error) {
	return r.lines(ctx, registry.HistoryPage{
		Stream: registry.HistoryStream, MinStep: (*int64)(asked.MinStep), MaxStep: (*int64)(asked.MaxStep), Samples: samples(ctx, asked.Samples),
	})
}

// Events is lines of what the machine measured.
func (r *run) Events(ctx context.Context, asked struct{ Samples *int32 }) (*[]string, error) {
	return r.lines(ctx, registry.HistoryPage{Stream: registry.EventStream, Samples: samples(ctx, asked.Samples)})
}

func samples(ctx context.Context, asked *int32) int {
	n := usualSamples
	if asked != nil && *asked > 0 {
		n = int(*asked)
	}
	requestOf(ctx).spend(min(n, largestPage))
	return n
}

func (r *run) lines(ctx context.Context, page registry.HistoryPage) (*[]string, error) {
	lines, err := r.d.DB.History(ctx, by(ctx), r.ref(), page)
	if err != nil {
		return nil, err
	}
	if lines == nil {
		lines = []string{}
	}
	return &lines, nil
}

// SampledHistory is, for each spec, the rows that hold all of its keys.
func (r *run) SampledHistory(ctx context.Context, asked struct{ Specs []jsonString }) ([]*inlineJSON, error) {
	specs := make([]registry.SampleSpec, len(asked.Specs))
	for i, text := range asked.Specs {
		var spec struct {
			Keys             []string
			MinStep, MaxStep *int64
			Samples          int
		}
		if err := json.Unmarshal([]byte(text), &spec); err != nil {
			return nil, registry.Errorf(registry.Invalid, "A spec of a sampled history is a JSON object with keys, minStep, maxStep and samples.")
		}
		slices.Sort(spec.Keys) // scans name the step twice
		spec.Keys = slices.Compact(spec.Keys)
		spec.Samples = max(spec.Samples, 0)
		requestOf(ctx).spend(largestPage) // each reads the history anew
		specs[i] = wholePage(ctx, registry.SampleSpec(spec))
	}
	sampled, err := r.d.DB.SampledHistory(ctx, by(ctx), r.ref(), specs)
	if err != nil {
		return nil, err
	}
	answer := make([]*inlineJSON, len(sampled))
	for i, rows := range sampled {
		if rows == nil {
			rows = []registry.HistoryRow{}
		}
		raw, err := json.Marshal(rows)
		if err != nil {
			return nil, err
		}
		answer[i] = (*inlineJSON)(&raw)
	}
	return answer, nil
}

// wholePage gives a page of a scan the last step that its client means: clients
// scan [0, 1000), [1000, 2000), and so on. Those since the middle of 2026 name
// the last step of a page, and ask for as many samples as it has steps. Those
// before name the first step of the next page, whose row they would get twice and
// for it lack another.
func wholePage(ctx context.Context, spec registry.SampleSpec) registry.SampleSpec {
	if spec.MinStep == nil || spec.MaxStep == nil || !strings.HasPrefix(requestOf(ctx).agent, "W&B Public Client") {
		return spec
	}
	if *spec.MaxStep-*spec.MinStep != int64(spec.Samples)-1 {
		spec.MaxStep = new(*spec.MaxStep - 1)
	}
	return spec
}

type parquetHistory struct {
	ParquetUrls []string
	LiveData    []inlineJSON
}

// ParquetHistory says that no file has lines, and that those from step 0 on are live. Clients then read the lines; those of
// 0.27 read none when nothing is live.
func (r *run) ParquetHistory(struct{ LiveKeys []string }) *parquetHistory {
	return &parquetHistory{ParquetUrls: []string{}, LiveData: []inlineJSON{inlineJSON(`{"_step":0}`)}}
}

type logLine struct {
	Number                        *int32
	Timestamp, Level, Label, Line *string
}

// outputTime is how clients write the time of a line, in UTC.
const outputTime = "2006-01-02T15:04:05.000000"

// LogLines are the lines that the script printed.
func (r *run) LogLines(ctx context.Context, asked struct {
	paging
	Last                  *int32
	Before                *string
	UseImprovedPagination *bool
}) (*connection[*logLine], error) {
	after := int64(-1)
	if deref(asked.After) != "" {
		var err error
		if after, err = asked.afterID(); err != nil {
			return nil, err
		}
	}
	first := largestPage
	if asked.First != nil {
		first = asked.first(ctx)
	} else {
		requestOf(ctx).spend(largestPage)
	}
	lines, more, err := r.d.DB.OutputLines(ctx, by(ctx), r.ref(), first, min(int(deref(asked.Last)), largestPage), after)
	if err != nil {
		return nil, err
	}
	nodes, cursors := make([]*logLine, len(lines)), make([]string, len(lines))
	for i, l := range lines {
		n := int32(l.Number)
		nodes[i] = &logLine{Number: &n, Level: filled(&l.Level), Label: filled(&l.Label), Line: &l.Text, Timestamp: stamp(l.At)}
		cursors[i] = strconv.FormatInt(l.Number, 10)
	}
	return page(nodes, cursors, int(r.run.Progress.OutputLines), more), nil
}

func stamp(at *time.Time) *string {
	if at == nil {
		return nil
	}
	text := at.UTC().Format(outputTime)
	return &text
}
