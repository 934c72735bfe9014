package handlers_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"greenroom/db/dbtest"
	"greenroom/registry"
)

func TestLandingPage(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.shelve(registry.Registry("acme", "model"), "digits-cnn", nil)
	h.shelve(registry.Registry("vision", "model-registry"), "churn", func(m *dbtest.Stock) { m.Versions = nil })

	page := h.as("vera").page("/")
	if got := texts(page.Find("#models tbody .c-name a")); !slices.Equal(got, []string{"churn", "digits-cnn"}) {
		t.Errorf("models: %q", got)
	}
	row := page.Find("#models tbody tr").Eq(1)
	for selector, want := range map[string]string{
		".c-name .meta": "v2 · model mnist edge case", ".c-new": "v2", ".c-metric": "0.955 val/acc", ".c-stages .chip": "production v0 staging v2",
		".c-stages .alias": "belt 2 #trial", ".c-delta .delta": "better, up 0.0550",
	} {
		if got := strings.Join(texts(row.Find(selector)), " "); got != want {
			t.Errorf("%s: %q, want %q", selector, got, want)
		}
	}
	if got := texts(page.Find(".head-beside")); !slices.Equal(got, []string{"2 registered models · 3 versions"}) {
		t.Errorf("counts: %q", got)
	}
	if got := texts(page.Find("#filters .seg a")); !slices.Equal(got, []string{"All 2", "model 1", "vision 1"}) && !slices.Equal(got, []string{"All 2", "vision 1", "model 1"}) {
		t.Errorf("registries: %q", got)
	}
	if got := texts(h.as("olga").page("/").Find("#models tbody .c-name a")); !slices.Equal(got, []string{"digits-cnn"}) {
		t.Errorf("as one outside the team: %q", got)
	}
}

func TestLandingSearch(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.shelve(registry.Registry("acme", "model"), "digits-cnn", nil)
	h.shelve(registry.Registry("acme", "model"), "churn", func(m *dbtest.Stock) { m.Tags = nil })
	bob := h.as("bob")

	page := bob.page("/?q=MNIST")
	if got := texts(page.Find("#models tbody .c-name a")); !slices.Equal(got, []string{"digits-cnn"}) {
		t.Errorf("found: %q", got)
	}
	if value, _ := page.Find(".listfilter input[name=q]").Attr("value"); value != "MNIST" {
		t.Errorf("the field says %q", value)
	}
	part := bob.page("/?q=mnist", htmx)
	if part.Find(".shell").Length() != 0 || part.Find("#models tbody tr").Length() != 1 || part.Find("#filters[hx-swap-oob]").Length() != 1 {
		t.Errorf("as a part: %s", part.Text())
	}
	for _, header := range []string{"HX-Boosted", "HX-History-Restore-Request"} {
		if whole := bob.page("/?q=mnist", htmx, header+": true"); whole.Find(".shell").Length() != 1 {
			t.Errorf("with %s: no whole page", header)
		}
	}
	none := bob.page("/?q=%3Cb%3Enothing")
	if text := none.Find(".nores").Text(); !strings.Contains(text, "<b>nothing") || !strings.Contains(text, "Clear, 2 registered models") || none.Find(".empty").Length() != 0 {
		t.Errorf("nothing found: %q", text)
	}
}

// Each filter and each order is an address, and says what it leaves out.
func TestLandingFilters(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	shared := registry.Registry("acme", "model")
	h.shelve(shared, "digits-cnn", nil)
	h.shelve(shared, "churn", func(m *dbtest.Stock) {
		m.Tags, m.Versions, m.ChangedAt = []string{"growth"}, m.Versions[1:2], m.ChangedAt.Add(-time.Hour)
	})
	h.shelve(registry.Registry("acme", "dataset"), "digits", func(m *dbtest.Stock) { m.Type = "dataset" })
	bob := h.as("bob")
	bob.post("/acme/registry/model/churn/star", url.Values{"on": {"true"}}).is(http.StatusSeeOther)

	for _, tc := range []struct {
		path  string
		found []string
		on    []string // the filters that say they hold
	}{
		{"/", []string{"digits-cnn", "churn"}, nil},
		{"/?tag=edge+case", []string{"digits-cnn"}, []string{"edge case"}},
		{"/?stage=production", []string{"digits-cnn"}, []string{"production"}},
		{"/?stage=:none", []string{"churn"}, []string{"No stage"}},
		{"/?by=ada", []string{"digits-cnn", "churn"}, []string{"By ada"}},
		{"/?starred=1", []string{"churn"}, []string{"Starred"}},
		{"/?type=dataset", []string{"digits"}, []string{"Data sets"}},
		{"/?type=:any&sort=name", []string{"churn", "digits", "digits-cnn"}, []string{"Models and data sets"}},
		{"/acme/registry/dataset", []string{"digits"}, nil},
		{"/?q=churn&tag=growth&starred=1&sort=-name", []string{"churn"}, []string{"growth", "Starred"}},
		{"/?sort=versions", []string{"churn", "digits-cnn"}, nil},
		{"/?sort=created", []string{"churn", "digits-cnn"}, nil},
	} {
		page := bob.page(tc.path)
		if got := texts(page.Find("#models tbody .c-name a")); !slices.Equal(got, tc.found) {
			t.Errorf("%s: %q, want %q", tc.path, got, tc.found)
		}
		if got := texts(page.Find("#filters a.filter-on")); !slices.Equal(got, tc.on) {
			t.Errorf("%s: the filters %q hold, want %q", tc.path, got, tc.on)
		}
		if len(tc.on) > 0 { // taking a filter away leaves the others
			if to := page.Find("#filters a.filter-on").Last().AttrOr("href", ""); !ours(to) || strings.Count(to, "=") != strings.Count(tc.path, "=")-1 {
				t.Errorf("%s: the last filter is taken away by %s", tc.path, to)
			}
		}
	}

	page := bob.page("/?tag=growth&sort=name")
	if kept := page.Find(`.listfilter input[type=hidden]`).Map(func(_ int, in *goquery.Selection) string { return in.AttrOr("name", "") + "=" + in.AttrOr("value", "") }); !slices.Equal(kept, []string{"tag=growth", "sort=name"}) {
		t.Errorf("a search keeps %q", kept)
	}
	if got := texts(page.Find("#filters .seg a")); !slices.Equal(got, []string{"All models 1", "model 1", "dataset 0"}) {
		t.Errorf("registries: %q", got)
	}
	if got := page.Find(`th[aria-sort="ascending"]`).Text(); strings.TrimSpace(got) != "Model" {
		t.Errorf("sorted by %q", got)
	}
	if to := page.Find(`th[aria-sort="ascending"] a`).AttrOr("href", ""); to != "/?sort=-name&tag=growth" {
		t.Errorf("the head turns the order round by %s", to)
	}
	text := strings.Join(texts(page.Find("#models .bar")), " ")
	if !strings.Contains(text, "1 of 2 registered models") || page.Find(`#models .sub[href="/?sort=name"]`).Text() != "Clear filters" {
		t.Errorf("below the list stands %q", text)
	}

	for path, want := range map[string]string{
		"/?tag=nothing":                    "Nothing here passes all of these filters.Clear filters, 2 registered models",
		"/?type=nothing":                   "Nothing here passes all of these filters.Clear filters, 2 registered models",
		"/acme/registry/dataset?starred=1": "You have not starred anything here. The star stands before each name.Clear filters, 1 data set",
		"/?after=0-0":                      "There are no more models on this page.",
	} {
		bob.get(path).is(http.StatusOK).shows(".nores", want).lacks(".empty", "#models table")
	}
	for _, path := range []string{"/?after=x", "/?before=x", "/?sort=size", "/?sort=name&after=x", "/?sort=--name", "/?tag=%00"} {
		bob.get(path).is(http.StatusUnprocessableEntity)
	}
	bob.get("/").shows("main .actions", "New registered model")
	bob.get("/acme/registry/dataset").shows(".head", "1 data set · 3 versions").shows("main .actions", "New data set")
}

