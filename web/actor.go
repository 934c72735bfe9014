package web

import (
	"github.com/labstack/echo/v4"

	"greenroom/registry"
)

const (
	visitorKey   = "visitor"
	sessionsKey  = "sessions"
	referenceKey = "reference"
)

// Actor returns who is asking, as the session told; the zero Actor when nobody
// is signed in.
func Actor(c echo.Context) registry.Actor { return visitor(c).Actor }

func visitor(c echo.Context) registry.Visitor {
	v, _ := c.Get(visitorKey).(registry.Visitor)
	return v
}
