package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// A bed is where works are done: a scratch folder, the built program, and the processes that were started and have to go.
type bed struct {
	dir    string // scratch; it goes at the end
	rounds int    // how often each thing is measured, ours and the peer's in turn

	program  string
	began    time.Time
	running  []*process // in the order they were started
	versions []version  // of what was used beside Greenroom
}

// makeBed builds the program in a scratch folder.
func makeBed(ctx context.Context, rounds int) (*bed, error) {
	dir, err := os.MkdirTemp("", "greenroom-bench-")
	if err != nil {
		return nil, err
	}
	b := &bed{dir: dir, rounds: rounds, program: filepath.Join(dir, "greenroom"), began: time.Now()}
	// Where root may not make user namespaces, Postgres runs as another user and must get in.
	if err := os.Chmod(dir, 0o755); err != nil {
		return nil, err
	}
	build := exec.CommandContext(ctx, "go", "build", "-o", b.program, ".")
	build.Dir = ".."
	if out, err := build.CombinedOutput(); err != nil {
		return nil, errors.Join(fmt.Errorf("the program does not build: %w\n%s", err, out), b.clear())
	}
	return b, nil
}

// fewer is how often something is measured that takes a script the better part of a minute.
func (b *bed) fewer() int { return min(b.rounds, 3) }

// logf says how far things have come.
func (b *bed) logf(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "%6s  %s\n", time.Since(b.began).Round(time.Second), fmt.Sprintf(format, args...))
}

// using notes the version of something that was used, for the report.
func (b *bed) using(what, which string) {
	for _, v := range b.versions {
		if v.what == what {
			return
		}
	}
	b.versions = append(b.versions, version{what, which})
}

// folder makes a new folder in the scratch folder.
func (b *bed) folder(name string) (string, error) {
	dir, err := os.MkdirTemp(b.dir, name+"-")
	if err != nil {
		return "", err
	}
	return dir, os.Chmod(dir, 0o755)
}

// stopAll ends what is still running, the youngest first.
func (b *bed) stopAll() error {
	var errs []error
	for len(b.running) > 0 {
		errs = append(errs, b.running[len(b.running)-1].stop())
	}
	return errors.Join(errs...)
}

// clear ends what is still running and removes the scratch folder.
func (b *bed) clear() error {
	return errors.Join(b.stopAll(), os.RemoveAll(b.dir))
}

// A process is one that the bed started. It leads a group of its own, so that a Ctrl-C in the terminal reaches it through
// us only, and its children go with it.
type process struct {
	name string
	pid  int
	said *bytes.Buffer // on both streams; for reading once it has ended

	bed  *bed
	cmd  *exec.Cmd
	gone chan struct{} // closed when it has ended
	end  error
}

// start runs a command until stop, or until the bed is cleared.
func (b *bed) start(name string, cmd *exec.Cmd) (*process, error) {
	p := &process{name: name, said: &bytes.Buffer{}, bed: b, cmd: cmd, gone: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = p.said, p.said
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true
	cmd.WaitDelay = 5 * time.Second // a grandchild may hold on to the streams
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("%s does not start: %w", name, err)
	}
	p.pid = cmd.Process.Pid
	go func() {
		p.end = cmd.Wait()
		close(p.gone)
	}()
	b.running = append(b.running, p)
	return p, nil
}

// stop asks the process to end, and makes it and its children when they do not. It may be called again.
func (p *process) stop() error {
	for i, q := range p.bed.running {
		if q == p {
			p.bed.running = append(p.bed.running[:i], p.bed.running[i+1:]...)
			break
		}
	}
	_ = p.cmd.Process.Signal(syscall.SIGINT)
	defer syscall.Kill(-p.pid, syscall.SIGKILL) //nolint:errcheck // mostly there is nobody left
	select {
	case <-p.gone:
		return nil
	case <-time.After(30 * time.Second):
		_ = p.cmd.Process.Kill()
		<-p.gone
		return fmt.Errorf("%s was still there 30 seconds after it was asked to end", p.name)
	}
}

// await returns when ready does not fail any more. It fails when the process ends before, or five minutes have passed.
func (p *process) await(ctx context.Context, ready func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	for {
		err := ready(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-p.gone:
			return fmt.Errorf("%s ended at once: %w\n%s", p.name, p.end, p.said)
		case <-ctx.Done():
			return fmt.Errorf("%s is not ready: %w", p.name, err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// freeAddr is a loopback address that nobody listens on.
func freeAddr(ctx context.Context) (string, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// cleanEnv is this process's environment without what would steer the program or its peers, and with what is added.
func cleanEnv(add ...string) []string {
	var env []string
	for _, v := range os.Environ() {
		name, _, _ := strings.Cut(v, "=")
		steers := func(prefix string) bool { return strings.HasPrefix(name, prefix) }
		if !slices.ContainsFunc([]string{"GREENROOM_", "MLFLOW_", "WANDB_"}, steers) && name != "DATABASE_URL" {
			env = append(env, v)
		}
	}
	return append(env, add...)
}
