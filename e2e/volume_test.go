//go:build sdks

package e2e

import (
	"reflect"
	"testing"

	"github.com/chromedp/chromedp"
)

// logged says what a long run logs: twenty numbers a step, some of them nested, one more at every seventh step, and in
// known places what is no number. strays compares with it, and returns a few differences at most.
const logged = `
import math, time
STEPS = 10_000
nan, inf = float("nan"), float("inf")
odd = {0: nan, 1: inf, 2: -inf, 4_999: nan, 5_000: inf, 9_999: nan}

def row(i):
    r = {f"m{k:02}": math.sin(i * 16 + k) * 10.0 ** (k - 8) for k in range(16)}
    r["loss"] = odd.get(i, 1 / (i + 1))
    r["count"] = i * 10**11 + 1
    r["val"] = {"acc": 1 - 1 / (i + 2), "deep": {"err": -i / 3}}
    if i % 7 == 0:
        r["rare"] = i / 7
    return r

def own(h):
    return {k: v for k, v in h.items() if not k.startswith("_")}

def same(a, b):
    if isinstance(a, dict):
        return isinstance(b, dict) and a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    return a == b or a != a and b != b

def strays(got, want):
    if len(got) != len(want):
        return [f"{len(got)} rows instead of {len(want)}"]
    return [[i, g, w] for i, (g, w) in enumerate(zip(got, want)) if not same(g, w)][:2]

def whole(rows, steps):
    return strays([own(h) | {"_step": h["_step"]} for h in rows], [row(i) | {"_step": i} for i in steps])

def reach(r, key):
    for part in key.split("."):
        r = r.get(part) if isinstance(r, dict) else None
    return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}.get(str(r), r)

def picked(rows, keys, steps):
    want = [{k: reach(row(i), k) for k in keys} for i in steps]
    return strays([own(h) for h in rows], [w for w in want if None not in w.values()])
`

// What a long run logged comes back through the public API as it was: whole, sampled, in parts and by keys.
func TestHistoryAtVolume(t *testing.T) {
	t.Parallel()
	eachGeneration(t, func(t *testing.T, client string) {
		s := sharedServer(t)
		ada := s.newPerson("ada")
		got := tale[said](deskOf(t, s, ada, client).run(preamble + logged + `
rows = [row(i) for i in range(STEPS)]
run = wandb.init(project="cats", id="long")
began = time.time()
for r in rows:
    run.log(r)
returned = time.time()
run.finish()
took = {"log": returned - began, "log and finish": time.time() - began}

r = wandb.Api().run(f"{run.entity}/cats/long")
def timed(what, read):
    began = time.time()
    rows = list(read())
    took[what] = time.time() - began
    return rows
every = range(STEPS)
def sampled(n):
    rows = timed(f"history({n})", lambda: r.history(samples=n, pandas=False))
    steps = [h["_step"] for h in rows]
    return [len(rows), steps[0], steps[-1], steps == sorted(set(steps)), whole(rows, steps)]
def spread(rows, keys):
    steps = [h["_step"] for h in rows]
    return [len(rows), steps[0], steps[-1], steps == sorted(set(steps)), picked(rows, keys, steps)]
last = row(STEPS - 1) | {"rare": 1428.0}
tell(
    url=run.url, state=r.state, last=r.lastHistoryStep, took=took,
    scan=whole(timed("scan", r.scan_history), every),
    part=whole(list(r.scan_history(min_step=4_990, max_step=5_010)), range(4_990, 5_010)),
    end=whole(list(r.scan_history(min_step=9_990)), range(9_990, STEPS)),
    pages=whole(list(r.scan_history(page_size=77, min_step=3, max_step=1_000)), range(3, 1_000)),
    large=whole(list(r.scan_history(page_size=1_000_000, min_step=8_500)), range(8_500, STEPS)),
    none=list(r.scan_history(min_step=STEPS)) + list(r.scan_history(keys=["nothing"], min_step=9_000)),
    history=[sampled(n) for n in (2, 500, 2 * STEPS)], one=len(r.history(samples=1, pandas=False)),
    loss=picked(timed("scan by key", lambda: r.scan_history(keys=["loss"])), ["loss"], every),
    nested=picked(list(r.scan_history(keys=["_step", "val.acc", "val.deep.err"], min_step=8_000)), ["val.acc", "val.deep.err"], range(8_000, STEPS)),
    rare=picked(list(r.scan_history(keys=["rare", "count"])), ["rare", "count"], every),
    keypages=picked(list(r.scan_history(keys=["loss"], page_size=77, min_step=3, max_step=1_000)), ["loss"], range(3, 1_000)),
    some=spread(r.history(keys=["loss", "val.acc"], samples=300, pandas=False), ["loss", "val.acc"]),
    fewer=spread(r.history(keys=["rare"], samples=STEPS, pandas=False), ["rare"]),
    axis=[h["count"] for h in r.history(keys=["loss"], x_axis="count", samples=2, pandas=False)],
    summary=strays([json.loads(json.dumps({k: r.summary[k] for k in last}, default=dict))], [last]),
)
`).told())
		none := []any{}
		for key, want := range (said{
			"state": "finished", "last": 9999.0, "scan": none, "part": none, "end": none, "pages": none, "large": none, "none": none, "one": 1.0,
			"history": []any{
				[]any{2.0, 0.0, 9999.0, true, none}, []any{500.0, 0.0, 9999.0, true, none}, []any{10000.0, 0.0, 9999.0, true, none},
			},
			"loss": none, "nested": none, "rare": none, "keypages": none, "summary": none,
			"some": []any{300.0, 0.0, 9999.0, true, none}, "fewer": []any{1429.0, 0.0, 9996.0, true, none}, "axis": []any{1.0, 999900000000001.0},
		}) {
			if !reflect.DeepEqual(got[key], want) {
				t.Errorf("%s is %v, want %v", key, got[key], want)
			}
		}
		t.Logf("%s, seconds for 10,000 steps of 20 numbers: %v", client, got["took"])
		if client == newest {
			showsCurves(t, s, ada, got["url"].(string))
		}
	})
}

// showsCurves opens the page of the long run: a curve for every number, up to the last step, and a word on what is none.
func showsCurves(t *testing.T, s *server, who person, url string) {
	t.Helper()
	p := s.signInAs(who)
	p.open(url)
	p.shows("finished", "9,999", "NaN in 3 places, ∞ in 2 places, −∞ at 2")
	p.see(`main [role="img"][aria-label^="m00 from step 0 to 9,9"] canvas`)
	if n := ask(p, chromedp.Evaluate[int](`document.querySelectorAll("main metric-chart").length`)); n != 21 {
		t.Errorf("the page of the run has %d charts, want 21", n)
	}
	p.shot("curves")
}
