package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"greenroom/registry"
	"greenroom/views"
	"greenroom/web"
)

func (h *handlers) showSettings(c echo.Context) error { return web.Go(c, views.AccountURL) }

func (h *handlers) showAccount(c echo.Context) error {
	return h.renderAccount(c, http.StatusOK, nil, nil)
}

// renderAccount shows the account as it is, or what was typed with what is wrong
// with it.
func (h *handlers) renderAccount(c echo.Context, status int, typed *accountForm, problems map[string]string) error {
	a, err := h.DB.Account(c.Request().Context(), web.Actor(c), registry.Token(web.SessionToken(c)))
	if err != nil {
		return err
	}
	form := views.AccountForm{FullName: a.FullName, Email: a.Email, Problems: problems}
	if typed != nil {
		form.FullName, form.Email = typed.FullName, typed.Email
	}
	page := settingsPage(c, "Account")
	return web.Render(c, status, views.AccountPage(page, a, form), views.Sessions(a.Sessions, page))
}

type accountForm struct {
	FullName string `form:"full_name"`
	Email    string `form:"email"`
	Default  string `form:"default"`
}

func (h *handlers) updateAccount(c echo.Context) error {
	var form accountForm
	if err := c.Bind(&form); err != nil {
		return err
	}
	err := h.DB.UpdateAccount(c.Request().Context(), web.Actor(c), registry.AccountChange{
		FullName: form.FullName, Email: form.Email, DefaultEntity: form.Default,
	})
	if problems := web.Problems(err); problems != nil {
		return h.renderAccount(c, http.StatusUnprocessableEntity, &form, problems)
	}
	return said(c, err, "Saved your account.", views.AccountURL)
}

// lookLife is how long a browser remembers how pages are to look.
const lookLife = 365 * 24 * 60 * 60

// setLook keeps in the reader's browser how pages look and behave there.
func (h *handlers) setLook(c echo.Context) error {
	keys := "off"
	if c.FormValue("keys") != "" {
		keys = ""
	}
	remember(c, views.ThemeCookie, string(views.ThemeOf(c.FormValue("theme"))))
	remember(c, views.KeysCookie, keys)
	return said(c, nil, "Saved for this browser.", views.AccountURL)
}

// remember sets a cookie that scripts may change too, "" to take it away.
func remember(c echo.Context, name, value string) {
	cookie := http.Cookie{Name: name, Value: value, Path: "/", MaxAge: lookLife, SameSite: http.SameSiteLaxMode}
	if value == "" {
		cookie.MaxAge = -1
	}
	c.SetCookie(&cookie)
}

type passwordForm struct {
	Old string `form:"old"`
	New string `form:"password"`
}

func (h *handlers) changePassword(c echo.Context) error {
	var form passwordForm
	if err := c.Bind(&form); err != nil {
		return err
	}
	s := registry.NewSession{Token: registry.Token(web.SessionToken(c)), IP: c.RealIP()}
	err := h.DB.ChangePassword(c.Request().Context(), web.Actor(c), registry.Passwords{Old: form.Old, New: form.New}, s)
	if problems := web.Problems(err); problems != nil {
		return h.renderAccount(c, http.StatusUnprocessableEntity, nil, problems)
	}
	return said(c, err, "Changed your password and ended your other sessions.", views.AccountURL)
}

func (h *handlers) endSession(c echo.Context) error {
	id, err := idParam(c)
	if err != nil {
		return err
	}
	if err := h.DB.EndSession(c.Request().Context(), web.Actor(c), id); err != nil {
		return err
	}
	return h.sessionsEnded(c, "Signed that browser out.")
}

func (h *handlers) endOtherSessions(c echo.Context) error {
	if err := h.DB.EndOtherSessions(c.Request().Context(), web.Actor(c), registry.Token(web.SessionToken(c))); err != nil {
		return err
	}
	return h.sessionsEnded(c, "Signed all other browsers out.")
}

func (h *handlers) sessionsEnded(c echo.Context, sentence string) error {
	if err := web.Say(c, sentence); err != nil {
		return err
	}
	if web.WantsPartial(c) {
		return h.renderAccount(c, http.StatusOK, nil, nil)
	}
	return web.Go(c, views.AccountURL+"#"+views.SessionsID)
}

// settingsPage is the frame of a page about oneself.
func settingsPage(c echo.Context, title string) views.Page {
	p := web.Page(c, title, views.Crumb{Name: web.Actor(c).Name, URL: views.AccountURL}, views.Crumb{Name: title})
	p.Section = views.Settings
	return p
}

// said ends a change: with its error, or on the page at url, which says what was
// done.
func said(c echo.Context, err error, sentence, url string) error {
	if err != nil {
		return err
	}
	if err := web.Say(c, sentence); err != nil {
		return err
	}
	return web.Go(c, url)
}

// idParam is the number in the address; what is none is not there.
func idParam(c echo.Context) (id int64, err error) {
	if err := echo.PathParamsBinder(c).MustInt64("id", &id).BindError(); err != nil {
		return 0, registry.ErrNothing
	}
	return id, nil
}
