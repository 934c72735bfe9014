package db_test

import (
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"greenroom/db/dbtest"
	"greenroom/registry"
)

func TestModelPage(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	shelf := registry.Registry("acme", "model")
	shelve(t, d, h.Ada, shelf, "digits 🚀 50%", 0, nil)
	ref := registry.CollectionRef{Place: shelf, Name: "digits 🚀 50%"}

	p, err := d.ModelPage(t.Context(), h.Vera, ref, registry.ModelQuery{})
	if err != nil {
		t.Fatal(err)
	}
	if p.Count != 3 || p.Newest.Number != 2 || len(p.Versions) != 3 || p.More != 0 || !slices.Equal(p.Keys, []string{"val/acc", "nested.deep"}) {
		t.Errorf("count %d, newest %d, %d versions, more %d, keys %q", p.Count, p.Newest.Number, len(p.Versions), p.More, p.Keys)
	}
	if v := p.Versions[0]; v.Number != 2 || v.Author != "ada" || v.Source == nil || v.Source.Collection != "run-digits 🚀 50%" || v.Source.Number != 2 ||
		v.Run == nil || v.Run.DisplayName != "calm-river-2" || v.Figures["val/acc"] != 0.95 || !slices.Equal(v.Aliases, []string{"belt-2", "latest"}) {
		t.Errorf("newest row: %+v", v)
	}
	if len(p.Stages) != 2 || p.Stages[0].Holder.Number != 2 || p.Stages[1].Holder.Number != 0 {
		t.Errorf("stages: %+v", p.Stages)
	}

	// Olga is of the organization and not of the team: the project stays hidden.
	p, err = d.ModelPage(t.Context(), h.Olga, ref, registry.ModelQuery{})
	if err != nil || p.Versions[0].Source != nil || p.Versions[0].Run != nil || p.Versions[0].Figures["val/acc"] != 0.95 {
		t.Errorf("as Olga: %+v, %v", p.Versions, err)
	}
	for who, want := range map[*registry.Actor]registry.Kind{&h.Eve: registry.NotFound, {}: registry.Unauthenticated} {
		if _, err := d.ModelPage(t.Context(), *who, ref, registry.ModelQuery{}); registry.KindOf(err) != want {
			t.Errorf("as %q: %v, want %s", who.Name, err, want)
		}
	}
	ref.Name = "other"
	if _, err := d.ModelPage(t.Context(), h.Vera, ref, registry.ModelQuery{}); registry.KindOf(err) != registry.NotFound {
		t.Errorf("another name: %v", err)
	}
}

func TestModelPagesOfVersions(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	shelf := registry.Registry("vision", "model-registry")
	shelve(t, d, h.Ada, shelf, "many", 0, func(s *dbtest.Stock) {
		for range registry.PageSize + 2 {
			s.Versions = append(s.Versions, dbtest.StockVersion{Summary: `{"val/acc":1}`})
		}
	})
	ref := registry.CollectionRef{Place: shelf, Name: "many"}
	first, err := d.ModelPage(t.Context(), h.Bob, ref, registry.ModelQuery{})
	if err != nil || len(first.Versions) != registry.PageSize || first.More != 5 {
		t.Fatalf("first page: %d versions, more below %d, %v", len(first.Versions), first.More, err)
	}
	second, err := d.ModelPage(t.Context(), h.Bob, ref, registry.ModelQuery{After: first.More})
	if err != nil || len(second.Versions) != 5 || second.More != 0 || !slices.Equal(second.Keys, first.Keys) {
		t.Fatalf("second page: %d versions, more below %d, keys %q, %v", len(second.Versions), second.More, second.Keys, err)
	}
	if second.Stages[1].Holder == nil || first.Stages[1].Holder == nil || first.Stages[1].Holder.Number != 0 {
		t.Errorf("production is held by %+v on the first page, %+v on the second", first.Stages[1].Holder, second.Stages[1].Holder)
	}
}

