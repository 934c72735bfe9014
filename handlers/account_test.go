package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"greenroom/db/dbtest"
	"greenroom/registry"
)

func TestAccount(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	b := h.as("bob")

	b.get("/settings").leadsTo("/settings/account")
	h.browser().get("/settings/account").leadsTo("/login?next=%2Fsettings%2Faccount")
	page := b.get("/settings/account").is(http.StatusOK)
	page.shows(".note", "You have no password yet.").shows("select[name=default] [selected]", "vision").lacks("#old")

	form := url.Values{"full_name": {"Bob Ross"}, "email": {"bob@acme.example"}, "default": {"bob"}}
	b.post("/settings/account", form).leadsTo("/settings/account")
	page = b.get("/settings/account").shows("#flash", "Saved your account.").shows("select[name=default] [selected]", "bob")
	if name, _ := page.doc.Find("#full_name").Attr("value"); name != "Bob Ross" {
		t.Errorf("the full name is %q", name)
	}
	b.get("/settings/account").lacks("#flash toast-one")

	form.Set("email", "not an address")
	b.post("/settings/account", form).is(http.StatusUnprocessableEntity).shows("#email-help", "is not an e-mail address")
	form.Set("email", "bob@acme.example")
	form.Set("default", "rivals")
	b.post("/settings/account", form).is(http.StatusUnprocessableEntity).shows("#default-help", "Your runs can go to you")
	h.as("ada").post("/settings/account", url.Values{"email": {"BOB@acme.example"}, "default": {"vision"}}).
		is(http.StatusUnprocessableEntity).shows("#email-help", "Another account has this e-mail address.")
}

func TestPassword(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	here, elsewhere := h.as("bob"), h.as("bob")

	here.post("/settings/password", url.Values{"password": {"short"}}).is(http.StatusUnprocessableEntity).shows("#password-help", "at least 10 characters")
	elsewhere.get("/settings/account").is(http.StatusOK)
	here.post("/settings/password", url.Values{"password": {"correct horse battery"}}).leadsTo("/settings/account")
	elsewhere.get("/settings/account").leadsTo("/login?next=%2Fsettings%2Faccount")
	here.get("/settings/account").is(http.StatusOK).lacks(".note")

	change := url.Values{"old": {"a guess"}, "password": {"another long password"}}
	here.post("/settings/password", change).is(http.StatusUnprocessableEntity).shows("#old-help", "This is not your password.")
	change.Set("old", "correct horse battery")
	here.post("/settings/password", change).leadsTo("/settings/account")
	h.browser().post("/login", url.Values{"name": {"bob"}, "password": {"correct horse battery"}}).is(http.StatusUnprocessableEntity)
	h.browser().post("/login", url.Values{"name": {"bob"}, "password": {"another long password"}}).leadsTo("/")
}

func TestSessionsCanBeEnded(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	here, second, third := h.as("bob"), h.as("bob"), h.as("bob")
	ada := h.as("ada")

	page := here.get("/settings/account").shows("#sessions .count", "3")
	end, ok := page.doc.Find("#sessions li form").First().Attr("action")
	if !ok {
		t.Fatal("no session can be ended")
	}
	ada.post(end, nil).leadsTo("/settings/account#sessions")
	here.get("/settings/account").shows("#sessions .count", "3")

	part := here.post(end, nil, htmx).is(http.StatusOK).shows("#sessions .count", "2")
	if part.whole() {
		t.Error("htmx got a whole page")
	}
	here.post("/settings/sessions/end", nil).leadsTo("/settings/account#sessions")
	here.get("/settings/account").shows("#sessions .count", "1").shows("#sessions .tag-box", "this one")
	for _, b := range []*browser{second, third} {
		b.get("/settings/account").leadsTo("/login?next=%2Fsettings%2Faccount")
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	b := h.as("bob")

	b.post("/settings/keys", url.Values{"name": {""}, "scope": {"read"}}).is(http.StatusUnprocessableEntity).shows("#name-help", "Give the key a name").
		shows("select[name=scope] [selected]", "read")
	b.post("/settings/keys", url.Values{"name": {"ci"}, "scope": {"everything"}}).is(http.StatusUnprocessableEntity)
	b.post("/settings/keys", url.Values{"name": {"ci"}}).is(http.StatusUnprocessableEntity).shows("main", "Choose what the key may do")
	b.post("/settings/keys", url.Values{"name": {"ci"}, "scope": {"read"}, "days": {"30"}}).leadsTo("/settings/keys")
	page := b.get("/settings/keys").is(http.StatusOK).shows(".keys .c-scope", "read").shows(".made pre", "export WANDB_BASE_URL="+baseURL)
	if got := page.Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("a page with a key may be kept: %s", got)
	}
	key := page.text(".made .cmd code")
	actor, err := h.db.ActorByKey(t.Context(), registry.WandB, key)
	if err != nil || actor.Name != "bob" || actor.Scope != registry.ScopeRead {
		t.Errorf("the key %q lets in %+v, %v", key, actor, err)
	}
	page = b.get("/settings/keys").lacks(".made").shows(".keys tr:first-child .mono", "••••"+key[36:])

	revoke, _ := page.doc.Find(".keys tr:first-child form").Attr("action")
	h.as("ada").post(revoke, nil).leadsTo("/settings/keys")
	if _, err := h.db.ActorByKey(t.Context(), registry.WandB, key); err != nil {
		t.Errorf("ada revoked bob's key: %v", err)
	}
	b.post(revoke, nil).leadsTo("/settings/keys")
	b.get("/settings/keys").shows("#flash", "Revoked the key.")
	if _, err := h.db.ActorByKey(t.Context(), registry.WandB, key); registry.KindOf(err) != registry.Unauthenticated {
		t.Errorf("a revoked key opened: %v", err)
	}
}

