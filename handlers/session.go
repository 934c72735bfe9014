package handlers

import (
	"crypto/rand"
	"encoding/hex"
	"net/http"

	"github.com/labstack/echo/v4"

	"greenroom/registry"
	"greenroom/views"
	"greenroom/web"
)

type signInForm struct {
	Name     string `form:"name"`
	Password string `form:"password"`
	Next     string `form:"next" query:"next"`
}

func (h *handlers) showSignIn(c echo.Context) error {
	var form signInForm
	if err := c.Bind(&form); err != nil {
		return err
	}
	form.Next = web.LocalPath(form.Next)
	if web.Actor(c).Known() {
		return web.Go(c, form.Next)
	}
	return h.renderSignIn(c, http.StatusOK, form, nil)
}

func (h *handlers) signIn(c echo.Context) error {
	var form signInForm
	if err := c.Bind(&form); err != nil {
		return err
	}
	form.Next = web.LocalPath(form.Next)
	s := newSession(c)
	err := h.DB.SignIn(c.Request().Context(), registry.Credentials{Name: form.Name, Password: form.Password}, s)
	switch kind := registry.KindOf(err); kind {
	case registry.Invalid, registry.Busy:
		return h.renderSignIn(c, web.Status[kind], form, err)
	case "":
		return begin(c, s, form.Next)
	}
	return err
}

func (h *handlers) renderSignIn(c echo.Context, status int, form signInForm, refused error) error {
	organization, err := h.DB.OnlyOrganization(c.Request().Context())
	if err != nil {
		return err
	}
	asked := views.SignIn{Organization: organization, Name: form.Name, Next: form.Next, Refused: web.Sentence(refused)}
	return web.Render(c, status, views.SignInPage(web.Page(c, "Sign in"), asked), nil)
}

// signInByLink is the link that is printed at the first start. A reader who is
// signed in already goes on, so that Back does not end on a used link.
func (h *handlers) signInByLink(c echo.Context) error {
	c.Response().Header().Set(echo.HeaderReferrerPolicy, "no-referrer")
	s, key := newSession(c), firstKey()
	made, err := h.DB.SignInByLink(c.Request().Context(), registry.Token(c.Param("token")), s, key)
	if registry.KindOf(err) == registry.Gone && web.Actor(c).Known() {
		return web.Go(c, views.HomeURL)
	}
	if err != nil {
		return err
	}
	if made {
		if err := web.Keep(c, keptKey(views.WelcomeURL), key.Secret); err != nil {
			return err
		}
	}
	return begin(c, s, views.WelcomeURL)
}

func (h *handlers) signOut(c echo.Context) error {
	if err := h.DB.SignOut(c.Request().Context(), registry.Token(web.SessionToken(c))); err != nil {
		return err
	}
	if err := web.EndSession(c); err != nil {
		return err
	}
	return web.Go(c, views.SignInURL)
}

// newSession is a session for the browser that asks.
func newSession(c echo.Context) registry.NewSession {
	return registry.NewSession{Token: newToken(), IP: c.RealIP(), UserAgent: c.Request().UserAgent()}
}

// newToken is a secret of 160 bits.
func newToken() registry.Token {
	var b [20]byte
	_, _ = rand.Read(b[:]) // never fails
	return registry.Token(hex.EncodeToString(b[:]))
}

// begin lets the browser in and sends it on.
func begin(c echo.Context, s registry.NewSession, next string) error {
	if err := web.BeginSession(c, string(s.Token)); err != nil {
		return err
	}
	return web.Go(c, next)
}
