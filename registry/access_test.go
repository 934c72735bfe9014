package registry_test

import (
	"testing"

	"greenroom/registry"
)

// TestPermissionTable is the permission model as people read it: a line per
// permission, a column per role.
func TestPermissionTable(t *testing.T) {
	t.Parallel()
	roles := []registry.Role{registry.Stranger, registry.RestrictedViewer, registry.Viewer, registry.Member, registry.Admin}
	for _, tc := range []struct {
		need registry.Permission
		want string
	}{
		{registry.Look, " ✓✓✓✓"},
		{registry.Download, "  ✓✓✓"},
		{registry.Comment, "  ✓✓✓"},
		{registry.Link, "   ✓✓"},
		{registry.Log, "   ✓✓"},
		{registry.Administer, "    ✓"},
	} {
		for _, kind := range []registry.PlaceKind{registry.RegistryPlace, registry.ProjectPlace} {
			var got string
			for _, role := range roles {
				if (registry.Access{Kind: kind, Role: role}).Can(tc.need) {
					got += "✓"
				} else {
					got += " "
				}
			}
			if got != tc.want {
				t.Errorf("%s in a %s: %q, want %q", tc.need, kind, got, tc.want)
			}
		}
	}
}

func TestRequire(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		role  registry.Role
		scope registry.Scope
		need  registry.Permission
		want  registry.Kind
	}{
		{registry.Admin, "", registry.Administer | registry.Link, ""},
		{registry.Member, "", registry.Link, ""},
		{registry.Member, "", registry.Link | registry.Administer, registry.Denied},
		{registry.Viewer, "", registry.Log, registry.Denied},
		{registry.Stranger, "", registry.Look, registry.NotFound},
		{registry.Stranger, registry.ScopeAdmin, registry.Look, registry.NotFound},
		{registry.Admin, registry.ScopeRead, registry.Download, ""},
		{registry.Admin, registry.ScopeRead, registry.Log, registry.Denied},
		{registry.Admin, registry.ScopeLog, registry.Link, ""},
		{registry.Admin, registry.ScopePromote, registry.Administer, registry.Denied},
		{registry.Viewer, registry.ScopeAdmin, registry.Log, registry.Denied},
		{registry.Stranger, "", 0, ""},
	} {
		err := registry.Access{Kind: registry.ProjectPlace, Role: tc.role, Scope: tc.scope}.Require(tc.need)
		if got := registry.KindOf(err); got != tc.want {
			t.Errorf("%s with scope %q asking to %s: %v, want %q", tc.role, tc.scope, tc.need, err, tc.want)
		}
	}
}
