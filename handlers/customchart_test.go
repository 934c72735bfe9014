package handlers_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"greenroom/registry"
)

const chartSpec = `{"$schema":"https://vega.github.io/schema/vega-lite/v5.json","data":{"name":"wandb"},"mark":"bar",
	"title":"${string:title}","encoding":{"x":{"field":"${field:x}"},"y":{"field":"n"}}}`

// chartRun is a run that names a custom chart, one that is not there, and one for a table that is none.
func (h *home) chartRun() {
	h.t.Helper()
	chart := registry.CustomChart{EntityName: "vision", Name: "bars", Type: "vega2", Access: registry.PrivateChart, Spec: chartSpec}
	if _, err := h.db.CreateChart(h.t.Context(), h.Bob, chart); err != nil {
		h.t.Fatal(err)
	}
	var described, logged []string
	for key, panel := range map[string]string{"mine": "vision/bars", "broken": "vision/bars", "never": "vision/bars", "missing": "vision/none"} {
		described = append(described, fmt.Sprintf(`%q:{"panel_config":{"panelDefId":%q,"fieldSettings":{"x":"what"},"stringSettings":{"title":%s}}}`, key, panel, quoted(hostile)))
		logged = append(logged, fmt.Sprintf(`"%s_table":{"_type":"table-file","path":"media/%[1]s.table.json"}`, key))
	}
	config := `{"_wandb":{"value":{"visualize":{` + strings.Join(described, ",") + `}}}}`
	run := h.run("digits", "c1", registry.RunEdit{Config: &config, DisplayName: new("try 1")}, lines([]string{`{"_step":3,` + strings.Join(logged, ",") + `}`}, nil))
	const table = `{"columns":["what","n"],"data":[["cat",3],["dog",4]]}`
	h.sends(run, map[string]string{"media/mine.table.json": table, "media/missing.table.json": table, "media/broken.table.json": "<html>"})
}

func TestCustomChart(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.chartRun()
	const at = "/vision/digits/runs/c1/media"
	bob := h.as("bob")
	page := bob.get(at).is(http.StatusOK).lacks("section:contains('mine') table", "section:contains('never') iframe", "section:contains('missing') iframe")
	page.shows("section:contains('missing')", "There is no custom chart vision/none that you may see, so this is its table.").shows("section:contains('missing') table", "cat")
	page.shows("section:contains('never')", "Missing: the table never arrived.")
	bob.get(at+"?key=mine_table").is(http.StatusOK).shows("section table", "cat")

	frame := page.doc.Find("section:contains('mine') iframe")
	src, _ := frame.Attr("src")
	if sandbox, _ := frame.Attr("sandbox"); sandbox != "allow-scripts" || src != at+"?key=mine_table&step=3&draw=vega" {
		t.Fatalf("the chart stands at %q in a frame that may %q", src, sandbox)
	}
	drawn := bob.get(src).is(http.StatusOK)
	if policy := drawn.Header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'; script-src 'self';") || !strings.Contains(policy, "sandbox allow-scripts;") || strings.Contains(policy, "eval") {
		t.Errorf("its policy is %q", policy)
	}
	figure := drawn.doc.Find(`script[type="application/json"]`).Text()
	for _, want := range []string{`"field":"what"`, `"name":"try 1"`, `"what":"cat"`, `"n":4`, strings.Trim(quoted(hostile), `"`)} {
		if want = strings.NewReplacer("<", `\u003c`, ">", `\u003e`, "&", `\u0026`).Replace(want); !strings.Contains(figure, want) {
			t.Errorf("the figure lacks %s: %s", want, figure)
		}
	}
	if strings.Contains(drawn.Body, hostile) {
		t.Error("a title stands as it is in the page")
	}

	bob.get(at+"?draw=vega&key=broken_table&step=3").is(http.StatusUnprocessableEntity).shows("body", "This file is not a W&B table.")
	for _, none := range []string{"&key=missing_table", "&key=never_table", "&key=nothing", ""} {
		bob.get(at + "?draw=vega" + none).is(http.StatusNotFound)
	}
	h.as("vera").get(src).is(http.StatusOK)
	for _, who := range []string{"olga", "eve"} {
		h.as(who).get(src).is(http.StatusNotFound)
	}
}
