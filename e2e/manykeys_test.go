//go:build sdks

package e2e

import (
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

const manyKeys = `
run = wandb.init(project="cats", id="wide")
run.log({f"part{i % 100}/key{i}": i / 2 for i in range(100_000)})
run.log({"loss": 0.5})
run.finish()
run = wandb.init(project="cats", id="ragged")
for i in range(100):
    run.log({f"k{i}_{j}": i for j in range(1000)})
run.finish()
found = {}
runs = {id: wandb.Api().run(f"{run.entity}/cats/{id}") for id in ("wide", "ragged")}
for id, r in runs.items():
    logged = [{k: v for k, v in h.items() if k[0] != "_"} for h in r.history(pandas=False)]
    found[id] = {"points": sum(len(h) for h in logged), "summary": len([k for k in r.summary.keys() if k[0] != "_"]),
        "scanned": [{k: v for k, v in h.items() if k[0] != "_"} for h in r.scan_history()] == logged}
tell(wide=found["wide"], ragged=found["ragged"], one=runs["wide"].history(keys=["part7/key7"], pandas=False),
    other=runs["ragged"].history(keys=["k50_7"], pandas=False))
`

// A run may log whatever it likes: it works, its pages stay pages, and others do not notice.
func TestHundredThousandKeys(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	ada, bob := s.newPerson("ada"), s.newPerson("bob")
	r := deskOf(t, s, ada, newest, quick...).run(preamble + manyKeys)
	w, lines := wire{t, s, bob.key}, 0
	if r := w.upsertRun(object{"modelName": "dogs", "name": "small"}); len(r.errors()) > 0 {
		t.Fatal(r)
	}
	slowest := time.Duration(0)
	await(t, 4*time.Minute, "the runs with many keys are over", func() bool {
		began := time.Now()
		if r := w.stream(bob.name, "dogs", "small", fmt.Sprintf(`{"files":{"wandb-history.jsonl":{"offset":%d,"content":["{\"_step\":%[1]d,\"loss\":1}"]}}}`, lines)); r.status != http.StatusOK {
			t.Errorf("another run's line is answered %s", r)
		}
		slowest = max(slowest, time.Since(began))
		lines++
		return contains(r.out.String(), "TOLD ")
	})
	t.Logf("another run's request took %v at most", slowest)
	each := said{"points": 100_000.0, "summary": 100_000.0, "scanned": true}
	tells(t, "with 100,000 keys, the script", r, said{
		"wide": said{"points": 100_001.0, "summary": 100_001.0, "scanned": true}, "ragged": each,
		"one": []any{said{"_step": 0.0, "part7/key7": 3.5}}, "other": []any{said{"_step": 50.0, "k50_7": 50.0}},
	})
	if got := w.answer(`query($e: String) { project(name: "dogs", entityName: $e) { run(name: "small") { historyLineCount } } }`, object{"e": bob.name}, "project", "run", "historyLineCount"); got != float64(lines) {
		t.Errorf("the other run has %v lines of %d", got, lines)
	}

	v := s.visitedBy(ada)
	for path, words := range map[string]string{
		"":                                  "wide",
		"/runs/wide":                        "100,001 metrics",
		"/runs/wide?q=part7%2Fkey7+7":       "part7/key7",
		"/runs/ragged":                      "100,000 metrics",
		"/runs/ragged?after=k50_7":          "k50_70",
		"/runs/wide/overview":               "part0",
		"/runs/ragged/files":                "config.yaml",
		"/runs/wide/metrics?key=part7/key7": "3.5",
	} {
		began := time.Now()
		status, page := v.get("/"+ada.name+"/cats"+path, "text/html")
		t.Logf("%s takes %v and %d bytes", path, time.Since(began), len(page))
		if status != http.StatusOK || !strings.Contains(page, words) || len(page) > 1<<20 {
			t.Errorf("%s is answered %d with %d bytes, without %q", path, status, len(page), words)
		}
	}
	if status, curve := v.get("/"+ada.name+"/cats/runs/ragged/metrics?key=k50_7", "application/json"); status != http.StatusOK || !contains(curve, `"x":[50]`, `"y":[50]`) {
		t.Errorf("the curve is answered %d %s", status, curve)
	}
	if got := s.most(); got > 400<<20 {
		t.Errorf("the server took %d MiB", got>>20)
	} else {
		t.Logf("the server took %d MiB", got>>20)
	}
}

// most is how much memory the server has taken so far, in bytes.
func (s *server) most() int {
	s.t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		s.t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	kb, _ := strconv.Atoi(strings.Fields(after)[0])
	return kb << 10
}
