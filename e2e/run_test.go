package e2e

import (
	"reflect"
	"testing"
)

const training = `
run = wandb.init(project="cats", name="first try", id="first", group="widths", job_type="train",
    tags=["baseline", "small"], notes="Looks good.",
    config={"lr": 0.1, "net": {"depth": 3, "widths": [8, 16]}, "who": "Zoë"})
print("epoch 1")
run.log({"loss": 1.0, "val": {"acc": 0.5}})
run.log({"loss": float("nan"), "val": {"acc": 0.6}})
run.log({"loss": float("inf"), "val": {"acc": 0.7}})
run.log({"loss": 0.25, "val": {"acc": 0.75}})
run.config.update({"late": True})
run.summary["best"] = 0.75
run.finish()
r = wandb.Api().run(f"{run.entity}/cats/first")
tell(state=r.state, name=r.name, tags=sorted(r.tags), notes=r.notes, group=r.group, job=r.job_type,
    config=r.config, best=r.summary["best"], acc=r.summary["val"]["acc"], loss=r.summary["loss"],
    history=[[h["_step"], h["loss"]] for h in r.history(pandas=False)],
    scan=[[h["_step"], h["loss"]] for h in r.scan_history()],
    some=[h for h in r.scan_history(keys=["_step", "loss"])],
    files=sorted(f.name for f in r.files()), last=r.lastHistoryStep, url=run.url)
`

func TestRunKeepsWhatWasLogged(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada := s.newPerson("ada")
	got := told[said](t, s, ada, training)
	points := []any{[]any{0.0, 1.0}, []any{1.0, "NaN"}, []any{2.0, "Infinity"}, []any{3.0, 0.25}}
	for key, want := range (said{
		"state": "finished", "name": "first try", "tags": []any{"baseline", "small"}, "notes": "Looks good.", "group": "widths", "job": "train",
		"config": said{"lr": 0.1, "net": said{"depth": 3.0, "widths": []any{8.0, 16.0}}, "who": "Zoë", "late": true},
		"best":   0.75, "acc": 0.75, "loss": 0.25, "history": points, "scan": points, "last": 3.0,
	}) {
		if !reflect.DeepEqual(got[key], want) {
			t.Errorf("%s is %v, want %v", key, got[key], want)
		}
	}
	if some, _ := got["some"].([]any); len(some) != 4 {
		t.Errorf("scanned by key there are %v", some)
	}
	for _, name := range []string{"config.yaml", "output.log", "requirements.txt", "wandb-metadata.json", "wandb-summary.json"} {
		if !has(got["files"], name) {
			t.Errorf("the files %v lack %s", got["files"], name)
		}
	}

	p := s.signInAs(ada)
	p.open(got["url"].(string))
	p.shows("first try", "baseline", "small", "Looks good.", "widths", "train", "loss", "val.acc")
	p.shot("run")
	p.open(s.url + "/" + ada.name + "/cats")
	p.shows("first try", "baseline", "finished")
	p.shot("runs")
}

func has(list any, name string) bool {
	all, _ := list.([]any)
	for _, v := range all {
		if v == name {
			return true
		}
	}
	return false
}

func TestRunEndsAsItsScriptDoes(t *testing.T) {
	t.Parallel()
	ada := sharedServer(t).newPerson("ada")
	for id, end := range map[string]struct {
		script, state string
		code          int
	}{
		"raises":  {"raise RuntimeError('no GPU left')", "failed", 1},
		"exits":   {"sys.exit(3)", "failed", 3},
		"says-so": {"run.finish(exit_code=1)", "failed", 0},
	} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			s := sharedServer(t)
			out, code := python(t, s, ada.key, "import sys, wandb\nrun = wandb.init(project='ends', id='"+id+"')\nrun.log({'loss': 1})\n"+end.script+"\n")
			if code != end.code {
				t.Errorf("the script ended with %d, want %d. It printed:\n%s", code, end.code, out)
			}
			if got := (wire{t, s, ada.key}).state(ada.name, "ends", id); got != end.state {
				t.Errorf("the run is %v, want %s", got, end.state)
			}
			p := s.signInAs(ada)
			p.open(s.url + "/" + ada.name + "/ends/runs/" + id)
			p.shows(end.state)
		})
	}
}

func (w wire) state(entity, project, run string) any {
	w.t.Helper()
	return w.answer(`query($e: String, $p: String, $r: String!) { project(name: $p, entityName: $e) { run(name: $r) { state } } }`,
		object{"e": entity, "p": project, "r": run}, "project", "run", "state")
}

func TestRunGoesOnWhereItEnded(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada := s.newPerson("ada")
	got := told[said](t, s, ada, `
for part in range(2):
    run = wandb.init(project="cats", id="long", resume="allow", config={"part": part})
    at = run.starting_step
    for i in range(3):
        run.log({"loss": part * 10 + i})
    run.finish(exit_code=1 - part)
r = wandb.Api().run(f"{run.entity}/cats/long")
tell(at=at, state=r.state, part=r.config["part"], runs=len(wandb.Api().runs(f"{run.entity}/cats")),
    scan=[[h["_step"], h["loss"]] for h in r.scan_history()])
`)
	want := said{"at": 3.0, "state": "finished", "part": 1.0, "runs": 1.0, "scan": []any{
		[]any{0.0, 0.0}, []any{1.0, 1.0}, []any{2.0, 2.0}, []any{3.0, 10.0}, []any{4.0, 11.0}, []any{5.0, 12.0},
	}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("resumed, the run tells %v\nwant %v", got, want)
	}
}
