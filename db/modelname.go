package db

import (
	"context"
	"fmt"

	"greenroom/registry"
)

// collectionNamed is the ID of the collection of the place $1 that has the name $2
// or, of registered models, had it.
const collectionNamed = `coalesce(
	(select id from collections where place_id = $1 and name = $2),
	(select collection_id from former_model_names where place_id = $1 and name = $2))`

// takeName makes the name of a collection mean that one alone.
func (t *tx) takeName(ctx context.Context, c registry.Collection) error {
	const q = `delete from former_model_names where place_id = $1 and name = $2`
	if _, err := t.ExecContext(ctx, q, c.PlaceID, c.Name); err != nil {
		return fmt.Errorf("db: free former name: %w", err)
	}
	return nil
}

// leaveName lets the name that a registered model had go on leading to it.
func (t *tx) leaveName(ctx context.Context, c registry.Collection, name string) error {
	if c.Kind != registry.Model {
		return nil
	}
	const q = `
		insert into former_model_names (place_id, name, collection_id)
		values ($1, $2, $3)
		on conflict (place_id, name) do update set collection_id = excluded.collection_id`
	if _, err := t.ExecContext(ctx, q, c.PlaceID, name, c.ID); err != nil {
		return fmt.Errorf("db: keep former name: %w", err)
	}
	return nil
}
