package db_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"greenroom/db"
	"greenroom/db/dbtest"
	"greenroom/registry"
)

// told returns the names of the events about an entity, oldest first.
func told(t *testing.T, d *db.DB, entity int64) []string {
	t.Helper()
	return dbtest.EventNames(t, d, registry.EntitySubject, entity)
}

// Two administrators who remove each other at once leave one of them.
func TestAnAdministratorStays(t *testing.T) {
	t.Parallel()
	d, ctx := dbtest.Open(t), t.Context()
	h := dbtest.Furnish(t, d)
	if _, err := d.SetRole(ctx, h.Ada, "vision", "bob", registry.Admin); err != nil {
		t.Fatal(err)
	}
	errs := atOnce(2, func(i int) error {
		if i == 0 {
			return removed(d, h.Ada, "bob")
		}
		_, err := d.SetRole(ctx, h.Bob, "vision", "ada", registry.Viewer)
		return err
	})
	if n := succeeded(errs); n != 1 {
		t.Errorf("%d of them succeeded: %v", n, errs)
	}
	// Through the organization's own verb, too.
	wants(t, "AddMember with a lower role", d.AddMember(ctx, dbtest.System, "vision", admin(t, d), registry.Member), registry.Conflict)
}

// removed takes somebody out of vision.
func removed(d *db.DB, by registry.Actor, person string) error {
	_, err := d.RemoveMember(context.Background(), by, "vision", person)
	return err
}

// admin is the only administrator of vision.
func admin(t *testing.T, d *db.DB) string {
	t.Helper()
	team, err := d.Team(t.Context(), dbtest.System, "vision", registry.TeamQuery{})
	if err != nil {
		t.Fatal(err)
	}
	var admins []string
	for _, m := range team.Members {
		if m.Role == registry.Admin {
			admins = append(admins, m.PersonName)
		}
	}
	if len(admins) != 1 {
		t.Fatalf("the administrators are %v", admins)
	}
	return admins[0]
}

func TestLeavingATeam(t *testing.T) {
	t.Parallel()
	d, ctx := dbtest.Open(t), t.Context()
	h := dbtest.Furnish(t, d)
	before := len(told(t, d, h.Bob.PersonID))

	wants(t, "vera removes bob", removed(d, h.Vera, "bob"), registry.Denied)
	wants(t, "a stranger removes bob", removed(d, h.Eve, "bob"), registry.NotFound)
	wants(t, "ada removes nobody", removed(d, h.Ada, "olga"), registry.NotFound)
	if had, err := d.RemoveMember(ctx, h.Bob, "vision", "bob"); err != nil || had != registry.Member {
		t.Fatalf("bob left as %s, %v", had, err)
	}
	if bob, err := person(t, d, "bob"); err != nil || bob.DefaultEntity != "bob" {
		t.Errorf("bob's runs go to %q, %v", bob.DefaultEntity, err)
	}
	if got, want := told(t, d, h.Bob.PersonID)[before:], []string{"member.removed"}; !slices.Equal(got, want) {
		t.Errorf("the log tells %v, want %v", got, want)
	}
}

// Whoever was removed comes back as they were, by the rules for anybody.
func TestAddToTeam(t *testing.T) {
	t.Parallel()
	d, ctx := dbtest.Open(t), t.Context()
	h := dbtest.Furnish(t, d)
	add := func(by registry.Actor, person string, role registry.Role) error {
		return d.AddToTeam(ctx, by, "vision", registry.NewMember{Person: person, Role: role})
	}
	if err := removed(d, h.Ada, "bob"); err != nil {
		t.Fatal(err)
	}
	before := len(told(t, d, h.Bob.PersonID))
	wants(t, "by a viewer", add(h.Vera, "bob", registry.Member), registry.Denied)
	wants(t, "by oneself", add(h.Bob, "bob", registry.Member), registry.NotFound)
	wants(t, "of another organization", add(h.Ada, "eve", registry.Member), registry.Invalid)
	wants(t, "nobody", add(h.Ada, "nobody", registry.Member), registry.Invalid)
	wants(t, "a member already", add(h.Ada, "vera", registry.Admin), registry.Invalid)
	wants(t, "no role for a team", add(h.Ada, "bob", registry.RestrictedViewer), registry.Invalid)
	if err := add(h.Ada, "BOB", registry.Member); err != nil {
		t.Fatal(err)
	}
	if bob, err := person(t, d, "bob"); err != nil || bob.DefaultEntity != "vision" {
		t.Errorf("bob's runs go to %q, %v", bob.DefaultEntity, err)
	}
	if got, want := told(t, d, h.Bob.PersonID)[before:], []string{"member.added"}; !slices.Equal(got, want) {
		t.Errorf("the log tells %v, want %v", got, want)
	}
}

