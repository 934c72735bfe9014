package db

import (
	"context"
	"sync"
)

// maxTogether is how many one statement is asked for or told of.
const maxTogether = 200

// together collects what many ask or tell at once, as when the thousand files of
// an artifact come: those that come while one statement runs share the next.
type together[T any] struct {
	mu      sync.Mutex
	waiting []oneOf[T]
	busy    bool
}

// oneOf is what one waits with.
type oneOf[T any] struct {
	it   *T
	done chan struct{}
}

// await returns once do was given it, perhaps with others that came at the same
// time. If ctx ends first, it may be given all the same, and is not to be read.
func (g *together[T]) await(ctx context.Context, it *T, do func(context.Context, []*T)) error {
	one := oneOf[T]{it, make(chan struct{})}
	if g.add(one) {
		go g.see(context.WithoutCancel(ctx), do) // also for those who come later
	}
	select {
	case <-one.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// add lets one wait, and reports whether nobody sees to those that wait.
func (g *together[T]) add(one oneOf[T]) (begin bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.waiting = append(g.waiting, one)
	begin, g.busy = !g.busy, true
	return begin
}

// see gives do those that wait, until there are none.
func (g *together[T]) see(ctx context.Context, do func(context.Context, []*T)) {
	for batch := g.next(); len(batch) > 0; batch = g.next() {
		its := make([]*T, len(batch))
		for i, one := range batch {
			its[i] = one.it
		}
		do(ctx, its)
		for _, one := range batch {
			close(one.done)
		}
	}
}

// next takes those that came first.
func (g *together[T]) next() (batch []oneOf[T]) {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := min(len(g.waiting), maxTogether)
	batch, g.waiting = g.waiting[:n:n], g.waiting[n:]
	g.busy = n > 0
	return batch
}
