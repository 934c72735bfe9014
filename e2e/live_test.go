package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// sooner lets clients send what they have every second, and measure their machine so often; by themselves they wait for 15.
var sooner = []string{
	"WANDB__FILE_STREAM_TRANSMIT_INTERVAL=1", "WANDB__STATS_SAMPLING_INTERVAL=1", // the generations that talk by a process in Go
	"WANDB__STATS_SAMPLE_RATE_SECONDS=0.5", "WANDB__STATS_SAMPLES_TO_AVERAGE=2", // 0.16.6
}

// A run that is under way, twice waiting for somebody, and later over.
const livingRun = `
import os
EVERY = int(os.environ["EVERY"])
run = wandb.init(project="cats", id="live", config={"lr": 0.1, "net": {"depth": 3}}, tags=["baseline"])
for i in range(1_000):
    run.log({"loss": 1 / (i + 1), "val": {"acc": i / 1_000}})
    if i % EVERY == 0:
        print("epoch", i)
print("No GPU found", file=sys.stderr)
run.config.update({"batch": 32})
run.config.update({"lr": 0.3}, allow_val_change=True)
run.summary["best"] = 0.5
run.tags += ("promising",)
print("HALF", flush=True)
input()
for i in range(1_000, 1_100):
    run.log({"loss": 1 / (i + 1), "val": {"acc": i / 1_000}})
run.summary["best"] = 0.75
for i in range(5):
    print(f"\rdownloading {i}", end="")
print("\nZoë 🎉", flush=True)
print("MORE", flush=True)
input()
run.finish()
`

// Somebody who reads of it meanwhile, whenever there is a line to read.
const onlooker = `
import os
EVERY = int(os.environ["EVERY"])
print("READY", flush=True)
while input() != "enough":
    r = wandb.Api().run(wandb.Api().default_entity + "/cats/live")
    rows = list(r.scan_history())
    out = open(r.file("output.log").download(root=".", replace=True).name).read() if r.state == "finished" else ""
    tell(state=r.state, config=r.config, tags=sorted(r.tags), best=r.summary.get("best"), loss=r.summary.get("loss"), last=r.lastHistoryStep,
        points=[[h["_step"], h["loss"], h["val"]["acc"]] for h in rows] == [[i, 1 / (i + 1), i / 1_000] for i in range(len(rows))], lines=len(rows),
        machine=any(k.startswith("system.") for h in r.history(stream="system", pandas=False) for k in h),
        out=out, printed=[l.strip() for l in out.split("\n") if l.startswith("epoch")] == [f"epoch {i}" for i in range(0, 1_000, EVERY)],
        rest=[w for w in ("No GPU found", "downloading 4", "Zoë 🎉") if w in out])
`

// What a script has logged can be read while it goes on: points, changed config, summary, tags, what its machine measures.
// When it is over, what it printed is there to the last line.
func TestRunIsReadWhileItLogs(t *testing.T) {
	t.Parallel()
	eachGeneration(t, func(t *testing.T, client string) {
		s := sharedServer(t)
		ada := s.newPerson("ada")
		every := "EVERY=1"
		if client == "0.16.6" {
			every = "EVERY=10" // it loses lines by itself when many come at once
		}
		desk := deskOf(t, s, ada, client, append([]string{every}, sooner...)...)
		script, reader := desk.run(preamble+livingRun), deskOf(t, s, ada, client, every).run(preamble+onlooker)
		w := wire{t, s, ada.key}
		reader.says("READY")
		script.says("HALF")
		half := []string{"batch", "promising", `"best":`}
		if client == "0.19.11" {
			half = half[:2] // it sends a summary every 30 seconds only
		}
		await(t, time.Minute, "the first half is kept", func() bool { return w.stands(ada.name, 999, half...) })
		first := reader.tells(1)
		script.goOn()
		script.says("MORE")
		await(t, time.Minute, "the second half is kept", func() bool { return w.stands(ada.name, 1_099) })
		second := reader.tells(2)
		script.goOn()
		if out, code := script.wait(); code != 0 {
			t.Fatalf("the script ends with %d:\n%s", code, out)
		}
		third := reader.tells(3)
		if _, err := reader.in.Write([]byte("enough\n")); err != nil {
			t.Fatal(err)
		}
		if out, code := reader.wait(); code != 0 {
			t.Errorf("the reader ends with %d:\n%s", code, out)
		}
		want := said{
			"state": "running", "config": said{"lr": 0.3, "net": said{"depth": 3.0}, "batch": 32.0}, "tags": []any{"baseline", "promising"},
			"best": 0.5, "loss": 0.001, "last": 999.0, "points": true, "lines": 1000.0, "machine": true, "printed": false, "rest": []any{},
		}
		if client == "0.19.11" {
			delete(want, "best")
			delete(want, "loss")
		}
		wantSaid(t, "half way", first, want)
		delete(want, "best")
		delete(want, "loss")
		want["last"], want["lines"] = 1099.0, 1100.0
		wantSaid(t, "later", second, want)
		want["best"], want["loss"] = 0.75, 1./1100
		want["state"], want["printed"], want["rest"] = "finished", true, []any{"No GPU found", "downloading 4", "Zoë 🎉"}
		wantSaid(t, "in the end", third, want)
		if out, err := os.ReadFile(filepath.Join(desk.dir, "wandb", "latest-run", "files", "output.log")); err != nil || third["out"] != string(out) {
			t.Errorf("output.log is\n%q, and on the machine of the script\n%q (%v)", third["out"], out, err)
		}
	})
}

// stands reports whether the server has the live run up to a step, something of its machine, and words of the rest.
func (w wire) stands(entity string, step int, words ...string) bool {
	w.t.Helper()
	run, _ := w.answer(`query($e: String!) { project(name: "cats", entityName: $e) { run(name: "live") { historyKeys summaryMetrics config tags eventsLineCount } } }`,
		object{"e": entity}, "project", "run").(object)
	known, _ := run["historyKeys"].(object)
	rest := fmt.Sprint(run["summaryMetrics"], run["config"], run["tags"])
	return known["lastStep"] == float64(step) && run["eventsLineCount"] != 0.0 && contains(rest, words...)
}

// tells gives a script the line that it waits for, and returns what it tells after that, for the nth time.
func (r *running) tells(n int) (v said) {
	r.t.Helper()
	r.goOn()
	var tales []string
	await(r.t, time.Minute, "the script tells more", func() bool {
		tales = strings.Split(r.out.String(), "TOLD ")
		return len(tales) > n && strings.Contains(tales[n], "\n")
	})
	text, _, _ := strings.Cut(tales[n], "\n")
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		r.t.Fatalf("told %q: %v", text, err)
	}
	return v
}

func wantSaid(t *testing.T, when string, got, want said) {
	t.Helper()
	for key, v := range want {
		if !reflect.DeepEqual(got[key], v) {
			t.Errorf("%s, %s is %v, want %v", when, key, got[key], v)
		}
	}
}
