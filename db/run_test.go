package db_test

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"greenroom/db/dbtest"
	"greenroom/registry"
)

func upsert(t *testing.T, name string, edit registry.RunEdit) registry.RunEdit {
	t.Helper()
	edit.Run = registry.RunRef{Place: registry.Project("vision", "mnist"), Name: name}
	return edit
}

func TestUpsertRun(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	ctx := t.Context()
	notes, config, tags := "first try", `{"lr":{"value":0.1},"bad":{"value":NaN}}`, []string{"baseline"}

	made, inserted, err := d.UpsertRun(ctx, h.Bob, upsert(t, "r1", registry.RunEdit{Notes: &notes, Config: &config, Tags: &tags}))
	if err != nil || !inserted {
		t.Fatalf("UpsertRun = %v, %v", inserted, err)
	}
	if made.State != registry.Running || made.Notes != notes || made.Config != config || made.Author != "bob" || made.Place.Name != "mnist" {
		t.Errorf("made %+v", made)
	}
	if parts := strings.Split(made.DisplayName, "-"); len(parts) != 3 || parts[2] != "1" {
		t.Errorf("display name %q", made.DisplayName)
	}

	again, inserted, err := d.UpsertRun(ctx, h.Bob, upsert(t, "r1", registry.RunEdit{}))
	if err != nil || inserted || again.Notes != notes || again.Config != config || len(again.Tags) != 1 || again.ID != made.ID {
		t.Errorf("with nothing to change: %+v, %v, %v", again, inserted, err)
	}
	none, name := []string{}, "seven"
	edited, _, err := d.UpsertRun(ctx, h.Ada, registry.RunEdit{Run: registry.RunRef{ID: made.ID}, Tags: &none, DisplayName: &name})
	if err != nil || len(edited.Tags) != 0 || edited.DisplayName != "seven" || edited.Notes != notes {
		t.Errorf("edited: %+v, %v", edited, err)
	}
	unnamed, inserted, err := d.UpsertRun(ctx, h.Bob, upsert(t, "", registry.RunEdit{}))
	if err != nil || !inserted || len(unnamed.Name) != 8 || !strings.HasSuffix(unnamed.DisplayName, "-2") {
		t.Errorf("unnamed: %+v, %v", unnamed, err)
	}

	for _, tc := range []struct {
		what string
		by   registry.Actor
		edit registry.RunEdit
		want registry.Kind
	}{
		{"a viewer", h.Vera, upsert(t, "r2", registry.RunEdit{}), registry.Denied},
		{"outside the team", h.Olga, upsert(t, "r2", registry.RunEdit{}), registry.NotFound},
		{"a name that cannot be", h.Bob, upsert(t, "a/b", registry.RunEdit{}), registry.Invalid},
		{"a registry's name", h.Bob, registry.RunEdit{Run: registry.RunRef{Place: registry.PlaceNamed("vision", "model-registry"), Name: "r"}}, registry.Invalid},
		{"a project that cannot be", h.Bob, registry.RunEdit{Run: registry.RunRef{Place: registry.Project("vision", ".."), Name: "r"}}, registry.Invalid},
		{"a config that is none", h.Bob, upsert(t, "r2", registry.RunEdit{Config: &notes}), registry.Invalid},
		{"a run that is not there", h.Bob, registry.RunEdit{Run: registry.RunRef{ID: 999}}, registry.NotFound},
	} {
		if _, _, err := d.UpsertRun(ctx, tc.by, tc.edit); registry.KindOf(err) != tc.want {
			t.Errorf("%s: %v, want %s", tc.what, err, tc.want)
		}
	}
	list, err := d.Runs(ctx, h.Vera, registry.Project("vision", "mnist"), registry.RunQuery{First: 10})
	if err != nil || list.Total != 2 {
		t.Errorf("refusals left %d runs, %v", list.Total, err)
	}
}

