package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"greenroom/registry"
)

// trained is a project with runs a to f of falling loss, each told another rate.
func trained(t *testing.T) *home {
	t.Helper()
	h := newHome(t)
	for i, name := range strings.Split("abcdef", "") {
		said := registry.RunLines{Summary: new(fmt.Sprintf(`{"val/loss":%g,"val/acc":%g,"epoch":3}`, 0.9-float64(i)/10, 0.5+float64(i%3)/10)), Complete: true}
		h.run("digits", name, registry.RunEdit{
			DisplayName: new("run " + name), Config: new(fmt.Sprintf(`{"lr":{"value":%g},"net":{"value":"cnn"},"_wandb":{"value":{}}}`, float64(i+1)/10)),
		}, said)
	}
	return h
}

// Runs that are ticked in a project stand side by side.
func TestCompareRuns(t *testing.T) {
	t.Parallel()
	h := trained(t)
	vera, bob := h.as("vera"), h.as("bob")
	button := vera.page("/vision/digits").Find(`.tickbar button[formmethod=get]`)
	at := button.AttrOr("formaction", "")
	if at != "/vision/digits/compare" {
		t.Fatalf("runs are compared at %q", at)
	}
	// What the form sends beside the runs is not part of the address.
	fields := valuesOf(bob.page("/vision/digits").Find("form:has(.tickbar)"))
	fields["run"], fields["tag"] = []string{"b", "a", "b"}, []string{""}
	bob.get(at + "?" + fields.Encode()).standsAt(at + "?run=b&run=a")

	page := vera.get(at + "?run=b&run=a").is(http.StatusOK)
	page.shows("h1", "Compare 2 runs").shows("main", "run a is worse than run b on 2 of 3 metrics, better on none.")
	rows := page.doc.Find(".compare").First().Find("tbody tr")
	if got := strings.Join(texts(rows.Find("th .mono")), " "); got != "val/acc val/loss epoch" {
		t.Errorf("the metrics are %s", got)
	}
	if got := texts(rows.First().Find("td")); got[0] != "best 0.6" || got[1] != "0.5 worse, down 0.1000" {
		t.Errorf("val/acc is %q", got)
	}
	if got := texts(rows.Last().Find("td")); got[0] != "3" || got[1] != "3" {
		t.Errorf("what is the same is %q", got)
	}
	if config := page.doc.Find("#config .compare"); strings.Join(texts(config.First().Find("tbody th, tbody td")), " ") != "lr 0.2 0.1" || strings.Join(texts(config.Last().Find("tbody th, tbody td")), " ") != "net cnn cnn" {
		t.Errorf("config is %q", texts(config))
	}
	if config := page.doc.Find("#config"); config.Find("details .compare").Length() != 1 || strings.Contains(config.Text(), "_wandb") {
		t.Errorf("what is the same is not folded, or what is the client's is told: %q", config.Text())
	}
	if to := page.doc.Find(`a:contains("Take as baseline")`).AttrOr("href", ""); to != at+"?base=a&run=b&run=a" {
		t.Errorf("another baseline is at %s", to)
	}
	based := vera.get(at+"?base=a&run=b&run=a").is(http.StatusOK).shows("main", "run b is better than run a on 2 of 3 metrics, worse on none.")
	if to := based.doc.Find(`.head .cross`).Last().AttrOr("href", ""); to != at+"?run=b" {
		t.Errorf("without the baseline is at %s", to)
	}
	vera.get(at+"?run=a&run=b&run=c&run=d&run=e&run=f").is(http.StatusOK).shows("main", "run f is best on 2 of 2 metrics, run c on 1.")
}

// What cannot be compared says so.
func TestCompareRunsThatAreNot(t *testing.T) {
	t.Parallel()
	h := trained(t)
	h.run("digits", "none", registry.RunEdit{DisplayName: new(hostile), Config: new(`{}`)}, registry.RunLines{Summary: new(`{"val/loss":NaN}`), Complete: true})
	vera := h.as("vera")
	const at = "/vision/digits/compare"
	vera.get(at).is(http.StatusOK).shows("main", "No run is chosen yet")
	vera.get(at+"?run=gone&run=a&base=gone").is(http.StatusOK).shows(".note-warn", "There is no run gone here.").shows("h1", "Compare 1 run").shows("#config", "cnn")
	vera.get(at+"?run=a&run=none").is(http.StatusOK).shows("main", hostile+" has no metric in common with run a.").shows("#config", "not set")
	many := url.Values{}
	for i := range registry.MostCompared + 1 {
		many.Add("run", fmt.Sprint("r", i))
	}
	vera.get(at + "?" + many.Encode()).is(http.StatusUnprocessableEntity)
	vera.get("/vision/nowhere/compare?run=a").is(http.StatusNotFound)
	vera.get("/VISION/digits/compare?run=a").standsAt(at + "?run=a")
	h.as("eve").get(at + "?run=a").is(http.StatusNotFound)
}
