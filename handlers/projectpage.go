package handlers

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"greenroom/registry"
	"greenroom/views"
	"greenroom/web"
)

// projectRef is the project that the path names.
func projectRef(c echo.Context) (registry.PlaceRef, error) {
	p, err := params(c, "entity", "project")
	if err != nil {
		return registry.PlaceRef{}, err
	}
	return placeNamed(p[0], p[1]), nil
}

func (h *handlers) showProject(c echo.Context) error {
	ref, err := projectRef(c)
	if err != nil {
		return err
	}
	if ref.Kind == registry.RegistryPlace {
		return found(c, views.PlaceURL(registry.Place{Kind: ref.Kind, EntityName: ref.Entity, Name: ref.Name}))
	}
	query, field, err := projectQuery(c)
	if err != nil {
		return err
	}
	l, err := h.DB.ProjectPage(c.Request().Context(), web.Actor(c), ref, query)
	if registry.KindOf(err) == registry.NotFound && strings.EqualFold(ref.Name, "projects") {
		return found(c, views.EntityURL(ref.Entity)) // how W&B's client calls the projects of an entity
	}
	if err != nil {
		return err
	}
	if elsewhere(c, ref, &l.Place) {
		return moved(c, views.ProjectURL(l.Place, query))
	}
	status := http.StatusOK
	switch {
	case field.Problem != "":
		status = http.StatusUnprocessableEntity
	case web.WantsPartial(c):
		c.Response().Header().Set("HX-Replace-Url", views.ProjectURL(l.Place, query))
	case len(query.Filter.Conditions) > len(c.QueryParams()["f"]): // typed: from now on they stand beside the field
		return found(c, views.ProjectURL(l.Place, query))
	}
	page := web.Page(c, l.Place.Name, projectCrumbs(l.Place)...)
	page.Section, page.Kind = views.Projects, "project"
	page.About = views.AboutProject(l)
	return web.Render(c, status, views.ProjectPage(page, l, field, h.start(c)), views.ProjectFound(page, l, field))
}

// showProjectNews is what a page of a project's runs asks for once there is
// something new; a reader who comes by the address gets the page.
func (h *handlers) showProjectNews(c echo.Context) error {
	ref, err := projectRef(c)
	if err != nil {
		return err
	}
	query, _, err := projectQuery(c)
	if err != nil {
		return err
	}
	if !web.WantsPartial(c) {
		return web.Go(c, views.ProjectURL(registry.Place{Kind: ref.Kind, EntityName: ref.Entity, Name: ref.Name}, query))
	}
	asked := c.QueryParams()
	since, _ := strconv.ParseInt(asked.Get("since"), 10, 64) // a page of none has none
	n, err := h.DB.ProjectNews(c.Request().Context(), web.Actor(c), ref, registry.NewsQuery{ProjectQuery: query, Shown: asked["shown"], Runs: asked["run"], Since: since})
	if err != nil {
		return err
	}
	news := views.ProjectNews(web.Page(c, n.Place.Name), n)
	return web.Render(c, http.StatusOK, news, news)
}

// followProject answers addresses of a project that other servers have, and old
// ones, with the page of its runs.
func (h *handlers) followProject(c echo.Context) error {
	ref, err := projectRef(c)
	if err != nil {
		return err
	}
	return found(c, views.PlaceURL(registry.Place{Kind: ref.Kind, EntityName: ref.Entity, Name: ref.Name}))
}