// Who only edits a run that is over leaves it over; a script that is about to log
// to it takes it up again.
func TestResumeRun(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	ctx := t.Context()
	made, _, err := d.UpsertRun(ctx, h.Bob, upsert(t, "r", registry.RunEdit{Logs: true}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.AppendHistory(ctx, h.Bob, registry.RunRef{ID: made.ID}, registry.RunLines{Complete: true, ExitCode: 3}); err != nil {
		t.Fatal(err)
	}
	notes := "what went wrong"
	for _, tc := range []struct {
		edit registry.RunEdit
		want registry.RunState
	}{
		{registry.RunEdit{Run: registry.RunRef{ID: made.ID}, Notes: &notes}, registry.Failed},
		{upsert(t, "r", registry.RunEdit{Notes: &notes}), registry.Failed},
		{registry.RunEdit{Run: registry.RunRef{ID: made.ID}, Logs: true}, registry.Running},
		{upsert(t, "r", registry.RunEdit{Logs: true}), registry.Running},
	} {
		run, inserted, err := d.UpsertRun(ctx, h.Bob, tc.edit)
		if err != nil || inserted || run.State != tc.want || (run.ExitCode == nil) != (tc.want == registry.Running) {
			t.Errorf("%+v: %s, exit code %v, %v", tc.edit, run.State, run.ExitCode, err)
		}
	}
	entries, err := d.Events(ctx, h.Vera, registry.Project("vision", "mnist"), 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, e := range entries {
		told = append(told, e.Name)
	}
	if got := strings.Join(told, " "); got != "run.resumed run.updated run.ended run.created place.created" {
		t.Errorf("told, latest first: %s", got)
	}
}

// One of many processes that start at once makes the run, and the project.
func TestUpsertRunAtOnce(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	var made atomic.Int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			_, inserted, err := d.UpsertRun(t.Context(), h.Bob, upsert(t, "r", registry.RunEdit{Logs: true}))
			if err != nil {
				t.Error(err)
			}
			if inserted {
				made.Add(1)
			}
		})
	}
	wg.Wait()
	if made.Load() != 1 {
		t.Errorf("%d of 8 made the run", made.Load())
	}
}

func TestDeleteRun(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	ctx := t.Context()
	runs := map[string]registry.RunRef{}
	for _, name := range []string{"bobs", "adas"} {
		by := map[string]registry.Actor{"bobs": h.Bob, "adas": h.Ada}[name]
		run, _, err := d.UpsertRun(ctx, by, upsert(t, name, registry.RunEdit{}))
		if err != nil {
			t.Fatal(err)
		}
		runs[name] = registry.RunRef{ID: run.ID}
	}
	if err := d.DeleteRun(ctx, h.Bob, runs["adas"]); registry.KindOf(err) != registry.Denied {
		t.Errorf("a member deleted somebody else's run: %v", err)
	}
	if asked, err := d.StopRun(ctx, h.Bob, runs["bobs"]); err != nil || !asked {
		t.Errorf("StopRun = %v, %v", asked, err)
	}
	for range 2 {
		if err := d.DeleteRun(ctx, h.Bob, runs["bobs"]); err != nil {
			t.Errorf("DeleteRun = %v", err)
		}
	}
	if err := d.DeleteRun(ctx, h.Ada, runs["adas"]); err != nil {
		t.Errorf("an administrator cannot delete a run: %v", err)
	}
	if _, err := d.Run(ctx, h.Bob, runs["bobs"]); registry.KindOf(err) != registry.NotFound {
		t.Errorf("a deleted run is shown: %v", err)
	}
	if _, _, err := d.UpsertRun(ctx, h.Bob, upsert(t, "bobs", registry.RunEdit{})); registry.KindOf(err) != registry.Gone {
		t.Errorf("a deleted run goes on: %v", err)
	}
}

func TestRuns(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	ctx := t.Context()
	for i, config := range []string{
		`{"lr":{"value":0.1},"net":{"value":{"layers":3}},"a.b":{"value":1}}`, `{"lr":{"value":0.01}}`, `{}`, `{"lr":{"value":NaN}}`,
	} {
		name := "r" + string(rune('0'+i))
		summary := `{"acc":` + []string{"0.5", "0.9", "NaN", "0.7"}[i] + `}`
		tags := []string{"all", name}
		if _, _, err := d.UpsertRun(ctx, h.Bob, upsert(t, name, registry.RunEdit{Config: &config, Summary: &summary, Tags: &tags})); err != nil {
			t.Fatal(err)
		}
	}
	for _, tc := range []struct{ filter, order, want string }{
		{``, ``, "r0 r1 r2 r3"},
		{``, `-created_at`, "r3 r2 r1 r0"},
		{``, `-name`, "r3 r2 r1 r0"},
		{`{"tags":"r1"}`, ``, "r1"},
		{`{"config.lr":0.1}`, ``, "r0"},
		{`{"config.lr.value":{"$lt":0.05}}`, ``, "r1"},
		{`{"config.net.layers":3}`, ``, "r0"},
		{`{"config.net.value.layers":3}`, ``, "r0"},
		{`{"config.a.b":1}`, ``, "r0"},
		{`{"config.lr":{"$exists":false}}`, ``, "r2"},
		{`{"summary_metrics.acc":{"$gt":0.6}}`, `-summary_metrics.acc`, "r1 r3"},
		{`{"$or":[{"name":"r0"},{"state":"failed"}]}`, ``, "r0"},
		{`{"username":"bob"}`, `+config.lr.value`, "r1 r0 r2 r3"},
		{`{"created_at":{"$lt":"2020-01-01"}}`, ``, ""},
	} {
		filter, err := registry.ParseFilter(tc.filter)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for cursor := ""; ; {
			list, err := d.Runs(ctx, h.Vera, registry.Project("vision", "mnist"), registry.RunQuery{Filter: filter, Order: tc.order, After: cursor, First: 2})
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range list.Runs {
				got = append(got, r.Name)
			}
			if !list.More {
				break
			}
			cursor = list.Cursors[len(list.Cursors)-1]
		}
		if strings.Join(got, " ") != tc.want {
			t.Errorf("filter %s order %q: %v, want %s", tc.filter, tc.order, got, tc.want)
		}
	}
}

