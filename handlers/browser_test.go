package handlers_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/labstack/echo/v4"

	"greenroom/blob"
	"greenroom/db"
	"greenroom/db/dbtest"
	"greenroom/handlers"
	"greenroom/registry"
	"greenroom/vault"
	"greenroom/web"
)

const baseURL = "http://greenroom.test"

// A home is the product's pages with real sessions over a registry of its own.
type home struct {
	dbtest.House
	t  *testing.T
	db *db.DB
	e  *echo.Echo

	vault *vault.Vault
	live  *web.Hub
	links int // made for as
}

// newHome is furnished with the usual people.
func newHome(t *testing.T) *home {
	t.Helper()
	h := emptyHome(t)
	h.House = dbtest.Furnish(t, h.db)
	return h
}

// emptyHome has nobody in it.
func emptyHome(t *testing.T) *home {
	t.Helper()
	h := &home{t: t, db: dbtest.Open(t), e: echo.New()}
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	find := func(ctx context.Context, token string) (registry.Visitor, error) {
		return h.db.VisitorBySession(ctx, registry.Token(token))
	}
	store, err := blob.NewLocal(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	h.vault = vault.New(h.db, store, vault.Config{BaseURL: baseURL, Key: make([]byte, 32), Log: log})
	h.vault.Mount(h.e)
	h.e.HTTPErrorHandler = web.HandleError(log)
	h.e.IPExtractor = echo.ExtractIPDirect()
	h.e.Use(web.Log(log), web.Recover(), web.Secure(false))
	h.live = web.NewHub(h.db.Follow)
	handlers.Mount(h.e, handlers.Deps{
		DB: h.db, Vault: h.vault, BaseURL: baseURL, Live: h.live,
		Sessions: web.NewSessions(make([]byte, 32), make([]byte, 32), false, find),
	})
	return h
}

// browser is one where nobody is signed in.
func (h *home) browser() *browser { return &browser{home: h, jar: map[string]string{}} }

// as is a browser where somebody is.
func (h *home) as(name string) *browser {
	h.t.Helper()
	h.links++
	token := registry.Token(fmt.Sprint("link-", h.links))
	if err := h.db.MakeSignInLink(h.t.Context(), dbtest.System, name, token); err != nil {
		h.t.Fatal(err)
	}
	b := h.browser()
	b.get("/login/" + string(token)).leadsTo("/welcome")
	delete(b.jar, "greenroom_once") // what the first page would show
	return b
}

// hasPassword lets somebody sign in with one.
func (h *home) hasPassword(who registry.Actor, password string) {
	h.t.Helper()
	s := registry.NewSession{Token: "no session"}
	if err := h.db.ChangePassword(h.t.Context(), who, registry.Passwords{New: password}, s); err != nil {
		h.t.Fatal(err)
	}
}

// A browser keeps cookies and follows nothing by itself.
type browser struct {
	*home
	jar map[string]string
}

// An answer is what a browser got.
type answer struct {
	t      *testing.T
	asked  string
	Status int
	Header http.Header
	Body   string
	doc    *goquery.Document
}

// get asks for a page; headers are "Name: value".
func (b *browser) get(path string, headers ...string) answer {
	b.t.Helper()
	return b.send(httptest.NewRequest(http.MethodGet, path, nil), headers)
}

// page is what stands at an address that must be there.
func (b *browser) page(path string, headers ...string) *goquery.Document {
	b.t.Helper()
	return b.get(path, headers...).is(http.StatusOK).doc
}

// post sends a form.
func (b *browser) post(path string, form url.Values, headers ...string) answer {
	b.t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.send(r, append([]string{"Sec-Fetch-Site: same-origin"}, headers...))
}

func (b *browser) send(r *http.Request, headers []string) answer {
	b.t.Helper()
	for _, line := range headers {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Set(name, value)
	}
	for name, value := range b.jar {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	b.e.ServeHTTP(w, r)
	res := w.Result()
	defer res.Body.Close()
	for _, c := range res.Cookies() {
		if b.jar[c.Name] = c.Value; c.MaxAge < 0 {
			delete(b.jar, c.Name)
		}
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(string(body)))
	if err != nil {
		b.t.Fatal(err)
	}
	return answer{b.t, r.Method + " " + r.URL.Path, res.StatusCode, res.Header, string(body), doc}
}

func (a answer) is(status int) answer {
	a.t.Helper()
	if a.Status != status {
		a.t.Fatalf("%s: %d, want %d\n%s", a.asked, a.Status, status, a.words())
	}
	return a
}

func (a answer) leadsTo(path string) answer {
	a.t.Helper()
	if to := a.Header.Get("Location"); a.Status != http.StatusSeeOther || to != path {
		a.t.Fatalf("%s: %d to %q, want 303 to %q\n%s", a.asked, a.Status, to, path, a.words())
	}
	return a
}

// standsAt demands that the page has another address.
func (a answer) standsAt(path string) answer {
	a.t.Helper()
	if to := a.Header.Get("Location"); a.Status != http.StatusFound || to != path {
		a.t.Fatalf("%s: %d to %q, want 302 to %q\n%s", a.asked, a.Status, to, path, a.words())
	}
	return a
}

// shows demands that an element has some words.
func (a answer) shows(selector, words string) answer {
	a.t.Helper()
	if got := a.text(selector); !strings.Contains(got, words) {
		a.t.Errorf("%s: %q shows %q, want %q in it", a.asked, selector, got, words)
	}
	return a
}

// lacks demands that there is no such element.
func (a answer) lacks(selectors ...string) answer {
	a.t.Helper()
	for _, s := range selectors {
		if a.doc.Find(s).Length() > 0 {
			a.t.Errorf("%s: has %q", a.asked, s)
		}
	}
	return a
}

// text is the words of an element, spaces made one.
func (a answer) text(selector string) string {
	return strings.Join(strings.Fields(a.doc.Find(selector).Text()), " ")
}

func (a answer) words() string { return a.text("body") }

// whole reports whether the answer is a page rather than a part of one.
func (a answer) whole() bool { return strings.Contains(a.Body, "<!doctype html>") }

// forms are the addresses that the page's forms go to.
func (a answer) forms() []string {
	var to []string
	a.doc.Find("main form[method=post]").Each(func(_ int, f *goquery.Selection) {
		action, _ := f.Attr("action")
		to = append(to, action)
	})
	slices.Sort(to)
	return slices.Compact(to)
}

// texts are the trimmed texts of what a selector finds.
func texts(found *goquery.Selection) []string {
	return found.Map(func(_ int, s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") })
}

const htmx = "HX-Request: true"
