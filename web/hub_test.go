package web

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"greenroom/registry"
)

// A radio is what a test tells a hub.
type radio struct {
	hear    chan func(registry.Notice) // of a follower that has begun
	stopped chan struct{}              // of one that has ended
}

func newRadio() *radio {
	return &radio{hear: make(chan func(registry.Notice), 1000), stopped: make(chan struct{}, 1000)}
}

func (r *radio) follow(ctx context.Context, hear func(registry.Notice)) {
	r.hear <- hear
	<-ctx.Done()
	r.stopped <- struct{}{}
}

// A listener is a page that reads a stream.
type listener struct {
	t     *testing.T
	lines chan string // closed at the end
}

func (l listener) reads(want string) {
	l.t.Helper()
	for {
		select {
		case line, ok := <-l.lines:
			if !ok {
				l.t.Fatalf("the stream ended before %q", want)
			}
			if line == "data: "+want {
				return
			}
			if strings.HasPrefix(line, "data: ") {
				l.t.Fatalf("the page is told %q, want %q", line, want)
			}
		case <-l.t.Context().Done():
			l.t.Fatalf("nobody tells %q", want)
		}
	}
}

func (l listener) ends() {
	l.t.Helper()
	for {
		select {
		case _, ok := <-l.lines:
			if !ok {
				return
			}
		case <-l.t.Context().Done():
			l.t.Fatal("the stream does not end")
		}
	}
}

// A hall is a server whose pages listen to what is new about run 1 or 2.
type hall struct {
	t   *testing.T
	hub *Hub
	url string

	mu      sync.Mutex
	refuses error // what the page answers from now on
}

func newHall(t *testing.T, hub *Hub) *hall {
	t.Helper()
	h := &hall{t: t, hub: hub}
	e := echo.New()
	sessions := NewSessions(make([]byte, 32), make([]byte, 32), false, func(context.Context, string) (registry.Visitor, error) {
		return registry.Visitor{}, nil
	})
	may := func(context.Context, registry.Actor) error {
		h.mu.Lock()
		defer h.mu.Unlock()
		return h.refuses
	}
	stream := func(id int64) echo.HandlerFunc {
		return func(c echo.Context) error { return hub.Stream(c, may, registry.RunSubject.Of(id)) }
	}
	e.GET("/1", stream(1), sessions.Middleware)
	e.GET("/2", stream(2), sessions.Middleware)
	server := httptest.NewServer(e)
	t.Cleanup(server.Close)
	t.Cleanup(hub.Stop) // before that, or the server would wait for streams
	h.url = server.URL
	return h
}

func (h *hall) refuse(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.refuses = err
}

// listen opens a page and returns when it is told what is new.
func (h *hall) listen(path string) listener {
	h.t.Helper()
	req, err := http.NewRequestWithContext(h.t.Context(), http.MethodGet, h.url+path, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		h.t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "text/event-stream" || res.Header.Get("Cache-Control") != "no-store" {
		h.t.Fatalf("%d, %v", res.StatusCode, res.Header)
	}
	l := listener{t: h.t, lines: make(chan string, 1000)}
	go func() {
		defer res.Body.Close()
		defer close(l.lines)
		for s := bufio.NewScanner(res.Body); s.Scan(); {
			l.lines <- s.Text()
		}
	}()
	l.reads("all")
	return l
}

func about(id int64, what ...string) registry.Notice {
	return registry.Notice{What: what, About: []registry.Subject{registry.RunSubject.Of(id), registry.PlaceSubject.Of(9)}}
}

func TestHubTellsPages(t *testing.T) {
	t.Parallel()
	r := newRadio()
	hub := NewHub(r.follow)
	hub.Start(t.Context())
	hub.Start(t.Context())
	hear := <-r.hear
	h := newHall(t, hub)
	one, two := h.listen("/1"), h.listen("/2")
	hear(about(1, "points"))
	one.reads("points")
	// While a page has just been told, what comes is told at once later.
	for range 50 {
		hear(about(1, "points"))
		hear(about(1, "console", "points"))
	}
	hear(about(2, "run.ended"))
	one.reads("points console")
	two.reads("run.ended")
	hear(about(1, "points"))
	hear(registry.Notice{})
	one.reads("all")
	two.reads("all")
	for i := range 100 {
		hear(about(2, strings.Repeat("x", i+1)))
	}
	two.reads("all")
	hub.Stop()
	hub.Stop()
	one.ends()
	two.ends()
	<-r.stopped
	if hub.open != 0 || len(hub.readers) != 0 {
		t.Errorf("%d pages are told still", hub.open)
	}
	res, err := http.Get(h.url + "/1") //nolint:noctx // a server of the test's own
	if err != nil || res.StatusCode == http.StatusOK {
		t.Fatalf("a stopped hub answers %v, %v", res, err)
	}
	res.Body.Close()
	hub.Start(t.Context())
	hear = <-r.hear
	again := h.listen("/1")
	hear(about(1, "points"))
	again.reads("points")
}

// A page that may no longer be seen is told no more, and that the database does not answer is no reason.
func TestHubLooksWhoReads(t *testing.T) {
	t.Parallel()
	hub := NewHub(newRadio().follow)
	hub.beat = time.Millisecond
	hub.Start(t.Context())
	h := newHall(t, hub)
	l := h.listen("/1")
	h.refuse(registry.Errorf(registry.Busy, "The database does not answer."))
	for range 10 {
		if line, ok := <-l.lines; !ok {
			t.Fatal("the stream ended")
		} else if line != "" && line != ":" {
			t.Errorf("the page is told %q", line)
		}
	}
	h.refuse(registry.ErrNothing)
	l.ends()
}

func TestHubStartsAndStops(t *testing.T) {
	t.Parallel()
	r := newRadio()
	hub := NewHub(r.follow)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				hub.Start(t.Context())
				hub.Stop()
			}
		})
	}
	wg.Wait()
	hub.Stop()
	if len(r.hear) != len(r.stopped) {
		t.Errorf("%d began and %d ended", len(r.hear), len(r.stopped))
	}
}
