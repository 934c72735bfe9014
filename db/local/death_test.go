//go:build unix

package local_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	osexec "os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"greenroom/db/local"
)

// TestMain lets the test binary be the other process: asked by its environment it runs a database until told to stop.
func TestMain(m *testing.M) {
	if dir := os.Getenv("RUN_DATABASE_IN"); dir != "" {
		if err := runDatabase(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func runDatabase(dir string) error {
	if sysctl := os.Getenv("FORBID"); sysctl != "" {
		if err := os.WriteFile(sysctl, []byte("0"), 0o600); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	s, err := local.Start(ctx, local.Config{Dir: dir, Settings: relaxed})
	if err != nil {
		return err
	}
	fmt.Println(s.URL())
	_, _ = io.Copy(io.Discard, os.Stdin)
	return s.Stop()
}

// process is another process with a server of its own on the same folder.
type process struct {
	cmd   *osexec.Cmd
	stdin io.WriteCloser
	url   string
}

func spawn(t *testing.T, dir string, attr *syscall.SysProcAttr) *process {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return spawnBinary(t, self, dir, attr)
}

func spawnBinary(t *testing.T, binary, dir string, attr *syscall.SysProcAttr, env ...string) *process {
	t.Helper()
	p := &process{cmd: osexec.Command(binary)}
	p.cmd.Dir = "/"
	p.cmd.Env = append(append(os.Environ(), "RUN_DATABASE_IN="+dir), env...)
	p.cmd.SysProcAttr = attr
	var complaint strings.Builder
	p.cmd.Stderr = &complaint
	var err error
	if p.stdin, err = p.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.cmd.Process.Kill(); _ = p.cmd.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		_ = p.cmd.Wait()
		t.Fatalf("the other process did not start: %v: %s", err, complaint.String())
	}
	p.url = strings.TrimSpace(line)
	return p
}

func (p *process) stop(t *testing.T) {
	t.Helper()
	p.stdin.Close()
	if err := p.cmd.Wait(); err != nil {
		t.Fatal(err)
	}
}

func (p *process) kill(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = p.cmd.Wait()
}

func postmaster(t *testing.T, dir string) int {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "data/postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	line, _, _ := strings.Cut(string(b), "\n")
	pid, err := strconv.Atoi(line)
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

func TestAttachedLeavesTheFirstAlone(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	first := spawn(t, dir, nil)
	exec(t, first.url, `create table kept (n int)`)
	second := start(t, dir)
	if !second.Attached() || second.URL() != first.url {
		t.Fatalf("attached: %v, at %s instead of %s", second.Attached(), second.URL(), first.url)
	}
	db := connect(t, first.url)
	if err := db.PingContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	stop(t, second)
	if err := db.PingContext(t.Context()); err != nil {
		t.Fatalf("the attached process stopped what it had not started: %v", err)
	}
	first.stop(t)
}

func TestPostgresKilled(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	s := start(t, dir)
	exec(t, s.URL(), `create table kept (n int)`, `insert into kept select generate_series(1, 1000)`)
	before := postmaster(t, dir)
	if err := syscall.Kill(before, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	within(t, 20*time.Second, func() error {
		if b, _ := os.ReadFile(filepath.Join(dir, "data/postmaster.pid")); strings.HasPrefix(string(b), fmt.Sprintln(before)) {
			return fmt.Errorf("process %d was not replaced", before)
		}
		return answers(t, s.URL())()
	})
	if n := count(t, s.URL()); n != 1000 {
		t.Fatalf("%d rows after the crash, want 1000", n)
	}
}

func TestOwnerKilled(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	owner := spawn(t, dir, nil)
	exec(t, owner.url, `create table kept (n int)`, `insert into kept select generate_series(1, 1000)`)
	owner.kill(t)

	s := start(t, dir)
	if n := count(t, s.URL()); n != 1000 {
		t.Fatalf("%d rows after the death of the owner, want 1000", n)
	}
}

func TestOwnerAndPostgresKilled(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	owner := spawn(t, dir, nil)
	exec(t, owner.url, `create table kept (n int)`, `insert into kept select generate_series(1, 1000)`)
	// First the owner stands still, so that Postgres becomes a zombie nobody waits for, then it goes as well.
	for _, step := range []struct {
		pid int
		sig syscall.Signal
	}{{owner.cmd.Process.Pid, syscall.SIGSTOP}, {postmaster(t, dir), syscall.SIGKILL}} {
		if err := syscall.Kill(step.pid, step.sig); err != nil {
			t.Fatal(err)
		}
	}
	s := start(t, dir)
	if s.Attached() {
		t.Error("attached to a zombie")
	}
	if n := count(t, s.URL()); n != 1000 {
		t.Fatalf("%d rows after the death of all, want 1000", n)
	}
	owner.kill(t)
}

// Two processes watch when the owner goes. One of them takes over, the other stays attached, and neither loses a row.
func TestSurvivorsTakeOver(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	owner := spawn(t, dir, nil)
	exec(t, owner.url, `create table kept (n int)`, `insert into kept values (1)`)
	a, b := start(t, dir), start(t, dir)
	if !a.Attached() || !b.Attached() {
		t.Fatal("not attached")
	}
	owner.kill(t)
	within(t, 20*time.Second, func() error {
		if a.Attached() == b.Attached() {
			return fmt.Errorf("a attached: %v, b attached: %v", a.Attached(), b.Attached())
		}
		return answers(t, a.URL())()
	})
	if n := count(t, b.URL()); n != 1 {
		t.Fatalf("%d rows after the takeover, want 1", n)
	}
	// And once more: whoever owns it now stops in good order.
	owning, attached := a, b
	if a.Attached() {
		owning, attached = b, a
	}
	stop(t, owning)
	within(t, 20*time.Second, func() error {
		if attached.Attached() {
			return fmt.Errorf("nobody took over")
		}
		return answers(t, attached.URL())()
	})
	if n := count(t, attached.URL()); n != 1 {
		t.Fatalf("%d rows after the second takeover, want 1", n)
	}
}

func TestManyStartAtOnce(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	type result struct {
		s   *local.Server
		err error
	}
	results := make(chan result)
	for range 4 {
		go func() {
			s, err := local.Start(t.Context(), local.Config{Dir: dir, Settings: relaxed})
			results <- result{s, err}
		}()
	}
	owners := 0
	for range 4 {
		r := <-results
		if r.err != nil {
			t.Error(r.err)
			continue
		}
		t.Cleanup(func() { stop(t, r.s) })
		if !r.s.Attached() {
			owners++
		}
	}
	if owners != 1 {
		t.Fatalf("%d processes say that they started Postgres", owners)
	}
}

// A container that starts again gives the old process numbers to other programs, also with Postgres's own name.
func TestUnrelatedProcessInPidFile(t *testing.T) {
	t.Parallel()
	dir, elsewhere := folder(t), folder(t)
	unrelated := start(t, elsewhere)
	for name, pid := range map[string]int{"this test": os.Getpid(), "another postgres": postmaster(t, elsewhere)} {
		s := start(t, dir)
		exec(t, s.URL(), `create table if not exists kept (n int)`, `insert into kept values (1)`)
		b, err := os.ReadFile(filepath.Join(dir, "data/postmaster.pid"))
		if err != nil {
			t.Fatal(err)
		}
		stop(t, s)
		_, rest, _ := strings.Cut(string(b), "\n")
		stale := fmt.Sprintf("%d\n%s", pid, rest)
		for _, path := range []string{"data/postmaster.pid", "run/.s.PGSQL.5432.lock"} {
			if err := os.WriteFile(filepath.Join(dir, path), []byte(stale), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		again, err := local.Start(t.Context(), local.Config{Dir: dir, Settings: relaxed})
		if err != nil {
			t.Fatalf("%s in the file: %v", name, err)
		}
		count(t, again.URL())
		stop(t, again)
	}
	if err := answers(t, unrelated.URL())(); err != nil {
		t.Fatalf("the other Postgres suffered: %v", err)
	}
}

// A first start that was cut off half-way must not be taken for a database.
func TestUnfinishedFirstStart(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	half := filepath.Join(dir, "data.tmp")
	if err := os.MkdirAll(half, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(half, "PG_VERSION"), []byte("9\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := start(t, dir)
	exec(t, s.URL(), `create table kept (n int)`)
}

// Ctrl-C in a terminal reaches every process of the group. Postgres must not be among them.
func TestTerminalInterrupt(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	owner := spawn(t, dir, &syscall.SysProcAttr{Setpgid: true})
	group, err := syscall.Getpgid(postmaster(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	if group == owner.cmd.Process.Pid {
		t.Fatal("Postgres is in the group of the process that started it")
	}
	owner.stop(t)
}
