package registry_test

import (
	"strings"
	"testing"

	"greenroom/registry"
)

func chartOf(spec, name string) registry.CustomChart {
	return registry.CustomChart{EntityName: "vision", Name: name, DisplayName: "A chart", Type: "vega2", Access: registry.PrivateChart, Spec: spec}
}

func TestCheckCustomChart(t *testing.T) {
	t.Parallel()
	for _, c := range []registry.CustomChart{chartOf(`{}`, "bars"), chartOf(` {"mark":"bar"} `, "my bars.2"), {Name: "x", Type: "vega2", Spec: `{}`}} {
		if err := c.Check(); err != nil {
			t.Errorf("%+v: %v", c, err)
		}
	}
	other := chartOf(`{}`, "bars")
	other.Type = "plotly"
	long := chartOf(`{}`, "bars")
	long.DisplayName = strings.Repeat("x", registry.MaxName+1)
	for words, c := range map[string]registry.CustomChart{
		"cannot be empty":                            chartOf(`{}`, ""),
		"cannot contain any of /":                    chartOf(`{}`, "a/b"),
		"no type of custom charts called \"plotly\"": other,
		"longer than 128 characters":                 long,
	} {
		if err := c.Check(); registry.KindOf(err) != registry.Invalid || !strings.Contains(err.Error(), words) {
			t.Errorf("%+v: %v, want %q", c, err, words)
		}
	}
	for _, spec := range []string{``, `null`, `[]`, `"x"`, `{`, `{} {}`, `{}]`, `{"a":NaN}`} {
		if err := chartOf(spec, "x").Check(); registry.KindOf(err) != registry.Invalid || !strings.Contains(err.Error(), "a JSON object for Vega or Vega-Lite") {
			t.Errorf("%s: %v", spec, err)
		}
	}
	var access registry.ChartAccess
	if err := access.UnmarshalText([]byte("secret")); registry.KindOf(err) != registry.Invalid {
		t.Errorf("an access called secret: %v", err)
	}
}

// A private chart is for those who may look at what its entity has, a public one for everybody.
func TestCustomChartVisible(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		access registry.ChartAccess
		role   registry.Role
		want   bool
	}{
		{registry.PrivateChart, registry.Stranger, false},
		{registry.PrivateChart, registry.Viewer, true},
		{registry.PublicChart, registry.Stranger, true},
	} {
		a := registry.Access{Kind: registry.ProjectPlace, Role: tc.role}
		if got := (registry.CustomChart{Access: tc.access}).Visible(a); got != tc.want {
			t.Errorf("%s to %q: %v", tc.access, tc.role, got)
		}
	}
}

// A plot names its custom chart by entity and name; everything else is a drawing of Greenroom's or nothing.
func TestChartOfPlot(t *testing.T) {
	t.Parallel()
	ref, ok := registry.PlotSpec{Panel: "vision/my bars"}.Chart()
	if !ok || ref != (registry.ChartRef{Entity: "vision", Name: "my bars"}) {
		t.Errorf("%v, %v", ref, ok)
	}
	for _, panel := range []string{"", "bars", "wandb/line/v0", "/bars", "vision/", "vision/a\x00b", "vi\x00sion/a", "vision/a:b"} {
		if ref, ok := (registry.PlotSpec{Panel: panel}).Chart(); ok {
			t.Errorf("%q is the custom chart %v", panel, ref)
		}
	}
}

// drawnBy returns the figure of a chart for a table.
func drawnBy(t *testing.T, spec string, plot registry.PlotSpec, table string) string {
	t.Helper()
	f, err := chartOf(spec, "x").Figure(plot)
	if err != nil {
		t.Fatal(err)
	}
	p, err := registry.ReadTable(strings.NewReader(table), f.Table())
	if err != nil {
		t.Fatal(err)
	}
	figure, err := f.Draw("try 1", p)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(figure))
}

