package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"greenroom/registry"
)

// AddOrganization makes an organization with the registries every one starts
// with; empty leaves those out. Returns Invalid for a name that cannot be or is
// taken.
func (db *DB) AddOrganization(ctx context.Context, by registry.Actor, name string, empty bool) (e registry.Entity, err error) {
	err = db.change(ctx, by, registry.Administer, everywhere, func(t *tx) error {
		e, err = t.addOrganization(ctx, name, empty)
		return err
	})
	return e, err
}

func (t *tx) addOrganization(ctx context.Context, name string, empty bool) (e registry.Entity, err error) {
	if e, err = t.addEntity(ctx, registry.OrganizationEntity, name, nil); err != nil || empty {
		return e, err
	}
	for name, accepts := range registry.OrganizationRegistries {
		if err := t.addRegistry(ctx, e, name, accepts, registry.Member); err != nil {
			return e, err
		}
	}
	return e, nil
}

// OnlyOrganization returns the name of the organization when there is one and no
// other, "" otherwise. Everyone may know it.
func (db *DB) OnlyOrganization(ctx context.Context) (name string, err error) {
	err = db.read(ctx, registry.Actor{}, 0, anyone, func(t *tx) error {
		const q = `select max(name) from entities where kind = 'organization' having count(*) = 1`
		var names []string
		if err := t.SelectContext(ctx, &names, q); err != nil {
			return fmt.Errorf("db: organizations: %w", err)
		}
		if len(names) == 1 {
			name = names[0]
		}
		return nil
	})
	return name, err
}

// AddTeam makes a team in an organization, "" for the only one there is. The
// installation's administrators and the organization's may. Whoever makes a team
// in a browser becomes its administrator.
func (db *DB) AddTeam(ctx context.Context, by registry.Actor, organization, name string, members ...registry.NewMember) (e registry.Entity, err error) {
	err = db.change(ctx, by, registry.Administer, inOrganization(organization), func(t *tx) error {
		if e, err = t.addEntity(ctx, registry.TeamEntity, name, &t.place.EntityID); err != nil {
			return err
		}
		e.OrganizationName = t.place.EntityName
		if by.PersonID != 0 {
			if err := t.setMember(ctx, e, by.PersonID, by.Name, registry.Admin); err != nil {
				return err
			}
		}
		for _, m := range members {
			if err := t.addMemberNamed(ctx, e, m); err != nil {
				return err
			}
		}
		return nil
	})
	return e, err
}

// AddMember gives a person a role in a team or an organization, or another role
// than they had. Members of a team are members of its organization.
func (db *DB) AddMember(ctx context.Context, by registry.Actor, entity, person string, role registry.Role) error {
	return db.change(ctx, by, registry.Administer, ofEntity(entity), func(t *tx) error {
		return t.addMemberNamed(ctx, t.owner(), registry.NewMember{Person: person, Role: role})
	})
}

// owner is the entity the transaction is about.
func (t *tx) owner() registry.Entity {
	return registry.Entity{
		ID: t.place.EntityID, Kind: t.place.EntityKind, Name: t.place.EntityName,
		OrganizationID: t.place.OrganizationID, OrganizationName: t.place.OrganizationName,
	}
}

func (t *tx) addMemberNamed(ctx context.Context, e registry.Entity, m registry.NewMember) error {
	p, err := t.entity(ctx, m.Person)
	if errors.Is(err, sql.ErrNoRows) || err == nil && p.Kind != registry.PersonEntity {
		return registry.InField("person", "There is no person called %q here.", m.Person)
	}
	if err != nil {
		return fmt.Errorf("db: new member: %w", err)
	}
	return t.addMember(ctx, e, p, m.Role)
}

// addMember sets a role in e and makes sure of membership in e's organization.
// The first team somebody may log to becomes where their runs go.
func (t *tx) addMember(ctx context.Context, e, person registry.Entity, role registry.Role) error {
	if e.Kind == registry.PersonEntity {
		return registry.Errorf(registry.Invalid, "%s is a person; only teams and organizations have members.", e.Name)
	}
	if err := t.setMember(ctx, e, person.ID, person.Name, role); err != nil || e.Kind != registry.TeamEntity {
		return err
	}
	const q = `
		insert into members (entity_id, person_id, role, since)
		values ($1, $2, 'member', $3)
		on conflict do nothing`
	if _, err := t.ExecContext(ctx, q, e.OrganizationID, person.ID, t.at); err != nil {
		return fmt.Errorf("db: join organization: %w", err)
	}
	if role == registry.Viewer {
		return nil
	}
	const home = `update people set default_entity_id = $2 where id = $1 and default_entity_id = id`
	if _, err := t.ExecContext(ctx, home, person.ID, e.ID); err != nil {
		return fmt.Errorf("db: default entity of new member: %w", err)
	}
	return nil
}

// addEntity makes an entity with the registry that every one has.
func (t *tx) addEntity(ctx context.Context, kind registry.EntityKind, name string, organizationID *int64) (e registry.Entity, err error) {
	if err := registry.CheckEntityName(name, t.reserved); err != nil {
		return e, err
	}
	const free = `delete from former_entity_names where name = lower($1)`
	if _, err := t.ExecContext(ctx, free, name); err != nil {
		return e, fmt.Errorf("db: free former name: %w", err)
	}
	const q = `
		insert into entities (kind, name, organization_id, created_at)
		values ($1, $2, $3, $4)
		returning id, kind, name, coalesce(organization_id, 0) as organization_id, created_at`
	if err := t.GetContext(ctx, &e, q, kind, name, organizationID, t.at); err != nil {
		return e, fmt.Errorf("db: add %s: %w", kind, err)
	}
	if err := t.record(ctx, registry.EntityCreated{EntityID: e.ID, Kind: kind, Name: e.Name}); err != nil {
		return e, err
	}
	return e, t.addRegistry(ctx, e, registry.OwnRegistry, []string{}, registry.Stranger)
}

// inOrganization is ofEntity for an organization; "" is the only one there is.
func inOrganization(name string) place {
	return func(ctx context.Context, t *tx) error {
		if name == "" {
			const q = `select name from entities where kind = 'organization' order by id limit 2`
			var names []string
			if err := t.SelectContext(ctx, &names, q); err != nil {
				return fmt.Errorf("db: organizations: %w", err)
			}
			if len(names) != 1 {
				return registry.InField("organization", "There is more than one organization here; say which.")
			}
			name = names[0]
		}
		if err := ofEntity(name)(ctx, t); err != nil {
			return err
		}
		if t.place.EntityKind != registry.OrganizationEntity {
			return registry.InField("organization", "%s is not an organization.", name)
		}
		return nil
	}
}
