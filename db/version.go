package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/lib/pq"

	"greenroom/registry"
)

// Version returns a version by ID, alias, number, digest or artifact.
func (db *DB) Version(ctx context.Context, by registry.Actor, ref registry.VersionRef) (d registry.VersionDetail, err error) {
	err = db.read(ctx, by, registry.Look, ofVersion(ref), func(t *tx) error {
		v, err := t.version(ctx, ref)
		if err != nil {
			return err
		}
		d, err = t.versionDetail(ctx, v)
		return err
	})
	return d, err
}

// Versions returns a page of a collection's versions, newest first unless the
// part says otherwise.
func (db *DB) Versions(ctx context.Context, by registry.Actor, ref registry.CollectionRef, part registry.VersionRange) (list registry.VersionList, err error) {
	err = db.read(ctx, by, registry.Look, ofCollection(ref), func(t *tx) error {
		c, err := t.collection(ctx, ref)
		if err != nil {
			return err
		}
		// Artifacts get their IDs in the order they are made.
		key, way, than := `number`, `desc`, `<`
		if part.Order.By == registry.ByCreatedAt {
			key = `artifact_id`
		}
		if part.Order.By != "" && !part.Order.Descending {
			way, than = `asc`, `>`
		}
		after := ` and $2 = 0`
		if part.After != 0 {
			after = ` and ` + key + ` ` + than + ` (select ` + key + ` from versions where id = $2)`
		}
		q := `
			select artifact_id, id as version_id
			from versions
			where collection_id = $1` + after + `
			order by ` + key + ` ` + way + `
			limit $3`
		var picks []pick
		if err := t.SelectContext(ctx, &picks, q, c.ID, part.After, part.First+1); err != nil {
			return fmt.Errorf("db: versions: %w", err)
		}
		if list.More = len(picks) > part.First; list.More {
			picks = picks[:part.First]
		}
		list.Total = c.Versions
		return t.fillPage(ctx, &list, picks)
	})
	return list, err
}

// ofVersion is the place of a version.
func ofVersion(ref registry.VersionRef) place {
	if ref.ID != 0 {
		const q = `
			select c.place_id
			from versions v
			join collections c on c.id = v.collection_id
			where v.id = $1`
		return inPlaceOf(q, ref.ID)
	}
	return ofCollection(ref.Collection)
}

// version finds a version in the transaction's place, sql.ErrNoRows if there is
// none.
func (t *tx) version(ctx context.Context, ref registry.VersionRef) (v registry.Version, err error) {
	const columns = `select v.id, v.collection_id, v.number, v.artifact_id, v.linked_at from versions v `
	if ref.ID != 0 {
		const q = columns + `where v.id = $1`
		err = t.GetContext(ctx, &v, q, ref.ID)
		return v, err
	}
	c, err := t.collection(ctx, ref.Collection)
	if err != nil {
		return v, err
	}
	if ref.ArtifactID != 0 {
		id, err := t.artifactID(ctx, registry.ArtifactRef{ID: ref.ArtifactID})
		if err != nil {
			return v, err
		}
		const q = columns + `where v.collection_id = $1 and v.artifact_id = $2`
		err = t.GetContext(ctx, &v, q, c.ID, id)
		return v, err
	}
	if number, ok := registry.VersionNumber(ref.Alias); ok {
		const q = columns + `where v.collection_id = $1 and v.number = $2`
		err = t.GetContext(ctx, &v, q, c.ID, number)
		return v, err
	}
	if ref.Alias == "" {
		ref.Alias = registry.Latest
	}
	const named = columns + `
		join aliases n on n.version_id = v.id
		where n.collection_id = $1 and n.name = $2`
	err = t.GetContext(ctx, &v, named, c.ID, ref.Alias)
	if !errors.Is(err, sql.ErrNoRows) || !registry.IsDigest(ref.Alias) {
		return v, err
	}
	const digest = columns + `
		where v.collection_id = $1 and v.artifact_id in (select id from artifacts where digest = $2)
		order by v.number desc
		limit 1`
	err = t.GetContext(ctx, &v, digest, c.ID, ref.Alias)
	return v, err
}

