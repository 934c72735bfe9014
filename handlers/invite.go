package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"greenroom/registry"
	"greenroom/views"
	"greenroom/web"
)

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
	return web.Render(c, status, views.InvitePage(web.Page(c, "Join "+i.TeamName), j), nil)
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
	if err := web.Keep(c, keptKey, key.Secret); err != nil {
		return err
	}
	return begin(c, s, views.WelcomeURL)
}

// firstKey is the API key that a new account starts with.
func firstKey() registry.NewKey {
	return registry.NewKey{Name: "first key", Secret: string(newToken()), Scope: registry.ScopeAdmin}
}
