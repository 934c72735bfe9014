package db

import (
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/lib/pq"

	"greenroom/registry"
)

// Files returns a page of an artifact's files, references included, to anyone who
// may look into a place that it stands in.
func (db *DB) Files(ctx context.Context, by registry.Actor, ref registry.ArtifactRef, part registry.FileRange) (list registry.FileList, err error) {
	err = db.read(ctx, by, registry.Look, throughArtifact(ref, registry.Download), func(t *tx) error {
		id := t.artifact
		list.MayDownload = t.access.Can(registry.Download)
		const like = `
			from manifest_entries e
			join artifacts a on a.id = e.artifact_id and a.state = 'committed'
			where e.artifact_id = $1 and (cardinality($2::text[]) = 0 or e.path = any($2)) and ($3 = '' or e.path like $3)`
		if err := t.GetContext(ctx, &list.Total, `select count(*)`+like, id, textArray(part.Names), part.Pattern); err != nil {
			return fmt.Errorf("db: count files: %w", err)
		}
		const q = `
			select e.artifact_id, e.path, e.digest, e.size, coalesce(e.ref, '') as ref, a.committed_at as updated_at` + like + `
			and e.path > $4
			order by e.path
			limit $5`
		if err := t.SelectContext(ctx, &list.Files, q, id, textArray(part.Names), part.Pattern, part.After, part.First+1); err != nil {
			return fmt.Errorf("db: files: %w", err)
		}
		list.Files, list.More = firstFiles(list.Files, part.First)
		return nil
	})
	return list, err
}

// RunFiles returns a page of a run's files, those whose content has arrived.
func (db *DB) RunFiles(ctx context.Context, by registry.Actor, ref registry.RunRef, part registry.FileRange) (list registry.FileList, err error) {
	err = db.read(ctx, by, registry.Look, inPlaceOfRun(ref), func(t *tx) error {
		id, err := t.runID(ctx, ref)
		if err != nil {
			return err
		}
		list, err = t.runFiles(ctx, id, part)
		return err
	})
	return list, err
}

func (t *tx) runFiles(ctx context.Context, runID int64, part registry.FileRange) (list registry.FileList, err error) {
	list.MayDownload = t.access.Can(registry.Download)
	const like = `
		from run_files f
		join blobs b on b.id = f.blob_id
		where f.run_id = $1 and (cardinality($2::text[]) = 0 or f.name = any($2)) and ($3 = '' or f.name like $3)`
	if err := t.GetContext(ctx, &list.Total, `select count(*)`+like, runID, textArray(part.Names), part.Pattern); err != nil {
		return list, fmt.Errorf("db: count run files: %w", err)
	}
	const q = `select f.id, f.run_id, f.name as path, b.md5, b.size, f.updated_at` + like + ` and f.name > $4 order by f.name limit $5`
	var rows []struct {
		registry.File
		MD5 []byte
	}
	if err := t.SelectContext(ctx, &rows, q, runID, textArray(part.Names), part.Pattern, part.After, part.First+1); err != nil {
		return list, fmt.Errorf("db: run files: %w", err)
	}
	for _, row := range rows {
		row.Digest = base64.StdEncoding.EncodeToString(row.MD5)
		list.Files = append(list.Files, row.File)
	}
	list.Files, list.More = firstFiles(list.Files, part.First)
	return list, nil
}

func firstFiles(files []registry.File, first int) ([]registry.File, bool) {
	if len(files) > first {
		return files[:first], true
	}
	return files, false
}

// textArray is an array for SQL, never null.
func textArray(texts []string) any {
	if texts == nil {
		texts = []string{}
	}
	return pq.Array(texts)
}

// DeleteRunFiles takes files of runs in one place away, by ID. Files that are
// gone already are no error.
func (db *DB) DeleteRunFiles(ctx context.Context, by registry.Actor, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	const one = `
		select r.place_id
		from run_files f
		join runs r on r.id = f.run_id
		where f.id = any($1)
		order by f.id
		limit 1`
	return db.change(ctx, by, registry.Log, inPlaceOf(one, pq.Array(ids)), func(t *tx) error {
		const q = `
			delete from run_files f
			using runs r
			where r.id = f.run_id and r.place_id = $1 and f.id = any($2)`
		if _, err := t.ExecContext(ctx, q, t.place.ID, pq.Array(ids)); err != nil {
			return fmt.Errorf("db: delete run files: %w", err)
		}
		return nil
	})
}

