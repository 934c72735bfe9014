package wandb

import (
	"context"
	"strings"
	"sync/atomic"

	"github.com/labstack/echo/v4"

	"greenroom/registry"
	"greenroom/web"
)

// requireKey lets in who brings an API key that works: as the password of the
// user "api", or as a bearer token. Everyone else gets a 401.
func (d *door) requireKey(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		by, err := d.actor(c)
		if err == nil || registry.KindOf(err) == registry.Unauthenticated { // else it is not known who asks
			if limited := d.Rates.Take(c, by); limited != nil {
				err = limited
			}
		}
		if err != nil {
			return d.fail(c, err)
		}
		web.As(c, by)
		ctx := context.WithValue(c.Request().Context(), requestKey{}, &request{by: by, agent: c.Request().UserAgent()})
		c.SetRequest(c.Request().WithContext(ctx))
		return next(c)
	}
}

func (d *door) actor(c echo.Context) (registry.Actor, error) {
	r := c.Request()
	_, key, ok := r.BasicAuth()
	if !ok {
		key, ok = strings.CutPrefix(r.Header.Get(echo.HeaderAuthorization), "Bearer ")
	}
	if !ok || key == "" {
		return registry.Actor{}, registry.Errorf(registry.Unauthenticated, "This needs an API key. Run wandb login, or set WANDB_API_KEY.")
	}
	return d.DB.ActorByKey(r.Context(), registry.WandB, key)
}

// A request is what resolvers know of the request they are answering.
type request struct {
	by     registry.Actor
	agent  string // the program that asks, as it calls itself
	status int    // that the answer has to have, 0 for the usual one
	spent  atomic.Int64
	stop   context.CancelCauseFunc // nil where nothing is to be stopped
}

// What one document may cost, in rows asked for. A document can name a field a
// thousand times and ask for a list of each thing in a list.
const (
	mostRows = 1_000_000
	verbCost = 100
)

var errTooMuch = registry.Errorf(registry.Invalid, "The query asks for too much at once. Ask for shorter lists, or for fewer of them, one query after the other.")

// spend counts rows that are asked for, and stops the request at too many.
func (r *request) spend(rows int) {
	if r.spent.Add(int64(rows)) > mostRows && r.stop != nil {
		r.stop(errTooMuch)
	}
}

type requestKey struct{}

func requestOf(ctx context.Context) *request {
	r, ok := ctx.Value(requestKey{}).(*request)
	if !ok {
		return &request{}
	}
	return r
}

// by returns who is asking, on the way to a verb.
func by(ctx context.Context) registry.Actor {
	r := requestOf(ctx)
	r.spend(verbCost)
	return r.by
}
