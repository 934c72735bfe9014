package handlers_test

import (
	"slices"
	"strings"
	"testing"

	"greenroom/db/dbtest"
	"greenroom/registry"
)

func TestLandingPage(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.shelve(registry.Registry("acme", "model"), "digits-cnn", nil)
	h.shelve(registry.Registry("vision", "model-registry"), "churn", func(m *dbtest.Stock) { m.Versions = nil })

	page := h.as("vera").page("/")
	if got := texts(page.Find("#models tbody .c-name a")); !slices.Equal(got, []string{"churn", "digits-cnn"}) {
		t.Errorf("models: %q", got)
	}
	row := page.Find("#models tbody tr").Eq(1)
	for selector, want := range map[string]string{
		".c-name .meta": "v2 · model mnist edge case", ".c-new": "v2", ".c-metric": "0.955 val/acc", ".c-stages .chip": "production v0 staging v2",
		".c-stages .alias": "belt 2 #trial", ".c-delta .delta": "better, up 0.0550",
	} {
		if got := strings.Join(texts(row.Find(selector)), " "); got != want {
			t.Errorf("%s: %q, want %q", selector, got, want)
		}
	}
	if got := texts(page.Find(".head-beside")); !slices.Equal(got, []string{"2 registered models · 3 versions"}) {
		t.Errorf("counts: %q", got)
	}
	if got := texts(page.Find("#registries .seg a")); !slices.Equal(got, []string{"All 2", "model 1", "vision 1"}) && !slices.Equal(got, []string{"All 2", "vision 1", "model 1"}) {
		t.Errorf("registries: %q", got)
	}
	if got := texts(h.as("olga").page("/").Find("#models tbody .c-name a")); !slices.Equal(got, []string{"digits-cnn"}) {
		t.Errorf("as one outside the team: %q", got)
	}
}

func TestLandingSearch(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.shelve(registry.Registry("acme", "model"), "digits-cnn", nil)
	h.shelve(registry.Registry("acme", "model"), "churn", func(m *dbtest.Stock) { m.Tags = nil })
	bob := h.as("bob")

	page := bob.page("/?q=MNIST")
	if got := texts(page.Find("#models tbody .c-name a")); !slices.Equal(got, []string{"digits-cnn"}) {
		t.Errorf("found: %q", got)
	}
	if value, _ := page.Find(".listfilter input[name=q]").Attr("value"); value != "MNIST" {
		t.Errorf("the field says %q", value)
	}
	part := bob.page("/?q=mnist", htmx)
	if part.Find(".shell").Length() != 0 || part.Find("#models tbody tr").Length() != 1 || part.Find("#registries[hx-swap-oob]").Length() != 1 {
		t.Errorf("as a part: %s", part.Text())
	}
	for _, header := range []string{"HX-Boosted", "HX-History-Restore-Request"} {
		if whole := bob.page("/?q=mnist", htmx, header+": true"); whole.Find(".shell").Length() != 1 {
			t.Errorf("with %s: no whole page", header)
		}
	}
	none := bob.page("/?q=%3Cb%3Enothing")
	if text := none.Find(".nores").Text(); !strings.Contains(text, "<b>nothing") || !strings.Contains(text, "Clear, 2 models") || none.Find(".empty").Length() != 0 {
		t.Errorf("nothing found: %q", text)
	}
}

func TestLandingEmpty(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	page := h.as("bob").page("/")
	text := page.Find(".empty").Text()
	for _, want := range []string{"WANDB_BASE_URL=http://greenroom.test", `entity="vision"`, "run.link_model("} {
		if !strings.Contains(text, want) {
			t.Errorf("the empty page does not say %q: %s", want, text)
		}
	}
	page = h.as("bob").page("/acme/registry/dataset")
	if text := page.Find(".empty").Text(); !strings.Contains(text, `run.link_artifact(artifact, "acme/wandb-registry-dataset/my-model")`) || !strings.Contains(text, `type="dataset"`) {
		t.Errorf("the empty registry says: %s", text)
	}
}
