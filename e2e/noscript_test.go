package e2e

import (
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
