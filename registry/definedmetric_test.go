package registry_test

import (
	"fmt"
	"testing"

	"greenroom/registry"
)

// What clients write for define_metric, by their names and by how they begin.
func TestDefinedMetrics(t *testing.T) {
	t.Parallel()
	const config = `{"lr":{"value":NaN},"_wandb":{"value":{"m":[
		{"1":"epoch"},
		{"1":"val/acc","5":1,"6":[1,3],"7":["max"]},
		{"2":"val/*","5":5,"6":[1]},
		{"2":"debug/*","6":[2]},
		{"1":"a\\.b"},
		{"1":"debug/loss","4":"epoch"},
		{"1":"noise","6":[2,3]},
		{"1":"lost","5":99},
		{"1":"epoch2","5":10},
		{"1":"epoch2","5":9},
		7, {"1":["odd"]}]}}}`
	d := registry.DefinedMetricsOf(config)
	for key, want := range map[string]string{
		"val/acc": "epoch", "val/loss": "a.b", "val": "", "epoch": "", "debug/loss": "epoch", "lost": "", "epoch2": "", "other": "",
	} {
		if got := d.Over(key); got != want {
			t.Errorf("%s is drawn over %q, want %q", key, got, want)
		}
	}
	names, beginnings, others := d.Hidden()
	if got := fmt.Sprint(names, beginnings, others[:4]); got != "[noise] [debug/] [epoch val/acc a.b debug/loss]" {
		t.Errorf("hidden are %s", got)
	}
	for _, odd := range []string{``, `null`, `{"m":1}`, `{"_wandb":{"value":{"m":{}}}}`, `{"_wandb":{"value":{"m":[null]}}}`, `{"m`} {
		if d := registry.DefinedMetricsOf(odd); d.Over("") != "" || d.Over("m") != "" {
			t.Errorf("%s defines %v", odd, d)
		}
	}
}

// Over another metric a point stands where that one was last.
func TestValuesAt(t *testing.T) {
	t.Parallel()
	epoch := registry.Thin([]int64{2, 5, 9}, []float64{1, 2, 1}, 0, 9, 100)
	got := registry.ValuesAt(epoch, []float64{0, 2, 4, 5, 8, 9, 20})
	if fmt.Sprint(got) != "[NaN 1 1 2 2 1 1]" {
		t.Errorf("epochs %v", got)
	}
	if got := registry.ValuesAt(registry.Series{}, []float64{1}); got != nil {
		t.Errorf("of nothing %v", got)
	}
}
