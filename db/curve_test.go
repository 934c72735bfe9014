package db_test

import (
	"fmt"
	"testing"

	"greenroom/registry"
)

// A metric is drawn over another, wherever its points come from: each stands
// where the other one was last.
func TestCurvesOverAnotherMetric(t *testing.T) {
	t.Parallel()
	d, h := house(t)
	say(t, d, h.Bob, history(0, `{"_step":0,"val/acc":0.1}`, `{"_step":1,"epoch":1}`, `{"_step":2,"val/acc":0.2}`, `{"_step":3,"val/acc":0.3}`))
	say(t, d, h.Bob, history(4, `{"_step":4,"loss":2,"val/acc":0.4}`, `{"_step":5,"epoch":2}`, `{"_step":6,"val/acc":0.5}`))
	over := []string{"epoch", "", "nothing"}
	keys := []string{"val/acc", "loss", "val/acc"}
	for _, tc := range []struct {
		after []*int64
		x     registry.XAxis
		want  string
	}{
		{make([]*int64, 3), registry.OwnAxis, "[NaN 1 1 1 2] [] []"},
		{make([]*int64, 3), registry.StepAxis, "[] [] []"},
		{[]*int64{new(int64(3)), new(int64(4)), new(int64(3))}, registry.OwnAxis, "[1 1 2] [] []"},
	} {
		c, err := d.Curves(t.Context(), h.Vera, training, registry.CurvesQuery{Keys: keys, After: tc.after, Over: over, X: tc.x})
		must(t, err)
		if got := fmt.Sprint(c.Curves[0].At, c.Curves[1].At, c.Curves[2].At); got != tc.want {
			t.Errorf("after %v on axis %q: %s, want %s", tc.after[0], tc.x, got, tc.want)
		}
	}
}

// What a script hides has no chart and is not counted.
func TestHiddenMetricsAreNotDrawn(t *testing.T) {
	t.Parallel()
	d, h := house(t)
	run := logRun(t, d, h.Bob, "digits", "shy", registry.RunEdit{Config: new(
		`{"_wandb":{"value":{"m":[{"1":"noise","6":[2]},{"2":"debug/*","6":[1,2]},{"1":"debug/loss","6":[3]},{"2":"val/*","5":3}]}}}`)})
	_, err := d.AppendHistory(t.Context(), h.Bob, run.Ref(), history(0, `{"_step":0,"noise":1,"debug/a":1,"debug/loss":1,"noise2":1,"val/acc":1}`))
	must(t, err)
	p, err := d.RunPage(t.Context(), h.Vera, run.Ref(), registry.RunPageQuery{Part: registry.RunCharts})
	must(t, err)
	var shown []string
	for _, k := range p.Keys {
		shown = append(shown, k.Key+p.Defined.Over(k.Key))
	}
	if got := fmt.Sprint(shown, p.Charts, p.Found); got != "[debug/loss noise2 val/accdebug/loss] 3 3" {
		t.Errorf("charts %s", got)
	}
}
