package handlers_test

import (
	"net/http"
	"net/url"
	"slices"
	"testing"

	"greenroom/registry"
)

func TestStarring(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.shelve(registry.Registry("acme", "model"), `digits "cnn"`, nil)
	h.shelve(registry.Registry("vision", "model-registry"), "churn", nil)
	const at = "/acme/registry/model/digits%20%22cnn%22/star"
	on, off := url.Values{"on": {"true"}}, url.Values{"on": {"false"}}
	olga := h.as("olga")

	olga.post(at, on, "Referer: http://greenroom.test/?q=digits").leadsTo("/?q=digits")
	olga.post(at, on).leadsTo("/acme/registry/model/digits%20%22cnn%22")
	olga.post(at, on, "Referer: https://elsewhere.example//evil.example/x").leadsTo("/")
	page := olga.get("/settings/keys").is(http.StatusOK)
	if got := texts(page.doc.Find(".rail .railstars a")); !slices.Equal(got, []string{`digits "cnn"`}) || page.doc.Find(".railstars .c-production").Length() != 1 {
		t.Errorf("the rail of another page: %q", got)
	}
	for _, path := range []string{"/", "/acme/registry/model/digits%20%22cnn%22"} {
		star := olga.page(path).Find("main .star").First()
		if label, pressed := star.AttrOr("aria-label", ""), star.AttrOr("aria-pressed", ""); label != `Star digits "cnn", 1 star` || pressed != "true" {
			t.Errorf("%s shows the star %q, pressed %s", path, label, pressed)
		}
	}

	part := olga.post(at, off, htmx).is(http.StatusOK)
	if part.whole() || part.doc.Find(`.starform input[value="true"]`).Length() != 1 || part.doc.Find("#starred[hx-swap-oob]").Length() != 1 {
		t.Errorf("as a part: %s", part.Body)
	}
	olga.get("/").is(http.StatusOK).lacks(".railstars a", `.star[aria-pressed="true"]`)

	olga.post("/vision/model-registry/churn/star", on).is(http.StatusNotFound)
	olga.post("/vision/model-registry/nothing/star", on).is(http.StatusNotFound)
	h.browser().post(at, on).leadsTo("/login")
	h.as("vera").post("/vision/model-registry/churn/star", on).is(http.StatusSeeOther)
}
