package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// keys presses keys where no field has the focus.
func (p *page) keys(keys string) {
	p.t.Helper()
	p.do(chromedp.KeyEvent(keys))
}

// write replaces what stands in the text area, of which chromedp cannot clear an empty one.
func (p *page) write(text string) {
	p.t.Helper()
	at := chromedp.CSS("textarea")
	p.do(chromedp.WaitVisible(at), chromedp.Evaluate[chromedp.Void](`document.querySelector("textarea").select()`), chromedp.SendKeys(at, text))
}

// A model is made in the browser, gets its versions by a dialog, is compared, renamed and deleted, without leaving the
// keyboard's reach.
func TestModelInTheBrowser(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada, team := furnished(t, s)
	p := s.signInAs(ada)
	at := s.url + "/" + team + "/model-registry/"

	p.open(at + "-/new")
	p.fill("name", "Dogs")
	p.fill("tags", "small, brown")
	p.press("Create model")
	p.shows("Made the model Dogs.", "No version stands here yet", "brown")

	for _, version := range []string{"v0", "v1"} {
		p.see(`[data-key="l"][data-htmx-powered]`) // before, the key opens a page instead
		p.keys("l")
		p.see("#sheet[open] .vers")
		accessible(t, p)
		p.click("#sheet .vers a[href*='" + version + "']")
		p.see("#sheet form.form")
		if version == "v1" {
			p.click(`#sheet input[value="production"]`)
		}
		p.click("#sheet .btn-primary")
		p.shows("as " + version + " of Dogs")
		p.open(at + "Dogs")
	}
	p.shows("production", "try r2")

	p.keys("j")
	p.keys("x")
	p.keys("j")
	p.keys("x")
	p.shows("2 ticked")
	p.keys("c")
	p.shows("Compare Dogs", "baseline")
	if where := p.where(); !strings.HasSuffix(where, "/Dogs/compare?v=1&v=0") {
		t.Errorf("compared at %s", where)
	}
	p.travel(-1)
	p.shows("2 ticked")

	p.open(at + "Dogs")
	p.expect("422")
	p.press("More")
	p.press("Rename")
	p.see("#sheet[open] #name")
	p.fill("name", "Cats")
	p.press("Rename model")
	p.shows("There is another model Cats in this registry.")
	p.fill("name", "Wolves")
	p.press("Rename model")
	p.shows("Renamed Dogs to Wolves.")
	p.press("Undo")
	p.shows("Renamed Wolves to Dogs.")

	p.press("Take the tag brown away")
	p.shows("Took the tag brown away.")
	p.press("Undo")
	p.shows("Added the tag brown.")

	p.press("More of v0")
	p.press("Unlink")
	p.see("#sheet[open]")
	p.press("Unlink v0")
	p.shows("Unlinked v0.")

	p.press("More")
	p.press("Delete model")
	p.see("#sheet[open] #name")
	p.fill("name", "Dog")
	p.do(chromedp.Click(chromedp.CSS("#sheet .btn-error")))
	p.shows("This is not its name.")
	p.fill("name", "Dogs")
	p.do(chromedp.Click(chromedp.CSS("#sheet .btn-error")))
	p.shows("Deleted the model Dogs.")
}

// A card is seen while it is written; where somebody else saves meanwhile, both texts are there.
func TestCardOfTwoPeople(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada, team := furnished(t, s)
	at := s.url + "/" + team + "/model-registry/Cats/card"
	mine, theirs := s.signInAs(ada), s.signInAs(ada)
	mine.open(at)
	mine.write("## Limits\nNo **dogs**. <script>document.title = 'run'</script>")
	mine.until("the preview does not follow", `document.querySelector("#card-preview strong")?.innerText === "dogs"`)
	theirs.open(at)
	theirs.write("## Use\nFinds cats.")
	theirs.press("Save card")
	theirs.shows("Saved the card.", "Finds cats.")

	mine.expect("409")
	mine.press("Save card")
	mine.shows("saved the card", "+ Finds cats.", "What saving yours would change")
	if typed := ask(mine, chromedp.Evaluate[string](`document.querySelector("textarea").value`)); !strings.Contains(typed, "No **dogs**.") {
		t.Errorf("what was typed became %q", typed)
	}
	accessible(t, mine)
	mine.shot("conflict")
	mine.press("Save mine")
	mine.shows("Saved the card.", "No dogs.")
	if title := ask(mine, chromedp.Evaluate[string]("document.title")); title == "run" {
		t.Error("the script of the card ran")
	}
	mine.press("Undo")
	mine.shows("Restored the card.", "Finds cats.")
}

// Without a script, a model is made, a version linked and a card written all the same.
func TestModelWithoutScript(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada, team := furnished(t, s)
	p := s.signInAs(ada)
	p.scripts(false)
	at := s.url + "/" + team + "/model-registry/"
	p.open(at + "-/new")
	p.fill("name", "Dogs")
	p.click("main form .btn-primary")
	p.shows("Dogs")
	p.open(at + "Dogs/-/link")
	p.click(".vers a")
	p.click("form.form .btn-primary")
	p.shows("of Dogs")
	p.open(at + "Dogs/card")
	p.write("Finds *dogs*.")
	p.click("button[formaction$='/preview']")
	p.see("#card-preview em")
	p.click("main form .btn-primary")
	p.shows("Saved the card.", "Finds dogs.")
	p.open(at + "Dogs")
	p.click("td .checkbox")
	p.click(".floatbar .btn-primary")
	p.shows("Compare Dogs", "baseline")
}
