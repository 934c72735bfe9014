package handlers

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"greenroom/registry"
	"greenroom/views"
	"greenroom/web"
)

// keptKey is the name under which a new key waits for the page that shows it, and
// for no other.
func keptKey(page string) string { return "key for " + page }

type keyForm struct {
	Name  string         `form:"name"`
	Scope registry.Scope `form:"scope"`
	Days  int            `form:"days"`
}

// key is what the form asks for.
func (f keyForm) key() registry.NewKey {
	k := registry.NewKey{Name: f.Name, Secret: string(newToken()), Scope: f.Scope}
	if f.Days > 0 {
		ends := time.Now().AddDate(0, 0, f.Days)
		k.ExpiresAt = &ends
	}
	return k
}

func (h *handlers) showKeys(c echo.Context) error {
	return h.renderKeys(c, http.StatusOK, views.Keys{Scope: registry.ScopeLog, Made: web.Kept(c, keptKey(views.KeysURL))})
}

func (h *handlers) renderKeys(c echo.Context, status int, k views.Keys) error {
	keys, err := h.DB.Keys(c.Request().Context(), web.Actor(c))
	if err != nil {
		return err
	}
	if k.Keys, k.BaseURL = keys, h.BaseURL; k.Made != "" {
		c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	}
	return web.Render(c, status, views.KeysPage(settingsPage(c, "API keys"), k), nil)
}

func (h *handlers) makeKey(c echo.Context) error {
	var form keyForm
	if err := c.Bind(&form); err != nil {
		return err
	}
	err := h.keepKey(c, form.key(), views.KeysURL)
	if problems := web.Problems(err); problems != nil {
		days := ""
		if form.Days > 0 {
			days = c.FormValue("days")
		}
		return h.renderKeys(c, http.StatusUnprocessableEntity, views.Keys{Name: form.Name, Scope: form.Scope, Days: days, Problems: problems})
	}
	return err
}

// keepKey makes a key and goes on to a page that shows it.
func (h *handlers) keepKey(c echo.Context, k registry.NewKey, next string) error {
	if _, err := h.DB.MakeKey(c.Request().Context(), web.Actor(c), k); err != nil {
		return err
	}
	if err := web.Keep(c, keptKey(next), k.Secret); err != nil {
		return err
	}
	return web.Go(c, next)
}

func (h *handlers) revokeKey(c echo.Context) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	err = h.DB.RevokeKey(c.Request().Context(), web.Actor(c), id)
	return said(c, err, "Revoked the key.", views.KeysURL)
}

// showAuthorize is where `wandb login` sends people.
func (h *handlers) showAuthorize(c echo.Context) error {
	if !web.Actor(c).Known() {
		return web.Go(c, web.SignInURL(c))
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	made := web.Kept(c, keptKey(views.AuthorizeURL))
	return web.Render(c, http.StatusOK, views.AuthorizePage(web.Page(c, "Log in from a terminal"), made), nil)
}

func (h *handlers) authorize(c echo.Context) error {
	name := "wandb login, " + time.Now().Format("2 Jan 2006")
	return h.keepKey(c, keyForm{Name: name, Scope: registry.ScopeAdmin}.key(), views.AuthorizeURL)
}
