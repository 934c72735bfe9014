package handlers_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"greenroom/db/dbtest"
	"greenroom/registry"
)

func TestEditRun(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.digits()
	bob := h.as("bob")
	const run, overview, project = "/vision/digits/runs/r1", "/vision/digits/runs/r1/overview", "/vision/digits"
	title := func(want string) {
		t.Helper()
		bob.get(run).shows("h1", want)
	}

	bob.post(run+"/rename", url.Values{"name": {" a 'better' <b>name</b> "}}).leadsTo(run)
	title("a 'better' <b>name</b>")
	bob.post(run+"/rename", url.Values{"name": {"one more"}}).leadsTo(run)
	bob.post(bob.undo(run), nil).is(http.StatusSeeOther)
	title("a 'better' <b>name</b>")
	bob.post(run+"/rename", url.Values{"name": {" "}}).is(http.StatusUnprocessableEntity).shows("main", "Give the run a name.")
	bob.post(run+"/rename", url.Values{"name": {strings.Repeat("x", 1000)}}, htmx).is(http.StatusUnprocessableEntity).shows("form", "too long")

	tags := func() []string { return texts(bob.page(run).Find("#run-tags .tag-box")) }
	bob.post(run+"/tags", url.Values{"add": {" keep "}}).leadsTo(run)
	if got := tags(); !slices.Equal(got, []string{"edge case", "#1 <b>", "keep"}) {
		t.Errorf("tags %q", got)
	}
	bob.post(run+"/tags", url.Values{"remove": {"#1 <b>"}}).leadsTo(run)
	bob.post(bob.undo(run), nil).is(http.StatusSeeOther)
	if got := tags(); !slices.Equal(got, []string{"edge case", "keep", "#1 <b>"}) {
		t.Errorf("tags %q", got)
	}
	bob.post(run+"/tags", nil).is(http.StatusUnprocessableEntity).shows("#run-tags", "Type a tag first.")
	bob.post(run+"/tags", url.Values{"add": {strings.Repeat("x", 1000)}}).is(http.StatusUnprocessableEntity).shows("#run-tags", "at most")

	bob.post(run+"/notes", url.Values{"notes": {"# New\r\n\r\nIt *is*."}}).leadsTo(overview)
	if got := bob.page(overview).Find(".mdout em").Text(); got != "is" {
		t.Errorf("the notes stress %q", got)
	}
	bob.post(run+"/notes", url.Values{"notes": {""}}).leadsTo(overview)
	bob.post(bob.undo(overview), nil).is(http.StatusSeeOther)
	bob.get(run+"/notes").shows("textarea", "It *is*.")
	bob.post(run+"/notes/preview", url.Values{"notes": {"**bold**<script>"}}, htmx).shows("strong", "bold").lacks("script", "title")
	bob.post(run+"/notes", url.Values{"notes": {strings.Repeat("x", registry.MaxNotes+1)}}).is(http.StatusUnprocessableEntity).shows("main", "at most")

	bob.post(run+"/stop", nil).leadsTo(run)
	bob.get(run).shows(".head .actions", "Stopping").lacks("form[action$='/stop']")
	bob.post("/vision/digits/runs/r2/stop", nil).leadsTo("/vision/digits/runs/r2")
	bob.get("/vision/digits/runs/r2").shows(".toast-one", "over already")

	bob.get(run+"/delete").shows("h1", "Delete a 'better'")
	bob.post(run+"/delete", nil).leadsTo(project)
	h.as("bob").get(run).is(http.StatusNotFound)
	bob.post(bob.undo(project), nil).is(http.StatusSeeOther)
	title("a 'better'")
	bob.post(run+"/restore", nil).leadsTo(run)
	r, err := h.db.Run(t.Context(), h.Bob, registry.RunRef{Place: registry.Project("vision", "digits"), Name: "r1"})
	if err != nil {
		t.Fatal(err)
	}
	names := dbtest.EventNames(t, h.db, registry.RunSubject, r.ID)
	if got := strings.Join(names[len(names)-3:], " "); got != "run.stop_asked run.deleted run.restored" {
		t.Errorf("the log ends with %s", got)
	}
}

// Viewers see no way to change a run, members may delete their own, administrators any.
func TestWhoEditsRuns(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.digits()
	const run = "/vision/digits/runs/r1"
	vera, ada, eve := h.as("vera"), h.as("ada"), h.as("eve")
	vera.get(run).lacks("#run-menu", "#run-tags form", ".head form")
	if got := texts(h.as("bob").page(run).Find("#run-menu li a")); !slices.Equal(got, []string{"Rename", "Edit notes", "Delete run"}) {
		t.Errorf("its maker may %q", got)
	}
	forms := map[string]url.Values{
		"/tags": {"add": {"x"}}, "/rename": {"name": {"x"}}, "/notes": {"notes": {"x"}}, "/notes/preview": {"notes": {"x"}}, "/stop": nil, "/delete": nil, "/restore": nil,
	}
	for path, form := range forms {
		vera.post(run+path, form).is(http.StatusForbidden)
		eve.post(run+path, form).is(http.StatusNotFound)
		ada.post("/vision/digits/runs/none"+path, form).is(http.StatusNotFound)
		if to := h.browser().post(run+path, form).is(http.StatusSeeOther).Header.Get("Location"); !strings.HasPrefix(to, "/login") {
			t.Errorf("%s leads a stranger to %s", path, to)
		}
	}
	for _, path := range []string{"/rename", "/notes", "/delete"} {
		vera.get(run + path).is(http.StatusForbidden)
		eve.get(run + path).is(http.StatusNotFound)
	}
	ref := registry.RunRef{Place: registry.Project("vision", "digits"), Name: "adas"}
	if _, _, err := h.db.UpsertRun(t.Context(), h.Ada, registry.RunEdit{Run: ref}); err != nil {
		t.Fatal(err)
	}
	bob := h.as("bob")
	if got := texts(bob.page("/vision/digits/runs/adas").Find("#run-menu li a")); !slices.Equal(got, []string{"Rename", "Edit notes"}) {
		t.Errorf("another member may %q", got)
	}
	bob.post("/vision/digits/runs/adas/delete", nil).is(http.StatusForbidden)
	ada.post(run+"/delete", nil).leadsTo("/vision/digits")
	h.as("bob").post(run+"/restore", nil).leadsTo(run)
	ada.post("/vision/digits/runs/adas/delete", nil).leadsTo("/vision/digits")
	bob.post("/vision/digits/runs/adas/restore", nil).is(http.StatusForbidden)
}
