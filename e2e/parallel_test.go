package e2e

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// Runs at the same time on one machine, as somebody has them who tries out settings, keep apart what they log.
func TestRunsInParallel(t *testing.T) {
	t.Parallel()
	eachGeneration(t, func(t *testing.T, client string) {
		s := sharedServer(t)
		ada := s.newPerson("ada")
		n := 4
		if client == newest {
			n = 10
		}
		runAtOnce(deskOf(t, s, ada, client), n)

		p := s.signInAs(ada)
		p.open(s.url + "/" + ada.name + "/sweep/runs/trial-1")
		p.until("what was defined over another metric is not drawn over it", `[...document.querySelectorAll("metric-chart")].some(c =>
			c.data.key === "own1" && c.across === "step" && c.plot?.axes[0].label() === "step" && c.plot.data[0].at(-1) === 1199 && c.plot.data[1].at(-1) === 199)`)
		p.open(s.url + "/" + ada.name + "/sweep")
		p.shows("Trial 0", fmt.Sprint("Trial ", n-1), "widths")
		if strings.Contains(p.text(), "running") {
			t.Errorf("the page of the project shows a run that still runs:\n%s", p.text())
		}
	})
}

// runAtOnce logs n runs at the same time from one machine, and demands that each holds what its script logged.
func runAtOnce(d *desk, n int) {
	t := d.t
	t.Helper()
	every := 1
	if d.client != newest { // old ones may lose lines when a hundred come at once
		every = 4
	}
	d.env = append(d.env, fmt.Sprint("TRIALS=", n), fmt.Sprint("EVERY=", every))
	got := tale[struct {
		Running int
		Runs    []said
		Took    float64
	}](d.run(preamble + sweep).told())
	if got.Running != n || len(got.Runs) != n {
		t.Errorf("of %d runs %d run at the same time, and in the end there are %d", n, got.Running, len(got.Runs))
	}
	for i, run := range got.Runs {
		want := said{
			"id": fmt.Sprint("trial-", i), "state": "finished", "name": fmt.Sprint("Trial ", i), "tags": []any{fmt.Sprint("t", i)}, "group": "widths",
			"config": said{"trial": float64(i), "net": said{"depth": float64(i)}}, "points": true, "last": 199.0, "output": true,
			"summary": said{"loss": said{"min": float64(i) + 1./200}, "step": float64(i*1000 + 199), fmt.Sprint("own", i): float64(i * 199), "best": float64(-i)},
		}
		if !reflect.DeepEqual(run, want) {
			t.Errorf("run %d is %v\nwant %v", i, run, want)
		}
	}
	t.Logf("%s, %d runs: %.1f s", d.client, n, got.Took)
}

// sweep forks a process for each trial. They begin to log when all of them are there, and end when all have logged.
const sweep = `
import multiprocessing, os, time
N, STEPS, EVERY = int(os.environ["TRIALS"]), 200, int(os.environ["EVERY"])

def row(i, step):
    return {"loss": i + 1 / (step + 1), "step": i * 1000 + step, f"own{i}": i * step}

def train(i, together):
    run = wandb.init(project="sweep", id=f"trial-{i}", name=f"Trial {i}", group="widths", tags=[f"t{i}"], config={"trial": i, "net": {"depth": i}})
    run.define_metric("loss", summary="min")
    run.define_metric("own*", step_metric="step")
    together.wait()
    for step in range(STEPS):
        run.log(row(i, step))
        if step % EVERY == 0:
            print(f"trial {i} step {step}")
    run.summary["best"] = -i
    together.wait()
    together.wait()
    run.finish()

def own(h):
    return {k: v for k, v in h.items() if not k.startswith("_")}

def told(r):
    lines = open(r.file("output.log").download(root=r.id).name).read().split("\n")
    return dict(id=r.id, state=r.state, name=r.name, tags=r.tags, group=r.group, config=r.config, last=r.lastHistoryStep,
        points=[own(h) for h in r.scan_history()] == [row(int(r.id[6:]), step) for step in range(STEPS)],
        summary={k: r.summary[k] for k in r.summary.keys() if not k.startswith("_")},
        output=alike([l for l in lines if "step" in l], [f"{r.id.replace('-', ' ')} step {step}" for step in range(0, STEPS, EVERY)]))

def alike(got, want):
    """True, or what stands where they differ."""
    odd = next((i for i, (g, w) in enumerate(zip(got, want)) if g != w), min(len(got), len(want)))
    return got == want or f"{len(got)} lines, number {odd}: {got[max(0, odd - 1):odd + 3]}"

fork = multiprocessing.get_context("fork")
together = fork.Barrier(N + 1)
trials = [fork.Process(target=train, args=(i, together)) for i in range(N)]
began = time.time()
for p in trials:
    p.start()
together.wait()
together.wait()
api = wandb.Api()
project = api.default_entity + "/sweep"
running = len(api.runs(project, filters={"state": "running"}))
together.wait()
for p in trials:
    p.join()
took = time.time() - began
tell(running=running, took=took, runs=sorted(map(told, [api.run(f"{project}/{r.id}") for r in wandb.Api().runs(project)]), key=lambda r: int(r["id"][6:])))
`
