package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path"
	"strings"

	"greenroom/registry"
)

// fillFiles adds the folder that the query's path names and the file that stands
// for it, or the file and the folder it is in.
func (t *tx) fillFiles(ctx context.Context, p *registry.VersionPage) (err error) {
	dir := strings.Trim(p.Query.Path, "/")
	if p.File, err = t.listedFile(ctx, p.ArtifactID, dir); err != nil {
		return err
	}
	if p.File != nil {
		if dir = path.Dir(dir); dir == "." {
			dir = ""
		}
	}
	if p.Files, err = t.listing(ctx, p.ArtifactID, dir, p.Query.After, registry.VersionFilesPage); err != nil {
		return err
	}
	if p.File == nil {
		p.File = p.Files.Face()
	}
	if p.File == nil {
		return nil
	}
	return t.fillMeant(ctx, p.File)
}

// listedFile loads one file of an artifact, nil if it has none at the path.
func (t *tx) listedFile(ctx context.Context, artifactID int64, name string) (*registry.ListedFile, error) {
	const q = `
		select path, size, digest, coalesce(ref, '') as ref
		from manifest_entries
		where artifact_id = $1 and path = $2`
	var f registry.ListedFile
	err := t.GetContext(ctx, &f, q, artifactID, name)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("db: file of a version: %w", err)
	}
	f.Name = registry.FileName(f.Path)
	return &f, nil
}

// listing loads a page of one folder of an artifact's files, as folder does.
func (t *tx) listing(ctx context.Context, artifactID int64, dir, after string, limit int) (registry.Listing, error) {
	const files = `select path, size, digest, ref from manifest_entries where artifact_id = $1`
	return t.folder(ctx, files, artifactID, dir, after, limit)
}

// folder loads a page of one folder of the files that a query finds for an id.
// after is the last entry of the page before, a folder with a slash at its end.
// Returns NotFound for a folder or a page that is not there.
func (t *tx) folder(ctx context.Context, files string, id int64, dir, after string, limit int) (registry.Listing, error) {
	l := registry.Listing{Dir: dir, After: after}
	prefix := ""
	if l.Dir != "" {
		prefix = l.Dir + "/"
	}
	last, wasFolder := strings.CutSuffix(after, "/")
	q := `
		select name, folder, count(*) as count, sum(size)::bigint as size, min(digest) as digest, coalesce(min(ref), '') as ref
		from (
			select split_part(substr(path, $3), '/', 1) as name, strpos(substr(path, $3), '/') > 0 as folder, size, digest, ref
			from (` + files + `) f
			where starts_with(path, $2)) e
		where $4 = '' or (not folder, name collate "C") > (not $5, $4 collate "C")
		group by name, folder
		order by not folder, name collate "C"
		limit $6`
	if err := t.SelectContext(ctx, &l.Entries, q, id, prefix, len([]rune(prefix))+1, last, wasFolder, limit+1); err != nil {
		return l, fmt.Errorf("db: files of a folder: %w", err)
	}
	for i := range l.Entries {
		e := &l.Entries[i]
		e.Path = prefix + e.Name
		if e.Folder {
			e.Digest, e.Ref = "", ""
		}
	}
	if len(l.Entries) > limit {
		l.Entries = l.Entries[:limit]
		l.Next = l.Entries[limit-1].Name
		if l.Entries[limit-1].Folder {
			l.Next += "/"
		}
	}
	if len(l.Entries) == 0 && (l.Dir != "" || after != "") {
		return l, registry.ErrNothing
	}
	return l, nil
}
