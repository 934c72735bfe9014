package db

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/lib/pq"

	"greenroom/registry"
)

// VersionPage returns the page of a version, by number or alias, in a number of
// statements that does not grow with it. Returns NotFound where there is none
// that the actor may look at.
func (db *DB) VersionPage(ctx context.Context, by registry.Actor, ref registry.VersionRef, query registry.VersionQuery) (p registry.VersionPage, err error) {
	err = db.read(ctx, by, registry.Look, whereCollection(ref.Collection, &p.Collection), func(t *tx) error {
		p.Place, p.Access = t.place, t.access
		row, err := t.versionNamed(ctx, p.Collection.ID, ref.Alias)
		if err != nil {
			return err
		}
		p.Version, p.Author, p.Linker = row.Version, row.Author, row.Linker
		if err := t.fillFigures(ctx, &p, row); err != nil {
			return err
		}
		if p.Artifact, err = t.artifactShown(ctx, row.ArtifactID); err != nil {
			return err
		}
		links, err := t.otherStandings(ctx, row)
		if err != nil {
			return err
		}
		places := []int64{row.SourcePlaceID, row.RunPlaceID}
		for _, l := range links {
			places = append(places, l.PlaceID)
		}
		seen, err := t.lookable(ctx, places)
		if err != nil {
			return err
		}
		p.Source, p.Run = row.source(seen), row.run(seen)
		if err := t.placeLinks(ctx, &p, links, seen); err != nil {
			return err
		}
		const q = `
			select coalesce((select min(number) from versions where collection_id = $1 and number > $2), -1),
				coalesce((select max(number) from versions where collection_id = $1 and number < $2), -1)`
		if err := t.QueryRowxContext(ctx, q, p.Collection.ID, p.Number).Scan(&p.Newer, &p.Older); err != nil {
			return fmt.Errorf("db: neighbours of a version: %w", err)
		}
		p.Files, err = t.listing(ctx, row.ArtifactID, query)
		return err
	})
	return p, err
}

// fillFigures adds how the run did when it made the version.
func (t *tx) fillFigures(ctx context.Context, p *registry.VersionPage, row versionRow) error {
	var keys []string
	for _, f := range figuresOf(row.Summary) {
		keys = append(keys, f.Key)
	}
	figures, steps, err := t.figuresThen(ctx, []made{row.made}, func(int) []string { return keys })
	if err != nil {
		return err
	}
	p.Figures = figures[0]
	if steps[0] != nil {
		p.Step, p.LastStep = steps[0], row.LastStep
	}
	return nil
}

// versionNamed loads a version of a collection by its own name, an alias or the
// digest of its artifact.
func (t *tx) versionNamed(ctx context.Context, collectionID int64, name string) (row versionRow, err error) {
	if number, ok := registry.VersionNumber(name); ok {
		err = t.GetContext(ctx, &row, versionQuery+`v.number = $2`, collectionID, number)
		return row, err
	}
	const named = versionQuery + `v.id = coalesce(
		(select version_id from aliases where collection_id = $1 and name = $2),
		(select w.id from versions w join artifacts b on b.id = w.artifact_id where w.collection_id = $1 and b.digest = $2 order by w.number desc limit 1))`
	err = t.GetContext(ctx, &row, named, collectionID, name)
	return row, err
}

// artifactShown loads what a page tells of an artifact.
func (t *tx) artifactShown(ctx context.Context, id int64) (registry.Artifact, error) {
	const q = `
		select a.id, a.collection_id, c.type, a.state, a.digest, a.description, a.metadata, a.tags, a.size, a.file_count,
			a.history_step, a.ttl_seconds, a.run_id, a.created_by, a.created_at, a.updated_at
		from artifacts a
		join collections c on c.id = a.collection_id
		where a.id = $1`
	var row struct {
		registry.Artifact
		Metadata []byte
		Tags     pq.StringArray
	}
	if err := t.GetContext(ctx, &row, q, id); err != nil {
		return registry.Artifact{}, fmt.Errorf("db: artifact: %w", err)
	}
	row.Artifact.Metadata, row.Artifact.Tags = json.RawMessage(row.Metadata), row.Tags
	return row.Artifact, nil
}

