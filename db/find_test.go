package db_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"greenroom/db/dbtest"
	"greenroom/registry"
)

// foundIn writes what was found as "models: digits-cnn, churn".
func foundIn(p registry.FindPage) string {
	var groups []string
	for _, g := range p.Groups {
		var names []string
		for _, h := range g.Hits {
			name := h.Name
			switch g.Kind {
			case registry.VersionHits:
				name += ":" + registry.VersionName(h.Number)
			case registry.RunHits:
				name = h.Title
			case registry.ProjectHits:
				name = h.Place.EntityName + "/" + name
			}
			names = append(names, name)
		}
		groups = append(groups, string(g.Kind)+": "+strings.Join(names, ", "))
	}
	return strings.Join(groups, "; ")
}

func TestFind(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	shelve(t, d, h.Ada, registry.Registry("vision", "model-registry"), "digits-cnn", time.Hour, func(s *dbtest.Stock) {
		s.Tags, s.Description = []string{"mnist"}, "Handwritten numerals, 100% sorted_by belt."
	})
	shelve(t, d, h.Ada, registry.Registry("acme", "model"), "churn", 0, func(s *dbtest.Stock) { s.Description = "Not about digits." })
	shelve(t, d, h.Eve, registry.Registry("rivals", "model"), "digits-secret", 0, func(s *dbtest.Stock) { s.Project = registry.Project("eve", "digits") })
	if err := dbtest.Exec(t, d, `update collections set type = 'run_table' where name = 'run-churn'`); err != nil {
		t.Fatal(err)
	}
	for name, notes := range map[string]string{"brisk-tern-88": "widened the first layer", "young-heron-87": ""} {
		r := registry.RunRef{Place: registry.Project("vision", "digits"), Name: name[len(name)-2:]}
		if _, _, err := d.UpsertRun(t.Context(), h.Bob, registry.RunEdit{Run: r, DisplayName: &name, Notes: &notes}); err != nil {
			t.Fatal(err)
		}
	}

	for _, tc := range []struct {
		who        registry.Actor
		text, want string
	}{
		{h.Ada, "digits", "models: digits-cnn, churn; artifacts: run-digits-cnn; projects: vision/digits"},
		{h.Ada, "DIGITS numerals", "models: digits-cnn"},
		{h.Ada, "digits v2", "versions: digits-cnn:v2, churn:v2"},
		{h.Ada, "digits-cnn:v1", "versions: digits-cnn:v1"},
		{h.Ada, "digits-cnn:latest", "versions: digits-cnn:v2"},
		{h.Ada, "cnn production", "versions: digits-cnn:v0"},
		{h.Ada, "belt-2 churn", "versions: churn:v2"},
		{h.Ada, "v1", ""},
		{h.Ada, "digits v99999999999", ""},
		{h.Ada, "digits:v7", ""},
		{h.Vera, "RUN-digits mod", "artifacts: run-digits-cnn"},
		{h.Vera, "run-churn", ""}, // bookkeeping
		{h.Olga, "run-digits", ""},
		{h.Ada, "brisk-tern", "runs: brisk-tern-88"},
		{h.Ada, "widened", "runs: brisk-tern-88"},
		{h.Ada, "on-8", "runs: young-heron-87"},
		{h.Ada, "100% sorted_by", "models: digits-cnn"},
		{h.Ada, "di_its", ""},
		{h.Ada, `'; drop table runs; --`, ""},
		{h.Ada, "  ", ""},
		{h.Ada, "vision", "projects: vision/digits; people: vision"},
		{h.Ada, "vision/digits", "projects: vision/digits"},
		{h.Olga, "digits", "models: churn"},
		{h.Olga, "brisk", ""},
		{h.Olga, "vision", ""},
		{h.Olga, "digits-cnn:v1", ""},
		{h.Eve, "digits", "models: digits-secret; artifacts: run-digits-secret; projects: eve/digits"},
		{h.Eve, "digits v0", "versions: digits-secret:v0"},
		{h.Eve, "production", "versions: digits-secret:v0"},
		{h.Eve, "ada", ""},
		{h.Eve, "bob", ""},
	} {
		p, err := d.Find(t.Context(), tc.who, registry.FindQuery{Text: tc.text})
		if err != nil {
			t.Errorf("%s by %s: %v", tc.text, tc.who.Name, err)
			continue
		}
		if got := foundIn(p); got != tc.want {
			t.Errorf("%q by %s: %q, want %q", tc.text, tc.who.Name, got, tc.want)
		}
	}
	_, err := d.Find(t.Context(), registry.Actor{}, registry.FindQuery{Text: "digits"})
	wantKind(t, "a stranger", err, registry.Unauthenticated)
	for _, after := range []string{"x", "1-x", "x-1-2", "999-1-2"} {
		_, err = d.Find(t.Context(), h.Ada, registry.FindQuery{Text: "digits", Kind: registry.ModelHits, After: after})
		wantKind(t, "after "+after, err, registry.Invalid)
	}
}

