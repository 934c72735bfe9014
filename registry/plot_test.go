package registry_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"greenroom/registry"
)

func drawn(t *testing.T, spec registry.PlotSpec, table string) *registry.Plot {
	t.Helper()
	p, err := registry.ReadTable(strings.NewReader(table), registry.TableQuery{Size: registry.PlotRows, Named: spec.Columns()})
	if err != nil {
		t.Fatal(err)
	}
	return spec.Draw(p)
}

// Plots are found in the config of a run by the key of their table.
func TestPlotsIn(t *testing.T) {
	t.Parallel()
	config := `{"lr":{"value":NaN},"_wandb":{"value":{"visualize":{"roc \"x\"":{"panel_type":"Vega2","panel_config":{"panelDefId":"wandb/area-under-curve/v0",
		"fieldSettings":{"x":"fpr","y":"tpr","class":"class"},"stringSettings":{"title":"ROC","x-axis-title":"False"}}}}}}}`
	plots := registry.PlotsIn(config)
	spec := plots[`roc "x"_table`]
	if spec.Name != `roc "x"` || spec.Title() != "ROC" || !slices.Equal(spec.Columns(), []string{"fpr", "tpr", "class"}) {
		t.Fatalf("found %+v", plots)
	}
	if _, ok := plots[`Custom Chart Tables/roc "x"_table`]; !ok {
		t.Error("a table of its own section is not found")
	}
	for _, none := range []string{``, `{}`, `[]`, `{"_wandb":{"value":{"visualize":7}}}`, `{"_wandb":{"value":{"visualize":{"a":{"panel_config":[]}}}}}`} {
		if plots := registry.PlotsIn(none); len(plots) > 0 {
			t.Errorf("PlotsIn(%s) = %v", none, plots)
		}
	}
}

// The plots of wandb.sklearn say no more than which drawing they are.
func TestPlotsOfSklearn(t *testing.T) {
	t.Parallel()
	plot := func(panel, table string) *registry.Plot {
		spec, ok := registry.PlotsIn(`{"_wandb":{"value":{"viz":{"key":{"id":"wandb/` + panel + `","historyFieldSettings":{"x-axis":"_step","key":"key"}}}}}}`)["key"]
		if !ok || spec.Name != "key" {
			t.Fatalf("%s is not found", panel)
		}
		return drawn(t, spec, table)
	}
	p := plot("confusion_matrix/v1", `{"columns":["Predicted","Actual","Count"],"data":[["cat","cat",7],["cat","dog",3],["dog","cat",0],["dog","dog",5]]}`)
	if class, taken, _ := p.Weakest(); p.Labels[class] != "cat" || p.Labels[taken] != "dog" || p.Counts[0][1] != 3 {
		t.Errorf("what is right stands under Predicted, and the counts are %v of %v", p.Counts, p.Labels)
	}
	p = plot("class_proportions/v1", `{"columns":["class","dataset","count"],"data":[["cat","train",7],["cat","test",3]]}`)
	if !slices.Equal(p.Labels, []string{"cat, train", "cat, test"}) || !slices.Equal(p.Values, []float64{7, 3}) {
		t.Errorf("bars are %+v", p)
	}
	for panel, table := range map[string]string{
		"feature_importances/v1": `{"columns":["feature_names","importances"],"data":[["a",0.5],["b",0.25]]}`,
		"metrics/v1":             `{"columns":["metric_name","metric_value","model_name"],"data":[["a",0.5,"m"],["b",0.25,"m"]]}`,
	} {
		if p := plot(panel, table); p.Kind != registry.BarPlot || !slices.Equal(p.Labels, []string{"a", "b"}) || !slices.Equal(p.Values, []float64{0.5, 0.25}) {
			t.Errorf("%s is %+v", panel, p)
		}
	}
	for panel, table := range map[string]string{
		"calibration/v1":         `{"columns":["model","fraction_of_positives","mean_predicted_value","hist_dict","edge_dict"],"data":[["a",2,1,0,0],["a",4,3,0,0],["b",6,5,0,0]]}`,
		"learning_curve/v1":      `{"columns":["dataset","score","train_size"],"data":[["a",2,1],["b",6,5],["a",4,3]]}`,
		"residuals_plot/v1":      `{"columns":["dataset","y_pred","residuals","train_score","test_score"],"data":[["a",1,2,0,0],["a",3,4,0,0],["b",5,6,0,0]]}`,
		"silhouette_/v1":         `{"columns":["x","y","colors","centerx","centery","y_sil","x1","x2","color_sil","silhouette_avg"],"data":[[0,0,0,0,0,2,0,1,"a",0],[0,0,0,0,0,4,0,3,"a",0],[0,0,0,0,0,6,0,5,"b",0]]}`,
		"decision_boundaries/v1": `{"columns":["x","y","color"],"data":[[1,2,"a"],[3,4,"a"],[5,6,"b"]]}`,
	} {
		p := plot(panel, table)
		if len(p.Curves) != 2 || p.Curves[0].Name != "a" || !slices.Equal(p.Curves[0].X, []float64{1, 3}) || !slices.Equal(p.Curves[0].Y, []float64{2, 4}) || !slices.Equal(p.Curves[1].Y, []float64{6}) {
			t.Errorf("%s is %+v", panel, p)
		}
	}
	for panel, table := range map[string]string{
		"elbow/v1":    `{"columns":["cluster_ranges","errors","clustering_time"],"data":[[1,9,0],[2,4,0]]}`,
		"outliers/v1": `{"columns":["distance","instance_indicies","outlier_percentage","influence_threshold"],"data":[[9,1,0,0],[4,2,0,0]]}`,
	} {
		if p := plot(panel, table); len(p.Curves) != 1 || !slices.Equal(p.Curves[0].X, []float64{1, 2}) || !slices.Equal(p.Curves[0].Y, []float64{9, 4}) {
			t.Errorf("%s is %+v", panel, p)
		}
	}
	if spec := registry.PlotsIn(`{"_wandb":{"value":{"viz":{"key":{"id":"me/mine/v0"}}}}}`)["key"]; spec.Panel != "me/mine/v0" || spec.Columns() != nil {
		t.Errorf("a drawing that nobody knows is %+v", spec)
	}
}

