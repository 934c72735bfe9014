package db_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"greenroom/db"
	"greenroom/db/dbtest"
	"greenroom/registry"
)

func shelve(t *testing.T, d *db.DB, by registry.Actor, place registry.PlaceRef, name string, age time.Duration, more func(*dbtest.Stock)) {
	t.Helper()
	s := dbtest.Stock{
		Place: place, Project: registry.Project("vision", "digits"), Name: name,
		ChangedAt: time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC).Add(-age),
		Versions: []dbtest.StockVersion{
			{Summary: `{"val/acc":0.9,"_step":4}`, Aliases: []string{"production"}},
			{Summary: `{"val/acc":NaN,"val/loss":0.1}`},
			{Summary: `{"epoch":3,"val/acc":0.95,"nested":{"deep":1},"pic":{"_type":"image-file","size":3}}`, Aliases: []string{"latest", "staging", "belt-2"}},
		},
	}
	if more != nil {
		more(&s)
	}
	dbtest.Put(t, d, by, s)
}

func names(l registry.Landing) (names []string) {
	for _, m := range l.Models {
		names = append(names, m.Label+"/"+m.Name)
	}
	return names
}

func TestLanding(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	shelve(t, d, h.Ada, registry.Registry("vision", "model-registry"), "digits-cnn", time.Hour, func(s *dbtest.Stock) {
		s.Tags, s.Description = []string{"mnist", "edge case"}, "Handwritten digits, 100% sorted_by belt."
	})
	shelve(t, d, h.Ada, registry.Registry("acme", "model"), "churn", 0, func(s *dbtest.Stock) { s.Versions = s.Versions[:1] })
	shelve(t, d, h.Ada, registry.Registry("acme", "dataset"), "digits", 2*time.Hour, func(s *dbtest.Stock) { s.Type, s.Versions = "dataset", nil })
	shelve(t, d, h.Eve, registry.Registry("rivals", "model"), "secret", 0, func(s *dbtest.Stock) { s.Project = registry.Project("eve", "p") })

	for _, tc := range []struct {
		who   registry.Actor
		query registry.LandingQuery
		want  []string
		total int
	}{
		{h.Ada, registry.LandingQuery{}, []string{"model/churn", "vision/digits-cnn", "dataset/digits"}, 3},
		{h.Olga, registry.LandingQuery{}, []string{"model/churn", "dataset/digits"}, 2},
		{h.Eve, registry.LandingQuery{}, []string{"model/secret"}, 1},
		{h.Bob, registry.LandingQuery{Registry: registry.Registry("vision", "model-registry")}, []string{"vision/digits-cnn"}, 1},
		{h.Bob, registry.LandingQuery{Search: "DIGITS"}, []string{"vision/digits-cnn", "dataset/digits"}, 3},
		{h.Bob, registry.LandingQuery{Search: "digits dataset"}, []string{"dataset/digits"}, 3},
		{h.Bob, registry.LandingQuery{Search: "edge mnist"}, []string{"vision/digits-cnn"}, 3},
		{h.Bob, registry.LandingQuery{Search: "belt-2"}, []string{"vision/digits-cnn"}, 3},
		{h.Bob, registry.LandingQuery{Search: "nn"}, []string{"vision/digits-cnn"}, 3},
		{h.Bob, registry.LandingQuery{Search: "nn edge nn 10"}, []string{"vision/digits-cnn"}, 3},
		{h.Bob, registry.LandingQuery{Search: "nn churn"}, nil, 3},
		{h.Bob, registry.LandingQuery{Search: "100%"}, []string{"vision/digits-cnn"}, 3},
		{h.Bob, registry.LandingQuery{Search: "100% sorted_by handWritten"}, []string{"vision/digits-cnn"}, 3},
		{h.Bob, registry.LandingQuery{Search: "di_its"}, nil, 3},
		{h.Bob, registry.LandingQuery{Search: `'; drop table models; --`}, nil, 3},
	} {
		l, err := d.Landing(t.Context(), tc.who, tc.query)
		if err != nil {
			t.Errorf("%s %+v: %v", tc.who.Name, tc.query, err)
			continue
		}
		if got := names(l); !slices.Equal(got, tc.want) || l.Total != tc.total || l.Found != len(tc.want) {
			t.Errorf("%s %+v: %v, %d of %d, want %v of %d", tc.who.Name, tc.query, got, l.Found, l.Total, tc.want, tc.total)
		}
	}
	for _, tc := range []struct {
		who   registry.Actor
		query registry.LandingQuery
		want  registry.Kind
	}{
		{registry.Actor{}, registry.LandingQuery{}, registry.Unauthenticated},
		{h.Eve, registry.LandingQuery{Registry: registry.Registry("vision", "model-registry")}, registry.NotFound},
		{h.Ada, registry.LandingQuery{Registry: registry.Registry("acme", "nothing")}, registry.NotFound},
		{h.Ada, registry.LandingQuery{After: "x"}, registry.Invalid},
	} {
		if _, err := d.Landing(t.Context(), tc.who, tc.query); registry.KindOf(err) != tc.want {
			t.Errorf("%s %+v: %v, want %s", tc.who.Name, tc.query, err, tc.want)
		}
	}
}

