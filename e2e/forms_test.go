package e2e

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"
)

// send fills fields (names and values in turn) of the form that has them and a button that reads so or has this value,
// presses the button and waits for the page that answers.
func (p *page) send(button string, fields ...string) {
	p.t.Helper()
	names := map[string]string{}
	for i := 0; i < len(fields); i += 2 {
		names[fields[i]] = fields[i+1]
	}
	values, err := json.Marshal(names)
	if err != nil {
		p.t.Fatal(err)
	}
	const press = `(() => {
		const reads = b => b.innerText.trim() === %[1]q || b.getAttribute("aria-label") === %[1]q || b.value === %[1]q
		for (const d of document.querySelectorAll("details")) d.open = true
		for (const b of document.querySelectorAll("form button")) {
			if (!b.checkVisibility() || !reads(b) || !Object.keys(%[2]s).every(name => b.form.elements[name])) continue
			for (const [name, value] of Object.entries(%[2]s)) b.form.elements[name].value = value
			document.documentElement.dataset.sent = "yes"
			b.click()
			return true
		}
		return false
	})()`
	if !ask(p, chromedp.Evaluate[bool](fmt.Sprintf(press, button, values))) {
		p.fail(fmt.Errorf("no form has the button %s and the fields %q", button, fields))
	}
	p.until("nothing answers "+button, `document.readyState === "complete" && !document.documentElement.dataset.sent`)
}

// posted are the addresses to which forms were sent from the tab.
func (p *page) posted() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.sent)
}

// A sending is a form that somebody sends, and what the page that answers shows.
type sending struct {
	at     string   // the page; "" for the one that answered
	button string   // as send takes it
	fields []string // too
	shows  []string
}

// sends sends forms one after the other.
func (p *page) sends(site string, forms ...sending) {
	p.t.Helper()
	for _, f := range forms {
		if f.at != "" {
			p.open(site + f.at)
		}
		p.send(f.button, f.fields...)
		p.shows(f.shows...)
	}
}

// Whatever can be done on a page can be done by forms alone, and none of them is forgotten: each that the route table takes
// is sent.
func TestEveryFormWithoutScript(t *testing.T) {
	t.Parallel()
	s := startServer(t) // whose organization has no name yet
	var tabs []*page
	enter := func(link string) *page {
		p := browser(t)
		p.scripts(false)
		p.open(link)
		tabs = append(tabs, p)
		return p
	}
	signIn := func(who person) *page {
		return enter(lastLine(greenroom(t, s.data, "user", "link", who.name, "--url", s.url)))
	}

	enter(s.signIn).sends(s.url,
		sending{"", "Save names", []string{"organization", "lumen", "team", "readers"}, []string{"Saved the names.", "begin with /lumen"}},
		sending{"/settings/teams", "Make team", []string{"name", "herons"}, []string{"Made the team herons."}},
	)
	ada, team := furnished(t, s)
	p := signIn(ada)
	p.expect("422") // where the wrong name is typed
	p.sends(s.url, formsOfModels(team)...)
	p.sends(s.url, formsOfRuns(wire{t, s, ada.key}, team)...)
	p.open(s.url + "/" + team + "/cats")
	p.click(`#run-r2 input[name="run"]`)
	p.sends(s.url, sending{"", "Tag", []string{"tag", "both"}, []string{"Tagged 1 run #both."}})

	// One makes an account on the way in, another one has an account and hears of what is new.
	at := "/settings/teams/" + team
	invite := func() string {
		t.Helper()
		p.sends(s.url, sending{at, "Make link", nil, []string{"The link is made"}})
		return regexp.MustCompile(regexp.QuoteMeta(s.url) + `/invite/\w+`).FindString(p.text())
	}
	enter(invite()).sends(s.url, sending{"", "Make account and join", []string{"name", "grace", "password", password}, []string{team}})
	bob, link := s.withPassword("bob"), invite()
	other := enter(s.url + "/login")
	other.sends(s.url, sending{"", "Sign in", []string{"name", bob.name, "password", password}, []string{"Registry"}})
	other.open(link)
	other.sends(s.url, sending{"", "Join as " + bob.name, nil, []string{team}})
	p.sends(s.url, sending{"/" + team + "/model-registry/-/new", "Create model", []string{"name", "Bees"}, []string{"Made the model Bees."}})
	other.sends(s.url, sending{"/", "Mark as seen", nil, []string{"Bees"}})

	invite()
	p.sends(s.url, sending{at, "Take it back", nil, []string{"Took the invitation back."}})
	p.sends(s.url, formsOfAccount(team, bob.name)...)
	signIn(ada)
	p.open(s.url + "/settings/account")
	one := ask(p, chromedp.Evaluate[string](`document.querySelector("#sessions button[aria-label]").getAttribute("aria-label")`))
	p.sends(s.url, sending{"", one, nil, []string{"Signed that browser out."}})
	signIn(ada)
	p.sends(s.url,
		sending{"/settings/account", "Sign out all others", nil, []string{"Signed all other browsers out."}},
		sending{"/settings/keys", "Revoke key", nil, []string{"Revoked the key."}},
		sending{"/", "Sign out", nil, []string{"Sign in to Greenroom"}},
	)

	all, sent := routeTable(t), map[string]bool{}
	for _, tab := range tabs {
		for _, path := range tab.posted() {
			sent[handlerOf(all, "POST", path)] = true
		}
	}
	for _, r := range all {
		if r.method == "POST" && !sent[r.does] {
			t.Errorf("nobody sends a form to %s (%s)", r.path, r.does)
		}
	}
}

