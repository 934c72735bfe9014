package wandb

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/sync/semaphore"

	"greenroom/registry"
)

const (
	// maxHeld is how many bytes of bodies are held at once, inflated. Until it is
	// answered, a request takes about five times its length of memory.
	maxHeld = 64 << 20
	// uncounted is how long a body may be that is let in at any time: rows of a
	// run and signs of life must not wait for those who send a gigabyte.
	uncounted = 64 << 10
	// maxWait is how long a request waits to be let in before its client is told
	// to come back.
	maxWait = 15 * time.Second
)

var errFull = registry.Errorf(registry.Busy, "The server has its hands full with large requests. Send this one again in a while.")

// An intake lets in large requests as others leave, so that many at once take no
// more memory than a few.
type intake struct{ room *semaphore.Weighted }

func newIntake() *intake { return &intake{semaphore.NewWeighted(maxHeld)} }

// A guest is a request that was let in, until it leaves.
type guest struct {
	room  *semaphore.Weighted
	claim int64 // how many bytes of the room it has
}

// admit lets a request in, of which at most so many bytes are read. It waits while
// there is no room, and returns Busy after a while.
func (in *intake) admit(r *http.Request, most int64) (*guest, error) {
	g := &guest{room: in.room, claim: min(expected(r), most, maxHeld)}
	if g.claim <= uncounted {
		g.claim = 0
		return g, nil
	}
	ctx, cancel := context.WithTimeout(r.Context(), maxWait)
	defer cancel()
	if err := in.room.Acquire(ctx, g.claim); err != nil {
		return nil, errFull
	}
	return g, nil
}

// expected is how long a body seems to be once it is inflated. Metrics shrink to
// a fifth, what a console shows to a tenth.
func expected(r *http.Request) int64 {
	switch {
	case r.ContentLength < 0:
		return 1 << 20
	case r.Header.Get(echo.HeaderContentEncoding) == "gzip":
		return 10 * r.ContentLength
	}
	return r.ContentLength
}

func (g *guest) leave() { g.room.Release(g.claim) }

// count returns the guest's body with two differences: it ends with Busy when it
// turns out to be longer than expected and there is no room for that, and it has
// to arrive in reasonable time, as others wait.
func (g *guest) count(w http.ResponseWriter, body io.Reader) io.Reader {
	c := http.NewResponseController(w)
	_ = c.SetReadDeadline(time.Now().Add(maxTime))
	return &counted{body, g, uncounted + g.claim, c}
}

type counted struct {
	io.Reader
	guest *guest
	left  int64 // how many bytes the guest has room for
	conn  *http.ResponseController
}

func (c *counted) Read(p []byte) (n int, err error) {
	n, err = c.Reader.Read(p)
	c.left -= int64(n)
	if c.left < 0 && !c.guest.spread(c) {
		return n, errFull
	}
	if err != nil {
		_ = c.conn.SetReadDeadline(time.Time{})
	}
	return n, err
}

// spread takes more of the room without waiting, as two that wait for each other
// would wait for ever. Whoever has all of it needs no more: no body is longer.
func (g *guest) spread(c *counted) bool {
	more := min(max(-c.left, 1<<20), maxHeld-g.claim)
	if !g.room.TryAcquire(more) {
		return false
	}
	g.claim += more
	c.left += more
	return true
}

// brokeOff is what to say about a body that could not be read to its end.
func brokeOff(err error) error {
	if errors.Is(err, errFull) {
		return errFull
	}
	return registry.Errorf(registry.Busy, "The request broke off. Send it again.")
}
