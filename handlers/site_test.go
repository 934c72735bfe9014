package handlers_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/labstack/echo/v4"

	"greenroom/db"
	"greenroom/db/dbtest"
	"greenroom/handlers"
	"greenroom/registry"
	"greenroom/web"
)

// site is the product's pages over a registry of their own, furnished with the
// usual people.
type site struct {
	dbtest.House
	db   *db.DB
	echo *echo.Echo
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{db: dbtest.Open(t), echo: echo.New()}
	s.House = dbtest.Furnish(t, s.db)
	people := map[string]registry.Actor{}
	for _, who := range []registry.Actor{s.Ada, s.Bob, s.Vera, s.Olga, s.Eve} {
		people[who.Name] = who
	}
	s.echo.HTTPErrorHandler = web.HandleError(slog.New(slog.NewTextHandler(testOutput{t}, nil)))
	find := func(_ context.Context, token string) (registry.Visitor, error) {
		who, ok := people[token]
		if !ok {
			return registry.Visitor{}, registry.Errorf(registry.Unauthenticated, "Sign in.")
		}
		return registry.Visitor{Actor: who, FullName: who.Name, Organization: "acme"}, nil
	}
	sessions := web.NewSessions(make([]byte, 32), make([]byte, 32), false, find)
	handlers.Mount(s.echo, handlers.Deps{DB: s.db, Sessions: sessions, BaseURL: "https://greenroom.example"})
	s.echo.GET("/test/in/:name", func(c echo.Context) error {
		return web.BeginSession(c, c.Param("name"))
	}, sessions.Middleware)
	return s
}

// A reader is a browser that somebody is signed in with, or nobody.
type reader struct {
	*site
	t       *testing.T
	cookies []*http.Cookie
}

func (s *site) as(t *testing.T, who registry.Actor) reader {
	t.Helper()
	r := reader{site: s, t: t}
	if who.Known() {
		r.cookies = r.do(httptest.NewRequest(http.MethodGet, "/test/in/"+who.Name, nil)).Cookies()
	}
	return r
}

func (r reader) do(req *http.Request) *http.Response {
	r.t.Helper()
	for _, c := range r.cookies {
		req.AddCookie(c)
	}
	w := httptest.NewRecorder()
	r.echo.ServeHTTP(w, req)
	return w.Result()
}

// get asks for path with headers that are "true" and returns status, the page
// and where it leads.
func (r reader) get(path string, headers ...string) (status int, page *goquery.Document, location string) {
	r.t.Helper()
	req := httptest.NewRequest(http.MethodGet, path, nil)
	for _, h := range headers {
		req.Header.Set(h, "true")
	}
	res := r.do(req)
	defer res.Body.Close()
	page, err := goquery.NewDocumentFromReader(res.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return res.StatusCode, page, res.Header.Get("Location")
}

// page is get for what must be there.
func (r reader) page(path string, headers ...string) *goquery.Document {
	r.t.Helper()
	status, page, location := r.get(path, headers...)
	if status != http.StatusOK {
		r.t.Fatalf("GET %s: %d %s\n%s", path, status, location, page.Text())
	}
	return page
}

// testOutput shows what the product logs where the test does.
type testOutput struct{ t *testing.T }

func (o testOutput) Write(line []byte) (int, error) {
	o.t.Helper()
	o.t.Log(string(line))
	return len(line), nil
}
