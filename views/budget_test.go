package views_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"greenroom/static"
	"greenroom/views"
)

// What every page loads stays small, and nothing of it holds back the first paint.
func TestWhatPagesLoad(t *testing.T) {
	t.Parallel()
	var html bytes.Buffer
	if err := views.Layout(views.Page{Title: "A page", Viewer: views.Viewer{Username: "ada"}}).Render(context.Background(), &html); err != nil {
		t.Fatal(err)
	}
	page, err := goquery.NewDocumentFromReader(&html)
	if err != nil {
		t.Fatal(err)
	}
	files := static.Handler()
	weigh := func(selector, attr string) (bytes int) {
		page.Find(selector).Each(func(_ int, s *goquery.Selection) {
			r := httptest.NewRequest(http.MethodGet, s.AttrOr(attr, ""), nil)
			r.Header.Set("Accept-Encoding", "gzip")
			w := httptest.NewRecorder()
			files.ServeHTTP(w, r)
			if w.Code != http.StatusOK {
				t.Errorf("%s answers %d", r.URL, w.Code)
			}
			bytes += w.Body.Len()
		})
		return bytes
	}
	for what, b := range map[string]struct{ is, most int }{
		"styles":  {weigh("link[rel=stylesheet]", "href"), 25 << 10},
		"scripts": {weigh("script", "src"), 60 << 10},
	} {
		if t.Logf("%s: %d bytes", what, b.is); b.is == 0 || b.is > b.most {
			t.Errorf("pages load %d bytes of %s, at most %d are for them", b.is, what, b.most)
		}
	}
	page.Find("script").Each(func(_ int, s *goquery.Selection) {
		_, deferred := s.Attr("defer")
		if s.AttrOr("type", "") != "module" && !deferred {
			t.Errorf("%s holds back the page", s.AttrOr("src", "a script"))
		}
	})
}
