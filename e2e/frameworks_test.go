//go:build sdks

package e2e

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// A framework has a script in frameworks/ that trains with it, and what must come of that besides the numbers that the
// script tells.
type framework struct {
	script   string
	project  string
	grumbles []string // what the client warns of that is no server's doing
	runs     map[string]trained
	reads    string // a script that takes back what was trained
	readBack said   // what it tells
}

// trained is what a framework leaves in a run. ID stands for the run's.
type trained struct {
	points    map[string]int // how often each metric was logged, all of them
	media     map[string]int // how often things besides numbers were logged, by type and what stands before a slash
	plots     int            // how many of them are drawn
	config    said           // among others
	artifacts []string       // version, type, aliases and files
	layers    string         // what the page says of the network that was watched
	console   string         // what the framework prints
}

var frameworks = []framework{
	{
		script: "scikit_learn", project: "scikit-learn", grumbles: []string{"using only the first 100 datapoints to create chart residuals"},
		runs: map[string]trained{
			"forest": {
				media: map[string]int{"table-file": 8}, plots: 8,
				config: said{"n_estimators": 50.0, "max_depth": 6.0},
				artifacts: tablesOf("calibration_curve", "class_proportions", "confusion_matrix", "feature_importances", "learning_curve",
					"precision_recall_table", "roc_table", "summary_metrics"),
			},
			"line": {
				media: map[string]int{"table-file": 4}, plots: 4,
				config:    said{"alpha": 0.1},
				artifacts: tablesOf("learning_curve", "outlier_candidates", "residuals", "summary_metrics"),
			},
			"clusters": {
				media: map[string]int{"table-file": 1}, plots: 1,
				config:    said{"n_init": 4.0},
				artifacts: tablesOf("elbow_curve"),
			},
		},
	},
	{
		script: "xgboost_callback", project: "xgboost",
		runs: map[string]trained{"digits": {
			points: map[string]int{"validation_0-mlogloss": 25, "validation_1-mlogloss": 25, "epoch": 25, "best_score": 1, "best_iteration": 1},
			media:  map[string]int{"table-file": 1}, plots: 1,
			config:    said{"max_depth": 3.0, "learning_rate": 0.3, "n_estimators": 25.0, "version": []any{3.0, 2.0, 0.0}},
			artifacts: append(tablesOf("Feature Importance_table"), "ID_model.json:v0 model latest ID_model.json"),
		}},
		reads: `
import xgboost
tell(rounds=xgboost.Booster(model_file=fetched(f"{ids['digits']}_model.json:latest", f"{ids['digits']}_model.json")).num_boosted_rounds())
`,
		readBack: said{"rounds": 25.0},
	},
	{
		script: "lightgbm_callback", project: "lightgbm",
		runs: map[string]trained{"tumours": {
			points: map[string]int{"train_binary_logloss": 30, "train_auc": 30, "test_binary_logloss": 30, "test_auc": 30, "iteration": 30},
			media:  map[string]int{"table-file": 1}, plots: 1,
			config:    said{"objective": "binary", "metric": []any{"binary_logloss", "auc"}, "num_leaves": 15.0, "deterministic": true},
			artifacts: append(tablesOf("Feature Importance_table"), "model_ID:v0 model best,latest model_ckpt_0.txt"),
		}},
		reads: `
import lightgbm
tell(trees=lightgbm.Booster(model_file=fetched(f"model_{ids['tumours']}:best", "model_ckpt_0.txt")).num_trees())
`,
		readBack: said{"trees": 30.0},
	},
	{
		script: "pytorch_watch", project: "pytorch",
		runs: map[string]trained{"digits": {
			points: map[string]int{"train/loss": 60, "val/accuracy": 4, "epoch": 4},
			media:  map[string]int{"histogram gradients": 4 * 12, "histogram parameters": 4 * 12}, plots: 8,
			config:    said{"epochs": 4.0, "lr": 0.01},
			artifacts: []string{"digits-net:v0 model latest digits.pt"},
			layers:    "3 layers, 2,410 parameters",
		}},
		reads: `
import torch
tell(shapes={name: list(w.shape) for name, w in torch.load(fetched("digits-net:v0", "digits.pt")).items()})
`,
		readBack: said{"shapes": said{"0.weight": []any{32.0, 64.0}, "0.bias": []any{32.0}, "2.weight": []any{10.0, 32.0}, "2.bias": []any{10.0}}},
	},
	{
		script: "transformers_trainer", project: "transformers",
		runs: map[string]trained{"tiny-bert": {
			points: map[string]int{
				"train/loss": 12, "train/grad_norm": 12, "train/learning_rate": 12, "train/epoch": 16, "train/global_step": 16,
				"eval/loss": 3, "eval/accuracy": 3, "eval/runtime": 3, "eval/samples_per_second": 3, "eval/steps_per_second": 3,
			},
			media: map[string]int{"histogram gradients": 25}, plots: 25,
			config: said{
				"model_type": "bert", "hidden_size": 32.0, "num_hidden_layers": 1.0, "learning_rate": 0.003, "num_train_epochs": 3.0,
				"per_device_train_batch_size": 16.0, "seed": 7.0, "model/num_parameters": 10402.0,
			},
			artifacts: []string{
				"model-tiny-bert:v0 model base_model model_architecture.txt",
				"model-tiny-bert:v1 model checkpoint_global_step_40,epoch_1.0 " + checkpoint,
				"model-tiny-bert:v2 model checkpoint_global_step_80,epoch_2.0 " + checkpoint,
				"model-tiny-bert:v3 model checkpoint_global_step_120,epoch_3.0 " + checkpoint,
				"model-tiny-bert:v4 model final_model,latest config.json model.safetensors model_architecture.txt training_args.bin",
			},
			console: "'train_runtime': ",
		}},
		reads: `
import os, transformers
model, info = transformers.BertForSequenceClassification.from_pretrained(os.path.dirname(fetched("model-tiny-bert:final_model", "config.json")), output_loading_info=True)
tell(parameters=model.num_parameters(), missing=len(info["missing_keys"]), steps=json.load(open(fetched("model-tiny-bert:epoch_2.0", "trainer_state.json")))["global_step"])
`,
		readBack: said{"parameters": 10402.0, "missing": 0.0, "steps": 80.0},
	},
	{
		script: "lightning_logger", project: "lightning", grumbles: []string{"The anonymous setting has no effect"},
		runs: map[string]trained{"digits": {
			points: map[string]int{"train/loss": 12, "val/loss": 4, "val/accuracy": 4, "epoch": 16, "trainer/global_step": 17},
			media:  map[string]int{"histogram gradients": 4 * 6, "table-file val": 1}, plots: 4,
			config: said{"hidden": 32.0, "lr": 0.01},
			artifacts: append(tablesOf("val/guesses"),
				"model-ID:v0 model  model.ckpt", "model-ID:v1 model  model.ckpt", "model-ID:v2 model  model.ckpt", "model-ID:v3 model best,latest model.ckpt"),
			layers:  "3 layers, 2,410 parameters",
			console: "`Trainer.fit` stopped: `max_epochs=4` reached.",
		}},
		reads: `
import torch
saved = torch.load(fetched(f"model-{ids['digits']}:best", "model.ckpt"))
tell(steps=saved["global_step"], lr=saved["hyper_parameters"]["lr"])
`,
		readBack: said{"steps": 60.0, "lr": 0.01},
	},
}

