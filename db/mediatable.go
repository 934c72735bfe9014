package db

import (
	"context"
	"fmt"

	"github.com/lib/pq"

	"greenroom/registry"
)

// findMediaTables finds the artifacts that tables came with: those hold what the
// cells name, the files of the run do not. Only what the run itself made counts.
func (t *tx) findMediaTables(ctx context.Context, runID int64, items []registry.MediaItem) error {
	var ids, paths []string
	for _, item := range items {
		if client, path, ok := item.ArtifactOf(); ok && item.IsTable() {
			ids, paths = append(ids, client), append(paths, path)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	const q = `
		select m.client_id, e.path, b.sha256, b.md5, b.size, a.committed_at as at, a.id, c.type, c.name, v.number
		from unnest($2::text[], $3::text[]) as m (client_id, path)
		join artifact_client_ids i on i.client_id = m.client_id
		join artifacts a on a.id = i.artifact_id and a.state = 'committed'
		join lineage l on l.artifact_id = a.id and l.run_id = $1 and l.direction = 'made'
		join manifest_entries e on e.artifact_id = a.id and e.path = m.path
		join blobs b on b.id = e.blob_id
		join versions v on v.artifact_id = a.id
		join collections c on c.id = v.collection_id and c.kind = 'source' and c.place_id = $4`
	var rows []struct {
		ClientID string
		registry.Content
		ID         int64
		Type, Name string
		Number     int
	}
	if err := t.SelectContext(ctx, &rows, q, runID, pq.Array(ids), pq.Array(paths), t.place.ID); err != nil {
		return fmt.Errorf("db: artifacts of tables: %w", err)
	}
	for i := range items {
		client, path, _ := items[i].ArtifactOf()
		for _, row := range rows {
			if items[i].IsTable() && row.ClientID == client && row.Path == path {
				items[i].Source, items[i].ArtifactID = &row.Content, row.ID
				items[i].FilesAt = registry.MediaVersion{Type: row.Type, Collection: row.Name, Number: row.Number}
			}
		}
	}
	return nil
}

// findIncrements finds all parts of the tables that were logged in increments, up
// to the steps that are shown: each stands in an artifact of its own, and in those
// of later ones.
func (t *tx) findIncrements(ctx context.Context, runID int64, items []registry.MediaItem) error {
	var ids []string
	var of []int64
	for i, item := range items {
		for _, client := range item.Increments() {
			ids, of = append(ids, client), append(of, int64(i))
		}
	}
	if len(ids) == 0 {
		return nil
	}
	const q = `
		select distinct on (m.item, e.path) m.item, e.path, b.sha256, b.md5, b.size, a.committed_at as at
		from unnest($2::text[], $3::bigint[]) as m (client_id, item)
		join artifact_client_ids i on i.client_id = m.client_id
		join artifacts a on a.id = i.artifact_id and a.state = 'committed'
		join lineage l on l.artifact_id = a.id and l.run_id = $1 and l.direction = 'made'
		join manifest_entries e on e.artifact_id = a.id and e.path like '%.table.json' and strpos(e.path, '/') = 0
		join blobs b on b.id = e.blob_id
		order by m.item, e.path`
	var rows []struct {
		Item int
		registry.Content
	}
	if err := t.SelectContext(ctx, &rows, q, runID, pq.Array(ids), pq.Array(of)); err != nil {
		return fmt.Errorf("db: increments of tables: %w", err)
	}
	parts := map[int][]registry.Content{}
	for _, row := range rows {
		parts[row.Item] = append(parts[row.Item], row.Content)
	}
	for i, all := range parts {
		items[i].PutTogether(all)
	}
	return nil
}
