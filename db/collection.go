package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/lib/pq"

	"greenroom/registry"
)

// Collection returns a collection with its aliases and how many versions it has.
func (db *DB) Collection(ctx context.Context, by registry.Actor, ref registry.CollectionRef) (d registry.CollectionDetail, err error) {
	err = db.read(ctx, by, registry.Look, ofCollection(ref), func(t *tx) error {
		c, err := t.collection(ctx, ref)
		if err != nil {
			return err
		}
		d, err = t.collectionDetail(ctx, c)
		return err
	})
	return d, err
}

// UpdateCollection changes a collection's name, card or tags. The name that a
// registered model had goes on leading to it until another collection of the place
// takes it. Returns Conflict if another one has the name, or if the card was made
// from one that is no longer there.
func (db *DB) UpdateCollection(ctx context.Context, by registry.Actor, change registry.CollectionChange) (d registry.CollectionDetail, err error) {
	err = db.change(ctx, by, registry.Link, ofCollection(change.Collection), func(t *tx) error {
		c, err := t.collection(ctx, change.Collection)
		if err != nil {
			return err
		}
		if c, err = t.lockCollectionByID(ctx, c.ID); err != nil {
			return err
		}
		was := t.collectionAddress(c)
		before, after, err := change.Apply(&c)
		if err != nil {
			return err
		}
		if after.Description != nil && change.CardEntry != nil {
			newest, err := t.cardEntry(ctx, c.ID)
			if err != nil {
				return err
			}
			if err := registry.CheckCardEntry(change.CardEntry, newest); err != nil {
				return err
			}
		}
		if !before.Nothing() {
			if err := t.writeCollection(ctx, c); err != nil {
				return err
			}
			if before.Name != nil {
				if err := t.takeName(ctx, c); err != nil {
					return err
				}
				if err := t.leaveName(ctx, c, *before.Name); err != nil {
					return err
				}
			}
			if err := t.record(ctx, registry.CollectionUpdated{CollectionID: c.ID, Collection: was, Before: before, After: after}); err != nil {
				return err
			}
		}
		d, err = t.collectionDetail(ctx, c)
		return err
	})
	return d, err
}

// DeleteCollection takes a collection away. Of a registered model only the links
// go; with a source go its artifacts, wherever they are linked. Deleting a source
// takes the right to log there.
func (db *DB) DeleteCollection(ctx context.Context, by registry.Actor, ref registry.CollectionRef) (d registry.CollectionDetail, err error) {
	err = db.change(ctx, by, registry.Link, ofCollection(ref), func(t *tx) error {
		c, err := t.collection(ctx, ref)
		if err != nil {
			return err
		}
		if d, err = t.collectionDetail(ctx, c); err != nil {
			return err
		}
		e := registry.CollectionDeleted{CollectionID: c.ID, Kind: c.Kind, Collection: t.collectionAddress(c), Versions: d.Versions}
		if c.Kind == registry.Source {
			if err := t.access.Require(registry.Log); err != nil {
				return err
			}
			if err := t.deleteArtifactsOf(ctx, c.ID); err != nil {
				return err
			}
		}
		const versions = `delete from versions where collection_id = $1`
		if _, err := t.ExecContext(ctx, versions, c.ID); err != nil {
			return fmt.Errorf("db: delete versions of a collection: %w", err)
		}
		// Somebody else may have deleted it while we waited.
		const q = `delete from collections where id = $1 returning id`
		if err := t.GetContext(ctx, &c.ID, q, c.ID); err != nil {
			return fmt.Errorf("db: delete collection: %w", err)
		}
		return t.record(ctx, e)
	})
	return d, err
}

// deleteArtifactsOf deletes what a source holds, with all links to it. The bytes
// stay until they are swept.
func (t *tx) deleteArtifactsOf(ctx context.Context, collectionID int64) error {
	const lock = `select id from artifacts where collection_id = $1 order by id for update`
	var ids []int64
	if err := t.SelectContext(ctx, &ids, lock, collectionID); err != nil {
		return fmt.Errorf("db: delete artifacts: %w", err)
	}
	if err := t.lockStandings(ctx, ids); err != nil {
		return err
	}
	const links = `
		select id, collection_id, number, artifact_id, linked_at
		from versions
		where artifact_id = any($1) and collection_id <> $2
		order by collection_id, id`
	var linked []registry.Version
	if err := t.SelectContext(ctx, &linked, links, pq.Array(ids), collectionID); err != nil {
		return fmt.Errorf("db: delete artifacts: %w", err)
	}
	for _, v := range linked {
		if err := t.removeVersion(ctx, v); err != nil {
			return err
		}
	}
	for _, q := range []string{
		`delete from versions where artifact_id = any($1)`,
		`delete from lineage where artifact_id = any($1)`,
		`update artifacts set base_id = null where base_id = any($1)`,
		`delete from artifacts where id = any($1)`,
	} {
		if _, err := t.ExecContext(ctx, q, pq.Array(ids)); err != nil {
			return fmt.Errorf("db: delete artifacts: %w", err)
		}
	}
	return nil
}

