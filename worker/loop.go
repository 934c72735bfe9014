package worker

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"greenroom/registry"
)

// A loop does some work at once and then again and again.
type loop struct {
	name  string
	every time.Duration
	work  func(context.Context) error
	log   *slog.Logger
	done  func(error) // told after every turn, for tests; may be nil

	mu      sync.Mutex
	cancel  context.CancelFunc
	ended   chan struct{}
	failing bool
}

func (l *loop) start(ctx context.Context) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cancel != nil {
		return
	}
	ctx, l.cancel = context.WithCancel(ctx)
	ended := make(chan struct{})
	l.ended = ended
	go func() {
		defer close(ended)
		l.run(ctx)
	}()
}

func (l *loop) stop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cancel == nil {
		return
	}
	l.cancel()
	<-l.ended
	l.cancel = nil
}

func (l *loop) run(ctx context.Context) {
	next := time.NewTicker(l.every)
	defer next.Stop()
	for {
		err := l.work(ctx)
		if ctx.Err() != nil {
			return
		}
		l.tell(ctx, err)
		if l.done != nil {
			l.done(err)
		}
		select {
		case <-ctx.Done():
			return
		case <-next.C:
		}
	}
}

// tell logs when the work begins to fail and when it is well again, not every
// second in between.
func (l *loop) tell(ctx context.Context, err error) {
	switch {
	case err != nil && !l.failing && registry.KindOf(err) == registry.Busy:
		l.log.WarnContext(ctx, "worker waits for the database", "work", l.name, "err", err)
	case err != nil && !l.failing:
		l.log.ErrorContext(ctx, "worker failed", "work", l.name, "err", err)
	case err == nil && l.failing:
		l.log.InfoContext(ctx, "worker works again", "work", l.name)
	}
	l.failing = err != nil
}
