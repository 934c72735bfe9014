package handlers

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"greenroom/docs"
	"greenroom/registry"
	"greenroom/views"
	"greenroom/web"
)

// showGuide shows a page of the guide, to strangers too.
func (h *handlers) showGuide(c echo.Context) error {
	name := c.Param("page")
	pages := docs.Guide()
	at := 0
	if name != "" {
		at = slices.IndexFunc(pages, func(p docs.GuidePage) bool { return p.Name == name })
	}
	if at < 0 {
		return registry.ErrNothing
	}
	crumbs := []views.Crumb{{Name: pages[0].Title, URL: views.GuideURL}}
	if at > 0 {
		crumbs = append(crumbs, views.Crumb{Name: pages[at].Title})
	}
	page := web.Page(c, pages[at].Title, crumbs...)
	return web.Render(c, http.StatusOK, views.GuidePage(page, views.GuideShown{Pages: pages, At: at, Start: h.start(c)}), nil)
}
