package db_test

import (
	"slices"
	"strings"
	"testing"

	"greenroom/registry"
)

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
