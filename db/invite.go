package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"greenroom/registry"
)

// inviteQuery selects invitations; conditions follow.
const inviteQuery = `
	select i.id, i.team_id, e.name as team_name, o.name as organization_name, i.role, i.for_whom, m.name as made_by,
		i.made_at, i.expires_at, coalesce(u.name, '') as used_by, i.used_at, i.revoked_at
	from invites i
	join entities e on e.id = i.team_id
	join entities o on o.id = e.organization_id
	join entities m on m.id = i.made_by
	left join entities u on u.id = i.used_by`

// MakeInvite makes a link that lets one person join a team, for 7 days.
func (db *DB) MakeInvite(ctx context.Context, by registry.Actor, team string, n registry.NewInvite) error {
	return db.change(ctx, by, registry.Administer, ofTeam(team), func(t *tx) error {
		if err := n.Check(); err != nil {
			return err
		}
		const q = `
			insert into invites (token, team_id, role, for_whom, made_by, made_at, expires_at)
			values ($1, $2, $3, $4, $5, $6, $7)
			returning id`
		var id int64
		if err := t.GetContext(ctx, &id, q, n.Token.Sum(), t.place.EntityID, n.Role, n.ForWhom, by.PersonID, t.at, t.at.Add(registry.InviteLife)); err != nil {
			return fmt.Errorf("db: make invite: %w", err)
		}
		return t.record(ctx, registry.InviteMade{TeamID: t.place.EntityID, Team: t.place.EntityName, Invite: id, Role: n.Role, For: n.ForWhom})
	})
}

// RevokeInvite takes an invitation of a team back. One that was used or taken
// back already is not an error.
func (db *DB) RevokeInvite(ctx context.Context, by registry.Actor, team string, id int64) error {
	return db.change(ctx, by, registry.Administer, ofTeam(team), func(t *tx) error {
		const q = `
			update invites
			set revoked_at = $3
			where id = $1 and team_id = $2 and used_at is null and revoked_at is null
			returning id`
		err := t.GetContext(ctx, &id, q, id, t.place.EntityID, t.at)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("db: revoke invite: %w", err)
		}
		return t.record(ctx, registry.InviteRevoked{TeamID: t.place.EntityID, Team: t.place.EntityName, Invite: id})
	})
}

// Invite returns what a link invites to. Returns NotFound for no link of ours,
// and Gone, saying why, for one that lets nobody in any more.
func (db *DB) Invite(ctx context.Context, token registry.Token) (i registry.Invite, err error) {
	err = db.read(ctx, registry.System(registry.Browser), 0, anyone, func(t *tx) error {
		i, err = t.invite(ctx, token, "")
		return err
	})
	return i, err
}

// AcceptInvite lets the actor join the team that a link invites to, and returns
// the team's name. Returns Conflict to somebody who has that role there already,
// or a higher one; the link stays good.
func (db *DB) AcceptInvite(ctx context.Context, by registry.Actor, token registry.Token) (team string, err error) {
	err = db.change(ctx, by, registry.Administer, self, func(t *tx) error {
		i, err := t.invite(ctx, token, " for no key update of i")
		if err != nil {
			return err
		}
		team = i.TeamName
		return t.join(ctx, i)
	})
	return team, err
}

// JoinByInvite makes an account for whoever holds a link, lets it join the team
// and begins a session. who.Password is what they typed, not yet hashed. The
// account gets key as its first API key.
func (db *DB) JoinByInvite(ctx context.Context, token registry.Token, who registry.NewPerson, s registry.NewSession, key registry.NewKey) error {
	if _, err := db.Invite(ctx, token); err != nil {
		return err
	}
	hashed, err := db.HashPassword(ctx, who.Password)
	if err != nil {
		return err
	}
	// Nobody is there yet, so the log says of the account that it made itself.
	by := registry.Actor{Name: who.Name, Door: registry.Browser}
	return db.change(ctx, by, 0, anyone, func(t *tx) error {
		i, err := t.invite(ctx, token, " for no key update of i")
		if err != nil {
			return err
		}
		// What the link gives is all that comes with it.
		p, err := t.addPerson(ctx, registry.NewPerson{Name: who.Name, FullName: who.FullName, Email: who.Email, Password: hashed})
		if err != nil {
			return err
		}
		t.by = registry.ActorOf(p, registry.Browser)
		if err := t.join(ctx, i); err != nil {
			return err
		}
		if err := t.addSession(ctx, p.ID, s); err != nil {
			return err
		}
		_, err = t.makeKey(ctx, key)
		return err
	})
}

// invite returns an invitation that lets its holder in.
func (t *tx) invite(ctx context.Context, token registry.Token, lock string) (i registry.Invite, err error) {
	err = t.GetContext(ctx, &i, inviteQuery+` where i.token = $1`+lock, token.Sum())
	if errors.Is(err, sql.ErrNoRows) {
		return i, registry.Errorf(registry.NotFound, "This is no invitation of ours. Check that the link is whole.")
	}
	if err != nil {
		return i, fmt.Errorf("db: invite: %w", err)
	}
	return i, i.Check(t.at)
}

// join uses an invitation up for the actor.
func (t *tx) join(ctx context.Context, i registry.Invite) error {
	if err := ofTeam(i.TeamName)(ctx, t); err != nil {
		return fmt.Errorf("db: team of invite: %w", err)
	}
	members, err := t.members(ctx, i.TeamID)
	if err != nil {
		return err
	}
	for _, m := range members {
		if m.PersonID == t.by.PersonID {
			if err := i.CheckGives(m.Role); err != nil {
				return err
			}
		}
	}
	const q = `update invites set used_by = $2, used_at = $3 where id = $1`
	if _, err := t.ExecContext(ctx, q, i.ID, t.by.PersonID, t.at); err != nil {
		return fmt.Errorf("db: use invite: %w", err)
	}
	me := registry.Entity{ID: t.by.PersonID, Kind: registry.PersonEntity, Name: t.by.Name}
	if err := t.addMember(ctx, t.owner(), me, i.Role); err != nil {
		return err
	}
	return t.record(ctx, registry.InviteUsed{TeamID: i.TeamID, PersonID: me.ID, Team: i.TeamName, Person: me.Name, Invite: i.ID, Role: i.Role})
}
