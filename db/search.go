package db

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lib/pq"
	"github.com/tidwall/gjson"

	"greenroom/registry"
)

// SearchCollections returns a page of the collections that the actor may see
// and that pass the search's filters.
func (db *DB) SearchCollections(ctx context.Context, by registry.Actor, s registry.Search) (list registry.CollectionList, err error) {
	err = db.visible(ctx, by, func(t *tx) error {
		found, places, err := t.searchCollections(ctx, s)
		if err != nil {
			return err
		}
		field, descending := orderField(cmp.Or(s.Order, "-updated_at"))
		slices.SortStableFunc(found, func(a, b registry.Collection) int {
			return compareValues(collectionValue(a, field), collectionValue(b, field), descending)
		})
		list.Total = len(found)
		start := 1 + slices.IndexFunc(found, func(c registry.Collection) bool { return c.ID == s.After })
		end := min(len(found), start+s.First)
		list.More = end < len(found)
		if list.Collections, err = t.collectionDetails(ctx, found[start:end]); err != nil {
			return err
		}
		for i := range list.Collections {
			d := &list.Collections[i]
			t.stand(places[d.PlaceID])
			d.Place, d.Access = t.place, t.access
		}
		return nil
	})
	return list, err
}

// SearchVersions returns a page of the versions that the actor may see and that
// pass the search's filters, the newest first unless its order says otherwise.
func (db *DB) SearchVersions(ctx context.Context, by registry.Actor, s registry.Search) (list registry.VersionList, err error) {
	err = db.visible(ctx, by, func(t *tx) error {
		within, _, err := t.searchCollections(ctx, s)
		if err != nil {
			return err
		}
		found, err := t.versionsWithin(ctx, within, s)
		if err != nil {
			return err
		}
		list.Total = len(found)
		start := 1 + slices.IndexFunc(found, func(v foundVersion) bool { return v.ID == s.After })
		end := min(len(found), start+s.First)
		list.More = end < len(found)
		var picks []pick
		for _, v := range found[start:end] {
			picks = append(picks, pick{ArtifactID: v.ArtifactID, VersionID: v.ID})
		}
		return t.fillPage(ctx, &list, picks)
	})
	return list, err
}

// searchCollections returns every collection that passes, with the places they
// are in.
func (t *tx) searchCollections(ctx context.Context, s registry.Search) ([]registry.Collection, map[int64]placeRow, error) {
	ids, err := t.searchedPlaces(ctx, s)
	if err != nil {
		return nil, nil, err
	}
	places, err := t.placesByID(ctx, ids)
	if err != nil {
		return nil, nil, err
	}
	ids = ids[:0]
	for _, row := range places {
		d := registry.PlaceDetail{Place: row.Place}
		if t.accessIn(row).Can(registry.Look) && s.Places.Match(func(field string) any { return placeValue(d, field) }) {
			ids = append(ids, row.ID)
		}
	}
	const q = collectionColumns + `
		from collections c
		where c.place_id = any($1) and ($2 = 0 or c.id = $2) and ($3 = '' or c.type = $3) and ($4::text[] is null or c.kind = any($4))
		order by c.id`
	var rows []collectionRow
	if err := t.SelectContext(ctx, &rows, q, pq.Array(ids), s.CollectionID, s.Type, pq.Array(s.Kinds)); err != nil {
		return nil, nil, fmt.Errorf("db: search collections: %w", err)
	}
	var found []registry.Collection
	for _, row := range rows {
		c := row.collection(row.ID, row.PlaceID)
		if s.Collections.Match(func(field string) any { return collectionValue(c, field) }) {
			found = append(found, c)
		}
	}
	return found, places, nil
}

