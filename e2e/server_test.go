package e2e

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// A server is the program, serving from a data folder of its own.
type server struct {
	url    string        // where it listens
	data   string        // its folder
	signIn string        // the address it printed at its last start, which signs the administrator in once
	took   time.Duration // from its last start until it printed the address

	t       *testing.T
	program string
	addr    string
	public  string              // the address that it tells everybody, "" for addr
	env     []string            // added to its environment
	as      *syscall.Credential // who runs it, nil for whoever runs the tests
	cmd     *exec.Cmd
	log     *transcript
	gone    chan struct{} // closed when the process has ended
	end     error         // how it ended
}

// startServer serves from an empty folder, and returns when the address has been printed. The server stops with the test,
// and what it printed is shown when the test fails.
func startServer(t *testing.T) *server {
	t.Helper()
	s := &server{t: t, program: program, data: filepath.Join(t.TempDir(), "data"), addr: freeAddr(t)}
	if err := letIn(filepath.Dir(filepath.Dir(s.data))); err != nil {
		t.Fatal(err)
	}
	s.start()
	return s
}

// letIn opens a folder into which only its owner may look. Where root may not make user namespaces, in most containers,
// Postgres runs as another user and must get in.
func letIn(dir string) error { return os.Chmod(dir, 0o755) }

// start serves, also again on the same address and folder after stop or kill.
func (s *server) start() {
	s.t.Helper()
	err := s.launch()
	log := s.log
	s.t.Cleanup(func() {
		if s.running() {
			s.stop()
		}
		if s.t.Failed() {
			s.t.Logf("The server printed:\n%s", log)
		}
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// launch is start for whoever has no test yet.
func (s *server) launch() error {
	began := time.Now()
	address, err := s.begin()
	if err != nil {
		return err
	}
	select {
	case s.signIn = <-address:
		s.took = time.Since(began)
		return nil
	case <-s.gone:
		return fmt.Errorf("the server ended at once: %w", s.end)
	case <-time.After(time.Minute):
		_ = s.cmd.Process.Kill()
		return errors.New("the server did not print its address within a minute")
	}
}

// begin starts the program without waiting for its address.
func (s *server) begin() (address <-chan string, err error) {
	s.url = "http://" + cmp.Or(s.public, s.addr)
	s.log, s.gone = &transcript{}, make(chan struct{})
	out := &lookout{transcript: s.log, pattern: regexp.MustCompile(regexp.QuoteMeta(s.url) + `\S*`), found: make(chan string, 1)}
	cmd := exec.Command(s.program, "serve", "--addr", s.addr, "--data", s.data)
	cmd.Env, cmd.Stdout, cmd.Stderr = cleanEnv(append([]string{"GREENROOM_URL=" + s.url}, s.env...)...), out, s.log
	// A Ctrl-C that ends the tests must not reach it twice.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: s.as}
	cmd.WaitDelay = 10 * time.Second // for a process of its own that it leaves behind, which prints nothing any more
	gone := s.gone
	if err := cmd.Start(); err != nil {
		close(gone)
		return nil, err
	}
	s.cmd = cmd
	go func() {
		s.end = cmd.Wait()
		close(gone)
	}()
	return out.found, nil
}

// stop asks the server to end, as Ctrl-C does, and demands that it ends well.
func (s *server) stop() {
	s.t.Helper()
	s.signal(syscall.SIGINT)
	if s.end != nil {
		s.t.Errorf("The server did not end well: %v", s.end)
	}
}

// kill ends the server without a warning.
func (s *server) kill() {
	s.t.Helper()
	s.signal(syscall.SIGKILL)
}

// restart stops and starts it.
func (s *server) restart() {
	s.t.Helper()
	s.stop()
	s.start()
}

func (s *server) signal(sig os.Signal) {
	s.t.Helper()
	if err := s.cmd.Process.Signal(sig); err != nil && !errors.Is(err, os.ErrProcessDone) {
		s.t.Fatal(err)
	}
	select {
	case <-s.gone:
	case <-time.After(30 * time.Second):
		_ = s.cmd.Process.Kill()
		s.t.Fatalf("The server was still there 30 seconds after %v.", sig)
	}
}

func (s *server) running() bool {
	select {
	case <-s.gone:
		return false
	default:
		return true
	}
}

// greenroom runs one of the program's commands on a data folder, demands success, and returns what it printed.
func greenroom(t *testing.T, data string, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := command(t, data, args...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("greenroom %s: %v\n%s%s", strings.Join(args, " "), err, &out, &errs)
	}
	return out.String()
}

// tryGreenroom runs a command that may fail, and returns what it printed on both streams and the exit code.
func tryGreenroom(t *testing.T, data, in string, args ...string) (out string, code int) {
	t.Helper()
	cmd := command(t, data, args...)
	cmd.Stdin = strings.NewReader(in)
	b, err := cmd.CombinedOutput()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return string(b), exit.ExitCode()
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(b), 0
}

func command(t *testing.T, data string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Env = cleanEnv("GREENROOM_DATA=" + data)
	return cmd
}

// lastLine is where commands print what scripts want, an API key for example.
func lastLine(out string) string {
	out = strings.TrimSpace(out)
	return out[strings.LastIndexByte(out, '\n')+1:]
}

// ports are given out one after the other, from below those that the system takes for connections: a server that is down
// for a moment finds its port free when it comes back.
var ports atomic.Int64

// freeAddr is a loopback address that nobody listens on, and that no other test is given.
func freeAddr(t *testing.T) string {
	t.Helper()
	for range 1000 {
		addr := fmt.Sprint("127.0.0.1:", 20_000+(int64(os.Getpid())*100+ports.Add(1))%10_000)
		if l, err := net.Listen("tcp", addr); err == nil {
			l.Close()
			return addr
		}
	}
	t.Fatal("every port is taken")
	return ""
}

// A transcript keeps what a process prints on both streams.
type transcript struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (r *transcript) Write(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.Write(b)
}

func (r *transcript) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

// A lookout passes on what is printed, and hands out the first match of a pattern in a whole line.
type lookout struct {
	*transcript
	pattern *regexp.Regexp
	found   chan string

	line []byte
	done bool
}

func (l *lookout) Write(b []byte) (int, error) {
	l.line = append(l.line, b...)
	if end := bytes.LastIndexByte(l.line, '\n'); end >= 0 && !l.done {
		if match := l.pattern.Find(l.line[:end]); match != nil {
			l.found <- string(match)
			l.done = true
		}
		l.line = l.line[end+1:]
	}
	return l.transcript.Write(b)
}
