package handlers_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"greenroom/db/dbtest"
	"greenroom/registry"
)

// Beside what a run made or used stand the other runs that use it: a few by name, and the way to all of them.
func TestRunArtifactsTellWhoElseUsesThem(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.shelve(registry.Registry("acme", "model"), "MNIST", nil)
	uses := func(by registry.Actor, place registry.PlaceRef, name, title string) {
		t.Helper()
		run, _, err := h.db.UpsertRun(t.Context(), by, registry.RunEdit{Run: registry.RunRef{Place: place, Name: name}, DisplayName: &title})
		if err != nil {
			t.Fatal(err)
		}
		const q = `insert into lineage (run_id, artifact_id, direction, at) select $1, min(id), 'used', now() from artifacts`
		if err := dbtest.Exec(t, h.db, q, run.ID); err != nil {
			t.Fatal(err)
		}
	}
	digits := registry.Project("vision", "digits")
	uses(h.Bob, digits, "mine", "mine")
	uses(h.Eve, registry.Project("eve", "secret"), "hidden", "hidden")
	vera, at := h.as("vera"), "/vision/digits/runs/mine/artifacts"
	vera.get(at).is(http.StatusOK).shows("#used .c-users", "None").lacks("#used .users")

	uses(h.Bob, registry.Project("vision", "tests"), "t1", hostile)
	page := vera.get(at).is(http.StatusOK).shows("#used th", "Also used by").lacks("main script:not([src])", ".users .sub")
	if got := texts(page.doc.Find("#used .users a")); !slices.Equal(got, []string{hostile}) {
		t.Errorf("used by %q", got)
	}
	if href, _ := page.doc.Find("#used .users a").Attr("href"); href != "/vision/tests/runs/t1" {
		t.Errorf("the user's name leads to %s", href)
	}

	for i := range 4 {
		uses(h.Bob, digits, fmt.Sprint("u", i), fmt.Sprint("user ", i))
	}
	page = vera.get(at).is(http.StatusOK)
	if got := texts(page.doc.Find("#used .users a")); !slices.Equal(got, []string{"user 3", "user 2", "user 1", "and 2 more"}) {
		t.Errorf("used by %q", got)
	}
	more, _ := page.doc.Find("#used .users .sub").Attr("href")
	if want := "/vision/digits/artifacts/model/run-MNIST/v0/usage#used-head"; more != want {
		t.Errorf("more of them are at %s, want %s", more, want)
	}
	vera.get(strings.TrimSuffix(more, "#used-head")).is(http.StatusOK).shows("#used-head", "Used by").shows("section:has(#used-head)", "user 0")

	const many = `
		with made as (
			insert into runs (place_id, name, display_name, created_by, created_at)
			select place_id, 'more-' || n, '', created_by, created_at from runs, generate_series(1, 200) as n where name = 'mine'
			returning id)
		insert into lineage (run_id, artifact_id, direction, at)
		select made.id, (select min(id) from artifacts), 'used', now() from made`
	if err := dbtest.Exec(t, h.db, many); err != nil {
		t.Fatal(err)
	}
	vera.get(at).is(http.StatusOK).shows("#used .users", "more-200").shows("#used .users .sub", "and more than 100 more")
}
