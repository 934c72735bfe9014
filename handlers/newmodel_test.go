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

const ownShelf = "/vision/model-registry"

// A model is made by a form, with what it is for and its tags, and then waits
// for versions.
func TestNewModel(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	bob := h.as("bob")
	page := bob.get(ownShelf + "/-/new").is(http.StatusOK)
	if v, _ := page.doc.Find("input[name=type]").Attr("value"); v != "model" {
		t.Errorf("the type is %q", v)
	}
	name := `"digits" & <b>`
	at := ownShelf + "/" + url.PathEscape(name)
	bob.post(ownShelf+"/-/new", url.Values{"name": {" " + name + " "}, "type": {"model"}, "description": {"# What\n\nReads digits."}, "tags": {"edge, #two words,,edge"}}).leadsTo(at)
	shown := bob.get(at).is(http.StatusOK).shows("h1", name).shows(".tag-box", "edge").shows("main", "Reads digits.").shows("#flash", "Made the model")
	shown.shows(".code", "registered_model_name=")
	c, err := h.db.Collection(t.Context(), h.Bob, registry.CollectionRef{Place: registry.Registry("vision", "model-registry"), Name: name})
	if err != nil || strings.Join(c.Tags, "|") != "edge|two words" || c.Type != "model" || c.Kind != registry.Model {
		t.Fatalf("made %+v, %v", c, err)
	}
	if names := dbtest.EventNames(t, h.db, registry.CollectionSubject, c.ID); strings.Join(names, " ") != "collection.created" {
		t.Errorf("the log has %v", names)
	}
}

// What cannot be made is said beside each field, with what was typed.
func TestNewModelThatCannotBe(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.shelve(registry.Registry("acme", "model"), "digits", nil)
	ada := h.as("ada")
	const at = "/acme/registry/model/-/new"
	if got := texts(ada.page(at).Find("select[name=type] option")); strings.Join(got, " ") != "model" {
		t.Errorf("the types offered are %v", got)
	}
	for name, want := range map[string]string{
		"digits": "There is a model digits in this registry already", "": "cannot be empty", "a/b": "cannot contain any of",
		"None": "Nothing can be called None", strings.Repeat("x", 129): "longer than 128 characters",
	} {
		page := ada.post(at, url.Values{"name": {name}, "type": {"model"}, "description": {"Kept."}, "tags": {"edge"}}).is(http.StatusUnprocessableEntity)
		page.shows("#name-help", want).shows("textarea", "Kept.")
		if v, _ := page.doc.Find("#name").Attr("value"); v != name {
			t.Errorf("%q was typed, %q is left", name, v)
		}
	}
	ada.post(at, url.Values{"name": {"fresh"}, "type": {"dataset"}, "tags": {"a/b"}}).is(http.StatusUnprocessableEntity).
		shows("#type-help", "takes artifacts of type model, not dataset").shows("#tags-help", "A tag is made of letters")
}

// Whoever may not add models is refused, and strangers find nothing.
func TestNewModelForOthers(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	form := url.Values{"name": {"fresh"}, "type": {"model"}}
	for who, status := range map[string]int{"vera": http.StatusForbidden, "olga": http.StatusNotFound, "eve": http.StatusNotFound} {
		b := h.as(who)
		b.get(ownShelf + "/-/new").is(status)
		b.post(ownShelf+"/-/new", form).is(status)
	}
	h.as("ada").get("/vision/registry/nowhere/-/new").is(http.StatusNotFound)
	h.browser().get(ownShelf + "/-/new").leadsTo("/login?next=%2Fvision%2Fmodel-registry%2F-%2Fnew")
}

// From nowhere in particular one is asked for the registry first.
func TestNewModelAnywhere(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	got := h.as("ada").page("/new").Find(".thing a").Map(hrefOf)
	for _, want := range []string{"/vision/model-registry/-/new", "/ada/model-registry/-/new", "/acme/registry/model/-/new"} {
		if !strings.Contains(strings.Join(got, " "), want) {
			t.Errorf("%v has no %s", got, want)
		}
	}
	b := h.as("ada")
	if got := b.page("/new?q=visi").Find(".thing a").Map(hrefOf); len(got) != 1 {
		t.Errorf("vision finds %v", got)
	}
	b.get("/new?q=nothing+is+called+so").is(http.StatusOK).shows(".nores", "No registry is called so")
	h.browser().get("/new").leadsTo("/login?next=%2Fnew")
}

func hrefOf(_ int, s *goquery.Selection) string { return s.AttrOr("href", "") }
