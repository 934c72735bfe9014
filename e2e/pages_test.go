package e2e

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// furnished is somebody with a team that has something on every page.
func furnished(t *testing.T, s *server) (ada person, team string) {
	t.Helper()
	ada = s.newPerson("ada")
	team = s.newTeam("vision", ada)
	w := wire{t, s, ada.key}
	var first *draft // which the other run uses
	for i, run := range []string{"r1", "r2"} {
		in := object{"entityName": team, "modelName": "cats", "name": run, "displayName": "try " + run, "notes": "A note.", "tags": []string{"small"}, "groupName": "widths", "jobType": "train",
			"config": `{"lr":{"value":0.1},"net":{"value":{"depth":3}},"preprocessing":{"value":{"augmentation_policy":"` + strings.Repeat("random-crop-then-flip/", 8) + `"}}}`}
		if r := w.upsertRun(in); len(r.errors()) > 0 {
			t.Fatal(r)
		}
		var lines []string
		for step := range 50 {
			lines = append(lines, fmt.Sprintf(`"{\"_step\":%d,\"acc\":%f,\"val\":{\"loss\":%f},\"weights\":{\"_type\":\"histogram\",\"values\":[1,%d],\"bins\":[0,1,2]}}"`, step, float64(step)/100, 1/float64(step+1), step))
		}
		ends := []string{`"complete":true,"exitcode":0`, `"complete":true,"exitcode":1`}[i]
		body := `{"files":{"wandb-history.jsonl":{"offset":0,"content":[` + strings.Join(lines, ",") + `]},"wandb-summary.json":{"offset":0,"content":["{\"acc\":0.49,\"val\":{\"loss\":0.02}}"]},"wandb-events.jsonl":{"offset":0,"content":["{\"_runtime\":1,\"system.cpu\":12.5,\"system.gpu.0.powerWatts\":71}","{\"_runtime\":16,\"system.cpu\":50,\"system.gpu.0.powerWatts\":80}"]},"output.log":{"offset":0,"content":["2026-01-01T00:00:00.000000 epoch 1","ERROR 2026-01-01T00:00:01.000000 oops"]}},` + ends + `}`
		if r := w.stream(team, "cats", run, body); r.status != 200 {
			t.Fatal(r)
		}
		d := w.made(team, "cats", run, "net", "weights/net.bin", "weights of "+run)
		if i == 0 {
			first = d
		} else {
			w.answer(`mutation($in: UseArtifactInput!) { useArtifact(input: $in) { artifact { id } } }`,
				object{"in": object{"entityName": team, "projectName": "cats", "runName": run, "artifactID": first.id}})
		}
		r := w.ask(`mutation($in: LinkArtifactInput!) { linkArtifact(input: $in) { versionIndex } }`, object{"in": object{
			"artifactID": d.id, "artifactPortfolioName": "Cats", "entityName": team, "projectName": "model-registry",
			"aliases": []object{{"artifactCollectionName": "Cats", "alias": []string{"staging", "candidate"}[i]}}}})
		if len(r.errors()) > 0 {
			t.Fatal(r)
		}
	}
	return ada, team
}

// pagesOf is one page of each kind for whoever is signed in.
func pagesOf(ada person, team string) []string {
	return []string{
		"/", "/?type=:any&tag=nothing&sort=name", "/changes", "/?q=Cats", "/?q=nothing+is+called+so", "/greenroom/registry/model", "/" + team + "/model-registry",
		"/" + team + "/model-registry/Cats", "/" + team + "/model-registry/Cats?tab=card", "/" + team + "/model-registry/Cats?tab=use",
		"/" + team + "/model-registry/Cats/v1", "/" + team + "/model-registry/Cats/v0",
		"/new", "/" + team + "/model-registry/-/new", "/" + team + "/model-registry/Cats/-/link", "/" + team + "/model-registry/Cats/card",
		"/" + team + "/model-registry/Cats/-/link?from=" + team + "/cats/net:v0", "/" + team + "/cats/artifacts/model/net/v0/-/link", "/" + team + "/model-registry/Cats/v1/-/link",
		"/" + team + "/model-registry/Cats/compare?v=0&v=1", "/" + team + "/model-registry/Cats?sort=by.acc",
		"/" + team + "/model-registry/Cats/-/rename", "/" + team + "/model-registry/Cats/-/delete", "/" + team + "/model-registry/Cats/v1/-/unlink",
		"/" + team + "/model-registry/Cats/v1/metrics", "/" + team + "/model-registry/Cats/v1/metadata", "/" + team + "/model-registry/Cats/v1/files/weights/net.bin",
		"/" + team + "/model-registry/Cats/v1/usage", "/" + team + "/model-registry/Cats/v1/history", "/" + team + "/model-registry/Cats/v1?edit=description",
		"/search", "/search?q=cats", "/search?q=r1&kind=runs", "/search?q=nothing+is+called+so",
		"/projects", "/" + team, "/" + ada.name, "/" + team + "/cats", "/" + team + "/cats?group=config.lr&f=config.lr+%3C+1&sort=-summary.acc", "/" + team + "/cats?group=config.preprocessing.augmentation_policy", "/" + team + "/cats?col=config.preprocessing.augmentation_policy",
		"/" + team + "/cats/runs/r1", "/" + team + "/cats/runs/r2", "/" + team + "/cats/runs/r1/overview", "/" + team + "/cats/runs/r1/logs",
		"/" + team + "/cats/runs/r1/system", "/" + team + "/cats/runs/r1/media", "/" + team + "/cats/runs/r1/media?key=weights",
		"/" + team + "/cats/runs/r1/files", "/" + team + "/cats/runs/r1/artifacts", "/" + team + "/cats/runs/r1/metrics?key=acc",
		"/" + team + "/cats/runs/r1/rename", "/" + team + "/cats/runs/r1/notes", "/" + team + "/cats/runs/r1/move", "/" + team + "/cats/runs/r1/delete",
		"/" + team + "/cats/compare?run=r1&run=r2", "/" + team + "/cats/artifacts/model/net/compare?v=0&v=1",
		"/" + team + "/cats/artifacts", "/" + team + "/cats/artifacts/model", "/" + team + "/cats/artifacts/model/net", "/" + team + "/cats/artifacts/model/net/v0",
		"/welcome", "/authorize", "/settings/account", "/settings/keys", "/settings/teams", "/settings/teams/" + team,
	}
}

