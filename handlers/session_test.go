package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"greenroom/db/dbtest"
	"greenroom/registry"
)

func TestSignIn(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.hasPassword(h.Bob, "correct horse battery")
	b := h.browser()

	b.get("/settings/keys?x=1").leadsTo("/login?next=%2Fsettings%2Fkeys%3Fx%3D1")
	page := b.get("/login?next=%2Fsettings%2Fkeys").is(http.StatusOK)
	if next, _ := page.doc.Find("input[name=next]").Attr("value"); next != "/settings/keys" {
		t.Errorf("the form leads on to %q", next)
	}

	wrong := b.post("/login", url.Values{"name": {"bob"}, "password": {"wrong"}, "next": {"/settings/keys"}}).is(http.StatusUnprocessableEntity)
	wrong.shows("[role=alert]", "The name or the password is wrong.")
	if name, _ := wrong.doc.Find("input[name=name]").Attr("value"); name != "bob" {
		t.Errorf("the form forgot the name: %q", name)
	}
	if strings.Contains(wrong.Body, "value=\"wrong\"") {
		t.Error("the form gives the password back")
	}
	unknown := b.post("/login", url.Values{"name": {"nobody"}, "password": {"wrong"}}).is(http.StatusUnprocessableEntity)
	unknown.shows("[role=alert]", "The name or the password is wrong.")

	b.post("/login", url.Values{"name": {"BOB"}, "password": {"correct horse battery"}, "next": {"/settings/keys"}}).leadsTo("/settings/keys")
	b.get("/settings/keys").is(http.StatusOK)
	b.get("/login?next=/settings/account").leadsTo("/settings/account")

	stolen := b.jar["greenroom"]
	b.post("/logout", nil).leadsTo("/login")
	b.get("/settings/keys").leadsTo("/login?next=%2Fsettings%2Fkeys")
	b.jar["greenroom"] = stolen
	b.get("/settings/keys").leadsTo("/login?next=%2Fsettings%2Fkeys")
}

// What stands in the address never leads to another site.
func TestNextStaysHere(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.hasPassword(h.Bob, "correct horse battery")
	for _, next := range []string{
		"https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
		"/\t/evil.example", "evil", "", "http:evil", "///evil.example", "/%0d%0aSet-Cookie:x", "http://user@evil.example",
	} {
		a := h.browser().post("/login", url.Values{"name": {"bob"}, "password": {"correct horse battery"}, "next": {next}})
		to := a.is(http.StatusSeeOther).Header.Get("Location")
		if u, err := url.Parse(to); err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n\t") {
			t.Errorf("next=%q leads to %q", next, to)
		}
	}
}

func TestTooManyWrongPasswords(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.hasPassword(h.Bob, "correct horse battery")
	b := h.browser()
	for range registry.FailuresPerName {
		b.post("/login", url.Values{"name": {"bob"}, "password": {"wrong"}}).is(http.StatusUnprocessableEntity)
	}
	right := url.Values{"name": {"bob"}, "password": {"correct horse battery"}}
	b.post("/login", right).is(http.StatusServiceUnavailable).shows("[role=alert]", "Try again in 15 minutes.")
	// Others are not locked out with him.
	h.hasPassword(h.Ada, "another long password")
	h.browser().post("/login", url.Values{"name": {"ada"}, "password": {"another long password"}}).leadsTo("/")

	if err := dbtest.Exec(t, h.db, `update sign_in_failures set at = at - interval '16 minutes'`); err != nil {
		t.Fatal(err)
	}
	b.post("/login", right).leadsTo("/")
}

