//go:build sdks

package e2e

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const (
	slowSync = 100 * time.Millisecond // until what was written is safe
	slowRead = 5 * time.Millisecond   // until something is read that Postgres has not in its own memory
)

// onSlowDisk serves from a disk that is slow: whenever the program or its Postgres asks the system to make something safe,
// to give a file its name or to read a page, strace holds the call up.
func onSlowDisk(t *testing.T) *server {
	t.Helper()
	strace, err := exec.LookPath("strace")
	if err != nil {
		lacking(t, "There is no strace here.")
	}
	dir := t.TempDir()
	if err := letIn(filepath.Dir(dir)); err != nil {
		t.Fatal(err)
	}
	start := filepath.Join(dir, "greenroom")
	script := fmt.Sprintf("#!/bin/sh\nexec %s -D -f -qq --seccomp-bpf -o /dev/null -e trace=fsync,fdatasync,pread64,renameat,rename -e inject=fsync,fdatasync,renameat,rename:delay_enter=%d -e inject=pread64:delay_enter=%d %s \"$@\"\n",
		strace, slowSync.Microseconds(), slowRead.Microseconds(), program)
	if err := os.WriteFile(start, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	s := &server{t: t, program: program, data: filepath.Join(dir, "data"), addr: freeAddr(t)}
	s.start() // to make the database, which syncs for minutes
	s.stop()
	s.program = start
	s.start()
	return s
}

// lacking ends a test for which build/need found no way to install something.
func lacking(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s `make test-sdks` installs it.", what)
	}
	t.Skipf("%s `make test-sdks` installs it.", what)
}

// On a slow disk everything takes longer, and nothing is lost, not even when the server is killed while it waits.
func TestSlowDisk(t *testing.T) {
	t.Parallel()
	s := onSlowDisk(t)
	var runs []trainee
	for _, client := range []string{newest, "0.16.6"} {
		runs = append(runs, s.trains(s.newPerson("ada"), client))
	}
	v := s.visitedBy(runs[0].who)
	for _, r := range runs {
		r.grows()
		r.pass("one")
	}
	w := runs[0].wire
	if r := w.upsertRun(object{"modelName": "cats", "name": "slow"}); len(r.errors()) > 0 {
		t.Fatal(r)
	}
	began := time.Now()
	if r := w.stream(runs[0].who.name, "cats", "slow", `{"files":{"wandb-history.jsonl":{"offset":0,"content":["{\"_step\":0}"]}}}`); r.status != http.StatusOK {
		t.Error(r)
	}
	if took := time.Since(began); took < slowSync {
		t.Errorf("a line is safe after %v, though the disk takes %v", took, slowSync)
	}
	d := w.committed(runs[0].who.name, "cats", "byhand", "net.bin", strings.Repeat("weights ", 1<<16))
	if got := d.version(); got != 0.0 {
		t.Errorf("there is version %v, want 0", got)
	}
	for _, path := range []string{"/", "/" + runs[0].who.name + "/cats", "/" + runs[0].who.name + "/cats/runs/patient"} {
		began := time.Now()
		if status, _ := v.get(path, "text/html"); status != http.StatusOK {
			t.Errorf("%s is answered %d", path, status)
		}
		t.Logf("%s takes %v", path, time.Since(began))
	}
	s.kill()
	s.blameless()
	s.start()
	for _, r := range runs {
		r.grows()
		r.pass("two")
	}
	for _, r := range runs {
		tells(t, "on a slow disk, the run of "+r.desk.client, r.running, patientEnd)
	}
	s.blameless()
}
