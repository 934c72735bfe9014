package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Somebody types a filter, sees it hold while they type, puts it beside the field by Enter, tags what it
// found, takes it away, and goes back.
func TestFilterRunsInABrowser(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada, team := furnished(t, s)
	p := s.signInAs(ada)
	p.open(s.url + "/" + team + "/cats")
	p.do(chromedp.SendKeys(`.qfield input[name=q]`, "state: failed"))
	p.rows("r2")
	p.do(chromedp.SendKeys(`.qfield input[name=q]`, kb.Enter), chromedp.WaitVisible(`.qchip`))
	if at := p.where(); !strings.Contains(at, "f=state%3A+failed") {
		t.Errorf("the address is %s", at)
	}
	p.do(chromedp.Click(`#run-r2 input[name=run]`), chromedp.WaitVisible(`.tickbar`))
	p.do(chromedp.SendKeys(`.tickbar input[name=tag]`, "odd"+kb.Enter), chromedp.WaitVisible(`#flash .toast-one`))
	if text := ask(p, chromedp.Evaluate[string](`document.querySelector("#run-r2 .c-tags").textContent`)); !strings.Contains(text, "odd") {
		t.Errorf("the tags are %q", text)
	}
	p.do(chromedp.Click(`.qchip a`), chromedp.WaitVisible(`#run-r1`))
	p.travel(-1)
	p.rows("r2")
}

// On a phone the heads of columns are out of sight: a menu sorts runs, with and without a script.
func TestSortRunsOnAPhone(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada, team := furnished(t, s)
	w := wire{t, s, ada.key}
	body := `{"files":{"wandb-summary.json":{"offset":0,"content":["{\"acc\":0.1}"]}}}`
	if r := w.stream(team, "cats", "r2", body); r.status != 200 {
		t.Fatal(r)
	}
	p := s.signInAs(ada)
	p.size(390, 844)
	for _, run := range []bool{true, false} {
		p.scripts(run)
		p.open(s.url + "/" + team + "/cats")
		p.rows("r2 r1")
		p.do(chromedp.Click(`.sortmenu summary`))
		p.press("summary.acc")
		p.rows("r1 r2")
		p.do(chromedp.Click(`.sortmenu summary`))
		p.fits("the sort menu")
		p.press("Smallest first")
		p.rows("r2 r1")
		if at := p.where(); !strings.HasSuffix(at, "?sort=summary.acc") {
			t.Errorf("the address is %s", at)
		}
	}
}

// rows waits until the table of runs shows just these.
func (p *page) rows(names string) {
	p.t.Helper()
	const shown = `[...document.querySelectorAll(".runlist tbody tr[id]")].map(r => r.id.replace("run-", "")).join(" ")`
	p.until("the table does not show "+names, fmt.Sprintf("%s === %q", shown, names))
}
