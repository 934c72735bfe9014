package e2e

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// roomInStore is how much fits into the files of a cramped server.
const roomInStore = 16 << 20

// cramped starts a server of whose data one folder is on a file system of its own, which is small, and returns how others
// get there. Only the server sees it: it is mounted in a namespace that root may make, and everybody else where users may
// have namespaces.
func cramped(t *testing.T, folder string) (s *server, inside string) {
	t.Helper()
	dir := t.TempDir()
	if err := letIn(filepath.Dir(dir)); err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(dir, "data")
	if err := os.MkdirAll(filepath.Join(data, folder), 0o711); err != nil {
		t.Fatal(err)
	}
	alone := "unshare --mount"
	if os.Getuid() != 0 {
		alone = "unshare --user --map-root-user --mount"
	}
	if out, err := exec.CommandContext(t.Context(), "sh", "-c", alone+" mount -t tmpfs none "+dir).CombinedOutput(); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("A full disk takes a file system of our own, and none can be mounted here: %s", out)
		}
		t.Skipf("A full disk takes a file system of our own, and none can be mounted here: %s", out)
	}
	start := filepath.Join(dir, "greenroom")
	script := fmt.Sprintf("#!/bin/sh\nexec %s sh -c 'mount -t tmpfs -o size=%d none %s/%s && exec \"$0\" \"$@\"' %s \"$@\"\n", alone, roomInStore, data, folder, program)
	if err := os.WriteFile(start, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	s = &server{t: t, program: start, data: data, addr: freeAddr(t)}
	s.start()
	return s, fmt.Sprintf("/proc/%d/root%s/%s", s.cmd.Process.Pid, data, folder)
}

// leave fills the store until so many bytes are left, or frees all that was filled.
func leave(t *testing.T, files string, bytes int) {
	t.Helper()
	ballast := filepath.Join(files, "ballast")
	if err := os.RemoveAll(ballast); err != nil {
		t.Fatal(err)
	}
	if bytes == roomInStore {
		return
	}
	f, err := os.Create(ballast)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for some := make([]byte, 64<<10); err == nil; {
		_, err = f.Write(some)
	}
	if size, err := f.Seek(0, 2); err != nil || f.Truncate(max(0, size-int64(bytes))) != nil {
		t.Fatal(err)
	}
}

