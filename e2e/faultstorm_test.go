//go:build sdks

package e2e

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// diligent logs what anybody can compute, and now and then a file and a version, until it is told that it is enough. Then
// it tells how much that was.
const diligent = `
import hashlib, os, pathlib, random, time
me = int(os.environ["ME"])
noise = random.Random(me)
run = wandb.init(project="storm", id=f"s{me}", config={"me": me})
print("BEGUN", flush=True)
def version(weights):
    net = wandb.Artifact(f"net{me}", type="model")
    with net.new_file("net.bin", mode="wb") as f:
        f.write(weights)
    while True:
        try:
            return run.log_artifact(net)
        except wandb.errors.AuthenticationError:  # 0.16.6 asks once who it is, and gives up when nobody answers
            time.sleep(0.5)
i, made = 0, []
while not os.path.exists("enough"):
    run.log({"i": i, "x": me * 1000 + i / 8})
    print(f"line {i}")
    if i % 300 == 150:
        weights = noise.randbytes(noise.randrange(1, 200_000))
        pathlib.Path(f"note{len(made)}.bin").write_bytes(weights)
        run.save(f"note{len(made)}.bin")
        version(weights)
        made.append(hashlib.sha256(weights).hexdigest())
    i += 1
    time.sleep(0.05)
run.finish()
tell(lines=i, made=made)
`

// audit reads everything that the diligent logged, and compares it with what they say they did.
const audit = `
import hashlib, os, pathlib, shutil
wrong = {}
def sum(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()
api = wandb.Api(timeout=120)
for me, logged in enumerate(json.load(open("logged.json"))):
    r, n, made = api.run(f"storm/s{me}"), logged["lines"], logged["made"]
    points = [[h["_step"], h["i"], h["x"]] for h in r.scan_history()]
    charted = sorted(h["i"] for h in r.scan_history(keys=["i"]))
    versions = []
    for v in range(len(made)):
        versions.append(sum(api.artifact(f"storm/net{me}:v{v}").download() + "/net.bin"))
        shutil.rmtree("artifacts")
    found = {
        "points": points == [[i, i, me * 1000 + i / 8] for i in range(n)], "charted": charted == list(range(n)),
        "made": sorted(a.name for a in r.logged_artifacts(per_page=1000)) == sorted(f"net{me}:v{v}" for v in range(len(made))), "versions": versions == made,
        "count": len(api.artifact_collection("model", f"storm/net{me}").artifacts()) == len(made),
        "saved": [sum(r.file(f"note{v}.bin").download(root="out", replace=True).name) for v in range(len(made))] == made,
        "state": r.state == "finished", "last": r.summary["i"] == n - 1, "config": r.config == {"me": me}, "once": r.lastHistoryStep == n - 1,
    }
    if bad := [name for name, right in found.items() if not right]:
        wrong[r.id] = [bad, n, len(points), len(made), r.state]
tell(wrong=wrong, runs=len(api.runs("storm")))
`

const (
	stormKills   = 100
	stormScripts = 20
)

