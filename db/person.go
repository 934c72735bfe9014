package db

import (
	"context"
	"fmt"

	"greenroom/registry"
)

// AddPerson makes a person with an entity of their own. Only administrators of
// the installation may.
func (db *DB) AddPerson(ctx context.Context, by registry.Actor, who registry.NewPerson) (p registry.Person, err error) {
	err = db.change(ctx, by, registry.Administer, everywhere, func(t *tx) error {
		p, err = t.addPerson(ctx, who)
		return err
	})
	return p, err
}

func (t *tx) addPerson(ctx context.Context, who registry.NewPerson) (p registry.Person, err error) {
	if err := registry.CheckPerson(who.FullName, who.Email); err != nil {
		return p, err
	}
	e, err := t.addEntity(ctx, registry.PersonEntity, who.Name, nil)
	if err != nil {
		return p, err
	}
	const q = `
		insert into people (id, full_name, email, password, admin, default_entity_id)
		values ($1, $2, nullif($3, ''), nullif($4, ''), $5, $1)`
	if _, err := t.ExecContext(ctx, q, e.ID, who.FullName, who.Email, who.Password, who.Admin); err != nil {
		return p, fmt.Errorf("db: add person: %w", err)
	}
	if who.Organization != "" {
		organization, err := t.entity(ctx, who.Organization)
		if err != nil {
			return p, fmt.Errorf("db: organization of new person: %w", err)
		}
		if err := t.setMember(ctx, organization, e.ID, e.Name, registry.Member); err != nil {
			return p, err
		}
	}
	if who.DefaultTeam != "" {
		team, err := t.entity(ctx, who.DefaultTeam)
		if err != nil {
			return p, fmt.Errorf("db: team of new person: %w", err)
		}
		const q = `update people set default_entity_id = $2 where id = $1`
		if _, err := t.ExecContext(ctx, q, e.ID, team.ID); err != nil {
			return p, fmt.Errorf("db: default entity of new person: %w", err)
		}
	}
	return t.person(ctx, e.ID)
}

func (t *tx) person(ctx context.Context, id int64) (p registry.Person, err error) {
	const q = `
		select p.id, e.name, p.full_name, coalesce(p.email, '') as email, p.admin, d.name as default_entity, e.created_at
		from people p
		join entities e on e.id = p.id
		join entities d on d.id = p.default_entity_id
		where p.id = $1`
	if err = t.GetContext(ctx, &p, q, id); err != nil {
		return p, fmt.Errorf("db: person: %w", err)
	}
	return p, nil
}
