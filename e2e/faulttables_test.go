//go:build sdks

package e2e

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// With no room left for tables, what is logged is refused with a sentence, what is there can be read, and once there is
// room everything arrives.
func TestDatabaseDiskFull(t *testing.T) {
	t.Parallel()
	s, tables := cramped(t, "tables")
	owner, err := os.Stat(filepath.Join(s.data, "postgres", "data"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(tables, int(owner.Sys().(*syscall.Stat_t).Uid), -1); err != nil {
		t.Fatal(err)
	}
	s.sql("create tablespace small location '" + filepath.Join(s.data, "tables") + "'")
	for _, table := range []string{"history_blocks", "metric_chunks", "run_progress", "artifacts", "manifest_entries"} {
		s.sql("alter table " + table + " set tablespace small")
	}
	var runs []trainee
	for _, client := range []string{newest, "0.16.6"} {
		runs = append(runs, s.trains(s.newPerson("ada"), client))
	}
	v, w, who := s.visitedBy(runs[0].who), runs[0].wire, runs[0].who
	for _, r := range runs {
		r.grows()
	}
	if r := w.upsertRun(object{"modelName": "cats", "name": "large"}); len(r.errors()) > 0 {
		t.Fatal(r)
	}
	leave(t, tables, 0)
	noise := rand.NewChaCha8([32]byte{})
	large := make([]byte, 100_000)
	_, _ = noise.Read(large)
	line := func(n int) string {
		return fmt.Sprintf(`{"files":{"wandb-history.jsonl":{"offset":%d,"content":["{\"_step\":%d,\"text\":\"%x\"}"]}}}`, n, n, large)
	}
	var refused reply
	kept := 0
	for ; kept < 100; kept++ { // into the pages that are there already
		if refused = w.stream(who.name, "cats", "large", line(kept)); refused.status != http.StatusOK {
			break
		}
	}
	if refused.status != http.StatusServiceUnavailable || !strings.Contains(strings.Join(refused.errors(), ""), "disk is full") {
		t.Errorf("with no room left lines are answered %s", refused)
	}
	for _, path := range []string{"/", "/" + who.name + "/cats", "/" + who.name + "/cats/runs/patient"} {
		if status, _ := v.get(path, "text/html"); status != http.StatusOK {
			t.Errorf("with no room left %s is answered %d", path, status)
		}
	}
	for _, r := range runs {
		r.pass("one")
	}
	time.Sleep(5 * time.Second) // in which the scripts are refused
	s.blameless()
	leave(t, tables, roomInStore)
	if r := w.stream(who.name, "cats", "large", line(kept)); r.status != http.StatusOK {
		t.Errorf("with room lines are answered %s", r)
	}
	for _, r := range runs {
		r.grows()
		r.pass("two")
	}
	for _, r := range runs {
		tells(t, "after the database's disk was full, the run of "+r.desk.client, r.running, patientEnd)
	}
	if got := len(w.history(who.name, "cats", "large")); got != kept+1 {
		t.Errorf("%d lines were kept, and %d are there", kept+1, got)
	}
	s.blameless()
}
