package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// unringed are the things on the page that show no ring when the keyboard comes to them. Fields may show it around them.
func (p *page) unringed() []string {
	p.t.Helper()
	p.keys(kb.Tab) // from now on the focus is the keyboard's
	const look = `(() => {
		const ringed = e => { const s = getComputedStyle(e); return s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0 || s.boxShadow !== "none" }
		const found = []
		for (const e of document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")) {
			if (!e.checkVisibility({ visibilityProperty: true }) || e.disabled || e.type === "hidden" || e.tabIndex < 0) continue
			document.activeElement.blur()
			e.focus()
			if (document.activeElement !== e) continue
			if (![e, e.parentElement, e.parentElement.parentElement].some(ringed)) found.push(e.outerHTML.slice(0, 120))
		}
		return found
	})()`
	return ask(p, chromedp.Evaluate[[]string](look))
}

// Every page keeps reading where the system chooses all colours, where nothing may move, and at twice the size: nothing is
// wider than the window, and where the keyboard is can be seen.
func TestEveryPageForOtherEyes(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada, team := furnished(t, s)
	p := s.signInAs(ada)
	for _, path := range pagesOf(ada, team) {
		for _, eyes := range []struct {
			name          string
			width, height int64
			prefers       []string
		}{
			{"forced", 1280, 800, []string{"forced-colors", "active", "prefers-color-scheme", "dark"}},
			{"large", 640, 400, nil}, // a window of 1280 by 800 at 200 %
		} {
			p.size(eyes.width, eyes.height)
			p.prefer(eyes.prefers...)
			p.open(s.url + path)
			p.fits(path)
			for _, found := range p.unringed() {
				t.Errorf("%s, %s: no ring around %s", path, eyes.name, found)
			}
			if n := ask(p, chromedp.Evaluate[int](`document.getAnimations().filter(a => a.playState === "running").length`)); n > 0 {
				t.Errorf("%s, %s: %d things move", path, eyes.name, n)
			}
			p.shot(strings.ReplaceAll(strings.Trim(path, "/"), "/", "-") + "-" + eyes.name)
		}
	}
	// What a dot says is not lost with its colour.
	p.prefer("forced-colors", "active")
	p.open(s.url + "/" + team + "/cats")
	const seen = `[...document.querySelectorAll("main :is(.rdot, .dot)")].every(e => getComputedStyle(e).forcedColorAdjust === "none")`
	if !ask(p, chromedp.Evaluate[bool](seen)) {
		t.Error("the dots of runs are not seen")
	}
}