// ofCollection is the place of a collection.
func ofCollection(ref registry.CollectionRef) place {
	if ref.ID != 0 {
		return inPlaceOf(`select place_id from collections where id = $1`, ref.ID)
	}
	return in(ref.Place)
}

// collectionFields are a collection's columns where other nouns stand beside it.
type collectionFields struct {
	Kind        registry.CollectionKind
	Name        string
	Type        string
	Description string
	Tags        pq.StringArray
	NextNumber  int
	Versions    int
	CreatedBy   int64
	CreatedAt   time.Time
	ChangedAt   time.Time
}

func (f collectionFields) collection(id, placeID int64) registry.Collection {
	return registry.Collection{
		ID: id, PlaceID: placeID, Kind: f.Kind, Name: f.Name, Type: f.Type, Description: f.Description, Tags: f.Tags,
		NextNumber: f.NextNumber, Versions: f.Versions, CreatedBy: f.CreatedBy, CreatedAt: f.CreatedAt, ChangedAt: f.ChangedAt,
	}
}

type collectionRow struct {
	ID      int64
	PlaceID int64
	collectionFields
}

const collectionColumns = `
	select c.id, c.place_id, c.kind, c.name, c.type, c.description, c.tags, c.next_number, c.versions, c.created_by, c.created_at, c.changed_at`

// collection returns a collection of the transaction's place, by ID or by a name it
// has or, as a registered model, had; sql.ErrNoRows if there is none.
func (t *tx) collection(ctx context.Context, ref registry.CollectionRef) (registry.Collection, error) {
	const byID = collectionColumns + ` from collections c where c.place_id = $1 and c.id = $2`
	const byName = collectionColumns + ` from collections c where c.id = ` + collectionNamed
	var row collectionRow
	var err error
	if ref.ID != 0 {
		err = t.GetContext(ctx, &row, byID, t.place.ID, ref.ID)
	} else {
		err = t.GetContext(ctx, &row, byName, t.place.ID, ref.Name)
	}
	return row.collection(row.ID, row.PlaceID), err
}

// lockCollectionByID locks a collection, so that whoever changes its versions or
// aliases queues up.
func (t *tx) lockCollectionByID(ctx context.Context, id int64) (registry.Collection, error) {
	const q = collectionColumns + ` from collections c where c.id = $1 for no key update`
	var row collectionRow
	if err := t.GetContext(ctx, &row, q, id); err != nil {
		return registry.Collection{}, fmt.Errorf("db: lock collection: %w", err)
	}
	return row.collection(row.ID, row.PlaceID), nil
}

// lockCollection returns the locked collection of a name in the transaction's
// place, making it if there is none; a registered model is there also by a name it
// had, so that scripts go on linking to it. Returns Conflict if the name stands for
// the other kind of collection and Invalid if it holds another type.
func (t *tx) lockCollection(ctx context.Context, kind registry.CollectionKind, name, artifactType string) (c registry.Collection, err error) {
	there := collectionColumns + ` from collections c where c.place_id = $1 and c.name = $2 for no key update`
	if kind == registry.Model {
		there = collectionColumns + ` from collections c where c.id = ` + collectionNamed + ` for no key update`
	}
	var row collectionRow
	err = t.GetContext(ctx, &row, there, t.place.ID, name)
	if errors.Is(err, sql.ErrNoRows) {
		const q = `
			insert into collections (place_id, kind, name, type, created_by, created_at, changed_at)
			values ($1, $2, $3, $4, $5, $6, $6)
			on conflict on constraint collection_name do nothing
			returning id`
		var id int64
		err = t.GetContext(ctx, &id, q, t.place.ID, kind, name, artifactType, t.by.PersonID, t.at)
		if err == nil {
			return t.newCollection(ctx, id)
		}
		if errors.Is(err, sql.ErrNoRows) { // somebody else made it just now
			err = t.GetContext(ctx, &row, there, t.place.ID, name)
		}
	}
	if err != nil {
		return c, fmt.Errorf("db: lock collection: %w", err)
	}
	c = row.collection(row.ID, row.PlaceID)
	return c, c.CheckTakes(kind, artifactType)
}

