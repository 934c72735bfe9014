package db_test

import (
	"fmt"
	"slices"
	"testing"

	"greenroom/db/dbtest"
	"greenroom/registry"
)

// A run that measured its machine for days costs no more to draw than one of hours: so many lines are read, from its first to
// its last, whether they came one by one, all at once or from several processes.
func TestSystem(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	line := func(i int) string { return fmt.Sprintf(`{"_runtime":%d,"system.cpu":%d}`, i*15, i%100) }
	measured := func(run registry.RunDetail, writer string, from, to int) {
		t.Helper()
		said := registry.Lines{First: int64(from)}
		for i := from; i < to; i++ {
			said.Text = append(said.Text, line(i))
		}
		lines := registry.RunLines{Writer: writer, Lines: map[registry.Stream]registry.Lines{registry.EventStream: said}}
		if _, err := d.AppendHistory(t.Context(), h.Bob, run.Ref(), lines); err != nil {
			t.Fatal(err)
		}
	}
	read := func(run registry.RunDetail) registry.SystemCurve {
		t.Helper()
		s, err := d.System(t.Context(), h.Vera, run.Ref(), nil)
		if err != nil || len(s.Curves) != 1 || !s.Live {
			t.Fatalf("%+v, %v", s, err)
		}
		return s.Curves[0]
	}
	slow := logRun(t, d, h.Bob, "digits", "slow", registry.RunEdit{})
	for i := range 5 {
		measured(slow, "", i, i+1)
	}
	if c := read(slow); c.N != 5 || c.Series.X[4] != 60 || c.Series.Y[4] != 4 || c.Title != "CPU of the process (%)" {
		t.Errorf("line by line: %+v", c)
	}
	long := logRun(t, d, h.Bob, "digits", "long", registry.RunEdit{})
	measured(long, "", 0, 20_000)
	if c := read(long); c.N < 1400 || c.N > 1700 || c.Series.X[0] != 0 || c.Series.X[len(c.Series.X)-1] < 290_000 {
		t.Errorf("at once: %d values from %v", c.N, c.Series.X[0])
	}
	shared := logRun(t, d, h.Bob, "digits", "shared", registry.RunEdit{})
	measured(shared, "a", 0, 2)
	measured(shared, "b", 2, 9)
	if c := read(shared); c.N != 9 {
		t.Errorf("from two: %+v", c)
	}
	tail := func(run registry.RunDetail, after float64, want ...float64) {
		t.Helper()
		s, err := d.System(t.Context(), h.Vera, run.Ref(), &after)
		if err != nil || len(s.Curves) != min(1, len(want)) || len(want) > 0 && !slices.Equal(s.Curves[0].Series.X, want) {
			t.Errorf("after %v: %+v, %v", after, s, err)
		}
	}
	for i := 5; i < 30; i++ {
		measured(slow, "", i, i+1)
	}
	tail(slow, 420, 420, 435)
	tail(slow, 240, 240, 255, 270, 285, 300, 315, 330, 345, 360, 375, 390, 405, 420, 435)
	tail(slow, 436)
	tail(long, 299_970, 299_970, 299_985)
	tail(shared, 15, 15, 30, 45, 60, 75, 90, 105, 120)
	if s, err := d.System(t.Context(), h.Vera, logRun(t, d, h.Bob, "digits", "none", registry.RunEdit{}).Ref(), nil); err != nil || len(s.Curves) != 0 {
		t.Errorf("nothing: %+v, %v", s, err)
	}
	if _, err := d.System(t.Context(), h.Eve, slow.Ref(), nil); registry.KindOf(err) != registry.NotFound {
		t.Errorf("a stranger: %v", err)
	}
}
