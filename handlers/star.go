package handlers

import (
	"net/http"

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
	return web.Go(c, whence(c, views.CollectionURL(g.Place, g.Type, g.Name)))
}
