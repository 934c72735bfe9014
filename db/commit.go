package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"greenroom/registry"
)

// CommitArtifact makes a pending artifact a version of its collection: next
// number, latest, and the aliases it was announced with. If the newest version
// came to have the same content since the artifact was announced, the artifact is
// that version from now on. Of one that is committed already it changes nothing. Returns Invalid, naming some, if files
// that the manifest lists have not been stored.
func (db *DB) CommitArtifact(ctx context.Context, by registry.Actor, ref registry.ArtifactRef) (d registry.VersionDetail, err error) {
	err = db.change(ctx, by, registry.Log, atSource(ref), func(t *tx) error {
		a, err := t.lockArtifact(ctx, t.artifact)
		if err == nil && a.State == registry.Pending {
			err = t.commit(ctx, a)
		}
		if err != nil && !errors.Is(err, sql.ErrNoRows) { // while we waited, it may have become another name
			return err
		}
		id, err := t.artifactID(ctx, ref)
		if err != nil {
			return err
		}
		d, err = t.artifactDetail(ctx, id)
		return err
	})
	return d, err
}

func (t *tx) commit(ctx context.Context, a artifactRow) error {
	c, err := t.lockCollectionByID(ctx, a.CollectionID)
	if err != nil {
		return err
	}
	if err := t.bindEntries(ctx, a.ID); err != nil {
		return err
	}
	if a.Digest, err = t.wholeDigest(ctx, a); err != nil {
		return err
	}
	newest, err := t.newest(ctx, c.ID)
	if err != nil {
		return err
	}
	if newest.Digest == a.Digest && !a.AlwaysNew {
		return t.merge(ctx, c, newest.Version, a)
	}
	const q = `
		update artifacts a
		set state = 'committed', committed_at = $2, updated_at = $2, digest = $3,
			size = e.size, file_count = e.files,
			history_step = coalesce(a.history_step, (select last_step from run_progress where run_id = a.run_id))
		from (select coalesce(sum(size), 0) as size, count(*) as files from manifest_entries where artifact_id = $1) e
		where a.id = $1
		returning a.size, a.file_count`
	var sums struct{ Size, FileCount int64 }
	if err := t.GetContext(ctx, &sums, q, a.ID, t.at, a.Digest); err != nil {
		return fmt.Errorf("db: commit artifact: %w", err)
	}
	if err := registry.CheckFiles(sums.FileCount); err != nil { // of several manifests together
		return err
	}
	v, err := t.addVersion(ctx, c, a.ID)
	if err != nil {
		return err
	}
	e := registry.ArtifactCommitted{
		ArtifactID: a.ID, VersionID: v.ID, CollectionID: c.ID, RunID: a.Run.ID,
		Version: t.address(c, v), Type: c.Type, Run: a.Run.Name, Digest: a.Digest, Size: sums.Size, FileCount: sums.FileCount,
	}
	if err := t.record(ctx, e); err != nil {
		return err
	}
	return t.giveWanted(ctx, c, v, a)
}

// giveWanted gives the version that a pending artifact became its aliases and its
// maker.
func (t *tx) giveWanted(ctx context.Context, c registry.Collection, v registry.Version, a artifactRow) error {
	// A number that was the next one when the artifact was announced may have
	// become another version's; it was never more than a client's guess.
	wanted := slices.DeleteFunc(a.AliasesWanted, func(name string) bool {
		_, number := registry.VersionNumber(name)
		return number
	})
	if _, err := t.setAliases(ctx, c, v, wanted); err != nil || a.RunID == nil {
		return err
	}
	return t.addLineage(ctx, *a.RunID, v.ArtifactID, registry.Made)
}

