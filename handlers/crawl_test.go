package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/labstack/echo/v4"

	"greenroom/db/dbtest"
	"greenroom/registry"
)

// TestOddNames crawls a registry in which everything has an unusual name.
func TestOddNames(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	for i, name := range []string{"two words", "100%25 + 50%", "größe 🚀", "a&b=c;d", `"quoted' <b>`, "semi,colon@x!*()", "[brackets]", "runs", "artifacts", "-"} {
		in := registry.Registry("vision", registry.OwnRegistry) // takes any type
		if i%3 == 0 {
			in = registry.Registry("acme", "model")
		}
		h.shelve(in, name, func(m *dbtest.Stock) {
			m.Type = []string{"model", "odd ? type #1 %", "ünï"}[i%3]
			m.Project.Name = "my " + name
		})
	}
	h.as("ada").crawl("/", "/vision/my%20two%20words/artifacts")
}

// enoughViews is how many views of one page a crawl looks at: what a page can be
// asked for multiplies.
const enoughViews = 40

// crawl follows every link and every form that gets, from some pages on.
func (b *browser) crawl(from ...string) {
	b.t.Helper()
	seen, views := map[string]bool{}, map[string]int{}
	for len(from) > 0 {
		path := from[0]
		from = from[1:]
		if path, _, _ = strings.Cut(path, "#"); path == "" || seen[path] || !ours(path) {
			continue
		}
		seen[path] = true
		page, _, _ := strings.Cut(path, "?")
		if views[page]++; views[page] > enoughViews {
			continue
		}
		a := b.get(path, html)
		if a.Status == http.StatusFound || a.Status == http.StatusSeeOther {
			from = append(from, a.Header.Get("Location"))
			continue
		}
		if a.Status != http.StatusOK {
			b.t.Errorf("%s: %d", path, a.Status)
			continue
		}
		if a.doc.Find("[style], script:not([src])").Length() > 0 {
			b.t.Errorf("%s holds a style or a script", path)
		}
		b.needsNoScript(path, a.doc)
		a.doc.Find("a[href]:not([download]), form[method=get]").Each(func(_ int, a *goquery.Selection) {
			from = append(from, a.AttrOr("href", a.AttrOr("action", "")))
		})
	}
	if len(seen) < 10 {
		b.t.Errorf("only %d pages were reached", len(seen))
	}
	b.t.Logf("followed %d addresses", len(seen))
}

// needsNoScript demands that a page does without scripts: what htmx asks for, a
// link or a form asks for as well, but for what a page asks for by itself, and
// each form and each button in one leads to a route.
func (b *browser) needsNoScript(path string, doc *goquery.Document) {
	b.t.Helper()
	doc.Find("[hx-get], [hx-post], [hx-put], [hx-patch], [hx-delete]").Each(func(_ int, s *goquery.Selection) {
		trigger := s.AttrOr("hx-trigger", "click")
		byItself := strings.HasPrefix(trigger, "every ") || strings.HasPrefix(trigger, "load") || strings.HasPrefix(trigger, "refresh")
		if !byItself && !s.Is("a[href], form[action]") && s.Closest("form[action], a[href]").Length() == 0 {
			tag, _ := goquery.OuterHtml(s.Clone().Empty())
			b.t.Errorf("%s: only a script makes this work: %s", path, tag)
		}
	})
	doc.Find("form, button[formaction], input[formaction]").Each(func(_ int, s *goquery.Selection) {
		form := s.Closest("form")
		to, how := s.AttrOr("formaction", s.AttrOr("action", "")), strings.ToUpper(s.AttrOr("formmethod", form.AttrOr("method", "get")))
		if how == "DIALOG" {
			return
		}
		if to == "" {
			to = path
		}
		at, err := url.Parse(to)
		if err != nil {
			b.t.Errorf("%s: a form leads to %q", path, to)
			return
		}
		c := b.e.NewContext(nil, nil)
		b.e.Router().Find(how, at.EscapedPath(), c)
		if !slices.ContainsFunc(b.e.Routes(), func(r *echo.Route) bool { return r.Method == how && r.Path == c.Path() }) {
			b.t.Errorf("%s: no route takes a form by %s %s", path, how, to)
		}
	})
}

// ours tells addresses of this server from those of others.
func ours(path string) bool { return strings.HasPrefix(path, "/") }

func TestEveryLink(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	for i := range registry.PageSize + 5 {
		h.shelve(registry.Registry("acme", "model"), fmt.Sprintf("m%d", i), func(m *dbtest.Stock) { m.Versions = nil })
	}
	h.shelve(registry.Registry("acme", "dataset"), "train", func(m *dbtest.Stock) {
		m.Type = "dataset"
		for range registry.PageSize - 2 {
			m.Versions = append(m.Versions, dbtest.StockVersion{})
		}
		for i := range 300 {
			m.Versions[0].Files = append(m.Versions[0].Files, dbtest.StockFile{Path: fmt.Sprintf("d/e/%d", i)})
		}
	})
	h.shelve(registry.Registry("vision", "model-registry"), "churn", nil)
	h.as("vera").crawl("/", "/vision/digits/artifacts", "/?q=m1", "/acme/registry/model?q=zzz", "/vera/model-registry")
}

// TestHostileWords plants script in everything people can write.
func TestHostileWords(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	const evil = `<script>alert(1)</script><img src=x onerror=alert(1)>`
	h.shelve(registry.Registry("acme", "model"), `evil<script>alert(1)<`, func(m *dbtest.Stock) {
		m.Tags = []string{evil}
		m.Description = evil + "\n\n[a](javascript:alert(1)) <a href='javascript:alert(1)' onclick='x()'>b</a> <iframe src=x></iframe> <p style='color:red'>c</p>\n\n# [b](vbscript:x)"
		for i := range m.Versions {
			m.Versions[i].Summary = `{"<script>alert(1)</script>":1}`
			m.Versions[i].Description = evil + "\n\n" + m.Description
			m.Versions[i].Tags = []string{evil}
			m.Versions[i].Aliases = append(m.Versions[i].Aliases, fmt.Sprint(evil, i))
			m.Versions[i].Metadata = `{"<script>alert(1)</script>":"<img src=x onerror=alert(1)>"}`
			m.Versions[i].Files = []dbtest.StockFile{{Path: "<script>alert(1)<"}, {Path: "x", Ref: "javascript:alert(1)"}}
		}
	})
	model := "/acme/registry/model/evil%3Cscript%3Ealert%281%29%3C"
	for _, path := range []string{"/", "/?q=evil", model, model + "?tab=card", model + "?tab=use", model + "/v1", model + "/v1/metrics", model + "/v1/metadata", model + "/v1/files", model + "/v1/files/x", model + "/v1/usage", model + "/v1/history", "/vision/digits/artifacts"} {
		page := h.as("ada").page(path, html)
		if found := page.Find("main").Find("script, iframe, [onerror], [onclick], [style], a[href^='javascript:'], a[href^='vbscript:'], img[src=x][onerror]"); found.Length() > 0 {
			html, _ := goquery.OuterHtml(found)
			t.Errorf("%s holds %s", path, html)
		}
	}
}
