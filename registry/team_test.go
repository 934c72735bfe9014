package registry_test

import (
	"strings"
	"testing"
	"time"

	"greenroom/registry"
)

func TestCheckAdminStays(t *testing.T) {
	t.Parallel()
	const a, b, c = 1, 2, 3
	team := func(roles ...registry.Role) (members []registry.Membership) {
		for i, r := range roles {
			members = append(members, registry.Membership{PersonID: int64(i + 1), Role: r})
		}
		return members
	}
	for _, tc := range []struct {
		what    string
		members []registry.Membership
		person  int64
		role    registry.Role
		want    registry.Kind
	}{
		{"the only one becomes a member", team(registry.Admin, registry.Member), a, registry.Member, registry.Conflict},
		{"the only one leaves", team(registry.Admin, registry.Member), a, registry.Stranger, registry.Conflict},
		{"the only one stays", team(registry.Admin, registry.Member), a, registry.Admin, ""},
		{"one of two leaves", team(registry.Admin, registry.Admin), b, registry.Stranger, ""},
		{"a member leaves", team(registry.Admin, registry.Member), b, registry.Stranger, ""},
		{"a member becomes a viewer", team(registry.Admin, registry.Member), b, registry.Viewer, ""},
		{"somebody new", team(registry.Admin), c, registry.Viewer, ""},
		{"the first of a team without any", team(), a, registry.Viewer, ""},
		{"in a team without an administrator", team(registry.Member, registry.Member), a, registry.Stranger, ""},
	} {
		if got := registry.KindOf(registry.CheckAdminStays(tc.members, tc.person, tc.role)); got != tc.want {
			t.Errorf("%s: kind %q, want %q", tc.what, got, tc.want)
		}
	}
}

func TestInviteCheck(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	past, later := now.Add(-time.Minute), now.Add(time.Minute)
	for _, tc := range []struct {
		invite registry.Invite
		words  string
	}{
		{registry.Invite{ExpiresAt: later}, ""},
		{registry.Invite{ExpiresAt: now}, "has run out"},
		{registry.Invite{ExpiresAt: later, UsedAt: &past}, "has been used"},
		{registry.Invite{ExpiresAt: past, RevokedAt: &past, UsedAt: &past}, "was taken back"},
	} {
		err := tc.invite.Check(now)
		if tc.words == "" {
			if err != nil {
				t.Errorf("%+v: %v", tc.invite, err)
			}
			continue
		}
		if registry.KindOf(err) != registry.Gone || !strings.Contains(err.Error(), tc.words) {
			t.Errorf("%+v: %v, want %q in it", tc.invite, err, tc.words)
		}
	}
}

func TestAccountRules(t *testing.T) {
	t.Parallel()
	ok := func(what string, err error, fine bool) {
		t.Helper()
		if want := map[bool]registry.Kind{true: "", false: registry.Invalid}[fine]; registry.KindOf(err) != want {
			t.Errorf("%s: %v", what, err)
		}
	}
	for password, fine := range map[string]bool{
		"": false, "123456789": false, "1234567890": true, "ñññññññññ": false, "ñññññññññß": true,
		strings.Repeat("x", 1000): true, strings.Repeat("x", 1001): false,
	} {
		ok("password "+password, registry.CheckPassword(password), fine)
	}
	for email, fine := range map[string]bool{
		"": true, "a@b.example": true, "a": false, "a@": false, "Ada <a@b.example>": false, "a@b.example, c@d.example": false, "a b@c.example": false,
	} {
		ok("e-mail "+email, registry.CheckPerson("", email), fine)
	}
	for name, fine := range map[string]bool{"": true, "Ada Lovelace": true, "Zoë Ångström": true, "a\nb": false, strings.Repeat("x", 129): false} {
		ok("full name "+name, registry.CheckPerson(name, ""), fine)
	}
	for role, fine := range map[registry.Role]bool{
		registry.Viewer: true, registry.Member: true, registry.Admin: true, registry.RestrictedViewer: false, registry.Stranger: false, "boss": false,
	} {
		ok("role "+string(role), registry.CheckTeamRole(role), fine)
	}
	for _, tc := range []struct {
		name, ip int
		want     registry.Kind
	}{{0, 0, ""}, {9, 99, ""}, {10, 0, registry.Busy}, {0, 100, registry.Busy}} {
		if got := registry.KindOf(registry.CheckFailures(tc.name, tc.ip)); got != tc.want {
			t.Errorf("%+v: %q", tc, got)
		}
	}
}
