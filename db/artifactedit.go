package db

import (
	"context"
	"fmt"
	"slices"

	"github.com/lib/pq"

	"greenroom/registry"
)

// UpdateArtifact changes what all links of a version share. It takes the right
// to log where the artifact was logged, but for a change that leaves all as it
// was: clients send the whole artifact along when they change an alias. That
// makes no event.
func (db *DB) UpdateArtifact(ctx context.Context, by registry.Actor, change registry.ArtifactChange) (d registry.VersionDetail, err error) {
	err = db.change(ctx, by, registry.Look, throughArtifact(change.Artifact, registry.Look), func(t *tx) error {
		if err := t.updateArtifact(ctx, t.artifact, change); err != nil {
			return err
		}
		d, err = t.artifactDetail(ctx, t.artifact)
		return err
	})
	return d, err
}

func (t *tx) updateArtifact(ctx context.Context, id int64, change registry.ArtifactChange) error {
	row, err := t.lockArtifact(ctx, id)
	if err != nil {
		return err
	}
	was := row.artifact()
	before, after, err := change.Apply(&was)
	if err != nil || before.Nothing() {
		return err
	}
	if err := atSource(registry.ArtifactRef{ID: id})(ctx, t); err != nil {
		return err
	}
	if err := t.access.Require(registry.Log); err != nil {
		return err
	}
	const q = `
		update artifacts
		set description = $2, metadata = $3, tags = $4, ttl_seconds = $5, updated_at = $6
		where id = $1`
	if _, err := t.ExecContext(ctx, q, id, was.Description, string(was.Metadata), pq.Array(was.Tags), was.TTLSeconds, t.at); err != nil {
		return fmt.Errorf("db: update artifact: %w", err)
	}
	standings, err := t.standings(ctx, []int64{id})
	if err != nil {
		return err
	}
	return t.record(ctx, registry.ArtifactUpdated{
		ArtifactID: id, CollectionID: was.CollectionID, Version: standings[id][0].Ref().String(), Before: before, After: after,
	})
}

// DeleteArtifact takes an artifact away from every collection it stands in. It
// takes the right to log where the artifact was logged. Returns Conflict if it
// still has aliases and withAliases is false. Its number is not given again.
func (db *DB) DeleteArtifact(ctx context.Context, by registry.Actor, ref registry.ArtifactRef, withAliases bool) (d registry.VersionDetail, err error) {
	err = db.change(ctx, by, registry.Log, atSource(ref), func(t *tx) error {
		if d, err = t.artifactDetail(ctx, t.artifact); err != nil {
			return err
		}
		if err := t.deleteArtifact(ctx, d.Artifact.ID, withAliases); err != nil {
			return err
		}
		d.Artifact.State = registry.Deleted
		return nil
	})
	return d, err
}

func (t *tx) deleteArtifact(ctx context.Context, id int64, withAliases bool) error {
	row, err := t.lockArtifact(ctx, id)
	if err != nil {
		return err
	}
	if row.State == registry.Pending {
		for _, q := range []string{`delete from lineage where artifact_id = $1`, `delete from artifacts where id = $1`} {
			if _, err := t.ExecContext(ctx, q, id); err != nil {
				return fmt.Errorf("db: delete pending artifact: %w", err)
			}
		}
		return nil
	}
	if err := t.lockStandings(ctx, []int64{id}); err != nil {
		return err
	}
	found, err := t.standings(ctx, []int64{id})
	if err != nil {
		return err
	}
	standings := found[id]
	e := registry.ArtifactDeleted{ArtifactID: id, Version: standings[0].Ref().String(), Digest: row.Digest}
	for _, s := range standings {
		for _, a := range s.Aliases {
			e.Aliases = append(e.Aliases, a.Name)
		}
		e.CollectionIDs = append(e.CollectionIDs, s.CollectionID)
	}
	if err := registry.CheckDelete(slices.Clone(e.Aliases), withAliases); err != nil {
		return err
	}
	const q = `update artifacts set state = 'deleted', updated_at = $2 where id = $1`
	if _, err := t.ExecContext(ctx, q, id, t.at); err != nil {
		return fmt.Errorf("db: delete artifact: %w", err)
	}
	for _, s := range standings {
		if err := t.removeVersion(ctx, s.Version); err != nil {
			return err
		}
	}
	return t.record(ctx, e)
}
