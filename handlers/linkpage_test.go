package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"greenroom/db/dbtest"
	"greenroom/registry"
)

const shelfDigits = "/acme/registry/model/digits"

// follow goes where the first link among the choices with a name leads.
func (b *browser) choose(at answer, name string) answer {
	b.t.Helper()
	link := at.doc.Find(".vers a").FilterFunction(func(_ int, s *goquery.Selection) bool { return s.Find("b").First().Text() == name })
	if link.Length() == 0 {
		b.t.Fatalf("%s offers no %q: %s", at.asked, name, at.text(".vers"))
	}
	return b.get(link.First().AttrOr("href", "")).is(http.StatusOK)
}

// A version is chosen step by step, each step a list that can be searched, and
// linked with its aliases.
func TestLinkByChoosing(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.shelve(registry.Registry("acme", "model"), "digits", nil)
	h.shelve(registry.Registry("vision", "model-registry"), "other", func(s *dbtest.Stock) { s.Project = registry.Project("vision", "letters") })
	ada := h.as("ada")
	page := ada.get(shelfDigits).is(http.StatusOK)
	link := page.doc.Find(`.head a[href$="/-/link"]`)
	if link.Length() != 1 || link.Text() == "" {
		t.Fatal("the page has no link to link a version")
	}
	// The team is the only one, so the projects come first.
	projects := ada.get(link.AttrOr("href", "")).is(http.StatusOK).shows(".tag-box", "vision").shows(".vers", "digits letters")
	versions := ada.choose(projects, "letters").shows(".vers", "v2").shows("label", "Version")
	search := valuesOf(versions.doc.Find("main form[method=get]").Last())
	search.Set("q", "1")
	if got := texts(ada.get(shelfDigits + "/-/link?" + search.Encode()).is(http.StatusOK).doc.Find(".vers b")); strings.Join(got, " ") != "v1" {
		t.Errorf("searching for 1 finds %v", got)
	}
	last := ada.choose(versions, "v1").shows("form.form", "production").shows("form.form", "v0 leaves it")
	form := valuesOf(last.doc.Find("form.form"))
	form.Set("stage", "production")
	form.Set("aliases", "belt, edge")
	ada.post(last.doc.Find("form.form").AttrOr("action", ""), form).leadsTo(shelfDigits + "/v3")
	ada.get(shelfDigits+"/v3").is(http.StatusOK).shows("#flash", "Linked run-other v1 as v3 of digits.").shows("main", "production").shows("main", "belt")
	// It stands there now, and the list says so.
	ada.get(shelfDigits+"/-/link?team=vision&project=letters").is(http.StatusOK).shows(".vers", "stands here as v3")
	ada.get(shelfDigits+"/-/link?from=vision/letters/run-other:v1").is(http.StatusOK).shows(".note", "It stands here already, as v3.")
}

// valuesOf is what a form sends as it stands.
func valuesOf(form *goquery.Selection) url.Values {
	values := url.Values{}
	form.Find("input[name], textarea[name], select[name]").Each(func(_ int, s *goquery.Selection) {
		name, kind := s.AttrOr("name", ""), s.AttrOr("type", "")
		if _, checked := s.Attr("checked"); (kind == "checkbox" || kind == "radio") && !checked {
			return
		}
		value := s.AttrOr("value", "")
		if s.Is("textarea") {
			value = s.Text()
		}
		values.Add(name, value)
	})
	return values
}

// A full name leads to the last step, and one that cannot be linked is refused
// in the form.
func TestLinkByName(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.shelve(registry.Registry("acme", "model"), "digits", nil)
	h.shelve(registry.Registry("acme", "dataset"), "rows", func(s *dbtest.Stock) { s.Type, s.Project = "dataset", registry.Project("vision", "data") })
	h.shelve(registry.Registry("eve", "model-registry"), "theirs", func(s *dbtest.Stock) { s.Project = registry.Project("eve", "secret") })
	ada := h.as("ada")
	for name, status := range map[string]int{
		"vision/digits/run-digits:v1": http.StatusOK, "vision/digits/run-digits": http.StatusNotFound, "digits/run-digits:v0": http.StatusOK,
		"acme/wandb-registry-model/digits:production": http.StatusOK, "vision/digits/run-digits:v9": http.StatusNotFound,
		"vision/data/run-rows:v0": http.StatusUnprocessableEntity, "eve/secret/run-theirs:v0": http.StatusNotFound, "nobody/nothing/x:v0": http.StatusNotFound,
		"a/b/c/d": http.StatusUnprocessableEntity, "//:": http.StatusUnprocessableEntity,
	} {
		page := ada.get(shelfDigits + "/-/link?q=" + url.QueryEscape(name))
		if page.Status != status {
			t.Errorf("%s: %d, want %d", name, page.Status, status)
		}
		if status != http.StatusOK && page.text("[role=alert]") == "" {
			t.Errorf("%s: refused without a word", name)
		}
	}
	refused := ada.post(shelfDigits+"/-/link", url.Values{"from": {"vision/digits/run-digits:v1"}, "aliases": {"v7, edge"}}).is(http.StatusUnprocessableEntity)
	refused.shows("[role=alert]", "The alias v7 is kept for version numbers")
	if v := refused.doc.Find("#aliases").AttrOr("value", ""); v != "v7, edge" {
		t.Errorf("what was typed became %q", v)
	}
	ada.post(shelfDigits+"/-/link", url.Values{}).is(http.StatusUnprocessableEntity).shows("[role=alert]", "Choose a version first")
	ada.post(shelfDigits+"/-/link", url.Values{"from": {"eve/secret/run-theirs:v0"}}).is(http.StatusNotFound).shows("[role=alert]", "There is nothing here that you may see")
}

