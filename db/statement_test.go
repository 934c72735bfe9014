package db_test

import (
	"testing"

	"greenroom/db/dbtest"
	"greenroom/registry"
)

// A newer version of the program may change a table while an older one still serves: what that one has prepared does not
// fit any more. It says so once, and prepares anew.
func TestStatementsOutliveAChangedTable(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	run := registry.RunRef{Place: registry.Project("vision", "speed"), Name: "r1"}
	_, _, err := d.UpsertRun(t.Context(), h.Bob, registry.RunEdit{Run: run})
	must(t, err)
	for range 3 {
		_, err := d.Run(t.Context(), h.Bob, run)
		must(t, err)
	}
	must(t, dbtest.Exec(t, d, `alter table places alter column description type varchar`))
	if _, err := d.Run(t.Context(), h.Bob, run); registry.KindOf(err) != registry.Busy {
		t.Errorf("what was prepared answers %v, want to be asked again", err)
	}
	for range 3 {
		_, err := d.Run(t.Context(), h.Bob, run)
		must(t, err)
	}
}
