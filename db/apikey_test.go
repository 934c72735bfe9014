package db_test

import (
	"strings"
	"testing"
	"time"

	"greenroom/db/dbtest"
	"greenroom/registry"
)

func TestKeys(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	ctx := t.Context()
	key := func(name, c string, scope registry.Scope) registry.NewKey {
		return registry.NewKey{Name: name, Secret: strings.Repeat(c, 40), Scope: scope}
	}

	made, err := d.MakeKey(ctx, h.Bob, key("laptop", "a", registry.ScopeRead))
	if err != nil {
		t.Fatal(err)
	}
	bob, err := d.ActorByKey(ctx, registry.WandB, strings.Repeat("a", 40))
	if err != nil {
		t.Fatal(err)
	}
	if bob.PersonID != h.Bob.PersonID || bob.Name != "bob" || bob.DefaultEntity != "vision" || bob.Door != registry.WandB || bob.KeyID != made.ID {
		t.Errorf("the key's actor is %+v", bob)
	}
	if _, err := d.MakeKey(ctx, bob, key("wider", "b", registry.ScopeAdmin)); registry.KindOf(err) != registry.Denied {
		t.Errorf("a key that may read made a key: %v", err)
	}
	keys, err := d.Keys(ctx, h.Bob)
	if err != nil || len(keys) != 1 || keys[0].UsedAt == nil || keys[0].Hint != "aaaa" {
		t.Errorf("Keys = %+v, %v", keys, err)
	}
	if err := d.RevokeKey(ctx, h.Ada, made.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := d.ActorByKey(ctx, registry.WandB, strings.Repeat("a", 40)); err != nil {
		t.Errorf("ada revoked bob's key: %v", err)
	}
	if err := d.RevokeKey(ctx, h.Bob, made.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := d.ActorByKey(ctx, registry.WandB, strings.Repeat("a", 40)); registry.KindOf(err) != registry.Unauthenticated {
		t.Errorf("a revoked key opened: %v", err)
	}

	past := time.Now().Add(-time.Hour)
	expired := key("old", "c", registry.ScopeAdmin)
	expired.ExpiresAt = &past
	if _, err := d.MakeKey(ctx, h.Bob, expired); err != nil {
		t.Fatal(err)
	}
	if _, err := d.ActorByKey(ctx, registry.WandB, expired.Secret); registry.KindOf(err) != registry.Unauthenticated {
		t.Errorf("an expired key opened: %v", err)
	}
	for _, bad := range []registry.NewKey{
		{Name: "", Secret: strings.Repeat("d", 40), Scope: registry.ScopeAdmin},
		{Name: "short", Secret: "local-abc", Scope: registry.ScopeAdmin},
		{Name: "odd", Secret: strings.Repeat("!", 40), Scope: registry.ScopeAdmin},
	} {
		if _, err := d.MakeKey(ctx, h.Bob, bad); registry.KindOf(err) != registry.Invalid {
			t.Errorf("MakeKey(%+v) = %v, want Invalid", bad, err)
		}
	}
}