// A scatter plot has no more groups than it has colours.
func TestScatterOfManyGroups(t *testing.T) {
	t.Parallel()
	var rows []string
	for i := range 12 {
		rows = append(rows, fmt.Sprintf(`[%d,1,"g%d"]`, i, i), fmt.Sprintf(`[%d,2,"g%d"]`, i, i))
	}
	spec := registry.PlotsIn(`{"_wandb":{"value":{"viz":{"key":{"id":"wandb/decision_boundaries/v1"}}}}}`)["key"]
	p := drawn(t, spec, `{"columns":["x","y","color"],"data":[`+strings.Join(rows, ",")+`]}`)
	if len(p.Curves) != 8 || p.Left != 8 || len(p.Curves[7].X) != 2 {
		t.Errorf("%d groups are drawn and %d points are not", len(p.Curves), p.Left)
	}
}

func TestDraw(t *testing.T) {
	t.Parallel()
	spec := func(panel string, fields ...string) registry.PlotSpec {
		s := registry.PlotSpec{Panel: panel, Fields: map[string]string{}}
		for i := 0; i < len(fields); i += 2 {
			s.Fields[fields[i]] = fields[i+1]
		}
		return s
	}

	p := drawn(t, spec("wandb/confusion_matrix/v1", "Actual", "Actual", "Predicted", "Predicted", "nPredictions", "nPredictions"),
		`{"columns":["Actual","Predicted","nPredictions"],"data":[["a","a",8],["a","b",2],["b","a",1],["b","b",9],["c","c",NaN]]}`)
	if all, right := p.Row(0); all != 10 || right != 8 || !slices.Equal(p.Labels, []string{"a", "b", "c"}) {
		t.Errorf("confusion is %+v", p)
	}
	if class, taken, ok := p.Weakest(); class != 0 || taken != 1 || !ok {
		t.Errorf("the weakest is %d, taken for %d, %t", class, taken, ok)
	}

	auc := spec("wandb/area-under-curve/v0", "x", "fpr", "y", "tpr", "class", "class")
	p = drawn(t, auc, `{"columns":["class","fpr","tpr"],"data":[["x",0,0],["x",0,0.5],["x",0.5,1],["x",1,1],["y",0.5,0],["y",1,1],["z",1,0],["z",0,1]]}`)
	if len(p.Curves) != 3 || p.Curves[0].Area != 0.875 || !math.IsNaN(p.Curves[1].Area) || p.Curves[2].Area != 0.5 {
		t.Errorf("curves are %+v", p.Curves)
	}

	p = drawn(t, spec("wandb/line/v0", "x", "x", "y", "y"), `{"columns":["y","x"],"data":[[1,0],["no",1],[3,2]]}`)
	if len(p.Curves) != 1 || !slices.Equal(p.Curves[0].X, []float64{0, 2}) || !slices.Equal(p.Curves[0].Y, []float64{1, 3}) {
		t.Errorf("lines are %+v", p.Curves)
	}
	p = drawn(t, spec("wandb/histogram/v0", "value", "v"), `{"columns":["v"],"data":[[0],[1],[1],[Infinity],[null]]}`)
	if p.Values[0] != 1 || p.Values[len(p.Values)-1] != 2 || len(p.Edges) != len(p.Values)+1 {
		t.Errorf("histogram is %+v", p)
	}
	p = drawn(t, spec("wandb/bar/v0", "label", "l", "value", "v"), `{"columns":["l","v"],"data":[["a",-1],[2,3],["c",NaN]]}`)
	if !slices.Equal(p.Labels, []string{"a", "2"}) || !slices.Equal(p.Values, []float64{-1, 3}) {
		t.Errorf("bars are %+v", p)
	}
	p = drawn(t, spec("wandb/scatter/v0", "x", "x", "y", "gone"), `{"columns":["x"],"data":[[1]]}`)
	if len(p.Curves) != 1 || len(p.Curves[0].X) != 0 {
		t.Errorf("points of a column that is not there: %+v", p.Curves)
	}
	if s := spec("me/my-own/v7", "x", "x"); s.Columns() != nil {
		t.Errorf("a drawing that nobody knows takes %v", s.Columns())
	}
}

