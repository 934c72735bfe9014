package e2e

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"
)

const password = "a long enough one"

// withPassword is somebody who signs in by a form.
func (s *server) withPassword(name string) person {
	s.t.Helper()
	name = fresh(name)
	if out, code := tryGreenroom(s.t, s.data, password+"\n", "user", "add", name, "--password-stdin"); code != 0 {
		s.t.Fatal(out)
	}
	return person{name: name}
}

// enter signs somebody in by the form, which has to stand on the page.
func (p *page) enter(name, password string) {
	p.t.Helper()
	p.fill("name", name)
	p.fill("password", password)
	p.press("Sign in")
}

func TestSignInAndOut(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada := s.withPassword("ada")
	p := browser(t)
	p.expect("422|400|401")
	p.open(s.url + "/settings/keys")
	p.shows("Sign in to Greenroom")
	p.enter(ada.name, "not the password")
	p.shows("The name or the password is wrong.") // which only the next page says
	if at := p.where(); strings.Contains(at, "/settings") {
		t.Errorf("a wrong password leads to %s", at)
	}
	p.enter(ada.name, password)
	p.shows("API keys")
	if want := s.url + "/settings/keys"; p.where() != want {
		t.Errorf("signing in leads to %s, not where one wanted to go, %s", p.where(), want)
	}

	other := browser(t) // the same person, somewhere else
	other.open(s.url + "/login")
	other.enter(ada.name, password)
	other.shows("Registry")
	other.open(s.url + "/settings/account")
	other.shows("Sessions", "this one")
	accessible(t, other)
	third := s.signInAs(ada)
	third.open(s.url + "/settings/account")
	other.open(s.url + "/settings/account")
	const sessions = `document.querySelectorAll("#sessions li").length === %d`
	other.until("there are not three sessions", fmt.Sprintf(sessions, 3))
	other.click(`#sessions li:has(form) button`) // the newest of the others
	other.shows("Signed that browser out.")
	other.until("the list does not lose one", fmt.Sprintf(sessions, 2))
	third.until("the session that was ended is still good", `fetch("/settings/keys").then(r => r.url.includes("/login"))`)
	other.press("Sign out all others")
	other.shows("Signed all other browsers out.")
	p.until("the ended session is still good", `fetch("/settings/keys").then(r => r.url.includes("/login"))`)

	other.open(s.url + "/settings/account")
	signOut(other)
	other.shows("Sign in to Greenroom")
	other.open(s.url + "/settings/account")
	other.shows("Sign in to Greenroom")
}

// signOut uses the menu of the page's frame.
func signOut(p *page) {
	p.t.Helper()
	p.until("the page has no way out", `!!document.querySelector('form[action="/logout"] button')`)
	p.submit(`form[action="/logout"]`)
}

func TestInvitationByLink(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada := s.newPerson("ada")
	team := s.newTeam("vision", ada)
	p := s.signInAs(ada)
	p.open(s.url + "/settings/teams/" + team)
	p.press("Make link")
	p.shows("The link is made")
	link := regexp.MustCompile(regexp.QuoteMeta(s.url) + `/invite/\w+`).FindString(p.text())
	p.shot("invite")

	name := fresh("grace")
	guest := s.signInAs(s.newPerson("bob")) // somebody else's browser
	guest.open(link)
	guest.shows("Join "+team, "Not you?")
	guest.press("Sign out")
	guest.shows("Sign in to Greenroom")
	guest.open(link)
	guest.shows("Join "+team, ada.name)
	guest.shot("join")
	guest.fill("name", name)
	guest.fill("full_name", "Grace H.")
	guest.fill("password", password)
	guest.press("Make account and join")
	guest.until("grace is not let in", `!location.pathname.startsWith("/invite")`)
	guest.open(s.url + "/settings/teams/" + team)
	guest.shows("Grace H.", name)

	another := browser(t)
	another.expect("404|410")
	if got := another.status(link); got != 404 && got != 410 {
		t.Errorf("the link lets in a second person: %d", got)
	}
}

