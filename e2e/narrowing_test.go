package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// lists waits until just these texts stand in the elements that match.
func (p *page) lists(css string, want ...string) {
	p.t.Helper()
	const shown = `[...document.querySelectorAll(%q)].filter(e => e.checkVisibility()).map(e => e.innerText.trim()).join("|")`
	p.until(fmt.Sprintf("%s do not read %q", css, want), fmt.Sprintf(shown+" === %q", css, strings.Join(want, "|")))
}

// What a page lists is narrowed to what one looks for: projects, media, versions to link, registries, what the last address did
// not lead to.
func TestListsAreNarrowed(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada, team := furnished(t, s)
	if r := (wire{t, s, ada.key}).upsertRun(object{"entityName": team, "modelName": "dogs", "name": "other"}); len(r.errors()) > 0 {
		t.Fatal(r)
	}
	p := s.signInAs(ada)

	p.open(s.url + "/projects")
	p.shows("dogs", "cats")
	p.typed(`main [name=q]`, "DOG")
	p.lists(".projects .c-name a", "dogs")
	p.until("the address does not keep what was typed", `location.search === "?q=DOG"`)
	p.typed(`main [name=q]`, "birds")
	p.shows("No project here has “birds” in its name.")
	p.press("Clear")
	p.shows("dogs", "cats")

	p.open(s.url + "/" + team + "/cats/runs/r1/media")
	p.typed(`main [name=q]`, "biases"+kb.Enter)
	p.shows("Nothing that this run logged is called that.")
	p.press("All media, 1")
	p.typed(`main [name=q]`, "weight"+kb.Enter)
	p.until("the histogram is not found", `location.search === "?q=weight" && !!document.querySelector("form [name=key][value=weights]")`)

	p.open(s.url + "/" + team + "/model-registry/Cats")
	p.press("Link version")
	p.see("#sheet[open] .vers")
	p.typed(`#link-search`, "nothing like this")
	p.until("the search narrows nothing", `document.querySelectorAll("#sheet .vers a").length === 0`)
	p.typed(`#link-search`, team+"/cats/net:v1")
	p.shows("It stands here already, as v1.")

	p.expect("404")
	p.open(s.url + "/" + team + "/weights_of_cats")
	p.until("what was in the address is not looked for", `document.querySelector(".errorpage [name=q]").value === "weights of cats"`)
	p.typed(`.errorpage [name=q]`, "Cats"+kb.Enter)
	p.shows("Cats")
	p.until("the search of a page that is not there leads nowhere", `location.pathname + location.search === "/search?q=Cats"`)

	p.scripts(false)
	p.open(s.url)
	p.typed(`.jump [name=q]`, "try r2"+kb.Enter)
	p.until("without a script the search of the bar leads nowhere", `location.pathname === "/search"`)
	p.shows("try r2")
}

// Whoever may add models to many registries finds one by its name.
func TestRegistryForNewModelIsFound(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada := s.newPerson("ada")
	var team string
	for range 9 {
		team = s.newTeam("shelf", ada)
	}
	p := s.signInAs(ada)
	p.open(s.url + "/new")
	p.typed(`main [name=q]`, team+kb.Enter)
	p.lists("main .lines a", team)
	p.press(team)
	p.shows("Create model")
	p.open(s.url + "/new?q=nothing")
	p.shows("No registry is called so.")
	p.press("All registries")
	p.shows(team)
}

