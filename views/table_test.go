package views_test

import (
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"greenroom/registry"
	"greenroom/views"
)

// A table with hostile words, pictures that are there and pictures that are not
// shows all of them as what they are.
func TestLoggedTable(t *testing.T) {
	t.Parallel()
	const hostile = `</td><script>alert(1)</script>`
	text := `{"columns":["` + hostile + `","pic","n"],"data":[["` + hostile + `",{"_type":"image-file","path":"media/images/\"a\".png","width":8,"height":8},NaN],
		["x",{"_type":"image-file","path":"media/images/none.png"},null]]}`
	page, err := registry.ReadTable(strings.NewReader(text), registry.TableQuery{})
	if err != nil {
		t.Fatal(err)
	}
	var html strings.Builder
	err = views.LoggedTable(views.TableView{Label: "val/preds", TablePage: page, At: "/a?key=k", File: func(path string) string {
		if strings.Contains(path, "none") {
			return ""
		}
		return "/files/" + path
	}}).Render(t.Context(), &html)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(html.String()))
	if err != nil {
		t.Fatal(err)
	}
	if doc.Find("script").Length() > 0 || strings.TrimSpace(doc.Find("tbody td").First().Text()) != hostile {
		t.Errorf("hostile words are not shown as they are: %s", html.String())
	}
	if src, _ := doc.Find("tbody img.pixels").Attr("src"); src != `/files/media/images/"a".png` {
		t.Errorf("the picture is at %q", src)
	}
	for _, want := range []string{"Missing", "None", "NaN", "1 to 2 of 2"} {
		if !strings.Contains(doc.Text(), want) {
			t.Errorf("the table does not say %q: %s", want, doc.Text())
		}
	}
	if href, _ := doc.Find("th a").Last().Attr("href"); href != "/a?desc=1&key=k&sort=n" {
		t.Errorf("the last column sorts by %q", href)
	}
}

// A table of 1,000 columns shows a dozen and offers the others.
func TestLoggedTableOfManyColumns(t *testing.T) {
	t.Parallel()
	page := registry.TablePage{Columns: make([]registry.TableColumn, 1000), Shown: []int{0, 1}, Whole: true}
	var html strings.Builder
	if err := views.LoggedTable(views.TableView{TablePage: page, At: "/a", File: func(string) string { return "" }}).Render(t.Context(), &html); err != nil {
		t.Fatal(err)
	}
	doc, _ := goquery.NewDocumentFromReader(strings.NewReader(html.String()))
	if n := doc.Find("input[name=col]").Length(); n != 100 || doc.Find(`input[name=find]`).Length() != 1 {
		t.Errorf("the menu offers %d columns", n)
	}
	if href, _ := doc.Find("a:contains('More columns')").Attr("href"); href != "/a?from=12" {
		t.Errorf("more columns are at %q", href)
	}
	if html.Len() > 60_000 {
		t.Errorf("%d bytes", html.Len())
	}
}
