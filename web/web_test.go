package web_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"greenroom/registry"
	"greenroom/web"
)

func TestLocalPath(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/":                        "/",
		"/settings/keys?x=1#new":   "/settings/keys?x=1#new",
		"/a/b%2Fc":                 "/a/b%2Fc",
		"":                         "/",
		"settings":                 "/",
		"//evil.example":           "/",
		"///evil.example":          "/",
		"/\\evil.example":          "/",
		"/\t/evil.example":         "/",
		"/\n/evil.example":         "/",
		"https://evil.example":     "/",
		"https:/evil.example":      "/",
		"javascript:alert(1)":      "/",
		"/%zz":                     "/",
		" /evil":                   "/",
		"/login/../settings/keys?": "/login/../settings/keys?",
	} {
		if got := web.LocalPath(path); got != want {
			t.Errorf("LocalPath(%q) = %q, want %q", path, got, want)
		}
	}
}

// Every kind of error has a status.
func TestStatus(t *testing.T) {
	t.Parallel()
	for _, kind := range []registry.Kind{
		registry.Invalid, registry.Unauthenticated, registry.Denied, registry.NotFound, registry.Conflict, registry.Gone,
		registry.Busy, registry.Unsupported, registry.Internal,
	} {
		if web.Status[kind] < 400 {
			t.Errorf("%s has the status %d", kind, web.Status[kind])
		}
	}
}

// site is a server with one page that fails and what it logged.
func site(fails error) (http.Handler, *bytes.Buffer) {
	log := &bytes.Buffer{}
	logger := slog.New(slog.NewTextHandler(log, nil))
	e := echo.New()
	e.HTTPErrorHandler = web.HandleError(logger)
	e.Use(web.Log(logger), web.Recover())
	sessions := web.NewSessions(make([]byte, 32), make([]byte, 32), true, func(context.Context, string) (registry.Visitor, error) {
		return registry.Visitor{}, fails
	})
	p := e.Group("", sessions.Middleware)
	p.GET("/fails/:token", func(echo.Context) error { return fails })
	p.GET("/panics", func(echo.Context) error { panic("at the disco") })
	p.GET("/keep", func(c echo.Context) error {
		return errors.Join(web.Keep(c, "key", "the secret itself"), web.Say(c, "Done."))
	})
	p.GET("/kept", func(c echo.Context) error {
		return c.String(200, web.Held(c, "key")+web.Kept(c, "key")+web.Kept(c, "key"))
	})
	p.GET("/said", func(c echo.Context) error { return web.SayUndo(c, "The tag is gone.", "/tags?add=new") })
	p.GET("/flash", func(c echo.Context) error {
		flash := web.Page(c, "").Flash
		return c.String(200, flash.Text+flash.UndoURL)
	})
	p.GET("/does", func(c echo.Context) error {
		if err := web.SayUndo(c, "The tag is gone.", "/tags?add=new"); err != nil {
			return err
		}
		return web.Render(c, 200, templ.Raw("page"), templ.Raw("part"))
	})
	p.GET("/in", func(c echo.Context) error { return web.BeginSession(c, "token") })
	p.GET("/page", func(c echo.Context) error { return web.Render(c, 200, templ.Raw("page"), templ.Raw("part")) })
	p.GET("/half", func(c echo.Context) error {
		return web.Render(c, 200, templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
			_, _ = io.WriteString(w, "half a page")
			return errors.New("the template broke")
		}), nil)
	})
	return e, log
}