func TestAuthorize(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.browser().get("/authorize?ref=models").leadsTo("/login?next=%2Fauthorize%3Fref%3Dmodels")
	b := h.as("bob")
	b.get("/authorize?signup=true&ref=models").is(http.StatusOK).lacks(".cmd")
	b.post("/authorize", nil).leadsTo("/authorize")
	key := b.get("/authorize").text(".cmd code")
	if actor, err := h.db.ActorByKey(t.Context(), registry.WandB, key); err != nil || actor.Name != "bob" {
		t.Errorf("the key %q lets in %+v, %v", key, actor, err)
	}
	b.get("/authorize").lacks(".cmd")
}

func TestWelcome(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.browser().get("/welcome").leadsTo("/login?next=%2Fwelcome")

	b := h.as("bob")
	b.get("/welcome").is(http.StatusOK).shows("body", "You belong to the team vision of acme.").lacks("#organization", ".cmd")
	b.post("/welcome/names", url.Values{"organization": {"mine"}, "team": {"mine-too"}}).is(http.StatusNotFound)

	b.post("/welcome/key", nil).leadsTo("/welcome")
	for range 2 { // also after it is loaded again
		b.get("/welcome").shows(".cmd", "export WANDB_API_KEY=")
	}
	for _, other := range []string{"/authorize", "/settings/keys"} {
		b.get(other).is(http.StatusOK).lacks(".cmd")
	}
	b.get("/welcome").shows(".cmd", "export WANDB_API_KEY=").shows("#arrived", "Waiting for the first run…").shows("pre", "run.link_model(path=")
	part := b.get("/welcome/arrived", htmx).is(http.StatusOK).shows("#arrived", "Waiting")
	if part.whole() {
		t.Error("asking again gets a whole page")
	}
	b.get("/welcome/arrived").leadsTo("/welcome")
}

func TestFirstSteps(t *testing.T) {
	t.Parallel()
	h := emptyHome(t)
	first, err := h.db.FirstStart(t.Context(), dbtest.System, registry.NewInstallation{Organization: "org", Team: "crew", Person: "owner", Token: "token"})
	if err != nil || !first.Link {
		t.Fatal(first, err)
	}
	b := h.browser()
	b.get("/login/token").leadsTo("/welcome")
	page := b.get("/welcome").is(http.StatusOK).shows("main", "You are signed in as its administrator.").shows("main", "go to /crew").shows(".note", "no password")
	key := strings.TrimPrefix(page.text(".cmd:nth-of-type(3) code"), "export WANDB_API_KEY=")
	actor, err := h.db.ActorByKey(t.Context(), registry.WandB, key)
	if err != nil || actor.Name != "owner" || actor.DefaultEntity != "crew" {
		t.Errorf("the key %q lets in %+v, %v", key, actor, err)
	}
	b.get("/welcome/arrived", htmx).shows("body", "a client used your key")

	b.post("/welcome/names", url.Values{"organization": {"harbour"}, "team": {"no good"}}).is(http.StatusUnprocessableEntity).shows("#team-help", "Use letters, digits")
	b.get("/welcome").shows("#organization-help", "/org")
	b.post("/welcome/names", url.Values{"organization": {"owner"}, "team": {"eyes"}}).is(http.StatusUnprocessableEntity).shows("#organization-help", "This name is taken")
	b.post("/welcome/names", url.Values{"organization": {"login"}, "team": {"eyes"}}).is(http.StatusUnprocessableEntity).shows("#organization-help", "one of Greenroom's own addresses")
	b.post("/welcome/names", url.Values{"organization": {"harbour"}, "team": {"eyes"}}).leadsTo("/welcome")
	b.get("/welcome").shows("#flash", "Saved the names.").shows("main", "go to /eyes").shows(".cmd", "export WANDB_API_KEY="+key)
	// The old name goes on leading there.
	b.get("/settings/teams/crew").is(http.StatusOK).shows("h1", "eyes")

	// An administrator of the only organization makes more teams.
	b.get("/settings/teams").shows("label", "Name")
	b.post("/settings/teams", url.Values{"name": {"eyes"}}).is(http.StatusUnprocessableEntity).shows("#name-help", "This name is taken")
	b.post("/settings/teams", url.Values{"name": {"ears"}}).leadsTo("/settings/teams/ears")
	b.get("/settings/teams/ears").shows("h1", "ears").shows("#members", "owner")
}

func TestLookOfPages(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	b := h.as("bob")
	root := func() (theme, keys string) {
		html := b.page("/settings/account").Find("html")
		return html.AttrOr("data-theme", ""), html.AttrOr("data-keys", "")
	}
	for _, tc := range []struct{ theme, keys, wantTheme, wantKeys string }{
		{"dark", "on", "greenroom-dark", ""},
		{"light", "", "greenroom", "off"},
		{"", "on", "", ""},
		{"neon", "on", "", ""},
	} {
		b.post("/settings/look", url.Values{"theme": {tc.theme}, "keys": {tc.keys}}).leadsTo("/settings/account")
		if theme, keys := root(); theme != tc.wantTheme || keys != tc.wantKeys {
			t.Errorf("%q, keys %q: the page has %q, %q", tc.theme, tc.keys, theme, keys)
		}
	}
	b.jar["rail"] = "folded"
	if folded := b.page("/").Find("html").AttrOr("data-rail", ""); folded != "folded" {
		t.Errorf("a folded rail is %q", folded)
	}
}