func TestFindTellsWhatStandsWhere(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	shelve(t, d, h.Ada, registry.Registry("acme", "model"), "digits", 0, nil)
	p, err := d.Find(t.Context(), h.Vera, registry.FindQuery{Text: "digits"})
	if err != nil || foundIn(p) != "models: digits; artifacts: run-digits; projects: vision/digits" {
		t.Fatalf("%q, %v", foundIn(p), err)
	}
	if a := p.Groups[1].Hits[0]; a.Place.EntityName != "vision" || a.Place.Name != "digits" || a.Type != "model" {
		t.Errorf("%+v", a)
	}
	m := p.Groups[0].Hits[0]
	if len(m.Stages) != 2 || m.Stages[0].Name != "production" || m.Stages[0].Number != 0 || m.Place.EntityName != "acme" || m.Type != "model" {
		t.Errorf("%+v", m)
	}
	p, err = d.Find(t.Context(), h.Vera, registry.FindQuery{Text: "digits:v2"})
	if err != nil || len(p.Groups) != 1 {
		t.Fatalf("%+v, %v", p, err)
	}
	v := p.Groups[0].Hits[0]
	if len(v.Stages) != 1 || v.Stages[0].Name != "staging" || len(v.Aliases) != 2 || v.Place.Name != "model" {
		t.Errorf("%+v", v)
	}
}

func TestFindPages(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	const n = registry.PageSize + 3
	for i := range n {
		name := fmt.Sprintf("m%02d", i)
		shelve(t, d, h.Ada, registry.Registry("acme", "model"), name, 0, func(s *dbtest.Stock) { s.Versions, s.Tags = nil, []string{"many"} })
		r := registry.RunRef{Place: registry.Project("vision", "digits"), Name: name}
		if _, _, err := d.UpsertRun(t.Context(), h.Bob, registry.RunEdit{Run: r, Tags: &[]string{"many"}}); err != nil {
			t.Fatal(err)
		}
	}
	few, err := d.Find(t.Context(), h.Ada, registry.FindQuery{Text: "many"})
	if err != nil || len(few.Groups) != 2 || len(few.Groups[0].Hits) != registry.FirstHits || !few.Groups[1].More || few.Next != "" {
		t.Fatalf("%+v, %v", few, err)
	}
	for _, kind := range []registry.HitKind{registry.ModelHits, registry.RunHits} {
		var seen []string
		for q := (registry.FindQuery{Text: "many", Kind: kind}); ; {
			p, err := d.Find(t.Context(), h.Ada, q)
			if err != nil || len(p.Groups) != 1 {
				t.Fatalf("%+v, %v", p, err)
			}
			for _, hit := range p.Groups[0].Hits {
				seen = append(seen, fmt.Sprint(hit.ID))
			}
			if q.After = p.Next; q.After == "" {
				break
			}
		}
		if slices.Sort(seen); len(seen) != n || len(slices.Compact(seen)) != n {
			t.Errorf("%s: %d on all pages, want %d, each once", kind, len(seen), n)
		}
	}
}

// Artifacts come a page at a time, what is called as somebody typed before the rest, and old ones, too, when many newer
// ones fit nothing.
func TestFindArtifacts(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	shelve(t, d, h.Ada, registry.Registry("acme", "model"), "first", 0, nil)
	const many = `
		insert into collections (place_id, kind, name, type, created_by, created_at, changed_at)
		select place_id, 'source', n, type, created_by, created_at, changed_at + row_number() over () * interval '1 second'
		from collections, unnest(array['Rare', 'train'] || array(select 'train-' || i from generate_series(1, 1500) i)) n
		where name = 'run-first'`
	if err := dbtest.Exec(t, d, many); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]int{"train": 1501, "Rare": 1, "rare mod": 1, "ra": 1502, "nothing": 0} {
		var seen []string
		for q := (registry.FindQuery{Text: text, Kind: registry.ArtifactHits}); ; {
			p, err := d.Find(t.Context(), h.Vera, q)
			if err != nil {
				t.Fatal(err)
			}
			for _, g := range p.Groups {
				for _, hit := range g.Hits {
					seen = append(seen, hit.Name)
				}
			}
			if q.After = p.Next; q.After == "" {
				break
			}
		}
		if text == "train" && seen[0] != "train" {
			t.Errorf("the first of train is %s", seen[0])
		}
		slices.Sort(seen)
		if len(seen) != want || len(slices.Compact(seen)) != want {
			t.Errorf("%q finds %d, want %d, each once", text, len(seen), want)
		}
	}
}

