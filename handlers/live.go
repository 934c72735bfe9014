package handlers

import (
	"context"

	"github.com/labstack/echo/v4"

	"greenroom/registry"
	"greenroom/web"
)

// tellProject tells the page of a project's runs that some began, ended or were
// changed.
func (h *handlers) tellProject(c echo.Context) error {
	ref, err := projectRef(c)
	if err != nil {
		return err
	}
	id, err := h.DB.FindProject(c.Request().Context(), web.Actor(c), ref)
	if err != nil {
		return err
	}
	may := func(ctx context.Context, by registry.Actor) error {
		_, err := h.DB.FindProject(ctx, by, registry.PlaceRef{ID: id})
		return err
	}
	return h.Live.Stream(c, may, registry.PlaceSubject.Of(id))
}

// tellRun tells a run's page what is new on it.
func (h *handlers) tellRun(c echo.Context) error {
	ref, err := runRef(c)
	if err != nil {
		return err
	}
	id, err := h.DB.FindRun(c.Request().Context(), web.Actor(c), ref)
	if err != nil {
		return err
	}
	may := func(ctx context.Context, by registry.Actor) error {
		_, err := h.DB.FindRun(ctx, by, registry.RunRef{ID: id})
		return err
	}
	return h.Live.Stream(c, may, registry.RunSubject.Of(id))
}
