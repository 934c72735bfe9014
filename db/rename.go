package db

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"greenroom/registry"
)

// RenameEntity gives a person, a team or an organization another name. The old
// one goes on leading to it until somebody else takes it.
func (db *DB) RenameEntity(ctx context.Context, by registry.Actor, name, to string) error {
	return db.change(ctx, by, registry.Administer, ofEntity(name), func(t *tx) error {
		return t.rename(ctx, t.owner(), to)
	})
}

// NameFirst gives the actor's default team and its organization their names.
// Only administrators of the installation may. What is wrong with a name stands
// in the field "organization" or "team".
func (db *DB) NameFirst(ctx context.Context, by registry.Actor, names registry.FirstNames) error {
	return db.change(ctx, by, registry.Administer, everywhere, func(t *tx) error {
		team, err := t.entity(ctx, by.DefaultEntity)
		if err != nil {
			return fmt.Errorf("db: name first team: %w", err)
		}
		if team.Kind != registry.TeamEntity {
			return registry.Errorf(registry.Invalid, "Your runs go to no team yet. Make a team first.")
		}
		organization := registry.Entity{ID: team.OrganizationID, Kind: registry.OrganizationEntity, Name: team.OrganizationName}
		if err := t.rename(ctx, organization, names.Organization); err != nil {
			return inField("organization", err)
		}
		return inField("team", t.rename(ctx, team, names.Team))
	})
}

// inField moves what is wrong with a name to the field it was typed into.
func inField(field string, err error) error {
	if known, ok := errors.AsType[*registry.Error](kinded(err)); ok && known.Kind == registry.Invalid {
		return registry.InField(field, "%s", known.Message)
	}
	return err
}

func (t *tx) rename(ctx context.Context, e registry.Entity, to string) error {
	if to == e.Name {
		return nil
	}
	if err := registry.CheckEntityName(to, t.reserved); err != nil {
		return err
	}
	const free = `delete from former_entity_names where name = lower($1)`
	if _, err := t.ExecContext(ctx, free, to); err != nil {
		return fmt.Errorf("db: free former name: %w", err)
	}
	const q = `update entities set name = $2 where id = $1`
	if _, err := t.ExecContext(ctx, q, e.ID, to); err != nil {
		return fmt.Errorf("db: rename entity: %w", err)
	}
	if !strings.EqualFold(to, e.Name) {
		const former = `
			insert into former_entity_names (name, entity_id)
			values (lower($1), $2)
			on conflict (name) do update set entity_id = excluded.entity_id`
		if _, err := t.ExecContext(ctx, former, e.Name, e.ID); err != nil {
			return fmt.Errorf("db: keep former name: %w", err)
		}
	}
	return t.record(ctx, registry.EntityRenamed{EntityID: e.ID, Kind: e.Kind, From: e.Name, To: to})
}
