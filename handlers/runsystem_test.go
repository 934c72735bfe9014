package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"greenroom/registry"
)

const asJSON = "Accept: application/json"

// What a run's machine measured stands in groups, in numbers without a script, and as curves for one.
func TestRunSystem(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.digits()
	h.run("digits", "m1", registry.RunEdit{}, registry.RunLines{Lines: map[registry.Stream]registry.Lines{registry.EventStream: {Text: []string{
		`{"_wandb":true,"_runtime":2,"system.cpu":12.5,"system.network.sent":1000000,"system.disk.\\.usageGB":7,` + quoted(hostile) + `:1}`,
		`{"_wandb":true,"_runtime":17,"system.cpu":50,"system.network.sent":3000000}`,
	}}}})
	bob, at := h.as("bob"), "/vision/digits/runs/m1/system"
	page := bob.get(at).is(http.StatusOK).lacks("main script:not([src])")
	page.shows("[aria-current]", "System").shows("main", "Measured 2 times")
	page.shows("details:contains('CPU') figure", "CPU of the process (%)").shows("details:contains('Network') table", "Highest3").shows("details:contains('Disk') figure", "Disk / (GB)")
	page.shows("details:contains('Other') figure", hostile)
	src, _ := page.doc.Find("metric-chart").Attr("src")
	if got := bob.get(src, asJSON).is(http.StatusOK).Body; !strings.Contains(got, `{"live":true,"curves":[{"key":"CPU of the process (%)","x":[2,17],"y":[12.5,50]}]}`) {
		t.Errorf("%s: %s", src, got)
	}
	if got := bob.get(src+"&after=17", asJSON).is(http.StatusOK).Body; !strings.Contains(got, `"x":[17],"y":[50]}`) {
		t.Errorf("what came since: %s", got)
	}
	if got := bob.get(at+"?key=system.cpu&after=17&key=system.network.sent&after=2", asJSON).is(http.StatusOK).Body; !strings.Contains(got, `"x":[17],"y":[50]}`) || !strings.Contains(got, `"x":[2,17],"y":[1,3]}`) {
		t.Errorf("what came since each: %s", got)
	}
	for _, odd := range []string{"after=x", "after=NaN", "after=1&after=2"} {
		bob.get(src+"&"+odd, asJSON).is(http.StatusUnprocessableEntity)
	}
	if got := bob.get(at+"?key=nothing", asJSON).is(http.StatusOK).Body; !strings.Contains(got, `"x":[],"y":[]`) {
		t.Errorf("a key that is not there: %s", got)
	}
	bob.get("/vision/digits/runs/r1/system").is(http.StatusOK).shows("main", "every 15 seconds")
	bob.get("/vision/digits/runs/r2/system").is(http.StatusOK).shows("main", "WANDB__DISABLE_STATS=true")
	h.as("eve").get(at).is(http.StatusNotFound)
}