// Media are what clients call them, also where values are odd.
func TestReadMedia(t *testing.T) {
	t.Parallel()
	m, ok := registry.ReadMedia(`{"_type":"images/separated","count":3,"width":8,"height":8,"filenames":["a.png","b.png"],"captions":["one",2],"all_masks":[{"m":{}}],"all_boxes":[{"b":{}}]}`)
	if !ok || m.Kind != registry.ImageMedia || m.Count != 3 || len(m.Files) != 2 || m.Files[1].Caption != "2" || len(m.Files[0].Layers) != 2 || m.Files[0].Layers[0].Name != "b" || m.Files[0].Layers[0].Mask || m.Files[0].Layers[1].Name != "m" || !m.Files[0].Layers[1].Mask {
		t.Errorf("pictures are %+v", m)
	}
	m, _ = registry.ReadMedia(`{"_type":"histogram","values":[1,NaN],"packedBins":{"min":-1,"size":0.5,"count":2}}`)
	if !slices.Equal(m.Edges, []float64{-1, -0.5, 0}) || !math.IsNaN(m.Counts[1]) {
		t.Errorf("a histogram is %+v", m)
	}
	if m, _ = registry.ReadMedia(`{"_type":"histogram","values":[1],"bins":[1]}`); m.Counts != nil {
		t.Errorf("a histogram whose bins do not fit is %+v", m)
	}
	m, _ = registry.ReadMedia(`{"_type":"audio","count":2,"audio":[{"path":"a.wav"},{"path":"b.wav","caption":"b"}],"captions":false}`)
	if m.Kind != registry.AudioMedia || len(m.Files) != 2 || m.Files[1].Caption != "b" {
		t.Errorf("sounds are %+v", m)
	}
	for _, none := range []string{``, `{}`, `[]`, `{"_type":7}`, `{"_type":""}`, `7`} {
		if m, ok := registry.ReadMedia(none); ok {
			t.Errorf("ReadMedia(%s) = %+v", none, m)
		}
	}
}
