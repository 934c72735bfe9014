package e2e

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// saysAlias sets an alias on a version: something that a message with a way back answers.
func (p *page) saysAlias(at, alias string) {
	p.t.Helper()
	p.open(at)
	p.send("Add", "alias", alias)
	p.shows("Set " + alias + " on v1.")
}

// What somebody did is told, can be taken back, and goes away: by itself, but not from under somebody who is at it.
func TestToast(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada, team := furnished(t, s)
	at := s.url + "/" + team + "/model-registry/Cats/v1"
	p := s.signInAs(ada)
	const there = `!!document.querySelector("#flash[role=status] toast-one")`

	p.saysAlias(at, "first")
	accessible(t, p)
	p.shot("toast")
	p.press("Undo")
	p.shows("Took first off v1.")

	// Screen readers are told what comes into the region after the page.
	p.do(chromedp.Evaluate[chromedp.Void](`
		window.told = []
		new MutationObserver(all => window.told.push(...all.flatMap(m => [...m.addedNodes].map(n => n.localName + " " + n.textContent)))).observe(document.getElementById("flash"), { childList: true, subtree: true })
		document.getElementById("flash").append(document.querySelector("toast-one"))`))
	p.until("nobody hears of it", `window.told.includes("span Took first off v1.")`)

	// Escape and its button take it away, and the focus goes back to where it was.
	p.saysAlias(at, "second")
	const focused = `document.querySelector("toast-one form button").matches(":focus")`
	p.do(chromedp.Evaluate[chromedp.Void](`document.querySelector(".topbar .crumbs a").focus(); document.querySelector("toast-one form button").focus()`))
	p.until("Undo takes no focus", focused)
	p.keys(kb.Escape)
	p.until("Escape does not take it away", `!(`+there+`) && document.querySelector(".topbar .crumbs a").matches(":focus")`)
	p.saysAlias(at, "third")
	p.press("Dismiss")
	p.until("its button does not take it away", `!(`+there+`)`)

	// A hundred times as fast: it stays while somebody points at it or has the focus in it.
	p.saysAlias(at, "fourth")
	const hurry = `
		const late = window.setTimeout
		window.setTimeout = (act, ms, ...rest) => late(act, ms / 100, ...rest)
		window.toast = document.querySelector("toast-one")
		window.tell = kind => toast.dispatchEvent(new PointerEvent(kind))
		toast.querySelector("form button").focus()
		document.activeElement.blur()`
	p.do(chromedp.Evaluate[chromedp.Void](hurry + `; tell("pointerenter"); window.began = performance.now()`))
	const later = `performance.now() - began > 1000`
	p.until("time stands still", later)
	if !ask(p, chromedp.Evaluate[bool](there)) {
		t.Error("it goes from under the pointer")
	}
	p.do(chromedp.Evaluate[chromedp.Void](`toast.querySelector("form button").focus(); tell("pointerleave"); window.began = performance.now()`))
	p.until("time stands still", later)
	if !ask(p, chromedp.Evaluate[bool](there+" && "+focused)) {
		t.Error("it goes while it has the focus")
	}
	p.do(chromedp.Evaluate[chromedp.Void](`document.activeElement.blur()`))
	p.until("it stays", `!(`+there+`)`)

	// What htmx is answered with is told at once.
	p.open(at)
	p.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`htmx.ajax("GET", %q, { target: "main", swap: "innerHTML" })`, "/"+team+"/model-registry/Nothing")))
	p.expect("404")
	p.until("an error is not told", there)
}
