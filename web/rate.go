package web

import (
	"errors"
	"maps"
	"math"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/time/rate"

	"greenroom/registry"
)

// Rates says how often anybody may ask: an API key, a person in a browser, an
// address that nobody is known behind. It is counted in memory, by each server
// for itself. A nil Rates lets everything pass.
type Rates struct{ known, strangers buckets }

// NewRates allows an API key or a person so many requests a second and an address
// so many, 0 for any number; see registry.RateBurst.
func NewRates(known, strangers int) *Rates {
	return &Rates{
		known:     buckets{most: known, held: map[string]*rate.Limiter{}},
		strangers: buckets{most: strangers, held: map[string]*rate.Limiter{}},
	}
}

// Middleware refuses the requests of a browser that come too often.
func (r *Rates) Middleware(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if err := r.Take(c, Actor(c)); err != nil {
			return err
		}
		return next(c)
	}
}

// Take counts a request of by, or of its address if nobody is known behind it.
// Returns Limited if there were too many.
func (r *Rates) Take(c echo.Context, by registry.Actor) error {
	if r == nil {
		return nil
	}
	all, who, name := &r.known, "person", strconv.FormatInt(by.PersonID, 10)
	switch {
	case !by.Known():
		all, who, name = &r.strangers, "address", network(c.RealIP())
	case by.KeyID != 0:
		who, name = "key", strconv.FormatInt(by.KeyID, 10)
	}
	wait := all.take(who+" "+name, time.Now())
	if wait <= 0 {
		return nil
	}
	err := registry.Errorf(registry.Limited, "This %s asks more than %d times a second. Wait a moment and go on more slowly.", who, all.most)
	err.After = wait
	return err
}

// SayAfter tells clients when to come back, if err knows that.
func SayAfter(c echo.Context, err error) {
	if known, ok := errors.AsType[*registry.Error](err); ok && known.After > 0 {
		c.Response().Header().Set(echo.HeaderRetryAfter, strconv.Itoa(int(math.Ceil(known.After.Seconds()))))
	}
}

// network is what one stranger has: an address, or all of a network's in IPv6.
func network(ip string) string {
	if a, err := netip.ParseAddr(ip); err == nil && a.Is6() && !a.Is4In6() {
		if p, err := a.Prefix(64); err == nil {
			return p.String()
		}
	}
	return ip
}

// buckets holds a bucket for everybody who asked lately.
type buckets struct {
	most int // a second

	mu    sync.Mutex
	held  map[string]*rate.Limiter
	swept time.Time
}

// take counts a request and returns 0, or how long to wait before the next one.
func (b *buckets) take(who string, now time.Time) time.Duration {
	if b.most == 0 {
		return 0
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	burst := b.most * registry.RateBurst
	if now.Sub(b.swept) > time.Minute {
		maps.DeleteFunc(b.held, func(_ string, l *rate.Limiter) bool { return l.TokensAt(now) >= float64(burst) })
		b.swept = now
	}
	l := b.held[who]
	if l == nil {
		l = rate.NewLimiter(rate.Limit(b.most), burst)
		b.held[who] = l
	}
	r := l.ReserveN(now, 1)
	wait := r.DelayFrom(now)
	if wait > 0 {
		r.CancelAt(now)
	}
	return wait
}