func TestLandingRow(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	shelve(t, d, h.Ada, registry.Registry("acme", "model"), "digits", 0, nil)
	l, err := d.Landing(t.Context(), h.Vera, registry.LandingQuery{})
	if err != nil || len(l.Models) != 1 {
		t.Fatalf("Landing = %+v, %v", l, err)
	}
	m := l.Models[0]
	if m.Newest.Number != 2 || m.KeyFigure.Key != "val/acc" || m.KeyFigure.Value != 0.95 || len(m.Trend) != 3 || m.Trend[0].Value != 0.9 {
		t.Errorf("newest %v, key figure %v, trend %v", m.Newest, m.KeyFigure, m.Trend)
	}
	if len(m.Stages) != 2 || m.Stages[0].Name != "production" || m.Stages[0].Number != 0 || m.Stages[1].Number != 2 {
		t.Errorf("stages %+v", m.Stages)
	}
	if len(m.Aliases) != 1 || m.Aliases[0] != (registry.AliasHolder{Name: "belt-2", Number: 2}) {
		t.Errorf("aliases %+v", m.Aliases)
	}
	if delta, against, ok := m.Change(); !ok || against != 0 || delta < 0.049 || delta > 0.051 {
		t.Errorf("change %v against %d, %v", delta, against, ok)
	}
	if l.Versions != 3 {
		t.Errorf("%d versions", l.Versions)
	}
}

// TestLandingComparesWithTheStage has the version in production far behind the
// newest ones.
func TestLandingComparesWithTheStage(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	shelve(t, d, h.Ada, registry.Registry("acme", "model"), "digits", 0, func(s *dbtest.Stock) {
		s.Versions = make([]dbtest.StockVersion, 3*registry.TrendVersions)
		for i := range s.Versions {
			s.Versions[i].Summary = fmt.Sprintf(`{"val/acc":%d}`, i)
		}
		s.Versions[1].Aliases = []string{"production"}
	})
	l, err := d.Landing(t.Context(), h.Vera, registry.LandingQuery{})
	if err != nil || len(l.Models) != 1 {
		t.Fatalf("Landing = %+v, %v", l, err)
	}
	m := l.Models[0]
	if len(m.Trend) != 1+registry.TrendVersions || m.Trend[0] != (registry.VersionValue{Number: 1, Value: 1}) {
		t.Errorf("trend %v", m.Trend)
	}
	if delta, against, ok := m.Change(); !ok || against != 1 || delta != float64(3*registry.TrendVersions-2) {
		t.Errorf("change %v against %d, %v", delta, against, ok)
	}
}

func TestLandingPages(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	for i := range registry.PageSize + 3 {
		// All at one moment: the mark must tell rows apart by ID.
		shelve(t, d, h.Ada, registry.Registry("acme", "model"), fmt.Sprintf("m%02d", i), 0, func(s *dbtest.Stock) { s.Versions = nil })
	}
	first, err := d.Landing(t.Context(), h.Ada, registry.LandingQuery{})
	if err != nil || len(first.Models) != registry.PageSize || first.Next == "" {
		t.Fatalf("first page: %d models, next %q, %v", len(first.Models), first.Next, err)
	}
	second, err := d.Landing(t.Context(), h.Ada, registry.LandingQuery{After: first.Next})
	if err != nil || second.Next != "" {
		t.Fatalf("second page: next %q, %v", second.Next, err)
	}
	if got := names(second); !slices.Equal(got, []string{"model/m02", "model/m01", "model/m00"}) {
		t.Errorf("second page: %v", got)
	}
}

// TestLandingOfMany is about the shape of the work, not the machine: ten thousand
// models must not take a hundred times what a hundred take.
func TestLandingOfMany(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	shelve(t, d, h.Ada, registry.Registry("acme", "model"), "first", 0, nil)
	const many = `
		with shelf as (select place_id, created_by from collections where kind = 'model' limit 1),
		made as (
			insert into collections (place_id, kind, name, type, tags, description, created_by, created_at, changed_at)
			select place_id, 'model', 'model ' || n, 'model', array['t' || n % 50], repeat('words ', 20), created_by, '2026-01-01', timestamptz '2026-01-01' + n * interval '1 minute'
			from shelf, generate_series(1, 10000) n
			returning id)
		insert into versions (collection_id, number, artifact_id, linked_by, linked_at)
		select made.id, 0, (select min(id) from artifacts), 1, '2026-01-01' from made`
	if err := dbtest.Exec(t, d, many); err != nil {
		t.Fatal(err)
	}
	if err := dbtest.Exec(t, d, `analyze`); err != nil {
		t.Fatal(err)
	}
	for _, search := range []string{"", "t7 model"} {
		start := time.Now()
		l, err := d.Landing(t.Context(), h.Ada, registry.LandingQuery{Search: search})
		if err != nil || l.Total != 10001 || len(l.Models) != registry.PageSize {
			t.Fatalf("%d of %d models, %v", len(l.Models), l.Total, err)
		}
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("%q among 10,000 models took %v", search, took)
		} else {
			t.Logf("%q among 10,000 models took %v", search, took)
		}
	}
}
