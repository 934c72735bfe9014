package db_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"greenroom/db"
	"greenroom/registry"
)

// seriesOf is what a page shows of a metric.
func seriesOf(t *testing.T, d *db.DB, by registry.Actor, query registry.MetricQuery) registry.Series {
	t.Helper()
	m, err := d.MetricPage(t.Context(), by, training, query)
	must(t, err)
	return m.Series
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
	s := seriesOf(t, d, h.Vera, registry.MetricQuery{Key: "loss"})
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

func TestOddNames(t *testing.T) {
	t.Parallel()
	d, h := house(t)
	names := []string{"train/loss", "a.b.c", `quo"te`, "back\\slash", "ключ", "🎯", "with space", "'; drop table runs; --", "{}", "NULL", ""}
	var line strings.Builder
	line.WriteString(`{"_step":0`)
	for i, name := range names {
		fmt.Fprintf(&line, `,%q:%d`, name, i)
	}
	fmt.Fprintf(&line, `,"nul\u0000":99,%q:1,"deep":{"er":5},"list":[1],"yes":true,"img":{"_type":"image-file","size":1}}`, strings.Repeat("k", 5000))
	say(t, d, h.Bob, history(0, line.String()))
	keys, err := d.HistoryKeys(t.Context(), h.Vera, training)
	must(t, err)
	var got []string
	for _, k := range keys.Keys {
		got = append(got, k.Key)
	}
	want := append([]string{"_step", "nul", "deep.er"}, names...)
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("keys %q\nwant %q", got, want)
	}
	for i, name := range names {
		s := seriesOf(t, d, h.Vera, registry.MetricQuery{Key: name})
		if !slices.Equal(s.Y, []float64{float64(i)}) {
			t.Errorf("%q is %v", name, s.Y)
		}
	}
}

// TestStepsLoggedTwice is a run that was resumed from an earlier checkpoint.
func TestStepsLoggedTwice(t *testing.T) {
	t.Parallel()
	d, h := house(t)
	say(t, d, h.Bob, history(0, `{"_step":0,"loss":10}`, `{"_step":1,"loss":11}`, `{"_step":2,"loss":12}`))
	say(t, d, h.Bob, history(3, `{"_step":1,"loss":21}`, `{"_step":2,"loss":22}`, `{"_step":3,"loss":23}`, `{"_step":3,"loss":33}`))
	s := seriesOf(t, d, h.Vera, registry.MetricQuery{Key: "loss"})
	if !slices.Equal(s.X, []float64{0, 1, 2, 3}) || !slices.Equal(s.Y, []float64{10, 21, 22, 33}) {
		t.Errorf("Series = %v, %v", s.X, s.Y)
	}
	lines, err := d.History(t.Context(), h.Vera, training, registry.HistoryPage{Stream: registry.HistoryStream})
	must(t, err)
	if want := []string{`{"_step":0,"loss":10}`, `{"_step":1,"loss":21}`, `{"_step":2,"loss":22}`, `{"_step":3,"loss":33}`}; !slices.Equal(lines, want) {
		t.Errorf("History = %q, want %q", lines, want)
	}
	rows, err := d.SampledHistory(t.Context(), h.Vera, training, []registry.SampleSpec{{Keys: []string{"loss"}, MinStep: new(int64(1)), MaxStep: new(int64(2))}})
	must(t, err)
	if len(rows[0]) != 2 || string(rows[0][0]["loss"]) != "21" {
		t.Errorf("SampledHistory = %s", rows)
	}
}
