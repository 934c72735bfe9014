package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"syscall"
	"testing"
	"time"
)

// What `make demo` serves tells a story: people trained, some runs went wrong, versions took stages, and each model leads
// back to the rows it was trained on. Here with only a few models.
func TestDemo(t *testing.T) {
	t.Parallel()
	if !exists("../examples/.venv/requirements.txt") {
		without(t, "There is no Python with what the examples import here.")
	}
	if dir := os.Getenv("SCREENSHOTS"); dir != "" {
		takePictures(t, dir)
		return
	}
	s := &server{t: t, program: program, data: filepath.Join(t.TempDir(), "data"), addr: freeAddr(t)}
	if err := letIn(filepath.Dir(filepath.Dir(s.data))); err != nil {
		t.Fatal(err)
	}
	s.demo(10*time.Minute, "DEMO_SMALL=yes")
	s.stop()
	s.demo(time.Minute, "DEMO_SMALL=yes") // serves at once what is there

	p := browser(t)
	p.open(s.signIn)
	const reader = "/lumen/registry/model/digit-reader"
	for _, page := range []struct {
		name, path string
		shows      []string
	}{
		{"1-landing", "/", []string{"digit-reader", "val/acc", "tumour-screening", "val/auc", "diabetes-progression", "val/r2", "production", "staging"}},
		{"2-model", reader, []string{"v0", "v1", "production", "staging", "val/acc", "One hidden layer of 16 units."}},
		{"3-card", reader + "?tab=card", []string{"Sorting scanned forms"}},
		{"4-version", reader + "/v1", []string{"digits.safetensors", "val/acc", "digits-mlp:v1", "vision/digits"}},
		{"4-metadata", reader + "/v1/metadata", []string{"hidden", "test/acc"}},
		{"5-onnx", "/lumen/registry/model/tumour-screening/v0", []string{"trees.onnx", "val/auc"}},
		{"6-joblib", "/clinic/model-registry/diabetes-progression/v0", []string{"line.joblib", "val/r2"}},
		{"7-dataset", "/lumen/registry/dataset/digits/v0", []string{"train.csv", "val.csv", "test.csv"}},
		{"8-runs", "/vision/digits", []string{"finished", "failed", "first-try", "digits-raw"}},
		{"2-compare", reader + "/compare?v=0&v=1", []string{"val/acc", "hidden"}},
		{"9-artifacts", "/vision/digits/artifacts", []string{"digits-raw", "digits-mlp", "Tables of runs"}},
	} {
		p.open(s.url + page.path)
		p.shows(page.shows...)
		p.shot(page.name)
	}

	guest := person{"guest", lastLine(greenroom(t, s.data, "user", "add", "guest", "--admin", "--api-key"))}
	got := told[said](t, s, guest, `
api = wandb.Api()
runs = list(api.runs("vision/digits"))
reader = api.artifact("lumen/wandb-registry-model/digit-reader:v1")
made_by = reader.logged_by()
rows = made_by.used_artifacts()[0]
[silent] = [r for r in runs if "long" in r.tags]
[failed] = [r for r in runs if r.state == "failed"]
files = [f.name for f in made_by.files()]
tell(jobs=sorted(r.job_type for r in runs), steps=len(list(made_by.scan_history(keys=["_step", "val/acc"]))), run=made_by.id,
    plots=sorted(made_by.rawconfig["_wandb"]["visualize"]), pictures=any("media/images/val/mistakes" in f for f in files),
    rows=rows.name, raw=[a.name for a in rows.logged_by().used_artifacts()], users=sorted(r.job_type for r in rows.used_by()),
    tags=sorted(reader.collection.tags), aliases=sorted(reader.aliases), scored=reader.metadata["test/acc"] > 0.9,
    failed=[failed.notes, failed.user.username], silent=[silent.state in ("running", "crashed"), silent.lastHistoryStep > 20],
    models=[[a.version for a in api.artifacts("model", m)] for m in ("lumen/wandb-registry-model/digit-reader", "clinic/model-registry/diabetes-progression")],
    curves=sorted(api.artifact("lumen/wandb-registry-model/tumour-screening:v0").logged_by().rawconfig["_wandb"]["visualize"]))
`)
	for what, want := range (said{
		"jobs":  []any{"evaluate", "evaluate", "fetch", "split", "train", "train", "train", "train"},
		"steps": 20.0, "pictures": true, "plots": []any{"confusion"}, "curves": []any{"confusion", "importance", "precision-recall", "roc"},
		"rows": "digits:v0", "raw": []any{"digits-raw:v0"}, "users": []any{"evaluate", "evaluate", "train", "train", "train", "train"},
		"tags": []any{"digits", "vision"}, "aliases": []any{"latest", "staging"}, "scored": true,
		"failed": []any{"How far can the learning rate go? Not this far.", "jonas"}, "silent": []any{true, true},
		"models": []any{[]any{"v1", "v0"}, []any{"v0"}},
	}) {
		if !reflect.DeepEqual(got[what], want) {
			t.Errorf("%s: %v, want %v", what, got[what], want)
		}
	}
	p.open(s.url + "/vision/digits/runs/" + got["run"].(string))
	p.shows("train", "val", "epoch  19", "predictions", "table, 60 rows, 14 columns")
	p.see("metric-chart canvas")
	p.shot("10-run")
}

// demo serves what `make demo` does, until stop or the end of the test.
func (s *server) demo(within time.Duration, env ...string) {
	s.t.Helper()
	s.url = "http://" + s.addr
	s.log, s.gone = &transcript{}, make(chan struct{})
	link := &lookout{transcript: s.log, pattern: regexp.MustCompile(regexp.QuoteMeta(s.url) + `/login/\S+`), found: make(chan string, 1)}
	cmd := exec.Command("../build/demo")
	cmd.Env = cleanEnv(append(env, "DEMO_PROGRAM="+s.program, "DEMO_DATA="+s.data, "GREENROOM_ADDR="+s.addr)...)
	cmd.Stdout, cmd.Stderr = link, s.log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.cmd = cmd
	gone := s.gone
	go func() {
		s.end = cmd.Wait()
		close(gone)
	}()
	s.t.Cleanup(func() {
		if s.running() {
			s.stop()
		}
		if s.t.Failed() {
			s.t.Logf("The demo printed:\n%s", s.log)
		}
	})
	select {
	case s.signIn = <-link.found:
	case <-gone:
		s.t.Fatalf("The demo ended: %v", s.end)
	case <-time.After(within):
		s.t.Fatalf("The demo did not print its address within %v.", within)
	}
}
