// Package web is how Greenroom speaks HTTP to a browser: who asks, page or part
// of a page, errors, sessions, origin checks. It knows nothing of models.
package web

import (
	"net/http"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"greenroom/views"
)

// WantsPartial reports whether htmx asked for a piece of the page it is on.
// Boosted links and history restores need the whole page.
func WantsPartial(c echo.Context) bool {
	h := c.Request().Header
	return h.Get("HX-Request") == "true" &&
		h.Get("HX-Boosted") != "true" &&
		h.Get("HX-History-Restore-Request") != "true"
}

// Render answers with page, or with partial alone when htmx wants just that, and
// with what Say said for it. A nil partial means the page has no part that stands
// alone.
func Render(c echo.Context, status int, page, partial templ.Component) error {
	h := c.Response().Header()
	h.Add(echo.HeaderVary, "HX-Request, HX-Boosted, HX-History-Restore-Request, Cookie")
	if h.Get(echo.HeaderCacheControl) == "" {
		h.Set(echo.HeaderCacheControl, "private, no-cache")
	}
	answer := page
	if partial != nil && WantsPartial(c) {
		answer = partial
		if c.Get(saidKey) != nil {
			answer = templ.Join(partial, views.FlashNow(kept(c)))
		}
	}
	buf := templ.GetBuffer()
	defer templ.ReleaseBuffer(buf)
	if err := answer.Render(c.Request().Context(), buf); err != nil {
		return err
	}
	return c.HTMLBlob(status, buf.Bytes())
}

// Go sends the browser on to the page at url, also when htmx asked.
func Go(c echo.Context, url string) error {
	if !WantsPartial(c) {
		return c.Redirect(http.StatusSeeOther, url)
	}
	c.Response().Header().Set("HX-Redirect", url)
	return c.NoContent(http.StatusNoContent)
}

// Page returns the frame of a page for whoever is asking. It takes what Say
// left for the next page, so call it once per answer. Where only a part of the
// page is asked for that stays: a page which looks for news meanwhile would take
// it away from the page that is to show it.
func Page(c echo.Context, title string, crumbs ...views.Crumb) views.Page {
	v := visitor(c)
	p := views.Page{
		Title:   title,
		Org:     v.Organization,
		Viewer:  views.Viewer{Name: v.FullName, Username: v.Actor.Name},
		Starred: v.Starred,
		Crumbs:  crumbs,
		Path:    c.Request().URL.Path,
		Now:     time.Now(),
	}
	if !WantsPartial(c) {
		p.Flash = kept(c)
	}
	if cookie, err := c.Cookie(views.ThemeCookie); err == nil {
		p.Theme = views.ThemeOf(cookie.Value)
	}
	if cookie, err := c.Cookie(views.KeysCookie); err == nil {
		p.KeysOff = cookie.Value == "off"
	}
	if cookie, err := c.Cookie(views.RailCookie); err == nil {
		p.Folded = cookie.Value == "folded"
	}
	return p
}

// kept is what Say or SayUndo said, which it takes.
func kept(c echo.Context) views.Message {
	return views.Message{Text: Kept(c, flashText), UndoURL: Kept(c, flashUndo)}
}