// A team's administrators see what became of invitations, others see none.
func TestInvitesOfTeam(t *testing.T) {
	t.Parallel()
	d, ctx := dbtest.Open(t), t.Context()
	h := dbtest.Furnish(t, d)
	for _, n := range []registry.NewInvite{{Role: registry.Viewer, Token: "a"}, {Role: registry.Member, Token: "b", ForWhom: "olga@acme.example"}, {Role: registry.Member, Token: "c"}} {
		if err := d.MakeInvite(ctx, h.Ada, "vision", n); err != nil {
			t.Fatal(err)
		}
	}
	long := registry.NewInvite{Role: registry.Member, Token: "d", ForWhom: strings.Repeat("x", 129)}
	wants(t, "for too long a name", d.MakeInvite(ctx, h.Ada, "vision", long), registry.Invalid)
	if _, err := d.AcceptInvite(ctx, h.Olga, "b"); err != nil {
		t.Fatal(err)
	}
	team, err := d.Team(ctx, h.Ada, "vision", registry.TeamQuery{})
	if err != nil {
		t.Fatal(err)
	}
	open, ended := team.OpenInvites(time.Now())
	if len(open) != 2 || len(ended) != 1 || ended[0].UsedBy != "olga" || ended[0].Address() != "olga@acme.example" || open[0].Address() != "" {
		t.Errorf("open are %+v, ended %+v", open, ended)
	}
	if team, err := d.Team(ctx, h.Bob, "vision", registry.TeamQuery{}); err != nil || len(team.Invites) > 0 {
		t.Errorf("a member sees %v, %v", team.Invites, err)
	}
}