func ask(h http.Handler, path string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for _, line := range headers {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Add(name, value)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// Our own faults are told to the log, once, and not to the reader.
func TestInternalErrors(t *testing.T) {
	t.Parallel()
	secret := fmt.Errorf("db: the password of the database is %s", "hunter2")
	for _, path := range []string{"/fails/secret-in-address?token=hidden", "/panics", "/half"} {
		h, log := site(secret)
		w := ask(h, path)
		reference := w.Header().Get("X-Request-Id")
		if w.Code != http.StatusInternalServerError || reference == "" || !strings.Contains(w.Body.String(), reference) {
			t.Errorf("%s: %d without the reference %q", path, w.Code, reference)
		}
		if strings.Contains(w.Body.String(), "hunter2") || strings.Contains(w.Body.String(), "half a page") || strings.Contains(w.Body.String(), "disco") {
			t.Errorf("%s tells the reader what went wrong inside", path)
		}
		if n := strings.Count(log.String(), "request failed"); n != 1 || !strings.Contains(log.String(), reference) {
			t.Errorf("%s was logged %d times:\n%s", path, n, log)
		}
		if strings.Contains(log.String(), "hidden") || strings.Contains(log.String(), "secret-in-address") {
			t.Errorf("the log has the address: %s", log)
		}
	}
}

func TestErrorsAsJSON(t *testing.T) {
	t.Parallel()
	h, log := site(registry.InField("name", "The name is taken."))
	w := ask(h, "/fails/x", "Accept: application/json")
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `"fields":{"name":"The name is taken."}`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if strings.Contains(log.String(), "level=ERROR") {
		t.Errorf("what a caller did is logged as our fault: %s", log)
	}
	h, _ = site(registry.Errorf(registry.Unauthenticated, "Sign in."))
	if w := ask(h, "/fails/x", "Accept: application/json"); w.Code != http.StatusUnauthorized {
		t.Errorf("a program without a session: %d", w.Code)
	}
}

func TestPageOrPart(t *testing.T) {
	t.Parallel()
	h, _ := site(nil)
	for _, tc := range []struct {
		headers []string
		want    string
	}{
		{nil, "page"},
		{[]string{"HX-Request: true"}, "part"},
		{[]string{"HX-Request: true", "HX-Boosted: true"}, "page"},
		{[]string{"HX-Request: true", "HX-History-Restore-Request: true"}, "page"},
	} {
		w := ask(h, "/page", tc.headers...)
		if w.Body.String() != tc.want || !strings.Contains(w.Header().Get("Vary"), "HX-History-Restore-Request") {
			t.Errorf("%v: %q, varies on %q", tc.headers, w.Body, w.Header().Get("Vary"))
		}
	}
}

// What waits for the next page cannot be read from the cookie, and is gone
// after.
func TestKeep(t *testing.T) {
	t.Parallel()
	h, _ := site(nil)
	cookies := ask(h, "/keep").Result().Cookies()
	if len(cookies) != 1 || strings.Contains(cookies[0].Value, "secret") || !cookies[0].HttpOnly || !cookies[0].Secure {
		t.Fatalf("the cookies are %v", cookies)
	}
	w := ask(h, "/kept", "Cookie: "+cookies[0].Name+"="+cookies[0].Value)
	if w.Body.String() != "the secret itselfthe secret itself" {
		t.Errorf("kept %q", w.Body)
	}
	forged := ask(h, "/kept", "Cookie: "+cookies[0].Name+"="+cookies[0].Value[:len(cookies[0].Value)-4]+"AAAA")
	if forged.Body.String() != "" {
		t.Errorf("a forged cookie gave %q", forged.Body)
	}
}

// What was said stands on one page, with the way back.
func TestSayUndo(t *testing.T) {
	t.Parallel()
	h, _ := site(nil)
	said := ask(h, "/said").Result().Cookies()[0]
	w := ask(h, "/flash", "Cookie: "+said.Name+"="+said.Value, "HX-Request: true")
	if w.Body.String() != "" || len(w.Result().Cookies()) > 0 {
		t.Errorf("a part of the page before takes %q, %v", w.Body, w.Result().Cookies())
	}
	w = ask(h, "/flash", "Cookie: "+said.Name+"="+said.Value)
	if w.Body.String() != "The tag is gone./tags?add=new" {
		t.Errorf("the next page says %q", w.Body)
	}
	if out := w.Result().Cookies(); len(out) != 1 || out[0].MaxAge >= 0 {
		t.Errorf("it is said again: %v", out)
	}

	// A part of a page says it at once.
	w = ask(h, "/does", "HX-Request: true")
	part := w.Body.String()
	for _, want := range []string{"part<", `hx-swap-oob="innerHTML:#flash"`, "The tag is gone.", `action="/tags?add=new"`} {
		if !strings.Contains(part, want) {
			t.Errorf("%q lacks %q", part, want)
		}
	}
	if out := w.Result().Cookies(); len(out) != 1 || out[0].MaxAge >= 0 {
		t.Errorf("it is said again: %v", out)
	}
	if page := ask(h, "/does"); page.Body.String() != "page" || page.Result().Cookies()[0].MaxAge < 0 {
		t.Errorf("a whole page is %q and keeps %v", page.Body, page.Result().Cookies())
	}
}

// A session that has ended is nobody's, and its cookie goes; a database that is
// down is not taken for that.
func TestSessionsThatEnd(t *testing.T) {
	t.Parallel()
	h, _ := site(registry.Errorf(registry.Unauthenticated, "This session has ended."))
	in := ask(h, "/in").Result().Cookies()[0]
	w := ask(h, "/page", "Cookie: "+in.Name+"="+in.Value)
	if out := w.Result().Cookies(); w.Code != http.StatusOK || len(out) != 1 || out[0].MaxAge >= 0 {
		t.Errorf("%d, cookies %v", w.Code, out)
	}
	h, _ = site(registry.Errorf(registry.Busy, "The database does not answer."))
	w = ask(h, "/page", "Cookie: "+in.Name+"="+in.Value)
	if w.Code != http.StatusServiceUnavailable || len(w.Result().Cookies()) != 0 {
		t.Errorf("%d, cookies %v", w.Code, w.Result().Cookies())
	}
}
