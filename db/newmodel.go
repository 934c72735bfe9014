package db

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/lib/pq"

	"greenroom/registry"
)

// AddModel makes a registered model without versions. Returns NotFound if there
// is no such registry, Invalid if the model cannot be or its name is taken.
func (db *DB) AddModel(ctx context.Context, by registry.Actor, n registry.NewModel) (d registry.CollectionDetail, err error) {
	err = db.change(ctx, by, registry.Link, in(n.Registry), func(t *tx) error {
		if t.place.Kind != registry.RegistryPlace {
			return registry.ErrNothing
		}
		if err := n.Check(t.place); err != nil {
			return err
		}
		const q = `
			insert into collections (place_id, kind, name, type, description, tags, created_by, created_at, changed_at)
			values ($1, 'model', $2, $3, $4, $5, $6, $7, $7)
			on conflict on constraint collection_name do nothing
			returning id`
		var id int64
		err := t.GetContext(ctx, &id, q, t.place.ID, n.Name, n.Type, n.Description, pq.Array(n.Tags), t.by.PersonID, t.at)
		if errors.Is(err, sql.ErrNoRows) {
			return registry.InField("name", "There is a model %s in this registry already. Take another name, or link into that one.", n.Name)
		}
		if err != nil {
			return fmt.Errorf("db: add model: %w", err)
		}
		c, err := t.newCollection(ctx, id)
		if err != nil {
			return err
		}
		d, err = t.collectionDetail(ctx, c)
		return err
	})
	return d, err
}

// NewModelPage returns what the form for a new model in a registry offers, to
// those who may make one.
func (db *DB) NewModelPage(ctx context.Context, by registry.Actor, ref registry.PlaceRef) (p registry.NewModelPage, err error) {
	err = db.read(ctx, by, registry.Link, in(ref), func(t *tx) error {
		if t.place.Kind != registry.RegistryPlace {
			return registry.ErrNothing
		}
		p.Place, p.Types = t.place, t.place.Accepts
		if len(p.Types) > 0 {
			return nil
		}
		const q = `select distinct type from collections where place_id = $1 order by type limit 100`
		if err := t.SelectContext(ctx, &p.Types, q, t.place.ID); err != nil {
			return fmt.Errorf("db: types of models: %w", err)
		}
		return nil
	})
	return p, err
}

// RegistriesToLink returns the registries that the actor may change models and
// links of, by their names.
func (db *DB) RegistriesToLink(ctx context.Context, by registry.Actor) (choices []registry.RegistryChoice, err error) {
	err = db.visible(ctx, by, func(t *tx) error {
		rows, err := t.registries(ctx)
		if err != nil {
			return err
		}
		labels := labelsOf(rows)
		for id, row := range rows {
			if t.accessIn(row).Can(registry.Link) {
				choices = append(choices, registry.RegistryChoice{Place: row.Place, Label: labels[id]})
			}
		}
		sortRegistries(choices)
		return nil
	})
	return choices, err
}

func sortRegistries(choices []registry.RegistryChoice) {
	slices.SortFunc(choices, func(a, b registry.RegistryChoice) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Label), strings.ToLower(b.Label)), cmp.Compare(a.Place.ID, b.Place.ID))
	})
}