func TestFigureOfCustomChart(t *testing.T) {
	t.Parallel()
	plot := registry.PlotSpec{
		Fields: map[string]string{"x": "val.acc[0]", "y": `"quoted"`, "of": "${string:title}"},
		Words:  map[string]string{"title": `5 < 6 "</script>`},
	}
	const table = `{"columns":["val.acc[0]","\"quoted\"","unasked","yes","plain"],"data":[[1,0.5,9,true,[1,2]],[12345678901234567890,NaN,9,null,{"a":1}]]}`
	lite := drawnBy(t, `{"$schema":"https://vega.github.io/schema/vega-lite/v5.json","data":{"name":"wandb"},"mark":"bar","width":1e2,
		"title":["${string:title}","${string:none:as it is}","${string:none}","${field:none}${other:x}"],
		"encoding":{"x":{"field":"${field:x}"},"y":{"field":"${field:y}"},"color":{"field":"yes"},"size":{"field":"${field:of}"}},
		"transform":[{"calculate":"datum['${field:x}'] + datum.plain[0]","as":"z"}]}`, plot, table)
	for _, want := range []string{
		`"field":"val\\.acc\\[0\\]"`, `"field":"\"quoted\""`, `"width":1e2`, `"height":"container"`,
		`["5 < 6 \"</script>","as it is","","${other:x}"]`,
		`"field":"${string:title}"`, // what fills a blank is not filled again
		`datum['val\\.acc\\[0\\]'] + datum.plain[0]`,
		`"datasets":{"wandb":[{"\"quoted\"":0.5,"color":"#3b6fd4","name":"try 1","plain":[1,2],"val.acc[0]":1,"yes":true},` +
			`{"\"quoted\"":null,"color":"#3b6fd4","name":"try 1","plain":"{\"a\":1}","val.acc[0]":12345678901234567000,"yes":null}]}`,
	} {
		if !strings.Contains(lite, want) {
			t.Errorf("%s\nlacks %s", lite, want)
		}
	}

	facets := drawnBy(t, `{"mark":"bar","encoding":{"row":{"field":"yes"}}}`, registry.PlotSpec{}, table)
	if strings.Contains(facets, "container") {
		t.Errorf("each of several views is as large as the frame: %s", facets)
	}

	const v5 = `{"$schema":"https://vega.github.io/schema/vega/v5.json","data":`
	for data, want := range map[string]string{
		`{"name":"wandb"}`: `{"name":"wandb","values":[{"color":"#3b6fd4","name":"mine","x":7}]}`,
		`[{"name":"a","values":[1]},{"name":"wandb","transform":[]},7]`: `[{"name":"a","values":[1]},{"name":"wandb","transform":[],"values":[{"color":"#3b6fd4","name":"mine","x":7}]},7]`,
		`"none"`: `"none"`,
	} {
		got := drawnBy(t, v5+data+`,"marks":["name","${field:x}"]}`, registry.PlotSpec{Fields: map[string]string{"x": "x"}}, `{"columns":["x","name"],"data":[[7,"mine"]]}`)
		if !strings.Contains(got, `"data":`+want+`,`) || strings.Contains(got, "datasets") {
			t.Errorf("%s becomes %s", data, got)
		}
	}
}

// What a run fills in is no longer than a spec, however often the spec asks for it.
func TestLongTextsOfCustomChart(t *testing.T) {
	t.Parallel()
	for times, want := range map[int]registry.Kind{1: "", 2: registry.Invalid, 20_000: registry.Invalid} {
		c := chartOf(`{"title":"`+strings.Repeat("${string:t}", times)+`"}`, "x")
		_, err := c.Figure(registry.PlotSpec{Words: map[string]string{"t": strings.Repeat("x", registry.MaxChartSpec)}})
		if registry.KindOf(err) != want {
			t.Errorf("%d times: %v", times, err)
		}
	}
}

// Of a table of very many columns come those that a spec names, first of all those that it names alone.
func TestColumnsOfCustomChart(t *testing.T) {
	t.Parallel()
	var names, cells []string
	for c := 'a'; c <= 'z'; c++ {
		names, cells = append(names, `"`+string(c)+`"`), append(cells, "1")
	}
	table := `{"columns":[` + strings.Join(names, ",") + `],"data":[[` + strings.Join(cells, ",") + `]]}`
	got := drawnBy(t, `{"encoding":{"x":{"field":"z"}},"title":"the quick brown fox jumps over the lazy dog"}`, registry.PlotSpec{}, table)
	if n := strings.Count(got, ":1"); n != registry.ChartColumns || !strings.Contains(got, `"z":1`) {
		t.Errorf("%d columns in %s", n, got)
	}
}
