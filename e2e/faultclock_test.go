//go:build sdks

package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// clockOff is how far clocks are off in these tests, ahead and behind.
const clockOff = 10 * time.Minute

// whoseClockIsOff is the environment of a Postgres whose clock is off, which asks the C library for the time.
func whoseClockIsOff(t *testing.T, off time.Duration) []string {
	t.Helper()
	found, _ := filepath.Glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
	if len(found) == 0 {
		lacking(t, "There is no libfaketime here.")
	}
	return []string{"LD_PRELOAD=" + found[0], fmt.Sprintf("FAKETIME=%+d", int(off.Seconds())), "FAKETIME_DONT_FAKE_MONOTONIC=1"}
}

// withAnotherClock builds the program with a clock that is off by as many seconds as CLOCK_OFF says: a program in Go asks
// the kernel itself, so that nothing can come between.
func withAnotherClock(t *testing.T) (path string) {
	t.Helper()
	dir := t.TempDir()
	if err := letIn(filepath.Dir(dir)); err != nil {
		t.Fatal(err)
	}
	where := exec.CommandContext(t.Context(), "go", "env", "GOROOT")
	where.Dir = ".."
	root, err := where.Output()
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(strings.TrimSpace(string(root)), "src", "time")
	source, err := os.ReadFile(filepath.Join(folder, "time.go"))
	if err != nil {
		t.Fatal(err)
	}
	const reads = "func Now() Time {\n\tsec, nsec, mono := runtimeNow()\n"
	if strings.Count(string(source), reads) != 1 {
		t.Fatal("This version of Go reads the clock otherwise.")
	}
	replace := map[string]string{}
	for name, text := range map[string]string{
		"time.go": strings.Replace(string(source), reads, reads+"\tsec += clockOff\n", 1),
		"clockoff.go": "package time\n\nimport \"syscall\"\n\nvar clockOff = func() int64 {\n\ts, _ := syscall.Getenv(\"CLOCK_OFF\")\n" +
			"\tn, _ := atoi(s)\n\treturn int64(n)\n}()\n",
	} {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		replace[filepath.Join(folder, name)] = file
	}
	b, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	overlay := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(overlay, b, 0o600); err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(dir, "greenroom")
	build := exec.CommandContext(t.Context(), "go", "build", "-overlay", overlay, "-o", path, ".")
	build.Dir = ".."
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("the program does not build with another clock: %v\n%s", err, out)
	}
	return path
}

// A script that logs, makes a version, keeps a file and reads everything back.
const punctual = `
import os, pathlib, time
run = wandb.init(project="cats", id="patient")
for i in range(100):
    run.log({"i": i})
pathlib.Path("note.txt").write_text("a file of the run")
run.save("note.txt")
weights = os.urandom(1 << 20)
net = wandb.Artifact("net", type="model")
with net.new_file("net.bin", mode="wb") as f:
    f.write(weights)
run.log_artifact(net)
print("LOGGED", flush=True)
input()
run.log({"i": 100})
run.finish()
api = wandb.Api()
r = api.run(f"{run.entity}/cats/patient")
got = pathlib.Path(api.artifact(f"{run.entity}/cats/net:v0").download() + "/net.bin").read_bytes()
tell(state=r.state, points=[h["i"] for h in r.scan_history()] == list(range(101)), same=got == weights, made=[a.name for a in r.logged_artifacts()],
    note=r.file("note.txt").download(replace=True).read(), off=10 * round((time.time() - float(os.environ["NOW"])) / 600))
`

// onTime are punctual scripts, one for each of two generations of the client.
func (s *server) onTime(env ...string) (runs []trainee) {
	s.t.Helper()
	for _, client := range []string{newest, "0.16.6"} {
		who := s.newPerson("ada")
		d := deskOf(s.t, s, who, client, append(quick, fmt.Sprint("NOW=", time.Now().Unix()))...)
		d.env = append(d.env, env...)
		d.longest = 15 * time.Minute
		runs = append(runs, trainee{d.run(preamble + punctual), d, wire{s.t, s, who.key}, who})
	}
	return runs
}

// onTimeEnd is what a punctual script tells whose own clock is off.
func onTimeEnd(off time.Duration) said {
	return said{"state": "finished", "points": true, "same": true, "made": []any{"net:v0"}, "note": "a file of the run", "off": off.Minutes()}
}

// shown demands that a run is told and shown as one that goes on.
func (r trainee) shown(s *server) {
	r.t.Helper()
	r.says("LOGGED")
	if got := r.wire.state(r.who.name, "cats", "patient"); got != "running" {
		r.t.Errorf("the run of %s is %v while it runs", r.desk.client, got)
	}
	v := s.visitedBy(r.who)
	for _, path := range []string{"/" + r.who.name + "/cats", "/" + r.who.name + "/cats/runs/patient"} {
		if status, page := v.get(path, "text/html"); status != http.StatusOK || !strings.Contains(page, "running") {
			r.t.Errorf("%s is answered %d, without a run that goes on", path, status)
		}
	}
}

