package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"greenroom/registry"
)

func shelved(t *testing.T) *home {
	t.Helper()
	h := newHome(t)
	h.shelve(registry.Registry("vision", "model-registry"), "digits", nil)
	return h
}

const digitsAt = ownShelf + "/digits"

// undo is the way back that the next page offers.
func (b *browser) undo(path string) string {
	b.t.Helper()
	return b.get(path).is(http.StatusOK).doc.Find("#flash form").AttrOr("action", "")
}

// Tags are added and taken away in place, and each can be taken back.
func TestModelTags(t *testing.T) {
	t.Parallel()
	h := shelved(t)
	bob := h.as("bob")
	tags := func() string { return strings.Join(texts(bob.page(digitsAt).Find(".head .tag-box")), "|") }
	bob.post(digitsAt+"/-/tags", url.Values{"add": {"belt 2"}}).leadsTo(digitsAt)
	undo := bob.undo(digitsAt)
	if got := tags(); got != "model|belt 2|edge case|mnist" {
		t.Errorf("the tags are %s", got)
	}
	bob.post(undo, nil).leadsTo(digitsAt)
	if got := tags(); got != "model|edge case|mnist" {
		t.Errorf("taken back, the tags are %s", got)
	}
	cross := bob.page(digitsAt).Find(`form[action*="remove=mnist"]`)
	bob.post(cross.AttrOr("action", ""), nil).leadsTo(digitsAt)
	undo = bob.undo(digitsAt)
	if got := tags(); got != "model|edge case" {
		t.Errorf("the tags are %s", got)
	}
	bob.post(undo, nil).leadsTo(digitsAt)
	bob.post(digitsAt+"/-/tags", url.Values{"add": {"a/b"}}).is(http.StatusUnprocessableEntity).shows("details[open] [role=alert]", "A tag is made of letters")
	bob.post(digitsAt+"/-/tags", url.Values{"add": {" , "}}).is(http.StatusUnprocessableEntity).shows("details[open] [role=alert]", "Type a tag first")
}

func TestRenameModel(t *testing.T) {
	t.Parallel()
	h := shelved(t)
	h.shelve(registry.Registry("vision", "model-registry"), "other", nil)
	bob := h.as("bob")
	bob.get(digitsAt+"/-/rename").shows("main", "old name go on leading here")
	form := valuesOf(bob.page(digitsAt + "/-/rename").Find("main form"))
	if form.Get("name") != "digits" {
		t.Errorf("the form has %v", form)
	}
	for name, want := range map[string]string{"other": "There is another model other", "": "cannot be empty", "a/b": "cannot contain", "None": "Nothing can be called None"} {
		bob.post(digitsAt+"/-/rename", url.Values{"name": {name}}).is(http.StatusUnprocessableEntity).shows("#name-help", want)
	}
	to := ownShelf + "/" + url.PathEscape(`<b>"new"`)
	bob.post(digitsAt+"/-/rename", url.Values{"name": {`<b>"new"`}}).leadsTo(to)
	undo := bob.undo(to)
	bob.get(digitsAt).standsAt(to)
	bob.post(undo, nil).leadsTo(digitsAt)
	bob.get(digitsAt).is(http.StatusOK).shows("h1", "digits")
	bob.get(to).standsAt(digitsAt)
}