// checkpoint is what the Trainer of transformers saves.
const checkpoint = "config.json model.safetensors optimizer.pt rng_state.pth scheduler.pt trainer_state.json training_args.bin"

// tablesOf are the artifacts in which the client keeps tables that a run logged once under these keys.
func tablesOf(keys ...string) (artifacts []string) {
	for _, key := range keys {
		artifacts = append(artifacts, "run-ID-"+strings.NewReplacer(" ", "", "/", "").Replace(key)+":v0 run_table latest "+key+".table.json")
	}
	return artifacts
}

// readsRuns tells everything that the runs of a project have.
const readsRuns = `
import collections, re
api = wandb.Api()
def versions(run):
    for a in run.logged_artifacts():
        name = re.sub("^(run-ID-.*)-.{6}:", r"\1:", a.name.replace(run.id, "ID")) # a hash follows where the key has signs that names cannot have
        yield " ".join([name, a.type, ",".join(sorted(a.aliases)), *sorted(f.name.replace(run.id, "ID") for f in a.files())])
runs = {}
for run in api.runs(project):
    metrics, media = collections.defaultdict(list), collections.Counter()
    for row in run.scan_history():
        for key, value in row.items():
            if isinstance(value, dict) and "_type" in value:
                media[" ".join([value["_type"], *key.split("/")[:-1]])] += 1
            elif value is not None and key[0] != "_":
                metrics[key].append(value)
    runs[run.name] = dict(id=run.id, state=run.state, config=run.config, summary=dict(run.summary), metrics=metrics, media=media,
        artifacts=sorted(versions(run)), files=[f.name for f in run.files()])
tell(**runs)
`

// fetches gives a script the ids of the runs and the files of their versions.
const fetches = `
api = wandb.Api()
ids = {run.name: run.id for run in api.runs(project)}
def fetched(version, file):
    return api.artifact(f"{project}/{version}").download() + "/" + file
`

// learned is what a script tells that its framework logged, by its own books.
type learned struct {
	Metrics map[string][]any
	Summary said
}

// kept is what the server tells of a run.
type kept struct {
	ID, State        string
	Config, Summary  said
	Metrics          map[string][]any
	Media            map[string]int
	Artifacts, Files []string
}

