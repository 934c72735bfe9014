package handlers_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"greenroom/db/dbtest"
	"greenroom/registry"
)

func TestSearchPage(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.shelve(registry.Registry("acme", "model"), "digits-cnn", func(m *dbtest.Stock) { m.Description = "# Reads\n\n`28` by 28 digits." })
	h.shelve(registry.Registry("vision", "model-registry"), "digits <b>", nil)
	bob := h.as("bob")

	page := bob.page("/search?q=Digits")
	for selector, want := range map[string][]string{
		".sec-head h2":                          {"Artifacts", "Models", "Projects"},
		"[aria-labelledby=found-models] .hit a": {"digits <b>", "digits-cnn"},
		"[aria-current=page]":                   {"Search", "All"},
	} {
		got := texts(page.Find(selector))
		if slices.Sort(got); !slices.Equal(got, sorted(want)) {
			t.Errorf("%s: %q, want %q", selector, got, want)
		}
	}
	for _, mark := range texts(page.Find(".hit a mark")) {
		if mark != "digits" {
			t.Errorf("%q is marked", mark)
		}
	}
	source := bob.page("/search?q=run-digits-cnn&kind=artifacts").Find(".hit")
	if to, _ := source.Find("a").Attr("href"); to != "/vision/digits/artifacts/model/run-digits-cnn" || source.Find(".tag-box").Text() != "model" || !strings.Contains(source.Find(".why").Text(), "vision / digits") {
		t.Errorf("an artifact of a project: %q at %q", source.Text(), to)
	}
	if got := bob.get("/search?q=reads").text(".hit .why"); !strings.Contains(got, "Reads 28 by 28 digits.") {
		t.Errorf("why: %q", got)
	}
	hit := bob.page("/search?q=digits-cnn:latest").Find(".hit a")
	if to, _ := hit.Attr("href"); to != "/acme/registry/model/digits-cnn/v2" || strings.Join(texts(hit), "") != "digits-cnn v2" {
		t.Errorf("a version by its alias: %q at %q", texts(hit), to)
	}
	for query, want := range map[string]string{"nosuchthing": "“nosuchthing”", "nosuchthing&kind=runs": "None of the runs", "": "Search for models"} {
		bob.get("/search?q="+query).shows(".nores", want).lacks(".hit")
	}
	bob.get("/search?q=x&kind=stars").is(http.StatusUnprocessableEntity)
	bob.get("/search?q=x&kind=runs&after=x").is(http.StatusUnprocessableEntity)
	if part := bob.get("/search?q=digits", htmx); part.whole() || part.doc.Find("#found").Length() != 1 {
		t.Errorf("to htmx it answers %s", part.Body)
	}
	h.as("olga").get("/search?q=digits").shows(".hits", "digits-cnn").lacks("#found-projects")
	h.as("eve").get("/search?q=digits").shows(".nores", "Nothing that you may see").lacks(".hit")
	h.browser().get("/search?q=digits").leadsTo("/login?next=%2Fsearch%3Fq%3Ddigits")
}

func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }

func TestPalette(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.shelve(registry.Registry("acme", "model"), "digits-cnn", nil)
	vera := h.as("vera")

	a := vera.get("/search/palette?q=digits", htmx).is(http.StatusOK)
	if got := texts(a.doc.Find("[role=group][aria-label=Models] [role=option] .clip").First()); a.whole() || !slices.Equal(got, []string{"digits-cnn"}) {
		t.Errorf("the palette is told %q", a.Body)
	}
	if to, _ := a.doc.Find("[role=group][aria-label=Artifacts] [role=option]").Attr("href"); to != "/vision/digits/artifacts/model/run-digits-cnn" {
		t.Errorf("the palette leads to the artifact at %q", to)
	}
	if got := vera.get("/search/palette?q=nosuchthing", htmx).is(http.StatusOK).Body; strings.TrimSpace(got) != "" {
		t.Errorf("nothing found is told as %q", got)
	}
	vera.get("/search/palette?q=a%26b").leadsTo("/search?q=a%26b")
	out := h.browser().get("/search/palette?q=digits", htmx, "HX-Current-URL: "+baseURL+"/projects")
	if to := out.Header.Get("HX-Redirect"); to != "/login?next=%2Fprojects" || out.Body != "" {
		t.Errorf("signed out, the palette is sent to %q with %q", to, out.Body)
	}

	page := vera.page("/acme/registry/model/digits-cnn")
	if kind, _ := page.Find("command-palette").Attr("data-kind"); kind != "model" {
		t.Errorf("the page is about a %q", kind)
	}
	if to, _ := page.Find("command-palette form").Attr("action"); to != "/search" || page.Find(".jump[action='/search'] input[name=q]").Length() != 1 {
		t.Errorf("without script the field leads to %q", to)
	}
	h.browser().get("/login").lacks("command-palette")
}
