package handlers_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"greenroom/db/dbtest"
	"greenroom/registry"
)

// ranked is a model whose versions did differently and say so in metadata, too.
func ranked(t *testing.T, more ...dbtest.StockVersion) *home {
	t.Helper()
	h := newHome(t)
	h.shelve(registry.Registry("vision", "model-registry"), "digits", func(s *dbtest.Stock) {
		s.Versions = append([]dbtest.StockVersion{
			{Summary: `{"val/acc":0.9,"val/loss":0.3}`, Metadata: `{"test/acc":0.8,"hidden":32}`, Aliases: []string{"production"}},
			{Summary: `{"val/acc":0.95,"val/loss":0.2}`, Metadata: `{"hidden":64}`},
			{Summary: `{"val/acc":0.92,"val/loss":0.1}`, Metadata: `{"test/acc":0.85,"hidden":64,"note":"<b>x</b>"}`, Aliases: []string{"latest", "staging"}},
		}, more...)
	})
	return h
}

func (b *browser) numbers(path string) string {
	b.t.Helper()
	return strings.Join(texts(b.page(path).Find(".versions .c-v a")), " ")
}

func (b *browser) heads(path string) string {
	b.t.Helper()
	return strings.Join(texts(b.page(path).Find(".versions thead th.num")), " ")
}

// The columns and the order of the versions stand in the address.
func TestVersionColumns(t *testing.T) {
	t.Parallel()
	vera := ranked(t).as("vera")
	if got := vera.heads(digitsAt); got != "val/acc test/acc val/loss Size Linked" {
		t.Errorf("at first the heads are %s", got)
	}
	if got := vera.heads(digitsAt + "?col=val%2Floss&col=metadata.hidden&col=nothing"); got != "val/loss hidden nothing Size Linked" {
		t.Errorf("the heads asked for are %s", got)
	}
	for query, want := range map[string]string{
		"": "v2 v1 v0", "?sort=-number": "v0 v1 v2", "?sort=-created": "v0 v1 v2", "?sort=created": "v2 v1 v0", "?sort=by.val%2Facc": "v1 v2 v0",
		"?sort=-by.val%2Facc": "v0 v2 v1", "?sort=by.val%2Floss": "v2 v1 v0", "?sort=by.metadata.test%2Facc": "v2 v0 v1", "?sort=odd": "v2 v1 v0",
	} {
		if got := vera.numbers(digitsAt + query); got != want {
			t.Errorf("%s lists %s, want %s", query, got, want)
		}
	}
	page := vera.get(digitsAt+"?sort=by.val%2Facc").is(http.StatusOK).shows(".bar", "Best first")
	if sort := page.doc.Find(`th[aria-sort="descending"]`).Text(); !strings.Contains(sort, "val/acc") {
		t.Errorf("the head of the order is %q", sort)
	}
	// The picker is a form that works by itself.
	form := valuesOf(page.doc.Find("form.colpick"))
	if got := strings.Join(form["col"], " "); got != "val/acc val/loss metadata.test/acc" || form.Get("sort") != "by.val/acc" {
		t.Errorf("the picker sends %v", form)
	}
	vera.get(digitsAt + "?after=-1").is(http.StatusUnprocessableEntity)
}

// Every order is paged: each version stands on one page.
func TestVersionPages(t *testing.T) {
	t.Parallel()
	var more []dbtest.StockVersion
	for i := range registry.PageSize {
		more = append(more, dbtest.StockVersion{Summary: fmt.Sprintf(`{"val/acc":%f}`, float64(i)/100)})
	}
	vera := ranked(t, more...).as("vera")
	for _, query := range []string{"", "?sort=-number", "?sort=created", "?sort=-created", "?sort=by.val%2Facc", "?sort=-by.val%2Facc&col=val%2Facc"} {
		seen, at := map[string]bool{}, digitsAt+query
		for range 3 {
			if at == "" {
				break
			}
			page := vera.page(at)
			for _, number := range texts(page.Find(".versions .c-v a")) {
				if seen[number] {
					t.Errorf("%s lists %s twice", query, number)
				}
				seen[number] = true
			}
			at = page.Find(`a[rel="next"]`).AttrOr("href", "")
		}
		if len(seen) != registry.PageSize+3 {
			t.Errorf("%s lists %d versions", query, len(seen))
		}
	}
}