// unfinished are the files that uploads are written to.
func unfinished(t *testing.T, files string) (names []string) {
	t.Helper()
	found, err := os.ReadDir(filepath.Join(files, "tmp"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		names = append(names, f.Name())
	}
	return names
}

// log is what the client has written down about its only run.
func (d *desk) log() string {
	var all strings.Builder
	logs, _ := filepath.Glob(filepath.Join(d.dir, "wandb", "run-*", "logs", "debug-internal.log"))
	for _, name := range logs {
		b, _ := os.ReadFile(name)
		all.Write(b)
	}
	return all.String()
}

const largeModel = `
import os, pathlib
run = wandb.init(project="cats", id="full", settings=wandb.Settings(disable_git=True, save_code=False))
weights = os.urandom(4 << 20)
pathlib.Path("net.bin").write_bytes(weights)
net = wandb.Artifact("net", type="model")
net.add_file("net.bin")
run.log({"i": 0})
logged = run.log_artifact(net)
print("LOGGED", flush=True)
input()
for i in range(1, 100):
    run.log({"i": i})
print("MORE", flush=True)
input()
logged.wait()
run.finish()
api = wandb.Api()
r = api.run(f"{run.entity}/cats/full")
got = pathlib.Path(api.artifact(f"{run.entity}/cats/net:v0").download() + "/net.bin").read_bytes()
tell(state=r.state, points=[h["i"] for h in r.scan_history()] == list(range(100)), same=got == weights, versions=len(r.logged_artifacts()),
    files={"config.yaml", "wandb-summary.json"} <= {f.name for f in r.files()})
`

// What does not fit is refused with a sentence and leaves nothing, what needs no room goes on, and who asks again once
// there is room gets what they wanted.
func TestDiskFullWhileUploading(t *testing.T) {
	t.Parallel()
	s, files := cramped(t, "files")
	leave(t, files, 2<<20)
	type training struct {
		*running
		client string
	}
	scripts := map[person]training{}
	reads := map[string]string{newest: "503 Service Unavailable", "0.16.6": "no room left for files"} // in the log that the client writes
	for client := range reads {
		who := s.newPerson("ada")
		d := deskOf(t, s, who, client, "WANDB_X_FILE_TRANSFER_RETRY_WAIT_MAX_SECONDS=1", "WANDB_X_FILE_TRANSFER_RETRY_MAX=1000",
			"WANDB_X_FILE_STREAM_TRANSMIT_INTERVAL=1")
		scripts[who] = training{d.run(preamble + largeModel), client}
		scripts[who].says("LOGGED")
		await(t, time.Minute, client+" reads that its model does not fit", func() bool { return contains(d.log(), reads[client]) })
		scripts[who].goOn()
	}
	for who, r := range scripts {
		r.says("MORE")
		w := wire{t, s, who.key}
		if r.client == newest { // the other one itself waits with what comes after the model
			await(t, time.Minute, "what is logged arrives all the same", func() bool { return len(w.history(who.name, "cats", "full")) >= 99 })
		}
		if got := (&draft{wire: w, entity: who.name, project: "cats", name: "net"}).version(); got != nil {
			t.Errorf("there is a version %v of a model that did not fit", got)
		}
	}

	eve := s.newPerson("eve")
	w := wire{t, s, eve.key}
	text := strings.Repeat("weights ", 1<<19)
	parts := map[string]string{"net.bin": text}
	d := w.draft(eve.name, "cats", "net", parts)
	address := d.address("net.bin", text)
	if r := d.send("PUT", address, text); r.status != http.StatusServiceUnavailable || len(r.errors()) != 1 || !contains(r.body, "no room left", "administrator") {
		t.Errorf("what does not fit is answered %s, want 503 and a sentence", r)
	}
	if r := d.sendManifest(parts); r.status != http.StatusOK {
		t.Errorf("what fits is answered %s", r)
	}
	d.commit().refused(t, "net.bin")
	if got := d.version(); got != nil {
		t.Errorf("there is a version %v without its file", got)
	}
	for _, c := range []struct {
		room, status int
		says         string
	}{
		{2 << 20, http.StatusOK, "ready"},
		{0, http.StatusServiceUnavailable, "files cannot be kept"},
	} {
		leave(t, files, c.room)
		// The scripts try again all the time, and take what is left for a moment.
		await(t, time.Minute, fmt.Sprintf("with %d bytes left /ready answers %d", c.room, c.status), func() bool {
			r := w.send("GET", "/ready", "")
			return r.status == c.status && contains(r.body, c.says)
		})
		if r := w.send("GET", "/healthz", ""); r.status != http.StatusOK {
			t.Errorf("with %d bytes left /healthz answers %s", c.room, r)
		}
	}
	if r := w.upsertRun(object{"modelName": "cats", "name": "r1"}); len(r.errors()) > 0 {
		t.Errorf("with no room left a run is answered %s", r)
	}
	if r := w.stream(eve.name, "cats", "r1", `{"files":{"wandb-history.jsonl":{"offset":0,"content":["{\"_step\":0}"]}}}`); r.status != http.StatusOK {
		t.Errorf("with no room left its lines are answered %s", r)
	}

	leave(t, files, roomInStore)
	if r := d.send("PUT", address, text); r.status != http.StatusOK {
		t.Errorf("the same upload, with room, is answered %s", r)
	}
	if r := d.commit(); len(r.errors()) > 0 || d.version() != 0.0 {
		t.Errorf("committed with room: %s, version %v, want 0", r, d.version())
	}
	for _, r := range scripts {
		r.goOn()
		tells(t, "after the disk was full, the run of "+r.client, r.running, said{"state": "finished", "points": true, "same": true, "versions": 1.0, "files": true})
	}
	if left := unfinished(t, files); len(left) > 0 {
		t.Errorf("what did not fit left %v", left)
	}
}

// tells waits for a script, and demands what it tells.
func tells(t *testing.T, when string, r *running, want said) {
	t.Helper()
	if got := tale[said](r.told()); !reflect.DeepEqual(got, want) {
		t.Errorf("%s tells %v, want %v", when, got, want)
	}
}