// openPages are those that need nobody to be signed in, with an invitation.
func openPages(token string) []string {
	return []string{"/login", "/invite/" + token, "/-/guide", "/-/guide/log", "/-/gallery"}
}

// Every page stands on its own: nothing on its console, nothing for axe to find, in both themes and on a phone. It reads where
// the system chooses all colours, where nothing may move, and at twice the size: nothing is wider than the window, and where
// the keyboard is can be seen. Its links lead somewhere. One visit serves all of that; two tabs share the pages.
func TestEveryPage(t *testing.T) {
	t.Parallel()
	s := startServer(t) // with nobody else, whose things go while links lead to them
	ada, team := furnished(t, s)
	var mu sync.Mutex
	leads := map[string]string{}
	t.Run("pages", func(t *testing.T) {
		const tabs = 2
		for tab := range tabs {
			t.Run(fmt.Sprint(tab+1), func(t *testing.T) {
				t.Parallel()
				h := *s
				h.t = t
				p := h.signInAs(ada)
				for i, path := range pagesOf(ada, team) {
					if i%tabs != tab {
						continue
					}
					p.visit(s.url, path, 200)
					mu.Lock()
					for _, link := range p.links() {
						leads[link] = path
					}
					mu.Unlock()
				}
			})
		}
	})
	p := s.signInAs(ada)
	p.open(s.url)
	for link, from := range leads {
		u, err := url.Parse(link)
		if err != nil || !strings.HasPrefix(link, s.url) || slices.Contains([]string{"/logout", "/-/gallery"}, u.Path) {
			continue
		}
		if got := ask(p, chromedp.Evaluate[int](fmt.Sprintf("fetch(%q).then(r => r.status)", link), chromedp.EvalAwaitPromise)); got != 200 {
			t.Errorf("%s leads to %s, which answers %d", from, link, got)
		}
	}
	p.dotsAreSeen(s.url + "/" + team + "/cats")
}

// visit opens a page of a site and demands of it what is demanded of every page.
func (p *page) visit(site, path string, status int64) {
	p.t.Helper()
	p.size(1280, 800)
	p.theme("light")
	if got := p.status(site + path); got != status {
		p.t.Errorf("%s answers %d, want %d", path, got, status)
		return
	}
	p.looks(path)
	p.looksToOtherEyes(path)
}

// looks demands of the page that it is accessible in both themes and fits a phone.
func (p *page) looks(path string) {
	p.t.Helper()
	name := strings.ReplaceAll(strings.Trim(path, "/"), "/", "-")
	accessible(p.t, p)
	p.shot(name + "-light")
	p.theme("dark")
	p.shot(name + "-dark")
	p.size(390, 844)
	p.fits(path)
	accessible(p.t, p)
	p.shot(name + "-phone")
}

// fits demands that the page is not wider than the window, nor a table that is a list there wider than what it stands in,
// which would scroll.
func (p *page) fits(path string) {
	p.t.Helper()
	const wide = `(() => {
		const told = all => all.slice(0, 3).map(e => e.outerHTML.slice(0, 120)).join("\n")
		if (document.documentElement.scrollWidth > innerWidth)
			return told([...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1)) || "something"
		return innerWidth > 760 ? "" : told([...document.querySelectorAll("table.as-list")].filter(e => e.offsetWidth > e.parentElement.clientWidth))
	})()`
	if what := ask(p, chromedp.Evaluate[string](wide)); what != "" {
		p.t.Errorf("%s is wider than a phone:\n%s", path, what)
	}
}

