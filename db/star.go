package db

import (
	"context"
	"fmt"

	"github.com/lib/pq"

	"greenroom/registry"
)

// Star puts the actor's star on a registered model, or takes it away; either may
// be so already. Returns NotFound where there is no model that the actor may look
// at.
func (db *DB) Star(ctx context.Context, by registry.Actor, ref registry.CollectionRef, on bool) (g registry.StarGiven, err error) {
	err = db.change(ctx, by, registry.Look, whereCollection(ref, &g.Collection), func(t *tx) error {
		if g.Kind != registry.Model || by.PersonID == 0 {
			return registry.ErrNothing
		}
		g.Place = t.place
		q := `delete from stars where person_id = $1 and collection_id = $2`
		args := []any{by.PersonID, g.ID}
		if on {
			q = `insert into stars (person_id, collection_id, starred_at) values ($1, $2, $3) on conflict do nothing`
			args = append(args, t.at)
		}
		if _, err := t.ExecContext(ctx, q, args...); err != nil {
			return fmt.Errorf("db: star: %w", err)
		}
		if g.Stars, err = t.starsOf(ctx, g.ID); err != nil {
			return err
		}
		g.Rail, err = t.starred(ctx, by)
		return err
	})
	return g, err
}

// starsOf counts the stars of a model.
func (t *tx) starsOf(ctx context.Context, collectionID int64) (registry.Stars, error) {
	counted, err := t.starsOfEach(ctx, []int64{collectionID})
	return counted[collectionID], err
}

// starsOfEach counts the stars of models.
func (t *tx) starsOfEach(ctx context.Context, ids []int64) (map[int64]registry.Stars, error) {
	const q = `
		select collection_id, count(*) as count, bool_or(person_id = $2) as mine
		from stars
		where collection_id = any($1)
		group by collection_id`
	var rows []struct {
		CollectionID int64
		registry.Stars
	}
	if err := t.SelectContext(ctx, &rows, q, pq.Array(ids), t.by.PersonID); err != nil {
		return nil, fmt.Errorf("db: stars: %w", err)
	}
	counted := map[int64]registry.Stars{}
	for _, row := range rows {
		counted[row.CollectionID] = row.Stars
	}
	return counted, nil
}

// starred loads the models a person starred last and may still look at, and one
// more than the rail holds where there are more.
func (t *tx) starred(ctx context.Context, who registry.Actor) (models []registry.StarredModel, err error) {
	const q = `
		select c.name, c.type, p.kind as place_kind, p.name as place_name, e.name as entity_name,
			coalesce((
				select s.color
				from stages s
				join aliases a on a.collection_id = c.id and a.name = s.name
				where s.place_id = c.place_id
				order by s.position desc
				limit 1), '') as color
		from stars
		join collections c on c.id = stars.collection_id
		join places p on p.id = c.place_id
		join entities e on e.id = p.entity_id
		where stars.person_id = $1 and ` + mayLook + `
		order by stars.starred_at desc, c.id desc
		limit $4`
	var rows []struct {
		Name, Type, PlaceName, EntityName, Color string
		PlaceKind                                registry.PlaceKind
	}
	if err := t.SelectContext(ctx, &rows, q, who.PersonID, who.Admin, who.KeyPlaceID, registry.RailStars+1); err != nil {
		return nil, fmt.Errorf("db: starred models: %w", err)
	}
	for _, row := range rows {
		place := registry.Place{Kind: row.PlaceKind, Name: row.PlaceName, EntityName: row.EntityName}
		models = append(models, registry.StarredModel{Place: place, Name: row.Name, Type: row.Type, Color: row.Color})
	}
	return models, nil
}
