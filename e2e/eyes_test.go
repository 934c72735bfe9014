package e2e

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
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

// looksToOtherEyes demands that the page goes on reading where the system chooses all colours and at twice the size.
func (p *page) looksToOtherEyes(path string) {
	p.t.Helper()
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
		p.fits(path)
		for _, found := range p.unringed() {
			p.t.Errorf("%s, %s: no ring around %s", path, eyes.name, found)
		}
		if n := ask(p, chromedp.Evaluate[int](`document.getAnimations().filter(a => a.playState === "running").length`)); n > 0 {
			p.t.Errorf("%s, %s: %d things move", path, eyes.name, n)
		}
		p.shot(strings.ReplaceAll(strings.Trim(path, "/"), "/", "-") + "-" + eyes.name)
	}
}

// dotsAreSeen demands that what a dot says is not lost with its colour.
func (p *page) dotsAreSeen(url string) {
	p.t.Helper()
	p.prefer("forced-colors", "active")
	p.open(url)
	const seen = `[...document.querySelectorAll("main :is(.rdot, .dot)")].every(e => getComputedStyle(e).forcedColorAdjust === "none")`
	if !ask(p, chromedp.Evaluate[bool](seen)) {
		p.t.Error("the dots of runs are not seen")
	}
}

// Paper has what the page says and nothing to click, its tables are tables and as wide as it, and so are its curves.
func TestPaper(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada, team := furnished(t, s)
	long := strings.Repeat("w", 120)
	w := wire{t, s, ada.key}
	d := w.made(team, "cats", "r1", long, long+".bin", "weights")
	if r := w.ask(`mutation($in: LinkArtifactInput!) { linkArtifact(input: $in) { versionIndex } }`, object{"in": object{
		"artifactID": d.id, "artifactPortfolioName": long, "entityName": team, "projectName": "model-registry",
		"aliases": []object{{"artifactCollectionName": long, "alias": long}}}}); len(r.errors()) > 0 {
		t.Fatal(r)
	}
	if r := w.upsertRun(object{"entityName": team, "modelName": "cats", "name": "r9", "displayName": long, "tags": []string{long}, "groupName": long}); len(r.errors()) > 0 {
		t.Fatal(r)
	}
	p := s.signInAs(ada)
	for _, path := range []string{"/", "/" + team + "/model-registry/" + long, "/" + team + "/model-registry/" + long + "/v0", "/" + team + "/model-registry/Cats", "/" + team + "/model-registry/Cats/v1", "/" + team + "/model-registry/Cats/compare?v=0&v=1", "/" + team + "/cats", "/" + team + "/cats/runs/r1"} {
		p.medium("")
		p.size(1280, 800)
		p.open(s.url + path)
		p.until("the curves of "+path+" are not drawn", `[...document.querySelectorAll("metric-chart")].every(c => c.drawn)`)
		p.size(703, 1000) // what is left of A4
		p.medium("print")
		p.fits(path)
		const clicked = `[...document.querySelectorAll("nav, button, input, .tabs")].filter(e => e.checkVisibility()).map(e => e.outerHTML.slice(0, 120))`
		if found := ask(p, chromedp.Evaluate[[]string](clicked)); len(found) > 0 {
			t.Errorf("%s on paper has %q", path, found)
		}
		const torn = `[...document.querySelectorAll("table")].filter(t => t.checkVisibility() && t.tHead && !t.tHead.matches(".sr-only")).flatMap(t => {
			const width = row => [...row.cells].filter(c => c.checkVisibility()).map(c => Math.round(c.getBoundingClientRect().right)).join()
			return [...t.tBodies[0].rows].filter(row => row.cells.length === t.tHead.rows[0].cells.length && width(row) !== width(t.tHead.rows[0])).map(row => row.innerText)
		})`
		if found := ask(p, chromedp.Evaluate[[]string](torn)); len(found) > 0 {
			t.Errorf("%s on paper has rows that do not stand under their heads: %q", path, found)
		}
		const cut = `[...document.querySelectorAll("metric-chart canvas")].filter(c => { const a = c.closest(".chart-area"); return !c.offsetHeight || c.offsetHeight > a.offsetHeight || c.offsetWidth > a.offsetWidth }).length`
		if n := ask(p, chromedp.Evaluate[int](cut)); n > 0 {
			t.Errorf("%s on paper cuts %d curves", path, n)
		}
		p.shot("paper" + strings.ReplaceAll(path, "/", "-"))
	}
}

// medium lets the page be shown on a medium, "print" or "" for the screen.
func (p *page) medium(name string) {
	p.t.Helper()
	ask(p, func(ctx context.Context, t *chromedp.Target) (cdp.Empty, error) {
		return cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: name})
	})
}
