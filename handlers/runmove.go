package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"greenroom/registry"
	"greenroom/views"
	"greenroom/web"
)

func (h *handlers) showMoveRun(c echo.Context) error {
	return h.renderMoveRun(c, http.StatusOK, "", "")
}

func (h *handlers) renderMoveRun(c echo.Context, status int, project, problem string) error {
	r, page, err := h.runToChange(c, "Move", "Move")
	if err != nil {
		return err
	}
	if err := r.CheckMove(web.Actor(c)); err != nil {
		return err
	}
	projects, err := h.DB.ProjectsToMoveTo(c.Request().Context(), web.Actor(c), r.Ref())
	if err != nil {
		return err
	}
	form := views.MoveRunForm{Projects: projects, Project: project, Problem: problem}
	return web.Render(c, status, views.MoveRunPage(page, r, form), views.MoveRunSheet(r, form))
}

// moveRun puts a run into another project, where its page leads to it from now on.
func (h *handlers) moveRun(c echo.Context) error {
	ref, err := runRef(c)
	if err != nil {
		return err
	}
	project := c.FormValue("project")
	was, is, err := h.DB.MoveRun(c.Request().Context(), web.Actor(c), ref, project)
	if problem := web.Problems(err)["project"]; problem != "" {
		return h.renderMoveRun(c, http.StatusUnprocessableEntity, project, problem)
	}
	if err != nil {
		return err
	}
	if was.PlaceID != is.PlaceID {
		if err := web.SayUndo(c, "Moved "+is.Title()+" to "+is.Place.Name+".", views.RunMoveURL(is.Place, is.Name, was.Place.Name)); err != nil {
			return err
		}
	}
	return web.Go(c, views.RunURL(is.Place, is.Name))
}

// followMovedRun leads to a part of the page of the run that an address was of
// before it was moved; without one, why says what is wrong with the address.
func (h *handlers) followMovedRun(c echo.Context, ref registry.RunRef, part registry.RunPart, why error) error {
	r, err := h.DB.MovedRun(c.Request().Context(), web.Actor(c), ref)
	if registry.KindOf(err) == registry.NotFound || registry.KindOf(err) == registry.Denied {
		return why
	}
	if err != nil {
		return err
	}
	return moved(c, views.RunPartURL(r.Place, r.Name, part))
}
