package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"

	"greenroom/registry"
)

// add makes an empty model.
func (h *home) add(who registry.Actor, place registry.PlaceRef, name string) {
	h.t.Helper()
	if _, err := h.db.AddModel(h.t.Context(), who, registry.NewModel{Registry: place, Name: name, Type: "model"}); err != nil {
		h.t.Fatal(err)
	}
}

func TestNews(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	own := registry.Registry("vision", "model-registry")
	h.add(h.Bob, own, "from before")
	vera, olga := h.as("vera"), h.as("olga")
	vera.get("/").is(http.StatusOK).lacks(".strip")
	olga.get("/").is(http.StatusOK).lacks(".strip")
	for i := range 5 {
		h.add(h.Bob, own, fmt.Sprint("new <b> ", i))
	}
	a := vera.get("/").is(http.StatusOK).shows(".strip", "Since your last visit").shows(".strip .sub", "2 more changes")
	if got := texts(a.doc.Find(".strip li .clip")); !slices.Equal(got, []string{"bob created new <b> 4", "bob created new <b> 3", "bob created new <b> 2"}) {
		t.Errorf("news: %q", got)
	}
	if to := a.doc.Find(".strip li a").First().AttrOr("href", ""); to != "/vision/model-registry/new%20%3Cb%3E%204" {
		t.Errorf("the news leads to %s", to)
	}
	vera.get("/vision/model-registry").is(http.StatusOK).lacks(".strip")
	olga.get("/").is(http.StatusOK).lacks(".strip")
	h.as("bob").get("/").is(http.StatusOK).lacks(".strip")

	changes := vera.get("/changes").is(http.StatusOK)
	if got := texts(changes.doc.Find("main tbody .clip")); len(got) != 6 || got[5] != "bob created from before in vision" || changes.doc.Find("tr.grp").Index() != 5 {
		t.Errorf("changes: %q", got)
	}
	// People are called as they want to be; the name of their account stands behind.
	h.as("bob").post("/settings/account", url.Values{"full_name": {"Bob Ross"}, "email": {"bob@acme.example"}, "default": {"bob"}})
	named := vera.get("/").is(http.StatusOK)
	named.shows(".strip", "Bob Ross created new <b> 4").shows(`.models [title="bob"]`, "Bob Ross")
	vera.get("/changes").shows(`main tbody .clip [title="bob"]`, "Bob Ross")

	vera.get("/changes").shows(".head .actions button", "Mark as seen")
	h.as("bob").get("/changes").lacks(".head .actions button") // what one did oneself is no news
	vera.post("/changes/seen", nil).leadsTo("/")
	vera.get("/changes").lacks(".head .actions button")
	vera.get("/").is(http.StatusOK).lacks(".strip")
}

func TestChangesPages(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	ada := h.as("ada")
	ada.get("/changes").is(http.StatusOK).shows(".empty", "Nothing has happened yet")
	for i := range registry.PageSize + 1 {
		h.add(h.Ada, registry.Registry("vision", "model-registry"), fmt.Sprint("m", i))
	}
	first := ada.get("/changes").is(http.StatusOK)
	second := ada.get(first.doc.Find(`a[rel="next"]`).AttrOr("href", "")).is(http.StatusOK)
	if got := texts(second.doc.Find("main tbody .clip")); !slices.Equal(got, []string{"ada created m0 in vision"}) || second.doc.Find(`a[rel="prev"]`).AttrOr("href", "") != "/changes" {
		t.Errorf("the second page: %q", got)
	}
	ada.get("/changes?before=1").is(http.StatusOK).shows(".nores", "no changes before")
	for _, path := range []string{"/changes?before=x", "/changes?before=-1", "/changes?before=99999999999999999999"} {
		ada.get(path).is(http.StatusUnprocessableEntity)
	}
	h.browser().get("/changes").leadsTo("/login?next=%2Fchanges")
	h.browser().post("/changes/seen", nil).leadsTo("/login")
}
