package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"greenroom/registry"
)

// A link says what it leads to, to those who may see it, and nothing to others.
func TestLinkPreviews(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.shelve(registry.Registry("acme", "model"), "digits-cnn", nil)
	bob := h.as("bob")
	for path, want := range map[string][2]string{
		"/":                                  {"Registry", "1 registered model, 3 versions."},
		"/acme/registry/model/digits-cnn":    {"digits-cnn · model", "digits-cnn: 3 versions in acme / model, v0 on production, v2 on staging."},
		"/acme/registry/model/digits-cnn/v2": {"digits-cnn v2 · model version", "digits-cnn v2: val/acc 0.955, on staging, linked by "},
		"/vision/digits":                     {"digits · project", "vision / digits: 3 runs."},
		"/vision/digits/artifacts/model/run-digits-cnn": {"run-digits-cnn · artifact", "run-digits-cnn: 3 versions in vision / digits."},
	} {
		page := bob.page(path)
		if title := page.Find("title").Text(); title != want[0]+" · Greenroom" {
			t.Errorf("%s is headed %q", path, title)
		}
		if about := page.Find("meta[name=description]").AttrOr("content", ""); !strings.HasPrefix(about, want[1]) {
			t.Errorf("%s is described as %q, want %q", path, about, want[1])
		}
		if at := page.Find("link[rel=canonical]").AttrOr("href", ""); at != path {
			t.Errorf("%s says it is %s", path, at)
		}
		out := h.browser().get(path)
		if strings.Contains(out.Body, "digits") {
			t.Errorf("%s tells strangers %s", path, out.Body)
		}
	}
	if body := h.browser().page("/login?next=/acme/registry/model/digits-cnn").Find("meta[name=description]"); body.Length() != 0 {
		t.Error("the sign-in page describes what is behind it")
	}
}

func TestErrorPages(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	bob := h.as("bob")
	a := bob.get("/acme/registry/model/digits-cnn").is(http.StatusNotFound).shows("h1", "Nothing here")
	if words := a.doc.Find("main form[action='/search'] input[name=q]").AttrOr("value", ""); words != "digits-cnn" {
		t.Errorf("the page offers to search for %q", words)
	}
	bob.get("/vision/%3Cb%3E").is(http.StatusNotFound).lacks("main b")
	bob.get("/search?q=x&kind=stars").is(http.StatusUnprocessableEntity).lacks("main form[role=search]")
	h.as("vera").post("/settings/teams/vision/rename", nil).is(http.StatusForbidden).shows("[role=alert]", "Ask an administrator")
}
