package handlers_test

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"greenroom/registry"
)

// Whoever may log tags the runs they tick, and takes it back by the toast; others
// are not asked for a tag.
func TestTaggingRuns(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.digits()
	bob, vera := h.as("bob"), h.as("vera")
	vera.get("/vision/digits").is(200).lacks(".tickbar input")
	tags := func() string {
		return strings.Join(texts(bob.get("/vision/digits?sort=created").is(200).doc.Find(".c-tags")), "|")
	}
	before := tags()
	form := url.Values{"run": {"r1", "r2"}, "tag": {"#" + hostile}, "back": {"/vision/digits?sort=created"}}
	bob.post("/vision/digits/runs/tag", form).leadsTo("/vision/digits?sort=created")
	page := bob.get("/vision/digits?sort=created").is(200).shows("#flash", "Tagged 2 runs")
	if got := strings.Count(page.text(".c-tags"), "onerror"); got != 2 {
		t.Errorf("%d runs have the tag: %s", got, page.text(".c-tags"))
	}
	undo := page.doc.Find("#flash form").AttrOr("action", "")
	bob.post(undo, nil).leadsTo("/vision/digits?sort=created")
	if got := tags(); got != before {
		t.Errorf("taken back, the tags are %q, were %q", got, before)
	}
	for what, tc := range map[string]struct {
		who  *browser
		form url.Values
		want int
	}{
		"nothing ticked":     {bob, url.Values{"tag": {"x"}}, http.StatusUnprocessableEntity},
		"no tag":             {bob, url.Values{"run": {"r1"}, "tag": {" "}}, http.StatusUnprocessableEntity},
		"a run of elsewhere": {bob, url.Values{"run": {"r1", "none"}, "tag": {"x"}}, http.StatusNotFound},
		"a viewer":           {vera, form, http.StatusForbidden},
		"a stranger":         {h.as("eve"), form, http.StatusNotFound},
	} {
		if got := tc.who.post("/vision/digits/runs/tag", tc.form).Status; got != tc.want {
			t.Errorf("%s: %d, want %d", what, got, tc.want)
		}
	}
	if got := tags(); got != before {
		t.Errorf("what was refused left %q", got)
	}
}

func TestExportingRuns(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.digits()
	h.run("digits", "r3", registry.RunEdit{DisplayName: new("=cmd()"), Config: new(`{"lr":{"value":"-1+1"}}`)}, registry.RunLines{})
	link := h.as("vera").get("/vision/digits?f=by:+bob&sort=created").is(200).doc.Find("a[download]").AttrOr("href", "")
	a := h.as("vera").get(link).is(200)
	rows, err := csv.NewReader(strings.NewReader(a.Body)).ReadAll()
	if err != nil || len(rows) != 4 || !strings.HasPrefix(a.Header.Get("Content-Type"), "text/csv") {
		t.Fatalf("%d rows, %v: %s", len(rows), err, a.Body)
	}
	lr := slices.Index(rows[0], "config.lr")
	if lr < 0 || rows[1][lr] != "0.1" || rows[3][lr] != "'-1+1" || rows[3][1] != "'=cmd()" || rows[2][1] != hostile {
		t.Errorf("rows %q", rows)
	}
	h.as("eve").get(link).is(http.StatusNotFound)
	h.as("vera").get("/vision/digits/runs.csv?f=odd:1").is(http.StatusUnprocessableEntity)
}

// A group folds and unfolds by its head, and leads to its runs alone.
func TestGroupingRuns(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.digits()
	vera := h.as("vera")
	page := vera.get("/vision/digits?group=config.lr").is(200)
	if got := texts(page.doc.Find(".grouphead")); !slices.Equal(got, []string{"config.lr0.11", "config.lrnot set1"}) {
		t.Fatalf("groups %q", got)
	}
	if n := page.doc.Find(".runlist .c-n").Length(); n != 2 {
		t.Errorf("%d runs are shown", n)
	}
	folded := vera.get(page.doc.Find(".grouphead").AttrOr("href", "")).is(200)
	if folded.doc.Find(".runlist .c-n").Length() != 1 || folded.doc.Find(`.grouphead[aria-expanded="false"]`).Length() != 1 {
		t.Error("a group does not fold")
	}
	alone := vera.get(page.doc.Find(".grp .sub").Eq(1).AttrOr("href", "")).is(200)
	if got := alone.text(".qchip"); got != "no: config.lr" || alone.doc.Find(".runlist .c-n").Length() != 1 {
		t.Errorf("a group's runs are found by %q", got)
	}
}
