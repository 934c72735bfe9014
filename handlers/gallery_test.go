package handlers_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// TestGalleryDraws asks for what the charts of the gallery do; one of them is
// there to show that it cannot be had.
func TestGalleryDraws(t *testing.T) {
	t.Parallel()
	b := emptyHome(t).browser()
	broken := 0
	b.page("/-/gallery").Find("metric-chart").Each(func(_ int, s *goquery.Selection) {
		a := b.get(s.AttrOr("src", ""))
		switch {
		case a.Status == http.StatusNotFound:
			broken++
		case a.Status != http.StatusOK || !json.Valid([]byte(a.Body)) || !strings.Contains(a.Body, `"key":`):
			t.Errorf("%s: %d, %.80s", a.asked, a.Status, a.Body)
		}
	})
	if broken != 1 {
		t.Errorf("%d curves are not there", broken)
	}
}