// shownStanding is one of the collections an artifact stands in.
type shownStanding struct {
	VersionID  int64
	PlaceID    int64
	Collection string
	Type       string
	Number     int
	LinkedAt   time.Time
}

// otherStandings loads the registered models that a version's artifact stands in
// besides its own, latest first. A page need not show more than a hundred.
func (t *tx) otherStandings(ctx context.Context, row versionRow) (links []shownStanding, err error) {
	const q = `
		select v.id as version_id, c.place_id, c.name as collection, c.type, v.number, v.linked_at
		from versions v
		join collections c on c.id = v.collection_id
		where v.artifact_id = $1 and v.id <> $2 and c.id <> $3
		order by v.linked_at desc, v.id desc
		limit 100`
	if err := t.SelectContext(ctx, &links, q, row.ArtifactID, row.ID, row.SourceID); err != nil {
		return nil, fmt.Errorf("db: links of a version: %w", err)
	}
	return links, nil
}

// placeLinks adds the aliases of the version itself, and the links that the
// actor may see with the stages they hold.
func (t *tx) placeLinks(ctx context.Context, p *registry.VersionPage, links []shownStanding, seen map[int64]registry.Place) error {
	ids := []int64{p.ID}
	for _, l := range links {
		ids = append(ids, l.VersionID)
	}
	aliases, err := t.aliasesShown(ctx, ids)
	if err != nil {
		return err
	}
	for _, a := range aliases[p.ID] {
		if a.Color != "" {
			p.Stages = append(p.Stages, a.Stage)
		} else {
			p.Aliases = append(p.Aliases, a.Name)
		}
	}
	for _, l := range links {
		place, ok := seen[l.PlaceID]
		if !ok {
			continue
		}
		at := registry.VersionAt{Place: place, Collection: l.Collection, Type: l.Type, Number: l.Number, LinkedAt: l.LinkedAt}
		for _, a := range aliases[l.VersionID] {
			if a.Color != "" {
				at.Stages = append(at.Stages, a.Stage)
			}
		}
		p.Links = append(p.Links, at)
	}
	return nil
}

// filesShown is how many entries of a folder a page lists.
const filesShown = 200

// listing loads one folder of an artifact's files. query.After is the last entry
// of the page before, a folder with a slash at its end.
func (t *tx) listing(ctx context.Context, artifactID int64, query registry.VersionQuery) (registry.Listing, error) {
	l := registry.Listing{Dir: strings.Trim(query.Dir, "/"), After: query.After}
	prefix := ""
	if l.Dir != "" {
		prefix = l.Dir + "/"
	}
	after, afterFolder := strings.CutSuffix(query.After, "/")
	const q = `
		select name, folder, count(*) as count, sum(size)::bigint as size, min(digest) as digest, coalesce(min(ref), '') as ref
		from (
			select split_part(substr(path, $3), '/', 1) as name, strpos(substr(path, $3), '/') > 0 as folder, size, digest, ref
			from manifest_entries
			where artifact_id = $1 and starts_with(path, $2)) e
		where $4 = '' or (not folder, name collate "C") > (not $5, $4 collate "C")
		group by name, folder
		order by not folder, name collate "C"
		limit $6`
	if err := t.SelectContext(ctx, &l.Entries, q, artifactID, prefix, len([]rune(prefix))+1, after, afterFolder, filesShown+1); err != nil {
		return l, fmt.Errorf("db: files of a version: %w", err)
	}
	for i := range l.Entries {
		e := &l.Entries[i]
		e.Path = prefix + e.Name
		if e.Folder {
			e.Digest, e.Ref = "", ""
		}
	}
	if len(l.Entries) > filesShown {
		l.Entries = l.Entries[:filesShown]
		l.Next = l.Entries[filesShown-1].Name
		if l.Entries[filesShown-1].Folder {
			l.Next += "/"
		}
	}
	if len(l.Entries) == 0 && (l.Dir != "" || query.After != "") {
		return l, registry.ErrNothing
	}
	return l, nil
}
