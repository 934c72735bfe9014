package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/lib/pq"

	"greenroom/registry"
)

// VersionPage returns a part of the page of a version, by number or alias, in a
// number of statements that does not grow with it. Returns NotFound where there
// is none that the actor may look at, or nothing at the query's path.
func (db *DB) VersionPage(ctx context.Context, by registry.Actor, ref registry.VersionRef, query registry.VersionQuery) (p registry.VersionPage, err error) {
	p.Query = query
	err = db.read(ctx, by, registry.Look, whereCollection(ref.Collection, &p.Collection), func(t *tx) error {
		p.Place, p.Access = t.place, t.access
		row, err := t.versionNamed(ctx, p.Collection.ID, ref.Alias)
		if err != nil {
			return err
		}
		p.Version, p.Author, p.Linker = row.Version, row.Author, row.Linker
		if p.Artifact, err = t.artifactShown(ctx, row.ArtifactID); err != nil {
			return err
		}
		if err := t.placeVersion(ctx, &p, row); err != nil {
			return err
		}
		const q = `
			select coalesce((select min(number) from versions where collection_id = $1 and number > $2), -1),
				coalesce((select max(number) from versions where collection_id = $1 and number < $2), -1)`
		if err := t.QueryRowxContext(ctx, q, p.Collection.ID, p.Number).Scan(&p.Newer, &p.Older); err != nil {
			return fmt.Errorf("db: neighbours of a version: %w", err)
		}
		if err := t.suggest(ctx, &p, row); err != nil {
			return err
		}
		return t.fillVersionPage(ctx, &p, row)
	})
	return p, err
}

// fillVersionPage loads what one part of the page shows.
func (t *tx) fillVersionPage(ctx context.Context, p *registry.VersionPage, row versionRow) error {
	p.Figures = figuresOf(row.Summary)
	holder, err := t.highestHolder(ctx, p.Collection)
	if err != nil {
		return err
	}
	if holder != nil && holder.ID != p.ID {
		p.Holder = &registry.Holder{Version: holder.Version, Stage: holder.Stage}
	}
	switch p.Query.Part {
	case registry.VersionOverview:
		if err = t.fillFigures(ctx, p, row, holder); err != nil {
			return err
		}
		p.Files, err = t.listing(ctx, row.ArtifactID, "", "", registry.VersionFilesGlance)
	case registry.VersionMetrics:
		return t.fillFigures(ctx, p, row, holder)
	case registry.VersionFiles:
		return t.fillFiles(ctx, p)
	case registry.VersionUsage:
		if p.Files, err = t.listing(ctx, row.ArtifactID, "", "", registry.VersionFilesGlance); err != nil {
			return err
		}
		p.File = p.Files.Face()
		p.UsedBy, err = t.usersOf(ctx, row.ArtifactID, p.Query.Run)
	case registry.VersionHistory:
		return t.fillEvents(ctx, p)
	}
	return err
}

// placeVersion adds where the version stands, under which names, and where it
// comes from, as far as the actor may see.
func (t *tx) placeVersion(ctx context.Context, p *registry.VersionPage, row versionRow) error {
	links, err := t.otherStandings(ctx, row)
	if err != nil {
		return err
	}
	ids := []int64{row.SourcePlaceID, row.RunPlaceID}
	for _, l := range links {
		ids = append(ids, l.PlaceID)
	}
	places, err := t.placesByID(ctx, ids)
	if err != nil {
		return err
	}
	seen := map[int64]registry.Place{}
	for id, place := range places {
		if t.accessIn(place).Can(registry.Look) {
			seen[id] = place.Place
		}
	}
	p.Source, p.Run = row.source(seen), row.run(seen)
	p.MayEdit = t.accessIn(places[row.SourcePlaceID]).Can(registry.Log)
	return t.placeLinks(ctx, p, links, seen)
}

// knownNames is how many names a page suggests.
const knownNames = 30

// suggest adds names that were given before, to those who may give them.
func (t *tx) suggest(ctx context.Context, p *registry.VersionPage, row versionRow) error {
	if !p.MayEdit && !p.Access.Can(registry.Link) {
		return nil
	}
	const q = `
		select
			array(
				(select name from stages where place_id = $1 order by position desc)
				union all
				(select a.name
				from aliases a
				where a.collection_id = $2 and a.name <> 'latest' and not exists (select from stages where place_id = $1 and name = a.name)
				order by a.set_at desc
				limit $4)),
			array(
				select distinct unnest(n.tags)
				from (select a.tags from artifacts a where a.collection_id = $3 and a.state = 'committed' order by a.id desc limit 200) n
				order by 1
				limit $4)`
	err := t.QueryRowxContext(ctx, q, p.Place.ID, p.Collection.ID, row.SourceID, knownNames).Scan(pq.Array(&p.KnownAliases), pq.Array(&p.KnownTags))
	if err != nil {
		return fmt.Errorf("db: names to suggest: %w", err)
	}
	return nil
}

// fillFigures adds how the run did when it made the version, how the holder of
// the highest stage did by the same figures, and which of them are curves that
// the actor may see.
func (t *tx) fillFigures(ctx context.Context, p *registry.VersionPage, row versionRow, holder *holderRow) error {
	var keys []string
	for _, f := range p.Figures {
		keys = append(keys, f.Key)
	}
	versions := []made{row.made}
	if p.Holder != nil {
		versions = append(versions, holder.made)
	}
	figures, steps, err := t.figuresThen(ctx, versions, func(int) []string { return keys })
	if err != nil {
		return err
	}
	p.Figures, p.Step, p.LastStep = figures[0], steps[0], row.LastStep
	if p.Holder != nil {
		p.Holder.Figures = figures[1]
	}
	if p.Run == nil {
		return nil
	}
	var told []string
	for _, f := range registry.KeyFigures(p.Figures, registry.VersionCurves) {
		told = append(told, f.Key)
	}
	p.Curves, err = t.metricKeys(ctx, *row.RunID, told)
	slices.SortFunc(p.Curves, func(a, b registry.MetricKey) int { return slices.Index(told, a.Key) - slices.Index(told, b.Key) })
	return err
}

// holderRow is the version on a stage, with how its run did.
type holderRow struct {
	registry.Version
	Stage registry.Stage
	made
}

// highestHolder loads the version on the highest stage that is held, nil where
// none is.
func (t *tx) highestHolder(ctx context.Context, c registry.Collection) (*holderRow, error) {
	const q = `
		select v.id, v.collection_id, v.number, v.artifact_id, v.linked_at, s.name as "stage.name", s.position as "stage.position", s.color as "stage.color",
			` + madeColumns + `
		from stages s
		join aliases n on n.collection_id = $1 and n.name = s.name
		join versions v on v.id = n.version_id
		join artifacts a on a.id = v.artifact_id
		left join run_progress p on p.run_id = a.run_id
		where s.place_id = $2
		order by s.position desc
		limit 1`
	var row holderRow
	err := t.GetContext(ctx, &row, q, c.ID, c.PlaceID)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("db: holder of the highest stage: %w", err)
	}
	return &row, nil
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
			p.Stages = append(p.Stages, registry.StageHeld{Stage: a.Stage, By: a.By, Since: a.SetAt})
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
