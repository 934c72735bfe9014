// Package handlers answers the browser: read the request, call one verb, render
// the answer.
package handlers

import (
	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"greenroom/db"
	"greenroom/web"
)

// Deps is what pages are made from.
type Deps struct {
	DB       *db.DB
	Sessions *web.Sessions
	BaseURL  string // by which people and clients reach this server, without a slash at the end
}

type handlers struct {
	Deps
}

// formLimit is the most a form may hold.
const formLimit = "1M"

// Mount puts every page and form of the product on e.
func Mount(e *echo.Echo, d Deps) {
	h := &handlers{d}
	p := e.Group("", d.Sessions.Middleware, web.SameOrigin(), middleware.BodyLimit(formLimit))

	// For everyone.
	p.GET("/login", h.showSignIn)
	p.POST("/login", h.signIn)
	p.GET("/login/:token", h.signInByLink)
	p.POST("/logout", h.signOut)
}
