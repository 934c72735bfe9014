package e2e

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// postmaster is the process ID of the server's own Postgres and the folder of its socket, 0 and "" when there is none.
func (s *server) postmaster() (pid int, socket string) {
	s.t.Helper()
	found, err := filepath.Glob(filepath.Join(s.data, "postgres", "*", "postmaster.pid"))
	if err != nil || len(found) == 0 {
		return 0, ""
	}
	b, err := os.ReadFile(found[0])
	if err != nil {
		return 0, ""
	}
	lines := strings.Split(string(b), "\n") // pid, folder, start, port, folder of the socket, …
	if len(lines) < 5 {
		return 0, ""
	}
	pid, _ = strconv.Atoi(lines[0])
	return pid, lines[4]
}

// alive reports whether a process runs. A zombie does not.
func alive(pid int) bool {
	if stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat"); err == nil {
		_, after, _ := strings.Cut(string(stat), ") ")
		return !strings.HasPrefix(after, "Z")
	}
	return !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH)
}

// A run that is under way when something dies.
const tough = `
import pathlib
run = wandb.init(project="cats", id="tough")
for i in range(100):
    run.log({"i": i})
print("HALF", flush=True)
input()
for i in range(100, 200):
    run.log({"i": i})
print("MORE", flush=True)
input()
pathlib.Path("net.bin").write_text("weights")
run.log_model("net.bin", name="net")
run.finish()
r = wandb.Api().run(f"{run.entity}/cats/tough")
tell(state=r.state, points=[h["i"] for h in r.scan_history()] == list(range(200)), lines=r.lastHistoryStep,
    bytes=pathlib.Path(wandb.Api().artifact(f"{run.entity}/cats/net:v0").download() + "/net.bin").read_text(), versions=len(r.logged_artifacts()))
`

var toughEnd = said{"state": "finished", "points": true, "lines": 199.0, "bytes": "weights", "versions": 1.0}

// begin starts a run and returns when the server has some of it.
func begin(t *testing.T, s *server, who person) *running {
	t.Helper()
	r := newDesk(t, "WANDB_BASE_URL="+s.url, "WANDB_API_KEY="+who.key).run(preamble + tough)
	r.says("HALF")
	await(t, time.Minute, "the first lines are kept", func() bool { return len((wire{t, s, who.key}).history(who.name, "cats", "tough")) > 0 })
	return r
}

func TestRunOutlivesTheServer(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	ada := s.newPerson("ada")
	r := begin(t, s, ada)
	s.kill()
	r.goOn()
	r.says("MORE")
	s.start()
	r.goOn()
	if got := tale[said](r.told()); !reflect.DeepEqual(got, toughEnd) {
		t.Errorf("after the server was killed the run tells %v, want %v", got, toughEnd)
	}
}

func TestRunOutlivesPostgres(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	ada := s.newPerson("ada")
	r := begin(t, s, ada)
	pid, _ := s.postmaster()
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	r.goOn()
	r.says("MORE")
	r.goOn()
	if got := tale[said](r.told()); !reflect.DeepEqual(got, toughEnd) {
		t.Errorf("after Postgres was killed the run tells %v, want %v", got, toughEnd)
	}
	if again, _ := s.postmaster(); again == pid || !alive(again) {
		t.Errorf("Postgres was %d, is %d", pid, again)
	}
	if !s.running() {
		t.Error("the server ended with Postgres")
	}
}

// Ctrl-C leaves no process, the next start finds everything, and is quick.
func TestStopAndStart(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	ada := s.newPerson("ada")
	d := wire{t, s, ada.key}.committed(ada.name, "cats", "net", "net.bin", "weights")
	if !strings.Contains(s.signIn, "/login/") {
		t.Errorf("the first start prints %s, want a link that signs in", s.signIn)
	}
	quickest, allowed := time.Hour, time.Duration(0)
	for i := 0; i < 3 || i < 6 && quickest > allowed; i++ {
		pid, _ := s.postmaster()
		s.stop()
		if pid == 0 || alive(pid) {
			t.Errorf("Postgres (%d) is still there after Ctrl-C", pid)
		}
		// Others need the machine as well; how much shows how long the program takes to say next to nothing.
		began := time.Now()
		greenroom(t, s.data, "--help")
		allowed = max(allowed, 2*time.Second, 100*time.Since(began))
		s.start()
		quickest = min(quickest, s.took)
	}
	if quickest > allowed {
		t.Errorf("a warm start takes %v, want %v at most", quickest, allowed)
	}
	t.Logf("a warm start takes %v", quickest)
	if got := d.version(); got != 0.0 {
		t.Errorf("the model is at version %v after the restart, want 0", got)
	}
	if _, err := os.Stat(filepath.Join(s.data, "secret")); err != nil {
		t.Error(err)
	}
}