func TestKeysAreMadeAndUsed(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada := s.withPassword("ada")
	p := browser(t)

	// `wandb login` sends people here, whether they are signed in or not.
	p.open(s.url + "/authorize?ref=models")
	p.enter(ada.name, password)
	p.press("Make a key")
	p.shows("Paste this at the prompt")
	first := aKey.FindString(p.text())

	p.open(s.url + "/settings/keys")
	p.shows("New key")
	p.fill("name", "bench-04")
	p.press("Make key")
	p.shows("The key is made", "bench-04")
	p.shot("key")
	second := aKey.FindString(p.text())
	for _, key := range []string{first, second} {
		if got := (wire{t, s, key}).answer(whoAmI, nil, "viewer", "username"); got != ada.name {
			t.Errorf("the key %q belongs to %v, want %s", key, got, ada.name)
		}
	}
	if first == second {
		t.Error("both keys are the same")
	}
	p.open(s.url + "/settings/keys")
	if text := p.text(); strings.Contains(text, first) || strings.Contains(text, second) {
		t.Error("the page shows keys a second time")
	}
	p.press("Revoke bench-04")
	p.press("Revoke key")
	await(t, 20*time.Second, "a revoked key opens nothing", func() bool { return wire{t, s, second}.ask(whoAmI, nil).status == 401 })
	if got := (wire{t, s, first}).answer(whoAmI, nil, "viewer", "username"); got != ada.name {
		t.Errorf("the other key belongs to %v", got)
	}
}

var aKey = regexp.MustCompile(`\b[0-9a-f]{40}\b`)

// What a person can set up in the browser, a script can too: while a server runs, and without one.
func TestCommandsSetUp(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	add := func(org, team, ada, bob, eve, key string) {
		t.Helper()
		greenroom(t, s.data, "org", "add", org)
		greenroom(t, s.data, "user", "add", ada, "--org", org, "--email", ada+"@example.com")
		if out, code := tryGreenroom(t, s.data, password+"\n"+key+"\n", "user", "add", bob, "--org", org, "--password-stdin", "--api-key-stdin"); code != 0 || strings.Contains(out, key) {
			t.Errorf("user add with a password and a key on standard input ends with %d: %s", code, out)
		}
		greenroom(t, s.data, "user", "add", eve, "--no-org")
		greenroom(t, s.data, "team", "add", team, "--org", org, "--member", ada+"=admin", "--member", bob+"=viewer")
	}
	add("acme", "cats", "ada", "bob", "eve", strings.Repeat("a", 40))
	for _, again := range [][]string{{"org", "add", "acme"}, {"team", "add", "CATS", "--org", "acme"}, {"user", "add", "bob", "--org", "acme"}} {
		if out, code := tryGreenroom(t, s.data, "", again...); code == 0 || strings.Count(out, "\n") != 1 {
			t.Errorf("%q a second time ends with %d and says %q, want one sentence", again, code, out)
		}
	}
	if out, code := tryGreenroom(t, s.data, "", "team", "add", "catsx", "--org", "acme", "--member", "nobody=admin"); code == 0 || !strings.Contains(out, "nobody") {
		t.Errorf("a member who is not there: %d %q", code, out)
	}
	s.stop() // from here on each command starts a Postgres of its own
	if out, code := tryGreenroom(t, s.data, "", "org", "add", "acme"); code == 0 || strings.Count(out, "\n") != 1 {
		t.Errorf("without a server, an organization a second time ends with %d and says %q, want one sentence", code, out)
	}
	add("zoo", "dogs", "ann", "ben", "eva", strings.Repeat("b", 40))
	s.start()

	for name, key := range map[string]string{"bob": strings.Repeat("a", 40), "ben": strings.Repeat("b", 40)} {
		if got := (wire{t, s, key}).answer(whoAmI, nil, "viewer", "username"); got != name {
			t.Errorf("the key given to %s belongs to %v", name, got)
		}
	}
	p := browser(t)
	p.open(s.url + "/login")
	p.enter("bob", password)
	p.shows("Registry")
	p.open(s.url + "/settings/teams/cats")
	p.shows("ada", "bob", "viewer")
	p.expect("404")
	if got := p.status(s.url + "/settings/teams/dogs"); got != 404 {
		t.Errorf("bob sees a team of another organization: %d", got)
	}
}