// What stands beside a version, or in a table, is chosen from what there is.
func TestColumnsAreChosen(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada, team := furnished(t, s)
	p := s.signInAs(ada)
	p.open(s.url + "/" + team + "/model-registry/Cats")
	const heads = `[...document.querySelectorAll(".versions th")].map(th => th.innerText.trim())`
	p.until("not all metrics are shown at first", heads+`.includes("acc") && `+heads+`.includes("val.loss")`)
	p.press("Metrics\n2 of 2")
	p.click(`.colpick [value=acc]`)
	accessible(t, p)
	p.press("Show these")
	p.until("the metrics are not those chosen", `!`+heads+`.includes("acc") && `+heads+`.includes("val.loss")`)
	p.press("Metrics\n1 of 2")
	p.press("As at first")
	p.until("not all metrics come back", heads+`.includes("acc")`)

	p.open(s.url + "/" + team + "/model-registry/Cats/compare?v=0")
	p.press("Version")
	p.typed(`main .pop [name=v]:not([type=hidden])`, "v1"+kb.Enter)
	p.until("the version is not taken in", `!!document.querySelector("[aria-label=\"Leave out v0\"]") && !!document.querySelector("[aria-label=\"Leave out v1\"]")`)

	var names, values []string
	for i := range 30 {
		names, values = append(names, fmt.Sprintf("column_%02d", i)), append(values, fmt.Sprint(i))
	}
	table := fmt.Sprintf(`{"columns":["%s"],"data":[[%s]]}`, strings.Join(names, `","`), strings.Join(values, ","))
	wire{t, s, ada.key}.made(team, "cats", "r1", "rows", "wide.table.json", table)
	p.open(s.url + "/" + team + "/cats/artifacts/model/rows/v0/files/wide.table.json")
	p.lists("main thead .sorthead", names[:12]...)
	p.press("Columns\n12 of 30")
	p.typed(`.columnlist [name=find]`, "_29"+kb.Enter)
	p.until("only the column that is looked for is offered", `document.readyState === "complete" && [...document.querySelectorAll(".columnlist label:has([name=col])")].some(l => l.innerText.trim() === "column_29" && l.checkVisibility())
		&& ![...document.querySelectorAll(".columnlist label:has([name=col])")].some(l => l.innerText.trim() === "column_13")`)
	p.click(`.columnlist label:has([name=col])`)
	accessible(t, p)
	p.press("Show these")
	p.until("the column is not shown", `document.querySelector("main thead").innerText.includes("column_29")`)
	p.open(s.url + "/" + team + "/cats/artifacts/model/rows/v0/files/wide.table.json")
	p.press("More columns")
	p.until("the columns that follow are not shown", `document.querySelector("main thead").innerText.includes("column_12")`)
	p.click(`[aria-label="Columns before"]`)
	p.lists("main thead .sorthead", names[:12]...)
}

// One of many tags is typed.
func TestTagIsTyped(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada, team := furnished(t, s)
	var tags []string
	for i := range 15 {
		tags = append(tags, fmt.Sprintf("tag %02d", i))
	}
	p := s.signInAs(ada)
	p.open(s.url + "/" + team + "/model-registry/-/new")
	p.fill("name", "Dogs")
	p.fill("tags", strings.Join(tags, ", "))
	p.press("Create model")
	p.shows("tag 14")
	p.open(s.url + "/" + team + "/model-registry")
	p.press("Tag")
	accessible(t, p)
	p.typed(`.filters [name=tag]`, "tag 14"+kb.Enter)
	p.lists("#models .c-name a", "Dogs")
	p.see("#filters a.filter-on")
}

// What stands beside a button that copies is on the clipboard then, and the button says so.
func TestCopying(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada, team := furnished(t, s)
	p := s.signInAs(ada)
	const watch = `(() => {
		window.copied = []
		const keep = text => { window.copied.push(text); return Promise.resolve() }
		Object.defineProperty(navigator, "clipboard", { configurable: true, value: { writeText: keep } })
	})()`
	copies := func(css, text string) {
		t.Helper()
		p.do(chromedp.Evaluate[chromedp.Void](watch))
		p.click(css + " button")
		p.see(css + "[copied]")
		p.until(css+" does not copy "+text, fmt.Sprintf(`window.copied.length === 1 && window.copied[0] === %q && document.querySelector(%q).innerText.includes("Copied")`, text, css))
		p.until(css+" says so for good", fmt.Sprintf(`!document.querySelector(%q).hasAttribute("copied")`, css))
	}
	full := team + "/model-registry/Cats:v1"
	p.open(s.url + "/" + team + "/model-registry/Cats/v1")
	copies(".copyname-host", full)
	p.open(s.url + "/" + team + "/model-registry/Cats/v1/usage")
	code := ask(p, chromedp.Evaluate[string](`document.querySelector(".codebox pre").textContent`))
	if !strings.Contains(code, full) {
		t.Errorf("the code to paste does not name %s:\n%s", full, code)
	}
	copies(".codebox copy-button", code)

	p.open(s.url + "/" + team + "/cats/runs/r1/overview")
	p.do(chromedp.Evaluate[chromedp.Void](`[...document.querySelectorAll("#config .key")].find(e => e.innerText === "depth").dispatchEvent(new PointerEvent("pointerover", { bubbles: true }))`))
	copies("#config .treetools copy-button:first-child", "net.depth")
	copies("#config .treetools copy-button:last-child", "3")
}
