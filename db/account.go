package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"greenroom/registry"
)

// Account returns the actor's own account; current is the session they look
// from.
func (db *DB) Account(ctx context.Context, by registry.Actor, current registry.Token) (a registry.Account, err error) {
	err = db.read(ctx, by, registry.Look, self, func(t *tx) error {
		if a.Person, err = t.person(ctx, by.PersonID); err != nil {
			return err
		}
		const has = `select password is not null from people where id = $1`
		if err := t.GetContext(ctx, &a.HasPassword, has, by.PersonID); err != nil {
			return fmt.Errorf("db: account: %w", err)
		}
		if a.Teams, err = t.teams(ctx); err != nil {
			return err
		}
		const sessions = `
			select id, made_at, seen_at, ip, user_agent, token = $2 as current
			from sessions
			where person_id = $1 and expires_at > $3
			order by token = $2 desc, seen_at desc`
		if err := t.SelectContext(ctx, &a.Sessions, sessions, by.PersonID, current.Sum(), t.at); err != nil {
			return fmt.Errorf("db: sessions of account: %w", err)
		}
		return nil
	})
	return a, err
}

// UpdateAccount changes the actor's own account. Their runs may go to themselves
// or to a team they may log to.
func (db *DB) UpdateAccount(ctx context.Context, by registry.Actor, c registry.AccountChange) error {
	return db.change(ctx, by, registry.Administer, self, func(t *tx) error {
		if err := registry.CheckPerson(c.FullName, c.Email); err != nil {
			return err
		}
		before, err := t.person(ctx, by.PersonID)
		if err != nil {
			return err
		}
		home, err := t.logsTo(ctx, c.DefaultEntity)
		if err != nil {
			return err
		}
		const q = `
			update people
			set full_name = $2, email = nullif($3, ''), default_entity_id = $4
			where id = $1`
		if _, err := t.ExecContext(ctx, q, by.PersonID, c.FullName, c.Email, home.EntityID); err != nil {
			return fmt.Errorf("db: update account: %w", err)
		}
		told := registry.AccountChanged{
			PersonID: by.PersonID, Person: by.Name,
			Before: registry.AccountChange{FullName: before.FullName, Email: before.Email, DefaultEntity: before.DefaultEntity},
			After:  registry.AccountChange{FullName: c.FullName, Email: c.Email, DefaultEntity: home.EntityName},
		}
		if told.Before == told.After {
			return nil
		}
		return t.record(ctx, told)
	})
}

// logsTo returns the person or team called name, for the actor's runs to go to.
// Returns Invalid unless the actor may log there.
func (t *tx) logsTo(ctx context.Context, name string) (home registry.Place, err error) {
	at := *t // to look elsewhere without leaving
	err = ofEntity(name)(ctx, &at)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return home, err
	}
	if err != nil || !at.access.Can(registry.Log) || at.place.EntityKind == registry.OrganizationEntity {
		return home, registry.InField("default", "Your runs can go to you, or to a team that you may log to.")
	}
	return at.place, nil
}

// ChangePassword sets the actor's own password and ends their other sessions.
// Somebody who has a password has to know it; wrong ones count as failed
// sign-ins.
func (db *DB) ChangePassword(ctx context.Context, by registry.Actor, p registry.Passwords, s registry.NewSession) error {
	hashed, err := db.HashPassword(ctx, p.New)
	if err != nil {
		return err
	}
	var old string
	err = db.change(ctx, by, registry.Administer, self, func(t *tx) error {
		const q = `select coalesce(password, '') from people where id = $1`
		if err := t.GetContext(ctx, &old, q, by.PersonID); err != nil {
			return fmt.Errorf("db: change password: %w", err)
		}
		if old == "" {
			return nil
		}
		return t.countFailure(ctx, by.Name, s.IP)
	})
	if err != nil {
		return err
	}
	if old != "" {
		ok, err := db.checkPassword(ctx, old, p.Old)
		if err != nil {
			return err
		}
		if !ok {
			return registry.InField("old", "This is not your password.")
		}
	}
	return db.change(ctx, by, registry.Administer, self, func(t *tx) error {
		if err := t.forgetFailures(ctx, by.Name, s.IP); err != nil {
			return err
		}
		const q = `update people set password = $2 where id = $1`
		if _, err := t.ExecContext(ctx, q, by.PersonID, hashed); err != nil {
			return fmt.Errorf("db: change password: %w", err)
		}
		if err := t.endOtherSessions(ctx, s.Token); err != nil {
			return err
		}
		return t.record(ctx, registry.PasswordChanged{PersonID: by.PersonID, Person: by.Name})
	})
}
