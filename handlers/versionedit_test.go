package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"greenroom/db/dbtest"
	"greenroom/registry"
)

// Aliases and tags are put on and taken off in place, and each can be taken back.
func TestNamesInPlace(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.shelve(registry.Registry("vision", "model-registry"), "digits", nil)
	bob := h.as("bob")
	const v1, v2 = "/vision/model-registry/digits/v1", "/vision/model-registry/digits/v2"
	for _, step := range []struct {
		page, to, name string
		says, names    string
		undone, before string
	}{
		{v1, "/aliases", "candidate", "Set candidate on v1.", "candidate", "Took candidate off v1.", ""},
		{v1, "/aliases", `"a' <b> & ü`, `Set "a' <b> & ü on v1.`, `"a' <b> & ü`, `Took "a' <b> & ü off v1.`, ""},
		{v1, "/aliases", "staging", "Moved staging from v2 to v1.", "staging", "Moved staging from v1 to v2.", ""},
		{v2, "/aliases/remove", "belt 2 #trial", "Took belt 2 #trial off v2.", "staging latest cutout", "Set belt 2 #trial on v2.", "staging belt 2 #trial latest cutout"},
		{v1, "/tags", "edge case", "Added the tag edge case.", "edge case", "Took the tag edge case away.", ""},
		{v2, "/tags/remove", "cutout", "Took the tag cutout away.", "staging belt 2 #trial latest", "Added the tag cutout.", "staging belt 2 #trial latest cutout"},
	} {
		field := "alias"
		if strings.HasPrefix(step.to, "/tags") {
			field = "tag"
		}
		bob.post(step.page+step.to, url.Values{field: {step.name}, "back": {step.page + "/metadata"}}).leadsTo(step.page + "/metadata")
		done := bob.get(step.page + "/metadata").is(http.StatusOK)
		if said, names := done.text("toast-one span"), namesOf(done); said != step.says || names != step.names {
			t.Errorf("%s of %q says %q and leaves %q, want %q and %q", step.to, step.name, said, names, step.says, step.names)
		}
		bob.post(done.doc.Find("toast-one form").AttrOr("action", "none"), nil).is(http.StatusSeeOther)
		back := bob.get(step.page).is(http.StatusOK)
		if said, names := back.text("toast-one span"), namesOf(back); said != step.undone || names != step.before {
			t.Errorf("taking %s of %q back says %q and leaves %q, want %q and %q", step.to, step.name, said, names, step.undone, step.before)
		}
	}
	bob.post(v2+"/aliases", url.Values{"alias": {"staging"}}).leadsTo(v2)
	bob.get(v2).shows("toast-one", "v2 has the alias staging already.").lacks("toast-one form")
}

// namesOf are the stages, aliases and tags in the head of a version's page.
func namesOf(a answer) string {
	return strings.Join(texts(a.doc.Find(".names .chip, .names .alias, .names .tag-box")), " ")
}

// Who put a version on its stage, and when, stands on its page and in the rail of
// its model.
func TestWhoPutItOnItsStage(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.shelve(registry.Registry("vision", "model-registry"), "digits", func(m *dbtest.Stock) { m.ChangedAt = time.Date(2024, 11, 23, 14, 0, 0, 0, time.UTC) })
	bob := h.as("bob")
	bob.post("/settings/account", url.Values{"full_name": {"Bob Ross"}, "email": {"bob@acme.example"}, "default": {"bob"}})
	const model = "/vision/model-registry/digits"
	const since = `main [aria-label="Who put it on its stages"] li`
	bob.post(model+"/v0/aliases", url.Values{"alias": {"staging"}}).leadsTo(model + "/v0")
	for _, part := range []string{"", "/metrics", "/metadata", "/files", "/usage", "/history"} {
		page := bob.get(model + "/v0" + part).is(http.StatusOK)
		if got := texts(page.doc.Find(since)); len(got) != 2 || got[0] != "ADada put it on production 23 Nov 2024" || got[1] != "BRBob Ross put it on staging just now" {
			t.Errorf("%q tells of stages: %q", part, got)
		}
		if exact := page.doc.Find(since+" time").AttrOr("title", ""); exact != "Sat 23 Nov 2024, 14:00:00 UTC" {
			t.Errorf("%q: the exact time is %q", part, exact)
		}
	}
	bob.get(model + "/v2").is(http.StatusOK).lacks(since)
	rail := bob.get(model).is(http.StatusOK)
	rail.shows(".stagerail li:nth-child(2)", "Bob Ross put it here just now").shows(".stagerail li:nth-child(3)", "ada put it here")
	bob.post(model+"/v1/aliases", url.Values{"alias": {"staging"}}).leadsTo(model + "/v1")
	if got := texts(bob.get(model + "/v0").doc.Find(since)); len(got) != 1 || !strings.HasPrefix(got[0], "ADada put it on production") {
		t.Errorf("after staging went on to another version: %q", got)
	}
}

