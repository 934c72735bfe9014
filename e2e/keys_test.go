package e2e

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// hit presses a key that the page takes for itself. (chromedp types its character even so.)
func (p *page) hit(key string) {
	p.t.Helper()
	p.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: %q, bubbles: true, cancelable: true }))`, key)))
}

// The palette finds, goes and does by keyboard alone.
func TestPaletteByKeyboard(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada, team := furnished(t, s)
	p := s.signInAs(ada)
	const selected = `(document.getElementById(document.querySelector("command-palette input").getAttribute("aria-activedescendant"))?.innerText ?? "")`

	p.open(s.url + "/" + team + "/model-registry/Cats")
	p.hit("/")
	p.until("the palette does not open", `document.querySelector("command-palette dialog").open`)
	p.shows("Go to", "Copy the full name")
	accessible(t, p)
	p.keys("cats v1")
	p.until("the version is not found", selected+`.includes("v1")`)
	accessible(t, p)
	p.shot("palette")
	p.hit("Enter")
	p.until("Enter does not open it", `document.readyState === "complete" && location.pathname.endsWith("/model-registry/Cats/v1")`)

	p.do(chromedp.Evaluate[chromedp.Void](`document.querySelector(".jump input").click()`))
	p.until("the page before is not remembered", `[...document.querySelectorAll("[data-kind=recent] a")].some(a => a.textContent === "Cats · model")`)
	p.keys("cats")
	p.until("runs and models are not both there", `document.querySelectorAll("[data-found] [role=group]").length > 1`)
	p.hit("Tab")
	p.until("Tab does not narrow", `document.querySelectorAll("[data-found] [role=group]").length === 1 && !document.querySelector("[data-narrowed]").hidden`)
	p.keys(kb.Escape)
	p.until("Escape does not close", `!document.querySelector("command-palette dialog").open`)

	p.hit("/")
	p.keys(">theme")
	p.until("the action is not found", selected+`.includes("Switch theme")`)
	p.hit("Enter")
	p.until("the action does nothing", `document.documentElement.dataset.theme === "greenroom-dark"`)
	p.hit("/")
	p.keys("projects")
	p.hit("Enter")
	p.until("Enter before the answer goes nowhere", `location.pathname === "/projects" || location.pathname.startsWith("/search")`)

	p.open(s.url + "/search?q=cats")
	p.size(320, 700)
	p.fits("/search")
	p.shot("search-narrow")
}

// Keys walk through rows, fold the rail and list themselves, until they are turned off.
func TestKeys(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada, team := furnished(t, s)
	p := s.signInAs(ada)
	p.size(1440, 900)
	p.open(s.url + "/" + team + "/cats")
	p.keys("?")
	p.until("the list does not open", `document.getElementById("keys").open`)
	p.until("it lists what does nothing here", `[...document.querySelectorAll("#keys [data-for]")].every(l => l.hidden === !document.querySelector(l.dataset.for))`)
	accessible(t, p)
	p.keys(kb.Escape)
	p.keys("[")
	p.open(s.url + "/" + team + "/cats")
	p.until("the rail is not folded", `document.querySelector(".rail").offsetWidth < 80`)
	p.keys("j")
	p.keys("j")
	p.until("the second row is not picked", `[...document.querySelectorAll("main tbody tr")].indexOf(document.querySelector("main .foc")) === 1`)
	p.keys(kb.Enter)
	p.until("Enter does not open the run", `document.readyState === "complete" && location.pathname.includes("/runs/")`)
	p.keys("gr")
	p.until("G R does not go to the registry", `location.pathname === "/"`)

	p.open(s.url + "/settings/account")
	p.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("[name=keys]").click()`))
	p.submit(`form[action="/settings/look"]`)
	p.shows("Saved for this browser.")
	p.keys(kb.Escape)
	p.until("Escape does not take the message away", `!document.querySelector("toast-one")`)
	p.keys("/")
	p.keys("gp")
	if at := p.where(); at != s.url+"/settings/account" || ask(p, chromedp.Evaluate[bool](`!!document.querySelector("dialog[open]")`)) {
		t.Errorf("keys that are off do something: %s", at)
	}
}

// A page says when the server cannot be reached, and when it can again; paper is white and without buttons.
func TestOfflineAndPaper(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada, team := furnished(t, s)
	p := s.signInAs(ada)
	p.open(s.url + "/" + team + "/model-registry/Cats")
	tell := func(name string) {
		p.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`document.dispatchEvent(new CustomEvent("greenroom:%s", { detail: { seconds: 8 } }))`, name)))
	}
	tell("offline")
	p.shows("Not connected. Trying again in 8 s.")
	accessible(t, p)
	p.shot("offline")
	tell("online")
	p.until("the line stays", `document.querySelector("offline-line").hidden`)

	p.theme("dark")
	p.do(chromedp.Evaluate[chromedp.Void](`dispatchEvent(new Event("beforeprint"))`))
	p.until("paper is dark", `getComputedStyle(document.body).backgroundColor === "rgb(255, 255, 255)"`)
	p.do(chromedp.Evaluate[chromedp.Void](`dispatchEvent(new Event("afterprint"))`))
	p.until("the page stays light", `!document.documentElement.dataset.theme`)
	printed := ask(p, chromedp.PrintToPDF())
	if len(printed) < 5_000 {
		t.Errorf("the page prints %d bytes", len(printed))
	}
}
