package db_test

import (
	"crypto/ed25519"
	"testing"

	"greenroom/db/dbtest"
	"greenroom/registry"
)

func TestSeal(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	dbtest.Furnish(t, d)
	ctx := t.Context()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}

	// Other tests hold transactions open on the same server, so events may have
	// to wait for them.
	seal := func(atLeast int64) {
		t.Helper()
		var sealed int64
		for sealed < atLeast && ctx.Err() == nil {
			n, err := d.Seal(ctx, dbtest.System, private)
			if err != nil {
				t.Fatal(err)
			}
			sealed += n
		}
	}
	seal(20)
	if _, err := d.AddTeam(ctx, dbtest.System, "acme", "later"); err != nil {
		t.Fatal(err)
	}
	seal(1)
	if held, err := d.VerifySeals(ctx, dbtest.System, public); err != nil || held < 2 {
		t.Errorf("VerifySeals = %d, %v", held, err)
	}

	for _, q := range []string{`update events set actor = 'nobody'`, `delete from events`, `truncate events`, `delete from seals`} {
		if err := dbtest.Exec(t, d, q); err == nil {
			t.Errorf("%s: went through", q)
		}
	}
	if err := dbtest.Exec(t, d, `alter table events disable trigger all; update events set actor = 'nobody' where id = 3`); err != nil {
		t.Fatal(err)
	}
	if _, err := d.VerifySeals(ctx, dbtest.System, public); registry.KindOf(err) != registry.Conflict {
		t.Errorf("tampering went unseen: %v", err)
	}
}

func TestSealInARestoredDatabase(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	ctx := t.Context()
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	const q = `
		insert into seals (at, from_xid, to_xid, events, previous, hash, signature)
		values (now(), '0', '9000000000', 1, '', '\x01', '\x01')`
	if err := dbtest.Exec(t, d, q); err != nil {
		t.Fatal(err)
	}
	if n, err := d.Seal(ctx, dbtest.System, private); n != 0 || registry.KindOf(err) != registry.Conflict {
		t.Errorf("Seal = %d, %v, want Conflict: its transactions come before the last seal", n, err)
	}
}
