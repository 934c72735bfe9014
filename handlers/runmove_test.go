package handlers_test

import (
	"net/http"
	"net/url"
	"testing"

	"greenroom/registry"
)

func TestMoveRun(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.digits()
	const run, there = "/vision/digits/runs/r2", "/vision/letters/runs/r2"
	bob := h.as("bob")
	bob.get("/vision/digits/runs/r1").lacks("#run-menu a[href$='/move']") // which still logs
	bob.get("/vision/digits/runs/r1/move").is(http.StatusConflict)
	bob.get(run+"/move").shows("main", "has no other project").lacks("main form[action$='/move']")
	other := registry.RunRef{Place: registry.Project("vision", "letters"), Name: "other"}
	if _, _, err := h.db.UpsertRun(t.Context(), h.Bob, registry.RunEdit{Run: other}); err != nil {
		t.Fatal(err)
	}
	bob.get(run).shows("#run-menu a[href$='/move']", "Move to another project")
	bob.get(run+"/move").shows("option", "letters")
	bob.post(run+"/move", url.Values{"project": {"nowhere"}}).is(http.StatusUnprocessableEntity).shows("form", "There is no project called nowhere here.")
	h.as("vera").post(run+"/move", url.Values{"project": {"letters"}}).is(http.StatusForbidden)
	h.as("eve").post(run+"/move", url.Values{"project": {"letters"}}).is(http.StatusNotFound)

	bob.post(run+"/move", url.Values{"project": {"letters"}}).leadsTo(there)
	undo := bob.undo(there)
	for _, part := range []string{"", "/overview", "/logs"} {
		if got := bob.get(run + part).Header.Get("Location"); got != there+part {
			t.Errorf("%s leads to %q", run+part, got)
		}
	}
	h.as("eve").get(run).is(http.StatusNotFound)
	bob.post(undo, nil).is(http.StatusSeeOther)
	bob.get(run).is(http.StatusOK)
	bob.get(there).is(http.StatusMovedPermanently)
}
