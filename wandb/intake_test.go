package wandb

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"greenroom/registry"
)

// asking is a request with a body of so many bytes; -1 does not announce them.
func asking(t *testing.T, announced int64) *http.Request {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/graphql", nil)
	r.ContentLength = announced
	return r
}

func TestIntakeLetsInAsOthersLeave(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		in := newIntake()
		var inside, most atomic.Int64
		var wg sync.WaitGroup
		for range 30 {
			wg.Go(func() {
				const size = maxHeld / 5
				g, err := in.admit(asking(t, size), registry.MaxRequest)
				if err != nil {
					t.Error(err)
					return
				}
				defer g.leave()
				now := inside.Add(size)
				defer inside.Add(-size)
				for was := most.Load(); now > was && !most.CompareAndSwap(was, now); was = most.Load() {
				}
				time.Sleep(time.Second)
			})
		}
		wg.Wait()
		if most.Load() > maxHeld || most.Load() < maxHeld*4/5 {
			t.Errorf("%d MiB were held at once", most.Load()>>20)
		}
	})
}

func TestIntakeThatIsFull(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		in := newIntake()
		all, err := in.admit(asking(t, 1<<40), registry.MaxRequest) // who says more than may be is read up to that
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		if _, err := in.admit(asking(t, uncounted+1), registry.MaxRequest); registry.KindOf(err) != registry.Busy {
			t.Errorf("another large one: %v", err)
		}
		if took := time.Since(began); took != maxWait {
			t.Errorf("it waited for %s", took)
		}
		small, err := in.admit(asking(t, uncounted), registry.MaxRequest)
		if err != nil {
			t.Fatalf("a small one: %v", err)
		}
		if took := time.Since(began); took != maxWait {
			t.Errorf("the small one waited for %s", took-maxWait)
		}
		// What is longer than it seemed is told to come back, and may when there is room.
		read := func() error {
			_, err := io.Copy(io.Discard, small.count(httptest.NewRecorder(), bytes.NewReader(make([]byte, uncounted+1))))
			return err
		}
		if err := read(); !errors.Is(err, errFull) {
			t.Errorf("longer than it seemed: %v", err)
		}
		all.leave()
		if err := read(); err != nil {
			t.Errorf("with room: %v", err)
		}
		small.leave()
		if !in.room.TryAcquire(maxHeld) {
			t.Error("somebody left without giving back the room")
		}
	})
}

// A single request may be as long as any, however it comes.
func TestIntakeTakesTheLongest(t *testing.T) {
	t.Parallel()
	for _, announced := range []int64{-1, 1, 100_000, registry.MaxRequest} {
		in := newIntake()
		g, err := in.admit(asking(t, announced), registry.MaxRequest)
		if err != nil {
			t.Fatal(err)
		}
		n, err := io.Copy(io.Discard, io.LimitReader(g.count(httptest.NewRecorder(), endless{}), registry.MaxRequest+1))
		if err != nil || n != registry.MaxRequest+1 {
			t.Errorf("announced as %d: %d bytes, %v", announced, n, err)
		}
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

// While somebody sends the largest request there may be, long rows are told to
// come back, and rows of usual length are taken.
func TestStreamWhileFull(t *testing.T) {
	t.Parallel()
	s := newStreaming(t)
	body, send := io.Pipe()
	large := httptest.NewRequestWithContext(t.Context(), http.MethodPost, s.path, body)
	large.ContentLength = registry.MaxRequest
	large.SetBasicAuth("api", s.key)
	answered := make(chan int)
	go func() {
		w := httptest.NewRecorder()
		s.e.ServeHTTP(w, large)
		answered <- w.Code
	}()
	if _, err := io.WriteString(send, "{"); err != nil { // which returns when it is read
		t.Fatal(err)
	}

	rows := func(n int) string {
		return `{"files":{"output.log":{"offset":0,"content":["` + strings.Repeat("x", n) + `"]}}}`
	}
	if status, answer := s.post(t, s.path, s.key, strings.NewReader(rows(100))); status != http.StatusOK {
		t.Errorf("a short row: %d %s", status, answer)
	}
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	if _, err := io.WriteString(z, rows(1<<20)); err != nil {
		t.Fatal(err)
	}
	z.Close()
	long := func() (int, string) {
		return s.post(t, s.path, s.key, bytes.NewReader(zipped.Bytes()), "Content-Encoding", "gzip")
	}
	if status, answer := long(); status != http.StatusServiceUnavailable || !strings.Contains(answer, "again in a while") {
		t.Errorf("a long row: %d %s", status, answer)
	}

	send.CloseWithError(io.ErrUnexpectedEOF)
	if status := <-answered; status != http.StatusServiceUnavailable {
		t.Errorf("the one that broke off: %d", status)
	}
	if status, answer := long(); status != http.StatusOK {
		t.Errorf("the long row again: %d %s", status, answer)
	}
}