func TestVersionPage(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	shelf := registry.Registry("acme", "model")
	shelve(t, d, h.Ada, shelf, "digits", 0, func(s *dbtest.Stock) {
		s.Versions[1].Metadata = `{"framework":"torch","layers":[1,2,{"deep":"<b>"}]}`
		s.Versions[1].Description = "Wider first conv"
		s.Versions[1].Aliases = []string{"v1.5"}
		s.Versions[1].Files = []dbtest.StockFile{
			{Path: "model.pt", Size: 4800000}, {Path: "b/z.txt", Size: 1}, {Path: "b/c/y.txt", Size: 2}, {Path: "data.csv", Size: 9, Ref: "s3://bucket/data.csv"},
		}
	})
	at := func(alias string) registry.VersionRef {
		return registry.VersionRef{Collection: registry.CollectionRef{Place: shelf, Name: "digits"}, Alias: alias}
	}
	p, err := d.VersionPage(t.Context(), h.Vera, at("v1"), registry.VersionQuery{Part: registry.VersionOverview})
	if err != nil {
		t.Fatal(err)
	}
	if p.Number != 1 || p.Newer != 2 || p.Older != 0 || p.Artifact.Description != "Wider first conv" || p.Artifact.Type != "model" || p.Linker != "ada" {
		t.Errorf("page: %+v", p)
	}
	if p.Source == nil || p.Source.Place.Name != "digits" || p.Run == nil || len(p.Figures) != 2 || !slices.Equal(p.Aliases, []string{"v1.5"}) {
		t.Errorf("source %+v, run %+v, figures %v, aliases %q", p.Source, p.Run, p.Figures, p.Aliases)
	}
	var listed []string
	for _, f := range p.Files.Entries {
		listed = append(listed, fmt.Sprintf("%s folder=%v count=%d size=%d ref=%q", f.Path, f.Folder, f.Count, f.Size, f.Ref))
	}
	if want := []string{
		`b folder=true count=2 size=3 ref=""`, `data.csv folder=false count=1 size=9 ref="s3://bucket/data.csv"`, `model.pt folder=false count=1 size=4800000 ref=""`,
	}; !slices.Equal(listed, want) {
		t.Errorf("files: %q, want %q", listed, want)
	}
	p, err = d.VersionPage(t.Context(), h.Vera, at("v1"), registry.VersionQuery{Part: registry.VersionFiles, Path: "b/"})
	if err != nil || len(p.Files.Entries) != 2 || p.Files.Entries[0].Path != "b/c" || p.Files.Entries[1].Path != "b/z.txt" {
		t.Errorf("folder b: %+v, %v", p.Files, err)
	}
	if p, err = d.VersionPage(t.Context(), h.Olga, at("v1"), registry.VersionQuery{Part: registry.VersionOverview}); err != nil || p.Source != nil || p.Run != nil || len(p.Figures) != 2 {
		t.Errorf("as Olga: source %v, run %v, figures %v, %v", p.Source, p.Run, p.Figures, err)
	}
	for alias, want := range map[string]int{"production": 0, "latest": 2, "v1.5": 1, "v1": 1} {
		if got, err := d.VersionPage(t.Context(), h.Vera, at(alias), registry.VersionQuery{Part: registry.VersionOverview}); err != nil || got.Number != want {
			t.Errorf("%s is v%d, %v, want v%d", alias, got.Number, err, want)
		}
	}
	for _, alias := range []string{"v9", "nobody", "", "v99999999999999999999"} {
		if _, err := d.VersionPage(t.Context(), h.Vera, at(alias), registry.VersionQuery{Part: registry.VersionOverview}); registry.KindOf(err) != registry.NotFound {
			t.Errorf("%q: %v, want NotFound", alias, err)
		}
	}
	if _, err := d.VersionPage(t.Context(), h.Vera, at("v1"), registry.VersionQuery{Part: registry.VersionFiles, Path: "nowhere"}); registry.KindOf(err) != registry.NotFound {
		t.Errorf("a folder that is not there: %v", err)
	}
	if _, err := d.VersionPage(t.Context(), h.Eve, at("v1"), registry.VersionQuery{Part: registry.VersionOverview}); registry.KindOf(err) != registry.NotFound {
		t.Errorf("as a stranger: %v", err)
	}

	source := registry.VersionRef{Collection: registry.CollectionRef{Place: registry.Project("vision", "digits"), Name: "run-digits"}, Alias: "v1"}
	if p, err = d.VersionPage(t.Context(), h.Bob, source, registry.VersionQuery{Part: registry.VersionOverview}); err != nil || p.Source != nil || len(p.Links) != 1 || p.Links[0].Collection != "digits" || p.Links[0].Number != 1 {
		t.Errorf("source: %+v, links %+v, %v", p.Source, p.Links, err)
	}
	if _, err = d.VersionPage(t.Context(), h.Olga, source, registry.VersionQuery{Part: registry.VersionOverview}); registry.KindOf(err) != registry.NotFound {
		t.Errorf("source as one outside the team: %v", err)
	}
}

