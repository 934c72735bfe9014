package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"greenroom/registry"
	"greenroom/views"
	"greenroom/web"
)

func (h *handlers) showProjects(c echo.Context) error {
	l, err := h.DB.ProjectsPage(c.Request().Context(), web.Actor(c), c.QueryParam("q"))
	if err != nil {
		return err
	}
	page := web.Page(c, "Projects", views.Crumb{Name: "Projects"})
	page.Section = views.Projects
	return web.Render(c, http.StatusOK, views.ProjectsPage(page, l, h.start(c)), views.ProjectList(page, l))
}

func (h *handlers) showEntity(c echo.Context) error {
	name, err := param(c, "entity")
	if err != nil {
		return err
	}
	e, err := h.DB.EntityPage(c.Request().Context(), web.Actor(c), name, c.QueryParam("after"))
	if err != nil {
		return err
	}
	if e.Entity.Name != name {
		return moved(c, views.EntityURL(e.Entity.Name))
	}
	page := web.Page(c, e.Entity.Name, views.Crumb{Name: "Projects", URL: views.ProjectsURL}, views.Crumb{Name: e.Entity.Name})
	page.Section = views.Projects
	return web.Render(c, http.StatusOK, views.EntityPage(page, e, h.start(c)), nil)
}

// projectCrumbs lead to what stands in a project.
func projectCrumbs(p registry.Place, more ...views.Crumb) []views.Crumb {
	return append([]views.Crumb{
		{Name: "Projects", URL: views.ProjectsURL}, {Name: p.EntityName, URL: views.EntityURL(p.EntityName)},
		{Name: p.Name, URL: views.PlaceURL(p)},
	}, more...)
}

// moved sends the browser on to the address that a thing has for good, or until
// somebody else takes its former name: browsers are to ask again.
func moved(c echo.Context, page string) error {
	c.Response().Header().Set(echo.HeaderCacheControl, "private, no-cache")
	return c.Redirect(http.StatusMovedPermanently, web.LocalPath(page))
}
