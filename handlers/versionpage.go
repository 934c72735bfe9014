package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"greenroom/registry"
	"greenroom/views"
	"greenroom/web"
)

func (h *handlers) showModelVersion(c echo.Context) error  { return h.renderVersion(c, modelRef) }
func (h *handlers) showSourceVersion(c echo.Context) error { return h.renderVersion(c, sourceRef) }

// renderVersion shows the version at its number; an alias or a digest in its
// place leads there.
func (h *handlers) renderVersion(c echo.Context, named func(echo.Context) (registry.CollectionRef, error)) error {
	ref, err := versionRef(c, named)
	if err != nil {
		return err
	}
	query := registry.VersionQuery{Dir: c.QueryParam("dir"), After: c.QueryParam("after")}
	v, err := h.DB.VersionPage(c.Request().Context(), web.Actor(c), ref, query)
	if err != nil {
		return err
	}
	if ref.Alias != v.Name() || elsewhere(c, ref.Collection.Place, &v.Place) || otherType(c, v.Artifact.Type) {
		return found(c, views.VersionURL(v.Place, v.Artifact.Type, v.Collection.Name, v.Number))
	}
	crumbs := append(placeCrumbs(v.Place),
		views.Crumb{Name: v.Collection.Name, URL: views.CollectionURL(v.Place, v.Artifact.Type, v.Collection.Name)},
		views.Crumb{Name: v.Name()})
	page := web.Page(c, v.Collection.Name+" "+v.Name(), crumbs...)
	page.Section = sectionOf(v.Place)
	return web.Render(c, http.StatusOK, views.VersionPage(page, v), nil)
}

func (h *handlers) sendModelFile(c echo.Context) error  { return h.sendFile(c, modelRef) }
func (h *handlers) sendSourceFile(c echo.Context) error { return h.sendFile(c, sourceRef) }

// sendFile sends a file of a version to keep, never to show.
func (h *handlers) sendFile(c echo.Context, named func(echo.Context) (registry.CollectionRef, error)) error {
	ref, err := versionRef(c, named)
	if err != nil {
		return err
	}
	path, err := param(c, "*")
	if err != nil {
		return err
	}
	file, err := h.Vault.OpenFile(c.Request().Context(), web.Actor(c), ref, path)
	if err != nil {
		return err
	}
	return file.Send(c)
}

// versionRef is the version that the path names.
func versionRef(c echo.Context, named func(echo.Context) (registry.CollectionRef, error)) (registry.VersionRef, error) {
	collection, err := named(c)
	if err != nil {
		return registry.VersionRef{}, err
	}
	alias, err := param(c, "version")
	return registry.VersionRef{Collection: collection, Alias: alias}, err
}