// newCollection returns a collection that the transaction has just made, and
// tells of it.
func (t *tx) newCollection(ctx context.Context, id int64) (registry.Collection, error) {
	c, err := t.lockCollectionByID(ctx, id)
	if err != nil {
		return c, err
	}
	if err := t.takeName(ctx, c); err != nil {
		return c, err
	}
	return c, t.record(ctx, registry.CollectionCreated{
		CollectionID: c.ID, Kind: c.Kind, Collection: t.collectionAddress(c), Type: c.Type, Description: c.Description, Tags: c.Tags,
	})
}

// nameCollection writes down a random name that a maker gave a collection.
func (t *tx) nameCollection(ctx context.Context, id int64, clientID string) error {
	if clientID == "" {
		return nil
	}
	const q = `
		insert into collection_client_ids (client_id, collection_id)
		values ($1, $2)
		on conflict do nothing`
	if _, err := t.ExecContext(ctx, q, clientID, id); err != nil {
		return fmt.Errorf("db: name collection: %w", err)
	}
	return nil
}

func (t *tx) writeCollection(ctx context.Context, c registry.Collection) error {
	const q = `
		update collections
		set name = $2, type = $3, description = $4, tags = $5, changed_at = $6
		where id = $1`
	if _, err := t.ExecContext(ctx, q, c.ID, c.Name, c.Type, c.Description, pq.Array(c.Tags), t.at); err != nil {
		return fmt.Errorf("db: update collection: %w", err)
	}
	return nil
}

// touchCollection brings a collection to the top of what changed last.
func (t *tx) touchCollection(ctx context.Context, id int64) error {
	const q = `update collections set changed_at = $2 where id = $1`
	if _, err := t.ExecContext(ctx, q, id, t.at); err != nil {
		return fmt.Errorf("db: touch collection: %w", err)
	}
	return nil
}

func (t *tx) collectionAddress(c registry.Collection) string {
	return registry.CollectionRef{Place: t.place.Ref(), Name: c.Name}.String()
}

func (t *tx) collectionDetail(ctx context.Context, c registry.Collection) (d registry.CollectionDetail, err error) {
	shown, err := t.collectionDetails(ctx, []registry.Collection{c})
	if err != nil {
		return d, err
	}
	return shown[0], nil
}

// collectionDetails completes collections, as if all were of the place that the
// transaction stands in, in order.
func (t *tx) collectionDetails(ctx context.Context, found []registry.Collection) ([]registry.CollectionDetail, error) {
	ids := make([]int64, 0, len(found))
	for _, c := range found {
		ids = append(ids, c.ID)
	}
	const newest = `
		select c.id, coalesce((select artifact_id from versions where collection_id = c.id order by number desc limit 1), 0) as artifact_id
		from unnest($1::bigint[]) as c (id)`
	var latest []struct{ ID, ArtifactID int64 }
	if err := t.SelectContext(ctx, &latest, newest, pq.Array(ids)); err != nil {
		return nil, fmt.Errorf("db: newest versions: %w", err)
	}
	const q = `
		select id, collection_id, version_id, name, set_at
		from aliases
		where collection_id = any($1)
		order by name <> 'latest', name`
	var aliases []registry.Alias
	if err := t.SelectContext(ctx, &aliases, q, pq.Array(ids)); err != nil {
		return nil, fmt.Errorf("db: aliases: %w", err)
	}
	shown := make([]registry.CollectionDetail, len(found))
	for i, c := range found {
		shown[i] = registry.CollectionDetail{Collection: c, Place: t.place, Access: t.access}
	}
	for _, v := range latest {
		shown[slices.Index(ids, v.ID)].LatestArtifactID = v.ArtifactID
	}
	for _, a := range aliases {
		d := &shown[slices.Index(ids, a.CollectionID)]
		d.Aliases = append(d.Aliases, a)
	}
	return shown, nil
}