// merge makes of a pending artifact another name for a version with the same
// content. Its files are not touched: bytes that its maker brought may be asked
// for under its ID.
func (t *tx) merge(ctx context.Context, c registry.Collection, v registry.Version, a artifactRow) error {
	const q = `
		update artifacts
		set state = 'deleted', same_as = $2, committed_at = $3, updated_at = $3
		where id = $1`
	if _, err := t.ExecContext(ctx, q, a.ID, v.ArtifactID, t.at); err != nil {
		return fmt.Errorf("db: merge artifact: %w", err)
	}
	const names = `update artifact_client_ids set artifact_id = $2 where artifact_id = $1`
	if _, err := t.ExecContext(ctx, names, a.ID, v.ArtifactID); err != nil {
		return fmt.Errorf("db: merge artifact: %w", err)
	}
	const makers = `
		with moved as (delete from lineage where artifact_id = $1 returning run_id, direction, at)
		insert into lineage (run_id, artifact_id, direction, at)
		select run_id, $2, direction, at from moved
		on conflict do nothing`
	if _, err := t.ExecContext(ctx, makers, a.ID, v.ArtifactID); err != nil {
		return fmt.Errorf("db: merge artifact: %w", err)
	}
	return t.giveWanted(ctx, c, v, a)
}

// wholeDigest returns the digest of all entries of an artifact. It was announced
// with that of a part if its manifest came in parts or adds to another one: with
// that it would pass for an artifact that is no more than the part.
func (t *tx) wholeDigest(ctx context.Context, a artifactRow) (digest string, err error) {
	const q = `
		select coalesce((
			select md5(E'wandb-artifact-manifest-v1\n' || string_agg(path || ':' || digest || E'\n', '' order by path collate "C"))
			from manifest_entries
			where artifact_id = $1 and exists (select from manifests where artifact_id = $1 and kind <> 'full')), $2)`
	if err := t.GetContext(ctx, &digest, q, a.ID, a.Digest); err != nil {
		return "", fmt.Errorf("db: digest: %w", err)
	}
	return digest, nil
}

// bound says which bytes b entry e of artifact $1 stands for: bytes of the owner
// $2 that came with this artifact or with the one that the entry names as its
// birth.
const bound = `
	b.owner_id = $2 and b.md5 = case when e.ref is null then decode(e.digest, 'base64') end and (b.size = e.size or e.size = 0)
	and (exists (select from uploads u where u.artifact_id = $1 and u.md5 = b.md5 and u.blob_id = b.id and u.purpose = 'artifact file')
		or exists (select from manifest_entries old where old.artifact_id = e.birth_id and old.blob_id = b.id))`

// bindEntries ties the staged entries that are not yet to their bytes. Returns
// Invalid if the manifest or some bytes are missing.
func (t *tx) bindEntries(ctx context.Context, artifactID int64) error {
	const arrived = `select exists (select from manifests where artifact_id = $1 and blob_id is not null)`
	var has bool
	if err := t.GetContext(ctx, &has, arrived, artifactID); err != nil {
		return fmt.Errorf("db: bind entries: %w", err)
	}
	if !has {
		return registry.Errorf(registry.Invalid, "The artifact's manifest has not arrived. Log the artifact again.")
	}
	const q = `
		update manifest_entries e
		set blob_id = b.id, size = b.size
		from blobs b
		where e.artifact_id = $1 and e.ref is null and e.blob_id is null and ` + bound
	if _, err := t.ExecContext(ctx, q, artifactID, t.place.EntityID); err != nil {
		return fmt.Errorf("db: bind entries: %w", err)
	}
	const missing = `
		select path, count(*) over () as total
		from manifest_entries
		where artifact_id = $1 and ref is null and blob_id is null
		order by path
		limit 3`
	var lost []struct {
		Path  string
		Total int
	}
	if err := t.SelectContext(ctx, &lost, missing, artifactID); err != nil {
		return fmt.Errorf("db: bind entries: %w", err)
	}
	if len(lost) == 0 {
		return nil
	}
	var names []string
	for _, f := range lost {
		names = append(names, f.Path)
	}
	if more := lost[0].Total - len(lost); more > 0 {
		names = append(names, fmt.Sprintf("and %d more", more))
	}
	return registry.Errorf(registry.Invalid, "The manifest lists files that were never uploaded: %s. Log the artifact again.", strings.Join(names, ", "))
}
