package gallery_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"

	"greenroom/views"
	"greenroom/views/gallery"
)

func render(t *testing.T, c templ.Component) *goquery.Document {
	t.Helper()
	var b bytes.Buffer
	if err := c.Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestEveryExampleKeepsToTheRules(t *testing.T) {
	t.Parallel()
	for _, e := range gallery.Examples() {
		t.Run(e.ID, func(t *testing.T) {
			t.Parallel()
			doc := render(t, e.Component)
			if strings.TrimSpace(doc.Find("body").Text()) == "" && doc.Find("svg").Length() == 0 {
				t.Error("shows nothing")
			}
			check(t, doc)
		})
	}
}

func TestPagesKeepToTheRules(t *testing.T) {
	t.Parallel()
	signedIn := views.Page{
		Title: "Gallery", Org: "Harbour Analytics", Viewer: views.Viewer{Name: "Ana Ruiz", Username: "ana.ruiz"}, Section: views.Registry,
		Crumbs: []views.Crumb{{Name: "Harbour Analytics", URL: "/"}, {Name: "Gallery"}}, Theme: views.DarkTheme,
		Flash: views.Message{Text: "v13 moved to staging", UndoURL: "/-/gallery"},
	}
	for name, page := range map[string]templ.Component{
		"gallery":           gallery.GalleryPage(signedIn),
		"error, signed in":  views.ErrorPage(signedIn, 404, "Not here", "There is no model of that name.", "7Q2-C81"),
		"error, signed out": views.ErrorPage(views.Page{Title: "Not here"}, 404, "Not here", "There is nothing at this address.", ""),
		"gate":              views.Gate(views.Page{Title: "Sign in"}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc := render(t, page)
			check(t, doc)
			if n := doc.Find("main").Length(); n != 1 {
				t.Errorf("%d main elements", n)
			}
			if lang, _ := doc.Find("html").Attr("lang"); lang != "en" {
				t.Errorf("lang %q", lang)
			}
		})
	}
}

// check holds markup to what a strict content security policy and screen readers need.
func check(t *testing.T, doc *goquery.Document) {
	t.Helper()
	ids := map[string]bool{}
	doc.Find("*").Each(func(_ int, s *goquery.Selection) {
		for _, a := range s.Nodes[0].Attr {
			switch {
			case a.Key == "style":
				t.Errorf("style attribute on %s: %q", goquery.NodeName(s), a.Val)
			case strings.HasPrefix(a.Key, "on"), strings.HasPrefix(a.Key, "hx-on"):
				t.Errorf("inline handler %s on %s", a.Key, goquery.NodeName(s))
			case a.Key == "id" && ids[a.Val]:
				t.Errorf("id %q twice", a.Val)
			case a.Key == "id":
				ids[a.Val] = true
			}
		}
	})
	doc.Find("[aria-current]").Each(func(_ int, s *goquery.Selection) {
		if s.AttrOr("aria-current", "") == "" {
			t.Errorf("an empty aria-current means nothing: %s", s.Text())
		}
	})
	doc.Find("script").Each(func(_ int, s *goquery.Selection) {
		if s.AttrOr("src", "") == "" {
			t.Error("inline script")
		}
	})
	if doc.Find("style").Length() > 0 {
		t.Error("inline stylesheet")
	}
	doc.Find("a, button, summary").Each(func(_ int, s *goquery.Selection) {
		if strings.TrimSpace(s.Text()) == "" && s.AttrOr("aria-label", "") == "" && s.Find("[aria-label]").Length() == 0 {
			html, _ := goquery.OuterHtml(s)
			t.Errorf("no name for readers: %s", html)
		}
	})
	doc.Find("svg").Each(func(_ int, s *goquery.Selection) {
		if s.AttrOr("aria-hidden", "") != "true" && s.AttrOr("aria-label", "") == "" {
			t.Error("a picture neither hidden from readers nor described")
		}
	})
	doc.Find("input, select, textarea").Each(func(_ int, s *goquery.Selection) {
		labelled := s.AttrOr("aria-label", "") != "" || s.Closest("label").Length() > 0
		if id := s.AttrOr("id", ""); id != "" && doc.Find("label[for='"+id+"']").Length() > 0 {
			labelled = true
		}
		if !labelled && s.AttrOr("type", "") != "hidden" {
			t.Errorf("no label for %s", s.AttrOr("name", "a field"))
		}
	})
	doc.Find("[aria-describedby], [aria-labelledby]").Each(func(_ int, s *goquery.Selection) {
		for _, key := range []string{"aria-describedby", "aria-labelledby"} {
			if id := s.AttrOr(key, ""); id != "" && !ids[id] {
				t.Errorf("%s points to %q, which is not there", key, id)
			}
		}
	})
}

func TestCurvesOfTheGalleryAreThere(t *testing.T) {
	t.Parallel()
	found := 0
	render(t, gallery.GalleryPage(views.Page{Title: "Gallery"})).Find("metric-chart").Each(func(_ int, s *goquery.Selection) {
		src := s.AttrOr("src", "")
		body, ok := gallery.Curve(strings.TrimPrefix(src, gallery.CurveURL("")))
		if broken := src == gallery.CurveURL("missing"); ok == broken {
			t.Errorf("%s: there %v", src, ok)
		}
		if ok && !json.Valid(body) {
			t.Errorf("%s: not JSON: %.80s", src, body)
		}
		found++
	})
	if found < 4 {
		t.Errorf("only %d charts", found)
	}
}
