package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"greenroom/registry"
)

// SameOrigin refuses changes that a page of another site tries to make in the
// reader's name. Clients that are no browsers send no origin and pass.
func SameOrigin() echo.MiddlewareFunc {
	guard := http.NewCrossOriginProtection()
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if err := guard.Check(c.Request()); err != nil {
				return registry.Errorf(registry.Denied, "This came from a page of another site. Open the page here and do it again.")
			}
			return next(c)
		}
	}
}
