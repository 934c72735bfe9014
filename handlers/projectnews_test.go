package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"greenroom/registry"
)

// A page of runs gets its own rows again and is offered the others; the address is a page to whoever comes by it.
func TestProjectNews(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.digits()
	vera := h.as("vera")
	page := vera.get("/vision/digits?sort=name&col=summary.acc").is(200).doc
	again := page.Find("#runs").AttrOr("hx-get", "")
	news := vera.get(again, htmx).is(200).doc
	if news.Find("title").Length() != 0 || news.Find("#runs-new a").Length() != 0 || news.Find("#run-counts[hx-swap-oob]").Length() != 1 {
		t.Errorf("before anything is new the page is told %q", news.Text())
	}
	rows := news.Find("tr[hx-swap-oob=innerMorph]")
	if was, is := page.Find("#run-r1"), rows.Filter("#run-r1"); rows.Length() != 2 || is.Children().Length() != was.Children().Length() || is.Find(".c-bar").Text() != was.Find(".c-bar").Text() || is.Find(".c-bar").Text() == "" {
		t.Errorf("%d rows, with %q in place of %q", rows.Length(), is.Text(), was.Text())
	}
	h.run("digits", "r3", registry.RunEdit{}, registry.RunLines{})
	const first = "/vision/digits?col=summary.acc&sort=name"
	offer := vera.get(again, htmx).is(200).doc.Find("#runs-new a")
	if strings.TrimSpace(offer.Text()) != "1 new run" || offer.AttrOr("href", "") != first || offer.AttrOr("hx-get", "") != first {
		t.Errorf("a new run is offered as %q at %s", offer.Text(), offer.AttrOr("href", ""))
	}
	vera.get("/vision/digits/news?f=state:failed").leadsTo("/vision/digits?f=state%3A+failed")
	h.as("olga").get("/vision/digits/news", htmx).is(http.StatusNotFound)
}
