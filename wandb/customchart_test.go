package wandb

import (
	"net/http"
	"strings"
	"testing"

	"greenroom/registry"
)

func TestCreateCustomChart(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	chart := func(name string, more vars) vars {
		v := vars{"entity": "vision", "chartName": name, "displayName": "Bars", "chartType": "vega2", "access": "PRIVATE", "spec": `{"mark":"bar"}`}
		for name, value := range more {
			v[name] = value
		}
		return v
	}
	if id := c.data(t, "bob", "CreateCustomChart", chart("bars", nil), "createCustomChart.chart.id").Str; id != "vision/bars" {
		t.Errorf("the chart is %q", id)
	}
	for _, tc := range []struct {
		who  string
		vars vars
		says string
	}{
		{"ada", chart("Bars", nil), "There is a custom chart vision/Bars already. Give this one another name."},
		{"bob", chart("x", vars{"spec": "mark: bar"}), "a JSON object for Vega or Vega-Lite"},
		{"bob", chart("x", vars{"spec": `{"a":"` + strings.Repeat("x", registry.MaxChartSpec) + `"}`}), "larger than 256 KiB"},
		{"bob", chart("x", vars{"chartType": "vega3"}), `no type of custom charts called "vega3"`},
		{"bob", chart("x", vars{"access": "TEAM"}), `private or public, not "TEAM"`},
		{"bob", chart("x/y", nil), "cannot contain any of"},
		{"vera", chart("x", nil), "role"},
		{"olga", chart("x", nil), "nothing here"},
		{"bob", chart("x", vars{"entity": "eve"}), "nothing here"},
	} {
		status, answer := c.ask(t, tc.who, "CreateCustomChart", tc.vars)
		if message := answer.Get("errors.0.message").Str; status != http.StatusOK || !strings.Contains(message, tc.says) {
			t.Errorf("%s, %v: %d %s, want %q", tc.who, tc.vars["chartName"], status, answer.Raw, tc.says)
		}
	}
}
