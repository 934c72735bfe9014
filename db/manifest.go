package db

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"github.com/lib/pq"

	"greenroom/registry"
)

// AnnounceManifest writes down that a manifest of a pending artifact is to come,
// and gives the right to upload it. Announcing a name again means the same
// manifest and keeps what has come. Returns Conflict for a committed artifact.
func (db *DB) AnnounceManifest(ctx context.Context, by registry.Actor, m registry.NewManifest) (u registry.Upload, err error) {
	if err := registry.CheckFilePath(m.Name); err != nil {
		return u, err
	}
	err = db.change(ctx, by, registry.Log, atSource(m.Artifact), func(t *tx) error {
		a, err := t.lockPending(ctx, t.artifact)
		if err != nil {
			return err
		}
		if err := t.setBase(ctx, a, m.BaseID); err != nil {
			return err
		}
		const q = `
			insert into manifests (artifact_id, name, kind, md5)
			values ($1, $2, $3, $4)
			on conflict on constraint manifest_name do update set kind = excluded.kind, md5 = excluded.md5
			returning id`
		var id int64
		if err := t.GetContext(ctx, &id, q, a.ID, m.Name, m.Kind, m.MD5); err != nil {
			return fmt.Errorf("db: announce manifest: %w", err)
		}
		u, err = t.reserveManifest(ctx, id)
		return err
	})
	return u, err
}

// reserveManifest gives the right to upload an announced manifest of a locked
// artifact.
func (t *tx) reserveManifest(ctx context.Context, id int64) (u registry.Upload, err error) {
	const q = `
		insert into uploads (owner_id, purpose, artifact_id, manifest_id, name, md5, reserved_at)
		select $1, 'manifest', artifact_id, id, name, md5, $3
		from manifests
		where id = $2
		returning id, purpose, artifact_id, manifest_id, name, md5, true as open`
	if err := t.GetContext(ctx, &u, q, t.place.EntityID, id, t.at); err != nil {
		return u, fmt.Errorf("db: reserve manifest: %w", err)
	}
	return u, nil
}

// AmendManifest gives an announced manifest the digest of its bytes and, unless
// baseID is 0, the artifact it adds to, and gives the right to upload it.
func (db *DB) AmendManifest(ctx context.Context, by registry.Actor, id int64, md5 []byte, baseID int64) (u registry.Upload, err error) {
	var ref registry.ArtifactRef
	at := func(ctx context.Context, t *tx) error {
		const q = `select artifact_id from manifests where id = $1`
		if err := t.GetContext(ctx, &ref.ID, q, id); err != nil {
			return err
		}
		return atSource(ref)(ctx, t)
	}
	err = db.change(ctx, by, registry.Log, at, func(t *tx) error {
		a, err := t.lockPending(ctx, t.artifact)
		if err != nil {
			return err
		}
		if err := t.setBase(ctx, a, baseID); err != nil {
			return err
		}
		const q = `update manifests set md5 = $2 where id = $1`
		if _, err := t.ExecContext(ctx, q, id, md5); err != nil {
			return fmt.Errorf("db: amend manifest: %w", err)
		}
		u, err = t.reserveManifest(ctx, id)
		return err
	})
	return u, err
}

// StageManifest takes in the manifest that arrived as an upload: its entries are
// staged under the pending artifact. A full manifest replaces what was staged and
// must have the artifact's digest, an incremental one is laid over its base, a
// patch over what is there.
func (db *DB) StageManifest(ctx context.Context, by registry.Actor, uploadID int64, stored registry.Stored, m registry.Manifest) error {
	return db.change(ctx, by, registry.Administer, everywhere, func(t *tx) error {
		come := &arrivedFile{uploadID: uploadID, stored: stored}
		uploads, err := t.arrive(ctx, []*arrivedFile{come})
		if err = cmp.Or(err, come.err); err != nil {
			return err
		}
		u := uploads[uploadID]
		a, err := t.lockPending(ctx, u.ArtifactID)
		if err != nil {
			return err
		}
		if err := u.CheckManifest(m); err != nil {
			return err
		}
		if u.Kind != registry.Patch {
			if err := t.layBase(ctx, a.ID, u.Kind); err != nil {
				return err
			}
		}
		for entries := range slices.Chunk(m.Entries, 10_000) {
			if err := t.stageEntries(ctx, u, entries); err != nil {
				return err
			}
		}
		const q = `
			update manifests
			set blob_id = (select blob_id from uploads where id = $2)
			where id = $1`
		if _, err := t.ExecContext(ctx, q, u.ManifestID, uploadID); err != nil {
			return fmt.Errorf("db: stage manifest: %w", err)
		}
		return nil
	})
}

