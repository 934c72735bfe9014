package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"greenroom/registry"
)

// Team returns a team with a page of its members, and for its administrators the
// invitations that are open or were made lately. Strangers get NotFound.
func (db *DB) Team(ctx context.Context, by registry.Actor, name string, query registry.TeamQuery) (team registry.Team, err error) {
	err = db.read(ctx, by, registry.Look, ofTeam(name), func(t *tx) error {
		team = registry.Team{Entity: t.owner(), Query: query, Access: t.access}
		if err := t.pageOfMembers(ctx, &team); err != nil || !t.access.Can(registry.Administer) {
			return err
		}
		const q = inviteQuery + `
			where i.team_id = $1 and i.made_at > $2
			order by i.id desc`
		if err := t.SelectContext(ctx, &team.Invites, q, team.ID, t.at.Add(-registry.InviteKept)); err != nil {
			return fmt.Errorf("db: invites of a team: %w", err)
		}
		return nil
	})
	return team, err
}

// pageOfMembers adds the members that the team's query asks for, and counts all. A
// page follows a person, not a member, so that the last one of it may leave the team.
func (t *tx) pageOfMembers(ctx context.Context, team *registry.Team) error {
	const all = `
		with those as (
			select m.entity_id, m.person_id, e.name as person_name, p.full_name, coalesce(p.email, '') as email, m.role, m.since,
				lower(coalesce(nullif(p.full_name, ''), e.name)) as called,
				strpos(lower(e.name), lower($2)) > 0 or strpos(lower(p.full_name), lower($2)) > 0 as found
			from members m
			join people p on p.id = m.person_id
			join entities e on e.id = p.id
			where m.entity_id = $1)`
	words := strings.TrimSpace(team.Query.Find)
	const counts = all + ` select count(*), count(*) filter (where found), count(*) filter (where role = 'admin') from those`
	if err := t.QueryRowxContext(ctx, counts, team.ID, words).Scan(&team.Total, &team.Found, &team.Admins); err != nil {
		return fmt.Errorf("db: count members: %w", err)
	}
	const page = all + `
		select entity_id, person_id, person_name, full_name, email, role, since
		from those
		where found and coalesce((called, person_id) > (
			select lower(coalesce(nullif(p.full_name, ''), e.name)), p.id
			from entities e
			join people p on p.id = e.id
			where lower(e.name) = lower($3)), true)
		order by called, person_id
		limit $4`
	if err := t.SelectContext(ctx, &team.Members, page, team.ID, words, team.Query.After, registry.PageSize+1); err != nil {
		return fmt.Errorf("db: page of members: %w", err)
	}
	if len(team.Members) > registry.PageSize {
		team.Members = team.Members[:registry.PageSize]
		team.Next = team.Members[registry.PageSize-1].PersonName
	}
	return nil
}

// Teams returns the actor's own teams, by name.
func (db *DB) Teams(ctx context.Context, by registry.Actor) (teams registry.Teams, err error) {
	err = db.read(ctx, by, registry.Look, self, func(t *tx) error {
		if teams.Memberships, err = t.teams(ctx); err != nil {
			return err
		}
		switch err := inOrganization("")(ctx, t); registry.KindOf(kinded(err)) {
		case "":
			teams.MayAdd = t.access.Can(registry.Administer)
			return nil
		case registry.Invalid: // there is more than one
			return nil
		default:
			return err
		}
	})
	return teams, err
}

// teams are the actor's own.
func (t *tx) teams(ctx context.Context) (teams []registry.Membership, err error) {
	const q = `
		select m.entity_id, e.name as entity_name, m.person_id, m.role, m.since
		from members m
		join entities e on e.id = m.entity_id
		where m.person_id = $1 and e.kind = 'team'
		order by lower(e.name)`
	if err := t.SelectContext(ctx, &teams, q, t.by.PersonID); err != nil {
		return nil, fmt.Errorf("db: own teams: %w", err)
	}
	return teams, nil
}

// AddToTeam lets somebody of the team's organization into the team. Returns
// Invalid for anybody else, whether or not there is such a person, and for who is
// in the team already.
func (db *DB) AddToTeam(ctx context.Context, by registry.Actor, team string, n registry.NewMember) error {
	return db.change(ctx, by, registry.Administer, ofTeam(team), func(t *tx) error {
		if m, err := t.member(ctx, n.Person); err == nil {
			return registry.InField("person", "%s is in the team already.", m.PersonName)
		} else if registry.KindOf(err) != registry.NotFound {
			return err
		}
		const q = `
			select e.id, e.kind, e.name
			from members m
			join entities e on e.id = m.person_id
			where m.entity_id = $1 and lower(e.name) = lower($2)`
		var who registry.Entity
		err := t.GetContext(ctx, &who, q, t.place.OrganizationID, n.Person)
		if errors.Is(err, sql.ErrNoRows) {
			return registry.InField("person", "Nobody in %s is called %q. Invite them by link.", t.place.OrganizationName, n.Person)
		}
		if err != nil {
			return fmt.Errorf("db: add to team: %w", err)
		}
		return t.addMember(ctx, t.owner(), who, n.Role)
	})
}

