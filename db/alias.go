package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/lib/pq"

	"greenroom/registry"
)

// AddAliases puts aliases on a version; one that is on another version of the
// collection moves. latest and the version's own number are for Greenroom to keep
// and are passed over. One alias that cannot be refuses all. What comes back are
// the aliases that were not there before.
func (db *DB) AddAliases(ctx context.Context, by registry.Actor, ref registry.VersionRef, aliases []string) (moves []registry.AliasMove, err error) {
	err = db.change(ctx, by, registry.Link, ofVersion(ref), func(t *tx) error {
		c, v, err := t.lockVersion(ctx, ref)
		if err != nil {
			return err
		}
		set, err := registry.AliasesToSet(aliases, v.Number)
		if err != nil {
			return err
		}
		moves, err = t.setAliases(ctx, c, v, set)
		return err
	})
	return moves, err
}

// DeleteAliases takes aliases off a version, latest included: the next new
// version takes that one. Aliases that it does not have are passed over.
func (db *DB) DeleteAliases(ctx context.Context, by registry.Actor, ref registry.VersionRef, aliases []string) error {
	return db.change(ctx, by, registry.Link, ofVersion(ref), func(t *tx) error {
		c, v, err := t.lockVersion(ctx, ref)
		if err != nil {
			return err
		}
		const q = `delete from aliases where version_id = $1 and name = any($2) returning name`
		var gone []string
		if err := t.SelectContext(ctx, &gone, q, v.ID, pq.Array(aliases)); err != nil {
			return fmt.Errorf("db: delete aliases: %w", err)
		}
		slices.Sort(gone)
		for _, name := range gone {
			e := registry.AliasRemoved{VersionID: v.ID, ArtifactID: v.ArtifactID, CollectionID: c.ID, Version: t.address(c, v), Alias: name}
			if err := t.record(ctx, e); err != nil {
				return err
			}
		}
		if len(gone) == 0 {
			return nil
		}
		return t.touchCollection(ctx, c.ID)
	})
}

// setAliases puts aliases on a version of a locked collection and tells of each
// that was not there before.
func (t *tx) setAliases(ctx context.Context, c registry.Collection, v registry.Version, aliases []string) (moves []registry.AliasMove, err error) {
	for _, name := range aliases {
		const q = `
			select v.id, v.collection_id, v.number, v.artifact_id, v.linked_at
			from aliases a
			join versions v on v.id = a.version_id
			where a.collection_id = $1 and a.name = $2`
		var from registry.Version
		err = t.GetContext(ctx, &from, q, c.ID, name)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return nil, fmt.Errorf("db: set alias: %w", err)
		}
		if from.ID == v.ID {
			continue
		}
		if err := t.putAlias(ctx, c.ID, name, v.ID); err != nil {
			return nil, err
		}
		move := registry.AliasMove{Alias: name}
		var e registry.Event = registry.AliasSet{VersionID: v.ID, ArtifactID: v.ArtifactID, CollectionID: c.ID, Version: t.address(c, v), Alias: name}
		if from.ID != 0 {
			move.From = from.Name()
			e = registry.AliasMoved{
				VersionID: v.ID, ArtifactID: v.ArtifactID, FromVersionID: from.ID, FromArtifactID: from.ArtifactID,
				CollectionID: c.ID, Version: t.address(c, v), From: from.Name(), Alias: name,
			}
		}
		if err := t.record(ctx, e); err != nil {
			return nil, err
		}
		if err := t.touchCollection(ctx, c.ID); err != nil {
			return nil, err
		}
		moves = append(moves, move)
	}
	return moves, nil
}

// putAlias sets or moves an alias of a locked collection.
func (t *tx) putAlias(ctx context.Context, collectionID int64, name string, versionID int64) error {
	const q = `
		insert into aliases (collection_id, name, version_id, set_by, set_at)
		values ($1, $2, $3, $4, $5)
		on conflict on constraint alias_once do update
		set version_id = excluded.version_id, set_by = excluded.set_by, set_at = excluded.set_at`
	if _, err := t.ExecContext(ctx, q, collectionID, name, versionID, t.by.PersonID, t.at); err != nil {
		return fmt.Errorf("db: set alias: %w", err)
	}
	return nil
}

// aliasesOf returns the aliases of versions, in the order they were set; latest
// first. For its inner select see details.
func (t *tx) aliasesOf(ctx context.Context, versionIDs []int64) (map[int64][]registry.Alias, error) {
	const q = `
		select id, collection_id, version_id, name, set_at
		from aliases
		where version_id = any((select $1::bigint[])::bigint[])
		order by name <> 'latest', set_at, id`
	var rows []registry.Alias
	if err := t.SelectContext(ctx, &rows, q, pq.Array(versionIDs)); err != nil {
		return nil, fmt.Errorf("db: aliases: %w", err)
	}
	aliases := map[int64][]registry.Alias{}
	for _, a := range rows {
		aliases[a.VersionID] = append(aliases[a.VersionID], a)
	}
	return aliases, nil
}