// Whoever comes second uses the Postgres that runs, leaves it to its owner, and keeps it up when the owner dies.
func TestSecondProcessOnTheSameFolder(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	pid, _ := s.postmaster()
	ada := s.newPerson("ada") // a command that comes and goes
	second := &server{t: t, program: program, data: s.data, addr: freeAddr(t)}
	second.start()
	for _, at := range []*server{s, second} {
		if got := (wire{t, at, ada.key}).answer(whoAmI, nil, "viewer", "username"); got != ada.name {
			t.Errorf("at %s the key belongs to %v", at.url, got)
		}
	}
	if now, _ := s.postmaster(); now != pid || !alive(pid) {
		t.Errorf("Postgres was %d, is %d", pid, now)
	}
	s.kill()
	await(t, time.Minute, "the second server answers after the first was killed", func() bool {
		return wire{t, second, ada.key}.ask(whoAmI, nil).status == 200
	})
	second.stop()
	now, _ := s.postmaster()
	await(t, time.Minute, "Postgres ends with the last server", func() bool { return now == 0 || !alive(now) })
}

// With a database of somebody else's nothing of our own is started, and servers that share it know the same people.
func TestDatabaseOfSomebodyElse(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	ada := s.newPerson("ada")
	_, socket := s.postmaster()
	other := &server{t: t, program: program, data: filepath.Join(t.TempDir(), "data"), addr: freeAddr(t), env: []string{
		"DATABASE_URL=postgres://greenroom@/greenroom?sslmode=disable&host=" + socket,
		"GREENROOM_SECRET=a secret that both of them know",
	}}
	other.start()
	if got := (wire{t, other, ada.key}).answer(whoAmI, nil, "viewer", "username"); got != ada.name {
		t.Errorf("the key belongs to %v", got)
	}
	if exists(filepath.Join(other.data, "postgres")) {
		t.Error("a Postgres of our own was made beside the one that was given")
	}
	other.stop()
	if got := (wire{t, s, ada.key}).answer(whoAmI, nil, "viewer", "username"); got != ada.name {
		t.Errorf("after the other stopped, the key belongs to %v", got)
	}
	if out, code := tryGreenroom(t, t.TempDir(), "", "serve", "--database-url", "postgres://localhost/x"); code == 0 || !strings.Contains(out, "GREENROOM_SECRET") {
		t.Errorf("without a secret it ends with %d and says %q", code, out)
	}
}

// The tests run as root in most containers; then this one starts the program as nobody.
func TestServesAsAnybody(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		s := startServer(t)
		s.restart()
		return
	}
	const nobody = 65534
	dir := filepath.Join(t.TempDir(), "home")
	for up := dir; up != os.TempDir() && up != "/"; up = filepath.Dir(up) {
		if err := os.MkdirAll(up, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := letIn(up); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chown(dir, nobody, nobody); err != nil {
		t.Fatal(err)
	}
	mine := filepath.Join(dir, "greenroom")
	// Copied by another process: a program that this one has open may not be run while a child of another test, which is
	// only being started, still holds it.
	if out, err := exec.CommandContext(t.Context(), "cp", program, mine).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	s := &server{t: t, program: mine, data: filepath.Join(dir, "data"), addr: freeAddr(t), as: &syscall.Credential{Uid: nobody, Gid: nobody}, env: []string{"HOME=" + dir}}
	s.start()
	s.restart()
	p := browser(t)
	p.open(s.signIn) // nobody has used a link yet, so there is another one
	p.shows("Welcome to Greenroom")
}
