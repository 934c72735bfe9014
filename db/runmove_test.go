package db_test

import (
	"slices"
	"testing"

	"greenroom/db/dbtest"
	"greenroom/registry"
)

// A run that is moved takes its tags, words, values and its part of the counts along.
func TestMoveRun(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	state := registry.Finished
	logRun(t, d, h.Bob, "digits", "r", registry.RunEdit{Tags: &[]string{"keep"}, Config: new(`{"lr":{"value":0.5}}`), Summary: new(`{"acc":0.9}`), Notes: new("zebra")})
	logRun(t, d, h.Bob, "digits", "live", registry.RunEdit{})
	logRun(t, d, h.Ada, "letters", "taken", registry.RunEdit{})
	logRun(t, d, h.Bob, "digits", "taken", registry.RunEdit{})
	for _, name := range []string{"r", "taken"} {
		_, _, err := d.UpsertRun(t.Context(), h.Bob, registry.RunEdit{Run: runAt("digits", name), State: &state})
		must(t, err)
	}

	move := func(who registry.Actor, name, to string) error {
		_, _, err := d.MoveRun(t.Context(), who, runAt("digits", name), to)
		return err
	}
	wantKind(t, "a viewer's move", move(h.Vera, "r", "letters"), registry.Denied)
	wantKind(t, "a stranger's move", move(h.Eve, "r", "letters"), registry.NotFound)
	wantKind(t, "a live run", move(h.Bob, "live", "letters"), registry.Conflict)
	wantKind(t, "to nowhere", move(h.Bob, "r", "nowhere"), registry.Invalid)
	wantKind(t, "to a run of its ID", move(h.Bob, "taken", "letters"), registry.Invalid)

	was, is, err := d.MoveRun(t.Context(), h.Bob, runAt("digits", "r"), "letters")
	must(t, err)
	if was.Place.Name != "digits" || is.Place.Name != "letters" || is.ID != was.ID {
		t.Errorf("moved from %v to %v", was.Ref(), is.Ref())
	}
	_, err = d.Run(t.Context(), h.Bob, runAt("digits", "r"))
	wantKind(t, "the old address", err, registry.NotFound)
	followed, err := d.MovedRun(t.Context(), h.Vera, runAt("digits", "r"))
	if must(t, err); followed.ID != is.ID {
		t.Errorf("the old address leads to %v", followed.Ref())
	}
	_, err = d.MovedRun(t.Context(), h.Eve, runAt("digits", "r"))
	wantKind(t, "the old address, to a stranger", err, registry.NotFound)

	for what, q := range map[string]string{
		"run_tags":   `select p.name from run_tags r join places p on p.id = r.place_id where tag = 'keep'`,
		"run_words":  `select p.name from run_words r join places p on p.id = r.place_id where words like '%zebra%'`,
		"run_values": `select distinct p.name from run_values v join run_keys k on k.id = v.key_id join places p on p.id = k.place_id where k.name in ('config.lr', 'summary.acc')`,
		"run_counts": `select p.name from run_counts c join places p on p.id = c.place_id where c.state = 'finished' and p.name = 'letters' group by p.name having sum(runs) = 1`,
	} {
		if got := dbtest.Texts(t, d, q); !slices.Equal(got, []string{"letters"}) {
			t.Errorf("%s has the run in %q", what, got)
		}
	}
	counted := dbtest.Texts(t, d, `select place_id || ' ' || state || ' ' || sum(runs) from run_counts group by place_id, state having sum(runs) <> 0 order by 1`)
	there := dbtest.Texts(t, d, `select place_id || ' ' || state || ' ' || count(*) from runs where deleted_at is null group by place_id, state order by 1`)
	if !slices.Equal(counted, there) {
		t.Errorf("counted %v, there are %v", counted, there)
	}
	if names := dbtest.EventNames(t, d, registry.RunSubject, is.ID); names[len(names)-1] != (registry.RunMoved{}).EventName() {
		t.Errorf("the log says %q", names)
	}
}

func runAt(project, run string) registry.RunRef {
	return registry.RunRef{Place: registry.Project("vision", project), Name: run}
}