func TestPagesForStrangers(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada, team := furnished(t, s)
	for _, path := range pagesOf(ada, team) {
		if status, at := s.leadsStranger(t, path); status != http.StatusSeeOther || !strings.HasPrefix(at, "/login") {
			t.Errorf("%s answers a stranger %d and leads to %s", path, status, at)
		}
	}
	p := browser(t)
	p.open(s.url + "/" + team)
	if at := p.where(); !strings.HasPrefix(at, s.url+"/login") {
		t.Errorf("the page of a team shows a stranger %s", at)
	}
}

// Pages for everybody are as good as the others, for a stranger as well as for somebody who is signed in.
func TestEveryOpenPage(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada, bob := s.newPerson("ada"), s.newPerson("bob")
	team := s.newTeam("vision", ada)
	p := s.signInAs(ada)
	p.open(s.url + "/settings/teams/" + team)
	p.press("Make link")
	p.shows("The link is made")
	_, token, _ := strings.Cut(strings.TrimSpace(p.see(".made .cmd code")), "/invite/")
	stranger := browser(t)
	stranger.expect("/-/gallery/curve/missing") // which is there to show a curve that cannot be had
	for _, path := range openPages(token) {
		stranger.visit(s.url, path, 200)
	}
	s.signInAs(bob).visit(s.url, "/invite/"+token, 200)
}

// leadsStranger is how a page answers somebody who is not signed in, and where it leads them.
func (s *server) leadsStranger(t *testing.T, path string) (status int, at string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", s.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "text/html")
	answer, err := http.DefaultTransport.RoundTrip(r) // which follows nothing
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	return answer.StatusCode, strings.TrimPrefix(answer.Header.Get("Location"), s.url)
}

// Names may be in any script and as long as W&B allows; each opens.
func TestPagesOfOddNames(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada := s.newPerson("ada")
	w := wire{t, s, ada.key}
	p := s.signInAs(ada)
	for _, name := range []string{"gr🌱n", "Modell für Zürich", "a+b & c;d=e", "<script>", strings.Repeat("é", 128)} {
		if r := w.upsertRun(object{"modelName": name, "name": "r1", "displayName": name}); len(r.errors()) > 0 {
			t.Errorf("the project %q is refused: %s", name, r)
			continue
		}
		at := s.url + "/" + ada.name + "/" + url.PathEscape(name)
		for _, path := range []string{at, at + "/runs/r1", at + "/artifacts"} {
			if got := p.status(path); got != 200 {
				t.Errorf("%s answers %d", path, got)
				continue
			}
			p.shows(name)
		}
		p.size(390, 844)
		p.fits(at)
		p.size(1280, 800)
	}
}

// scripts lets pages run scripts, or not. The tests' own go on either way.
func (p *page) scripts(run bool) {
	p.t.Helper()
	ask(p, func(ctx context.Context, target *chromedp.Target) (cdp.Empty, error) {
		return cdp.Call(ctx, target, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !run})
	})
}

// Every page reads without a script: it says what it is and shows something, nothing waits, nothing is wider than the
// window, and it was painted.
func TestEveryPageWithoutScript(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada, team := furnished(t, s)
	p := s.signInAs(ada)
	p.scripts(false)
	for _, path := range pagesOf(ada, team) {
		p.open(s.url + path)
		const read = `document.querySelector("h1")?.checkVisibility() && document.querySelector("main").innerText.trim().split(/\s+/).length > 5
			&& !document.querySelector("[aria-busy=true], .skel") && performance.getEntriesByName("first-contentful-paint").length > 0`
		p.until(path+" does not read without a script", read)
		p.fits(path)
		for _, button := range p.dead() {
			t.Errorf("%s has a button that does nothing without a script: %s", path, button)
		}
	}
}

// The main road needs no script: sign in, find the model, open its version, get the file.
func TestWithoutScript(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada := s.withPassword("ada")
	owner, team := furnished(t, s)
	admin := s.signInAs(owner)
	admin.open(s.url + "/settings/teams/" + team)
	admin.press("Make link")
	admin.shows("The link is made")
	link := ""
	for word := range strings.FieldsSeq(admin.text()) {
		if strings.HasPrefix(word, s.url+"/invite/") {
			link = word
		}
	}

	p := browser(t)
	p.scripts(false)
	p.open(s.url + "/login")
	p.enter(ada.name, password)
	p.shows("Registry")
	p.open(link)
	p.press("Join as " + ada.name)
	p.until("the invitation is not accepted", `!location.pathname.startsWith("/invite")`)
	p.open(s.url)
	p.do(chromedp.SendKeys(chromedp.CSS(`main [name="q"]`), "Cats"))
	p.submit(`form:has([name="q"]):is(main *)`)
	p.until("the list is not searched", `location.search === "?q=Cats"`)
	p.shows("Cats")
	p.open(s.url + "/" + team + "/model-registry/Cats")
	p.press("v1")
	p.shows("use_model(")
	p.press("weights/")
	p.shows("net.bin")
	if got := p.bytes(p.download("net.bin")); got != "weights of r2" {
		t.Errorf("the browser gets %q", got)
	}
	p.open(s.url + "/" + team + "/cats/runs/r1")
	p.shows("try r1", "acc", "0.49")
	p.shot("run-without-script")
}