// Frameworks log with what their makers or the client's wrote for it, as their users write it, and all of it arrives.
func TestFrameworks(t *testing.T) {
	t.Parallel()
	if !exists(absolute(t, ".venv", "frameworks")) {
		lacking(t, "There is no Python with PyTorch and the others here.")
	}
	for _, f := range frameworks { // one after the other: each takes all cores
		t.Run(f.script, func(t *testing.T) {
			s := sharedServer(t)
			ada := s.newPerson("ada")
			d := deskOf(t, s, ada, "frameworks")
			out, code := d.start(interpreter(t, d.client), absolute(t, "frameworks", f.script+".py")).wait()
			told := tale[map[string]learned](t, out, code)
			for _, line := range regexp.MustCompile(`(?im)^wandb: .*(?:error|warning|retry|fail|denied|unable|not support).*`).FindAllString(out, -1) {
				if !slices.ContainsFunc(f.grumbles, func(g string) bool { return strings.Contains(line, g) }) {
					t.Errorf("the script prints %s", line)
				}
			}
			project := fmt.Sprintf("project = %q\n", f.project)
			runs := tale[map[string]kept](d.run(preamble + project + readsRuns).told())
			if got, want := slices.Sorted(maps.Keys(runs)), slices.Sorted(maps.Keys(f.runs)); !slices.Equal(got, want) {
				t.Fatalf("the runs are %q, want %q", got, want)
			}
			p := s.signInAs(ada)
			for name, want := range f.runs {
				arrived(t, name, runs[name], told[name], want)
				p.showsTraining(s.url+"/"+ada.name+"/"+f.project+"/runs/"+runs[name].ID, runs[name], want)
			}
			if f.reads != "" {
				if got := tale[said](d.run(preamble + project + fetches + f.reads).told()); !reflect.DeepEqual(got, f.readBack) {
					t.Errorf("what was trained comes back as %v, want %v", got, f.readBack)
				}
			}
		})
	}
}

// arrived compares a run with what its framework logged.
func arrived(t *testing.T, name string, got kept, logged learned, want trained) {
	t.Helper()
	points := map[string]int{}
	for key, values := range got.Metrics {
		points[key] = len(values)
		if !reflect.DeepEqual(values, logged.Metrics[key]) {
			t.Errorf("%s of %s is %v, but %v was logged", key, name, values, logged.Metrics[key])
		}
	}
	if !maps.Equal(points, want.points) {
		t.Errorf("%s has points %v, want %v", name, points, want.points)
	}
	if !maps.Equal(got.Media, want.media) {
		t.Errorf("%s has %v besides numbers, want %v", name, got.Media, want.media)
	}
	for key, value := range logged.Summary {
		if !reflect.DeepEqual(got.Summary[key], value) {
			t.Errorf("%s of the summary of %s is %v, want %v", key, name, got.Summary[key], value)
		}
	}
	for key, value := range want.config {
		if !reflect.DeepEqual(got.Config[key], value) {
			t.Errorf("%s of the config of %s is %v, want %v", key, name, got.Config[key], value)
		}
	}
	if artifacts := slices.Sorted(slices.Values(want.artifacts)); !slices.Equal(got.Artifacts, artifacts) {
		t.Errorf("%s has made %q, want %q", name, got.Artifacts, artifacts)
	}
	for _, file := range []string{"config.yaml", "requirements.txt", "wandb-metadata.json", "wandb-summary.json"} {
		if !slices.Contains(got.Files, file) {
			t.Errorf("the files %q of %s lack %s", got.Files, name, file)
		}
	}
	if got.State != "finished" {
		t.Errorf("%s is %s", name, got.State)
	}
}

// showsTraining looks at all parts of the page of a run.
func (p *page) showsTraining(at string, run kept, want trained) {
	p.t.Helper()
	p.open(at)
	for key := range want.points {
		p.shows(key)
	}
	const charts = `[...document.querySelectorAll("metric-chart")]`
	p.until("not all charts are drawn", fmt.Sprintf(`%s.length === %d && %[1]s.every(c => { c.scrollIntoView(); return c.drawn && c.querySelector("canvas") })`, charts, len(want.points)))
	accessible(p.t, p)

	plots := 0
	for more := at + "/media"; more != ""; {
		p.open(more)
		p.see("#media .media")
		const bare = `[...document.querySelectorAll("#media .media")].filter(e => !e.querySelector("svg.plot, table")).map(e => e.innerText)`
		if found := ask(p, chromedp.Evaluate[[]string](bare)); len(found) > 0 {
			p.t.Errorf("%s does not draw %q", more, found)
		}
		plots += ask(p, chromedp.Evaluate[int](`document.querySelectorAll("#media svg.plot").length`))
		accessible(p.t, p)
		more = ask(p, chromedp.Evaluate[string](`document.querySelector("a[rel=next]")?.href ?? ""`))
	}
	if plots != want.plots {
		p.t.Errorf("%s has %d plots drawn, want %d", at, plots, want.plots)
	}

	p.open(at + "/overview")
	for key := range want.config {
		p.shows(key)
	}
	p.shows(want.layers)
	p.open(at + "/artifacts")
	for _, a := range run.Artifacts {
		version := strings.Split(strings.ReplaceAll(a, "ID", run.ID), " ")
		name, _, _ := strings.Cut(version[0], ":")
		p.shows(append(strings.Split(version[2], ","), name)...)
	}
	p.open(at + "/files")
	p.shows("config.yaml", "requirements.txt")
	p.open(at + "/logs")
	p.shows(want.console)
}
