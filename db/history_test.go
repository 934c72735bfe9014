package db_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
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
	s := seriesOf(t, d, by, registry.MetricQuery{Key: "loss"})
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
	if loss := keys.Keys[1]; loss != (registry.MetricKey{Key: "loss", N: 4, Last: 0.25, Min: 0.25, Max: 1}) {
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

// A script that is started over under the same run ID logs behind what stands there, from the first step on.
func TestStepsLoggedAgain(t *testing.T) {
	t.Parallel()
	d, h := house(t)
	lines := steps(0, 5)
	say(t, d, h.Bob, history(0, lines...))
	over := []string{`{"_step":0,"loss":10}`, `{"_step":1,"loss":11}`}
	say(t, d, h.Bob, history(5, over...))
	want := append(over, lines[2:]...)
	wantHistory(t, d, h.Vera, want, []float64{0, 1, 2, 3, 4}, []float64{10, 11, 1. / 3, 0.25, 0.2})
	rows, err := d.SampledHistory(t.Context(), h.Vera, training, []registry.SampleSpec{{Keys: []string{"loss"}, MaxStep: new(int64(2))}})
	must(t, err)
	if got := fmt.Sprintf("%s", rows); got != "[[map[loss:10] map[loss:11] map[loss:0.3333333333333333]]]" {
		t.Errorf("SampledHistory = %s", got)
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
	if _, err := d.MetricPage(t.Context(), h.Eve, training, registry.MetricQuery{Key: "loss"}); registry.KindOf(err) != registry.NotFound {
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
	if want := fmt.Sprintf(`"_step":%d,`, 250*99_999/499); !strings.Contains(sampled[250], want) {
		t.Errorf("the line in the middle is %s, want %s", sampled[250], want)
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
	s := seriesOf(t, d, h.Vera, registry.MetricQuery{Key: "loss"})
	if len(s.X) != 1000 || s.Hi[0] != 1 || s.Lo[999] > 1.001e-5 || s.X[1] != 96 && s.X[1] != 128 {
		t.Errorf("series of %d, X %v Hi %v Lo %v", len(s.X), s.X[:3], s.Hi[0], s.Lo[len(s.Lo)-1])
	}
	near := seriesOf(t, d, h.Vera, registry.MetricQuery{Key: "loss", From: new(int64(50)), To: new(int64(59))})
	if len(near.X) != 10 || near.Y[0] != 1./51 {
		t.Errorf("zoomed in: %+v", near)
	}
}

func TestLinesThatCannotBeKept(t *testing.T) {
	t.Parallel()
	d, h := house(t)
	good := []string{`{"_step":0,"loss":1}`, `{"_step":3,"loss":2,"s":"nul \u0000 and ` + "\x00\xff" + `"}`}
	said := history(0, good[0], `[1,2]`, `{"loss":`, good[1], `{"s":"`+strings.Repeat("x", registry.MaxLine)+`"}`)
	said.Lines[registry.EventStream] = registry.Lines{Text: []string{`nonsense`, `{"system.cpu":3.1}`}}
	said.Summary = new(`not a summary`)
	say(t, d, h.Bob, said)
	say(t, d, h.Bob, said)
	wantHistory(t, d, h.Vera, good, []float64{0, 3}, []float64{1, 2})
	run := wantState(t, d, h.Vera, registry.Running)
	if len(run.Progress.Warnings) != 5 || run.Progress.HistoryLines != 5 || run.Progress.EventLines != 2 || run.Progress.Summary != "{}" {
		t.Errorf("progress %+v", run.Progress)
	}
	events, err := d.History(t.Context(), h.Vera, training, registry.HistoryPage{Stream: registry.EventStream, Samples: 10})
	must(t, err)
	if !slices.Equal(events, []string{`{"system.cpu":3.1}`}) {
		t.Errorf("events %q", events)
	}

	for i := range 30 {
		say(t, d, h.Bob, history(int64(10+i), `bad`))
	}
	if n := len(wantState(t, d, h.Vera, registry.Running).Progress.Warnings); n != 20 {
		t.Errorf("%d warnings", n)
	}
	last := history(100, `{"_step":9}`)
	last.Summary = new("{\"s\":\"\x00\xff\",\"loss\":NaN}")
	say(t, d, h.Bob, last)
	if s := wantState(t, d, h.Vera, registry.Running).Progress.Summary; s != "{\"s\":\"\uFFFD\",\"loss\":NaN}" {
		t.Errorf("summary %q", s)
	}
}

func TestSeveralWriters(t *testing.T) {
	t.Parallel()
	d, h := house(t)
	from := func(writer string, first int64, lines ...string) registry.RunLines {
		said := history(first, lines...)
		said.Writer = writer
		return said
	}
	say(t, d, h.Bob, from("a", 0, `{"loss":1}`, `{"loss":2}`))
	say(t, d, h.Bob, from("b", 0, `{"loss":3}`))
	say(t, d, h.Bob, from("a", 2, `{"loss":4}`))
	say(t, d, h.Bob, from("a", 1, `{"loss":2}`, `{"loss":4}`, `{ }`))
	wantHistory(t, d, h.Vera,
		[]string{`{"loss":1,"_step":0}`, `{"loss":2,"_step":1}`, `{"loss":3,"_step":2}`, `{"loss":4,"_step":3}`, `{ "_step":4}`},
		[]float64{0, 1, 2, 3}, []float64{1, 2, 3, 4})
	run := wantState(t, d, h.Vera, registry.Running)
	if run.Progress.HistoryLines != 5 || *run.Progress.LastStep != 4 {
		t.Errorf("progress %+v", run.Progress)
	}
	tail, err := d.HistoryTail(t.Context(), h.Vera, training, registry.HistoryStream)
	must(t, err)
	if !slices.Equal(tail, []string{`{ "_step":4}`}) {
		t.Errorf("tail %q", tail)
	}
}

// TestAnyBatches re-sends and changes lines in batches of every size and checks
// after each that history and metrics are as if only the last word had been said.
func TestAnyBatches(t *testing.T) {
	t.Parallel()
	d, h := house(t)
	random := rand.New(rand.NewPCG(1, 2))
	stands := map[int]string{}
	for range 120 {
		first, n := random.IntN(300), 1+random.IntN(60)
		var lines []string
		for i := first; i < first+n; i++ {
			line := fmt.Sprintf(`{"_step":%d,"loss":%d}`, i*2, random.IntN(1000))
			switch random.IntN(10) {
			case 0:
				line = `garbage`
			case 1:
				line = fmt.Sprintf(`{"_step":%d}`, i*2)
			}
			if stands[i] = line; line == `garbage` {
				delete(stands, i)
			}
			lines = append(lines, line)
		}
		say(t, d, h.Bob, history(int64(first), lines...))
	}
	var want []string
	var x, y []float64
	for i := range 400 {
		line, ok := stands[i]
		if !ok {
			continue
		}
		want = append(want, line)
		var step, loss float64
		if n, _ := fmt.Sscanf(line, `{"_step":%g,"loss":%g}`, &step, &loss); n == 2 {
			x, y = append(x, step), append(y, loss)
		}
	}
	wantHistory(t, d, h.Vera, want, x, y)
}

func TestLoggingAtOnce(t *testing.T) {
	t.Parallel()
	d, h := house(t)
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := range 10 {
				said := history(int64(i), fmt.Sprintf(`{"loss":%d}`, w*10+i))
				said.Writer = fmt.Sprint("w", w)
				if _, err := d.AppendHistory(t.Context(), h.Bob, training, said); err != nil {
					t.Error(err)
				}
				if _, _, err := d.UpsertRun(t.Context(), h.Bob, registry.RunEdit{Run: training, Summary: new(`{"loss":1}`)}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	s := seriesOf(t, d, h.Vera, registry.MetricQuery{Key: "loss"})
	if len(s.X) != 40 || s.X[39] != 39 {
		t.Errorf("%d steps up to %v", len(s.X), s.X)
	}
}

// A request that was kept on the way brings a summary that was passed long ago.
func TestSummaryThatComesLate(t *testing.T) {
	t.Parallel()
	d, h := house(t)
	with := func(said registry.RunLines, summary string) registry.RunLines {
		said.Summary = &summary
		return said
	}
	first, second := with(history(0, `{"_step":0}`, `{"_step":1}`), `{"_step":1}`), with(history(2, `{"_step":2}`), `{"_step":2}`)
	for _, tc := range []struct {
		what string
		said registry.RunLines
		want string
	}{
		{"the first lines", first, `{"_step":1}`},
		{"those that follow", second, `{"_step":2}`},
		{"the first again", first, `{"_step":2}`},
		{"some of the first again", with(history(1, `{"_step":1}`), `{"_step":1}`), `{"_step":2}`},
		{"the last again, with what is known only now", with(history(2, `{"_step":2}`), `{"best":1}`), `{"best":1}`},
		{"a script that begins anew", with(history(0, `{"_step":0,"loss":1}`), `{"loss":1}`), `{"loss":1}`},
		{"a summary alone", with(registry.RunLines{}, `{"by":"hand"}`), `{"by":"hand"}`},
	} {
		say(t, d, h.Bob, tc.said)
		if got := wantState(t, d, h.Vera, registry.Running).Progress.Summary; got != tc.want {
			t.Errorf("after %s the summary is %s, want %s", tc.what, got, tc.want)
		}
	}
}
