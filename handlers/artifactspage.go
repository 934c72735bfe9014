package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"greenroom/registry"
	"greenroom/views"
	"greenroom/web"
)

func (h *handlers) showArtifacts(c echo.Context) error {
	p, err := params(c, "entity", "project", "type")
	if err != nil {
		return err
	}
	ref := registry.Project(p[0], p[1])
	query := registry.ArtifactsQuery{Type: p[2], Search: c.QueryParam("q"), After: c.QueryParam("after")}
	a, err := h.DB.ArtifactsPage(c.Request().Context(), web.Actor(c), ref, query)
	if err != nil {
		return err
	}
	if elsewhere(c, ref, &a.Place) {
		return found(c, views.ArtifactsListURL(a.Place, query))
	}
	page := web.Page(c, "Artifacts of "+a.Place.Name, projectCrumbs(a.Place, views.Crumb{Name: "Artifacts"})...)
	page.Section = views.Projects
	return web.Render(c, http.StatusOK, views.ArtifactsPage(page, a, h.start(c)), views.ArtifactList(page, a))
}
