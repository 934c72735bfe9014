package handlers

import (
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"greenroom/registry"
	"greenroom/views"
	"greenroom/web"
)

// param is a segment of the path as its maker wrote it. Echo leaves a segment
// escaped when the path was escaped in an unusual way. Returns NotFound for one
// that cannot be read.
func param(c echo.Context, name string) (string, error) {
	value := c.Param(name)
	if c.Request().URL.RawPath == "" {
		return value, nil
	}
	value, err := url.PathUnescape(value)
	if err != nil {
		return "", registry.ErrNothing
	}
	return value, nil
}

// params are several segments.
func params(c echo.Context, names ...string) ([]string, error) {
	values := make([]string, len(names))
	for i, name := range names {
		value, err := param(c, name)
		if err != nil {
			return nil, err
		}
		values[i] = value
	}
	return values, nil
}

// whence is the page on which a form was sent, or another where the browser does
// not say.
func whence(c echo.Context, otherwise string) string {
	from, err := url.Parse(c.Request().Referer())
	if err != nil || from.Path == "" {
		return otherwise
	}
	return web.LocalPath(from.RequestURI())
}

// registryRef is the registry that the path names: an entity's own where it
// names no other.
func registryRef(c echo.Context) (registry.PlaceRef, error) {
	entity, err := param(c, "entity")
	if err != nil {
		return registry.PlaceRef{}, err
	}
	name := registry.OwnRegistry
	if c.Param("registry") != "" {
		if name, err = param(c, "registry"); err != nil {
			return registry.PlaceRef{}, err
		}
	}
	return registry.Registry(entity, name), nil
}

// elsewhere reports whether a place has its page at another address than it was
// asked for at: by a former name, in other letters, through a team, or as if a
// registry were a project.
func elsewhere(c echo.Context, asked registry.PlaceRef, found *registry.Place) bool {
	return asked.Entity != found.EntityName || asked.Name != found.Name ||
		c.Param("project") != "" && found.Kind == registry.RegistryPlace
}

// elsewhereIn is elsewhere for what has its page in a collection, which may have had
// another name when its address was written down.
func elsewhereIn(c echo.Context, asked registry.CollectionRef, found *registry.Place, name string) bool {
	return asked.Name != name || elsewhere(c, asked.Place, found)
}

// placeNamed is the place that W&B's clients call by a project name: to them a
// registry is a project, too.
func placeNamed(entity, project string) registry.PlaceRef {
	if strings.EqualFold(project, registry.OwnRegistry) {
		return registry.Registry(entity, registry.OwnRegistry)
	}
	if name, ok := strings.CutPrefix(project, "wandb-registry-"); ok {
		return registry.Registry(entity, name)
	}
	return registry.Project(entity, project)
}

// clientAddress turns an address that W&B's clients print into the page it
// means: /{entity}/registry/model?selectionPath=acme%2Fmodel-registry%2FMNIST&view=membership&version=v0
// and /orgs/{org}/registry/{registry}?selectionPath=….
func clientAddress(c echo.Context) (page string, ok bool) {
	parts := strings.SplitN(c.QueryParam("selectionPath"), "/", 3)
	if len(parts) < 3 || parts[0] == "" || parts[1] == "" || parts[2] == "" {
		return "", false
	}
	ref := placeNamed(parts[0], parts[1])
	place := registry.Place{Kind: ref.Kind, EntityName: ref.Entity, Name: ref.Name}
	name, alias := registry.SplitName(parts[2])
	// Of what stands in a project the clients print this for models only; the page
	// leads on from a wrong type to the right one.
	page = views.CollectionURL(place, "model", name)
	if version := c.QueryParam("version"); version != "" {
		alias = version
	} else if !strings.Contains(parts[2], ":") {
		return page, true
	}
	return page + "/" + url.PathEscape(alias), true
}

// followClient answers /orgs/{org}/registry/{registry}, as W&B's clients print
// it, with the page it means.
func (h *handlers) followClient(c echo.Context) error {
	if page, ok := clientAddress(c); ok {
		return found(c, page)
	}
	ref, err := registryRef(c)
	if err != nil {
		return err
	}
	if c.Param("registry") == "" {
		return found(c, views.HomeURL)
	}
	ref.Name = strings.TrimPrefix(ref.Name, "wandb-registry-")
	return found(c, views.PlaceURL(registry.Place{Kind: ref.Kind, EntityName: ref.Entity, Name: ref.Name}))
}

// followLanding answers /registry and /registry/model with the landing page.
func (h *handlers) followLanding(c echo.Context) error {
	if page, ok := clientAddress(c); ok {
		return found(c, page)
	}
	return found(c, views.HomeURL)
}
