// Package web is how Greenroom speaks HTTP to a browser: who asks, page or part
// of a page, errors, sessions, origin checks. It knows nothing of models.
package web

import (
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/a-h/templ"
	"github.com/klauspost/compress/gzip"
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
	return sendHTML(c, status, buf.Bytes())
}

// zippers are kept, since each takes long to make and half a megabyte of memory.
var zippers = sync.Pool{New: func() any {
	z, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // which is a level that there is
	return z
}}

// worthZipping is how large a page is that saves more packets than work.
const worthZipping = 4 << 10

// sendHTML answers with HTML, zipped for browsers that can read that. A list of 50
// models is a tenth as large then, which people notice who are far away.
func sendHTML(c echo.Context, status int, html []byte) error {
	h := c.Response().Header()
	h.Add(echo.HeaderVary, echo.HeaderAcceptEncoding)
	if len(html) < worthZipping || !strings.Contains(c.Request().Header.Get(echo.HeaderAcceptEncoding), "gzip") {
		return c.HTMLBlob(status, html)
	}
	h.Set(echo.HeaderContentEncoding, "gzip")
	h.Set(echo.HeaderContentType, echo.MIMETextHTMLCharsetUTF8)
	c.Response().WriteHeader(status)
	z := zippers.Get().(*gzip.Writer)
	defer zippers.Put(z)
	z.Reset(c.Response())
	if _, err := z.Write(html); err != nil {
		return err
	}
	return z.Close()
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
		Theme:   Theme(c),
	}
	if !WantsPartial(c) {
		p.Flash = kept(c)
	}
	if cookie, err := c.Cookie(views.KeysCookie); err == nil {
		p.KeysOff = cookie.Value == "off"
	}
	if cookie, err := c.Cookie(views.RailCookie); err == nil {
		p.Folded = cookie.Value == "folded"
	}
	return p
}

// Theme is how whoever is asking wants to see pages.
func Theme(c echo.Context) views.Theme {
	cookie, err := c.Cookie(views.ThemeCookie)
	if err != nil {
		return views.SystemTheme
	}
	return views.ThemeOf(cookie.Value)
}

// kept is what Say or SayUndo said, which it takes.
func kept(c echo.Context) views.Message {
	return views.Message{Text: Kept(c, flashText), UndoURL: Kept(c, flashUndo)}
}
