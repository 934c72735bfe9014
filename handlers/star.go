package handlers

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"greenroom/views"
	"greenroom/web"
)

// star gives a model the reader's star or takes it back, and leads back to where
// it was pressed.
func (h *handlers) star(c echo.Context) error {
	ref, err := modelRef(c)
	if err != nil {
		return err
	}
	g, err := h.DB.Star(c.Request().Context(), web.Actor(c), ref, c.FormValue("on") == "true")
	if err != nil {
		return err
	}
	if web.WantsPartial(c) {
		return web.Render(c, http.StatusOK, nil, views.StarGiven(g))
	}
	to := views.CollectionURL(g.Place, g.Type, g.Name)
	if from, err := url.Parse(c.Request().Referer()); err == nil && from.Path != "" {
		to = web.LocalPath(from.RequestURI())
	}
	return web.Go(c, to)
}