// From a version one chooses the registry and the model, which may be new.
func TestLinkFromTheVersion(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.shelve(registry.Registry("acme", "model"), "digits", nil)
	const at = "/vision/digits/artifacts/model/run-digits/v1/-/link"
	ada := h.as("ada")
	registries := ada.get(at).is(http.StatusOK).shows(".vers", "vision")
	if strings.Contains(registries.text(".vers"), "dataset") {
		t.Error("a registry that does not take the type is offered")
	}
	models := ada.choose(registries, "model").shows(".vers", "digits")
	ada.choose(models, "digits").shows(".note", "It stands here already, as v1.")
	page := ada.get(at+"?owner=vision&registry=model-registry&model=fresh").is(http.StatusOK).shows("form.form", "a new model")
	form := valuesOf(page.doc.Find("form.form"))
	form.Set("aliases", "belt")
	ada.post(at, form).leadsTo(ownShelf + "/fresh/v0")
	ada.get(ownShelf+"/fresh/v0").is(http.StatusOK).shows("main", "belt")

	ada.get(at+"?owner=vision&registry=model-registry&model="+url.QueryEscape("a/b")).is(http.StatusUnprocessableEntity).shows("[role=alert]", "cannot contain any of")
	form.Set("model", "None")
	ada.post(at, form).is(http.StatusUnprocessableEntity)
	ada.get(at + "?owner=eve&registry=model-registry").is(http.StatusNotFound)
	ada.get("/acme/registry/model/digits/production/-/link").is(http.StatusFound)
	ada.get(shelfDigits + "/v0/-/link?owner=vision&registry=model-registry&model=copy").is(http.StatusOK)
	ada.post(shelfDigits+"/v0/-/link", url.Values{"owner": {"vision"}, "registry": {"model-registry"}, "model": {"copy"}}).leadsTo(ownShelf + "/copy/v0")
}

// Viewers are not offered to link and are refused; strangers find nothing.
func TestLinkForOthers(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.shelve(registry.Registry("vision", "model-registry"), "digits", nil)
	const model, source = ownShelf + "/digits", "/vision/digits/artifacts/model/run-digits/v0"
	vera := h.as("vera")
	vera.get(model).is(http.StatusOK).lacks(`a[href$="/-/link"]`)
	form := url.Values{"from": {"vision/digits/run-digits:v0"}}
	for who, status := range map[string]int{"vera": http.StatusForbidden, "eve": http.StatusNotFound} {
		b := h.as(who)
		b.get(model + "/-/link").is(status)
		b.post(model+"/-/link", form).is(status)
	}
	// A viewer may look at where it could be linked, but not link it there.
	into := url.Values{"owner": {"vision"}, "registry": {"model-registry"}, "model": {"digits"}}
	vera.get(source + "/-/link?" + into.Encode()).is(http.StatusNotFound)
	vera.post(source+"/-/link", into).is(http.StatusForbidden)
	h.as("eve").post(source+"/-/link", into).is(http.StatusNotFound)
}

// Within a page, a step is a part that stands in a dialog.
func TestLinkInTheSheet(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.shelve(registry.Registry("acme", "model"), "digits", nil)
	part := h.as("ada").get(shelfDigits+"/-/link", htmx).is(http.StatusOK)
	if part.whole() || part.doc.Find("#sheet-title").Length() != 1 || part.doc.Find(".vers a[hx-get]").Length() == 0 {
		t.Errorf("the part is %s", part.Body)
	}
}
