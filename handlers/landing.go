package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"greenroom/registry"
	"greenroom/views"
	"greenroom/web"
)

func (h *handlers) showLanding(c echo.Context) error {
	return h.renderLanding(c, registry.PlaceRef{})
}

func (h *handlers) showRegistry(c echo.Context) error {
	if to, ok := clientAddress(c); ok {
		return found(c, to)
	}
	ref, err := registryRef(c)
	if err != nil {
		return err
	}
	return h.renderLanding(c, ref)
}

func (h *handlers) renderLanding(c echo.Context, one registry.PlaceRef) error {
	query, err := landingQuery(c, one)
	if err != nil {
		return err
	}
	l, err := h.DB.Landing(c.Request().Context(), web.Actor(c), query)
	if err != nil {
		return err
	}
	crumbs := []views.Crumb{{Name: "Registry", URL: views.HomeURL}}
	title := "Registry"
	if l.Registry != nil {
		if elsewhere(c, one, l.Registry) {
			return found(c, views.LandingURL(l.Registry, l.Query))
		}
		title = views.PlaceName(*l.Registry)
		crumbs = append(crumbs, views.Crumb{Name: title})
	}
	page := web.Page(c, title, crumbs...)
	page.Section, page.About = views.Registry, views.AboutLanding(l)
	return web.Render(c, http.StatusOK, views.LandingPage(page, l, h.start(c)), views.LandingFound(page, l))
}

// landingQuery reads from the address which models to show. Returns Invalid for an
// order that there is not.
func landingQuery(c echo.Context, one registry.PlaceRef) (q registry.LandingQuery, err error) {
	q = registry.LandingQuery{
		Search: c.QueryParam("q"), Registry: one, Type: c.QueryParam("type"), Tag: c.QueryParam("tag"), Stage: c.QueryParam("stage"),
		By: c.QueryParam("by"), Starred: c.QueryParam("starred") == "1", After: c.QueryParam("after"), Before: c.QueryParam("before"),
	}
	return q, q.Order.UnmarshalText([]byte(c.QueryParam("sort")))
}

// start is what the lines to paste are filled in with for whoever asks.
func (h *handlers) start(c echo.Context) views.Start {
	return views.Start{Address: h.BaseURL, Entity: web.Actor(c).DefaultEntity}
}
