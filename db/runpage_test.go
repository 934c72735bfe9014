package db_test

import (
	"fmt"
	"strings"
	"testing"

	"greenroom/db/dbtest"
	"greenroom/registry"
)

func TestRunPage(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	run := logRun(t, d, h.Bob, "digits", "a", registry.RunEdit{Notes: new("try")})
	said := registry.RunLines{Lines: map[registry.Stream]registry.Lines{registry.HistoryStream: {}, registry.OutputStream: {}}}
	history, output := registry.Lines{}, registry.Lines{}
	for i := range 1200 {
		output.Text = append(output.Text, fmt.Sprintf("2026-11-23T10:00:00.000000 line %d", i))
		history.Text = append(history.Text, fmt.Sprintf(`{"acc":%d,"train/loss":1,"_step":%d}`, i, i))
	}
	said.Lines[registry.HistoryStream], said.Lines[registry.OutputStream] = history, output
	if _, err := d.AppendHistory(t.Context(), h.Bob, run.Ref(), said); err != nil {
		t.Fatal(err)
	}
	page := func(q registry.RunPageQuery) registry.RunPage {
		t.Helper()
		p, err := d.RunPage(t.Context(), h.Vera, registry.RunRef{Place: registry.Project("vision", "digits"), Name: "a"}, q)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}

	p := page(registry.RunPageQuery{Part: registry.RunCharts})
	if p.Charts != 2 || p.AuthorName != "bob" || len(p.Keys) != 2 || len(p.Output) != 4 || p.Output[3].Text != "line 1199" || !p.Before {
		t.Errorf("charts: %+v", p)
	}
	for _, tc := range []struct {
		from           *int64
		first, last    int64
		before, behind bool
	}{
		{nil, 700, 1199, true, false},
		{new(int64(0)), 0, 499, false, true},
		{new(int64(200)), 200, 699, true, true},
		{new(int64(1000)), 1000, 1199, true, false},
		{new(int64(-5)), 0, 499, false, true},
	} {
		p := page(registry.RunPageQuery{Part: registry.RunLogs, From: tc.from})
		if n := len(p.Output); n == 0 || p.Output[0].Number != tc.first || p.Output[n-1].Number != tc.last || p.Before != tc.before || p.Behind != tc.behind {
			t.Errorf("from %v: %d lines from %d, %v, %v", tc.from, n, p.Output[0].Number, p.Before, p.Behind)
		}
	}
	if p := page(registry.RunPageQuery{Part: registry.RunLogs, From: new(int64(5000))}); len(p.Output) != 0 || !p.Before {
		t.Errorf("behind the end: %d lines", len(p.Output))
	}

	for _, tc := range []struct {
		by   registry.Actor
		name string
		want registry.Kind
	}{
		{h.Olga, "a", registry.NotFound}, {h.Eve, "a", registry.NotFound}, {registry.Actor{}, "a", registry.Unauthenticated},
		{h.Bob, "b", registry.NotFound}, {h.Bob, "A", registry.NotFound},
	} {
		ref := registry.RunRef{Place: registry.Project("vision", "digits"), Name: tc.name}
		if _, err := d.RunPage(t.Context(), tc.by, ref, registry.RunPageQuery{Part: registry.RunCharts}); registry.KindOf(err) != tc.want {
			t.Errorf("%q for %q: %v", tc.name, tc.by.Name, err)
		}
	}
	if err := d.DeleteRun(t.Context(), h.Bob, run.Ref()); err != nil {
		t.Fatal(err)
	}
	if _, err := d.RunPage(t.Context(), h.Bob, run.Ref(), registry.RunPageQuery{}); registry.KindOf(err) != registry.NotFound {
		t.Errorf("deleted: %v", err)
	}
}

