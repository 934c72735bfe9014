package db

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/lib/pq"

	"greenroom/registry"
)

// versionRow is a version with what stands beside it in other tables.
type versionRow struct {
	registry.Version
	Description   string
	Tags          pq.StringArray
	Size          int64
	FileCount     int64
	Author        string
	Linker        string
	SourceID      int64 // of the collection it was logged to
	SourceNumber  int
	SourceName    string
	SourceType    string
	SourcePlaceID int64
	RunPlaceID    int64
	RunName       string
	RunTitle      string
	RunState      registry.RunState
	Metadata      string // the beginning of it
	made
}

// versionQuery selects versions with all of that; conditions follow.
const versionQuery = `
	select v.id, v.collection_id, v.number, v.artifact_id, v.linked_at,
		a.description, a.tags, a.size, a.file_count,
		coalesce(nullif(made.full_name, ''), maker.name, 'greenroom') as author,
		coalesce(nullif(linked.full_name, ''), linker.name, 'greenroom') as linker,
		source.id as source_id, coalesce(origin.number, -1) as source_number, source.name as source_name,
		source.type as source_type, source.place_id as source_place_id,
		coalesce(r.place_id, 0) as run_place_id, coalesce(r.name, '') as run_name,
		coalesce(r.display_name, '') as run_title, coalesce(r.state, '') as run_state,
		left(a.metadata::text, 65536) as metadata,
		` + madeColumns + `
	from versions v
	join artifacts a on a.id = v.artifact_id
	join collections source on source.id = a.collection_id
	left join versions origin on origin.collection_id = source.id and origin.artifact_id = a.id
	left join entities maker on maker.id = a.created_by
	left join people made on made.id = a.created_by
	left join entities linker on linker.id = v.linked_by
	left join people linked on linked.id = v.linked_by
	left join runs r on r.id = a.run_id and r.deleted_at is null
	left join run_progress p on p.run_id = a.run_id
	where v.collection_id = $1 and `

// versionRows are versions by ID.
type versionRows map[int64]versionRow

// of picks versions in the order of their IDs.
func (rows versionRows) of(ids []int64) (picked []versionRow) {
	for _, id := range ids {
		if row, ok := rows[id]; ok {
			picked = append(picked, row)
		}
	}
	return picked
}

// versionRowsByID loads versions of a collection, all in one statement: that has so
// many tables that planning it takes longer than reading them.
func (t *tx) versionRowsByID(ctx context.Context, collectionID int64, ids []int64) (versionRows, error) {
	slices.Sort(ids)
	var rows []versionRow
	const q = versionQuery + `v.id = any($2)`
	if err := t.SelectContext(ctx, &rows, q, collectionID, pq.Array(slices.Compact(ids))); err != nil {
		return nil, fmt.Errorf("db: versions by ID: %w", err)
	}
	byID := make(versionRows, len(rows))
	for _, row := range rows {
		byID[row.ID] = row
	}
	return byID, nil
}

// tellOfVersions adds to rows their aliases and, where the actor may look, where
// they come from.
func (t *tx) tellOfVersions(ctx context.Context, rows []versionRow, keys []string) ([]registry.VersionRow, error) {
	var ids, places []int64
	for _, row := range rows {
		ids = append(ids, row.ID)
		places = append(places, row.SourcePlaceID, row.RunPlaceID)
	}
	aliases, err := t.aliasesShown(ctx, ids)
	if err != nil {
		return nil, err
	}
	seen, err := t.lookable(ctx, places)
	if err != nil {
		return nil, err
	}
	runs := make([]made, len(rows))
	for i, row := range rows {
		runs[i] = row.made
	}
	metrics := slices.DeleteFunc(slices.Clone(keys), func(key string) bool { return strings.HasPrefix(key, registry.MetadataColumn) })
	figures, _, err := t.figuresThen(ctx, runs, func(int) []string { return metrics })
	if err != nil {
		return nil, err
	}
	told := make([]registry.VersionRow, len(rows))
	for i, row := range rows {
		v := registry.VersionRow{
			Version: row.Version, Description: row.Description, Tags: row.Tags, Size: row.Size, FileCount: row.FileCount,
			Author: row.Author, LinkedByWho: row.Linker, Source: row.source(seen), Run: row.run(seen),
			Figures: map[string]float64{},
		}
		for _, a := range aliases[row.ID] {
			if a.Color != "" {
				v.Stages = append(v.Stages, a.Stage)
			} else {
				v.Aliases = append(v.Aliases, a.Name)
			}
		}
		for _, f := range figures[i] {
			v.Figures[f.Key] = f.Value
		}
		if len(metrics) < len(keys) {
			for _, f := range figuresOf(row.Metadata) {
				if key := registry.MetadataColumn + f.Key; slices.Contains(keys, key) {
					v.Figures[key] = f.Value
				}
			}
		}
		told[i] = v
	}
	return told, nil
}

// source is where the version was logged, nil when that is here or in none of
// the places seen.
func (row versionRow) source(seen map[int64]registry.Place) *registry.VersionAt {
	place, ok := seen[row.SourcePlaceID]
	if !ok || row.SourceID == row.CollectionID || row.SourceNumber < 0 {
		return nil
	}
	return &registry.VersionAt{Place: place, Collection: row.SourceName, Type: row.SourceType, Number: row.SourceNumber}
}

// run is the run that made the version, nil when it is in none of the places
// seen.
func (row versionRow) run(seen map[int64]registry.Place) *registry.RunAt {
	place, ok := seen[row.RunPlaceID]
	if !ok {
		return nil
	}
	return &registry.RunAt{Place: place, Name: row.RunName, DisplayName: row.RunTitle, State: row.RunState}
}