func TestSignInLinkWorksOnce(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	if err := h.db.MakeSignInLink(t.Context(), dbtest.System, "bob", "token"); err != nil {
		t.Fatal(err)
	}
	first, second := h.browser(), h.browser()
	first.get("/login/token").leadsTo("/welcome")
	first.get("/welcome").is(http.StatusOK).shows("body", "WANDB_BASE_URL="+baseURL)
	second.get("/login/token").is(http.StatusGone).shows("[role=alert]", "This link has been used")
	second.get("/login/another").is(http.StatusGone)
	// Whoever is in already goes on: Back must not end on an error.
	first.get("/login/token").leadsTo("/")

	if err := h.db.MakeSignInLink(t.Context(), dbtest.System, "bob", "old"); err != nil {
		t.Fatal(err)
	}
	if err := dbtest.Exec(t, h.db, `update sign_in_links set expires_at = now() - interval '1 second'`); err != nil {
		t.Fatal(err)
	}
	second.get("/login/old").is(http.StatusGone)
	if second.jar["greenroom"] != "" {
		t.Error("an expired link began a session")
	}
}

// A page of another site cannot act in the reader's name.
func TestOtherSitesAreRefused(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	b := h.as("bob")
	form := url.Values{"name": {"stolen"}, "scope": {"admin"}}
	for _, header := range []string{"Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site"} {
		b.post("/settings/keys", form, header).is(http.StatusForbidden).shows("[role=alert]", "another site")
	}
	b.post("/settings/keys", form, "Sec-Fetch-Site: ", "Origin: https://evil.example").is(http.StatusForbidden)
	b.get("/settings/keys").is(http.StatusOK).lacks(".keys tbody tr:nth-child(2)")
}

func TestErrorsFitWhoAsks(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	b := h.as("bob")

	page := b.get("/settings/teams/rivals").is(http.StatusNotFound)
	if page.shows("h1", "Nothing here"); !page.whole() {
		t.Error("not a whole page")
	}
	part := b.get("/settings/teams/rivals", htmx).is(http.StatusNotFound)
	if part.whole() || part.Header.Get("HX-Retarget") != "#flash" || !strings.Contains(part.Body, "There is nothing here") {
		t.Errorf("htmx got %v\n%s", part.Header, part.Body)
	}
	restored := b.get("/settings/teams/rivals", htmx, "HX-History-Restore-Request: true").is(http.StatusNotFound)
	if !restored.whole() {
		t.Error("going back gave a part of a page")
	}
	json := b.get("/settings/teams/rivals", "Accept: application/json").is(http.StatusNotFound)
	if json.Header.Get("Content-Type") != "application/problem+json" || !strings.Contains(json.Body, `"status":404`) {
		t.Errorf("a program got %s\n%s", json.Header.Get("Content-Type"), json.Body)
	}
	out := h.browser().post("/settings/sessions/end", nil, htmx, "HX-Current-URL: http://greenroom.test/settings/account").is(http.StatusNoContent)
	if to := out.Header.Get("HX-Redirect"); to != "/login?next=%2Fsettings%2Faccount" {
		t.Errorf("htmx is sent to %q", to)
	}
	b.get("/settings/nothing/of/that/kind").is(http.StatusNotFound).shows("h1", "Nothing here")
	b.post("/settings/keys/seven/revoke", nil).is(http.StatusNotFound)
}

func TestEveryAnswerIsCareful(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	a := h.browser().get("/login")
	for name, want := range map[string]string{
		"Content-Security-Policy": "script-src 'self'; style-src 'self'",
		"X-Content-Type-Options":  "nosniff",
		"Referrer-Policy":         "same-origin",
		"Vary":                    "HX-Request",
		"Cache-Control":           "private",
	} {
		if got := a.Header.Get(name); !strings.Contains(got, want) {
			t.Errorf("%s is %q", name, got)
		}
	}
	b := h.as("bob")
	cookie := b.get("/login/x").Header // whoever is signed in keeps the session
	if cookie.Get("Set-Cookie") != "" {
		t.Errorf("a used link changed the session: %s", cookie.Get("Set-Cookie"))
	}
	h.hasPassword(h.Ada, "another long password")
	in := h.browser().post("/login", url.Values{"name": {"ada"}, "password": {"another long password"}}).Header.Get("Set-Cookie")
	if !strings.Contains(in, "HttpOnly") || !strings.Contains(in, "SameSite=Lax") || strings.Contains(in, "Secure") {
		t.Errorf("the cookie is %s", in)
	}
}