// searchedPlaces returns the IDs of the places to look in.
func (t *tx) searchedPlaces(ctx context.Context, s registry.Search) (ids []int64, err error) {
	switch {
	case s.Entity != "":
		owner, err := t.entity(ctx, s.Entity)
		if err != nil {
			return nil, err
		}
		if err := t.mayKnow(ctx, owner); err != nil {
			return nil, err
		}
		const q = `select id from places where entity_id = $1 and kind = 'registry' and id = any($2)`
		if err := t.SelectContext(ctx, &ids, q, owner.ID, pq.Array(t.visible)); err != nil {
			return nil, fmt.Errorf("db: searched registries: %w", err)
		}
	case s.CollectionID != 0:
		const q = `select place_id from collections where id = $1`
		if err := t.SelectContext(ctx, &ids, q, s.CollectionID); err != nil {
			return nil, fmt.Errorf("db: searched collection: %w", err)
		}
	default:
		row, err := t.findPlace(ctx, s.Place)
		if err != nil {
			return nil, err
		}
		if err := t.accessIn(row).Require(registry.Look); err != nil {
			return nil, err
		}
		ids = []int64{row.ID}
	}
	return ids, nil
}

// foundVersion is what filters and orders of versions look at.
type foundVersion struct {
	ID         int64
	ArtifactID int64
	Number     int
	Tags       pq.StringArray
	Aliases    pq.StringArray
	Metadata   string
	Digest     string
	CreatedAt  time.Time
	LinkedAt   time.Time
}

// versionsWithin returns every version in some collections that passes, in
// order.
func (t *tx) versionsWithin(ctx context.Context, within []registry.Collection, s registry.Search) ([]foundVersion, error) {
	ids := make([]int64, len(within))
	for i, c := range within {
		ids[i] = c.ID
	}
	field, descending := orderField(cmp.Or(s.Order, "-linked_at"))
	inMetadata := slices.ContainsFunc(s.Versions.Fields(), func(f string) bool { return strings.HasPrefix(f, "metadata") })
	const q = `
		select v.id, v.artifact_id, v.number, v.linked_at, a.tags, a.digest, a.created_at,
			case when $2 then a.metadata::text else '' end as metadata,
			array(select name from aliases where version_id = v.id) as aliases
		from versions v
		join artifacts a on a.id = v.artifact_id
		where v.collection_id = any($1)
		order by v.id`
	var rows []foundVersion
	if err := t.SelectContext(ctx, &rows, q, pq.Array(ids), inMetadata); err != nil {
		return nil, fmt.Errorf("db: search versions: %w", err)
	}
	rows = slices.DeleteFunc(rows, func(v foundVersion) bool {
		return !s.Versions.Match(func(field string) any { return v.value(field) })
	})
	slices.SortStableFunc(rows, func(a, b foundVersion) int {
		return cmp.Or(compareValues(a.value(field), b.value(field), descending), cmp.Compare(b.ID, a.ID))
	})
	return rows, nil
}

// collectionValue returns a field of a collection by the names that clients have
// for it.
func collectionValue(c registry.Collection, field string) any {
	switch field {
	case "id", "artifact_collection_id":
		return float64(c.ID)
	case "name":
		return c.Name
	case "tag", "tags":
		return c.Tags
	case "description":
		return c.Description
	case "created_at", "createdAt":
		return c.CreatedAt
	case "updated_at", "updatedAt":
		return c.ChangedAt
	}
	return nil
}

// value returns a field of a version by the names that clients have for it.
func (v foundVersion) value(field string) any {
	switch field {
	case "id":
		return float64(v.ArtifactID)
	case "version":
		return registry.VersionName(v.Number)
	case "version_index", "versionIndex":
		return float64(v.Number)
	case "state":
		return "COMMITTED"
	case "tag", "tags":
		return []string(v.Tags)
	case "alias", "aliases":
		return append([]string{registry.VersionName(v.Number)}, v.Aliases...)
	case "digest":
		return v.Digest
	case "created_at", "createdAt":
		return v.CreatedAt
	case "linked_at", "updated_at", "updatedAt":
		return v.LinkedAt
	}
	if path, ok := strings.CutPrefix(field, "metadata."); ok {
		return jsonValue(inObject(gjson.Parse(v.Metadata), path))
	}
	return nil
}
