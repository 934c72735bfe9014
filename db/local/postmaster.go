//go:build unix

package local

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"
)

const (
	// stopTime is how long open transactions and the last checkpoint may take before Postgres is cut off.
	stopTime = 30 * time.Second
	// largestLog is the size in bytes from which a start begins a new log, keeping one old one.
	largestLog = 8 << 20
)

// postmaster is the Postgres that this process started.
type postmaster struct {
	cmd    *exec.Cmd
	exited chan struct{} // closed when it has ended and cmd.ProcessState may be read
	log    string        // path of the log
	begin  int64         // where in the log this start begins
}

// defaults suit a small machine that Postgres shares with us. Everything about safety is as Postgres ships it.
func defaults(socket string) map[string]string {
	return map[string]string{
		"listen_addresses":        "",
		"unix_socket_directories": socket,
		"unix_socket_permissions": "0700",
		"port":                    port,
		"cluster_name":            "greenroom",
		"max_connections":         "100",
		"shared_buffers":          "128MB",
		"random_page_cost":        "1.1", // what is not in memory is on flash
		"jit":                     "off", // compiling a page's query takes longer than running it
		// Parallel workers share memory through /dev/shm, of which a container has 64 MB.
		"max_parallel_workers_per_gather":  "0",
		"max_parallel_maintenance_workers": "0",
		"timezone":                         "UTC",
		"log_timezone":                     "UTC",
		"log_destination":                  "stderr",
		"logging_collector":                "off",
		"log_min_messages":                 "log", // not every failed statement: whoever sent it knows
		"log_checkpoints":                  "off",
	}
}

// start starts Postgres. It does not wait until it answers.
func (s *Server) start(bins binaries, as account, lock *os.File) (*postmaster, error) {
	log, begin, err := s.openLog()
	if err != nil {
		return nil, err
	}
	defer log.Close()
	args := []string{"-D", s.path(cluster)}
	for name, value := range s.settings {
		args = append(args, "-c", name+"="+value)
	}
	cmd := exec.Command(filepath.Join(bins.dir, "postgres"), args...)
	cmd.Dir = s.dir
	cmd.Env = environment()
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = as.attributes()
	cmd.ExtraFiles = []*os.File{lock}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("local: start Postgres: %w", err)
	}
	p := &postmaster{cmd: cmd, exited: make(chan struct{}), log: log.Name(), begin: begin}
	go func() {
		defer close(p.exited)
		_ = cmd.Wait() // how it ended is in ProcessState
	}()
	return p, nil
}

func (p *postmaster) pid() int { return p.cmd.Process.Pid }

// stop ends Postgres in good order: what is committed is in its tables, and the next start needs no recovery.
func (p *postmaster) stop() error {
	if p.endedAfter(syscall.SIGINT, stopTime) || p.endedAfter(syscall.SIGQUIT, 5*time.Second) {
		return nil
	}
	p.endedAfter(syscall.SIGKILL, stopTime)
	return fmt.Errorf("local: stop Postgres: process %d had to be killed; the next start recovers", p.pid())
}

func (p *postmaster) endedAfter(sig os.Signal, wait time.Duration) bool {
	_ = p.cmd.Process.Signal(sig) // one that has ended already is what we want
	select {
	case <-p.exited:
		return true
	case <-time.After(wait):
		return false
	}
}

// lastWords is why Postgres ended, as far as its log says.
func (p *postmaster) lastWords() string {
	b, err := os.ReadFile(p.log)
	if err != nil || p.begin >= int64(len(b)) {
		return "nothing in " + p.log
	}
	lines := strings.Split(strings.TrimSpace(string(b[p.begin:])), "\n")
	isReason := func(l string) bool {
		return strings.Contains(l, "FATAL:") || strings.Contains(l, "PANIC:") || strings.Contains(l, "HINT:")
	}
	if reasons := slices.DeleteFunc(slices.Clone(lines), func(l string) bool { return !isReason(l) }); len(reasons) > 0 {
		lines = reasons
	}
	return strings.Join(lines[max(0, len(lines)-4):], " ")
}

// openLog returns Postgres's log and its size.
func (s *Server) openLog() (*os.File, int64, error) {
	path := s.path("postgres.log")
	if info, err := os.Stat(path); err == nil && info.Size() > largestLog {
		if err := os.Rename(path, path+".old"); err != nil {
			return nil, 0, fmt.Errorf("local: begin a new log: %w", err)
		}
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, 0, fmt.Errorf("local: open the log: %w", err)
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, 0, fmt.Errorf("local: open the log: %w", err)
	}
	return f, info.Size(), nil
}

// answers reports nil when our database takes connections. It makes the database if there is none yet.
func (s *Server) answers(ctx context.Context) error {
	if !s.isReady() {
		return errNotReady
	}
	err := query(ctx, s.url, `select 1`)
	if !isCode(err, "3D000") { // no such database
		return err
	}
	err = query(ctx, s.urlOf("postgres"), `create database `+database)
	if err != nil && !isCode(err, "42P04", "23505", "55006") { // another process is making it
		return err
	}
	return query(ctx, s.url, `select 1`)
}

// isReady reads what Postgres itself says about its state, which costs less than a refused connection.
func (s *Server) isReady() bool {
	b, err := os.ReadFile(s.path(cluster + "/postmaster.pid"))
	lines := strings.Split(string(b), "\n")
	const state = 7 // the line
	return err == nil && len(lines) > state && strings.TrimSpace(lines[state]) == "ready"
}

func query(ctx context.Context, url, q string) error {
	db, err := sql.Open("postgres", url)
	if err != nil {
		return fmt.Errorf("local: connect: %w", err)
	}
	defer db.Close()
	if _, err := db.ExecContext(ctx, q); err != nil {
		return fmt.Errorf("local: connect: %w", err)
	}
	return nil
}

var errNotReady = errors.New("local: Postgres is not ready yet")

// isStarting says whether err may heal by waiting: nobody listens yet, or Postgres is starting, stopping or full.
func isStarting(err error) bool {
	if isCode(err, "57P03", "57P01", "57P02", "53300", "3D000") {
		return true
	}
	_, unreachable := errors.AsType[*net.OpError](err)
	return unreachable || errors.Is(err, errNotReady) || errors.Is(err, io.EOF) || errors.Is(err, driver.ErrBadConn)
}

func isCode(err error, codes ...pqerror.Code) bool {
	e, ok := errors.AsType[*pq.Error](err)
	return ok && slices.Contains(codes, e.Code)
}

// environment is ours without what would change how Postgres works.
func environment() []string {
	env := slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "PG") || strings.HasPrefix(v, "LC_") || strings.HasPrefix(v, "LANG")
	})
	return append(env, "LC_ALL=C")
}
