//go:build unix

package local

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"syscall"
	"time"
)

const (
	// pollStarting and pollRunning are how often we look whether Postgres answers yet, and whether it is gone.
	pollStarting = 5 * time.Millisecond
	pollRunning  = 100 * time.Millisecond
	slowestRetry = 5 * time.Second
	// patience is how long a start is silent about taking long.
	patience = 3 * time.Second
)

// keep is the life of a server: attach or start, watch, and start again, until ctx ends.
//
// Who may start Postgres is settled by a lock on one file. Postgres and all its processes inherit the locked file, so
// the system frees the lock at the moment the last of them is gone, however it went. Whoever gets the lock then is the
// only one who starts the next Postgres, and knows that nothing of the last one is left.
func (s *Server) keep(ctx context.Context, started chan<- error) {
	defer close(s.done)
	// On Linux Postgres is told to stop when the thread that started it ends.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()

	report := func(err error) {
		if started != nil {
			started <- err
		}
		started = nil
	}
	told := time.After(patience)
	for retry := pollRunning; ctx.Err() == nil; {
		lock, err := tryLock(s.path("lock"))
		if err == nil && lock == nil {
			s.attached.Store(true)
			if started == nil {
				sleep(ctx, pollRunning)
				continue
			}
			err = s.answers(ctx)
			if isStarting(err) {
				s.sleepTelling(ctx, told)
				continue
			}
			report(err)
			if err != nil {
				return
			}
			s.log.Info("attached to the postgres that runs", "dir", s.dir)
			continue
		}
		var p *postmaster
		if err == nil {
			p, err = s.launch(ctx, lock)
		}
		if err != nil {
			if started != nil {
				report(err)
				return
			}
			if ctx.Err() == nil {
				s.log.Error("postgres did not start again", "err", err, "retry", retry)
				sleep(ctx, retry)
				retry = min(2*retry, slowestRetry)
			}
			continue
		}
		s.attached.Store(false)
		s.log.Info("postgres started", "dir", s.dir, "pid", p.pid())
		report(nil)
		retry = pollRunning
		select {
		case <-p.exited:
			s.log.Warn("postgres ended by itself, starting it again", "state", p.cmd.ProcessState.String())
		case <-ctx.Done():
			s.stopErr = p.stop()
			s.forgetSocketFolder()
			s.log.Info("postgres stopped", "dir", s.dir)
		}
	}
}

// sleepTelling waits a moment for the Postgres of another process to start, or to end.
func (s *Server) sleepTelling(ctx context.Context, told <-chan time.Time) {
	select {
	case <-told:
		s.log.Info("waiting for the postgres of another process", "dir", s.dir)
	default:
		sleep(ctx, pollStarting)
	}
}

// launch starts Postgres, handing it the lock, and returns when it answers.
func (s *Server) launch(ctx context.Context, lock *os.File) (*postmaster, error) {
	defer lock.Close() // Postgres has its own by then
	bins, err := findBinaries(s.bins, s.dir)
	if err != nil {
		return nil, err
	}
	as, err := s.chooseAccount(ctx, bins)
	if err != nil {
		return nil, err
	}
	if err := s.prepare(ctx, bins, as, lock); err != nil {
		return nil, err
	}
	p, err := s.start(bins, as, lock)
	if err != nil {
		return nil, err
	}
	if err := s.untilAnswers(ctx, p); err != nil {
		return nil, err
	}
	return p, nil
}

func (s *Server) untilAnswers(ctx context.Context, p *postmaster) error {
	told := time.After(patience)
	for {
		err := s.answers(ctx)
		if err == nil {
			return nil
		}
		if !isStarting(err) {
			return errors.Join(err, p.stop())
		}
		select {
		case <-p.exited:
			return fmt.Errorf("local: Postgres ended at its start (%s): %s", p.cmd.ProcessState, p.lastWords())
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("local: start Postgres: %w", context.Cause(ctx)), p.stop())
		case <-told:
			s.log.Info("postgres is still starting, perhaps recovering from a crash", "dir", s.dir)
		case <-time.After(pollStarting):
		}
	}
}

// tryLock returns the file locked, or nil when someone else has it.
func tryLock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("local: open the lock: %w", err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return f, nil
	}
	f.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, nil
	}
	return nil, fmt.Errorf("local: lock %s: %w", path, err)
}

func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
