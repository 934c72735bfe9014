package db

import (
	"context"
	"fmt"

	"github.com/lib/pq"

	"greenroom/registry"
)

// ReserveArtifactFiles gives the right to upload an artifact's files, for each in the order
// asked. A file whose content the owner has already is Stored, and claimed: it
// stays for at least a day. Returns Conflict for a committed artifact.
//
// All files are of artifacts in one place.
func (db *DB) ReserveArtifactFiles(ctx context.Context, by registry.Actor, files []registry.FileSpec) (uploads []registry.Upload, err error) {
	if len(files) == 0 {
		return nil, nil
	}
	for _, f := range files {
		if err := f.Check(); err != nil {
			return nil, err
		}
	}
	err = db.change(ctx, by, registry.Log, atSource(files[0].Artifact), func(t *tx) error {
		ids, err := t.pendingIDs(ctx, files)
		if err != nil {
			return err
		}
		n := len(files)
		artifacts, names, sums := make([]int64, n), make([]string, n), make([][]byte, n)
		for i, f := range files {
			artifacts[i], names[i], sums[i] = ids[f.Artifact], f.Path, f.MD5
		}
		// For the inner selects see details.
		const q = `
			with asked as (
				select nextval(pg_get_serial_sequence('uploads', 'id')) as id, artifact_id, name, md5, n
				from unnest((select $1::bigint[]), (select $2::text[]), (select $3::bytea[])) with ordinality as f (artifact_id, name, md5, n)
			), known as (
				select a.*, b.id as blob_id, coalesce((
					select e.artifact_id
					from manifest_entries e
					where e.blob_id = b.id
					order by e.artifact_id
					limit 1), a.artifact_id) as birth_id
				from asked a
				left join lateral (
					select id from blobs where owner_id = $4 and md5 = a.md5 order by id limit 1
				) b on true
			), reserved as (
				insert into uploads (id, owner_id, purpose, artifact_id, name, md5, blob_id, reserved_at)
				overriding system value
				select id, $4, 'artifact file', artifact_id, name, md5, blob_id, $5 from known
			)
			select id, 'artifact file' as purpose, artifact_id, name, md5, blob_id is not null as stored, birth_id, true as open
			from known
			order by n`
		if err := t.SelectContext(ctx, &uploads, q, pq.Array(artifacts), pq.Array(names), pq.Array(sums), t.place.EntityID, t.at); err != nil {
			return fmt.Errorf("db: reserve files: %w", err)
		}
		return nil
	})
	return uploads, err
}

// pendingIDs returns the IDs of the artifacts that files are of, all pending and
// in the transaction's place.
func (t *tx) pendingIDs(ctx context.Context, files []registry.FileSpec) (map[registry.ArtifactRef]int64, error) {
	ids := map[registry.ArtifactRef]int64{}
	for _, f := range files {
		if ids[f.Artifact] != 0 {
			continue
		}
		id := t.artifact
		if f.Artifact != files[0].Artifact {
			var err error
			if id, err = t.artifactID(ctx, f.Artifact); err != nil {
				return nil, err
			}
		}
		const q = `
			select a.state
			from artifacts a
			join collections c on c.id = a.collection_id
			where a.id = $1 and c.place_id = $2`
		var state registry.ArtifactState
		if err := t.GetContext(ctx, &state, q, id, t.place.ID); err != nil {
			return nil, err
		}
		if state != registry.Pending {
			return nil, errCommitted
		}
		ids[f.Artifact] = id
	}
	return ids, nil
}

// ReserveRunFiles gives the right to upload files of a run, for each in the order
// asked. Files that are there are replaced when the bytes arrive.
func (db *DB) ReserveRunFiles(ctx context.Context, by registry.Actor, ref registry.RunRef, names []string) (uploads []registry.Upload, err error) {
	for _, name := range names {
		if err := registry.CheckFilePath(name); err != nil {
			return nil, err
		}
	}
	err = db.change(ctx, by, registry.Log, inPlaceOfRun(ref), func(t *tx) error {
		id, err := t.liveRunID(ctx, ref)
		if err != nil {
			return err
		}
		const q = `
			with asked as (
				select nextval(pg_get_serial_sequence('uploads', 'id')) as id, name, n
				from unnest($3::text[]) with ordinality as f (name, n)
			), reserved as (
				insert into uploads (id, owner_id, purpose, run_id, name, reserved_at)
				overriding system value
				select id, $1, 'run file', $2, name, $4 from asked
			)
			select id, 'run file' as purpose, $2::bigint as run_id, name, true as open
			from asked
			order by n`
		return t.SelectContext(ctx, &uploads, q, t.place.EntityID, id, pq.Array(names), t.at)
	})
	return uploads, err
}

// liveRunID is runID for a run that was not deleted; Gone for one that was.
func (t *tx) liveRunID(ctx context.Context, ref registry.RunRef) (id int64, err error) {
	if id, err = t.runID(ctx, ref); err != nil {
		return 0, err
	}
	const q = `select deleted_at is not null from runs where id = $1`
	var deleted bool
	if err := t.GetContext(ctx, &deleted, q, id); err != nil {
		return 0, fmt.Errorf("db: run: %w", err)
	}
	if deleted {
		return 0, registry.Errorf(registry.Gone, "The run has been deleted. Start a new one.")
	}
	return id, nil
}

// uploadQuery selects uploads with whether bytes may still come; a condition on u
// follows. Subqueries rather than joins: new artifacts have the highest IDs, where
// the planner knows least and joins by reading all.
const uploadQuery = `
	select u.id, u.owner_id, u.purpose, coalesce(u.artifact_id, 0) as artifact_id, coalesce(u.manifest_id, 0) as manifest_id,
		coalesce(u.run_id, 0) as run_id, u.name, u.md5, u.blob_id is not null as stored,
		case when u.run_id is null then (select state = 'pending' from artifacts where id = u.artifact_id)
			else (select deleted_at is null from runs where id = u.run_id) end as open,
		coalesce((select digest from artifacts where id = u.artifact_id), '') as digest,
		coalesce((select kind from manifests where id = u.manifest_id), 'full') as kind
	from uploads u
	where `

// soughtUpload is an upload that somebody asks for.
type soughtUpload struct {
	id    int64
	found registry.Upload
	err   error
}

// Upload returns a reserved upload. It is for Greenroom itself: who holds the
// signed address of an upload may use it.
func (db *DB) Upload(ctx context.Context, by registry.Actor, id int64) (u registry.Upload, err error) {
	if err := everywhereMay(ctx, by, registry.Administer); err != nil {
		return u, err
	}
	s := soughtUpload{id: id}
	if err := db.sought.await(ctx, &s, func(ctx context.Context, batch []*soughtUpload) { db.findUploads(ctx, by, batch) }); err != nil {
		return u, fmt.Errorf("db: upload: %w", err)
	}
	return s.found, s.err
}

// findUploads looks up uploads, NotFound those that are not there.
func (db *DB) findUploads(ctx context.Context, by registry.Actor, batch []*soughtUpload) {
	var ids []int64
	for _, s := range batch {
		ids = append(ids, s.id)
	}
	var rows []registry.Upload
	err := db.glanceAll(ctx, by, registry.Administer, &rows, uploadQuery+`u.id = any($1)`, pq.Array(ids))
	found := map[int64]registry.Upload{}
	for _, u := range rows {
		found[u.ID] = u
	}
	for _, s := range batch {
		u, there := found[s.id]
		if s.found, s.err = u, err; err == nil && !there {
			s.err = registry.ErrNothing
		}
	}
}