// SetRole gives a member of a team another role, and returns the one they had.
// Returns Conflict if that left the team without an administrator.
func (db *DB) SetRole(ctx context.Context, by registry.Actor, team, person string, role registry.Role) (had registry.Role, err error) {
	err = db.change(ctx, by, registry.Administer, ofTeam(team), func(t *tx) error {
		m, err := t.member(ctx, person)
		if err != nil {
			return err
		}
		had = m.Role
		return t.setMember(ctx, t.owner(), m.PersonID, m.PersonName, role)
	})
	return had, err
}

// RemoveMember takes a person out of a team, which everyone may do with
// themselves, and returns the role they had. Returns Conflict if that left the
// team without an administrator. Whoever's runs went to the team has them go to their own entity from then on.
func (db *DB) RemoveMember(ctx context.Context, by registry.Actor, team, person string) (had registry.Role, err error) {
	need := registry.Administer
	if by.Scope == "" && by.Name == person {
		need = registry.Look
	}
	err = db.change(ctx, by, need, ofTeam(team), func(t *tx) error {
		m, err := t.member(ctx, person)
		if err != nil {
			return err
		}
		had = m.Role
		if need == registry.Look && m.PersonID != by.PersonID {
			return registry.ErrNothing
		}
		if err := t.checkAdminStays(ctx, t.place.EntityID, m.PersonID, registry.Stranger); err != nil {
			return err
		}
		const q = `delete from members where entity_id = $1 and person_id = $2`
		if _, err := t.ExecContext(ctx, q, t.place.EntityID, m.PersonID); err != nil {
			return fmt.Errorf("db: remove member: %w", err)
		}
		const home = `update people set default_entity_id = id where id = $1 and default_entity_id = $2`
		if _, err := t.ExecContext(ctx, home, m.PersonID, t.place.EntityID); err != nil {
			return fmt.Errorf("db: remove member: %w", err)
		}
		return t.record(ctx, registry.MemberRemoved{
			EntityID: t.place.EntityID, PersonID: m.PersonID, Entity: t.place.EntityName, Person: m.PersonName, Role: m.Role,
		})
	})
	return had, err
}

// member returns the member called name of the entity the transaction is about.
func (t *tx) member(ctx context.Context, name string) (m registry.Membership, err error) {
	members, err := t.members(ctx, t.place.EntityID)
	if err != nil {
		return m, err
	}
	for _, m := range members {
		if m.PersonName == name {
			return m, nil
		}
	}
	return m, registry.Errorf(registry.NotFound, "%s is not a member of %s.", name, t.place.EntityName)
}

func (t *tx) members(ctx context.Context, entityID int64) (members []registry.Membership, err error) {
	const q = `
		select m.entity_id, o.name as entity_name, m.person_id, e.name as person_name, p.full_name, coalesce(p.email, '') as email, m.role, m.since
		from members m
		join entities o on o.id = m.entity_id
		join people p on p.id = m.person_id
		join entities e on e.id = p.id
		where m.entity_id = $1
		order by lower(e.name)`
	if err := t.SelectContext(ctx, &members, q, entityID); err != nil {
		return nil, fmt.Errorf("db: members: %w", err)
	}
	return members, nil
}

// checkAdminStays asks the rule, with the entity locked until the change is
// done: two administrators cannot remove each other at once.
func (t *tx) checkAdminStays(ctx context.Context, entityID, personID int64, role registry.Role) error {
	const q = `select id from entities where id = $1 for no key update`
	var id int64
	if err := t.GetContext(ctx, &id, q, entityID); err != nil {
		return fmt.Errorf("db: lock members: %w", err)
	}
	members, err := t.members(ctx, entityID)
	if err != nil {
		return err
	}
	return registry.CheckAdminStays(members, personID, role)
}

// setMember gives a person a role in e, whether or not they had one.
func (t *tx) setMember(ctx context.Context, e registry.Entity, personID int64, person string, role registry.Role) error {
	if err := registry.CheckTeamRole(role); err != nil {
		return err
	}
	if err := t.checkAdminStays(ctx, e.ID, personID, role); err != nil {
		return err
	}
	const had = `select role from members where entity_id = $1 and person_id = $2`
	var before registry.Role
	if err := t.GetContext(ctx, &before, had, e.ID, personID); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("db: set member: %w", err)
	}
	const q = `
		insert into members (entity_id, person_id, role, since)
		values ($1, $2, $3, $4)
		on conflict (entity_id, person_id) do update set role = excluded.role`
	if _, err := t.ExecContext(ctx, q, e.ID, personID, role, t.at); err != nil {
		return fmt.Errorf("db: set member: %w", err)
	}
	switch before {
	case role:
		return nil
	case registry.Stranger:
		return t.record(ctx, registry.MemberAdded{EntityID: e.ID, PersonID: personID, Entity: e.Name, Person: person, Role: role})
	}
	return t.record(ctx, registry.RoleChanged{EntityID: e.ID, PersonID: personID, Entity: e.Name, Person: person, From: before, To: role})
}

// ofTeam is ofEntity for a team only.
func ofTeam(name string) place {
	return func(ctx context.Context, t *tx) error {
		if name == "" {
			return sql.ErrNoRows
		}
		if err := ofEntity(name)(ctx, t); err != nil {
			return err
		}
		if t.place.EntityKind != registry.TeamEntity {
			return sql.ErrNoRows
		}
		return nil
	}
}
