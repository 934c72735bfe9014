// Package dbtest gives a test a registry of its own in a real Postgres.
package dbtest

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"greenroom/db"
	"greenroom/registry"
)

var (
	last      atomic.Int64
	template  sync.Once
	addresses sync.Map // of open databases, by *db.DB
)

// Open returns a migrated, empty database that is gone when the test ends: a
// copy of one that is migrated once per process.
func Open(tb testing.TB) *db.DB {
	tb.Helper()
	server, err := url.Parse(address(tb))
	if err != nil {
		tb.Fatal(err)
	}
	root, err := sql.Open("postgres", server.String())
	if err != nil {
		tb.Fatal(err)
	}
	defer root.Close()
	original := fmt.Sprintf("greenroom_%d", os.Getpid())
	template.Do(func() {
		run(tb, root, `create database `+original)
		d := connect(tb, server, original)
		defer d.Close()
		if err := d.Migrate(tb.Context()); err != nil {
			tb.Fatal(err)
		}
	})
	name := fmt.Sprintf("%s_%d", original, last.Add(1))
	run(tb, root, `create database `+name+` template `+original)
	d := connect(tb, server, name)
	u := *server
	u.Path = "/" + name
	addresses.Store(d, u.String())
	tb.Cleanup(func() {
		addresses.Delete(d)
		d.Close()
		root, err := sql.Open("postgres", server.String())
		if err != nil {
			tb.Fatal(err)
		}
		defer root.Close()
		if _, err := root.ExecContext(context.Background(), `drop database `+name+` with (force)`); err != nil {
			tb.Error(err)
		}
	})
	return d
}

// Exec runs a statement behind d's back: what an intruder or an operator at the
// database could do.
func Exec(tb testing.TB, d *db.DB, q string, args ...any) error {
	tb.Helper()
	address, _ := addresses.Load(d)
	direct, err := sql.Open("postgres", address.(string))
	if err != nil {
		tb.Fatal(err)
	}
	defer direct.Close()
	_, err = direct.ExecContext(tb.Context(), q, args...)
	return err
}

func run(tb testing.TB, root *sql.DB, q string) {
	tb.Helper()
	if _, err := root.ExecContext(tb.Context(), q); err != nil {
		tb.Fatalf("dbtest: %s: %v", q, err)
	}
}

func connect(tb testing.TB, server *url.URL, name string) *db.DB {
	tb.Helper()
	u := *server
	u.Path = "/" + name
	d, err := db.Open(tb.Context(), u.String())
	if err != nil {
		tb.Fatal(err)
	}
	d.Reserve([]string{"login", "settings"})
	return d
}

// System is Greenroom itself, who may set things up.
var System = registry.System(registry.CommandLine)

// A House is an organization with the people the tests know. Everyone's default
// entity is the team.
type House struct {
	Organization registry.Entity // acme
	Team         registry.Entity // vision
	Ada          registry.Actor  // administrator of the team
	Bob          registry.Actor  // member of the team
	Vera         registry.Actor  // viewer in the team
	Olga         registry.Actor  // of the organization, not of the team
	Eve          registry.Actor  // of another organization
}

// Furnish adds the usual people to an empty registry, by the verbs everyone
// uses.
func Furnish(tb testing.TB, d *db.DB) (h House) {
	tb.Helper()
	ctx := tb.Context()
	ok := func(err error) {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
	}
	var err error
	h.Organization, err = d.AddOrganization(ctx, System, "acme", false)
	ok(err)
	_, err = d.AddOrganization(ctx, System, "rivals", false)
	ok(err)
	h.Team, err = d.AddTeam(ctx, System, "acme", "vision")
	ok(err)
	add := func(name, organization string, role registry.Role) registry.Actor {
		tb.Helper()
		who := registry.NewPerson{Name: name, Organization: organization}
		if role != registry.Stranger {
			who.DefaultTeam = "vision"
		}
		p, err := d.AddPerson(ctx, System, who)
		ok(err)
		if role != registry.Stranger {
			ok(d.AddMember(ctx, System, "vision", name, role))
		}
		return registry.ActorOf(p, registry.Browser)
	}
	h.Ada = add("ada", "acme", registry.Admin)
	h.Bob = add("bob", "acme", registry.Member)
	h.Vera = add("vera", "acme", registry.Viewer)
	h.Olga = add("olga", "acme", registry.Stranger)
	h.Eve = add("eve", "rivals", registry.Stranger)
	return h
}

// Key makes an API key of who's own and returns it.
func Key(tb testing.TB, d *db.DB, who registry.Actor) string {
	tb.Helper()
	sum := sha256.Sum256([]byte(tb.Name() + who.Name))
	secret := hex.EncodeToString(sum[:20])
	if _, err := d.MakeKey(tb.Context(), who, registry.NewKey{Name: "test", Secret: secret, Scope: registry.ScopeAdmin}); err != nil {
		tb.Fatal(err)
	}
	return secret
}

// Texts returns what a query of one column finds behind d's back.
func Texts(tb testing.TB, d *db.DB, q string, args ...any) (texts []string) {
	tb.Helper()
	address, _ := addresses.Load(d)
	direct, err := sql.Open("postgres", address.(string))
	if err != nil {
		tb.Fatal(err)
	}
	defer direct.Close()
	rows, err := direct.QueryContext(tb.Context(), q, args...)
	if err != nil {
		tb.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			tb.Fatal(err)
		}
		texts = append(texts, text)
	}
	if err := rows.Err(); err != nil {
		tb.Fatal(err)
	}
	return texts
}

// EventNames returns the names of the events about something, oldest first.
func EventNames(tb testing.TB, d *db.DB, kind registry.SubjectKind, id int64) []string {
	tb.Helper()
	const q = `
		select e.name
		from events e
		join event_subjects s on s.event_id = e.id
		where s.kind = $1 and s.subject_id = $2
		order by e.id`
	return Texts(tb, d, q, kind, id)
}
