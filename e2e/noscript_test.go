package e2e

import (
	"encoding/json"
	"fmt"
	"net/url"
	"testing"

	"github.com/chromedp/chromedp"
)

// dead are the buttons of the page that do nothing without a script, those in closed menus too.
func (p *page) dead() []string {
	p.t.Helper()
	const look = `(() => {
		for (const d of document.querySelectorAll("details")) d.open = true
		const name = b => b.className === "copyname" // shows what it would copy
		const acts = b => b.form && b.type !== "button" || b.popoverTargetElement || name(b)
		return [...document.querySelectorAll("button")].filter(b => b.checkVisibility() && !acts(b)).map(b => b.outerHTML.slice(0, 160))
	})()`
	return ask(p, chromedp.Evaluate[[]string](look))
}

// send fills fields (names and values in turn) of the form that has them and a button that reads so, presses the button
// and waits for the page that answers.
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
		const reads = b => b.innerText.trim() === %[1]q || b.getAttribute("aria-label") === %[1]q
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

// What people do to models, versions and their account, they can do by forms alone.
func TestFormsWithoutScript(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada, team := furnished(t, s)
	bob := s.newPerson("bob")
	p := s.signInAs(ada)
	p.scripts(false)
	p.expect("422") // where the wrong name is typed
	shelf := "/" + team + "/model-registry"
	cats, net := shelf+"/Cats", "/"+team+"/cats/artifacts/model/net/v0"
	for _, step := range []struct {
		at     string // the page; "" for the one that answered
		button string
		fields []string
		shows  []string
	}{
		{cats, "Star Cats, 0 stars", nil, []string{"Starred"}},
		{"", "Star Cats, 1 star", nil, []string{"Star"}},
		{cats, "Add", []string{"add", "at night"}, []string{"at night"}},
		{cats + "/card", "Preview", []string{"text", "It tells **cats**."}, []string{"It tells cats."}},
		{cats + "/card", "Save card", []string{"text", "It tells **cats** from the rest."}, []string{"It tells cats from the rest."}},
		{shelf + "/-/new", "Create model", []string{"name", "Dogs", "tags", "pets"}, []string{"Dogs", "pets"}},
		{shelf + "/Dogs/-/rename", "Rename model", []string{"name", "Wolves"}, []string{"Wolves"}},
		{shelf + "/Wolves/-/delete", "Delete model", []string{"name", "Dogs"}, []string{"Delete Wolves?"}},
		{"", "Delete model", []string{"name", "Wolves"}, []string{"Cats"}},
		{cats + "/v1", "Add", []string{"alias", "best"}, []string{"best"}},
		{"", "Take best off v1", nil, []string{"v1"}},
		{"", "Add", []string{"tag", "fast"}, []string{"fast"}},
		{cats + "/v1?edit=description", "Preview", []string{"description", "Not **at night**."}, []string{"As it will read", "Not at night."}},
		{"", "Save", []string{"description", "Not **at night**."}, []string{"Not at night."}},
		{net + "/-/link?owner=" + url.QueryEscape(team) + "&registry=model-registry&model=Birds", "Link version", []string{"aliases", "first"}, []string{"first"}},
		{shelf + "/Birds/v0/-/unlink", "Unlink v0", nil, []string{"Birds"}},
		{"/settings/account", "Save", []string{"full_name", "Ada Lovelace"}, []string{"Saved your account."}},
		{"/settings/account", "Save", []string{"theme", "dark"}, []string{"Saved for this browser."}},
		{"/settings/account", "Set password", []string{"password", "a long password"}, []string{"Change password"}},
		{"/settings/teams/" + team, "Rename team", []string{"name", team + "-two"}, []string{team + "-two"}},
		{"", "Add to team", []string{"person", bob.name}, []string{bob.name}},
		{"/settings/keys", "Make key", []string{"name", "for the cluster"}, []string{"for the cluster"}},
		{"/", "Sign out", nil, []string{"Sign in to Greenroom"}},
	} {
		if step.at != "" {
			p.open(s.url + step.at)
		}
		p.send(step.button, step.fields...)
		p.shows(step.shows...)
	}
}

// The first page is painted before any script has come, and nothing on it moves when they do.
func TestFirstPaint(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada, _ := furnished(t, s)
	p := s.signInAs(ada)
	p.open(s.url)
	p.until("nothing has been painted", `performance.getEntriesByName("first-contentful-paint").length > 0`)
	const moved = `new Promise(done => {
		let sum = 0
		new PerformanceObserver(list => { for (const e of list.getEntries()) sum += e.value }).observe({type: "layout-shift", buffered: true})
		setTimeout(() => done(sum), 300)
	})`
	if sum := ask(p, chromedp.Evaluate[float64](moved, chromedp.EvalAwaitPromise)); sum > 0.01 {
		t.Errorf("the landing page shifts by %.3f while it loads", sum)
	}
	p.scripts(false)
	p.open(s.url)
	p.until("nothing is painted without scripts", `performance.getEntriesByName("first-contentful-paint").length > 0`)
	p.shows("Cats")
	const blocking = `[...document.querySelectorAll("script")].filter(e => !e.defer && e.type !== "module").map(e => e.outerHTML)`
	if found := ask(p, chromedp.Evaluate[[]string](blocking)); len(found) > 0 {
		t.Errorf("the first paint waits for %q", found)
	}
}
