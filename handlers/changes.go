package handlers

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"greenroom/registry"
	"greenroom/views"
	"greenroom/web"
)

func (h *handlers) showChanges(c echo.Context) error {
	before := int64(0)
	if mark := c.QueryParam("before"); mark != "" {
		var err error
		if before, err = strconv.ParseInt(mark, 10, 64); err != nil || before <= 0 {
			return registry.Errorf(registry.Invalid, "This address does not lead to a page of the list. Start again from the first one.")
		}
	}
	l, err := h.DB.Changes(c.Request().Context(), web.Actor(c), before)
	if err != nil {
		return err
	}
	page := web.Page(c, "Changes", views.Crumb{Name: "Registry", URL: views.HomeURL}, views.Crumb{Name: "Changes"})
	page.Section = views.Registry
	return web.Render(c, http.StatusOK, views.ChangesPage(page, l), nil)
}

// markSeen makes everything that has happened old to the reader, and leads back
// to where it was pressed.
func (h *handlers) markSeen(c echo.Context) error {
	if err := h.DB.MarkSeen(c.Request().Context(), web.Actor(c)); err != nil {
		return err
	}
	return web.Go(c, whence(c, views.HomeURL))
}
