package e2e

import (
	"path/filepath"
	"testing"
)

const restarts = `
import os
project = wandb.Api().default_entity + "/cats"

def train(values, code=0, **kw):
    run = wandb.init(project="cats", **kw)
    at = [run.starting_step, run.resumed]
    for x in values:
        run.log({"x": x})
        print("x is", x)
    run.finish(code)
    return at

def read(id):
    r = wandb.Api().run(f"{project}/{id}")
    return dict(state=r.state, name=r.name, tags=r.tags, config=r.config, x=r.summary["x"], last=r.lastHistoryStep, steps=[[h["_step"], h["x"]] for h in r.scan_history()],
        keyed=[h["x"] for h in r.scan_history(keys=["x"])], sampled=[h["x"] for h in r.history(pandas=False)])

def refused(**kw):
    try:
        wandb.init(project="cats", **kw)
    except Exception as e:
        return type(e).__name__
`

// A run goes on, or does not, as resume= says; without it a script under the same ID logs over what stands there.
func TestRunIDsAreUsedAgain(t *testing.T) {
	t.Parallel()
	eachGeneration(t, func(t *testing.T, client string) {
		s := sharedServer(t)
		ada := s.newPerson("ada")
		got := tale[said](deskOf(t, s, ada, client).run(preamble + restarts + `
new = train([0, 1, 2], id="again", resume="never", config={"first": 1}, tags=["slow"], name="Again")
on = train([30, 31], code=1, id="again", resume="must", config={"second": 2})
resumed = read("again")
over = train([50, 51], id="again", config={"third": 3})
overwritten = read("again")
r = wandb.Api().run(f"{project}/again")
files = sorted(f.name for f in r.files())
r.tags.append("good"); r.notes = "By hand."; r.config["edited"] = True; r.update()
r.summary["later"] = 3; r.summary.update()
r = wandb.Api().run(f"{project}/again")
edited = [r.tags, r.notes, r.config["edited"], r.summary["later"], r.summary["x"]]
r.delete()
try:
    gone = wandb.Api().run(f"{project}/again").id
except Exception as e:
    gone = type(e).__name__
left = len(wandb.Api().runs(project))
refusals = [refused(id="again", resume="allow")]
if wandb.__version__ != "0.16.6": # which hangs when a process is refused several times
    train([1], id="other")
    refusals += [refused(id="other", resume="never"), refused(id="nowhere", resume="must")]
tell(new=new, on=on, resumed=resumed, over=over, overwritten=overwritten, files=files, edited=edited, gone=gone, left=left, refusals=refusals)
os._exit(0) # after a refusal it takes ten seconds to leave by itself
`).told())
		rows := func(xs ...float64) (steps, values []any) {
			for i, x := range xs {
				steps, values = append(steps, []any{float64(i), x}), append(values, x)
			}
			return steps, values
		}
		run := func(state string, config said, x float64, xs ...float64) said {
			steps, values := rows(xs...)
			return said{"state": state, "name": "Again", "tags": []any{"slow"}, "config": config, "x": x, "last": float64(len(xs) - 1), "steps": steps, "keyed": values, "sampled": values}
		}
		refusals := []any{"CommError", "UsageError", "UsageError"} // of a run that was deleted, of one that is there, of one that is not
		if client == "0.16.6" {
			refusals = refusals[:1]
		}
		wantSaid(t, "used again", got, said{
			"new": []any{0.0, false}, "on": []any{3.0, true}, "over": []any{0.0, false},
			"resumed":     run("failed", said{"first": 1.0, "second": 2.0}, 31, 0, 1, 2, 30, 31),
			"overwritten": run("finished", said{"third": 3.0}, 51, 50, 51, 2, 30, 31),
			"edited":      []any{[]any{"slow", "good"}, "By hand.", true, 3.0, 51.0},
			"gone":        "CommError", "left": 0.0, "refusals": refusals,
		})
		if !has(got["files"], "output.log") {
			t.Errorf("the files are %v", got["files"])
		}
	})
}

// A run without a network arrives later by the client's own command, and once however often that is run.
func TestOfflineRunIsSynced(t *testing.T) {
	t.Parallel()
	eachGeneration(t, func(t *testing.T, client string) {
		s := sharedServer(t)
		ada := s.newPerson("ada")
		d := deskOf(t, s, ada, client)
		r := d.run(preamble + `
run = wandb.init(project="cats", id="off", mode="offline", name="On the train", group="journeys", tags=["slow"], notes="No network.", config={"lr": 0.1, "net": {"depth": 3}})
for i in range(2_000):
    run.log({"loss": float("nan") if i == 5 else 1 / (i + 1), "val": {"acc": i / 2_000}})
    if i % 10 == 0:
        print("step", i)
open("weights.txt", "w").write("weights")
run.save("weights.txt")
run.summary["best"] = 0.5
run.finish()
print("OVER", flush=True)
while input() != "enough":
    r = wandb.Api().run(wandb.Api().default_entity + "/cats/off")
    rows = [[h["_step"], h["loss"] if h["loss"] == h["loss"] else "nan", h["val"]["acc"]] for h in r.scan_history()]
    out = open(r.file("output.log").download(root="out", replace=True).name).read()
    tell(state=r.state, name=r.name, group=r.group, tags=r.tags, notes=r.notes, config=r.config, best=r.summary["best"], acc=r.summary["val"]["acc"],
        points=rows == [[i, "nan" if i == 5 else 1 / (i + 1), i / 2_000] for i in range(2_000)], lines=len(rows), last=r.lastHistoryStep,
        printed=[l for l in out.split("\n") if l.startswith("step")] == [f"step {i}" for i in range(0, 2_000, 10)],
        saved=open(r.file("weights.txt").download(root="out", replace=True).name).read(), runs=len(wandb.Api().runs(wandb.Api().default_entity + "/cats")))
`)
		r.says("OVER")
		folders, err := filepath.Glob(filepath.Join(d.dir, "wandb", "offline-run-*"))
		if err != nil || len(folders) != 1 {
			t.Fatalf("the script leaves %q (%v)", folders, err)
		}
		again := map[string][]string{newest: {"sync", "--no-skip-synced", folders[0]}, "0.16.6": {"sync", folders[0]}} // 0.19.11 syncs as 0.16.6 does
		for n, args := range [][]string{{"sync", folders[0]}, again[client]} {
			if args == nil {
				break
			}
			if out, code := d.wandb(args...).wait(); code != 0 {
				t.Fatalf("wandb sync ends with %d:\n%s", code, out)
			}
			wantSaid(t, "synced", r.tells(n+1), said{
				"state": "finished", "name": "On the train", "group": "journeys", "tags": []any{"slow"}, "notes": "No network.",
				"config": said{"lr": 0.1, "net": said{"depth": 3.0}}, "best": 0.5, "acc": 0.9995, "points": true, "lines": 2000.0, "last": 1999.0,
				"printed": true, "saved": "weights", "runs": 1.0,
			})
		}
		if _, err := r.in.Write([]byte("enough\n")); err != nil {
			t.Fatal(err)
		}
		if out, code := r.wait(); code != 0 {
			t.Errorf("the script ends with %d:\n%s", code, out)
		}
	})
}
