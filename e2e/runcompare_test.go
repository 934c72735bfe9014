package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Runs are ticked in their project and compared, by key or, without a script, by the button.
func TestCompareRuns(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada, team := furnished(t, s)
	p := s.signInAs(ada)
	at := s.url + "/" + team + "/cats"
	p.open(at)
	p.keys("c") // nothing is ticked
	if bar := ask(p, chromedp.Evaluate[bool](`document.querySelector(".tickbar").checkVisibility()`)); bar || p.where() != at {
		t.Errorf("with nothing ticked, C leads to %s", p.where())
	}
	p.click(`#run-r1 input[name="run"]`)
	p.click(`#run-r2 input[name="run"]`)
	p.see(".tickbar")
	accessible(t, p)
	p.fill("tag", "both")
	p.press("Tag") // is what Enter does in the field
	p.shows("Tagged 2 runs #both.")

	ticked := func(when, runs string) {
		t.Helper()
		p.until(when+", the ticked runs are not "+runs, `[...document.querySelectorAll("td :checked")].map(c => c.value).join(" ") === "`+runs+`" && document.querySelector(".tickbar").checkVisibility() === ("`+runs+`" !== "")`)
	}
	p.click("th .checkbox")
	ticked("after all", "r2 r1")
	p.press("Untick all")
	ticked("after none", "")
	p.keys("jx")
	ticked("after X", "r2")
	p.keys(kb.Escape)
	ticked("after Escape", "")
	p.keys("kjX") // Shift
	ticked("after Shift-X", "r2 r1")
	p.keys("c")
	p.shows("Compare 2 runs", "try r2", "baseline", "try r1 is the same as try r2 on 2 metrics.")
	if where := p.where(); !strings.HasSuffix(where, "/cats/compare?run=r2&run=r1") {
		t.Errorf("compared at %s", where)
	}
	p.travel(-1)
	ticked("after going back", "r2 r1")
	p.travel(1)
	p.press("Take as baseline")
	p.shows("try r2 is the same as try r1 on 2 metrics.")
	p.press("Leave out try r2")
	p.shows("Compare 1 run")

	p.scripts(false)
	p.open(at)
	p.click(`#run-r1 input[name="run"]`)
	p.click(".tickbar .btn-primary")
	p.shows("Compare 1 run", "try r1")
}