func TestRunPageOfManyMetrics(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	run := logRun(t, d, h.Bob, "digits", "wide", registry.RunEdit{})
	var line strings.Builder
	line.WriteString(`{"_step":0,"Val/Acc":1`)
	const many = 2*registry.RunChartsPage + 7
	for i := range many {
		fmt.Fprintf(&line, `,"k%04d":%d`, i, i)
	}
	said := registry.RunLines{Lines: map[registry.Stream]registry.Lines{registry.HistoryStream: {Text: []string{line.String() + "}"}}}}
	if _, err := d.AppendHistory(t.Context(), h.Bob, run.Ref(), said); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		search       string
		found, pages int
	}{
		{"", many + 1, 3}, {"K", many, 3}, {"k0 3", 158, 1}, {"acc val", 1, 1}, {"_step", 0, 1}, {"%", 0, 1},
	} {
		seen, pages := map[string]float64{}, 0
		for query := (registry.RunPageQuery{Part: registry.RunCharts, Search: tc.search}); ; pages++ {
			p, err := d.RunPage(t.Context(), h.Vera, run.Ref(), query)
			if err != nil || p.Charts != many+1 || p.Found != tc.found || len(p.Keys) > registry.RunChartsPage {
				t.Fatalf("%q: %d of %d metrics, %d of them here, %v", tc.search, p.Found, p.Charts, len(p.Keys), err)
			}
			for _, k := range p.Keys {
				seen[k.Key] = k.Last
			}
			if query.After = p.Next; p.Next == "" {
				pages++
				break
			}
		}
		if len(seen) != tc.found || pages != tc.pages {
			t.Errorf("%q shows %d metrics on %d pages, want %d on %d", tc.search, len(seen), pages, tc.found, tc.pages)
		}
		if tc.search == "" && seen["k0123"] != 123 {
			t.Errorf("k0123 is %v", seen["k0123"])
		}
	}
}

func TestRunPageTellsWhatWasMade(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	dbtest.Put(t, d, h.Ada, dbtest.Stock{
		Place: registry.Registry("vision", "model-registry"), Project: registry.Project("vision", "digits"), Name: "cnn",
		Versions: []dbtest.StockVersion{{Summary: `{"acc":1}`, Aliases: []string{"staging"}}},
	})
	run := logRun(t, d, h.Bob, "digits", "user", registry.RunEdit{})
	const q = `
		insert into lineage (run_id, artifact_id, direction, at)
		select run_id, id, 'made', now() from artifacts
		union all
		select $1, id, 'used', now() from artifacts`
	if err := dbtest.Exec(t, d, q, run.ID); err != nil {
		t.Fatal(err)
	}
	p, err := d.RunPage(t.Context(), h.Vera, run.Ref(), registry.RunPageQuery{Part: registry.RunArtifacts})
	if err != nil || p.Versions != 1 || len(p.Made.Versions) != 0 || len(p.Used.Versions) != 1 || p.Used.Versions[0].Collection.Name != "run-cnn" || len(p.Used.Versions[0].Standings) != 2 {
		t.Errorf("%+v, %v", p, err)
	}
}

