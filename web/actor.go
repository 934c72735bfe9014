package web

import (
	"github.com/labstack/echo/v4"

	"greenroom/registry"
)

const (
	visitorKey   = "visitor"
	sessionsKey  = "sessions"
	saidKey      = "said"
	referenceKey = "reference"
	programKey   = "program"
)

// Actor returns who is asking, as the session or As told; the zero Actor when nobody
// is signed in.
func Actor(c echo.Context) registry.Actor { return visitor(c).Actor }

// As notes who is asking by other means than a session, such as an API key.
func As(c echo.Context, who registry.Actor) { c.Set(visitorKey, registry.Visitor{Actor: who}) }

func visitor(c echo.Context) registry.Visitor {
	v, _ := c.Get(visitorKey).(registry.Visitor)
	return v
}
