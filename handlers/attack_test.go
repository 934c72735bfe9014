package handlers_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"greenroom/registry"
)

// No address, however it is written, sends a reader to another site.
func TestNoAddressLeadsAway(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	b := h.as("ada")
	for _, path := range []string{
		"//evil.example/workspace", "//evil.example/overview", "//evil.example/runs", "//evil.example/runs/x/workspace",
		"/%2Fevil.example/x/workspace", "/%5Cevil.example/x/workspace", "/\\evil.example/x/workspace", "/%09/evil.example/workspace",
		"/orgs//registry/evil.example", "/orgs/%2F%2Fevil.example/registry/x", "//evil.example/model-registry", "//evil.example/projects",
		"/registry?selectionPath=%2F%2Fevil.example%2Fmodel-registry%2Fx", "/registry?selectionPath=%5Cevil.example%2Fmodel-registry%2Fx",
		"/login?next=//evil.example", "/login?next=/%5Cevil.example", "/login?next=https:evil.example", "/login?next=/%09/evil.example",
		"/login?next=///evil.example", "/login?next=/%0A/evil.example", "//evil.example", "//evil.example/",
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RequestURI = path
		u, err := url.ParseRequestURI(path) // as a server reads it
		if err != nil {
			t.Fatal(err)
		}
		r.URL = u
		for _, who := range []*browser{b, h.browser()} {
			to := who.send(r, nil).Header.Get("Location")
			if to == "" {
				continue
			}
			at, err := url.Parse("http://greenroom.test/")
			if err != nil {
				t.Fatal(err)
			}
			ref, err := at.Parse(to)
			if err != nil || ref.Host != at.Host || strings.HasPrefix(to, "/\\") {
				t.Errorf("%s leads to %q", path, to)
			}
		}
	}
}

// What people type into an address or a form is theirs, never a 500.
func TestOddAddressesAreNotOurFault(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	b := h.as("ada")
	if _, _, err := h.db.UpsertRun(t.Context(), h.Ada, registry.RunEdit{Run: registry.RunRef{Place: registry.Project("vision", "digits"), Name: "r1"}}); err != nil {
		t.Fatal(err)
	}
	odd := []string{
		"%00", "a%00b", "%FF%FE", "-1", "0", "99999999999999999999", "9223372036854775807", "-9223372036854775808", "v99999999999", "v-1",
		"%27%22%3Cscript%3E", "%5C", "..", "%2E%2E%2Fx", "%25", "%F0%9F%98%80", strings.Repeat("x", 10_000), "1e400", "NaN", "%0A",
	}
	for _, x := range odd {
		for _, path := range []string{
			"/" + x, "/vision/" + x, "/" + x + "/digits", "/vision/digits/runs/" + x, "/vision/digits/runs/r1/" + x,
			"/vision/digits?q=" + x, "/vision/digits?after=" + x, "/vision/digits?f=" + x, "/vision/digits?sort=" + x, "/vision/digits?group=" + x, "/vision/digits?open=" + x, "/vision/digits?col=" + x,
			"/vision/digits/runs/r1?from=" + x, "/vision/digits/runs/r1/logs?from=" + x, "/vision/digits/runs/r1/files?after=" + x,
			"/vision/digits/runs/r1/files/" + x, "/vision/digits/runs/r1/metrics?key=" + x, "/vision/digits/runs/r1/metrics?key=loss&from=" + x + "&to=" + x,
			"/vision/digits/artifacts?after=" + x, "/vision/digits/artifacts/" + x, "/vision/digits/artifacts/model/" + x,
			"/acme/registry/" + x, "/acme/registry/model/" + x, "/acme/registry/model?q=" + x, "/acme/registry/model?after=" + x,
			"/?q=" + x, "/?after=" + x, "/projects?q=" + x, "/vision?after=" + x, "/settings/teams/vision?after=" + x, "/settings/teams/" + x, "/invite/" + x, "/login/" + x,
			"/login?next=" + x, "/registry?selectionPath=" + x, "/-/files/runs/" + x + "?e=" + x + "&s=" + x, "/static/" + x,
		} {
			if a := b.get(path, "Accept: text/html"); a.Status >= 500 {
				t.Errorf("GET %.80s: %d %.200s", path, a.Status, a.words())
			}
		}
		text, err := url.PathUnescape(x)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{
			"/login", "/settings/account", "/settings/password", "/settings/keys", "/settings/keys/" + x + "/revoke",
			"/settings/sessions/" + x + "/end", "/settings/teams", "/settings/teams/vision/rename", "/settings/teams/" + x + "/rename",
			"/settings/teams/vision/invites", "/settings/teams/vision/members/" + x, "/settings/teams/vision/members/" + x + "/remove",
			"/welcome/names", "/invite/" + x, "/invite/" + x + "/accept",
		} {
			form := url.Values{}
			for _, field := range []string{"name", "password", "old", "next", "full_name", "email", "default", "scope", "role", "team", "organization"} {
				form.Set(field, text)
			}
			if a := b.post(path, form); a.Status >= 500 && a.Status != http.StatusServiceUnavailable {
				t.Errorf("POST %.80s of %.40q: %d %.200s", path, text, a.Status, a.words())
			}
			form = url.Values{"name": {"a key"}, "scope": {"read"}, "days": {text}}
			if a := b.post("/settings/keys", form); a.Status >= 500 {
				t.Errorf("a key for %.40q days: %d", text, a.Status)
			}
		}
	}
}