func TestRolesAreTold(t *testing.T) {
	t.Parallel()
	d, ctx := dbtest.Open(t), t.Context()
	h := dbtest.Furnish(t, d)
	before := len(told(t, d, h.Bob.PersonID))
	for _, role := range []registry.Role{registry.Viewer, registry.Viewer, registry.Admin} {
		if _, err := d.SetRole(ctx, h.Ada, "vision", "bob", role); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := told(t, d, h.Bob.PersonID)[before:], []string{"member.role_changed", "member.role_changed"}; !slices.Equal(got, want) {
		t.Errorf("the log tells %v, want %v", got, want)
	}
}

func TestRename(t *testing.T) {
	t.Parallel()
	d, ctx := dbtest.Open(t), t.Context()
	h := dbtest.Furnish(t, d)
	rename := func(from, to string) {
		t.Helper()
		if err := d.RenameEntity(ctx, h.Ada, from, to); err != nil {
			t.Fatalf("%s to %s: %v", from, to, err)
		}
	}
	is := func(name string, id int64) {
		t.Helper()
		team, err := d.Team(ctx, dbtest.System, name, registry.TeamQuery{})
		if err != nil || team.ID != id {
			t.Errorf("%s leads to %d (%s), %v; want %d", name, team.ID, team.Name, err, id)
		}
	}
	id := h.Team.ID
	rename("vision", "eyes")
	is("eyes", id)
	is("VISION", id)
	rename("vision", "Eyes") // by the old name, and only the case
	is("eyes", id)
	rename("eyes", "vision") // and back
	is("eyes", id)
	is("vision", id)

	// A former name is free to take, and then means whoever took it.
	other, err := d.AddTeam(ctx, dbtest.System, "acme", "eyes")
	if err != nil {
		t.Fatal(err)
	}
	is("eyes", other.ID)
	is("vision", id)

	wants(t, "a name that is taken", d.RenameEntity(ctx, h.Ada, "vision", "ACME"), registry.Invalid)
	wants(t, "an address of ours", d.RenameEntity(ctx, h.Ada, "vision", "Login"), registry.Invalid)
	wants(t, "by a member", d.RenameEntity(ctx, h.Bob, "vision", "mine"), registry.Denied)
	wants(t, "by a stranger", d.RenameEntity(ctx, h.Eve, "vision", "mine"), registry.NotFound)
	if names := told(t, d, id); names[len(names)-1] != "entity.renamed" {
		t.Errorf("the log tells %v", names)
	}
}

func TestInvitesLetOneIn(t *testing.T) {
	t.Parallel()
	d, ctx := dbtest.Open(t), t.Context()
	h := dbtest.Furnish(t, d)
	if err := d.MakeInvite(ctx, h.Ada, "vision", registry.NewInvite{Role: registry.Member, Token: "link"}); err != nil {
		t.Fatal(err)
	}
	who := []registry.Actor{h.Olga, h.Eve}
	if n := succeeded(atOnce(2, func(i int) error {
		_, err := d.AcceptInvite(ctx, who[i], "link")
		return err
	})); n != 1 {
		t.Errorf("the invitation let %d in", n)
	}
	err := d.JoinByInvite(ctx, "link", registry.NewPerson{Name: "new", Password: "long enough to be one"}, registry.NewSession{Token: "s"}, key("first", "a"))
	wants(t, "a third", err, registry.Gone)
	_, err = person(t, d, "new")
	wants(t, "the account of the third", err, registry.NotFound)

	wants(t, "an invitation by a member", d.MakeInvite(ctx, h.Bob, "vision", registry.NewInvite{Role: registry.Member, Token: "x"}), registry.Denied)
	wants(t, "an invitation to be one's own", d.MakeInvite(ctx, h.Bob, "bob", registry.NewInvite{Role: registry.Member, Token: "x"}), registry.NotFound)
	events := told(t, d, h.Team.ID)
	if !slices.Equal(events[len(events)-3:], []string{"invite.made", "member.added", "invite.used"}) {
		t.Errorf("the log tells %v", events)
	}
}

// What an invitation does not give does not come with it.
func TestJoiningMakesNoAdministrator(t *testing.T) {
	t.Parallel()
	d, ctx := dbtest.Open(t), t.Context()
	h := dbtest.Furnish(t, d)
	if err := d.MakeInvite(ctx, h.Ada, "vision", registry.NewInvite{Role: registry.Member, Token: "link"}); err != nil {
		t.Fatal(err)
	}
	who := registry.NewPerson{Name: "carl", Password: "long enough to be one", Admin: true, Organization: "rivals", DefaultTeam: "vision"}
	if err := d.JoinByInvite(ctx, "link", who, registry.NewSession{Token: "s"}, key("first", "b")); err != nil {
		t.Fatal(err)
	}
	carl, err := d.VisitorBySession(ctx, "s")
	if err != nil || carl.Admin || carl.Organization != "acme" || carl.DefaultEntity != "vision" {
		t.Errorf("carl is %+v, %v", carl, err)
	}
	by, err := d.ActorByKey(ctx, registry.WandB, key("", "b").Secret)
	if err != nil || by.Name != "carl" {
		t.Errorf("carl's key lets in %+v, %v", by, err)
	}
}

// Members come a page at a time, by what they are called, and are found by either name wherever they would stand.
func TestMembersByPage(t *testing.T) {
	t.Parallel()
	d, ctx := dbtest.Open(t), t.Context()
	h := dbtest.Furnish(t, d)
	want := []string{"ada", "bob", "vera"}
	for i := range registry.PageSize {
		name := fmt.Sprintf("m%02d", i)
		if _, err := d.AddPerson(ctx, dbtest.System, registry.NewPerson{Name: name, Organization: "acme"}); err != nil {
			t.Fatal(err)
		}
		if err := d.AddMember(ctx, dbtest.System, "vision", name, registry.Viewer); err != nil {
			t.Fatal(err)
		}
		want = append(want, name)
	}
	if err := dbtest.Exec(t, d, `update people p set full_name = 'Zoë Aho' from entities e where e.id = p.id and e.name = 'bob'`); err != nil {
		t.Fatal(err)
	}
	slices.Sort(want)
	want = append(slices.DeleteFunc(want, func(name string) bool { return name == "bob" }), "bob")
	page := func(find, after string) (names []string, team registry.Team) {
		t.Helper()
		team, err := d.Team(ctx, h.Ada, "vision", registry.TeamQuery{Find: find, After: after})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range team.Members {
			names = append(names, m.PersonName)
		}
		return names, team
	}
	first, team := page("", "")
	if !slices.Equal(first, want[:registry.PageSize]) || team.Total != len(want) || team.Found != len(want) || team.Admins != 1 {
		t.Errorf("the first page of %d, %d found, %d administrators, is %v", team.Total, team.Found, team.Admins, first)
	}
	if !team.OnlyAdmin(team.Members[0]) || team.OnlyAdmin(team.Members[1]) {
		t.Error("the only administrator is not ada")
	}
	last := team.Next
	for range 2 {
		if rest, end := page("", last); !slices.Equal(rest, want[registry.PageSize:]) || end.Next != "" || end.Total < len(want)-1 {
			t.Errorf("the page after %s is %v, and %q follows", last, rest, end.Next)
		}
		if err := removed(d, h.Ada, last); err != nil && registry.KindOf(err) != registry.NotFound { // the second time whoever it follows is gone
			t.Fatal(err)
		}
	}
	for words, want := range map[string][]string{" ZO": {"bob"}, "m1": {"m10", "m11", "m12", "m13", "m14", "m15", "m16", "m17", "m18", "m19"}, "nobody at all": nil} {
		if found, team := page(words, ""); team.Found != len(want) || len(slices.DeleteFunc(found, func(name string) bool { return slices.Contains(want, name) })) > 0 {
			t.Errorf("%q finds %d, among them %v", words, team.Found, found)
		}
	}
	if _, again := page("", "nobody"); len(again.Members) != registry.PageSize {
		t.Errorf("after nobody comes %v", again.Members)
	}
}
