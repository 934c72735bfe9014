package db_test

import (
	"fmt"
	"strings"
	"testing"

	"greenroom/registry"
)

// A run that logs more metrics than are drawn keeps its rows whole and goes on drawing those it had.
func TestMoreMetricsThanARunHas(t *testing.T) {
	t.Parallel()
	d, h := house(t)
	row := func(step, from, to int) string {
		var b strings.Builder
		fmt.Fprintf(&b, `{"_step":%d`, step)
		for i := from; i < to; i++ {
			fmt.Fprintf(&b, `,"m%d":%d`, i, i)
		}
		return b.String() + "}"
	}
	const half, all = registry.MaxMetrics / 2, registry.MaxMetrics
	say(t, d, h.Bob, stream(registry.HistoryStream, 0, row(0, 1, half))) // the step is a metric, too
	say(t, d, h.Bob, stream(registry.HistoryStream, 1, row(1, half, all)))
	if run := wantState(t, d, h.Vera, registry.Running); len(run.Progress.Warnings) != 0 {
		t.Fatalf("as many as there may be: %q", run.Progress.Warnings)
	}
	last := row(2, all-3, all+4)
	say(t, d, h.Bob, stream(registry.HistoryStream, 2, last))
	keys, err := d.HistoryKeys(t.Context(), h.Vera, training)
	must(t, err)
	points := map[string]int64{}
	for _, k := range keys.Keys {
		points[k.Key] = k.N
	}
	var fresh int64
	for i := all; i < all+4; i++ {
		fresh += points[fmt.Sprint("m", i)]
	}
	if known := fmt.Sprint("m", all-3); len(keys.Keys) != all || points["m1"] != 1 || points[known] != 2 || fresh != 0 {
		t.Errorf("%d metrics, m1 has %d points, %s %d, the new ones %d", len(keys.Keys), points["m1"], known, points[known], fresh)
	}
	want := "The run logged more than 200000 different numbers: there are no charts of the others."
	if run := wantState(t, d, h.Vera, registry.Running); len(run.Progress.Warnings) != 1 || run.Progress.Warnings[0] != want {
		t.Errorf("warns %q, want %q", run.Progress.Warnings, want)
	}
	tail, err := d.HistoryTail(t.Context(), h.Vera, training, registry.HistoryStream)
	must(t, err)
	if len(tail) == 0 || tail[len(tail)-1] != last {
		t.Errorf("the last of %d rows is not the one that came", len(tail))
	}
}
