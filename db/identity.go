package db

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"greenroom/registry"
)

// Identity returns who asks, with their keys, teams and organizations.
func (db *DB) Identity(ctx context.Context, by registry.Actor) (i registry.Identity, err error) {
	err = db.read(ctx, by, 0, anyone, func(t *tx) error {
		if by.PersonID == 0 {
			return registry.Errorf(registry.Unauthenticated, "Sign in to see this.")
		}
		if i, err = t.identity(ctx, by.PersonID); err != nil {
			return err
		}
		const q = `
			select id, name, hint, scope, made_at, used_at, expires_at
			from api_keys
			where person_id = $1 and revoked_at is null
			order by id`
		if err := t.SelectContext(ctx, &i.Keys, q, by.PersonID); err != nil {
			return fmt.Errorf("db: keys: %w", err)
		}
		return nil
	})
	return i, err
}

// peopleShown is how many people a search finds at the most.
const peopleShown = 1000

// PeopleLike returns people whose name, full name or address contains words:
// those the actor shares an organization with, all for administrators, and with
// a key for one place just the actor.
func (db *DB) PeopleLike(ctx context.Context, by registry.Actor, words string, first int) (found []registry.Identity, err error) {
	err = db.read(ctx, by, 0, anyone, func(t *tx) error {
		const q = `
			select p.id
			from people p
			join entities e on e.id = p.id
			where (strpos(lower(e.name), $1) > 0 or strpos(lower(p.full_name), $1) > 0 or strpos(lower(coalesce(p.email, '')), $1) > 0)
				and (p.id = $3 or $5 = 0 and ($2 or exists (
					select from members mine
					join members theirs on theirs.entity_id = mine.entity_id
					where mine.person_id = $3 and theirs.person_id = p.id)))
			order by e.name
			limit $4`
		var ids []int64
		if err := t.SelectContext(ctx, &ids, q, strings.ToLower(words), by.Admin, by.PersonID, min(first, peopleShown), by.KeyPlaceID); err != nil {
			return fmt.Errorf("db: people like: %w", err)
		}
		for _, id := range ids {
			i, err := t.identity(ctx, id)
			if err != nil {
				return err
			}
			found = append(found, i)
		}
		return nil
	})
	return found, err
}

// EntityDetail returns a person, a team or an organization to those who belong
// to it.
func (db *DB) EntityDetail(ctx context.Context, by registry.Actor, name string) (d registry.EntityDetail, err error) {
	err = db.read(ctx, by, registry.Look, ofEntity(name), func(t *tx) error {
		if d.Entity, err = t.entity(ctx, t.place.EntityName); err != nil {
			return err
		}
		d.Access = t.access
		if d.Kind == registry.PersonEntity {
			i, err := t.identity(ctx, d.ID)
			d.Person = &i
			d.Members = []registry.TeamMember{{PersonID: i.ID, Name: i.Name, FullName: i.FullName, Email: i.Email, Role: registry.Admin}}
			return err
		}
		const q = `
			select m.person_id, e.name, p.full_name, coalesce(p.email, '') as email, m.role
			from members m
			join people p on p.id = m.person_id
			join entities e on e.id = m.person_id
			where m.entity_id = $1
			order by e.name`
		if err := t.SelectContext(ctx, &d.Members, q, d.ID); err != nil {
			return fmt.Errorf("db: members: %w", err)
		}
		return nil
	})
	return d, err
}

// identity is a person with teams and organizations: those the actor belongs to,
// too, unless they are the person or an administrator.
func (t *tx) identity(ctx context.Context, id int64) (i registry.Identity, err error) {
	if i.Person, err = t.person(ctx, id); err != nil {
		return i, err
	}
	const q = `
		select e.id, e.kind, e.name, e.created_at,
			coalesce(o.id, 0) as organization_id, coalesce(o.name, '') as organization_name
		from entities e
		left join entities o on o.id = e.organization_id
		where e.id = $1 or e.id in (select entity_id from members where person_id = $1)
			and ($2 or e.id in (select entity_id from members where person_id = $3))
		order by e.id <> $1, e.name`
	var all []registry.Entity
	if err := t.SelectContext(ctx, &all, q, id, t.by.Admin || t.by.PersonID == id, t.by.PersonID); err != nil {
		return i, fmt.Errorf("db: teams and organizations: %w", err)
	}
	if !slices.ContainsFunc(all, func(e registry.Entity) bool { return e.Name == i.DefaultEntity }) {
		i.DefaultEntity = ""
	}
	for _, e := range all {
		if e.Kind == registry.OrganizationEntity {
			i.Organizations = append(i.Organizations, e)
		} else {
			i.Teams = append(i.Teams, e)
		}
	}
	return i, nil
}
