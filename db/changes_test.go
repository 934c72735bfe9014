package db_test

import (
	"fmt"
	"slices"
	"testing"

	"greenroom/db/dbtest"
	"greenroom/registry"
)

// newsOf is what the landing page tells somebody: who did what to which model.
func (s shelf) newsOf(t *testing.T, who registry.Actor) (told []string) {
	t.Helper()
	l, err := s.Landing(t.Context(), who, registry.LandingQuery{})
	must(t, err)
	for _, c := range l.News.Changes {
		told = append(told, c.Actor+" "+c.Name+" "+c.Model)
	}
	if l.News.More > 0 {
		told = append(told, fmt.Sprintf("%d more, %v", l.News.More, l.News.Some))
	}
	return told
}

func TestNewsSinceTheVisitBefore(t *testing.T) {
	t.Parallel()
	s := openShelf(t)
	own := registry.Registry("vision", "model-registry")
	tokens := map[string]registry.Token{}
	for _, who := range []registry.Actor{s.Vera, s.Olga, s.Bob} {
		tokens[who.Name] = session(t, s.DB, who)
	}
	looks := func(who registry.Actor) {
		t.Helper()
		_, err := s.VisitorBySession(t.Context(), tokens[who.Name])
		must(t, err)
	}
	later := func(minutes int) {
		t.Helper()
		must(t, dbtest.Exec(t, s.DB, `update visits set seen_at = seen_at - $1 * interval '1 minute', since_at = since_at - $1 * interval '1 minute'`, minutes))
	}
	expect := func(when string, who registry.Actor, want ...string) {
		t.Helper()
		if got := s.newsOf(t, who); !slices.Equal(got, want) {
			t.Errorf("%s %s is told %q, want %q", when, who.Name, got, want)
		}
	}
	link := func(place registry.PlaceRef, model, content string, aliases ...string) {
		t.Helper()
		_, err := s.LinkVersion(t.Context(), s.Bob, linkTo(s.log(t, s.Bob, registry.NewArtifact{}, content), place, model, aliases...))
		must(t, err)
	}
	link(own, "old", "A")
	expect("who was never here,", s.Vera)
	for _, who := range []registry.Actor{s.Vera, s.Olga, s.Bob} {
		looks(who)
	}
	expect("on the first visit", s.Vera)

	link(own, "net", "B", "staging")
	expect("after a link", s.Vera, "bob alias.set net") // which tells of the link, too
	expect("of the other's team", s.Olga)
	expect("of one's own changes", s.Bob)
	later(2)
	looks(s.Vera)
	expect("in the same visit", s.Vera, "bob alias.set net")
	later(31)
	looks(s.Vera)
	expect("on the next visit", s.Vera)

	link(own, "net", "C")
	link(registry.Registry("acme", "model"), "shared", "D")
	expect("after two links", s.Vera, "bob version.linked shared", "bob version.linked net")
	expect("who sees one of the registries", s.Olga, "bob version.linked shared")
	_, err := s.DeleteCollection(t.Context(), s.Bob, registry.CollectionRef{Place: own, Name: "net"})
	must(t, err)
	expect("after a model is gone", s.Vera, "bob collection.deleted ", "bob version.linked shared", "bob version.linked ")
	must(t, s.MarkSeen(t.Context(), s.Vera))
	expect("who has marked all as seen", s.Vera)
	wantKind(t, "marked by nobody", s.MarkSeen(t.Context(), registry.Actor{}), registry.Unauthenticated)

	for i := range registry.NewsCounted + 5 {
		_, err := s.AddModel(t.Context(), s.Bob, registry.NewModel{Registry: own, Name: fmt.Sprint("m", i), Type: "model"})
		must(t, err)
	}
	expect("after much", s.Vera, "bob collection.created m104", "bob collection.created m103", "bob collection.created m102", "97 more, true")
}

func TestChanges(t *testing.T) {
	t.Parallel()
	s := openShelf(t)
	own, shared := registry.Registry("vision", "model-registry"), registry.Registry("acme", "model")
	for i := range registry.PageSize {
		_, err := s.AddModel(t.Context(), s.Bob, registry.NewModel{Registry: own, Name: fmt.Sprint("m", i), Type: "model"})
		must(t, err)
	}
	_, err := s.AddModel(t.Context(), s.Bob, registry.NewModel{Registry: shared, Name: "open", Type: "model"})
	must(t, err)
	read := func(who registry.Actor) (models []string) {
		t.Helper()
		before := int64(0)
		for range 5 {
			p, err := s.Changes(t.Context(), who, before)
			must(t, err)
			for _, c := range p.Changes {
				models = append(models, c.Label+"/"+c.Model)
			}
			if before = p.Next; before == 0 {
				return models
			}
		}
		t.Fatalf("%s: there is no last page", who.Name)
		return nil
	}
	if got := read(s.Vera); len(got) != registry.PageSize+1 || got[0] != "model/open" || got[1] != "vision/m49" || got[registry.PageSize] != "vision/m0" {
		t.Errorf("vera reads %d changes: %q", len(got), got)
	}
	if got := read(s.Olga); !slices.Equal(got, []string{"model/open"}) {
		t.Errorf("olga reads %q", got)
	}
	if got := read(s.Eve); len(got) != 0 {
		t.Errorf("eve reads %q", got)
	}
	_, err = s.Changes(t.Context(), registry.Actor{}, 0)
	wantKind(t, "nobody", err, registry.Unauthenticated)
}
