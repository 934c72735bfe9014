package db_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"greenroom/db"
	"greenroom/db/dbtest"
	"greenroom/registry"
)

// training is the project and the run that the tests of this file log to.
var training = registry.RunRef{Place: registry.Project("vision", "digits"), Name: "r1"}

func history(first int64, lines ...string) registry.RunLines {
	return stream(registry.HistoryStream, first, lines...)
}

func stream(s registry.Stream, first int64, lines ...string) registry.RunLines {
	return registry.RunLines{Lines: map[registry.Stream]registry.Lines{s: {First: first, Text: lines}}}
}

// steps makes a line per step with the metric loss, which is 1/step.
func steps(from, to int) (lines []string) {
	for s := from; s < to; s++ {
		lines = append(lines, fmt.Sprintf(`{"_step":%d,"loss":%g}`, s, 1/float64(s+1)))
	}
	return lines
}

// house is a furnished registry with a run.
func house(tb testing.TB) (*db.DB, dbtest.House) {
	tb.Helper()
	d := dbtest.Open(tb)
	h := dbtest.Furnish(tb, d)
	_, _, err := d.UpsertRun(tb.Context(), h.Bob, registry.RunEdit{Run: training})
	must(tb, err)
	return d, h
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

func say(tb testing.TB, d *db.DB, by registry.Actor, said registry.RunLines) registry.StreamAnswer {
	tb.Helper()
	answer, err := d.AppendHistory(tb.Context(), by, training, said)
	must(tb, err)
	return answer
}

// wantHistory checks the lines of the history and the series of loss.
func wantHistory(t *testing.T, d *db.DB, by registry.Actor, lines []string, x, y []float64) {
	t.Helper()
	got, err := d.History(t.Context(), by, training, registry.HistoryPage{Stream: registry.HistoryStream})
	must(t, err)
	if !slices.Equal(got, lines) {
		t.Errorf("History = %q\nwant      %q", got, lines)
	}
	s, err := d.Series(t.Context(), by, training, "loss", nil, nil, 1000)
	must(t, err)
	if !slices.Equal(s.X, x) || !slices.Equal(s.Y, y) {
		t.Errorf("Series = %v, %v\nwant     %v, %v", s.X, s.Y, x, y)
	}
}

func TestHistory(t *testing.T) {
	t.Parallel()
	d, h := house(t)

	first := steps(0, 4)
	say(t, d, h.Bob, history(0, first...))
	wantHistory(t, d, h.Vera, first, []float64{0, 1, 2, 3}, []float64{1, 0.5, 1. / 3, 0.25})

	keys, err := d.HistoryKeys(t.Context(), h.Vera, training)
	must(t, err)
	if len(keys.Keys) != 2 || *keys.LastStep != 3 {
		t.Fatalf("HistoryKeys = %+v", keys)
	}
	if loss := keys.Keys[1]; loss != (registry.MetricKey{Key: "loss", N: 4, Last: 0.25, Min: 0.25, Max: 1}) || loss.Internal() || !keys.Keys[0].Internal() {
		t.Errorf("keys = %+v", keys.Keys)
	}
	tail, err := d.HistoryTail(t.Context(), h.Vera, training, registry.HistoryStream)
	must(t, err)
	if !slices.Equal(tail, first[3:]) {
		t.Errorf("HistoryTail = %q", tail)
	}
}

func TestSayingTheSameAgain(t *testing.T) {
	t.Parallel()
	d, h := house(t)
	lines := steps(0, 10)
	x := []float64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}
	var y []float64
	for _, s := range x {
		y = append(y, 1/(s+1))
	}
	say(t, d, h.Bob, history(0, lines[:6]...))
	for _, batch := range [][2]int{{0, 6}, {6, 10}, {6, 10}, {4, 8}, {0, 10}, {3, 4}, {9, 10}, {0, 1}} {
		say(t, d, h.Bob, history(int64(batch[0]), lines[batch[0]:batch[1]]...))
	}
	wantHistory(t, d, h.Vera, lines, x, y)

	changed := `{"_step":5,"loss":42}`
	say(t, d, h.Bob, history(5, changed))
	lines[5], y[5] = changed, 42
	wantHistory(t, d, h.Vera, lines, x, y)
}

func TestOddNumbers(t *testing.T) {
	t.Parallel()
	d, h := house(t)
	lines := []string{
		`{"_step":0,"loss":1}`, `{"_step":1,"loss":NaN}`, `{"_step":2,"loss":NaN}`, `{"_step":3,"loss":-Infinity}`,
		`{"_step":4,"loss":2,"nested":{"a":{"b":Infinity}}}`, `{"_step":5,"loss":NaN}`,
	}
	said := history(0, lines...)
	said.Summary = new(`{"loss":NaN,"best":-Infinity}`)
	say(t, d, h.Bob, said)
	wantHistory(t, d, h.Vera, lines, []float64{0, 4}, []float64{1, 2})
	s, err := d.Series(t.Context(), h.Vera, training, "loss", nil, nil, 1000)
	must(t, err)
	if want := []registry.Odd{{From: 1, To: 2, Value: "NaN"}, {From: 3, To: 3, Value: "-Infinity"}, {From: 5, To: 5, Value: "NaN"}}; !slices.Equal(s.Odd, want) {
		t.Errorf("Odd = %v, want %v", s.Odd, want)
	}
	rows, err := d.SampledHistory(t.Context(), h.Vera, training, []registry.SampleSpec{{Keys: []string{"_step", "loss"}}, {Keys: []string{"nested.a.b"}}})
	must(t, err)
	if len(rows) != 2 || len(rows[0]) != 6 || string(rows[0][1]["loss"]) != `"NaN"` || string(rows[0][0]["loss"]) != `1` ||
		len(rows[1]) != 1 || string(rows[1][0]["nested.a.b"]) != `"Infinity"` {
		t.Errorf("SampledHistory = %s", rows)
	}
}

