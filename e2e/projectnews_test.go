package e2e

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// While somebody reads a project's runs, what these log and how they end stands in their rows, and runs that begin are
// offered: no row moves, what is ticked stays so, and the others come when they are asked for.
func TestProjectPageLives(t *testing.T) {
	t.Parallel()
	l := newLivingPage(t)
	begin := func(run string) {
		t.Helper()
		if r := l.upsertRun(object{"modelName": "cats", "name": run, "displayName": run, "config": `{"lr":{"value":0.2}}`}); len(r.errors()) > 0 {
			t.Fatal(r)
		}
	}
	begin("second")
	l.open(l.s.url + "/" + l.ada.name + "/cats")
	l.rows("second live")
	const watch = `
		window.shifted = 0
		new PerformanceObserver(list => list.getEntries().forEach(e => window.shifted += e.value)).observe({ type: "layout-shift" })
		window.kept = document.querySelector("#run-live")`
	l.do(chromedp.Evaluate[chromedp.Void](watch), chromedp.Click(`#run-live input[name=run]`))

	begin("third")
	l.until("the new run is not offered", `document.querySelector("#runs-new a")?.innerText === "1 new run"`)
	l.rows("second live")
	begin("fourth")
	l.until("the new runs are not counted", `document.querySelector("#runs-new a")?.innerText === "2 new runs"`)
	l.shot("offered")
	l.logs(`,"complete":true,"exitcode":0`)
	l.until("the row does not say that the run ended, and what it logged last", `document.querySelector("#run-live .c-n").innerText.includes("finished") && document.querySelector("#run-live .c-bar").innerText === "0.1667"`)
	const stays = `window.kept === document.querySelector("#run-live") && window.kept.querySelector("input").checked && window.shifted < 0.001`
	if !ask(l.page, chromedp.Evaluate[bool](stays)) {
		t.Errorf("the row or its tick does not stay, or the page moves by %v", ask(l.page, chromedp.Evaluate[float64]("window.shifted")))
	}

	l.press("2 new runs")
	l.rows("fourth third second live")
	l.until("what was taken is still offered", `!document.querySelector("#runs-new a")`)
	l.shows("4 runs")
	begin("fifth")
	l.until("the list that came does not hear of news", `document.querySelector("#runs-new a")?.innerText === "1 new run"`)
}

// A project that waits for its first run says when it is there.
func TestEmptyProjectWaits(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada := s.newPerson("ada")
	w := wire{t, s, ada.key}
	w.answer(`mutation($in: UpsertModelInput!) { upsertModel(input: $in) { model { id } } }`, object{"in": object{"name": "dogs", "entityName": ada.name}}, "upsertModel", "model", "id")
	p := s.signInAs(ada)
	p.open(s.url + "/" + ada.name + "/dogs")
	p.shows("Runs of dogs will stand here")
	if r := w.upsertRun(object{"modelName": "dogs", "name": "first"}); len(r.errors()) > 0 {
		t.Fatal(r)
	}
	p.press("1 new run")
	p.rows("first")
}
