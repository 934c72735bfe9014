package handlers

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"greenroom/registry"
	"greenroom/views"
	"greenroom/web"
)

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
	var form views.TeamForm
	if !web.WantsPartial(c) {
		made, err := h.inviteMade(c)
		if err != nil {
			return err
		}
		form.Made = made
	}
	return h.renderTeam(c, http.StatusOK, form)
}

func (h *handlers) renderTeam(c echo.Context, status int, form views.TeamForm) error {
	team, err := h.DB.Team(c.Request().Context(), web.Actor(c), c.Param("team"), membersAsked(c))
	if err != nil {
		return err
	}
	if form.Name == "" {
		form.Name = team.Name
	}
	if form.Made.Link != "" {
		c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	}
	page := settingsPage(c, team.Name)
	page.Crumbs[0] = views.Crumb{Name: "Teams", URL: views.TeamsURL}
	return web.Render(c, status, views.TeamPage(page, team, form), views.TeamMembers(page, team, form))
}

// membersAsked are the members that an address or a form asks for.
func membersAsked(c echo.Context) registry.TeamQuery {
	return registry.TeamQuery{Find: c.FormValue("q"), After: c.FormValue("after")}
}

// addMember lets somebody of the organization in by name; it is also the way back
// from removing somebody, and then all of it stands in the address.
func (h *handlers) addMember(c echo.Context) error {
	team, n := c.Param("team"), registry.NewMember{Person: strings.TrimSpace(c.FormValue("person"))}
	if err := n.Role.UnmarshalText([]byte(c.FormValue("role"))); err != nil {
		return err
	}
	err := h.DB.AddToTeam(c.Request().Context(), web.Actor(c), team, n)
	if problems := web.Problems(err); problems != nil {
		return h.renderTeam(c, http.StatusUnprocessableEntity, views.TeamForm{Person: n.Person, Problems: problems})
	}
	return said(c, err, "Added "+n.Person+" as "+string(n.Role)+".", views.TeamURL(team))
}

// setRole gives somebody another role; the way back from that has it in the
// address.
func (h *handlers) setRole(c echo.Context) error {
	var form teamForm
	if err := c.Bind(&form); err != nil {
		return err
	}
	if form.Role == registry.Stranger && c.QueryParam("role") != "" {
		if err := form.Role.UnmarshalText([]byte(c.QueryParam("role"))); err != nil {
			return err
		}
	}
	had, err := h.DB.SetRole(c.Request().Context(), web.Actor(c), form.Team, form.Person, form.Role)
	if err != nil {
		return err
	}
	back := views.TeamFindURL(form.Team, membersAsked(c))
	if had == form.Role {
		return said(c, nil, form.Person+" is "+string(form.Role)+" already.", back)
	}
	if err := web.SayUndo(c, form.Person+" is now "+string(form.Role)+".", views.RoleURL(form.Team, form.Person, had)); err != nil {
		return err
	}
	if web.WantsPartial(c) && form.Person != web.Actor(c).Name { // what else the page shows goes by one's own role
		return h.renderTeam(c, http.StatusOK, views.TeamForm{Changed: form.Person})
	}
	return web.Go(c, back)
}

func (h *handlers) removeMember(c echo.Context) error {
	var form teamForm
	if err := c.Bind(&form); err != nil {
		return err
	}
	had, err := h.DB.RemoveMember(c.Request().Context(), web.Actor(c), form.Team, form.Person)
	if err != nil {
		return err
	}
	if form.Person == web.Actor(c).Name {
		return said(c, nil, "Left "+form.Team+".", views.TeamsURL)
	}
	if err := web.SayUndo(c, "Removed "+form.Person+".", views.AddMemberURL(form.Team, form.Person, had)); err != nil {
		return err
	}
	if web.WantsPartial(c) {
		return h.renderTeam(c, http.StatusOK, views.TeamForm{})
	}
	return web.Go(c, views.TeamFindURL(form.Team, membersAsked(c)))
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