func TestLongListing(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	shelf := registry.Registry("acme", "model")
	shelve(t, d, h.Ada, shelf, "digits", 0, func(s *dbtest.Stock) {
		for i := range 450 {
			s.Versions[0].Files = append(s.Versions[0].Files, dbtest.StockFile{Path: fmt.Sprintf("d%03d/x", i)}, dbtest.StockFile{Path: fmt.Sprintf("f%03d", i)})
		}
	})
	ref := registry.VersionRef{Collection: registry.CollectionRef{Place: shelf, Name: "digits"}, Alias: "v0"}
	seen := map[string]bool{}
	query := registry.VersionQuery{Part: registry.VersionFiles}
	for pages := 1; ; pages++ {
		p, err := d.VersionPage(t.Context(), h.Vera, ref, query)
		if err != nil {
			t.Fatal(err)
		}
		if p.Files.After != query.After {
			t.Errorf("page %d says it begins after %q, not %q", pages, p.Files.After, query.After)
		}
		for _, f := range p.Files.Entries {
			if seen[f.Path] {
				t.Errorf("%s twice", f.Path)
			}
			seen[f.Path] = true
		}
		if query.After = p.Files.Next; query.After == "" {
			if pages != 5 || len(seen) != 900 {
				t.Errorf("%d entries on %d pages", len(seen), pages)
			}
			return
		}
	}
}

func TestArtifactsPage(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	shelve(t, d, h.Ada, registry.Registry("acme", "model"), "digits", 0, nil)
	shelve(t, d, h.Ada, registry.Registry("acme", "dataset"), "train", 0, func(s *dbtest.Stock) { s.Type = "dataset" })
	project := registry.Project("vision", "digits")
	p, err := d.ArtifactsPage(t.Context(), h.Vera, project, registry.ArtifactsQuery{})
	if err != nil || len(p.Rows) != 2 || !slices.Equal(p.Types, []registry.TypeCount{{Type: "dataset", Count: 1}, {Type: "model", Count: 1}}) {
		t.Fatalf("page: %+v, %v", p, err)
	}
	if r := p.Rows[0]; r.Name != "run-train" || r.Newest != 2 || r.Versions != 3 || r.Author != "ada" {
		t.Errorf("row: %+v", r)
	}
	if p, err = d.ArtifactsPage(t.Context(), h.Vera, project, registry.ArtifactsQuery{Type: "model"}); err != nil || len(p.Rows) != 1 {
		t.Errorf("of one type: %+v, %v", p.Rows, err)
	}
	train := registry.CollectionRef{Place: project, Name: "run-train"}
	for version, alias := range map[string]string{"v2": "clean", "v1": "old"} {
		if _, err := d.AddAliases(t.Context(), h.Ada, registry.VersionRef{Collection: train, Alias: version}, []string{alias}); err != nil {
			t.Fatal(err)
		}
	}
	if p, err = d.ArtifactsPage(t.Context(), h.Vera, project, registry.ArtifactsQuery{Type: "dataset"}); err != nil || !slices.Equal(p.Rows[0].Aliases, []string{"clean"}) {
		t.Errorf("aliases of the newest version: %+v, %v", p.Rows, err)
	}
	for search, want := range map[string]int{"TRAIN": 1, "run": 2, "run train": 1, "run-%": 0, "zzz": 0} {
		if p, err = d.ArtifactsPage(t.Context(), h.Vera, project, registry.ArtifactsQuery{Search: search}); err != nil || len(p.Rows) != want || p.Count() != 2 {
			t.Errorf("search for %q: %d of %d, %v", search, len(p.Rows), p.Count(), err)
		}
	}
	if _, err = d.ArtifactsPage(t.Context(), h.Olga, project, registry.ArtifactsQuery{}); registry.KindOf(err) != registry.NotFound {
		t.Errorf("as one outside the team: %v", err)
	}
}

