package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"greenroom/registry"
)

// sessionTouch is how often a session is prolonged at the most.
const sessionTouch = time.Hour

// longestLogin is the longest name or e-mail address somebody can sign in with,
// in bytes.
const longestLogin = 1000

// SignIn begins a session for whoever knows a password. Everyone else gets the
// same Invalid after the same time, and Busy after too many tries.
func (db *DB) SignIn(ctx context.Context, who registry.Credentials, s registry.NewSession) error {
	by := registry.System(registry.Browser)
	if len(who.Name) > longestLogin {
		return registry.ErrWrongPassword // nobody is called that, and no index would hold it
	}
	var found struct {
		ID       int64
		Password string
	}
	// The failure is written before the password is looked at: tries that come at
	// once all count.
	err := db.change(ctx, by, 0, anyone, func(t *tx) error {
		if err := t.countFailure(ctx, who.Name, s.IP); err != nil {
			return err
		}
		const q = `
			select p.id, coalesce(p.password, '') as password
			from people p
			join entities e on e.id = p.id
			where lower(e.name) = lower($1) or lower(p.email) = lower($1)
			order by lower(e.name) = lower($1) desc
			limit 1`
		if err := t.GetContext(ctx, &found, q, who.Name); err != nil && !errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("db: sign in: %w", err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	ok, err := db.checkPassword(ctx, found.Password, who.Password)
	if err != nil {
		return err
	}
	if !ok {
		return registry.ErrWrongPassword
	}
	return db.change(ctx, by, 0, anyone, func(t *tx) error {
		if err := t.forgetFailures(ctx, who.Name, s.IP); err != nil {
			return err
		}
		return t.addSession(ctx, found.ID, s)
	})
}

// countFailure writes down a try that has not succeeded yet, and returns Busy
// when there were too many. Tries for one name, and from one address, queue.
func (t *tx) countFailure(ctx context.Context, name, ip string) error {
	const lock = `select pg_advisory_xact_lock(1, hashtext(lower($1))), pg_advisory_xact_lock(2, hashtext($2))`
	if _, err := t.ExecContext(ctx, lock, name, ip); err != nil {
		return fmt.Errorf("db: count failure: %w", err)
	}
	const q = `
		select count(*) filter (where name = lower($1)) as for_name, count(*) filter (where ip = $2) as from_ip
		from sign_in_failures
		where (name = lower($1) or ip = $2) and at > $3`
	var n struct{ ForName, FromIp int }
	if err := t.GetContext(ctx, &n, q, name, ip, t.at.Add(-registry.FailureWindow)); err != nil {
		return fmt.Errorf("db: count failures: %w", err)
	}
	if err := registry.CheckFailures(n.ForName, n.FromIp); err != nil {
		return err
	}
	const add = `insert into sign_in_failures (name, ip, at) values (lower($1), $2, $3)`
	if _, err := t.ExecContext(ctx, add, name, ip, t.at); err != nil {
		return fmt.Errorf("db: count failure: %w", err)
	}
	return nil
}

// forgetFailures lets somebody who signed in begin anew, and drops what counts
// no more.
func (t *tx) forgetFailures(ctx context.Context, name, ip string) error {
	const q = `delete from sign_in_failures where name = lower($1) and ip = $2 or at < $3`
	if _, err := t.ExecContext(ctx, q, name, ip, t.at.Add(-registry.FailureWindow)); err != nil {
		return fmt.Errorf("db: forget failures: %w", err)
	}
	return nil
}

// SignInByLink begins a session for whoever holds a link that signs in once. If
// they have no API key yet, key becomes their first, and made tells so. Returns
// Gone if the link was used, has run out or never was.
func (db *DB) SignInByLink(ctx context.Context, link registry.Token, s registry.NewSession, key registry.NewKey) (made bool, err error) {
	err = db.change(ctx, registry.Actor{Door: registry.Browser}, 0, anyone, func(t *tx) error {
		const q = `
			update sign_in_links
			set used_at = $2
			where token = $1 and used_at is null and expires_at > $2
			returning person_id`
		var id int64
		err := t.GetContext(ctx, &id, q, link.Sum(), t.at)
		if errors.Is(err, sql.ErrNoRows) {
			return registry.Errorf(registry.Gone, "This link has been used or has run out: it signs in once, within a day. Sign in with your password, or ask whoever runs this server for a new link.")
		}
		if err != nil {
			return fmt.Errorf("db: sign in by link: %w", err)
		}
		p, err := t.person(ctx, id)
		if err != nil {
			return err
		}
		t.by = registry.ActorOf(p, registry.Browser)
		if err := t.addSession(ctx, id, s); err != nil {
			return err
		}
		const none = `select not exists (select from api_keys where person_id = $1 and revoked_at is null)`
		if err := t.GetContext(ctx, &made, none, id); err != nil || !made {
			return err
		}
		_, err = t.makeKey(ctx, key)
		return err
	})
	return made, err
}

// MakeSignInLink lets token sign a person in once, for somebody who has
// forgotten the password. Only administrators of the installation may.
func (db *DB) MakeSignInLink(ctx context.Context, by registry.Actor, person string, token registry.Token) error {
	return db.change(ctx, by, registry.Administer, everywhere, func(t *tx) error {
		p, err := t.entity(ctx, person)
		if err != nil || p.Kind != registry.PersonEntity {
			return registry.InField("name", "There is no person called %q here.", person)
		}
		return t.addSignInLink(ctx, p.ID, token)
	})
}

func (t *tx) addSignInLink(ctx context.Context, personID int64, token registry.Token) error {
	const q = `insert into sign_in_links (token, person_id, made_at, expires_at) values ($1, $2, $3, $4)`
	if _, err := t.ExecContext(ctx, q, token.Sum(), personID, t.at, t.at.Add(registry.SignInLinkLife)); err != nil {
		return fmt.Errorf("db: add sign-in link: %w", err)
	}
	return nil
}

func (t *tx) addSession(ctx context.Context, personID int64, s registry.NewSession) error {
	const q = `
		insert into sessions (token, person_id, made_at, seen_at, expires_at, ip, user_agent)
		values ($1, $2, $3, $3, $4, $5, left($6, 400))`
	if _, err := t.ExecContext(ctx, q, s.Token.Sum(), personID, t.at, t.at.Add(registry.SessionLife), s.IP, s.UserAgent); err != nil {
		return fmt.Errorf("db: add session: %w", err)
	}
	return nil
}

// VisitorBySession returns who holds a session, Unauthenticated if it was ended
// or has run out. A session that is used is good for another SessionLife,
// written down at most once an hour; that its holder looks, at most once a minute.
func (db *DB) VisitorBySession(ctx context.Context, token registry.Token) (v registry.Visitor, err error) {
	by := registry.System(registry.Browser)
	looks := false
	err = db.read(ctx, by, 0, anyone, func(t *tx) error {
		const q = `
			select p.id as person_id, e.name, p.admin, d.name as default_entity, p.full_name, s.seen_at, v.seen_at as last_here,
				coalesce(
					(select o.name from entities o where o.id = d.organization_id),
					(select o.name from members m join entities o on o.id = m.entity_id
					where m.person_id = p.id and o.kind = 'organization' order by o.id limit 1),
					'') as organization
			from sessions s
			join people p on p.id = s.person_id
			join entities e on e.id = p.id
			join entities d on d.id = p.default_entity_id
			left join visits v on v.person_id = p.id
			where s.token = $1 and s.expires_at > $2`
		var row struct {
			registry.Visitor
			SeenAt   time.Time
			LastHere sql.NullTime
		}
		err := t.GetContext(ctx, &row, q, token.Sum(), t.at)
		if errors.Is(err, sql.ErrNoRows) {
			return registry.Errorf(registry.Unauthenticated, "This session has ended. Sign in again.")
		}
		if err != nil {
			return fmt.Errorf("db: visitor: %w", err)
		}
		v, v.Door = row.Visitor, registry.Browser
		v.Renewed = t.at.Sub(row.SeenAt) > sessionTouch
		looks = registry.VisitDue(row.LastHere.Time, t.at)
		v.Starred, err = t.starred(ctx, v.Actor)
		return err
	})
	if err == nil && looks {
		err = db.visit(ctx, v.PersonID)
	}
	if err != nil || !v.Renewed {
		return v, err
	}
	err = db.change(ctx, by, 0, anyone, func(t *tx) error {
		const q = `update sessions set seen_at = $2, expires_at = $3 where token = $1`
		_, err := t.ExecContext(ctx, q, token.Sum(), t.at, t.at.Add(registry.SessionLife))
		return err
	})
	return v, err
}

// SignOut ends a session, whoever's. One that is gone already is not an error.
func (db *DB) SignOut(ctx context.Context, token registry.Token) error {
	return db.change(ctx, registry.System(registry.Browser), 0, anyone, func(t *tx) error {
		const q = `delete from sessions where token = $1 or expires_at < $2`
		_, err := t.ExecContext(ctx, q, token.Sum(), t.at)
		return err
	})
}

// EndSession ends one of the actor's own sessions. One that is gone already is
// not an error.
func (db *DB) EndSession(ctx context.Context, by registry.Actor, id int64) error {
	return db.change(ctx, by, registry.Administer, self, func(t *tx) error {
		const q = `delete from sessions where id = $1 and person_id = $2`
		_, err := t.ExecContext(ctx, q, id, by.PersonID)
		return err
	})
}

// EndOtherSessions ends all of the actor's own sessions but the one with a
// token.
func (db *DB) EndOtherSessions(ctx context.Context, by registry.Actor, keep registry.Token) error {
	return db.change(ctx, by, registry.Administer, self, func(t *tx) error {
		return t.endOtherSessions(ctx, keep)
	})
}

func (t *tx) endOtherSessions(ctx context.Context, keep registry.Token) error {
	const q = `delete from sessions where person_id = $1 and token <> $2`
	if _, err := t.ExecContext(ctx, q, t.by.PersonID, keep.Sum()); err != nil {
		return fmt.Errorf("db: end other sessions: %w", err)
	}
	return nil
}
