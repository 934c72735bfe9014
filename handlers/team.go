package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"greenroom/registry"
	"greenroom/views"
	"greenroom/web"
)

// keptInvite is the name under which a new link waits for the page that shows
// it.
const keptInvite = "invite"

type teamForm struct {
	Team   string        `param:"team"`
	Person string        `param:"person"`
	Name   string        `form:"name"`
	Role   registry.Role `form:"role"`
}

func (h *handlers) showTeams(c echo.Context) error {
	return h.renderTeams(c, http.StatusOK, views.TeamForm{})
}

func (h *handlers) renderTeams(c echo.Context, status int, form views.TeamForm) error {
	teams, err := h.DB.Teams(c.Request().Context(), web.Actor(c))
	if err != nil {
		return err
	}
	form.MayAdd = teams.MayAdd
	return web.Render(c, status, views.TeamsPage(settingsPage(c, "Teams"), teams.Memberships, form), nil)
}

func (h *handlers) addTeam(c echo.Context) error {
	var form teamForm
	if err := c.Bind(&form); err != nil {
		return err
	}
	_, err := h.DB.AddTeam(c.Request().Context(), web.Actor(c), "", form.Name)
	if problems := web.Problems(err); problems != nil {
		return h.renderTeams(c, http.StatusUnprocessableEntity, views.TeamForm{Name: form.Name, Problems: problems})
	}
	return said(c, err, "Made the team "+form.Name+".", views.TeamURL(form.Name))
}

func (h *handlers) showTeam(c echo.Context) error {
	return h.renderTeam(c, http.StatusOK, views.TeamForm{Invite: web.Kept(c, keptInvite)})
}

func (h *handlers) renderTeam(c echo.Context, status int, form views.TeamForm) error {
	team, err := h.DB.Team(c.Request().Context(), web.Actor(c), c.Param("team"))
	if err != nil {
		return err
	}
	if form.Name == "" {
		form.Name = team.Name
	}
	if form.Invite != "" {
		c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	}
	page := settingsPage(c, team.Name)
	page.Crumbs[0] = views.Crumb{Name: "Teams", URL: views.TeamsURL}
	return web.Render(c, status, views.TeamPage(page, team, form), nil)
}

func (h *handlers) setRole(c echo.Context) error {
	var form teamForm
	if err := c.Bind(&form); err != nil {
		return err
	}
	err := h.DB.SetRole(c.Request().Context(), web.Actor(c), form.Team, form.Person, form.Role)
	return said(c, err, form.Person+" is now "+string(form.Role)+".", views.TeamURL(form.Team))
}

func (h *handlers) removeMember(c echo.Context) error {
	var form teamForm
	if err := c.Bind(&form); err != nil {
		return err
	}
	err := h.DB.RemoveMember(c.Request().Context(), web.Actor(c), form.Team, form.Person)
	if form.Person == web.Actor(c).Name {
		return said(c, err, "Left "+form.Team+".", views.TeamsURL)
	}
	return said(c, err, "Removed "+form.Person+".", views.TeamURL(form.Team))
}

func (h *handlers) renameTeam(c echo.Context) error {
	var form teamForm
	if err := c.Bind(&form); err != nil {
		return err
	}
	err := h.DB.RenameEntity(c.Request().Context(), web.Actor(c), form.Team, form.Name)
	if problems := web.Problems(err); problems != nil {
		return h.renderTeam(c, http.StatusUnprocessableEntity, views.TeamForm{Name: form.Name, Problems: problems})
	}
	return said(c, err, "Renamed the team to "+form.Name+".", views.TeamURL(form.Name))
}

func (h *handlers) makeInvite(c echo.Context) error {
	var form teamForm
	if err := c.Bind(&form); err != nil {
		return err
	}
	n := registry.NewInvite{Role: form.Role, Token: newToken()}
	if err := h.DB.MakeInvite(c.Request().Context(), web.Actor(c), form.Team, n); err != nil {
		return err
	}
	if err := web.Keep(c, keptInvite, h.BaseURL+views.InviteURL(n.Token)); err != nil {
		return err
	}
	return web.Go(c, views.TeamURL(form.Team))
}

func (h *handlers) revokeInvite(c echo.Context) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	team := c.Param("team")
	err = h.DB.RevokeInvite(c.Request().Context(), web.Actor(c), team, id)
	return said(c, err, "Took the invitation back.", views.TeamURL(team))
}
