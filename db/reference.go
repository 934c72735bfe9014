package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/lib/pq"

	"greenroom/registry"
)

// fillMeant adds to a reference the file of another version that it means, as far
// as the actor may see it.
func (t *tx) fillMeant(ctx context.Context, f *registry.ListedFile) error {
	asked, path, ok := registry.ReadReference(f.Ref)
	if !ok {
		return nil
	}
	id, err := t.artifactID(ctx, registry.ArtifactRef{ID: asked})
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("db: artifact that a reference means: %w", err)
	}
	if file, err := t.listedFile(ctx, id, path); err != nil || file == nil {
		return err
	}
	standings, err := t.standings(ctx, []int64{id})
	if err != nil {
		return err
	}
	at, ok := bestStanding(standings[id])
	if !ok {
		return nil
	}
	kept, err := t.referred(ctx, []string{f.Ref})
	if err != nil {
		return err
	}
	f.Meant = &registry.FileAt{Path: path, VersionAt: registry.VersionAt{
		Place: at.Place, Collection: at.Collection.Name, Type: at.Collection.Type, Number: at.Number, LinkedAt: at.LinkedAt,
	}}
	if c, ok := kept[f.Ref]; ok {
		f.Meant.Kept, f.Size = true, c.Size
	}
	return nil
}

// referredContent returns where the bytes are that a reference in an artifact means,
// under the path of the reference.
func (t *tx) referredContent(ctx context.Context, artifactID int64, path string) (registry.Content, error) {
	f, err := t.listedFile(ctx, artifactID, path)
	if err != nil {
		return registry.Content{}, err
	}
	if f == nil || f.Ref == "" {
		return registry.Content{}, sql.ErrNoRows
	}
	contents, err := t.referred(ctx, []string{f.Ref})
	if err != nil {
		return registry.Content{}, err
	}
	c, ok := contents[f.Ref]
	if !ok {
		return registry.Content{}, registry.Errorf(registry.NotFound, "%s is a reference to %s, which is not kept here or not for you to have.", f.Path, f.Ref)
	}
	c.Path = f.Path
	return c, nil
}

// bestStanding is the first of an artifact's versions that may be downloaded,
// failing that one to look at. ok is false when there is neither.
func bestStanding(all []registry.Standing) (best registry.Standing, ok bool) {
	for _, s := range all {
		if s.ID != 0 && s.Access.Can(registry.Download) {
			return s, true
		}
		if s.ID != 0 && !ok && s.Access.Can(registry.Look) {
			best, ok = s, true
		}
	}
	return best, ok
}

// referred returns, by reference, where the bytes are of those files of other
// artifacts that the actor may download, in a number of statements that does not
// grow with them. It goes one step: clients make no reference to a reference.
func (t *tx) referred(ctx context.Context, refs []string) (map[string]registry.Content, error) {
	var asked, paths []string
	var ids []int64
	for _, ref := range refs {
		if id, path, ok := registry.ReadReference(ref); ok {
			asked, ids, paths = append(asked, ref), append(ids, id), append(paths, path)
		}
	}
	if len(asked) == 0 {
		return nil, nil
	}
	const q = `
		select distinct asked.ref, a.id as artifact_id, e.path, b.sha256, b.md5, b.size, a.committed_at as at
		from unnest($1::text[], $2::bigint[], $3::text[]) as asked (ref, id, path)
		join artifacts named on named.id = asked.id
		join artifacts a on a.id = coalesce(named.same_as, named.id) and a.state = 'committed'
		join manifest_entries e on e.artifact_id = a.id and e.path = asked.path
		join blobs b on b.id = e.blob_id`
	var rows []struct {
		registry.Content
		Ref        string
		ArtifactID int64
	}
	if err := t.SelectContext(ctx, &rows, q, pq.Array(asked), pq.Array(ids), pq.Array(paths)); err != nil {
		return nil, fmt.Errorf("db: files that references mean: %w", err)
	}
	var found []int64
	for _, row := range rows {
		found = append(found, row.ArtifactID)
	}
	open, err := t.downloadable(ctx, found)
	if err != nil {
		return nil, err
	}
	contents := map[string]registry.Content{}
	for _, row := range rows {
		if open[row.ArtifactID] {
			contents[row.Ref] = row.Content
		}
	}
	return contents, nil
}

// downloadable returns those of some artifacts that the actor may download,
// through any place that they stand in.
func (t *tx) downloadable(ctx context.Context, artifactIDs []int64) (map[int64]bool, error) {
	const q = `
		select a.id as artifact_id, c.place_id
		from artifacts a
		join collections c on c.id = a.collection_id
		where a.id = any($1)
		union
		select v.artifact_id, c.place_id
		from versions v
		join collections c on c.id = v.collection_id
		where v.artifact_id = any($1)`
	var stands []struct{ ArtifactID, PlaceID int64 }
	if err := t.SelectContext(ctx, &stands, q, pq.Array(artifactIDs)); err != nil {
		return nil, fmt.Errorf("db: places of artifacts: %w", err)
	}
	var ids []int64
	for _, s := range stands {
		ids = append(ids, s.PlaceID)
	}
	places, err := t.placesByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	open := map[int64]bool{}
	for _, s := range stands {
		if place, ok := places[s.PlaceID]; ok && t.accessIn(place).Can(registry.Download) {
			open[s.ArtifactID] = true
		}
	}
	return open, nil
}