// stockRun is the run that made a version of a model that stock put there.
func stockRun(model string, number int) registry.RunRef {
	sum := md5.Sum([]byte(model + strconv.Itoa(number)))
	return registry.RunRef{Place: registry.Project("vision", "digits"), Name: hex.EncodeToString(sum[:])}
}

// TestFiguresThen is about versions that were made while a run went on: each is
// shown with what the run had reached by then.
func TestFiguresThen(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	shelf := registry.Registry("acme", "model")
	shelve(t, d, h.Ada, shelf, "digits", 0, nil)
	run := stockRun("digits", 2)
	_, err := d.AppendHistory(t.Context(), h.Ada, run, registry.RunLines{
		Lines: map[registry.Stream]registry.Lines{registry.HistoryStream: {Text: []string{
			`{"_step":0,"val/acc":0.1,"lr":1,"_timestamp":100}`, `{"_step":1,"val/acc":0.2,"lr":1,"_timestamp":101}`, `{"_step":2,"val/acc":0.3,"_timestamp":102}`,
			`{"_step":3,"val/acc":0.4,"_timestamp":103}`, `{"_step":7,"val/acc":0.8,"late":1,"_timestamp":104}`,
		}}},
		Summary: new(`{"val/acc":0.8,"lr":1,"late":1,"note":5}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[[2]int]string{ // the step that the client named, and how late it was
		{3, 102}: "[{val/acc 0.3} {lr 1} {note 5}]", {7, 103}: "[{val/acc 0.4} {lr 1} {note 5}]", {8, 103}: "[{val/acc 0.8} {lr 1} {late 1} {note 5}]",
		{0, 99}:  "[{note 5}]",
		{2, 999}: "[{val/acc 0.3} {lr 1} {note 5}]", {0, 999}: "[{val/acc 0.1} {lr 1} {note 5}]", {5, 999}: "[{val/acc 0.4} {lr 1} {note 5}]",
		{7, 999}: "[{val/acc 0.8} {lr 1} {late 1} {note 5}]", {9, 999}: "[{val/acc 0.8} {lr 1} {late 1} {note 5}]",
	} {
		if err := dbtest.Exec(t, d, `update artifacts set history_step = $1, created_at = to_timestamp($2) where digest = md5('digitsdigest2')`, at[0], at[1]); err != nil {
			t.Fatal(err)
		}
		ref := registry.CollectionRef{Place: shelf, Name: "digits"}
		p, err := d.VersionPage(t.Context(), h.Vera, registry.VersionRef{Collection: ref, Alias: "v2"}, registry.VersionQuery{Part: registry.VersionOverview})
		if err != nil || fmt.Sprint(p.Figures) != want || (p.Step == nil) != strings.Contains(want, "late") {
			t.Errorf("at step %d: %v, %v, want %s", at, p.Figures, err, want)
		}
		best := registry.KeyFigures(p.Figures, 1)[0]
		m, err := d.ModelPage(t.Context(), h.Vera, ref, registry.ModelQuery{})
		if err != nil || m.Keys[0] != best.Key || m.Versions[0].Figures[best.Key] != best.Value || best.Key == "val/acc" && m.Versions[2].Figures["val/acc"] != 0.9 {
			t.Errorf("at step %d, the model's page says %v and %v, %v", at, m.Versions[0].Figures, m.Versions[2].Figures, err)
		}
		for range 2 { // looked for, and then kept
			l, err := d.Landing(t.Context(), h.Vera, registry.LandingQuery{})
			if err != nil || *l.Models[0].KeyFigure != best || l.Models[0].Trend[len(l.Models[0].Trend)-1].Value != best.Value {
				t.Errorf("at step %d, the landing page says %+v, %v", at, l.Models[0].KeyFigure, err)
			}
			if err := dbtest.Exec(t, d, `update runs set state = 'finished'`); err != nil {
				t.Fatal(err)
			}
			settle(t, d)
		}
		if err := dbtest.Exec(t, d, `update run_progress set heartbeat_at = heartbeat_at`); err != nil {
			t.Fatal(err)
		}
	}
}