// The page leads on and back in every order.
func TestLandingSteps(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	for i := range registry.PageSize + 2 {
		h.shelve(registry.Registry("acme", "model"), fmt.Sprintf("m%02d", i), func(m *dbtest.Stock) { m.Versions = nil })
	}
	bob := h.as("bob")
	for _, query := range []string{"?sort=name", "?q=m", "?tag=mnist&sort=-created", ""} {
		first := bob.page("/" + query)
		on := first.Find(`a[rel="next"]`).AttrOr("href", "")
		second := bob.page(on)
		if got := second.Find("#models tbody tr").Length(); got != 2 || second.Find(`a[rel="next"]`).Length() != 0 {
			t.Errorf("%s: the second page %s has %d rows", query, on, got)
		}
		back := bob.page(second.Find(`a[rel="prev"]`).AttrOr("href", ""))
		if was, is := texts(first.Find(".c-name a")), texts(back.Find(".c-name a")); !slices.Equal(was, is) || back.Find(`a[rel="prev"]`).Length() != 0 {
			t.Errorf("%s leads back to %q, from %q", query, is, was)
		}
	}
}

// A full page goes over the wire in at most 60 KB, and shows itself before any
// script has come.
func TestLandingWeighsLittle(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	for i := range registry.PageSize + 1 {
		h.shelve(registry.Registry("acme", "model"), fmt.Sprintf("model-%02d-with-a-name", i), func(m *dbtest.Stock) {
			m.Tags = append(m.Tags, fmt.Sprint("tag-", i), fmt.Sprint("more-", i))
			for v := range m.Versions {
				m.Versions[v].Summary = fmt.Sprintf(`{"val/acc":%f}`, float64(i*7+v)/1000)
			}
		})
	}
	a := h.as("bob").get("/?sort=name&tag=mnist").is(http.StatusOK)
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, err := w.Write([]byte(a.Body))
	if err != nil || w.Close() != nil || packed.Len() > 60<<10 || a.doc.Find("#models tbody tr").Length() != registry.PageSize {
		t.Errorf("%d rows take %d bytes packed, %d unpacked, %v", a.doc.Find("#models tbody tr").Length(), packed.Len(), len(a.Body), err)
	}
	a.doc.Find("script").Each(func(_ int, s *goquery.Selection) {
		_, waits := s.Attr("defer")
		if s.AttrOr("type", "") != "module" && !waits {
			t.Errorf("the page waits for %s", s.AttrOr("src", "a script"))
		}
	})
	t.Logf("%d bytes packed, %d unpacked", packed.Len(), len(a.Body))
}

func TestLandingEmpty(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	page := h.as("bob").page("/")
	text := page.Find(".empty").Text()
	for _, want := range []string{"WANDB_BASE_URL=http://greenroom.test", `entity="vision"`, "run.link_model("} {
		if !strings.Contains(text, want) {
			t.Errorf("the empty page does not say %q: %s", want, text)
		}
	}
	page = h.as("bob").page("/acme/registry/dataset")
	if text := page.Find(".empty").Text(); !strings.Contains(text, `run.link_artifact(artifact, "acme/wandb-registry-dataset/my-model")`) || !strings.Contains(text, `type="dataset"`) {
		t.Errorf("the empty registry says: %s", text)
	}
}
