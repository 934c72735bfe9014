package e2e

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
)

// Somebody stars a model, filters, sorts, and goes back: each step is an address, and the browser's own way back leads
// through them.
func TestLandingJourney(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada, team := furnished(t, s)
	p := s.signInAs(ada)
	home := s.url + "/" + team + "/model-registry"
	p.size(1440, 900) // the rail has room for words
	p.open(home + "/-/new")
	p.fill("name", "Dogs")
	p.press("Create model")
	p.shows("No version stands here yet")
	p.open(home)
	names := func(want string) {
		t.Helper()
		p.until("the list is not "+want, fmt.Sprintf(`document.readyState === "complete" && [...document.querySelectorAll("#models .c-name a")].map(a => a.innerText).join(" ") === %q`, want))
	}
	names("Dogs Cats")

	// A star by the keyboard: the second row.
	p.do(chromedp.KeyEvent("j"), chromedp.KeyEvent("j"), chromedp.KeyEvent("s"))
	p.until("the star is not in the rail", `document.querySelector("#starred a")?.innerText.trim() === "Cats" && document.querySelector('.star[aria-pressed="true"]') !== null`)
	accessible(t, p)
	p.click(".railstars a")
	p.shows("Cats", "Starred")

	p.open(home)
	p.click("th .sorthead")
	names("Cats Dogs")
	p.click("th .sorthead")
	names("Dogs Cats")
	p.press("Stage")
	p.press("No stage")
	names("Dogs")
	p.travel(-1)
	names("Dogs Cats")
	p.travel(-1)
	names("Cats Dogs")
	p.press("Starred")
	names("Cats")
	p.do(chromedp.SendKeys(chromedp.CSS(".listfilter input[type=search]"), "dogs"))
	p.until("the search does not keep the filter", `document.querySelector(".nores") !== null && location.search.includes("starred=1") && location.search.includes("sort=name")`)
	p.press("Clear filters, 2 registered models")
	names("Cats Dogs")
}

// The same without scripts: what was pressed is a form, what was chosen a link.
func TestLandingWithoutScript(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada, team := furnished(t, s)
	p := s.signInAs(ada)
	p.scripts(false)
	p.open(s.url + "/" + team + "/model-registry?sort=name")
	p.click(".starform .star")
	p.see(`.star[aria-pressed="true"]`)
	p.until("the star is not in the rail", `document.querySelector("#starred a") !== null`)
	if at := p.where(); at != s.url+"/"+team+"/model-registry?sort=name" {
		t.Errorf("the star led to %s", at)
	}
	p.click(".filters summary")
	p.click(".filters details[open] a")
	p.see("#filters a.filter-on")
	p.click("#filters a.filter-on")
	p.see("#models tbody tr")
}
