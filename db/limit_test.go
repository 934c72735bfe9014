package db_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"greenroom/registry"
)

// Past its limit a run goes on: lines are kept whole, known numbers are drawn, new
// ones are not, and the run says so.
func TestMoreMetricsThanARunHas(t *testing.T) {
	t.Parallel()
	d, h := house(t)
	line := func(step, from, to int) string {
		var b strings.Builder
		fmt.Fprintf(&b, `{"_step":%d,"loss":%d`, step, step)
		for i := from; i < to; i++ {
			fmt.Fprintf(&b, `,"k%d":%d`, i, i)
		}
		return b.String() + "}"
	}
	// With _step and loss, all but one.
	say(t, d, h.Bob, history(0, line(0, 0, registry.MaxMetrics-3)))
	if w := wantState(t, d, h.Vera, registry.Running).Progress.Warnings; len(w) != 0 {
		t.Fatalf("warnings %q", w)
	}
	lines := []string{`{"_step":1,"loss":1,"last":1,"over":1}`, `{"_step":2,"loss":2,"over":2}`}
	say(t, d, h.Bob, history(1, lines[0]))
	say(t, d, h.Bob, history(2, lines[1]))
	say(t, d, h.Bob, history(1, lines[0])) // sent again, which writes its neighbours anew
	if w := wantState(t, d, h.Vera, registry.Running).Progress.Warnings; !slices.Equal(w, []string{"The run has more than 100000 different numbers: there are no charts of those that came last."}) {
		t.Errorf("warnings %q", w)
	}
	for key, want := range map[string]int{"loss": 3, "last": 1, "over": 0, "k7": 1} {
		if s := seriesOf(t, d, h.Vera, registry.MetricQuery{Key: key}); len(s.X) != want {
			t.Errorf("%s has %d points, want %d", key, len(s.X), want)
		}
	}
	kept, err := d.History(t.Context(), h.Vera, training, registry.HistoryPage{Stream: registry.HistoryStream, MinStep: new(int64(1))})
	must(t, err)
	if !slices.Equal(kept, lines) {
		t.Errorf("lines %q", kept)
	}
}

func TestNamesOfNumbersThatAreTooLong(t *testing.T) {
	t.Parallel()
	d, h := house(t)
	long := strings.Repeat("x", registry.MaxMetricName)
	lines := []string{`{"_step":0,"` + long + `":1}`, `{"_step":1,"` + long + `y":1}`, `{"_step":2,"a":{"` + long + `":1}}`}
	say(t, d, h.Bob, history(0, lines...))
	if w := wantState(t, d, h.Vera, registry.Running).Progress.Warnings; !slices.Equal(w, []string{"A number has a name of more than 1024 bytes: there is no chart of it."}) {
		t.Errorf("warnings %q", w)
	}
	if s := seriesOf(t, d, h.Vera, registry.MetricQuery{Key: long}); len(s.X) != 1 {
		t.Errorf("the longest name has %d points, want 1", len(s.X))
	}
}