// layBase clears what is staged and, for an incremental manifest, puts the base's
// entries there.
func (t *tx) layBase(ctx context.Context, artifactID int64, kind registry.ManifestKind) error {
	const clean = `delete from manifest_entries where artifact_id = $1`
	if _, err := t.ExecContext(ctx, clean, artifactID); err != nil {
		return fmt.Errorf("db: clear entries: %w", err)
	}
	if kind == registry.Full {
		return nil
	}
	const q = `
		insert into manifest_entries (artifact_id, path, digest, size, ref, blob_id, birth_id, extra)
		select a.id, e.path, e.digest, e.size, e.ref, e.blob_id, coalesce(e.birth_id, a.base_id), e.extra
		from artifacts a
		join manifest_entries e on e.artifact_id = a.base_id
		where a.id = $1`
	if _, err := t.ExecContext(ctx, q, artifactID); err != nil {
		return fmt.Errorf("db: lay base: %w", err)
	}
	return nil
}

// stageEntries takes in entries of the manifest that came as u. Files mostly
// come before their manifest, so that nothing is left to do for most entries when
// the artifact is committed. For the inner selects see details.
func (t *tx) stageEntries(ctx context.Context, u registry.Upload, entries []registry.ManifestEntry) error {
	n := len(entries)
	paths, digests, refs, extras := make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	sizes, births := make([]int64, n), make([]int64, n)
	for i, e := range entries {
		paths[i], digests[i], sizes[i], refs[i], births[i], extras[i] = e.Path, e.Digest, e.Size, e.Ref, e.BirthID, string(e.Extra)
	}
	const q = `
		insert into manifest_entries (artifact_id, path, digest, size, ref, birth_id, extra, blob_id)
		select $1, e.path, e.digest, coalesce(b.size, e.size), e.ref, e.birth_id, e.extra, b.id
		from (
			select path, digest, size, nullif(ref, '') as ref, nullif(birth, 0) as birth_id, nullif(extra, '')::json as extra
			from unnest((select $3::text[]), (select $4::text[]), (select $5::bigint[]), (select $6::text[]), (select $7::bigint[]),
				(select $8::text[])) as e (path, digest, size, ref, birth, extra)
		) e
		left join lateral (select b.id, b.size from blobs b where ` + bound + ` limit 1) b on true
		on conflict (artifact_id, path) do update
		set digest = excluded.digest, size = excluded.size, ref = excluded.ref, blob_id = excluded.blob_id,
			birth_id = excluded.birth_id, extra = excluded.extra`
	_, err := t.ExecContext(ctx, q, u.ArtifactID, u.OwnerID,
		pq.Array(paths), pq.Array(digests), pq.Array(sizes), pq.Array(refs), pq.Array(births), pq.Array(extras))
	if err != nil {
		return fmt.Errorf("db: stage entries: %w", err)
	}
	return nil
}

// setBase notes what an incremental manifest adds to: a committed artifact of the
// same collection.
func (t *tx) setBase(ctx context.Context, a artifactRow, baseID int64) error {
	if baseID == 0 || baseID == a.BaseID {
		return nil
	}
	const q = `
		update artifacts
		set base_id = $2
		where id = $1 and exists (
			select from artifacts b
			where b.id = $2 and b.collection_id = $3 and b.state = 'committed')`
	done, err := t.ExecContext(ctx, q, a.ID, baseID, a.CollectionID)
	if err != nil {
		return fmt.Errorf("db: set base: %w", err)
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return registry.Errorf(registry.Invalid, "The version that the artifact is based on is not in its collection any more. Log the artifact as a whole.")
	}
	return nil
}

