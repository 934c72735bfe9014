package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// python runs a script as someone would who has just installed the client: nothing set but WANDB_BASE_URL, WANDB_API_KEY
// and what env adds, in an empty folder that is also their home. It returns what the script printed, both streams as one
// sees them in a terminal, and the exit code.
func python(t *testing.T, s *server, key, script string, env ...string) (out string, code int) {
	t.Helper()
	return deskOf(t, s, person{key: key}, newest, env...).run(script).wait()
}

// said is what a script tells with tell.
type said = map[string]any

// told runs a script that ends well and tells something about what it did, by printing JSON after the word TOLD.
func told[T any](t *testing.T, s *server, who person, script string, env ...string) T {
	t.Helper()
	out, code := python(t, s, who.key, preamble+script, env...)
	return tale[T](t, out, code)
}

// tale reads what a script told.
func tale[T any](t *testing.T, out string, code int) (v T) {
	t.Helper()
	_, text, _ := strings.Cut(out, "TOLD ")
	text, _, _ = strings.Cut(text, "\n")
	if err := json.Unmarshal([]byte(text), &v); err != nil || code != 0 {
		t.Fatalf("exit code %d, told %q (%v). It printed:\n%s", code, text, err, out)
	}
	return v
}

// preamble gives scripts tell, which tells NaN and the infinities as words.
const preamble = `
import json, sys, wandb
def tell(**what):
    text = json.dumps(what, default=dict)
    print("TOLD", json.dumps(json.loads(text, parse_constant=str)), flush=True)
`

// newest is the version of the client that is used where the version does not matter.
const newest = "0.31.0"

// generations are the versions of the client that speak to the server in the most different ways; what goes into detail is
// tested with these, and clients has all. The newest and 0.19.11 leave the talking to a process in Go, 0.16.6 does it in Python.
var generations = []string{newest, "0.19.11", "0.16.6"}

// eachGeneration runs a test with every generation of the client.
func eachGeneration(t *testing.T, test func(t *testing.T, client string)) {
	t.Helper()
	for _, client := range generations {
		t.Run(client, func(t *testing.T) {
			t.Parallel()
			test(t, client)
		})
	}
}

// A desk is somebody's machine with the client: an empty home that is also where they work.
type desk struct {
	t       *testing.T
	dir     string
	env     []string
	client  string        // the version of the client
	longest time.Duration // how long a script may take
}

func newDesk(t *testing.T, env ...string) *desk {
	t.Helper()
	dir := t.TempDir()
	return &desk{t: t, dir: dir, client: newest, longest: 5 * time.Minute, env: cleanEnv(append([]string{
		"HOME=" + dir, "XDG_CACHE_HOME=", "XDG_CONFIG_HOME=", "XDG_DATA_HOME=",
		"WANDB_ERROR_REPORTING=false", // no test reports home to the client's makers
	}, env...)...)}
}

// deskOf is the machine of somebody who uses a version of the client on a server.
func deskOf(t *testing.T, s *server, who person, client string, env ...string) *desk {
	t.Helper()
	d := newDesk(t, append([]string{"WANDB_BASE_URL=" + s.url, "WANDB_API_KEY=" + who.key}, env...)...)
	d.client = client
	if strings.HasPrefix(client, "0.16.") || strings.HasPrefix(client, "0.17.") {
		d.env = append(d.env, "PYTHONPATH="+absolute(t, "testdata", "listens")) // says why
	}
	return d
}

// run starts a Python script.
func (d *desk) run(script string) *running {
	d.t.Helper()
	file := filepath.Join(d.dir, "train.py")
	if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
		d.t.Fatal(err)
	}
	return d.start(interpreter(d.t, d.client), file)
}

// wandb starts the client's own command.
func (d *desk) wandb(args ...string) *running {
	d.t.Helper()
	return d.start(filepath.Join(filepath.Dir(interpreter(d.t, d.client)), "wandb"), args...)
}