// Content returns where the bytes of a version's file are, and of a reference
// those of the file of another version that it means. Returns NotFound for paths
// that the manifest does not list, for references to what is kept elsewhere and for
// those to what the actor may not download.
func (db *DB) Content(ctx context.Context, by registry.Actor, ref registry.VersionRef, path string) (c registry.Content, err error) {
	err = db.read(ctx, by, registry.Download, ofVersion(ref), func(t *tx) error {
		v, err := t.version(ctx, ref)
		if err != nil {
			return err
		}
		c, err = t.content(ctx, v.ArtifactID, path)
		if errors.Is(err, sql.ErrNoRows) {
			c, err = t.referredContent(ctx, v.ArtifactID, path)
		}
		return err
	})
	return c, err
}

// ArtifactContent is Content for an artifact, through any place it stands in. It
// follows no references: those who hold a signed address proved a right to this
// artifact only.
func (db *DB) ArtifactContent(ctx context.Context, by registry.Actor, ref registry.ArtifactRef, path string) (c registry.Content, err error) {
	err = db.read(ctx, by, registry.Download, throughArtifact(ref, registry.Download), func(t *tx) error {
		c, err = t.content(ctx, t.artifact, path)
		return err
	})
	return c, err
}

// maxTables is how many tables of one folder are read as one.
const maxTables = 1000

// ArtifactTables returns where the bytes of the tables in a folder of an artifact
// are, by path. Returns Invalid where there are none.
func (db *DB) ArtifactTables(ctx context.Context, by registry.Actor, ref registry.ArtifactRef, folder string) (tables []registry.Content, err error) {
	err = db.read(ctx, by, registry.Download, throughArtifact(ref, registry.Download), func(t *tx) error {
		const q = `
			select e.path, b.sha256, b.md5, b.size, a.committed_at as at
			from manifest_entries e
			join blobs b on b.id = e.blob_id
			join artifacts a on a.id = e.artifact_id and a.state = 'committed'
			where e.artifact_id = $1 and starts_with(e.path, $2 || '/') and e.path like '%.table.json'
			order by e.path
			limit $3`
		if err := t.SelectContext(ctx, &tables, q, t.artifact, folder, maxTables); err != nil {
			return fmt.Errorf("db: tables of an artifact: %w", err)
		}
		if len(tables) == 0 {
			return registry.Errorf(registry.Invalid, "The artifact has no tables in %s, where the parts of this one are meant to be.", folder)
		}
		return nil
	})
	return tables, err
}

// RunContent returns where the bytes of a run's file are.
func (db *DB) RunContent(ctx context.Context, by registry.Actor, ref registry.RunRef, name string) (c registry.Content, err error) {
	err = db.read(ctx, by, registry.Download, inPlaceOfRun(ref), func(t *tx) error {
		id, err := t.liveRunID(ctx, ref)
		if err != nil {
			return err
		}
		const q = `
			select f.name as path, b.sha256, b.md5, b.size, f.updated_at as at
			from run_files f
			join blobs b on b.id = f.blob_id
			where f.run_id = $1 and f.name = $2`
		return t.GetContext(ctx, &c, q, id, name)
	})
	return c, err
}

func (t *tx) content(ctx context.Context, artifactID int64, path string) (c registry.Content, err error) {
	const q = `
		select e.path, b.sha256, b.md5, b.size, a.committed_at as at
		from manifest_entries e
		join blobs b on b.id = e.blob_id
		join artifacts a on a.id = e.artifact_id and a.state = 'committed'
		where e.artifact_id = $1 and e.path = $2`
	err = t.GetContext(ctx, &c, q, artifactID, path)
	return c, err
}
