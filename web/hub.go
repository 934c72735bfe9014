package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"greenroom/registry"
)

const (
	// hubPace is the time between two words to one page.
	hubPace = 250 * time.Millisecond
	// hubBeat is the time between two signs of life, at each of which it is looked
	// whether whoever reads still may.
	hubBeat = 15 * time.Second
	// hubPatience is how long a page may take to read what it is told.
	hubPatience = 10 * time.Second
	// hubWords is how many different words wait for a page at most; of more it is
	// told that anything may be new.
	hubWords = 16
	// hubReaders is how many pages are told at once. Others ask by themselves.
	hubReaders = 10_000
)

// anything is what a page is told when nobody knows what is new.
const anything = "all"

var errHubFull = registry.Errorf(registry.Busy, "Too many pages are open to tell each what is new.")

// A Hub tells open pages that something is new on them, in a word: they ask for
// the rest. What is new comes from follow, which is to hear of it from every
// server. A page is told a few times a second at most, whatever happens.
type Hub struct {
	follow Follow
	beat   time.Duration

	mu      sync.Mutex
	readers map[registry.Subject]map[*reader]struct{}
	open    int
	cancel  context.CancelFunc
	ended   chan struct{}
	closing chan struct{} // closed when streams are to end; nil while stopped
}

// Follow calls hear with what is new until ctx is done, with the zero Notice
// where anything may be.
type Follow func(ctx context.Context, hear func(registry.Notice))

// NewHub returns a hub that is not started.
func NewHub(follow Follow) *Hub {
	return &Hub{follow: follow, beat: hubBeat, readers: map[registry.Subject]map[*reader]struct{}{}}
}

// Start begins to follow and returns at once. It goes on until Stop, or until
// ctx is done. Starting twice does no harm.
func (h *Hub) Start(ctx context.Context) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closing != nil {
		return
	}
	ctx, h.cancel = context.WithCancel(ctx)
	ended := make(chan struct{})
	h.ended, h.closing = ended, make(chan struct{})
	go func() {
		defer close(ended)
		h.follow(ctx, h.hear)
	}()
}

// Stop ends every stream and returns when nothing is followed any more. Stopping
// twice does no harm, and a stopped hub can be started again.
func (h *Hub) Stop() {
	h.mu.Lock()
	if h.closing == nil {
		h.mu.Unlock()
		return
	}
	close(h.closing)
	h.closing = nil
	h.cancel()
	ended := h.ended
	h.mu.Unlock()
	<-ended // without the lock, which hear may wait for
}

// hear passes a notice on to the pages it is about.
func (h *Hub) hear(n registry.Notice) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(n.About) == 0 {
		for _, all := range h.readers {
			for r := range all {
				r.add(anything)
			}
		}
		return
	}
	for _, about := range n.About {
		for r := range h.readers[about] {
			r.add(n.What...)
		}
	}
}

// A reader is a page that listens.
type reader struct {
	mu    sync.Mutex
	words []string
	some  chan struct{} // holds one when there are any
}

func (r *reader) add(words ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, w := range words {
		switch {
		case slices.Contains(r.words, w) || slices.Contains(r.words, anything):
		case w == anything || len(r.words) >= hubWords:
			r.words = []string{anything}
		default:
			r.words = append(r.words, w)
		}
	}
	select {
	case r.some <- struct{}{}:
	default:
	}
}

func (r *reader) take() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	words := strings.Join(r.words, " ")
	r.words = nil
	return words
}

// join takes a reader in; closing is nil where the hub is stopped.
func (h *Hub) join(about []registry.Subject) (r *reader, closing <-chan struct{}, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closing == nil || h.open >= hubReaders {
		return nil, nil, errHubFull
	}
	h.open++
	r = &reader{some: make(chan struct{}, 1)}
	r.add(anything) // since the page was made
	for _, s := range about {
		if h.readers[s] == nil {
			h.readers[s] = map[*reader]struct{}{}
		}
		h.readers[s][r] = struct{}{}
	}
	return r, h.closing, nil
}

func (h *Hub) leave(r *reader, about []registry.Subject) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.open--
	for _, s := range about {
		if delete(h.readers[s], r); len(h.readers[s]) == 0 {
			delete(h.readers, s)
		}
	}
}

// Stream answers with a text/event-stream of words, separated by spaces, about
// some things, until the page is closed, the server stops or whoever reads may
// no longer: may is asked at the beginning and then every few seconds, with who
// that is by then. Returns Busy where the page has to ask by itself.
func (h *Hub) Stream(c echo.Context, may func(ctx context.Context, by registry.Actor) error, about ...registry.Subject) error {
	ctx := c.Request().Context()
	if err := may(ctx, Actor(c)); err != nil {
		return err
	}
	r, closing, err := h.join(about)
	if err != nil {
		return err
	}
	defer h.leave(r, about)
	w := stream{c.Response(), http.NewResponseController(c.Response())}
	w.Header().Set(echo.HeaderContentType, "text/event-stream")
	w.Header().Set(echo.HeaderCacheControl, "no-store")
	w.Header().Set("X-Accel-Buffering", "no") // what stands between us and the page, nginx for one, must pass it on at once
	if w.send("retry: 2000\n\n") != nil {
		return nil
	}
	beat := time.NewTicker(h.beat)
	defer beat.Stop()
	for {
		select {
		case <-r.some:
			if w.send("data: "+r.take()+"\n\n") != nil {
				return nil // the page is gone, or does not read
			}
			select {
			case <-time.After(hubPace):
			case <-ctx.Done():
			case <-closing:
			}
		case <-beat.C:
			if h.mayStill(c, may) != nil || w.send(":\n\n") != nil {
				return nil
			}
		case <-ctx.Done():
			return nil
		case <-closing:
			return nil
		}
	}
}

// mayStill looks who reads by now, and whether they may. While the database does
// not answer nothing is told, so that does not end a stream.
func (h *Hub) mayStill(c echo.Context, may func(ctx context.Context, by registry.Actor) error) error {
	ctx := c.Request().Context()
	v, err := stores(c).find(ctx, SessionToken(c))
	if err == nil {
		err = may(ctx, v.Actor)
	}
	if registry.KindOf(err) == registry.Busy {
		return nil
	}
	return err
}

// A stream is an answer that goes on.
type stream struct {
	*echo.Response
	conn *http.ResponseController
}

// send writes and flushes, and fails if the page does not read it in time.
func (s stream) send(text string) error {
	_ = s.conn.SetWriteDeadline(time.Now().Add(hubPatience)) // which a test's recorder has none of
	if _, err := s.Write([]byte(text)); err != nil {
		return fmt.Errorf("web: stream: %w", err)
	}
	if err := s.conn.Flush(); err != nil {
		return fmt.Errorf("web: stream: %w", err)
	}
	return nil
}