func (t *tx) versionDetail(ctx context.Context, v registry.Version) (d registry.VersionDetail, err error) {
	shown, err := t.details(ctx, []pick{{ArtifactID: v.ArtifactID, VersionID: v.ID}})
	if err != nil {
		return d, err
	}
	if len(shown) == 0 {
		return d, sql.ErrNoRows
	}
	return shown[0], nil
}

// newestVersion is the version of the highest number, with its digest.
type newestVersion struct {
	registry.Version
	Digest string
}

// newest returns the version of a collection that has the highest number, the
// zero value if there is none.
func (t *tx) newest(ctx context.Context, collectionID int64) (v newestVersion, err error) {
	const q = `
		select v.id, v.collection_id, v.number, v.artifact_id, v.linked_at, a.digest
		from versions v
		join artifacts a on a.id = v.artifact_id
		where v.collection_id = $1
		order by v.number desc
		limit 1`
	err = t.GetContext(ctx, &v, q, collectionID)
	if errors.Is(err, sql.ErrNoRows) {
		return newestVersion{}, nil
	}
	return v, err
}

// addVersion makes an artifact a version of a locked collection: the next
// number, and latest.
func (t *tx) addVersion(ctx context.Context, c registry.Collection, artifactID int64) (v registry.Version, err error) {
	const number = `
		update collections
		set next_number = next_number + 1, versions = versions + 1, changed_at = $2
		where id = $1
		returning next_number - 1`
	var n int
	if err := t.GetContext(ctx, &n, number, c.ID, t.at); err != nil {
		return v, fmt.Errorf("db: number version: %w", err)
	}
	const q = `
		insert into versions (collection_id, number, artifact_id, linked_by, linked_at, figure_keys, figure_values)
		select $1, $2, id, $4::bigint, $5::timestamptz, case when run_id is null then '{}'::text[] end, case when run_id is null then '{}'::float[] end
		from artifacts
		where id = $3
		returning id, collection_id, number, artifact_id, linked_at`
	if err := t.GetContext(ctx, &v, q, c.ID, n, artifactID, t.by.PersonID, t.at); err != nil {
		return v, fmt.Errorf("db: add version: %w", err)
	}
	return v, t.putAlias(ctx, c.ID, registry.Latest, v.ID)
}

// removeVersion takes a version out of a locked collection, with its aliases. If
// it was the latest, the highest number left is.
func (t *tx) removeVersion(ctx context.Context, v registry.Version) error {
	const held = `select exists (select from aliases where version_id = $1 and name = 'latest')`
	var latest bool
	if err := t.GetContext(ctx, &latest, held, v.ID); err != nil {
		return fmt.Errorf("db: remove version: %w", err)
	}
	const q = `
		with gone as (delete from versions where id = $1 returning collection_id)
		update collections
		set versions = versions - 1, changed_at = $2
		where id in (select collection_id from gone)`
	if _, err := t.ExecContext(ctx, q, v.ID, t.at); err != nil || !latest {
		return err
	}
	left, err := t.newest(ctx, v.CollectionID)
	if err != nil || left.ID == 0 {
		return err
	}
	return t.putAlias(ctx, v.CollectionID, registry.Latest, left.ID)
}

// lockStandings locks every collection that artifacts stand in: sources first,
// then by ID.
func (t *tx) lockStandings(ctx context.Context, artifactIDs []int64) error {
	const q = `
		select c.id
		from collections c
		where c.id in (
			select collection_id from artifacts where id = any($1)
			union
			select collection_id from versions where artifact_id = any($1))
		order by c.kind desc, c.id
		for no key update`
	var ids []int64
	if err := t.SelectContext(ctx, &ids, q, pq.Array(artifactIDs)); err != nil {
		return fmt.Errorf("db: lock collections: %w", err)
	}
	return nil
}
