package handlers

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"greenroom/registry"
	"greenroom/views"
	"greenroom/web"
)

// keptInvite is the name under which a new link waits for the page that shows
// it.
const keptInvite = "invite"

type inviteForm struct {
	Team string        `param:"team"`
	Role registry.Role `form:"role"`
	For  string        `form:"for"`
}

func (h *handlers) makeInvite(c echo.Context) error {
	var form inviteForm
	if err := c.Bind(&form); err != nil {
		return err
	}
	n := registry.NewInvite{Role: form.Role, ForWhom: strings.TrimSpace(form.For), Token: newToken()}
	err := h.DB.MakeInvite(c.Request().Context(), web.Actor(c), form.Team, n)
	if problems := web.Problems(err); problems != nil {
		return h.renderTeam(c, http.StatusUnprocessableEntity, views.TeamForm{For: form.For, Problems: problems})
	}
	if err != nil {
		return err
	}
	if err := web.Keep(c, keptInvite, string(n.Token)); err != nil {
		return err
	}
	return web.Go(c, views.TeamURL(form.Team))
}

// inviteMade is the invitation that was made just before, for the page to show
// once; the zero one if none was, or if it is good no more.
func (h *handlers) inviteMade(c echo.Context) (made views.MadeInvite, err error) {
	token := registry.Token(web.Kept(c, keptInvite))
	if token == "" {
		return made, nil
	}
	i, err := h.DB.Invite(c.Request().Context(), token)
	switch registry.KindOf(err) {
	case registry.NotFound, registry.Gone:
		return made, nil
	}
	return views.MadeInvite{Invite: i, Link: h.BaseURL + views.InviteURL(token)}, err
}

func (h *handlers) revokeInvite(c echo.Context) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	team := c.Param("team")
	err = h.DB.RevokeInvite(c.Request().Context(), web.Actor(c), team, id)
	return said(c, err, "Took the invitation back.", views.TeamURL(team)+"#invite")
}

type joinForm struct {
	Token    string `param:"token"`
	Name     string `form:"name"`
	FullName string `form:"full_name"`
	Email    string `form:"email"`
	Password string `form:"password"`
}

func (h *handlers) showInvite(c echo.Context) error {
	return h.renderInvite(c, http.StatusOK, joinForm{Token: c.Param("token")}, nil)
}

func (h *handlers) renderInvite(c echo.Context, status int, form joinForm, problems map[string]string) error {
	c.Response().Header().Set(echo.HeaderReferrerPolicy, "no-referrer")
	token := registry.Token(form.Token)
	i, err := h.DB.Invite(c.Request().Context(), token)
	if err != nil {
		return err
	}
	j := views.Joining{Invite: i, Token: token, Name: form.Name, FullName: form.FullName, Email: form.Email, Problems: problems}
	if j.Already, err = h.alreadyIn(c, i); err != nil {
		return err
	}
	return web.Render(c, status, views.InvitePage(web.Page(c, "Join "+i.TeamName), j), nil)
}

// alreadyIn says why an invitation gives the reader nothing, "" if it does.
func (h *handlers) alreadyIn(c echo.Context, i registry.Invite) (string, error) {
	if !web.Actor(c).Known() {
		return "", nil
	}
	teams, err := h.DB.Teams(c.Request().Context(), web.Actor(c))
	for _, m := range teams.Memberships {
		if m.EntityID == i.TeamID {
			return web.Sentence(i.CheckGives(m.Role)), err
		}
	}
	return "", err
}

func (h *handlers) acceptInvite(c echo.Context) error {
	team, err := h.DB.AcceptInvite(c.Request().Context(), web.Actor(c), registry.Token(c.Param("token")))
	return said(c, err, "Joined "+team+".", views.WelcomeURL)
}

// join makes an account and lets it in.
func (h *handlers) join(c echo.Context) error {
	var form joinForm
	if err := c.Bind(&form); err != nil {
		return err
	}
	ctx, s, key := c.Request().Context(), newSession(c), firstKey()
	err := h.DB.JoinByInvite(ctx, registry.Token(form.Token), registry.NewPerson{
		Name: form.Name, FullName: form.FullName, Email: form.Email, Password: form.Password,
	}, s, key)
	if problems := web.Problems(err); problems != nil {
		return h.renderInvite(c, http.StatusUnprocessableEntity, form, problems)
	}
	if err != nil {
		return err
	}
	if err := web.Keep(c, keptKey(views.WelcomeURL), key.Secret); err != nil {
		return err
	}
	return begin(c, s, views.WelcomeURL)
}

// firstKey is the API key that a new account starts with.
func firstKey() registry.NewKey {
	return registry.NewKey{Name: "first key", Secret: string(newToken()), Scope: registry.ScopeAdmin}
}