// The server is killed a hundred times, wherever it is, and its Postgres with it every now and then, while twenty scripts
// log. Every point, every line, every file and every version is there afterwards, once.
func TestKilledAHundredTimes(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	ada := s.newPerson("ada")
	var scripts []*running
	var desks []*desk
	for i := range stormScripts {
		client := newest
		if i%5 == 4 {
			client = "0.16.6"
		}
		// Silent, since the client leaves out what a script prints while it says itself that a request failed.
		d := deskOf(t, s, ada, client, append(quick, fmt.Sprint("ME=", i), "WANDB_SILENT=true", "WANDB_INIT_TIMEOUT=300", "WANDB__SERVICE_WAIT=300")...)
		d.longest = 40 * time.Minute
		desks, scripts = append(desks, d), append(scripts, d.run(preamble+diligent))
	}
	for _, r := range scripts {
		r.says("BEGUN")
	}
	s.storms(stormKills)
	var logged []said
	for i, d := range desks {
		if err := os.WriteFile(filepath.Join(d.dir, "enough"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		got := tale[said](scripts[i].told())
		logged = append(logged, got)
	}
	b, err := json.Marshal(logged)
	if err != nil {
		t.Fatal(err)
	}
	d := deskOf(t, s, ada, newest)
	d.longest = 30 * time.Minute
	if err := os.WriteFile(filepath.Join(d.dir, "logged.json"), b, 0o600); err != nil {
		t.Fatal(err)
	}
	if got, want := tale[said](d.run(preamble+audit).told()), (said{"wrong": said{}, "runs": float64(stormScripts)}); !reflect.DeepEqual(got, want) {
		t.Errorf("after the storm there is %v, want %v", got, want)
	}
	lines, versions := 0, 0
	for i, l := range logged {
		wire{t, s, ada.key}.printed(ada.name, "storm", fmt.Sprint("s", i), int(l["lines"].(float64)), desks[i].client == newest)
		lines, versions = lines+int(l["lines"].(float64)), versions+len(l["made"].([]any))
	}
	t.Logf("%d lines and %d versions", lines, versions)
	told := s.events(ada)
	for name, want := range map[string]int{"run.created": stormScripts, "run.ended": stormScripts, "run.resumed": 0, "artifact.committed": versions, "collection.created": stormScripts} {
		if told[name] != want {
			t.Errorf("the log tells of %s %d times, want %d", name, told[name], want)
		}
	}
}

// printedLine finds what the diligent print, wherever the client's own words come between.
var printedLine = regexp.MustCompile(`line (\d+)`)

// printed demands that of so many lines that a run printed each is there once, in order, and all of them if whole. An old
// client may lose some itself: two of its threads share what was printed without a lock.
func (w wire) printed(entity, project, run string, n int, whole bool) {
	w.t.Helper()
	edges, _ := w.answer(`query($e: String, $p: String, $r: String!, $n: Int) { project(name: $p, entityName: $e) { run(name: $r) { logLines(first: $n) { edges { node { line } } } } } }`,
		object{"e": entity, "p": project, "r": run, "n": 2 * n}, "project", "run", "logLines", "edges").([]any)
	var all []string
	for _, e := range edges {
		all = append(all, e.(object)["node"].(object)["line"].(string))
	}
	found := printedLine.FindAllStringSubmatch(strings.Join(all, "\n"), -1)
	last := -1
	for i := range max(n, len(found)) {
		number := n
		if i < len(found) {
			number, _ = strconv.Atoi(found[i][1])
		} else if !whole {
			break
		}
		if number >= n || number <= last || whole && number != i {
			at := min(i, len(all))
			w.t.Errorf("%s printed %d lines, of which %d are there; number %d is odd, near %q", run, n, len(found), i, all[max(0, at-3):min(len(all), at+10)])
			return
		}
		last = number
	}
	if len(found) < n*99/100 {
		w.t.Errorf("%s printed %d lines, of which only %d are there", run, n, len(found))
	}
}

// storms kills the server so many times at random moments, also while it starts, and leaves it running.
func (s *server) storms(kills int) {
	s.t.Helper()
	seed := rand.Uint64()
	s.t.Logf("the seed is %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	began, early, both := time.Now(), 0, 0
	for n := range kills {
		time.Sleep(time.Duration(random.ExpFloat64() * float64(1500*time.Millisecond)))
		postmaster, _ := s.postmaster()
		if random.IntN(4) == 0 && postmaster != 0 {
			both++
			if err := syscall.Kill(postmaster, syscall.SIGKILL); err != nil && err != syscall.ESRCH {
				s.t.Fatal(err)
			}
			time.Sleep(time.Duration(random.Int64N(int64(500 * time.Millisecond))))
		}
		s.kill()
		s.blameless()
		if random.IntN(5) > 0 {
			if err := s.launch(); err != nil {
				s.t.Fatalf("after kill %d: %v\n%s", n, err, s.log)
			}
			continue
		}
		early++
		if _, err := s.begin(); err != nil {
			s.t.Fatal(err)
		}
	}
	s.kill()
	s.start()
	s.t.Logf("%d kills in %v, %d of a server that was starting, %d with Postgres", kills+1, time.Since(began).Round(time.Second), early, both)
}

// blameless demands that the server has answered nothing with an error of its own.
func (s *server) blameless() {
	s.t.Helper()
	for line := range strings.Lines(s.log.String()) {
		if strings.Contains(line, " status=500 ") || strings.Contains(line, "level=ERROR") {
			s.t.Errorf("the server says %s", line)
		}
	}
}

// However the server goes away and comes back, ten times, a run goes on.
func TestServerRestartedTenTimes(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	postgres := func(how syscall.Signal) {
		pid, _ := s.postmaster()
		if err := syscall.Kill(pid, how); err != nil {
			t.Fatal(err)
		}
		await(t, time.Minute, "Postgres is back", func() bool {
			now, _ := s.postmaster()
			return now != pid && now != 0 && wire{t, s, ""}.send("GET", "/ready", "").status == 200
		})
	}
	ways := []struct {
		name string
		do   func()
	}{
		{"stopped and started", s.restart},
		{"killed and started", func() { s.kill(); s.start() }},
		{"away for ten seconds", func() { s.stop(); time.Sleep(10 * time.Second); s.start() }},
		{"with a Postgres that was killed", func() { postgres(syscall.SIGKILL) }},
		{"with a Postgres that was stopped", func() { postgres(syscall.SIGINT) }},
		{"with a Postgres that was stopped at once", func() { postgres(syscall.SIGQUIT) }},
		{"killed with Postgres", func() {
			pid, _ := s.postmaster()
			if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
			s.kill()
			s.start()
		}},
		{"killed and started twice", func() { s.kill(); s.start(); s.kill(); s.start() }},
		{"told to end by whoever runs services", func() { s.signal(syscall.SIGTERM); s.start() }},
		{"killed while it starts", func() {
			s.kill()
			if _, err := s.begin(); err != nil {
				t.Fatal(err)
			}
			time.Sleep(300 * time.Millisecond)
			s.kill()
			s.start()
		}},
	}
	var runs []trainee
	for _, client := range []string{newest, "0.16.6"} {
		runs = append(runs, s.trains(s.newPerson("ada"), client))
	}
	for i, way := range ways {
		for _, r := range runs {
			r.grows()
			if i == len(ways)/2 {
				r.pass("one")
			}
		}
		way.do()
		s.blameless()
		t.Logf("%s", way.name)
	}
	for _, r := range runs {
		r.grows()
		r.pass("two")
	}
	for _, r := range runs {
		tells(t, "after ten restarts, the run of "+r.desk.client, r.running, patientEnd)
	}
	s.blameless()
}

// Fifty scripts of one machine, all of which log at the same time.
func TestFiftyRunsAtOnce(t *testing.T) {
	for _, client := range []string{newest, "0.16.6"} {
		t.Run(client, func(t *testing.T) {
			s := startServer(t)
			// What takes so long is fifty clients that start on two cores.
			d := deskOf(t, s, s.newPerson("ada"), client, "WANDB_INIT_TIMEOUT=600", "WANDB__SERVICE_WAIT=600")
			d.longest = 20 * time.Minute
			runAtOnce(d, 50)
			s.blameless()
		})
	}
}

// An old client waits longer each time it is not answered.
func TestRequestsOfAnOldClientThatComeTwiceAndLate(t *testing.T) {
	t.Parallel()
	comesTwiceAndLate(t, "0.16.6")
}
