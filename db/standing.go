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

// throughArtifact is the place through which the actor reaches an artifact: its
// source if need is granted there, otherwise a place that it is linked into.
func throughArtifact(ref registry.ArtifactRef, need registry.Permission) place {
	return func(ctx context.Context, t *tx) error {
		rows, err := t.findArtifact(ctx, ref)
		if err != nil {
			return err
		}
		t.stand(t.bestOf(rows, need))
		return nil
	}
}

// atSource is the place an artifact was logged to, for changes of what all its
// links share. Denied to those who see the artifact through a link only.
func atSource(ref registry.ArtifactRef) place {
	return func(ctx context.Context, t *tx) error {
		rows, err := t.findArtifact(ctx, ref)
		if err != nil {
			return err
		}
		t.stand(rows[0])
		if t.access.Can(registry.Look) {
			return nil
		}
		for _, row := range rows {
			if t.accessIn(row).Can(registry.Look) {
				return registry.Errorf(registry.Denied, "What you want to change is shared by every link of this version, and you may not write to the project it was logged to. Ask somebody of that project.")
			}
		}
		return sql.ErrNoRows
	}
}

// findArtifact makes an artifact the transaction's and returns the places it
// stands in.
func (t *tx) findArtifact(ctx context.Context, ref registry.ArtifactRef) ([]placeRow, error) {
	if t.artifact = ref.ID; ref.ID != 0 {
		rows, err := t.placesOf(ctx, ref.ID)
		if !errors.Is(err, sql.ErrNoRows) {
			return rows, err
		}
	}
	// It has a client ID, or is another name for one that was there before.
	var err error
	if t.artifact, err = t.artifactID(ctx, ref); err != nil {
		return nil, err
	}
	return t.placesOf(ctx, t.artifact)
}

// bestOf returns the place in which the actor has need, of those an artifact
// stands in; failing that, one they may look into.
func (t *tx) bestOf(rows []placeRow, need registry.Permission) placeRow {
	way := rows[0]
	for _, row := range rows {
		if t.accessIn(row).Can(need) {
			return row
		}
		if !t.accessIn(way).Can(registry.Look) && t.accessIn(row).Can(registry.Look) {
			way = row
		}
	}
	return way
}

// placesOf returns the places an artifact stands in, its source's first;
// sql.ErrNoRows if it is deleted.
func (t *tx) placesOf(ctx context.Context, artifactID int64) (rows []placeRow, err error) {
	const q = placeQuery + `
		p.id in (
			select c.place_id
			from collections c
			where c.id in (
				select collection_id from artifacts where id = $2 and state <> 'deleted'
				union
				select collection_id from versions where artifact_id = $2))
		order by p.id <> (
			select c.place_id
			from artifacts a
			join collections c on c.id = a.collection_id
			where a.id = $2), p.id`
	if err := t.SelectContext(ctx, &rows, q, t.by.PersonID, artifactID); err != nil {
		return nil, fmt.Errorf("db: places of artifact: %w", err)
	}
	if len(rows) == 0 {
		return nil, sql.ErrNoRows
	}
	return rows, nil
}

// placesByID returns places with what the actor may do there.
func (t *tx) placesByID(ctx context.Context, ids []int64) (map[int64]placeRow, error) {
	const q = placeQuery + `p.id = any((select $2::bigint[])::bigint[])` // see details
	places := map[int64]placeRow{}
	if t.row.ID != 0 && slices.Contains(ids, t.row.ID) {
		places[t.row.ID] = t.row
		ids = slices.DeleteFunc(slices.Clone(ids), func(id int64) bool { return id == t.row.ID })
	}
	if len(ids) == 0 {
		return places, nil
	}
	var rows []placeRow
	if err := t.SelectContext(ctx, &rows, q, t.by.PersonID, pq.Array(ids)); err != nil {
		return nil, fmt.Errorf("db: places: %w", err)
	}
	for _, row := range rows {
		row.Place.Accepts = row.Accepts
		places[row.ID] = row
	}
	return places, nil
}

// A pick is a version to show: of an artifact, in one of its collections. Version
// 0 is the one in its source.
type pick struct {
	ArtifactID int64
	VersionID  int64
}

// details returns picked versions as the actor may see them, in order. The
// number of statements is the same for one and for many.
//
// Their lists of IDs stand in inner selects. Those hide from the planner how
// long a list is: seeing that, it would plan anew each time instead of once, and
// that takes several times as long as looking up a few rows.
func (t *tx) details(ctx context.Context, picks []pick) ([]registry.VersionDetail, error) {
	ids := make([]int64, 0, len(picks))
	for _, p := range picks {
		ids = append(ids, p.ArtifactID)
	}
	artifacts, err := t.artifactRows(ctx, ids)
	if err != nil {
		return nil, err
	}
	standings, err := t.standings(ctx, ids)
	if err != nil {
		return nil, err
	}
	shown := make([]registry.VersionDetail, 0, len(picks))
	for _, p := range picks {
		row, ok := artifacts[p.ArtifactID]
		if !ok {
			continue
		}
		shown = append(shown, row.detail(p.VersionID, standings[p.ArtifactID]))
	}
	return shown, nil
}