// formsOfModels are those of the team's models and their versions.
func formsOfModels(team string) []sending {
	shelf := "/" + team + "/model-registry"
	cats, net := shelf+"/Cats", "/"+team+"/cats/artifacts/model/net/v0"
	birds := "/-/link?owner=" + url.QueryEscape(team) + "&registry=model-registry&model=Birds"
	return []sending{
		{cats, "Star Cats, 0 stars", nil, []string{"Starred"}},
		{"", "Star Cats, 1 star", nil, []string{"Star"}},
		{cats, "Add", []string{"add", "at night"}, []string{"at night"}},
		{cats + "/card", "Preview", []string{"text", "It tells **cats**."}, []string{"It tells cats."}},
		{cats + "/card", "Save card", []string{"text", "It tells **cats** from the rest."}, []string{"It tells cats from the rest."}},
		{cats + "/card", "Save card", []string{"text", "It tells **dogs**."}, []string{"It tells dogs."}},
		{"", "Undo", nil, []string{"Restored the card.", "It tells cats from the rest."}},
		{shelf + "/-/new", "Create model", []string{"name", "Dogs", "tags", "pets"}, []string{"Dogs", "pets"}},
		{shelf + "/Dogs/-/rename", "Rename model", []string{"name", "Wolves"}, []string{"Wolves"}},
		{shelf + "/Wolves/-/delete", "Delete model", []string{"name", "Dogs"}, []string{"Delete Wolves?"}},
		{"", "Delete model", []string{"name", "Wolves"}, []string{"Cats"}},
		{cats + "/v1", "Add", []string{"alias", "best"}, []string{"best"}},
		{"", "Take best off v1", nil, []string{"v1"}},
		{"", "Add", []string{"tag", "fast"}, []string{"fast"}},
		{"", "Take fast off v1", nil, []string{"Took the tag fast away."}},
		{cats + "/v1?edit=description", "Preview", []string{"description", "Not **at night**."}, []string{"As it will read", "Not at night."}},
		{"", "Save", []string{"description", "Not **at night**."}, []string{"Not at night."}},
		{net + birds, "Link version", []string{"aliases", "first"}, []string{"as v0 of Birds", "first"}},
		{cats + "/v1" + birds, "Link version", []string{"aliases", "second"}, []string{"as v1 of Birds", "second"}},
		{cats + "/-/link?from=" + url.QueryEscape(team+"/cats/net:v0"), "Link version", []string{"aliases", "again"}, []string{"of Cats", "again"}},
		{shelf + "/Birds/v0/-/unlink", "Unlink v0", nil, []string{"Unlinked v0."}},
	}
}

// formsOfRuns are those of the team's runs, one of which goes on.
func formsOfRuns(w wire, team string) []sending {
	w.t.Helper()
	for project, run := range map[string]string{"cats": "live", "dogs": "other"} {
		if r := w.upsertRun(object{"entityName": team, "modelName": project, "name": run, "displayName": run}); len(r.errors()) > 0 {
			w.t.Fatal(r)
		}
	}
	run, there := "/"+team+"/cats/runs/r1", "/"+team+"/dogs/runs/r1"
	return []sending{
		{"/" + team + "/cats/runs/live", "Stop run", nil, []string{"Asked the script to stop."}},
		{run, "Add", []string{"add", "keep"}, []string{"Added the tag keep."}},
		{"", "Take the tag keep away", nil, []string{"Took the tag keep away."}},
		{run + "/rename", "Rename run", []string{"name", "better"}, []string{"Renamed try r1 to better."}},
		{run + "/notes", "Preview", []string{"notes", "It **works**."}, []string{"It works."}},
		{"", "Save notes", []string{"notes", "It **works**."}, []string{"Saved the notes.", "It works."}},
		{run + "/move", "Move run", []string{"project", "dogs"}, []string{"Moved better to dogs."}},
		{there + "/delete", "Delete run", nil, []string{"Deleted the run better."}},
		{"", "Undo", nil, []string{"Restored the run better."}},
	}
}

// formsOfAccount are those of one's account, and of a team that somebody else is in.
func formsOfAccount(team, other string) []sending {
	at := "/settings/teams/" + team
	return []sending{
		{"/settings/account", "Save", []string{"full_name", "Ada Lovelace"}, []string{"Saved your account."}},
		{"/settings/account", "Save", []string{"theme", "dark"}, []string{"Saved for this browser."}},
		{"/settings/account", "Set password", []string{"password", "a long password"}, []string{"Change password"}},
		{"/settings/keys", "Make key", []string{"name", "for the cluster"}, []string{"for the cluster"}},
		{"/authorize", "Make a key", nil, []string{"Paste this at the prompt"}},
		{"/welcome", "Make a key and show the lines", nil, []string{"export WANDB_API_KEY="}},
		{at, "viewer", nil, []string{"is now viewer."}},
		{at, "Remove " + other, nil, []string{"Removed " + other + "."}},
		{at, "Add to team", []string{"person", other}, []string{"Added " + other + " as member."}},
		{at, "Rename team", []string{"name", team + "-two"}, []string{team + "-two"}},
	}
}
