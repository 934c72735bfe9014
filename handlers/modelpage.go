package handlers

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"greenroom/registry"
	"greenroom/views"
	"greenroom/web"
)

// modelRef is the registered model that the path names.
func modelRef(c echo.Context) (registry.CollectionRef, error) {
	place, err := registryRef(c)
	if err != nil {
		return registry.CollectionRef{}, err
	}
	name, err := param(c, "model")
	return registry.CollectionRef{Place: place, Name: name}, err
}

// sourceRef is the source in a project that the path names.
func sourceRef(c echo.Context) (registry.CollectionRef, error) {
	p, err := params(c, "entity", "project", "name")
	if err != nil {
		return registry.CollectionRef{}, err
	}
	return registry.CollectionRef{Place: placeNamed(p[0], p[1]), Name: p[2]}, nil
}

func (h *handlers) showModel(c echo.Context) error {
	return h.renderModel(c, http.StatusOK, modelRef, views.ModelForm{})
}

func (h *handlers) showSource(c echo.Context) error {
	return h.renderModel(c, http.StatusOK, sourceRef, views.ModelForm{})
}

func (h *handlers) renderModel(c echo.Context, status int, named func(echo.Context) (registry.CollectionRef, error), form views.ModelForm) error {
	ref, err := named(c)
	if err != nil {
		return err
	}
	query := registry.ModelQuery{Columns: slices.Compact(c.QueryParams()["col"]), Order: registry.ReadVersionOrder(c.QueryParam("sort"))}
	if after := c.QueryParam("after"); after != "" {
		if query.After, err = strconv.Atoi(after); err != nil || query.After < 0 {
			return registry.Errorf(registry.Invalid, "This address does not lead to a page of the list. Start again from the first one.")
		}
	}
	m, err := h.DB.ModelPage(c.Request().Context(), web.Actor(c), ref, query)
	if err != nil {
		return err
	}
	if c.Request().Method == http.MethodGet && (elsewhereIn(c, ref, &m.Place, m.Name) || otherType(c, m.Type)) {
		return found(c, views.CollectionURL(m.Place, m.Type, m.Name))
	}
	page := web.Page(c, m.Name, append(placeCrumbs(m.Place), views.Crumb{Name: m.Name})...)
	page.Section, page.Kind = sectionOf(m.Place), kindOf(m.Place, "model", "artifact")
	page.About = views.AboutModel(m)
	return web.Render(c, status, views.ModelPage(page, m, views.ModelTabOf(c.QueryParam("tab")), h.start(c), form), nil)
}

// otherType reports whether the path names another type than the artifact has.
func otherType(c echo.Context, artifactType string) bool {
	asked, err := param(c, "type")
	return err == nil && asked != "" && asked != artifactType
}

// placeCrumbs lead to what stands in a place.
func placeCrumbs(p registry.Place) []views.Crumb {
	if p.Kind == registry.RegistryPlace {
		return []views.Crumb{{Name: "Registry", URL: views.HomeURL}, {Name: views.PlaceName(p), URL: views.PlaceURL(p)}}
	}
	return projectCrumbs(p, views.Crumb{Name: "Artifacts", URL: views.ArtifactsURL(p, "")})
}

func sectionOf(p registry.Place) views.Section {
	if p.Kind == registry.RegistryPlace {
		return views.Registry
	}
	return views.Projects
}

// kindOf is what something is called in a registry, and what in a project.
func kindOf(p registry.Place, inRegistry, inProject string) string {
	if p.Kind == registry.RegistryPlace {
		return inRegistry
	}
	return inProject
}

// found sends the browser on to the one address of a page. An address with an
// empty part, as in //elsewhere.example/runs, must not name another site.
func found(c echo.Context, page string) error {
	return c.Redirect(http.StatusFound, web.LocalPath(page))
}
