package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// shared is the server of all tests that neither stop it nor count what is on it. Each test brings people of its own.
var shared onlyServer

type onlyServer struct {
	once sync.Once
	dir  string
	s    *server
	err  error
}

// sharedServer is shared as one test sees it. What it printed during the test is shown when the test fails.
func sharedServer(t *testing.T) *server {
	t.Helper()
	addr := freeAddr(t)
	shared.once.Do(func() {
		if shared.dir, shared.err = os.MkdirTemp("", "greenroom-shared-"); shared.err != nil {
			return
		}
		if shared.err = letIn(shared.dir); shared.err != nil {
			return
		}
		shared.s = &server{program: program, data: filepath.Join(shared.dir, "data"), addr: addr}
		shared.err = shared.s.launch()
	})
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	s := *shared.s
	s.t = t
	before := len(s.log.String())
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("The shared server printed, not counting what went well:\n%s", notable(s.log.String()[before:]))
		}
	})
	return &s
}

// notable leaves out the log lines of requests that went well.
func notable(log string) string {
	var lines []string
	for line := range strings.Lines(log) {
		if !contains(line, "msg=request", " status=200 ") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "")
}

func (o *onlyServer) stop() {
	if o.s == nil {
		return
	}
	if o.s.cmd != nil && o.s.running() {
		_ = o.s.cmd.Process.Signal(os.Interrupt)
		select {
		case <-o.s.gone:
		case <-time.After(30 * time.Second):
			_ = o.s.cmd.Process.Kill()
		}
	}
	_ = os.RemoveAll(o.dir)
}

// A person has an account and an API key.
type person struct {
	name string
	key  string
}

var people atomic.Int64

// fresh makes a name that no other test uses.
func fresh(name string) string { return fmt.Sprintf("%s%d", name, people.Add(1)) }

// newPerson adds somebody whose name begins so, with what args add to the command.
func (s *server) newPerson(name string, args ...string) person {
	s.t.Helper()
	name = fresh(name)
	return person{name, lastLine(greenroom(s.t, s.data, append([]string{"user", "add", name, "--api-key"}, args...)...))}
}

// newTeam adds a team whose name begins so, with its members.
func (s *server) newTeam(name string, admin person, members ...person) string {
	s.t.Helper()
	name = fresh(name)
	args := []string{"team", "add", name, "--member", admin.name + "=admin"}
	for _, m := range members {
		args = append(args, "--member", m.name+"=member")
	}
	greenroom(s.t, s.data, args...)
	return name
}

// signInAs opens a tab that belongs to somebody.
func (s *server) signInAs(who person) *page {
	s.t.Helper()
	link := lastLine(greenroom(s.t, s.data, "user", "link", who.name, "--url", s.url))
	p := browser(s.t)
	p.open(link)
	return p
}

// await asks again and again until something is so, and ends the test when it still is not after a while.
func await(t *testing.T, atMost time.Duration, what string, so func() bool) {
	t.Helper()
	deadline := time.NewTimer(atMost)
	defer deadline.Stop()
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for !so() {
		select {
		case <-again.C:
		case <-deadline.C:
			t.Fatalf("Waited %v in vain: %s.", atMost, what)
		}
	}
}

// contains reports whether text holds all of parts, in any order.
func contains(text string, parts ...string) bool {
	for _, part := range parts {
		if !strings.Contains(text, part) {
			return false
		}
	}
	return true
}
