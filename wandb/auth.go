package wandb

import (
	"context"
	"strings"

	"github.com/labstack/echo/v4"

	"greenroom/registry"
	"greenroom/web"
)

// requireKey lets in who brings an API key that works: as the password of the
// user "api", or as a bearer token. Everyone else gets a 401.
func (d *door) requireKey(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		by, err := d.actor(c)
		if err != nil {
			return d.fail(c, err)
		}
		web.As(c, by)
		ctx := context.WithValue(c.Request().Context(), requestKey{}, &request{by: by})
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
	status int // that the answer has to have, 0 for the usual one
}

type requestKey struct{}

func requestOf(ctx context.Context) *request {
	r, ok := ctx.Value(requestKey{}).(*request)
	if !ok {
		return &request{}
	}
	return r
}

// by returns who is asking.
func by(ctx context.Context) registry.Actor { return requestOf(ctx).by }
