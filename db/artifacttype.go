package db

import (
	"context"
	"fmt"

	"github.com/lib/pq"

	"greenroom/registry"
)

// ArtifactTypes returns the types of what stands in a place and, in a registry,
// those it accepts, by name.
func (db *DB) ArtifactTypes(ctx context.Context, by registry.Actor, ref registry.PlaceRef) (types []registry.ArtifactType, err error) {
	err = db.read(ctx, by, registry.Look, in(ref), func(t *tx) error {
		const q = `
			select coalesce(min(c.id), 0) as id, known.name, count(c.id) as collections, coalesce(min(c.created_at), $3) as created_at
			from (
				select type as name from collections where place_id = $1
				union
				select unnest($2::text[]) as name
			) known
			left join collections c on c.place_id = $1 and c.type = known.name
			group by known.name
			order by known.name`
		return t.SelectContext(ctx, &types, q, t.place.ID, pq.Array(t.place.Accepts), t.place.CreatedAt)
	})
	return types, err
}

// MoveCollectionType gives a source and all its versions another artifact type.
// Returns Conflict once one of them is linked: a registered model holds one type.
func (db *DB) MoveCollectionType(ctx context.Context, by registry.Actor, ref registry.CollectionRef, artifactType string) (d registry.CollectionDetail, err error) {
	err = db.change(ctx, by, registry.Log, ofCollection(ref), func(t *tx) error {
		c, err := t.collection(ctx, ref)
		if err != nil {
			return err
		}
		if c, err = t.lockCollectionByID(ctx, c.ID); err != nil {
			return err
		}
		if err := registry.CheckType(artifactType); err != nil {
			return err
		}
		if c.Type != artifactType {
			if err := t.moveType(ctx, &c, artifactType); err != nil {
				return err
			}
		}
		d, err = t.collectionDetail(ctx, c)
		return err
	})
	return d, err
}

func (t *tx) moveType(ctx context.Context, c *registry.Collection, artifactType string) error {
	if c.Kind == registry.Model {
		return registry.Errorf(registry.Invalid, "A registered model keeps its type. Make a model of the other type.")
	}
	const linked = `
		select exists (
			select from versions v
			join artifacts a on a.id = v.artifact_id
			where a.collection_id = $1 and v.collection_id <> $1)`
	var is bool
	if err := t.GetContext(ctx, &is, linked, c.ID); err != nil {
		return fmt.Errorf("db: move type: %w", err)
	}
	if is {
		return registry.Errorf(registry.Conflict, "Versions of %s are linked into registered models, which hold one type. Unlink them first.", c.Name)
	}
	e := registry.CollectionUpdated{
		CollectionID: c.ID, Collection: t.collectionAddress(*c),
		Before: registry.CollectionFields{Type: new(c.Type)}, After: registry.CollectionFields{Type: &artifactType},
	}
	c.Type = artifactType
	if err := t.writeCollection(ctx, *c); err != nil {
		return err
	}
	return t.record(ctx, e)
}