func TestIdentityAndPlaces(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	ctx := t.Context()
	me, err := d.Identity(ctx, h.Bob)
	if err != nil || me.Name != "bob" || len(me.Teams) != 2 || me.Teams[0].Name != "bob" || me.Teams[1].Name != "vision" || len(me.Organizations) != 1 {
		t.Errorf("Identity = %+v, %v", me, err)
	}
	team, err := d.EntityDetail(ctx, h.Vera, "Vision")
	if err != nil || team.OrganizationName != "acme" || len(team.Members) != 3 {
		t.Errorf("EntityDetail = %+v, %v", team, err)
	}
	if _, err := d.EntityDetail(ctx, h.Eve, "vision"); registry.KindOf(err) != registry.NotFound {
		t.Errorf("a stranger sees the team: %v", err)
	}
	registries, err := d.Places(ctx, h.Olga, registry.PlaceQuery{Kind: registry.RegistryPlace, Entity: "acme", First: 10})
	if err != nil || len(registries.Places) != 2 || registries.Places[0].ClientName() != "wandb-registry-dataset" {
		t.Errorf("Places = %+v, %v", registries, err)
	}
	described := "digits"
	for i, want := range []bool{true, false} {
		made, inserted, err := d.UpsertProject(ctx, h.Bob, registry.ProjectEdit{Place: registry.Project("", "digits"), Description: &described})
		if err != nil || inserted != want || made.Description != "digits" || made.Creator != "bob" {
			t.Errorf("UpsertProject %d = %+v, %v, %v", i, made, inserted, err)
		}
	}
	people, err := d.PeopleLike(ctx, h.Eve, "", 10)
	if err != nil || len(people) != 1 {
		t.Errorf("eve sees %d people, %v", len(people), err)
	}
}

// What is too large is refused while nothing is there yet, and dropped with a warning from a run that logs; a list of large
// ones comes in pages that fit.
func TestLargeRuns(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	house := dbtest.Furnish(t, d)
	ctx := t.Context()
	config := func(bytes int) *string { return new(`{"blob":{"value":"` + strings.Repeat("x", bytes) + `"}}`) }
	for i, name := range []string{"one", "two", "three"} {
		logRun(t, d, house.Bob, "digits", name, registry.RunEdit{Config: config(14_000_000 + i)})
	}

	elsewhere := registry.Project("vision", "elsewhere")
	_, _, err := d.UpsertRun(ctx, house.Bob, registry.RunEdit{Run: registry.RunRef{Place: elsewhere, Name: "r"}, Config: config(20_000_000), Logs: true})
	wantKind(t, "a new run", err, registry.Invalid)
	_, err = d.Place(ctx, house.Bob, elsewhere)
	wantKind(t, "the project of what was refused", err, registry.NotFound)

	ref := registry.RunRef{Place: registry.Project("vision", "digits"), Name: "one"}
	run, inserted, err := d.UpsertRun(ctx, house.Bob, registry.RunEdit{Run: ref, Config: config(20_000_000), Notes: new("kept"), Logs: true})
	if err != nil || inserted || len(run.Config) > 15_000_000 || run.Notes != "kept" || len(run.Progress.Warnings) != 1 || !strings.Contains(run.Progress.Warnings[0], "config was dropped") {
		t.Errorf("a run that logs: %v, %d bytes of config, %q, %q", err, len(run.Config), run.Notes, run.Progress.Warnings)
	}
	_, _, err = d.UpsertRun(ctx, house.Bob, registry.RunEdit{Run: registry.RunRef{ID: run.ID}, Config: config(20_000_000)})
	wantKind(t, "a run that is edited", err, registry.Invalid)

	var names []string
	query := registry.RunQuery{First: 50}
	for range 3 {
		list, err := d.Runs(ctx, house.Bob, ref.Place, query)
		must(t, err)
		for _, r := range list.Runs {
			names = append(names, r.Name)
		}
		names = append(names, "|")
		if list.Total != 3 || !list.More {
			break
		}
		query.After = list.Cursors[len(list.Cursors)-1]
	}
	if got := strings.Join(names, " "); got != "one two | three |" {
		t.Errorf("the pages are %s", got)
	}
}
