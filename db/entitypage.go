package db

import (
	"context"
	"fmt"

	"github.com/lib/pq"

	"greenroom/registry"
)

// EntityPage returns a person, a team or an organization with the registries and
// projects there that the actor may see, latest activity first, in a number of
// statements that does not grow with them. A former name finds the entity, too.
// Returns NotFound to those who neither belong to it nor may see anything of it,
// Invalid for a page that cannot be.
func (db *DB) EntityPage(ctx context.Context, by registry.Actor, name, after string) (p registry.EntityPage, err error) {
	mark, marked, err := registry.ReadPageMark(after)
	if err != nil {
		return p, err
	}
	if !marked {
		mark = registry.NewestMark()
	}
	err = db.visible(ctx, by, func(t *tx) error {
		p = registry.EntityPage{After: after}
		if p.Entity, err = t.entity(ctx, name); err != nil {
			return err
		}
		if err := t.whoIs(ctx, &p); err != nil {
			return err
		}
		if p.Entity.Kind == registry.TeamEntity && p.Member {
			if p.Members, err = t.members(ctx, p.Entity.ID); err != nil {
				return err
			}
		}
		if p.Registries, err = t.registriesOf(ctx, p.Entity.ID); err != nil {
			return err
		}
		const q = projectQuery + `
			ranked as (
				select seen.*, (select count(*) from seen) as total
				from seen
				where (active_at, id) < ($4, $5)
				order by active_at desc, id desc
				limit $6)
			select ` + projectColumns + `, total, total as found
			from ranked
			order by active_at desc, id desc`
		var rows []projectRow
		if err := t.SelectContext(ctx, &rows, q, pq.Array(t.visible), p.Entity.ID, pq.Array([]string{}), mark.At, mark.ID, registry.PageSize+1); err != nil {
			return fmt.Errorf("db: projects of %s: %w", p.Entity.Name, err)
		}
		if !p.Member && len(p.Registries) == 0 && len(rows) == 0 {
			return registry.ErrNothing
		}
		if len(rows) > registry.PageSize {
			rows = rows[:registry.PageSize]
			last := rows[len(rows)-1]
			p.Next = registry.PageMark{At: last.ActiveAt, ID: last.ID}.String()
		}
		for _, row := range rows {
			p.Total = row.Total
			p.Projects = append(p.Projects, row.project())
		}
		return nil
	})
	return p, err
}

// whoIs adds what a person is called and whether the actor belongs here.
func (t *tx) whoIs(ctx context.Context, p *registry.EntityPage) error {
	const q = `
		select coalesce((select full_name from people where id = $1), '') as full_name,
			$1 = $2 or exists (select from members where entity_id = $1 and person_id = $2) as member`
	if err := t.QueryRowxContext(ctx, q, p.Entity.ID, t.by.PersonID).Scan(&p.FullName, &p.Member); err != nil {
		return fmt.Errorf("db: who is %s: %w", p.Entity.Name, err)
	}
	p.Member = p.Member || t.by.Admin
	return nil
}

// registriesOf loads the registries of an entity that the actor may look into,
// with the number of models in each.
func (t *tx) registriesOf(ctx context.Context, entityID int64) (found []registry.RegistryCount, err error) {
	const q = placeQuery + `p.kind = 'registry' and p.entity_id = $2 and p.id = any($3) order by p.name`
	var rows []placeRow
	if err := t.SelectContext(ctx, &rows, q, t.by.PersonID, entityID, pq.Array(t.visible)); err != nil {
		return nil, fmt.Errorf("db: registries: %w", err)
	}
	ids := make([]int64, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
		found = append(found, registry.RegistryCount{Place: row.Place, Label: row.Name})
	}
	const count = `select place_id, sum(models) as found from model_counts where place_id = any($1) group by place_id`
	var counts []struct {
		PlaceID int64
		Found   int
	}
	if err := t.SelectContext(ctx, &counts, count, pq.Array(ids)); err != nil {
		return nil, fmt.Errorf("db: count models: %w", err)
	}
	for _, c := range counts {
		for i := range found {
			if found[i].Place.ID == c.PlaceID {
				found[i].Found = c.Found
			}
		}
	}
	return found, nil
}
