package db

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/lib/pq"

	"greenroom/registry"
)

// Place returns a project or a registry.
func (db *DB) Place(ctx context.Context, by registry.Actor, ref registry.PlaceRef) (d registry.PlaceDetail, err error) {
	err = db.read(ctx, by, registry.Look, in(ref), func(t *tx) error {
		d, err = t.placeDetail(ctx)
		return err
	})
	return d, err
}

// Places returns a page of the projects or registries of an entity that the
// actor may see, without the registry that every entity has.
func (db *DB) Places(ctx context.Context, by registry.Actor, query registry.PlaceQuery) (list registry.PlaceList, err error) {
	err = db.visible(ctx, by, func(t *tx) error {
		all, err := t.visiblePlaces(ctx, query)
		if err != nil {
			return err
		}
		all = slices.DeleteFunc(all, func(d registry.PlaceDetail) bool {
			return !query.Filter.Match(func(field string) any { return placeValue(d, field) })
		})
		field, descending := orderField(cmp.Or(query.Order, "name"))
		slices.SortStableFunc(all, func(a, b registry.PlaceDetail) int {
			return compareValues(placeValue(a, field), placeValue(b, field), descending)
		})
		list.Total = len(all)
		start := 1 + slices.IndexFunc(all, func(d registry.PlaceDetail) bool { return d.ID == query.After })
		end := min(len(all), start+query.First)
		list.Places, list.More = all[start:end], end < len(all)
		return nil
	})
	return list, err
}

// PlaceMembers returns who was given a role in a registry itself.
func (db *DB) PlaceMembers(ctx context.Context, by registry.Actor, ref registry.PlaceRef) (m registry.PlaceMembers, err error) {
	err = db.read(ctx, by, registry.Look, in(ref), func(t *tx) error {
		const people = `
			select pm.member_id as person_id, e.name, p.full_name, coalesce(p.email, '') as email, pm.role
			from place_members pm
			join people p on p.id = pm.member_id
			join entities e on e.id = p.id
			where pm.place_id = $1
			order by e.name`
		if err := t.SelectContext(ctx, &m.People, people, t.place.ID); err != nil {
			return fmt.Errorf("db: members of place: %w", err)
		}
		const teams = `
			select e.id as "team.id", e.kind as "team.kind", e.name as "team.name", e.created_at as "team.created_at",
				o.id as "team.organization_id", o.name as "team.organization_name", pm.role
			from place_members pm
			join entities e on e.id = pm.member_id
			join entities o on o.id = e.organization_id
			where pm.place_id = $1
			order by e.name`
		if err := t.SelectContext(ctx, &m.Teams, teams, t.place.ID); err != nil {
			return fmt.Errorf("db: teams of place: %w", err)
		}
		return nil
	})
	return m, err
}

// UpsertProject makes a project, or changes one that is there. inserted reports
// whether it is new.
func (db *DB) UpsertProject(ctx context.Context, by registry.Actor, edit registry.ProjectEdit) (d registry.PlaceDetail, inserted bool, err error) {
	err = db.change(ctx, by, registry.Log, inNewProject(edit.Place), func(t *tx) error {
		inserted = t.place.CreatedAt.Equal(t.at) && t.place.Description == ""
		if edit.Description != nil && *edit.Description != t.place.Description {
			const q = `update places set description = $2 where id = $1`
			if _, err := t.ExecContext(ctx, q, t.place.ID, *edit.Description); err != nil {
				return fmt.Errorf("db: describe project: %w", err)
			}
			if err := t.record(ctx, registry.PlaceDescribed{
				PlaceID: t.place.ID, Place: t.place.Ref().String(), Before: t.place.Description, After: *edit.Description,
			}); err != nil {
				return err
			}
			t.place.Description = *edit.Description
		}
		d, err = t.placeDetail(ctx)
		return err
	})
	return d, inserted, err
}

// placeDetail is the place of the transaction.
func (t *tx) placeDetail(ctx context.Context) (registry.PlaceDetail, error) {
	all := []registry.PlaceDetail{{Place: t.place, Access: t.access}}
	err := t.addCreators(ctx, all)
	return all[0], err
}

// addCreators fills in who made some places.
func (t *tx) addCreators(ctx context.Context, all []registry.PlaceDetail) error {
	const q = `
		select p.id, e.id as creator_id, e.name as creator
		from places p
		join entities e on e.id = p.created_by
		where p.id = any((select $1::bigint[])::bigint[])` // see details
	ids := make([]int64, len(all))
	for i, d := range all {
		ids[i] = d.ID
	}
	var made []struct {
		ID, CreatorID int64
		Creator       string
	}
	if err := t.SelectContext(ctx, &made, q, pq.Array(ids)); err != nil {
		return fmt.Errorf("db: creators of places: %w", err)
	}
	for _, m := range made {
		i := slices.Index(ids, m.ID)
		all[i].CreatorID, all[i].Creator = m.CreatorID, m.Creator
	}
	return nil
}

func (t *tx) visiblePlaces(ctx context.Context, query registry.PlaceQuery) ([]registry.PlaceDetail, error) {
	owner, err := t.entity(ctx, t.entityName(query.Entity))
	if err != nil {
		return nil, err
	}
	if err := t.mayKnow(ctx, owner); err != nil {
		return nil, err
	}
	const condition = placeQuery + `p.entity_id = $2 and p.kind = $3 and p.id = any($4) and p.name <> '` + registry.OwnRegistry + `'`
	var rows []placeRow
	if err := t.SelectContext(ctx, &rows, condition, t.by.PersonID, owner.ID, query.Kind, pq.Array(t.visible)); err != nil {
		return nil, fmt.Errorf("db: places: %w", err)
	}
	all := make([]registry.PlaceDetail, len(rows))
	for i, row := range rows {
		all[i] = registry.PlaceDetail{Place: row.Place, Access: t.accessIn(row)}
		all[i].Accepts = row.Accepts
	}
	return all, t.addCreators(ctx, all)
}

// placeValue returns a field of a place by the names that clients have for it.
func placeValue(d registry.PlaceDetail, field string) any {
	switch field {
	case "id":
		return float64(d.ID)
	case "entity_id":
		return float64(d.EntityID)
	case "name":
		return d.ClientName()
	case "description":
		return d.Description
	case "created_at", "createdAt", "updated_at", "updatedAt":
		return d.CreatedAt
	}
	return nil
}