// Of a version, a run's page tells the other runs that use it and that its reader may see; where they are many, it stops
// counting.
func TestRunPageTellsWhoElseUsesWhat(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	dbtest.Put(t, d, h.Ada, dbtest.Stock{
		Place: registry.Registry("acme", "model"), Project: registry.Project("vision", "digits"), Name: "cnn",
		Versions: []dbtest.StockVersion{{Summary: `{"acc":1}`}, {Summary: `{"acc":2}`}},
	})
	dbtest.Put(t, d, h.Ada, dbtest.Stock{
		Place: registry.Registry("acme", "dataset"), Project: registry.Project("vision", "digits"), Name: "rows", Type: "dataset", Versions: []dbtest.StockVersion{{}},
	})
	uses := func(by registry.Actor, place registry.PlaceRef, name string) registry.RunRef {
		t.Helper()
		run, _, err := d.UpsertRun(t.Context(), by, registry.RunEdit{Run: registry.RunRef{Place: place, Name: name}, DisplayName: new("uses " + name)})
		must(t, err)
		const q = `
			insert into lineage (run_id, artifact_id, direction, at)
			select $1, a.id, 'used', now() from artifacts a join collections c on c.id = a.collection_id where c.name = 'run-cnn' and a.id = (select min(id) from artifacts)`
		must(t, dbtest.Exec(t, d, q, run.ID))
		return run.Ref()
	}
	const made = `insert into lineage (run_id, artifact_id, direction, at) select run_id, id, 'made', now() from artifacts where run_id is not null`
	must(t, dbtest.Exec(t, d, made))
	digits, tests := registry.Project("vision", "digits"), registry.Project("vision", "tests")
	mine := uses(h.Bob, digits, "mine")
	must(t, dbtest.Exec(t, d, `
		insert into lineage (run_id, artifact_id, direction, at)
		select $1, a.id, 'used', now() from artifacts a join collections c on c.id = a.collection_id where c.name = 'run-rows'`, mine.ID))
	uses(h.Bob, digits, "one")
	gone := uses(h.Bob, digits, "gone")
	uses(h.Bob, tests, "two")
	uses(h.Eve, registry.Project("eve", "secret"), "hidden")
	olgas := uses(h.Olga, registry.Project("olga", "own"), "olgas")
	must(t, d.DeleteRun(t.Context(), h.Bob, gone))

	// told is what the page of a run says about v0, "" if that is not on it.
	told := func(by registry.Actor, run registry.RunRef) string {
		t.Helper()
		p, err := d.RunPage(t.Context(), by, run, registry.RunPageQuery{Part: registry.RunArtifacts})
		must(t, err)
		var said []string
		for _, v := range append(p.Made.Versions, p.Used.Versions...) {
			users, some := p.UsedBy[v.Artifact.ID]
			if v.Source.Number != 0 || v.Source.Collection.Name != "run-cnn" {
				if some {
					t.Errorf("%s:%s is used by %+v", v.Source.Collection.Name, v.Source.Name(), users)
				}
				continue
			}
			for _, r := range users.Runs {
				said = append(said, r.Place.EntityName+"/"+r.Place.Name+"/"+r.Name+" "+r.DisplayName)
			}
			said = append(said, fmt.Sprint(users.More, " ", users.Many))
		}
		return strings.Join(said, ", ")
	}
	maker := registry.RunRef{Place: digits, Name: dbtest.Texts(t, d, `select name from runs where display_name = 'calm-river-0'`)[0]}
	for _, tc := range []struct {
		what string
		by   registry.Actor
		run  registry.RunRef
		want string
	}{
		{"a user", h.Vera, mine, "vision/tests/two uses two, vision/digits/one uses one, 0 false"},
		{"the maker", h.Vera, maker, "vision/tests/two uses two, vision/digits/one uses one, vision/digits/mine uses mine, 0 false"},
		{"one from elsewhere", h.Olga, olgas, "0 false"},
	} {
		if got := told(tc.by, tc.run); got != tc.want {
			t.Errorf("%s: %s, want %s", tc.what, got, tc.want)
		}
	}

	more := func(n int) {
		t.Helper()
		const q = `
			with made as (
				insert into runs (place_id, name, display_name, created_by, created_at)
				select r.place_id, 'more-' || r.id || '-' || n, 'more ' || n, r.created_by, now()
				from (select * from runs where name = 'one' or name like 'more%' order by id desc limit 1) r, generate_series(1, $1::int) as n
				returning id)
			insert into lineage (run_id, artifact_id, direction, at)
			select id, (select min(id) from artifacts), 'used', now() from made`
		must(t, dbtest.Exec(t, d, q, n))
	}
	const most = registry.OtherUsersNamed + registry.OtherUsersCounted
	for _, tc := range []struct {
		add  int
		want string
	}{
		{3, "more 3, more 2, more 1, 2 false"},
		{most - 5, "more 98, more 97, more 96, 100 false"},
		{1, "more 1, more 98, more 97, 100 true"},
		{300, "more 300, more 299, more 298, 100 true"},
	} {
		more(tc.add)
		p, err := d.RunPage(t.Context(), h.Vera, mine, registry.RunPageQuery{Part: registry.RunArtifacts})
		must(t, err)
		for _, users := range p.UsedBy {
			got := fmt.Sprintf("%s, %s, %s, %d %v", users.Runs[0].DisplayName, users.Runs[1].DisplayName, users.Runs[2].DisplayName, users.More, users.Many)
			if got != tc.want {
				t.Errorf("with %d more: %s, want %s", tc.add, got, tc.want)
			}
		}
		if len(p.UsedBy) != 1 {
			t.Errorf("%d versions are used by others", len(p.UsedBy))
		}
	}
}