// What the newest client leaves to a program in Go has the right time here: to that one, the server's clock is off below.
func TestClientsWhoseClockIsOff(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	for _, off := range []time.Duration{clockOff, -clockOff} {
		for _, r := range s.onTime(fmt.Sprint("CLOCK_OFF=", off.Seconds()), "PYTHONPATH="+absolute(t, "testdata", "clock")) {
			r.shown(s)
			r.goOn()
			tells(t, fmt.Sprintf("with a clock that is off by %v, the run of %s", off, r.desk.client), r.running, onTimeEnd(off))
		}
	}
	s.blameless()
}

func TestServerWhoseClockIsOff(t *testing.T) {
	t.Parallel()
	late := withAnotherClock(t)
	t.Run("with Postgres", func(t *testing.T) {
		t.Parallel()
		for _, off := range []time.Duration{clockOff, -clockOff} {
			t.Run(off.String(), func(t *testing.T) {
				t.Parallel()
				s := &server{t: t, program: late, data: filepath.Join(t.TempDir(), "data"), addr: freeAddr(t),
					env: append(whoseClockIsOff(t, off), fmt.Sprint("CLOCK_OFF=", off.Seconds()))}
				if err := letIn(filepath.Dir(filepath.Dir(s.data))); err != nil {
					t.Fatal(err)
				}
				s.start()
				for _, r := range s.onTime() {
					r.shown(s)
					r.goOn()
					tells(t, "with a server that is off, the run of "+r.desk.client, r.running, onTimeEnd(0))
					s.isOff(off, r)
				}
				s.blameless()
			})
		}
	})
	t.Run("servers of one database", func(t *testing.T) {
		t.Parallel()
		home := startServer(t)
		_, socket := home.postmaster()
		var servers []*server
		for _, off := range []time.Duration{clockOff, -clockOff} {
			s := &server{t: t, program: late, data: home.data, addr: freeAddr(t), env: []string{fmt.Sprint("CLOCK_OFF=", off.Seconds()),
				"DATABASE_URL=postgres://greenroom@/greenroom?sslmode=disable&host=" + socket, "GREENROOM_SECRET=a secret that both of them know"}}
			s.start()
			servers = append(servers, s)
		}
		disagree(t, servers)
	})
}

// isOff demands that a server dates what it keeps by a clock that is off.
func (s *server) isOff(off time.Duration, r trainee) {
	s.t.Helper()
	made, _ := r.wire.answer(`query($e: String) { project(name: "cats", entityName: $e) { run(name: "patient") { createdAt } } }`,
		object{"e": r.who.name}, "project", "run", "createdAt").(string)
	at, err := time.Parse(time.RFC3339, strings.TrimSuffix(made, "Z")+"Z")
	if err != nil {
		s.t.Fatal(err)
	}
	if wrong := time.Since(at.Add(-off)).Abs(); wrong > clockOff/2 {
		s.t.Errorf("a run of now was made at %s, %v from a clock that is off by %v", made, wrong, off)
	}
}

// disagree tries servers of one database whose clocks do not agree: what one signs or lets in, the others take, and
// whoever falls silent has crashed, but nobody else, whichever of them listens.
func disagree(t *testing.T, servers []*server) {
	t.Helper()
	type life struct {
		trainee
		silent wire
	}
	var lives []life
	for i, s := range servers {
		other := servers[len(servers)-1-i]
		for _, r := range s.onTime() {
			r.shown(s)
			silent := wire{t, s, r.who.key}
			if r := silent.upsertRun(object{"modelName": "cats", "name": "silent"}); len(r.errors()) > 0 {
				t.Fatal(r)
			}
			lives = append(lives, life{r, silent})
			var signed []any
			await(t, 5*time.Minute, "the file that the run keeps has come", func() bool {
				signed, _ = r.wire.answer(`query($e: String) { project(name: "cats", entityName: $e) { run(name: "patient") { files(names: ["note.txt"]) { edges { node { directUrl } } } } } }`,
					object{"e": r.who.name}, "project", "run", "files", "edges").([]any)
				return len(signed) > 0
			})
			address := signed[0].(object)["node"].(object)["directUrl"].(string)
			if got := r.wire.send("GET", strings.Replace(address, s.url, other.url, 1), ""); got.status != http.StatusOK || got.body != "a file of the run" {
				t.Errorf("what one signed the other answers %s", got)
			}
			v := s.visitedBy(r.who)
			v.s = other
			if status, page := v.get("/"+r.who.name+"/cats/runs/patient", "text/html"); status != http.StatusOK || !strings.Contains(page, "running") {
				t.Errorf("whom one let in the other answers %d", status)
			}
		}
	}
	for _, l := range lives {
		await(t, 10*time.Minute, "the silent run has crashed", func() bool { return l.silent.state(l.who.name, "cats", "silent") == "crashed" })
	}
	for _, l := range lives {
		if got := l.wire.state(l.who.name, "cats", "patient"); got != "running" {
			t.Errorf("a run that goes on is %v", got)
		}
		l.goOn()
		tells(t, "with servers that do not agree, the run of "+l.desk.client, l.running, onTimeEnd(0))
		if told := l.wire.s.events(l.who); told["run.resumed"] != 0 || told["run.ended"] != 1 {
			t.Errorf("the log tells %v", told)
		}
	}
	for _, s := range servers {
		s.blameless()
	}
}