// What cannot be a name is said in the form, with what was typed.
func TestNamesThatCannotBe(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.shelve(registry.Registry("acme", "model"), "digits", nil)
	bob := h.as("ada")
	const v1 = "/acme/registry/model/digits/v1"
	for _, tc := range []struct{ to, name, says string }{
		{"/aliases", "latest", "Greenroom keeps latest itself."},
		{"/aliases", "v7", "Greenroom keeps v7 itself."},
		{"/aliases/remove", "latest", "Greenroom keeps latest itself."},
		{"/aliases", "a/b", "cannot contain any of"},
		{"/aliases", "", "cannot be empty"},
		{"/aliases", strings.Repeat("x", 200), "longer than 128 characters"},
		{"/tags", "<b>", "A tag is made of letters"},
		{"/tags", "", "A tag is made of letters"},
	} {
		field := "alias"
		if tc.to == "/tags" {
			field = "tag"
		}
		a := bob.post(v1+tc.to, url.Values{field: {tc.name}}).is(http.StatusUnprocessableEntity)
		a.shows(".names details[open] [role=alert]", tc.says)
		if got := a.doc.Find(".names details[open] input[name="+field+"]").AttrOr("value", ""); got != tc.name {
			t.Errorf("%s of %q: what was typed is %q", tc.to, tc.name, got)
		}
	}
	if got := namesOf(bob.get(v1)); got != "" {
		t.Errorf("what was refused left %q", got)
	}
}

// Who may not change a thing sees no way to, and is refused when trying.
func TestWhoEditsVersions(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.shelve(registry.Registry("acme", "model"), "digits", nil)
	h.shelve(registry.Registry("vision", "model-registry"), "digits", func(m *dbtest.Stock) { m.Project = registry.Project("vision", "own") })
	const inOrg, inTeam = "/acme/registry/model/digits/v1", "/vision/model-registry/digits/v1"
	for _, tc := range []struct {
		who, page          string
		alias, tag, change int
	}{
		{"ada", inOrg, 303, 303, 303}, {"bob", inTeam, 303, 303, 303}, {"vera", inTeam, 403, 403, 403}, {"olga", inOrg, 303, 403, 403},
		{"olga", inTeam, 404, 404, 404}, {"eve", inOrg, 404, 404, 404},
	} {
		b := h.as(tc.who)
		forms := 0
		if page := b.get(tc.page); page.Status == http.StatusOK {
			forms = page.doc.Find("main form[method=post]").Length()
			if described := page.doc.Find(`main a[href$="edit=description"]`).Length() == 1; described != (tc.change == 303) {
				t.Errorf("%s is offered to describe %s: %v", tc.who, tc.page, described)
			}
		}
		if want := map[int]int{303: 1}[tc.alias] + map[int]int{303: 1}[tc.tag]; forms != want {
			t.Errorf("%s sees %d forms on %s, want %d", tc.who, forms, tc.page, want)
		}
		for _, try := range []struct {
			path string
			want int
		}{{"/aliases?alias=x", tc.alias}, {"/aliases/remove?alias=x", tc.alias}, {"/tags?tag=x", tc.tag}, {"/description?description=" + tc.who, tc.change}} {
			if a := b.post(tc.page+try.path, nil); a.Status != try.want {
				t.Errorf("%s posts %s: %d, want %d %s", tc.who, tc.page+try.path, a.Status, try.want, a.words())
			}
		}
		b.post(tc.page+"/tags/remove?tag=x", nil)
	}
	h.browser().post(inOrg+"/aliases?alias=x", nil).leadsTo("/login")
}

// A description is Markdown, is shown before it is saved, and is told of in the
// history with what was there before.
func TestDescribe(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.shelve(registry.Registry("acme", "model"), "digits", nil)
	ada := h.as("ada")
	const v2 = "/acme/registry/model/digits/v2"
	ada.get(v2+"?edit=description").shows("textarea", "Wider *first* conv").shows("small", "Shown wherever this version is linked.")
	typed := url.Values{"description": {"Even **wider** <script>alert(1)</script>"}}
	preview := url.Values{"description": typed["description"], "preview": {"1"}}
	ada.post(v2+"/description", preview).is(http.StatusOK).shows("textarea", "Even **wider**").shows(".mdout strong", "wider").lacks("main script")
	ada.get(v2).shows(".mdout", "Wider first conv")
	ada.post(v2+"/description", typed).leadsTo(v2)
	ada.get(v2).shows(".mdout strong", "wider").shows("toast-one", "Saved the description.")
	ada.get("/vision/digits/artifacts/model/run-digits/v2").shows(".mdout strong", "wider")
	ada.get(v2+"/history").shows(".history tbody tr:first-child", "ada").shows(".history tbody tr:first-child", "described v2").
		shows(".history tbody tr:first-child", "Wider *first* conv").shows(".history tbody tr:first-child", "browser")
	ada.post(v2+"/description", url.Values{"description": {strings.Repeat("x", 1000_000) + strings.Repeat("y", 100_000)}}).is(http.StatusRequestEntityTooLarge)
}