// lockPending returns a locked artifact that still takes files. Returns Conflict
// if it does not.
func (t *tx) lockPending(ctx context.Context, id int64) (row artifactRow, err error) {
	if row, err = t.lockArtifact(ctx, id); err != nil {
		return row, err
	}
	if row.State != registry.Pending {
		return row, errCommitted
	}
	return row, nil
}

var errCommitted = registry.Errorf(registry.Conflict, "The artifact is complete and never changes again. Log a new version.")

// ManifestEntries returns the entries of a committed artifact after a path, at most first
// of them, in the order of their paths. It takes the right to download.
func (db *DB) ManifestEntries(ctx context.Context, by registry.Actor, artifactID int64, after string, first int) (entries []registry.ManifestEntry, err error) {
	err = db.read(ctx, by, registry.Download, throughArtifact(registry.ArtifactRef{ID: artifactID}, registry.Download), func(t *tx) error {
		var id int64
		const complete = `select id from artifacts where id = $1 and state = 'committed'`
		if err := t.GetContext(ctx, &id, complete, t.artifact); err != nil {
			return err
		}
		const q = `
			select path, digest, size, coalesce(ref, '') as ref, coalesce(birth_id, 0) as birth_id, coalesce(extra::text, '') as extra
			from manifest_entries
			where artifact_id = $1 and path > $2
			order by path
			limit $3`
		var rows []struct {
			registry.ManifestEntry
			Extra string
		}
		if err := t.SelectContext(ctx, &rows, q, id, after, first); err != nil {
			return fmt.Errorf("db: manifest entries: %w", err)
		}
		for _, row := range rows {
			if row.Extra != "" {
				row.ManifestEntry.Extra = []byte(row.Extra)
			}
			entries = append(entries, row.ManifestEntry)
		}
		return nil
	})
	return entries, err
}

// ContentByDigest returns a file's content by its MD5, to whoever may download
// the artifact that holds it. With a collection, any of its versions may hold it
// and the artifact is where the content first came with.
func (db *DB) ContentByDigest(ctx context.Context, by registry.Actor, artifactID int64, within *registry.CollectionRef, md5 []byte) (c registry.Content, err error) {
	at := throughArtifact(registry.ArtifactRef{ID: artifactID}, registry.Download)
	if within != nil {
		at = ofCollection(*within)
	}
	err = db.read(ctx, by, registry.Download, at, func(t *tx) error {
		const q = `
			select e.path, b.sha256, b.md5, b.size, b.made_at as at
			from manifest_entries e
			join blobs b on b.id = e.blob_id
			join artifacts a on a.id = e.artifact_id
			where b.md5 = $1 and a.state = 'committed' and case when $3 = 0 then e.artifact_id = $2
				else e.artifact_id in (select artifact_id from versions where collection_id = $3) and $2 in (0, e.birth_id, e.artifact_id) end
			limit 1`
		var collectionID int64
		if within != nil {
			found, err := t.collection(ctx, *within)
			if err != nil {
				return err
			}
			collectionID = found.ID
		}
		const standing = `select coalesce(max(same_as), $1) from artifacts where id = $1`
		if err := t.GetContext(ctx, &artifactID, standing, artifactID); err != nil {
			return fmt.Errorf("db: content by digest: %w", err)
		}
		err := t.GetContext(ctx, &c, q, md5, artifactID, collectionID)
		if errors.Is(err, sql.ErrNoRows) {
			return registry.Errorf(registry.NotFound, "There is no file with the MD5 %s here that you may download.", hex.EncodeToString(md5))
		}
		return err
	})
	return c, err
}
