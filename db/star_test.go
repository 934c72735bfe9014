package db_test

import (
	"encoding/hex"
	"fmt"
	"slices"
	"testing"
	"time"

	"greenroom/db"
	"greenroom/db/dbtest"
	"greenroom/registry"
)

// session signs somebody in.
func session(t *testing.T, d *db.DB, who registry.Actor) registry.Token {
	t.Helper()
	token := registry.Token(fmt.Sprint(t.Name(), who.Name, time.Now().UnixNano()))
	must(t, d.MakeSignInLink(t.Context(), dbtest.System, who.Name, token))
	_, err := d.SignInByLink(t.Context(), token, registry.NewSession{Token: token}, registry.NewKey{Name: "k", Secret: hex.EncodeToString(token.Sum())[:40], Scope: registry.ScopeAdmin})
	must(t, err)
	return token
}

// starredBy is what stands in the rail of somebody who is signed in.
func starredBy(t *testing.T, d *db.DB, who registry.Actor) (names []string) {
	t.Helper()
	v, err := d.VisitorBySession(t.Context(), session(t, d, who))
	must(t, err)
	for _, m := range v.Starred {
		names = append(names, m.Name+" "+m.Color)
	}
	return names
}

func TestStars(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	own := registry.Registry("vision", "model-registry")
	shelve(t, d, h.Ada, own, "digits", 0, nil)
	shelve(t, d, h.Ada, own, "churn", 0, func(s *dbtest.Stock) { s.Versions = nil })
	digits, churn := registry.CollectionRef{Place: own, Name: "digits"}, registry.CollectionRef{Place: own, Name: "churn"}
	star := func(who registry.Actor, ref registry.CollectionRef, on bool) registry.Stars {
		t.Helper()
		g, err := d.Star(t.Context(), who, ref, on)
		must(t, err)
		return g.Stars
	}
	if got := star(h.Vera, digits, true); got != (registry.Stars{Count: 1, Mine: true}) {
		t.Errorf("the first star: %+v", got)
	}
	star(h.Vera, digits, true) // again is the same
	star(h.Ada, digits, true)
	if got := star(h.Ada, digits, false); got != (registry.Stars{Count: 1}) {
		t.Errorf("taken back: %+v", got)
	}
	star(h.Vera, churn, true)
	if got := starredBy(t, d, h.Vera); !slices.Equal(got, []string{"churn ", "digits production"}) {
		t.Errorf("the rail: %q", got)
	}
	for _, ref := range []registry.CollectionRef{digits, {Place: own, Name: "nothing"}, {Place: registry.Project("vision", "digits"), Name: "run-digits"}} {
		_, err := d.Star(t.Context(), h.Eve, ref, true)
		wantKind(t, ref.String()+" by a stranger", err, registry.NotFound)
	}
	_, err := d.Star(t.Context(), h.Ada, registry.CollectionRef{Place: registry.Project("vision", "digits"), Name: "run-digits"}, true)
	wantKind(t, "what is no model", err, registry.NotFound)

	// Whoever leaves the team keeps no window into it.
	must(t, removed(d, h.Ada, "vera"))
	if got := starredBy(t, d, h.Vera); len(got) != 0 {
		t.Errorf("after leaving the team the rail shows %q", got)
	}
	_, err = d.DeleteCollection(t.Context(), h.Ada, churn)
	must(t, err)
}

func TestTheRailHoldsTheNewestStars(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	place := registry.Registry("acme", "model")
	for i := range registry.RailStars + 3 {
		name := fmt.Sprint("m", i)
		shelve(t, d, h.Ada, place, name, 0, func(s *dbtest.Stock) { s.Versions = nil })
		_, err := d.Star(t.Context(), h.Olga, registry.CollectionRef{Place: place, Name: name}, true)
		must(t, err)
	}
	if got := starredBy(t, d, h.Olga); len(got) != registry.RailStars+1 || got[0] != "m10 " {
		t.Errorf("the rail: %q", got)
	}
}
