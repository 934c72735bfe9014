package db

import (
	"context"
	"fmt"

	"greenroom/registry"
)

// Welcome returns where the actor is and what has arrived for them.
func (db *DB) Welcome(ctx context.Context, by registry.Actor) (w registry.Welcome, err error) {
	err = db.read(ctx, by, registry.Look, self, func(t *tx) error {
		home, err := t.entity(ctx, by.DefaultEntity)
		if err != nil {
			return fmt.Errorf("db: welcome: %w", err)
		}
		if home.Kind == registry.TeamEntity {
			w.Organization, w.Team, w.MayName = home.OrganizationName, home.Name, by.Admin
		}
		const q = `
			select p.password is not null as has_password,
				(select max(used_at) from api_keys where person_id = p.id and revoked_at is null) as key_used_at
			from people p
			where p.id = $1`
		if err := t.GetContext(ctx, &w, q, by.PersonID); err != nil {
			return fmt.Errorf("db: welcome: %w", err)
		}
		const newest = `
			select $2 as entity, p.name as project, r.name, r.display_name, r.created_at as at
			from places p
			cross join lateral (
				select id, name, display_name, created_at
				from runs
				where place_id = p.id and deleted_at is null
				order by created_at desc, id desc
				limit 1) r
			where p.entity_id = $1
			order by r.created_at desc, r.id desc
			limit 1`
		var runs []registry.Arrival
		if err := t.SelectContext(ctx, &runs, newest, home.ID, home.Name); err != nil {
			return fmt.Errorf("db: newest run: %w", err)
		}
		if len(runs) > 0 {
			w.Run = &runs[0]
		}
		return nil
	})
	return w, err
}
