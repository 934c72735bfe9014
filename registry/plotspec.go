package registry

import "encoding/json"

// PlotSpec is how a table is to be drawn: what W&B's clients write into the
// config of a run for wandb.plot and wandb.sklearn.
type PlotSpec struct {
	Name   string            // the key that the script logged
	Panel  string            // which drawing: "wandb/line/v0"
	Fields map[string]string // the columns that it takes
	Words  map[string]string // titles
}

// Title returns what the script calls the plot, "" if nothing.
func (s PlotSpec) Title() string { return s.Words["title"] }

// A panel is one of W&B's drawings that Greenroom has: the way in which it is
// drawn, and the fields that this takes.
type panel struct {
	way    string
	fields []string
}

var panels = map[string]panel{
	"wandb/confusion_matrix/v0": {"confusion", []string{"Actual", "Predicted", "nPredictions"}},
	"wandb/confusion_matrix/v1": {"confusion", []string{"Actual", "Predicted", "nPredictions"}},
	"wandb/area-under-curve/v0": {"area", []string{"x", "y", "class"}},
	"wandb/line/v0":             {"line", []string{"x", "y", "stroke"}},
	"wandb/lineseries/v0":       {"series", []string{"step", "lineVal", "lineKey"}},
	"wandb/bar/v0":              {"bar", []string{"label", "value"}},
	"wandb/bar/v1":              {"bar", []string{"label", "value"}},
	"wandb/histogram/v0":        {"histogram", []string{"value"}},
	"wandb/scatter/v0":          {"scatter", []string{"x", "y"}},

	// Those of wandb.sklearn, which always gives columns the same names.
	"wandb/calibration/v1":         {"line", []string{"mean_predicted_value", "fraction_of_positives", "model"}},
	"wandb/class_proportions/v1":   {"bar", []string{"class", "count", "dataset"}},
	"wandb/decision_boundaries/v1": {"scatter", []string{"x", "y", "color"}},
	"wandb/elbow/v1":               {"line", []string{"cluster_ranges", "errors"}},
	"wandb/feature_importances/v1": {"bar", []string{"feature_names", "importances"}},
	"wandb/learning_curve/v1":      {"line", []string{"train_size", "score", "dataset"}},
	"wandb/metrics/v1":             {"bar", []string{"metric_name", "metric_value"}},
	"wandb/outliers/v1":            {"scatter", []string{"instance_indicies", "distance"}},
	"wandb/residuals_plot/v1":      {"scatter", []string{"y_pred", "residuals", "dataset"}},
	"wandb/silhouette_/v1":         {"line", []string{"x2", "y_sil", "color_sil"}},
}

// Columns returns the columns that the plot takes, by field, nil if Greenroom
// cannot draw it.
func (s PlotSpec) Columns() []string {
	var columns []string
	for _, f := range panels[s.Panel].fields {
		columns = append(columns, s.Fields[f])
	}
	return columns
}

// PlotsIn returns the plots that the config of a run describes, by the keys of
// their tables.
func PlotsIn(config string) map[string]PlotSpec {
	plots := map[string]PlotSpec{}
	for path, read := range map[string]func(json.RawMessage, map[string]PlotSpec){
		"_wandb.value.visualize": plotsDescribed, "_wandb.value.viz": plotsNamed,
	} {
		var r LineReader
		if row, err := r.Pick(config, []string{path}); err == nil && row != nil {
			read(row[path], plots)
		}
	}
	return plots
}

// plotsDescribed reads the plots of wandb.plot, which say what stands in which
// column.
func plotsDescribed(raw json.RawMessage, plots map[string]PlotSpec) {
	var all map[string]struct {
		Panel struct {
			ID     string             `json:"panelDefId"`
			Fields map[string]anyText `json:"fieldSettings"`
			Words  map[string]anyText `json:"stringSettings"`
		} `json:"panel_config"`
	}
	if json.Unmarshal(raw, &all) != nil {
		return
	}
	for key, p := range all {
		spec := PlotSpec{Name: key, Panel: p.Panel.ID, Fields: map[string]string{}, Words: map[string]string{}}
		for name, column := range p.Panel.Fields {
			spec.Fields[name] = string(column)
		}
		for name, words := range p.Panel.Words {
			spec.Words[name] = string(words)
		}
		plots[key+"_table"], plots["Custom Chart Tables/"+key+"_table"] = spec, spec
	}
}

// plotsNamed reads the plots of wandb.sklearn, which say no more than which
// drawing they are.
func plotsNamed(raw json.RawMessage, plots map[string]PlotSpec) {
	var all map[string]struct {
		ID string `json:"id"`
	}
	if json.Unmarshal(raw, &all) != nil {
		return
	}
	for key, p := range all {
		spec := PlotSpec{Name: key, Panel: p.ID, Fields: map[string]string{}}
		if panels[p.ID].way == "confusion" {
			// It counts in the order of scikit-learn, rows being what is right, and calls these predicted.
			spec.Fields = map[string]string{"Actual": "Predicted", "Predicted": "Actual", "nPredictions": "Count"}
		} else {
			for _, f := range panels[p.ID].fields {
				spec.Fields[f] = f
			}
		}
		plots[key] = spec
	}
}
