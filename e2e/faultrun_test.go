package e2e

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A visitor is somebody's browser, as far as that matters for how long a page takes and what its status is.
type visitor struct {
	t *testing.T
	s *server
	http.Client
}

func (s *server) visitedBy(who person) visitor {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	v := visitor{s.t, s, http.Client{Jar: jar, Timeout: time.Minute}}
	if status, _ := v.get(strings.TrimPrefix(lastLine(greenroom(s.t, s.data, "user", "link", who.name, "--url", s.url)), s.url), "text/html"); status != http.StatusOK {
		s.t.Fatalf("signing in is answered %d", status)
	}
	return v
}

// get asks for a page, or for JSON.
func (v visitor) get(path, accept string) (status int, body string) {
	v.t.Helper()
	r, err := http.NewRequestWithContext(v.t.Context(), "GET", v.s.url+path, nil)
	if err != nil {
		v.t.Fatal(err)
	}
	r.Header.Set("Accept", accept)
	answer, err := v.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return answer.StatusCode, string(b)
}

const patient = `
import os, pathlib, time
run = wandb.init(project="cats", id="patient")
i = 0
def log_until(name):
    global i
    while not os.path.exists(name):
        run.log({"i": i})
        i += 1
        time.sleep(0.02)
pathlib.Path("note.txt").write_text("a file of the run")
run.save("note.txt")
log_until("one")
weights = os.urandom(1 << 20)
net = wandb.Artifact("net", type="model")
with net.new_file("net.bin", mode="wb") as f:
    f.write(weights)
run.log_artifact(net)
log_until("two")
run.finish()
api = wandb.Api()
r = api.run(f"{run.entity}/cats/patient")
got = pathlib.Path(api.artifact(f"{run.entity}/cats/net:v0").download() + "/net.bin").read_bytes()
tell(state=r.state, points=[h["i"] for h in r.scan_history()] == list(range(i)), same=got == weights, made=[a.name for a in r.logged_artifacts()],
    note=r.file("note.txt").download(replace=True).read())
`

var patientEnd = said{"state": "finished", "points": true, "same": true, "made": []any{"net:v0"}, "note": "a file of the run"}

// A trainee is a run that goes on until it is told.
type trainee struct {
	*running
	desk *desk
	wire wire
	who  person
}

func (s *server) trains(who person, client string) trainee {
	s.t.Helper()
	d := deskOf(s.t, s, who, client, quick...)
	d.longest = 15 * time.Minute
	return trainee{d.run(preamble + patient), d, wire{s.t, s, who.key}, who}
}

// lines is how many lines of the run have arrived.
func (r trainee) lines() float64 {
	n, _ := r.wire.answer(`query($e: String) { project(name: "cats", entityName: $e) { run(name: "patient") { historyLineCount } } }`,
		object{"e": r.who.name}, "project", "run", "historyLineCount").(float64)
	return n
}

// grows waits until lines have arrived that are not there now.
func (r trainee) grows() {
	r.t.Helper()
	before := r.lines()
	await(r.t, 2*time.Minute, "the run goes on", func() bool { return r.lines() > before })
}

// pass lets the run go on to its next part.
func (r trainee) pass(name string) {
	r.t.Helper()
	if err := os.WriteFile(filepath.Join(r.desk.dir, name), nil, 0o600); err != nil {
		r.t.Fatal(err)
	}
}

// The server goes away three times, in three ways, while a run logs and makes a version.
func TestServerRestartedThreeTimes(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	var runs []trainee
	for _, client := range []string{newest, "0.16.6"} {
		runs = append(runs, s.trains(s.newPerson("ada"), client))
	}
	each := func(do func(r trainee)) {
		for _, r := range runs {
			do(r)
		}
	}
	each(trainee.grows)
	s.restart()
	each(trainee.grows)
	each(func(r trainee) { r.pass("one") })
	s.kill()
	s.start()
	each(trainee.grows)
	s.stop()
	s.start()
	each(trainee.grows)
	each(func(r trainee) { r.pass("two") })
	each(func(r trainee) { tells(t, "after three restarts, the run of "+r.desk.client, r.running, patientEnd) })
}

// awayFor is how long Postgres is gone.
const awayFor = 10 * time.Second

func TestPostgresGoneForAWhile(t *testing.T) {
	t.Parallel()
	home := startServer(t) // which has the Postgres
	_, socket := home.postmaster()
	g := newGate(t, "unix", filepath.Join(socket, ".s.PGSQL.5432"), nil)
	s := &server{t: t, program: program, data: home.data, addr: freeAddr(t), env: []string{
		"DATABASE_URL=postgres://greenroom@" + g.addr + "/greenroom?sslmode=disable",
		"GREENROOM_SECRET=a secret of many letters",
	}}
	s.start()
	runs := []trainee{s.trains(s.newPerson("ada"), newest), s.trains(s.newPerson("ada"), "0.16.6")}
	v := s.visitedBy(runs[0].who)
	for _, r := range runs {
		r.grows()
	}
	for _, r := range runs {
		r.pass("one")
	}
	g.turn(refused)
	away(t, v, runs[0])
	g.turn(open)
	for _, r := range runs {
		r.grows()
		r.pass("two")
	}
	for _, r := range runs {
		tells(t, "after Postgres was gone, the run of "+r.desk.client, r.running, patientEnd)
	}

	// The same for Postgres that hangs up or hangs, as far as requests tell.
	for _, how := range []mood{dropped, frozen} {
		g.turn(how)
		if status, page := v.get("/", "text/html"); status != http.StatusServiceUnavailable || !strings.Contains(page, "The database does not answer") {
			t.Errorf("with a Postgres that is %s a page is answered %d", how, status)
		}
		if r := runs[0].wire.ask(whoAmI, nil); r.status != http.StatusServiceUnavailable || len(r.errors()) != 1 {
			t.Errorf("with a Postgres that is %s a client is answered %s", how, r)
		}
		g.turn(open)
		if status, _ := v.get("/", "text/html"); status != http.StatusOK {
			t.Errorf("after a Postgres that was %s a page is answered %d", how, status)
		}
	}
}

// away looks at what is answered while Postgres is gone.
func away(t *testing.T, v visitor, r trainee) {
	t.Helper()
	for back := time.Now().Add(awayFor); time.Now().Before(back); {
		for _, path := range []string{"/", "/" + r.who.name + "/cats", "/" + r.who.name + "/cats/runs/patient"} {
			began := time.Now()
			if status, page := v.get(path, "text/html"); status != http.StatusServiceUnavailable || !contains(page, "The database does not answer", "</html>") {
				t.Fatalf("without Postgres %s is answered %d: %.300s", path, status, page)
			}
			if took := time.Since(began); took > 20*time.Second {
				t.Fatalf("without Postgres %s takes %v", path, took)
			}
		}
		if got := r.wire.stream(r.who.name, "cats", "patient", `{}`); got.status != http.StatusServiceUnavailable || len(got.errors()) != 1 {
			t.Fatalf("without Postgres a sign of life is answered %s", got)
		}
		if got := r.wire.send("GET", "/ready", ""); got.status != http.StatusServiceUnavailable {
			t.Fatalf("without Postgres /ready is answered %s", got)
		}
		if got := r.wire.send("GET", "/healthz", ""); got.status != http.StatusOK {
			t.Fatalf("without Postgres /healthz is answered %s", got)
		}
	}
}
