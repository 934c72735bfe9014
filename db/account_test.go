package db_test

import (
	"slices"
	"sync"
	"testing"

	"greenroom/db"
	"greenroom/db/dbtest"
	"greenroom/registry"
)

// wants fails unless err is of a kind.
func wants(t *testing.T, what string, err error, kind registry.Kind) {
	t.Helper()
	if got := registry.KindOf(err); got != kind {
		t.Errorf("%s: %v, want kind %q", what, err, kind)
	}
}

// atOnce returns what n calls at once return.
func atOnce(n int, call func(i int) error) []error {
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { errs[i] = call(i) })
	}
	wg.Wait()
	return errs
}

// succeeded counts.
func succeeded(errs []error) int {
	return len(errs) - len(slices.DeleteFunc(slices.Clone(errs), func(err error) bool { return err == nil }))
}

// person is somebody as the installation sees them.
func person(t *testing.T, d *db.DB, name string) (registry.Person, error) {
	t.Helper()
	found, err := d.EntityDetail(t.Context(), dbtest.System, name)
	if err != nil {
		return registry.Person{}, err
	}
	return found.Person.Person, nil
}

func TestFirstStartOnce(t *testing.T) {
	t.Parallel()
	d, ctx := dbtest.Open(t), t.Context()
	firsts := make([]registry.FirstStart, 8)
	tokens := []registry.Token{"a", "b", "c", "d", "e", "f", "g", "h"}
	install := func(token registry.Token) registry.NewInstallation {
		return registry.NewInstallation{Organization: "org", Team: "crew", Person: "owner", Token: token}
	}
	for _, err := range atOnce(8, func(i int) (err error) {
		firsts[i], err = d.FirstStart(ctx, dbtest.System, install(tokens[i]))
		return err
	}) {
		if err != nil {
			t.Fatal(err)
		}
	}
	made, good := 0, 0
	for i, first := range firsts {
		if first.Made {
			made++
		}
		if !first.Link || first.Person != "owner" {
			t.Errorf("first start says %+v", first)
		}
		if _, err := d.SignInByLink(ctx, tokens[i], registry.NewSession{Token: "s" + tokens[i]}, key("first", "a")); err == nil {
			good++
		}
	}
	if made != 1 || good != 1 {
		t.Errorf("%d starts made an installation and %d links are good, want one each", made, good)
	}
	if next, err := d.FirstStart(ctx, dbtest.System, install("next")); err != nil || next.Link || next.Made {
		t.Errorf("after somebody has signed in: %+v, %v", next, err)
	}
	owner, err := person(t, d, "owner")
	if err != nil || !owner.Admin || owner.DefaultEntity != "crew" {
		t.Errorf("the administrator is %+v, %v", owner, err)
	}
	team, err := d.Team(ctx, registry.ActorOf(owner, registry.Browser), "crew", registry.TeamQuery{})
	if err != nil || team.OrganizationName != "org" || len(team.Members) != 1 || team.Members[0].Role != registry.Admin {
		t.Errorf("the team is %+v, %v", team, err)
	}
}

func TestFirstLinkIsRenewedUntilUsed(t *testing.T) {
	t.Parallel()
	d, ctx := dbtest.Open(t), t.Context()
	for _, token := range []registry.Token{"monday", "tuesday"} {
		first, err := d.FirstStart(ctx, dbtest.System, registry.NewInstallation{Organization: "org", Team: "crew", Person: "owner", Token: token})
		if err != nil || !first.Link || first.Made != (token == "monday") {
			t.Fatalf("%s: %+v, %v", token, first, err)
		}
		if err := d.MakeSignInLink(ctx, dbtest.System, "owner", "another before "+token); err != nil {
			t.Fatal(err) // is no reason not to start
		}
	}
	_, err := d.SignInByLink(ctx, "monday", registry.NewSession{Token: "s"}, key("first", "a"))
	wants(t, "the link of the start before", err, registry.Gone)
	made, err := d.SignInByLink(ctx, "tuesday", registry.NewSession{Token: "s"}, key("first", "a"))
	if err != nil || !made {
		t.Errorf("the newest link: %v, %v", made, err)
	}
}

// A registry that a script has furnished is left as it is.
func TestFirstStartLeavesOthersAlone(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	dbtest.Furnish(t, d)
	first, err := d.FirstStart(t.Context(), dbtest.System, registry.NewInstallation{Organization: "org", Team: "crew", Person: "owner", Token: "t"})
	if err != nil || first != (registry.FirstStart{}) {
		t.Errorf("FirstStart = %+v, %v", first, err)
	}
	_, err = person(t, d, "owner")
	wants(t, "the administrator", err, registry.NotFound)
}

func TestSignInLinkOnceAtOnce(t *testing.T) {
	t.Parallel()
	d, ctx := dbtest.Open(t), t.Context()
	dbtest.Furnish(t, d)
	if err := d.MakeSignInLink(ctx, dbtest.System, "bob", "link"); err != nil {
		t.Fatal(err)
	}
	sessions := []registry.Token{"1", "2", "3", "4", "5", "6"}
	if n := succeeded(atOnce(6, func(i int) error {
		_, err := d.SignInByLink(ctx, "link", registry.NewSession{Token: sessions[i]}, key("first", "a"))
		return err
	})); n != 1 {
		t.Errorf("the link signed in %d times", n)
	}
}