// Versions that are ticked in the list stand side by side, measured against the
// one on the highest stage.
func TestCompare(t *testing.T) {
	t.Parallel()
	vera := ranked(t).as("vera")
	form := vera.page(digitsAt).Find(`form[action$="/compare"]`)
	if form.Find(`input[name=v][value="2"]`).Length() != 1 || form.Find("button").First().Text() == "" {
		t.Fatal("versions cannot be ticked and compared")
	}
	page := vera.get(form.AttrOr("action", "") + "?v=2&v=1&v=v0").is(http.StatusOK)
	page.shows("main", "v2 is better than production on 3 of 3 metrics, worse on none.").shows("main", "v1 is better than production on 2 of 2 metrics")
	rows := page.doc.Find(".compare").First().Find("tbody tr")
	if got := texts(rows.Find("th .mono")); strings.Join(got, " ") != "val/acc val/loss test/acc" {
		t.Errorf("the metrics are %v", got)
	}
	if got := texts(rows.First().Find("td")); got[0] != "0.92 better, up 0.0200" || got[1] != "best 0.95 better, up 0.0500" || got[2] != "0.90" {
		t.Errorf("val/acc is %q", got)
	}
	if got := texts(rows.Last().Find("td")); got[1] != "None" {
		t.Errorf("what is missing is %q", got)
	}
	page.shows("#metadata .changed", "64").shows("#metadata", "not set").shows("#metadata", "<b>x</b>").shows(".filter-on", "v2")
	based := vera.get(digitsAt+"/compare?v=2&v=1&v=0&base=1").is(http.StatusOK).shows("main", "v2 is better than v1 on 1 of 2 metrics, worse on 1.")
	if got := based.text(".head .filter:has(.faint)"); got != "v1 baseline" {
		t.Errorf("the baseline is %q", got)
	}
	vera.get(digitsAt+"/compare?v=2&v=77").is(http.StatusOK).shows(".note-warn", "v77 stands here no more.")
	vera.get(digitsAt+"/compare").is(http.StatusOK).shows("main", "No version is chosen yet")
	vera.get(digitsAt + "/compare?v=x&v=-1&v=99999999999999999999&base=y").is(http.StatusOK)
	var many strings.Builder
	for i := range registry.MostCompared + 1 {
		fmt.Fprintf(&many, "&v=%d", i)
	}
	vera.get(digitsAt + "/compare?" + many.String()).is(http.StatusUnprocessableEntity)
	ranked(t).as("eve").get(digitsAt + "/compare?v=1").is(http.StatusNotFound)
}

// Versions are compared where they were logged, too.
func TestCompareOfASource(t *testing.T) {
	t.Parallel()
	h := ranked(t)
	vera := h.as("vera")
	form := vera.page("/vision/digits/artifacts/model/run-digits").Find(`form[action$="/compare"]`)
	if form.Find(`input[name=v][value="2"]`).Length() != 1 {
		t.Fatal("versions of a source cannot be ticked")
	}
	vera.get(form.AttrOr("action", "")+"?v=0&v=1").is(http.StatusOK).shows("main", "v1 is better than v0 on 2 of 2 metrics, worse on none.")
	vera.get("/vision/digits/artifacts/dataset/run-digits/compare?v=0").standsAt("/vision/digits/artifacts/model/run-digits/compare?v=0")
	h.as("olga").get("/vision/digits/artifacts/model/run-digits/compare?v=0").is(http.StatusNotFound)
}

// Through a link one sees metrics, not the config of a run that is not one's to
// see.
func TestCompareThroughALink(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.shelve(registry.Registry("acme", "model"), "digits", nil)
	if err := dbtest.Exec(t, h.db, `update runs set config = '{"secret":{"value":"of vision"}}'`); err != nil {
		t.Fatal(err)
	}
	h.as("ada").get(shelfDigits+"/compare?v=0&v=1").is(http.StatusOK).shows("#config", "secret")
	olga := h.as("olga").get(shelfDigits + "/compare?v=0&v=1")
	if strings.Contains(olga.Body, "of vision") || olga.Status == http.StatusOK && !strings.Contains(olga.text("#config"), "not yours to see") {
		t.Errorf("olga: %d %s", olga.Status, olga.text("#config"))
	}
}
