package db_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"greenroom/db"
	"greenroom/db/dbtest"
	"greenroom/registry"
)

func logRun(t *testing.T, d *db.DB, by registry.Actor, project, name string, edit registry.RunEdit) registry.RunDetail {
	t.Helper()
	edit.Run = registry.RunRef{Place: registry.Project("vision", project), Name: name}
	run, _, err := d.UpsertRun(t.Context(), by, edit)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

func runNames(p registry.ProjectPage) (names []string) {
	for _, r := range p.Runs {
		names = append(names, r.Name)
	}
	return names
}

// runsWith is the query that somebody types.
func runsWith(typed string) registry.ProjectQuery {
	f, err := registry.ParseRunFilter(typed)
	if err != nil {
		panic(err)
	}
	return registry.ProjectQuery{Filter: f}
}

func TestProjectPage(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	tags, finished := []string{"edge case"}, registry.Finished
	logRun(t, d, h.Bob, "digits", "a", registry.RunEdit{
		Config:  new(`{"lr":{"value":0.1},"bs":{"value":64},"net":{"value":{"depth":3}},"_wandb":{"value":{"cli_version":"0.28"}}}`),
		Summary: new(`{"val/acc":0.9,"epoch":3,"_step":4,"pic":{"_type":"image-file"},"odd":-Infinity}`),
		Tags:    &tags, State: &finished,
	})
	logRun(t, d, h.Ada, "digits", "b", registry.RunEdit{
		Config:      new(`{"lr":{"value":0.01},"bs":{"value":64},"name":{"value":"<b>"}}`),
		Summary:     new(`{"val/acc":NaN,"deep.er":{"x y":1}}`),
		DisplayName: new("Ümläut 100%_run"), Group: new("first"), Notes: new("loss became NaN"),
	})
	logRun(t, d, h.Bob, "other", "c", registry.RunEdit{})

	for _, tc := range []struct {
		query registry.ProjectQuery
		want  []string
	}{
		{registry.ProjectQuery{}, []string{"b", "a"}},
		{runsWith("state: running"), []string{"b"}},
		{runsWith("state: crashed"), nil},
		{runsWith("ÜMLÄUT 100%_"), []string{"b"}},
		{runsWith("edge bob"), []string{"a"}},
		{runsWith("became first ada"), []string{"b"}},
		{runsWith("edge first"), nil},
	} {
		p, err := d.ProjectPage(t.Context(), h.Vera, registry.Project("vision", "digits"), tc.query)
		if err != nil || !slices.Equal(runNames(p), tc.want) || p.Total != 2 || p.Found != len(tc.want) || p.Live() != 1 {
			t.Errorf("%+v: %q of %d, found %d, %d live, %v", tc.query, runNames(p), p.Total, p.Found, p.Live(), err)
		}
	}
	p, err := d.ProjectPage(t.Context(), h.Vera, registry.Project("vision", "digits"), registry.ProjectQuery{Columns: []string{"summary.odd", "config.net.depth", "rubbish"}})
	if err != nil {
		t.Fatal(err)
	}
	var columns []string
	for _, c := range p.Columns {
		columns = append(columns, c.Name)
	}
	if want := []string{"summary.odd", "config.net.depth"}; !slices.Equal(columns, want) {
		t.Errorf("columns %q", columns)
	}
	if want := []string{"config.bs", "config.lr", "config.name", "config.net.depth", "summary.deep.er.x y", "summary.epoch", "summary.odd", "summary.val/acc"}; !slices.Equal(p.Keys, want) {
		t.Errorf("keys %q", p.Keys)
	}
	if v := p.Runs[1].Values["summary.val/acc"]; !v.IsNumber || v.Number != 0.9 {
		t.Errorf("val/acc %+v", v)
	}
	if v := p.Runs[0].Values["summary.val/acc"]; !v.IsNumber || v.Number == v.Number {
		t.Errorf("NaN came as %+v", v)
	}
	if v := p.Runs[0].Values["summary.deep.er.x y"]; v.Number != 1 {
		t.Errorf("nested came as %+v", v)
	}
	for who, want := range map[string]registry.Kind{"olga": registry.NotFound, "eve": registry.NotFound} {
		if _, err := d.ProjectPage(t.Context(), map[string]registry.Actor{"olga": h.Olga, "eve": h.Eve}[who], registry.Project("vision", "digits"), registry.ProjectQuery{}); registry.KindOf(err) != want {
			t.Errorf("%s: %v", who, err)
		}
	}
	if _, err := d.ProjectPage(t.Context(), registry.Actor{}, registry.Project("vision", "digits"), registry.ProjectQuery{}); registry.KindOf(err) != registry.Unauthenticated {
		t.Errorf("nobody: %v", err)
	}
	if _, err := d.ProjectPage(t.Context(), h.Bob, registry.Project("vision", "digits"), registry.ProjectQuery{After: "x"}); registry.KindOf(err) != registry.Invalid {
		t.Errorf("a page that cannot be: %v", err)
	}
}

// manyRuns puts n runs straight into a project that is there.
func manyRuns(t *testing.T, d *db.DB, project string, n int) {
	t.Helper()
	const q = `
		with made as (
			insert into runs (place_id, name, display_name, config, tags, state, created_by, created_at)
			select (select id from places where name = $1), 'r' || i, 'run-' || i, '{"lr":{"value":' || i || '}}', '{many}', 'finished', 0,
				timestamptz '2026-01-01' + (i / 3) * interval '1 second'
			from generate_series(1, $2::int) as i
			returning id, created_at)
		insert into run_progress (run_id, heartbeat_at, summary)
		select id, created_at, '{"loss":' || id || '}' from made`
	if err := dbtest.Exec(t, d, q, project, n); err != nil {
		t.Fatal(err)
	}
}

func TestProjectPagesOfMany(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	logRun(t, d, h.Bob, "many", "newest", registry.RunEdit{})
	const n = 10_000
	manyRuns(t, d, "many", n)
	if err := dbtest.Exec(t, d, `analyze`); err != nil {
		t.Fatal(err)
	}
	seen := map[int64]bool{}
	after, pages := "", 0
	for ; pages < 12; pages++ {
		p, err := d.ProjectPage(t.Context(), h.Bob, registry.Project("vision", "many"), registry.ProjectQuery{After: after})
		if err != nil || p.Total != n+1 || len(p.Runs) != registry.PageSize {
			t.Fatalf("page %d: %d of %d, %v", pages, len(p.Runs), p.Total, err)
		}
		for _, r := range p.Runs {
			if seen[r.ID] {
				t.Fatalf("%s stands on two pages", r.Name)
			}
			seen[r.ID] = true
		}
		after = p.Next
	}
	p, err := d.ProjectPage(t.Context(), h.Bob, registry.Project("vision", "many"), runsWith("run-77 many"))
	if err != nil || p.Found != 111 || len(p.Runs) != 50 {
		t.Errorf("found %d, %v", p.Found, err)
	}
}

func TestProjectPageTellsWhatRunsMade(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	dbtest.Put(t, d, h.Ada, dbtest.Stock{
		Place: registry.Registry("vision", "model-registry"), Project: registry.Project("vision", "digits"), Name: "cnn",
		Versions: []dbtest.StockVersion{{Summary: `{"acc":1}`, Aliases: []string{"staging"}}, {Summary: `{"acc":2}`}},
	})
	if err := dbtest.Exec(t, d, `insert into lineage (run_id, artifact_id, direction, at) select run_id, id, 'made', now() from artifacts`); err != nil {
		t.Fatal(err)
	}
	p, err := d.ProjectPage(t.Context(), h.Vera, registry.Project("vision", "digits"), registry.ProjectQuery{})
	if err != nil || len(p.Runs) != 2 || p.Artifacts != 1 {
		t.Fatalf("%+v, %v", p, err)
	}
	stages := map[int]string{}
	for _, r := range p.Runs {
		if len(r.Made) != 1 || r.MadeMore != 0 || !r.Made[0].Linked || r.Made[0].Collection != "cnn" || r.Made[0].Place.Kind != registry.RegistryPlace {
			t.Fatalf("made %+v", r.Made)
		}
		if stages[r.Made[0].Number] = "none"; r.Made[0].Stage != nil {
			stages[r.Made[0].Number] = r.Made[0].Stage.Name
		}
	}
	if stages[0] != "staging" || stages[1] != "none" {
		t.Errorf("stages %v", stages)
	}
}

func TestProjectsAndEntities(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	logRun(t, d, h.Bob, "digits", "a", registry.RunEdit{DisplayName: new("calm-river-1")})
	logRun(t, d, h.Bob, "letters", "b", registry.RunEdit{})
	if _, _, err := d.UpsertRun(t.Context(), h.Eve, registry.RunEdit{Run: registry.RunRef{Place: registry.Project("eve", "secret"), Name: "s"}}); err != nil {
		t.Fatal(err)
	}
	told := func(p registry.ProjectsPage) string {
		var b strings.Builder
		for _, o := range p.Owners {
			for _, row := range o.Projects {
				fmt.Fprintf(&b, "%s/%s %d %s;", o.Entity.Name, row.Place.Name, row.Runs, row.Author)
			}
		}
		return b.String()
	}
	for _, tc := range []struct {
		by           registry.Actor
		search, want string
	}{
		{h.Vera, "", "vision/letters 1 bob;vision/digits 1 bob;"},
		{h.Vera, "DIG vis", "vision/digits 1 bob;"},
		{h.Olga, "", ""},
		{h.Eve, "", "eve/secret 1 eve;"},
	} {
		p, err := d.ProjectsPage(t.Context(), tc.by, tc.search)
		if err != nil || told(p) != tc.want {
			t.Errorf("%s searching %q: %s, %v", tc.by.Name, tc.search, told(p), err)
		}
	}
	if _, err := d.ProjectsPage(t.Context(), registry.Actor{}, ""); registry.KindOf(err) != registry.Unauthenticated {
		t.Errorf("nobody: %v", err)
	}
	for _, tc := range []struct {
		by   registry.Actor
		name string
		want registry.Kind
		n    int
	}{
		{h.Vera, "VISION", "", 2}, {h.Olga, "vision", registry.NotFound, 0}, {h.Eve, "vision", registry.NotFound, 0},
		{h.Eve, "eve", "", 1}, {h.Olga, "acme", "", 0}, {h.Eve, "acme", registry.NotFound, 0}, {h.Ada, "nobody", registry.NotFound, 0},
		{registry.Actor{}, "vision", registry.Unauthenticated, 0},
	} {
		p, err := d.EntityPage(t.Context(), tc.by, tc.name, "")
		if registry.KindOf(err) != tc.want || len(p.Projects) != tc.n {
			t.Errorf("%s looking at %s: %d projects, %v", tc.by.Name, tc.name, len(p.Projects), err)
		}
	}
	p, err := d.EntityPage(t.Context(), h.Vera, "vision", "")
	if err != nil || len(p.Members) != 3 || len(p.Registries) != 1 || p.Projects[1].NewestRun.DisplayName != "calm-river-1" || p.Projects[1].Live != 1 {
		t.Errorf("%+v, %v", p, err)
	}
}

// A page of runs is told what is new on it without being looked for again: its own runs as they are by now, and how many
// others its query finds.
func TestProjectNews(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	digits := registry.Project("vision", "digits")
	begin := func(name, lr string) {
		logRun(t, d, h.Bob, "digits", name, registry.RunEdit{Config: new(`{"lr":{"value":` + lr + `}}`)})
	}
	for _, name := range []string{"a", "b", "c"} {
		begin(name, "0.1")
	}
	seen, err := d.ProjectPage(t.Context(), h.Vera, digits, registry.ProjectQuery{})
	if err != nil {
		t.Fatal(err)
	}
	query := registry.NewsQuery{Runs: []string{"b", "a", "c", "none"}, Since: seen.Newest}
	for _, c := range seen.Columns {
		query.Shown = append(query.Shown, c.Name)
	}
	ask := func(query registry.NewsQuery) registry.ProjectNews {
		t.Helper()
		n, err := d.ProjectNews(t.Context(), h.Vera, digits, query)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := ask(query); n.New != 0 || n.NewColumns || len(n.Runs) != 3 || n.Total != 3 || !slices.Equal(n.Columns, seen.Columns) {
		t.Errorf("before anything is new: %d new, %d runs of %d, columns %v", n.New, len(n.Runs), n.Total, n.Columns)
	}
	begin("d", "0.1")
	begin("e", "0.001")
	logRun(t, d, h.Bob, "digits", "a", registry.RunEdit{DisplayName: new("renamed"), Summary: new(`{"acc":0.5}`)})
	if err := d.DeleteRun(t.Context(), h.Ada, registry.RunRef{Place: digits, Name: "b"}); err != nil {
		t.Fatal(err)
	}
	n := ask(query)
	if names := runNames(n.ProjectPage); n.New != 2 || n.Total != 4 || !slices.Equal(names, []string{"c", "a"}) || n.Runs[1].Title() != "renamed" {
		t.Errorf("%d new, %v of %d, %q", n.New, names, n.Total, n.Runs[1].Title())
	}
	query.Shown = nil
	if n := ask(query); !n.NewColumns || len(n.Columns) != 0 {
		t.Errorf("a page without columns is told of %v, new: %v", n.Columns, n.NewColumns)
	}
	query.Filter = runsWith("config.lr < 0.01").Filter
	if n := ask(query); n.New != 1 {
		t.Errorf("of the new ones %d have that value", n.New)
	}
	query.Group, query.Filter = "config.lr", registry.RunFilter{}
	if n := ask(query); len(n.Groups) != 1 || len(n.Groups[0].Runs) != 2 || len(n.Runs) != 0 {
		t.Errorf("groups %v and %d runs beside", n.Groups, len(n.Runs))
	}
	if _, err := d.ProjectNews(t.Context(), h.Olga, digits, query); registry.KindOf(err) != registry.NotFound {
		t.Errorf("a stranger is told: %v", err)
	}
}
