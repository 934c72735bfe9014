package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// Somebody finds an artifact by its name as they type, narrows the list to a type, and opens the newest version.
func TestFindArtifactsInABrowser(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada, team := furnished(t, s)
	w := wire{t, s, ada.key}
	w.made(team, "cats", "r1", "whiskers", "w.bin", "long ones")
	p := s.signInAs(ada)
	p.open(s.url + "/" + team + "/cats/artifacts")
	p.shows("2 artifacts", "net", "whiskers")
	p.do(chromedp.SendKeys(`.listfilter input[name=q]`, "WHIS"))
	p.until("the list is not searched", `document.querySelectorAll(".artifacts tbody tr").length === 1 && document.querySelector(".artifacts").innerText.includes("latest")`)
	p.until("the types forget the search", `[...document.querySelectorAll("#artifact-types a")].every(a => a.search === "?q=WHIS")`)
	p.do(chromedp.Click(`#artifact-types a:last-child`))
	p.until("the type is not asked for", `location.pathname.endsWith("/artifacts/model") && location.search === "?q=WHIS"`)
	p.do(chromedp.Click(`.artifacts .c-new a`))
	p.until("the newest version does not open", `location.pathname.endsWith("/artifacts/model/whiskers/v0")`)
	p.open(s.url + "/" + team + "/cats/artifacts?q=nothing")
	p.shows("No artifact here has “nothing” in its name.")
	p.press("All artifacts")
	p.shows("whiskers")
	if at := p.where(); !strings.HasSuffix(at, "/artifacts") {
		t.Errorf("all artifacts are at %s", at)
	}
}
