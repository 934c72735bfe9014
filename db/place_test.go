package db_test

import (
	"testing"

	"greenroom/db/dbtest"
	"greenroom/registry"
)

func TestWhoMaySeeAPlace(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)

	own := registry.Registry("vision", registry.OwnRegistry)
	shared := registry.Registry("acme", "model")
	for _, tc := range []struct {
		name string
		by   registry.Actor
		at   registry.PlaceRef
		want registry.Kind
	}{
		{"administrator of the team", h.Ada, own, ""},
		{"viewer in the team", h.Vera, own, ""},
		{"whatever the case", h.Vera, registry.Registry("VISION", "Model-Registry"), ""},
		{"no entity means the default one", h.Vera, registry.Registry("", registry.OwnRegistry), ""},
		{"outside the team", h.Olga, own, registry.NotFound},
		{"another organization", h.Eve, own, registry.NotFound},
		{"nobody", registry.Actor{}, own, registry.Unauthenticated},
		{"nobody, nothing there", registry.Actor{}, registry.Project("nobody", "nothing"), registry.Unauthenticated},
		{"member of the organization", h.Olga, shared, ""},
		{"a team's path to its organization's registry", h.Bob, registry.Registry("vision", "model"), ""},
		{"another organization's registry", h.Eve, shared, registry.NotFound},
		{"someone else's own", h.Bob, registry.Registry("ada", registry.OwnRegistry), registry.NotFound},
		{"one's own", h.Bob, registry.Registry("bob", registry.OwnRegistry), ""},
		{"no such entity", h.Ada, registry.Project("nobody", "nothing"), registry.NotFound},
		{"administrator of the installation", dbtest.System, own, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := d.Events(t.Context(), tc.by, tc.at, 0, 10)
			if got := registry.KindOf(err); got != tc.want {
				t.Errorf("Events = %v, want kind %q", err, tc.want)
			}
		})
	}
}

func TestNewOrganizationTellsOfItsRegistries(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	for _, name := range []string{"model", "dataset", registry.OwnRegistry} {
		if _, err := d.Events(t.Context(), h.Olga, registry.Registry("acme", name), 0, 10); err != nil && name != registry.OwnRegistry {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := d.AddOrganization(t.Context(), h.Ada, "mine", false); registry.KindOf(err) != registry.NotFound {
		t.Errorf("somebody without rights made an organization: %v", err)
	}
}

func TestEntityNames(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	for _, name := range []string{"", "Vision", "ADA", "login", "Settings", "a/b", "..", "ä", "a b", "-a"} {
		if _, err := d.AddTeam(t.Context(), dbtest.System, "acme", name); registry.KindOf(err) != registry.Invalid {
			t.Errorf("AddTeam(%q) = %v, want Invalid", name, err)
		}
	}
	if _, err := d.AddTeam(t.Context(), h.Bob, "acme", "fresh"); registry.KindOf(err) != registry.Denied {
		t.Errorf("a member made a team: %v", err)
	}
}