func TestSessionsSlide(t *testing.T) {
	t.Parallel()
	d, ctx := dbtest.Open(t), t.Context()
	h := dbtest.Furnish(t, d)
	if err := d.MakeSignInLink(ctx, dbtest.System, "bob", "link"); err != nil {
		t.Fatal(err)
	}
	if _, err := d.SignInByLink(ctx, "link", registry.NewSession{Token: "s", IP: "10.0.0.1", UserAgent: "Firefox"}, key("first", "a")); err != nil {
		t.Fatal(err)
	}
	v, err := d.VisitorBySession(ctx, "s")
	if err != nil || v.Name != "bob" || v.Organization != "acme" || v.DefaultEntity != "vision" || v.Renewed || v.Door != registry.Browser {
		t.Errorf("the session is %+v, %v", v, err)
	}
	exec(t, d, `update sessions set seen_at = seen_at - interval '29 days', expires_at = expires_at - interval '29 days'`)
	if v, err = d.VisitorBySession(ctx, "s"); err != nil || !v.Renewed {
		t.Errorf("a session of 29 days is %+v, %v", v, err)
	}
	exec(t, d, `update sessions set expires_at = expires_at - interval '29 days'`)
	if v, err = d.VisitorBySession(ctx, "s"); err != nil || v.Renewed {
		t.Errorf("it was not prolonged: %+v, %v", v, err)
	}
	exec(t, d, `update sessions set expires_at = now() - interval '1 second'`)
	_, err = d.VisitorBySession(ctx, "s")
	wants(t, "a session that has run out", err, registry.Unauthenticated)
	a, err := d.Account(ctx, h.Bob, "s")
	if err != nil || len(a.Sessions) != 0 {
		t.Errorf("sessions that have run out are shown: %+v, %v", a.Sessions, err)
	}
}

// Tries that come at once all count.
func TestWrongPasswordsAtOnce(t *testing.T) {
	t.Parallel()
	d, ctx := dbtest.Open(t), t.Context()
	h := dbtest.Furnish(t, d)
	if err := d.ChangePassword(ctx, h.Bob, registry.Passwords{New: "correct horse battery"}, registry.NewSession{}); err != nil {
		t.Fatal(err)
	}
	errs := atOnce(registry.FailuresPerName+5, func(int) error {
		return d.SignIn(ctx, registry.Credentials{Name: "bob", Password: "wrong"}, registry.NewSession{Token: "t", IP: "10.0.0.1"})
	})
	busy := 0
	for _, err := range errs {
		switch registry.KindOf(err) {
		case registry.Busy:
			busy++
		case registry.Invalid:
		default:
			t.Errorf("a wrong password: %v", err)
		}
	}
	if busy != 5 {
		t.Errorf("%d of %d tries were turned away, want 5", busy, len(errs))
	}
	err := d.SignIn(ctx, registry.Credentials{Name: "bob", Password: "correct horse battery"}, registry.NewSession{Token: "t", IP: "10.9.9.9"})
	wants(t, "the right password from elsewhere", err, registry.Busy)
}

func TestFailuresFromOneAddress(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	dbtest.Furnish(t, d)
	exec(t, d, `insert into sign_in_failures select 'name' || n, '10.0.0.1', now() from generate_series(1, 100) n`)
	try := func(ip string) error {
		return d.SignIn(t.Context(), registry.Credentials{Name: "bob", Password: "wrong"}, registry.NewSession{Token: "t", IP: ip})
	}
	wants(t, "from the address", try("10.0.0.1"), registry.Busy)
	wants(t, "from another", try("10.0.0.2"), registry.Invalid)
}

// Somebody without a password cannot sign in with an empty one.
func TestNoPasswordLetsNobodyIn(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	dbtest.Furnish(t, d)
	for _, password := range []string{"", "bob", "$argon2id$v=19$m=19456,t=2,p=1$$"} {
		err := d.SignIn(t.Context(), registry.Credentials{Name: "bob", Password: password}, registry.NewSession{Token: "t"})
		wants(t, "password "+password, err, registry.Invalid)
	}
}

func exec(t *testing.T, d *db.DB, q string) {
	t.Helper()
	if err := dbtest.Exec(t, d, q); err != nil {
		t.Fatal(err)
	}
}

// key is an API key of one letter.
func key(name, letter string) registry.NewKey {
	secret := ""
	for range 40 {
		secret += letter
	}
	return registry.NewKey{Name: name, Secret: secret, Scope: registry.ScopeAdmin}
}

func TestAccountChangesAreTold(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	change := registry.AccountChange{FullName: "Bob Stone", Email: "bob@example.com", DefaultEntity: "vision"}
	for range 2 { // the second changes nothing
		if err := d.UpdateAccount(t.Context(), h.Bob, change); err != nil {
			t.Fatal(err)
		}
	}
	for _, nowhere := range []string{"acme", "rivals", "ada", "nobody"} {
		refused := change
		refused.DefaultEntity = nowhere
		if err := d.UpdateAccount(t.Context(), h.Bob, refused); registry.KindOf(err) != registry.Invalid {
			t.Errorf("runs go to %s: %v, want Invalid", nowhere, err)
		}
	}
	const once = `
		do $$ begin
			if (select count(*) from events where name = 'account.changed' and actor = 'bob'
				and payload -> 'before' ->> 'email' = '' and payload -> 'after' ->> 'email' = 'bob@example.com') <> 1 then
				raise exception 'not told once';
			end if;
		end $$`
	if err := dbtest.Exec(t, d, once); err != nil {
		t.Error(err)
	}
}