func TestWhoMayLog(t *testing.T) {
	t.Parallel()
	d, h := house(t)
	named := func(name string) registry.RunRef {
		return registry.RunRef{Place: training.Place, Name: name}
	}
	_, _, err := d.UpsertRun(t.Context(), h.Bob, registry.RunEdit{Run: named("gone")})
	must(t, err)
	must(t, d.DeleteRun(t.Context(), h.Bob, named("gone")))
	reader := h.Bob
	reader.KeyID, reader.Scope = 1, registry.ScopeRead
	for _, tc := range []struct {
		name string
		by   registry.Actor
		run  registry.RunRef
		want registry.Kind
	}{
		{"member", h.Bob, training, ""},
		{"viewer", h.Vera, training, registry.Denied},
		{"outside the team", h.Olga, training, registry.NotFound},
		{"another organization", h.Eve, training, registry.NotFound},
		{"nobody", registry.Actor{}, training, registry.Unauthenticated},
		{"a key that only reads", reader, training, registry.Denied},
		{"no such run", h.Bob, named("r2"), registry.NotFound},
		{"no such project", h.Bob, registry.RunRef{Place: registry.Project("vision", "none"), Name: "r1"}, registry.NotFound},
		{"deleted", h.Bob, named("gone"), registry.Gone},
		{"no such ID", h.Bob, registry.RunRef{ID: 99999}, registry.NotFound},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := d.AppendHistory(t.Context(), tc.by, tc.run, history(0, `{"_step":0}`))
			if got := registry.KindOf(err); got != tc.want {
				t.Errorf("AppendHistory = %v, want kind %q", err, tc.want)
			}
		})
	}
	if _, err := d.AppendHistory(t.Context(), h.Bob, training, history(-1, `{}`)); registry.KindOf(err) != registry.Invalid {
		t.Errorf("lines before the first: %v", err)
	}
	if _, err := d.Series(t.Context(), h.Eve, training, "loss", nil, nil, 10); registry.KindOf(err) != registry.NotFound {
		t.Errorf("a stranger sees a metric: %v", err)
	}
	if _, err := d.History(t.Context(), h.Vera, named("gone"), registry.HistoryPage{Stream: registry.HistoryStream}); registry.KindOf(err) != registry.NotFound {
		t.Errorf("a deleted run has a history: %v", err)
	}
}

func TestManyLines(t *testing.T) {
	t.Parallel()
	d, h := house(t)
	const n = 100_000
	for from := 0; from < n; from += 10_000 {
		say(t, d, h.Bob, history(int64(from), steps(from, from+10_000)...))
	}
	sampled, err := d.History(t.Context(), h.Vera, training, registry.HistoryPage{Stream: registry.HistoryStream, Samples: 500})
	must(t, err)
	if len(sampled) != 500 || !strings.Contains(sampled[0], `"_step":0,`) || !strings.Contains(sampled[499], `"_step":99999,`) {
		t.Errorf("%d lines from %s to %s", len(sampled), sampled[0], sampled[len(sampled)-1])
	}
	rows, err := d.SampledHistory(t.Context(), h.Vera, training, []registry.SampleSpec{{Keys: []string{"_step", "loss"}, Samples: 100, MinStep: new(int64(50_000)), MaxStep: new(int64(59_999))}})
	must(t, err)
	if len(rows[0]) != 100 || string(rows[0][0]["_step"]) != "50000" || string(rows[0][99]["_step"]) != "59999" {
		t.Errorf("%d rows from %s to %s", len(rows[0]), rows[0][0], rows[0][len(rows[0])-1])
	}
	page, err := d.History(t.Context(), h.Vera, training, registry.HistoryPage{Stream: registry.HistoryStream, MinStep: new(int64(7000)), MaxStep: new(int64(8000)), Samples: 1000})
	must(t, err)
	if len(page) != 1000 || !slices.Equal(page, steps(7000, 8000)) {
		t.Errorf("a page of the scan has %d lines, from %s", len(page), page[0])
	}
	s, err := d.Series(t.Context(), h.Vera, training, "loss", nil, nil, 1000)
	must(t, err)
	if len(s.X) != 1000 || s.Hi[0] != 1 || s.Lo[999] > 1.001e-5 || s.X[1] != 96 && s.X[1] != 128 {
		t.Errorf("series of %d, X %v Hi %v Lo %v", len(s.X), s.X[:3], s.Hi[0], s.Lo[len(s.Lo)-1])
	}
	near, err := d.Series(t.Context(), h.Vera, training, "loss", new(int64(50)), new(int64(59)), 1000)
	must(t, err)
	if len(near.X) != 10 || near.Y[0] != 1./51 {
		t.Errorf("zoomed in: %+v", near)
	}
}