// Every page under the name that a model had leads to the same page under the name it has, until another model takes it.
func TestFormerNamesOfModelsLeadOn(t *testing.T) {
	t.Parallel()
	h := shelved(t)
	bob := h.as("bob")
	to := ownShelf + "/numbers"
	bob.post(digitsAt+"/-/rename", url.Values{"name": {"numbers"}}).leadsTo(to)
	pages := 0
	for _, r := range h.e.Routes() {
		path, ok := strings.CutPrefix(r.Path, "/:entity/model-registry/:model")
		if r.Method != http.MethodGet || !ok || path == "/:version/archive" {
			continue
		}
		pages++
		path = strings.NewReplacer(":version", "v2", "*", "model.pt").Replace(path)
		bob.get(digitsAt+path, html).standsAt(to + path)
		if path != "/v2/files/model.pt" { // of which there are no bytes here
			bob.get(to+path, html).is(http.StatusOK)
		}
	}
	if pages < 12 {
		t.Errorf("only %d pages were looked at", pages)
	}
	bob.get(digitsAt + "/staging/usage").standsAt(to + "/v2/usage")
	bob.get(digitsAt + "/compare?v=0&v=2").standsAt(to + "/compare?v=0&v=2")
	bob.get("/vision/model-registry/Digits").is(http.StatusNotFound)
	h.as("eve").get(digitsAt).is(http.StatusNotFound)

	// What a page of then sends arrives.
	bob.post(digitsAt+"/-/tags", url.Values{"add": {"late"}}).leadsTo(to)
	bob.get(to).shows(".head", "late")

	bob.post(ownShelf+"/-/new", url.Values{"name": {"digits"}, "type": {"model"}}).leadsTo(digitsAt)
	bob.get(digitsAt).is(http.StatusOK).shows("h1", "digits")
	bob.post(digitsAt+"/-/delete", url.Values{"name": {"digits"}}).leadsTo(ownShelf)
	bob.get(digitsAt).is(http.StatusNotFound)
}

// A model goes only once its name was typed; what was linked stays.
func TestDeleteModel(t *testing.T) {
	t.Parallel()
	h := shelved(t)
	bob := h.as("bob")
	bob.get(digitsAt+"/-/delete").is(http.StatusOK).shows("main", "3 versions leave the registry").shows("main", "This cannot be undone")
	for _, typed := range []string{"", "digit", "Digits"} {
		bob.post(digitsAt+"/-/delete", url.Values{"name": {typed}}).is(http.StatusUnprocessableEntity).shows("#name-help", "Type digits.")
	}
	bob.post(digitsAt+"/-/delete", url.Values{"name": {"digits"}}).leadsTo(ownShelf)
	bob.get(ownShelf).shows("#flash", "Deleted the model digits.")
	bob.get(digitsAt).is(http.StatusNotFound)
	bob.get("/vision/digits/artifacts/model/run-digits/v2").is(http.StatusOK)
}

// A version leaves a model by its number, after a question.
func TestUnlink(t *testing.T) {
	t.Parallel()
	h := shelved(t)
	bob := h.as("bob")
	bob.get(digitsAt+"/v2/-/unlink").is(http.StatusOK).shows("main", "It loses").shows("main", "staging").shows("main", "vision/digits/run-digits:v2").shows("main", "v2 is never given twice")
	bob.get(digitsAt + "/latest/-/unlink").is(http.StatusFound)
	bob.post(digitsAt+"/latest/-/unlink", nil).is(http.StatusNotFound)
	bob.post(digitsAt+"/v2/-/unlink", nil).leadsTo(digitsAt)
	bob.get(digitsAt).is(http.StatusOK).shows("#flash", "Unlinked v2.")
	bob.get(digitsAt + "/v2").is(http.StatusNotFound)
	bob.post(digitsAt+"/v2/-/unlink", nil).is(http.StatusNotFound)
	if number := bob.page(digitsAt).Find(".versions .c-v a").First().Text(); number != "v1" {
		t.Errorf("the newest is %s", number)
	}
}

// Viewers see nothing to change a model by and are refused; strangers find
// nothing.
func TestModelForOthers(t *testing.T) {
	t.Parallel()
	h := shelved(t)
	h.as("vera").get(digitsAt).is(http.StatusOK).lacks(".cross", `main a[href*="/-/"]`, `main form[action*="/-/"]`)
	for who, status := range map[string]int{"vera": http.StatusForbidden, "eve": http.StatusNotFound} {
		b := h.as(who)
		for _, page := range []string{"/-/rename", "/-/delete", "/v0/-/unlink"} {
			b.get(digitsAt + page).is(status)
		}
		b.post(digitsAt+"/-/rename", url.Values{"name": {"x"}}).is(status)
		b.post(digitsAt+"/-/delete", url.Values{"name": {"digits"}}).is(status)
		b.post(digitsAt+"/v0/-/unlink", nil).is(status)
		b.post(digitsAt+"/-/tags", url.Values{"add": {"x"}}).is(status)
	}
	// Other sites cannot do it in the reader's name.
	h.as("ada").post(digitsAt+"/-/delete", url.Values{"name": {"digits"}}, "Sec-Fetch-Site: cross-site").is(http.StatusForbidden)
}
