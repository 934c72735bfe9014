package db

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/lib/pq"

	"greenroom/registry"
)

const (
	// noticeChannel is where servers tell each other what is new.
	noticeChannel = "notices"
	// noticePause is the time between two notices of what runs log. Commits that
	// notify queue on a lock of the whole database, so there is one for all runs
	// together and none in the transactions that take their lines.
	noticePause = 200 * time.Millisecond
)

// notices are what runs have logged and nobody has been told yet.
type notices struct {
	mu        sync.Mutex
	following bool
	runs      map[int64][]string
	some      chan struct{} // holds one when there are any
}

func newNotices() *notices { return &notices{runs: map[int64][]string{}, some: make(chan struct{}, 1)} }

// add notes what a run has logged. It is called after the commit, and what is
// noted is lost if the server ends before it is told: pages ask by themselves,
// too, if less often.
func (n *notices) add(runID int64, what ...string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.following || len(what) == 0 {
		return
	}
	for _, w := range what {
		if !slices.Contains(n.runs[runID], w) {
			n.runs[runID] = append(n.runs[runID], w)
		}
	}
	select {
	case n.some <- struct{}{}:
	default:
	}
}

// take returns all of them as they travel.
func (n *notices) take() (texts []string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for id, what := range n.runs {
		texts = append(texts, registry.Notice{What: what, About: []registry.Subject{registry.RunSubject.Of(id)}}.String())
	}
	clear(n.runs)
	return texts
}

func (n *notices) follow(on bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.following = on
}

// Follow calls hear with what is new, here and on every other server of this
// database, until ctx is done: of events once they are committed, of what runs
// log within a moment. It begins with the zero Notice, and gives it again
// whenever the connection was lost and is back. It is for Greenroom itself, and
// at most one at a time.
func (db *DB) Follow(ctx context.Context, hear func(registry.Notice)) {
	db.notices.follow(true)
	defer db.notices.follow(false)
	var telling sync.WaitGroup
	telling.Go(func() { db.tellNotices(ctx) })
	defer telling.Wait()

	l := pq.NewListener(db.address, noticePause, 5*time.Second, nil)
	defer context.AfterFunc(ctx, func() { _ = l.Close() })() // then Listen returns
	if err := l.Listen(noticeChannel); err != nil {
		return // only when it was closed
	}
	hear(registry.Notice{})
	for {
		select {
		case <-ctx.Done():
			return
		case got := <-l.Notify:
			if got == nil { // the connection is back
				hear(registry.Notice{})
			} else if n, ok := registry.ParseNotice(got.Extra); ok {
				hear(n)
			}
		}
	}
}

// tellNotices tells what runs log on this server. What cannot be told because
// Postgres does not answer is forgotten: then the listeners begin anew as well.
func (db *DB) tellNotices(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-db.notices.some:
		}
		const q = `
			select count(told)
			from (
				select pg_notify($1, notice)::text as told
				from unnest($2::text[]) as notice) as notices`
		var told int
		_ = db.glance(ctx, registry.System(registry.Worker), registry.Administer, &told, q, noticeChannel, pq.Array(db.notices.take()))
		select {
		case <-ctx.Done():
			return
		case <-time.After(noticePause):
		}
	}
}

// FindRun returns a run's ID to those who may look at it.
func (db *DB) FindRun(ctx context.Context, by registry.Actor, ref registry.RunRef) (id int64, err error) {
	err = db.readRun(ctx, by, ref, func(_ *tx, runID int64) error {
		id = runID
		return nil
	})
	return id, err
}

// newsOf is what lines and a summary bring to the page of a run.
func newsOf(said registry.RunLines) (what []string) {
	for _, s := range []struct {
		stream registry.Stream
		word   string
	}{{registry.HistoryStream, registry.NewPoints}, {registry.EventStream, registry.NewSystem}, {registry.OutputStream, registry.NewOutput}} {
		if len(said.Lines[s.stream].Text) > 0 {
			what = append(what, s.word)
		}
	}
	if said.Summary != nil {
		what = append(what, registry.NewSummary)
	}
	return what
}