// Old models and aliases are found, too, when many newer ones fit nothing, and those that fit come a page at a time, each
// once.
func TestFindOldModelsAndAliases(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	shelve(t, d, h.Ada, registry.Registry("acme", "model"), "needle", 0, func(s *dbtest.Stock) {
		s.Description, s.Tags, s.Versions = "antique and sundry", []string{"zz"}, []dbtest.StockVersion{{Aliases: []string{"vintage", "daily"}}}
	})
	const many = `
		with made as (
			insert into collections (place_id, kind, name, type, description, created_by, created_at, changed_at)
			select place_id, kind, 'straw ' || n, type, 'sundry', created_by, created_at, changed_at + n * interval '1 second'
			from collections, generate_series(1, 1200) n
			where name = 'needle'
			returning id, created_by, changed_at
		), linked as (
			insert into versions (collection_id, number, artifact_id, linked_by, linked_at)
			select made.id, 0, (select min(id) from artifacts), created_by, changed_at from made
			returning id, collection_id, linked_by, linked_at)
		insert into aliases (collection_id, name, version_id, set_by, set_at)
		select collection_id, 'daily', id, linked_by, linked_at from linked`
	must(t, dbtest.Exec(t, d, many))
	for _, tc := range []struct {
		kind registry.HitKind
		text string
		want int
	}{
		{registry.ModelHits, "antique", 1}, {registry.ModelHits, "needle", 1}, {registry.ModelHits, "ne", 1}, {registry.ModelHits, "sundry", 1201},
		{registry.ModelHits, "straw sundry", 1200}, {registry.ModelHits, "straw", 1200}, {registry.ModelHits, "st", 1200},
		{registry.VersionHits, "vintage", 1}, {registry.VersionHits, "vintage needle", 1}, {registry.VersionHits, "daily", 1201},
		{registry.VersionHits, "daily needle", 1}, {registry.VersionHits, "needle", 0}, {registry.VersionHits, "da", 0},
	} {
		seen := map[int64]bool{}
		all := 0
		for q := (registry.FindQuery{Text: tc.text, Kind: tc.kind}); ; {
			p, err := d.Find(t.Context(), h.Ada, q)
			must(t, err)
			for _, g := range p.Groups {
				for _, hit := range g.Hits {
					seen[hit.ID] = true
					all++
				}
			}
			if q.After = p.Next; q.After == "" {
				break
			}
		}
		if len(seen) != tc.want || all != tc.want {
			t.Errorf("%s called %q: %d, %d different ones, want %d", tc.kind, tc.text, all, len(seen), tc.want)
		}
	}
}

// Old runs are found, too, when many newer ones fit nothing.
func TestFindOldRuns(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	for i, name := range []string{"needle", "straw"} {
		r := registry.RunRef{Place: registry.Project("vision", "digits"), Name: name}
		if _, _, err := d.UpsertRun(t.Context(), h.Bob, registry.RunEdit{Run: r}); err != nil {
			t.Fatal(i, err)
		}
	}
	const many = `
		insert into runs (place_id, name, display_name, created_by, created_at)
		select place_id, 'later' || n, 'straw ' || n, created_by, created_at + n * interval '1 second'
		from runs, generate_series(1, 20000) n
		where runs.name = 'straw'`
	if err := dbtest.Exec(t, d, many); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]int{"needle": 1, "straw": registry.FirstHits + 1, "later17": registry.FirstHits + 1, "ne": 0, "st": registry.FirstHits + 1} {
		start := time.Now()
		p, err := d.Find(t.Context(), h.Ada, registry.FindQuery{Text: text})
		got := 0
		for _, g := range p.Groups {
			if got = len(g.Hits); g.More {
				got++
			}
		}
		if err != nil || got != want {
			t.Errorf("%q finds %d, want %d, %v", text, got, want, err)
		}
		t.Logf("%q took %v", text, time.Since(start))
	}
}
