package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// The smaller things that people do with what they look at: choose columns, group, take the table along, look for a line of
// the console, copy a name, search on.
func TestSmallerActions(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada, team := furnished(t, s)
	p := s.signInAs(ada)
	runs := s.url + "/" + team + "/cats"
	p.open(runs)
	const heads = `[...document.querySelectorAll(".runlist th")].map(th => th.innerText).join(" ")`
	p.until("the learning rate is no column", heads+`.includes("lr")`)
	p.click("summary:has(+ .colpick)")
	p.click(`.colpick input[value="config.lr"]`)
	p.press("Show these")
	p.until("the columns are not those chosen", heads+`.includes("depth") && !`+heads+`.includes("lr")`)
	p.press("Group")
	p.click(`.groupmenu a[href*="group=state"]`)
	p.shows("failed", "finished")
	p.see(".runlist tr.grp")
	if at := p.where(); !strings.Contains(at, "group=state") || !strings.Contains(at, "col=config.net.depth") {
		t.Errorf("the address of groups with other columns is %s", at)
	}
	const export = `fetch(document.querySelector("a[download]").href).then(r => r.text())`
	if csv := ask(p, chromedp.Evaluate[string](export, chromedp.EvalAwaitPromise)); !strings.Contains(csv, "config.net.depth") || strings.Contains(csv, "config.lr") || !strings.Contains(csv, "try r1") {
		t.Errorf("the table taken along is\n%s", csv)
	}

	p.open(runs + "/runs/r1/logs")
	p.shows("epoch 1", "oops")
	p.do(chromedp.SendKeys(`main input[name=q]`, "oops"+kb.Enter))
	p.until("other lines are shown, too", `document.querySelectorAll(".log li").length === 1 && document.querySelector(".log").innerText.includes("oops")`)
	p.press("Last lines")
	p.shows("epoch 1")

	p.open(s.url + "/" + team + "/model-registry/Cats/v1")
	p.keys("y")
	p.see("copy-button[copied]")

	p.open(s.url + "/search")
	p.do(chromedp.SendKeys(`main input[name=q]`, "r1"+kb.Enter))
	p.shows("try r1")
	p.press("Models")
	p.shows("None of the models that you may see has “r1”.")

	p.open(s.url + "/" + team + "/model-registry/Cats?tab=card")
	p.press("Edit card")
	p.write("Finds cats.")
	p.press("Save card")
	p.shows("Saved the card.")
	p.press("Edit card")
	p.write("Finds dogs.")
	p.press("Save card")
	p.shows("Finds dogs.")
	p.press("History")
	p.click("#history li:last-child a")
	p.shows("saved this", "What changed")
	p.press("Restore this text")
	p.shows("Restored the card.", "Finds cats.")
}
