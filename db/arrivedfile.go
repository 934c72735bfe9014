package db

import (
	"context"
	"fmt"

	"github.com/lib/pq"

	"greenroom/registry"
)

// arrivedFile is an upload whose bytes are stored.
type arrivedFile struct {
	uploadID int64
	stored   registry.Stored
	err      error // why it was not written down
}

// FileArrived writes down that the bytes of an upload are stored. A file of a run
// is there from now on, the last one to arrive being the one that counts; a file
// of an artifact once the artifact is committed. Returns Conflict if the artifact
// is committed already. If ctx ends first, it may be written down all the same.
func (db *DB) FileArrived(ctx context.Context, by registry.Actor, uploadID int64, stored registry.Stored) error {
	if err := everywhereMay(ctx, by, registry.Administer); err != nil {
		return err
	}
	a := arrivedFile{uploadID: uploadID, stored: stored}
	if err := db.arrivals.await(ctx, &a, func(ctx context.Context, batch []*arrivedFile) { db.writeArrivals(ctx, by, batch) }); err != nil {
		return fmt.Errorf("db: file arrived: %w", err)
	}
	return a.err
}

// writeArrivals writes down some arrivals. One that cannot be keeps out no other.
func (db *DB) writeArrivals(ctx context.Context, by registry.Actor, batch []*arrivedFile) {
	if err := db.writeArrived(ctx, by, batch); err != nil {
		for _, a := range batch {
			if err := db.writeArrived(ctx, by, []*arrivedFile{a}); err != nil {
				a.err = err
			}
		}
	}
}

// writeArrived writes down some arrivals in one transaction, and with those that
// are not to be why.
func (db *DB) writeArrived(ctx context.Context, by registry.Actor, batch []*arrivedFile) error {
	return db.change(ctx, by, registry.Administer, everywhere, func(t *tx) error {
		uploads, err := t.arrive(ctx, batch)
		if err != nil {
			return err
		}
		var ofRuns []int64
		for _, a := range batch {
			if a.err == nil && uploads[a.uploadID].Purpose == registry.ForRun {
				ofRuns = append(ofRuns, a.uploadID)
			}
		}
		if len(ofRuns) == 0 {
			return nil
		}
		const q = `
			insert into run_files (run_id, name, blob_id, updated_at)
			select distinct on (u.run_id, u.name) u.run_id, u.name, u.blob_id, $2
			from unnest($1::bigint[]) with ordinality as come (id, n)
			join uploads u on u.id = come.id
			order by u.run_id, u.name, come.n desc
			on conflict (run_id, name) do update set blob_id = excluded.blob_id, updated_at = excluded.updated_at`
		if _, err := t.ExecContext(ctx, q, pq.Array(ofRuns), t.at); err != nil {
			return fmt.Errorf("db: run files: %w", err)
		}
		return nil
	})
}

// arrive gives uploads their bytes and returns them by ID. It notes with an
// arrival why it has none.
func (t *tx) arrive(ctx context.Context, batch []*arrivedFile) (uploads map[int64]registry.Upload, err error) {
	var ids []int64
	for _, a := range batch {
		ids, a.err = append(ids, a.uploadID), nil
	}
	var rows []registry.Upload
	if err := t.SelectContext(ctx, &rows, uploadQuery+`u.id = any($1) order by u.id for no key update of u`, pq.Array(ids)); err != nil {
		return nil, fmt.Errorf("db: uploads: %w", err)
	}
	uploads = map[int64]registry.Upload{}
	for _, u := range rows {
		uploads[u.ID] = u
	}
	var open []*arrivedFile
	for _, a := range batch {
		u, there := uploads[a.uploadID]
		if !there {
			a.err = registry.Errorf(registry.Gone, "What this was to be uploaded to has been deleted.")
		} else if a.err = u.CheckOpen(); a.err == nil {
			open = append(open, a)
		}
	}
	filled, err := t.fill(ctx, open)
	if err != nil {
		return nil, err
	}
	for _, a := range open {
		if !filled[a.uploadID] {
			a.err = registry.Errorf(registry.Conflict, "Another file of %d bytes with the MD5 of %s is here already, and it is not this one. One of them was made to be mistaken for the other.", a.stored.Size, uploads[a.uploadID].Name)
		}
	}
	return uploads, nil
}

// fill gives uploads their bytes and returns which have them now: not those of which
// others are here that look like theirs.
func (t *tx) fill(ctx context.Context, open []*arrivedFile) (filled map[int64]bool, err error) {
	if len(open) == 0 {
		return nil, nil //nolint:nilnil // of none, none
	}
	n := len(open)
	ids, sha256, md5, sizes := make([]int64, n), make([][]byte, n), make([][]byte, n), make([]int64, n)
	for i, a := range open {
		ids[i], sha256[i], md5[i], sizes[i] = a.uploadID, a.stored.SHA256, a.stored.MD5, a.stored.Size
	}
	// For the inner selects see details.
	const q = `
		with come as materialized (
			select u.id, u.owner_id, c.sha256, c.md5, c.size
			from unnest((select $1::bigint[]), (select $2::bytea[]), (select $3::bytea[]), (select $4::bigint[])) as c (id, sha256, md5, size)
			join uploads u on u.id = c.id
		), kept as (
			insert into blobs (owner_id, sha256, md5, size, made_at)
			select distinct on (owner_id, md5, size) owner_id, sha256, md5, size, $5
			from come
			order by owner_id, md5, size, id
			on conflict on constraint blob_once_per_owner do update set made_at = blobs.made_at
			returning id, owner_id, sha256, md5, size
		)
		update uploads
		set blob_id = kept.id, reserved_at = $5
		from come
		join kept using (owner_id, sha256, md5, size)
		where uploads.id = come.id
		returning uploads.id`
	var now []int64
	if err := t.SelectContext(ctx, &now, q, pq.Array(ids), pq.Array(sha256), pq.Array(md5), pq.Array(sizes), t.at); err != nil {
		return nil, fmt.Errorf("db: uploads arrived: %w", err)
	}
	filled = map[int64]bool{}
	for _, id := range now {
		filled[id] = true
	}
	return filled, nil
}
