package handlers_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"greenroom/db/dbtest"
)

// makeAdmin lets somebody administer the whole installation.
func (h *home) makeAdmin(name string) {
	h.t.Helper()
	if err := dbtest.Exec(h.t, h.db, `update people set admin = true where id = (select id from entities where name = '`+name+`')`); err != nil {
		h.t.Fatal(err)
	}
}

// What one does to a member leads back to the page of members that they stand on.
func TestTeamByPage(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	ada := h.as("ada")
	ada.get("/settings/teams/vision?after=bob").shows(".members tbody", "vera").shows("a[rel=prev]", "Previous").lacks("[aria-label^='Role of bob']", "a[rel=next]")
	ada.post("/settings/teams/vision/members/vera", url.Values{"role": {"member"}, "after": {"bob"}}).leadsTo("/settings/teams/vision?after=bob")
	ada.post("/settings/teams/vision/members/vera/remove", url.Values{"q": {"e"}, "after": {"bob"}}).leadsTo("/settings/teams/vision?after=bob&q=e")
}

// Buttons and the gate agree: what a role may not do is not offered, and
// refused when asked for all the same.
func TestTeamByRole(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	for _, tc := range []struct {
		who    string
		status int
		offers []string // besides leaving
	}{
		{"ada", http.StatusOK, []string{
			"/settings/teams/vision/invites", "/settings/teams/vision/members", "/settings/teams/vision/members/bob",
			"/settings/teams/vision/members/bob/remove", "/settings/teams/vision/members/vera",
			"/settings/teams/vision/members/vera/remove", "/settings/teams/vision/rename",
		}},
		{"bob", http.StatusOK, nil},
		{"vera", http.StatusOK, nil},
		{"olga", http.StatusNotFound, nil},
		{"eve", http.StatusNotFound, nil},
	} {
		b := h.as(tc.who)
		page := b.get("/settings/teams/vision").is(tc.status)
		want := tc.offers
		if tc.status == http.StatusOK && tc.who != "ada" { // the only administrator cannot go
			want = append(slices.Clone(want), "/settings/teams/vision/members/"+tc.who+"/remove")
		}
		slices.Sort(want)
		if got := page.forms(); !slices.Equal(got, want) {
			t.Errorf("%s is offered\n%s\nwant\n%s", tc.who, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		if tc.who == "ada" {
			continue
		}
		refused := http.StatusForbidden
		if tc.status == http.StatusNotFound {
			refused = http.StatusNotFound
		}
		b.post("/settings/teams/vision/members/ada", url.Values{"role": {"viewer"}}).is(refused)
		b.post("/settings/teams/vision/members/ada/remove", nil).is(refused)
		b.post("/settings/teams/vision/members", url.Values{"person": {"olga"}, "role": {"admin"}}).is(refused)
		b.post("/settings/teams/vision/invites", url.Values{"role": {"admin"}}).is(refused)
		b.post("/settings/teams/vision/invites/1/revoke", nil).is(refused)
		b.post("/settings/teams/vision/rename", url.Values{"name": {"mine"}}).is(refused)
	}
	h.browser().get("/settings/teams/vision").leadsTo("/login?next=%2Fsettings%2Fteams%2Fvision")
	// Organizations and people are no teams.
	h.as("ada").get("/settings/teams/acme").is(http.StatusNotFound)
	h.as("ada").get("/settings/teams/ada").is(http.StatusNotFound)
}

func TestMembers(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	ada := h.as("ada")

	ada.post("/settings/teams/vision/members/ada", url.Values{"role": {"member"}}).is(http.StatusConflict).shows("[role=alert]", "only administrator left")
	ada.post("/settings/teams/vision/members/ada/remove", nil).is(http.StatusConflict)
	ada.post("/settings/teams/vision/members/bob", url.Values{"role": {"owner"}}).is(http.StatusUnprocessableEntity)
	ada.post("/settings/teams/vision/members/bob", nil).is(http.StatusUnprocessableEntity)
	ada.post("/settings/teams/vision/members/olga", url.Values{"role": {"admin"}}).is(http.StatusNotFound)

	ada.post("/settings/teams/vision/members/bob", url.Values{"role": {"admin"}}).leadsTo("/settings/teams/vision")
	ada.get("/settings/teams/vision").shows("#flash", "bob is now admin.")
	ada.post("/settings/teams/vision/members/bob", url.Values{"role": {"member"}}).leadsTo("/settings/teams/vision")
	ada.post(ada.undo("/settings/teams/vision"), nil).leadsTo("/settings/teams/vision")
	ada.get("/settings/teams/vision").shows("#flash", "bob is now admin.").lacks(".members .c-role:contains('The only one')")

	ada.post("/settings/teams/vision/members/vera/remove", url.Values{"q": {"ver"}}).leadsTo("/settings/teams/vision?q=ver")
	h.as("vera").get("/settings/teams/vision").is(http.StatusNotFound)
	ada.post(ada.undo("/settings/teams/vision"), nil).leadsTo("/settings/teams/vision")
	ada.get("/settings/teams/vision").shows("#flash", "Added vera as viewer.")
	h.as("vera").get("/settings/teams/vision").shows(".members", "viewer")

	ada.post("/settings/teams/vision/members", url.Values{"person": {"eve"}, "role": {"member"}}).is(http.StatusUnprocessableEntity).shows("#person-help", "Nobody in acme is called")
	ada.post("/settings/teams/vision/members", url.Values{"person": {"olga"}, "role": {"member"}}).leadsTo("/settings/teams/vision")
	ada.get("/settings/teams/vision?q=olg").shows(".members", "olga").lacks(".members tr:contains('bob')")
	ada.get("/settings/teams/vision?q=nobody").shows(".nores", "Nobody here is called “nobody”.")
	ada.post("/settings/teams/vision/members/ada/remove", nil).leadsTo("/settings/teams")
	ada.get("/settings/teams").shows("#flash", "Left vision.").shows("main", "You are in no team.")
	ada.get("/settings/teams/vision").is(http.StatusNotFound)
}

func TestRenameTeam(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	ada := h.as("ada")
	ada.post("/settings/teams/vision/rename", url.Values{"name": {"rivals"}}).is(http.StatusUnprocessableEntity).shows("#name-help", "This name is taken")
	ada.post("/settings/teams/vision/rename", url.Values{"name": {"eyes"}}).leadsTo("/settings/teams/eyes")
	ada.get("/settings/teams/eyes").is(http.StatusOK)
	ada.get("/settings/teams/vision").is(http.StatusOK).shows("h1", "eyes")
}

func TestTeams(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.browser().get("/settings/teams").leadsTo("/login?next=%2Fsettings%2Fteams")
	h.as("bob").get("/settings/teams").is(http.StatusOK).shows("main li", "vision").shows("main li", "member").lacks("#name")
	h.as("olga").get("/settings/teams").shows("main", "You are in no team.")
	h.as("bob").post("/settings/teams", url.Values{"name": {"ears"}}).is(http.StatusUnprocessableEntity)
	// Two organizations: which one is not for this page to guess.
	h.makeAdmin("ada")
	h.as("ada").get("/settings/teams").lacks("#name")
}

func TestInvite(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	ada := h.as("ada")
	invite := func(role string) string {
		t.Helper()
		ada.post("/settings/teams/vision/invites", url.Values{"role": {role}}).leadsTo("/settings/teams/vision")
		link := ada.get("/settings/teams/vision").shows(".made .code", "join the team vision of acme").text(".made .cmd code")
		path, ours := strings.CutPrefix(link, baseURL)
		if !ours {
			t.Fatalf("the link is %q", link)
		}
		ada.get("/settings/teams/vision").lacks(".made")
		return path
	}
	ada.post("/settings/teams/vision/invites", url.Values{"role": {"restricted_viewer"}}).is(http.StatusUnprocessableEntity)
	ada.post("/settings/teams/vision/invites", nil).is(http.StatusUnprocessableEntity)
	long := url.Values{"role": {"member"}, "for": {strings.Repeat("x", 129)}}
	ada.post("/settings/teams/vision/invites", long).is(http.StatusUnprocessableEntity).shows("#for-help", "longer than 128")

	// The letter goes into the mail program that one has.
	ada.post("/settings/teams/vision/invites", url.Values{"role": {"viewer"}, "for": {"Zoë <zoe@b.example>"}}).leadsTo("/settings/teams/vision")
	mail, err := url.Parse(ada.get("/settings/teams/vision").doc.Find(".made a[href^=mailto]").AttrOr("href", ""))
	if err != nil || mail.Opaque != "zoe%40b.example" || mail.Query().Get("subject") != "Join vision on Greenroom" || !strings.Contains(mail.Query().Get("body"), "as viewer:\r\n\r\n"+baseURL+"/invite/") {
		t.Errorf("the letter is %v, %v", mail, err)
	}

	// Somebody new makes an account on the way in.
	link := invite("member")
	carl := h.browser()
	page := carl.get(link).is(http.StatusOK).shows("main", "ada invites you to this team of acme as member.")
	if got := page.Header.Get("Referrer-Policy"); got != "no-referrer" {
		t.Errorf("the link would be told to others: %s", got)
	}
	form := url.Values{"name": {"bob"}, "password": {"long enough to be one"}, "email": {"carl@acme.example"}}
	carl.post(link, form).is(http.StatusUnprocessableEntity).shows("#name-help", "This name is taken")
	form.Set("name", "carl")
	form.Set("password", "short")
	again := carl.post(link, form).is(http.StatusUnprocessableEntity).shows("#password-help", "at least 10 characters")
	if email, _ := again.doc.Find("#email").Attr("value"); email != "carl@acme.example" {
		t.Errorf("the form forgot the address: %q", email)
	}
	form.Set("password", "long enough to be one")
	form.Set("admin", "true")
	carl.post(link, form).leadsTo("/welcome")
	carl.get("/welcome").is(http.StatusOK).shows(".cmd", "export WANDB_API_KEY=").shows("body", "You belong to the team vision").lacks("#organization")
	carl.get("/settings/teams/vision").is(http.StatusOK).lacks("#invite")
	carl.get("/settings/account").shows("select[name=default] [selected]", "vision")

	h.browser().get(link).is(http.StatusGone).shows("[role=alert]", "has been used")
	h.browser().post(link, url.Values{"name": {"dora"}, "password": {"long enough to be one"}}).is(http.StatusGone)

	// Somebody with an account signs in and joins with it.
	link = invite("viewer")
	olga := h.browser()
	signIn, _ := olga.get(link).doc.Find(".gate-foot a").Attr("href")
	if signIn != "/login?next="+url.QueryEscape(link) {
		t.Errorf("sign-in is at %q", signIn)
	}
	olga.post(link+"/accept", nil).is(http.StatusSeeOther)
	olga = h.as("olga")
	olga.get(link).shows("main button", "Join as olga")
	olga.post(link+"/accept", nil).leadsTo("/welcome")
	olga.get("/settings/teams/vision").is(http.StatusOK)
	// A viewer cannot log there, so her runs stay with her.
	olga.get("/settings/account").shows("select[name=default] [selected]", "olga")

	// Nobody falls by an invitation.
	link = invite("viewer")
	ada.get(link).shows("main", "You are in vision already, as admin.").lacks("main form")
	ada.post(link+"/accept", nil).is(http.StatusConflict).shows("[role=alert]", "The link stays good for somebody else.")
	ada.get("/settings/teams/vision").is(http.StatusOK).shows("#invite-head", "Invite by link")
	// And one is raised by one.
	olga.post(invite("member")+"/accept", nil).leadsTo("/welcome")
	olga.get("/settings/teams/vision").shows(".members tr:contains('olga')", "member")

	h.browser().get("/invite/nothing").is(http.StatusNotFound)
}

func TestInvitesEnd(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	ada := h.as("ada")
	ada.post("/settings/teams/vision/invites", url.Values{"role": {"member"}}).leadsTo("/settings/teams/vision")
	page := ada.get("/settings/teams/vision")
	link := strings.TrimPrefix(page.text(".made .cmd code"), baseURL)
	revoke, _ := page.doc.Find("[aria-label='Open invitations'] form").Attr("action")
	ada.post(revoke, nil).leadsTo("/settings/teams/vision#invite")
	ada.get("/settings/teams/vision").lacks("[aria-label='Open invitations']").shows("[aria-label='Ended invitations']", "taken back")
	h.browser().get(link).is(http.StatusGone).shows("[role=alert]", "was taken back")

	ada.post("/settings/teams/vision/invites", url.Values{"role": {"member"}}).leadsTo("/settings/teams/vision")
	link = strings.TrimPrefix(ada.get("/settings/teams/vision").text(".made .cmd code"), baseURL)
	if err := dbtest.Exec(t, h.db, `update invites set expires_at = now()`); err != nil {
		t.Fatal(err)
	}
	h.as("olga").post(link+"/accept", nil).is(http.StatusGone).shows("[role=alert]", "has run out")
	ada.get("/settings/teams/vision").lacks("[aria-label='Open invitations']").shows("[aria-label='Ended invitations']", "ran out")
}