func (d *desk) start(name string, args ...string) *running {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(d.t.Context(), d.longest)
	d.t.Cleanup(cancel)
	r := &running{t: d.t, ctx: ctx, longest: d.longest, cmd: exec.CommandContext(ctx, name, args...), gone: make(chan struct{})}
	r.cmd.Dir, r.cmd.Env, r.cmd.Stdout, r.cmd.Stderr = d.dir, d.env, &r.out, &r.out
	in, err := r.cmd.StdinPipe()
	if err != nil {
		d.t.Fatal(err)
	}
	r.in = in
	// The client leaves a process behind that outlives a script which hangs; it goes with the whole group.
	r.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	r.cmd.Cancel = func() error { return syscall.Kill(-r.cmd.Process.Pid, syscall.SIGKILL) }
	r.cmd.WaitDelay = 10 * time.Second
	if err := r.cmd.Start(); err != nil {
		d.t.Fatal(err)
	}
	go func() {
		r.end = r.cmd.Wait()
		close(r.gone)
	}()
	return r
}

// A running script can be waited for, and prodded with lines on its standard input.
type running struct {
	t       *testing.T
	ctx     context.Context
	longest time.Duration
	cmd     *exec.Cmd
	in      io.Writer
	out     transcript
	gone    chan struct{} // closed when the script has ended
	end     error         // how it ended
}

// says waits until the script has printed a text. A script that ends without it ends the test.
func (r *running) says(text string) {
	r.t.Helper()
	for printed := false; !printed; {
		select {
		case <-r.gone:
			if printed = strings.Contains(r.out.String(), text); !printed {
				r.t.Fatalf("The script ended (%v) without %s. It printed:\n%s", r.end, text, &r.out)
			}
		case <-time.After(50 * time.Millisecond):
			printed = strings.Contains(r.out.String(), text)
		}
	}
}

// goOn gives the script the line that it waits for with input().
func (r *running) goOn() {
	r.t.Helper()
	if _, err := io.WriteString(r.in, "\n"); err != nil {
		r.t.Fatalf("%v\n%s", err, &r.out)
	}
}

// told is wait in the shape that tale takes.
func (r *running) told() (t *testing.T, out string, code int) {
	r.t.Helper()
	out, code = r.wait()
	return r.t, out, code
}

// wait returns what was printed and the exit code.
func (r *running) wait() (out string, code int) {
	r.t.Helper()
	<-r.gone
	if r.ctx.Err() != nil {
		r.t.Fatalf("The script did not end within %v. It printed:\n%s", r.longest, &r.out)
	}
	if exit, ok := errors.AsType[*exec.ExitError](r.end); ok {
		return r.out.String(), exit.ExitCode()
	}
	if r.end != nil {
		r.t.Fatalf("%v\n%s", r.end, &r.out)
	}
	return r.out.String(), 0
}

// interpreter is the Python that has a version of the client.
func interpreter(t *testing.T, client string) string {
	t.Helper()
	path := absolute(t, ".venv", client, "bin", "python")
	if !exists(path) {
		without(t, "There is no Python with the W&B client "+client+" here.")
	}
	return path
}

func absolute(t *testing.T, path ...string) string {
	t.Helper()
	abs, err := filepath.Abs(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return abs
}

func TestPythonHasTheClientAndNothingElse(t *testing.T) {
	t.Parallel()
	eachGeneration(t, func(t *testing.T, client string) {
		out, code := deskOf(t, &server{url: "http://127.0.0.1:1"}, person{key: "key"}, client).run(`
import os, sys, wandb
print(wandb.__version__)
print(os.path.expanduser("~") == os.getcwd(), os.listdir(), os.environ["WANDB_BASE_URL"], os.environ["WANDB_API_KEY"])
sys.exit(3)
`).wait()
		want := client + "\nTrue ['train.py'] http://127.0.0.1:1 key\n"
		if out != want || code != 3 {
			t.Errorf("exit code %d, printed %q; want 3, %q", code, out, want)
		}
	})
}
