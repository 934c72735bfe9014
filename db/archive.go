package db

import (
	"context"
	"fmt"

	"greenroom/registry"
)

// ArchiveEntries returns files and references of a version after a path, at most
// first of them, in the order of their paths. References to files of other versions
// that the actor may download are such files. It takes the right to download.
func (db *DB) ArchiveEntries(ctx context.Context, by registry.Actor, ref registry.VersionRef, after string, first int) (entries []registry.ArchiveEntry, err error) {
	err = db.read(ctx, by, registry.Download, ofVersion(ref), func(t *tx) error {
		v, err := t.version(ctx, ref)
		if err != nil {
			return err
		}
		const q = `
			select e.path, coalesce(e.ref, '') as ref, coalesce(b.sha256, '') as sha256, coalesce(b.md5, '') as md5, coalesce(b.size, e.size) as size,
				a.committed_at as at
			from manifest_entries e
			join artifacts a on a.id = e.artifact_id and a.state = 'committed'
			left join blobs b on b.id = e.blob_id
			where e.artifact_id = $1 and e.path > $2
			order by e.path
			limit $3`
		if err := t.SelectContext(ctx, &entries, q, v.ArtifactID, after, first); err != nil {
			return fmt.Errorf("db: files to archive: %w", err)
		}
		var refs []string
		for _, e := range entries {
			refs = append(refs, e.Ref)
		}
		contents, err := t.referred(ctx, refs)
		if err != nil {
			return err
		}
		for i := range entries {
			if c, ok := contents[entries[i].Ref]; ok {
				c.Path = entries[i].Path
				entries[i] = registry.ArchiveEntry{Content: c}
			}
		}
		return nil
	})
	return entries, err
}
