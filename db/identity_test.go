package db_test

import (
	"slices"
	"testing"

	"greenroom/db/dbtest"
	"greenroom/registry"
)

func TestPeopleShowOnlyWhatIsShared(t *testing.T) {
	t.Parallel()
	d, h := house(t)
	ctx := t.Context()
	_, err := d.AddTeam(ctx, dbtest.System, "rivals", "secrets", registry.NewMember{Person: "bob", Role: registry.Member})
	must(t, err)
	must(t, dbtest.Exec(t, d, `update people set default_entity_id = (select id from entities where name = 'secrets') where id = $1`, h.Bob.PersonID))
	groups := func(by registry.Actor) (names []string) {
		t.Helper()
		found, err := d.PeopleLike(ctx, by, "bob", 10)
		must(t, err)
		for _, p := range found {
			for _, e := range slices.Concat(p.Organizations, p.Teams) {
				names = append(names, e.Name)
			}
			names = append(names, p.DefaultEntity)
		}
		slices.Sort(names)
		return names
	}
	for _, tc := range []struct {
		name string
		by   registry.Actor
		want []string
	}{
		{"himself", h.Bob, []string{"acme", "bob", "rivals", "secrets", "secrets", "vision"}},
		{"an administrator", dbtest.System, []string{"acme", "bob", "rivals", "secrets", "secrets", "vision"}},
		{"of his organization", h.Olga, []string{"", "acme", "bob"}},
		{"of his team", h.Vera, []string{"", "acme", "bob", "vision"}},
		{"of the other team's organization", h.Eve, []string{"", "bob", "rivals"}},
	} {
		if got := groups(tc.by); !slices.Equal(got, tc.want) {
			t.Errorf("%s sees %q, want %q", tc.name, got, tc.want)
		}
	}
}

func TestKeyForOnePlaceStaysThere(t *testing.T) {
	t.Parallel()
	d, h := house(t)
	ctx := t.Context()
	run := logRun(t, d, h.Ada, "digits", "r1", registry.RunEdit{})
	bound := h.Ada
	bound.KeyID, bound.Scope, bound.KeyPlaceID = 1, registry.ScopeAdmin, run.Place.ID
	_, err := d.MakeKey(ctx, bound, key("wider", "f"))
	wantKind(t, "a key for everything", err, registry.NotFound)
	_, err = d.Account(ctx, bound, "")
	wantKind(t, "the account", err, registry.NotFound)
	if found, err := d.PeopleLike(ctx, bound, "", 10); err != nil || len(found) != 1 {
		t.Errorf("sees %d people, %v", len(found), err)
	}
	bound.Admin = true
	_, err = d.AddOrganization(ctx, bound, "fresh", true)
	wantKind(t, "an organization", err, registry.NotFound)
	if _, err := d.Run(ctx, bound, registry.RunRef{ID: run.ID}); err != nil {
		t.Errorf("its own place: %v", err)
	}
}