// fillPage completes a page of versions: with the picks, or with as many of them
// as one page carries.
func (t *tx) fillPage(ctx context.Context, list *registry.VersionList, picks []pick) (err error) {
	ids := make([]int64, len(picks))
	for i, p := range picks {
		ids[i] = p.ArtifactID
	}
	const q = `
		select coalesce(octet_length(a.metadata::text) + octet_length(a.description), 0)
		from unnest($1::bigint[]) with ordinality as asked (id, n)
		left join artifacts a on a.id = asked.id
		order by asked.n`
	var sizes []int
	if err := t.SelectContext(ctx, &sizes, q, pq.Array(ids)); err != nil {
		return fmt.Errorf("db: sizes of versions: %w", err)
	}
	if n := fitting(sizes); n < len(picks) {
		picks, list.More = picks[:n], true
	}
	list.Versions, err = t.details(ctx, picks)
	return err
}

// standings returns, by artifact, every version it is, source first. A pending
// artifact stands in its source as version 0.
func (t *tx) standings(ctx context.Context, artifactIDs []int64) (map[int64][]registry.Standing, error) {
	const q = `
		select coalesce(v.id, 0) as id, c.id as collection_id, coalesce(v.number, 0) as number, a.id as artifact_id,
			coalesce(v.linked_at, a.created_at) as linked_at, coalesce(e.name, '') as linked_by_name,
			c.place_id, c.kind, c.name, c.type, c.description, c.tags, c.next_number, c.versions, c.created_by, c.created_at, c.changed_at
		from artifacts a
		join lateral (
			select a.collection_id as id
			union
			select collection_id from versions where artifact_id = a.id
		) stands on true
		join collections c on c.id = stands.id
		left join versions v on v.collection_id = c.id and v.artifact_id = a.id
		left join entities e on e.id = coalesce(v.linked_by, a.created_by)
		where a.id = any((select $1::bigint[])::bigint[])
		order by a.id, c.id <> a.collection_id, v.id`
	var rows []struct {
		registry.Version
		LinkedByName string
		PlaceID      int64
		collectionFields
	}
	if err := t.SelectContext(ctx, &rows, q, pq.Array(artifactIDs)); err != nil {
		return nil, fmt.Errorf("db: standings: %w", err)
	}
	var places, versions []int64
	for _, row := range rows {
		places, versions = append(places, row.PlaceID), append(versions, row.ID)
	}
	known, err := t.placesByID(ctx, places)
	if err != nil {
		return nil, err
	}
	aliases, err := t.aliasesOf(ctx, versions)
	if err != nil {
		return nil, err
	}
	standings := map[int64][]registry.Standing{}
	for _, row := range rows {
		place := known[row.PlaceID]
		standings[row.ArtifactID] = append(standings[row.ArtifactID], registry.Standing{
			Version: row.Version, Collection: row.collection(row.CollectionID, row.PlaceID),
			Place: place.Place, Access: t.accessIn(place), Aliases: aliases[row.ID], LinkedByName: row.LinkedByName,
		})
	}
	return standings, nil
}

// detail is the artifact as it stands in version id, seen by whoever the
// standings were loaded for.
func (row artifactRow) detail(id int64, standings []registry.Standing) registry.VersionDetail {
	d := registry.VersionDetail{Artifact: row.artifact(), LatestArtifactID: row.LatestArtifactID}
	for i, s := range standings {
		sees := s.Access.Can(registry.Look)
		if i == 0 {
			d.Source, d.SourceVisible = s, sees
			if !sees {
				d.Source = registry.Standing{
					Version:    registry.Version{Number: s.Number, ArtifactID: s.ArtifactID},
					Collection: registry.Collection{Kind: s.Collection.Kind, Name: s.Collection.Name, Type: s.Collection.Type},
				}
			}
			d.Standing = d.Source
		}
		if s.ID == id && id != 0 {
			d.Standing = s
		}
		if sees {
			d.Standings = append(d.Standings, s)
		}
	}
	if row.Run.ID != 0 && d.SourceVisible {
		d.Run = &registry.RunBrief{ID: row.Run.ID, Place: d.Source.Place, Name: row.Run.Name, DisplayName: row.Run.DisplayName, State: row.Run.State}
	}
	return d
}
