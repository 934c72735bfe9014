package db_test

import (
	"context"
	"slices"
	"testing"

	"greenroom/db/dbtest"
	"greenroom/registry"
)

// What a run logs and what happens to it is told by word, on a connection that may be lost.
func TestFollow(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	run := logRun(t, d, h.Bob, "digits", "a", registry.RunEdit{})
	ctx, stop := context.WithCancel(t.Context())
	heard := make(chan registry.Notice, 1000)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		d.Follow(ctx, func(n registry.Notice) { heard <- n })
	}()
	await := func(what string, about registry.Subject) {
		t.Helper()
		for {
			select {
			case n := <-heard:
				if what == "" && n.About == nil || slices.Contains(n.What, what) && slices.Contains(n.About, about) {
					return
				}
			case <-t.Context().Done():
				t.Fatalf("nobody tells %q", what)
			}
		}
	}
	await("", registry.Subject{})
	said := registry.RunLines{Summary: new(`{"acc":1}`), Lines: map[registry.Stream]registry.Lines{
		registry.HistoryStream: {Text: []string{`{"acc":1,"_step":0}`}}, registry.OutputStream: {Text: []string{"hello"}},
	}}
	if _, err := d.AppendHistory(t.Context(), h.Bob, run.Ref(), said); err != nil {
		t.Fatal(err)
	}
	at := registry.RunSubject.Of(run.ID)
	select {
	case n := <-heard:
		if want := (registry.Notice{What: []string{"points", "console", "summary"}, About: []registry.Subject{at}}); n.String() != want.String() {
			t.Errorf("what was logged is told as %q", n)
		}
	case <-t.Context().Done():
		t.Fatal("nobody tells what was logged")
	}

	const lose = `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query ilike 'listen%'`
	if err := dbtest.Exec(t, d, lose); err != nil {
		t.Fatal(err)
	}
	await("", registry.Subject{})
	if _, err := d.AppendHistory(t.Context(), h.Bob, run.Ref(), registry.RunLines{Complete: true}); err != nil {
		t.Fatal(err)
	}
	await("run.ended", at)
	if _, _, err := d.UpsertRun(t.Context(), h.Bob, registry.RunEdit{Run: run.Ref(), Config: new(`{"lr":{"value":1}}`)}); err != nil {
		t.Fatal(err)
	}
	await(registry.NewSummary, at)
	stop()
	<-ended
}

func TestFindRun(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	run := logRun(t, d, h.Bob, "digits", "a", registry.RunEdit{})
	ref := registry.RunRef{Place: registry.Project("vision", "digits"), Name: "a"}
	if id, err := d.FindRun(t.Context(), h.Vera, ref); err != nil || id != run.ID {
		t.Errorf("FindRun = %d, %v", id, err)
	}
	for _, ref := range []registry.RunRef{ref, {ID: run.ID}} {
		if _, err := d.FindRun(t.Context(), h.Eve, ref); registry.KindOf(err) != registry.NotFound {
			t.Errorf("a stranger finds %v: %v", ref, err)
		}
	}
}
