package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/lib/pq"

	"greenroom/registry"
)

// Landing returns a page of the registered models the actor may see, latest
// change first, in a number of statements that does not grow with them. Returns
// NotFound for a registry that the actor may not look into, Invalid for a page
// that cannot be.
func (db *DB) Landing(ctx context.Context, by registry.Actor, query registry.LandingQuery) (l registry.Landing, err error) {
	l.Query = query
	err = db.visible(ctx, by, func(t *tx) error {
		places, err := t.registries(ctx)
		if err != nil {
			return err
		}
		ids := make([]int64, 0, len(places))
		if query.Registry == (registry.PlaceRef{}) {
			for id := range places {
				ids = append(ids, id)
			}
		} else {
			one, err := t.oneOf(ctx, places, query.Registry)
			if err != nil {
				return err
			}
			l.Registry, l.Access, ids = &one.Place, t.accessIn(one), []int64{one.ID}
		}
		if err := t.countModels(ctx, places, ids, &l); err != nil {
			return err
		}
		return t.landingRows(ctx, places, ids, &l)
	})
	return l, err
}

// registries loads the registries the actor may look into, by ID.
func (t *tx) registries(ctx context.Context) (map[int64]placeRow, error) {
	const q = placeQuery + `p.kind = 'registry' and p.id = any($2)`
	var rows []placeRow
	if err := t.SelectContext(ctx, &rows, q, t.by.PersonID, pq.Array(t.visible)); err != nil {
		return nil, fmt.Errorf("db: registries: %w", err)
	}
	places := make(map[int64]placeRow, len(rows))
	for _, row := range rows {
		row.Place.Accepts = row.Accepts
		places[row.ID] = row
	}
	return places, nil
}

// oneOf returns the one of places that ref addresses.
func (t *tx) oneOf(ctx context.Context, places map[int64]placeRow, ref registry.PlaceRef) (placeRow, error) {
	row, err := t.findPlace(ctx, ref)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return placeRow{}, fmt.Errorf("db: find registry: %w", err)
	}
	one, ok := places[row.ID]
	if !ok {
		return placeRow{}, registry.ErrNothing
	}
	return one, nil
}

// matching holds for the registered models c in which every word of $2 stands
// somewhere a person would look.
const matching = `
	not exists (
		select
		from unnest($2::text[]) as w
		where strpos(lower(concat_ws(' ', c.name, c.type, array_to_string(c.tags, ' '), c.description)), w) = 0
		and not exists (select from aliases a where a.collection_id = c.id and strpos(lower(a.name), w) > 0))`

// countModels counts what there is and what was found, by registry.
func (t *tx) countModels(ctx context.Context, places map[int64]placeRow, asked []int64, l *registry.Landing) error {
	const q = `
		select c.place_id, count(*) as total, count(*) filter (where ` + matching + `) as found
		from collections c
		where c.kind = 'model' and c.place_id = any($1)
		group by c.place_id`
	var counts []struct {
		PlaceID      int64
		Total, Found int
	}
	if err := t.SelectContext(ctx, &counts, q, pq.Array(t.visible), pq.Array(registry.Words(l.Query.Search))); err != nil {
		return fmt.Errorf("db: count models: %w", err)
	}
	labels := labelsOf(places)
	for _, c := range counts {
		l.Registries = append(l.Registries, registry.RegistryCount{Place: places[c.PlaceID].Place, Label: labels[c.PlaceID], Found: c.Found})
		if slices.Contains(asked, c.PlaceID) {
			l.Total += c.Total
			l.Found += c.Found
		}
	}
	slices.SortFunc(l.Registries, func(a, b registry.RegistryCount) int { return b.Found - a.Found })
	const versions = `
		select count(*)
		from versions v
		join collections c on c.id = v.collection_id
		where c.kind = 'model' and c.place_id = any($1)`
	if err := t.GetContext(ctx, &l.Versions, versions, pq.Array(asked)); err != nil {
		return fmt.Errorf("db: count versions: %w", err)
	}
	return nil
}

func labelsOf(places map[int64]placeRow) map[int64]string {
	all := make([]registry.Place, 0, len(places))
	for _, row := range places {
		all = append(all, row.Place)
	}
	return registry.RegistryLabels(all)
}

// shownCollection is a collection as its columns scan.
type shownCollection struct {
	registry.Collection
	Tags pq.StringArray
}

// landingRows loads a page of models and what a row tells of each.
func (t *tx) landingRows(ctx context.Context, places map[int64]placeRow, asked []int64, l *registry.Landing) error {
	mark, after, err := registry.ReadPageMark(l.Query.After)
	if err != nil {
		return err
	}
	if !after {
		mark.At = time.Unix(0, 0)
	}
	const q = `
		select c.id, c.place_id, c.kind, c.name, c.type, c.description, c.tags, c.next_number, c.created_by, c.created_at, c.changed_at
		from collections c
		where c.kind = 'model' and c.place_id = any($1)
		and (not $3 or (c.changed_at, c.id) < ($4, $5))
		and ` + matching + `
		order by c.changed_at desc, c.id desc
		limit $6`
	var rows []shownCollection
	if err := t.SelectContext(ctx, &rows, q, pq.Array(asked), pq.Array(registry.Words(l.Query.Search)), after, mark.At, mark.ID, registry.PageSize+1); err != nil {
		return fmt.Errorf("db: models: %w", err)
	}
	if len(rows) > registry.PageSize {
		rows = rows[:registry.PageSize]
		last := rows[len(rows)-1]
		l.Next = registry.PageMark{At: last.ChangedAt, ID: last.ID}.String()
	}
	labels := labelsOf(places)
	ids := make([]int64, len(rows))
	l.Models = make([]registry.ModelRow, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
		row.Collection.Tags = row.Tags
		l.Models[i] = registry.ModelRow{Collection: row.Collection, Place: places[row.PlaceID].Place, Label: labels[row.PlaceID]}
	}
	return t.tellOf(ctx, ids, l.Models)
}

// tellOf adds to models, in the order of ids, who holds their aliases, how their
// versions did and what happened last.
func (t *tx) tellOf(ctx context.Context, ids []int64, models []registry.ModelRow) error {
	aliases, err := t.landingAliases(ctx, ids)
	if err != nil {
		return err
	}
	trends, err := t.trends(ctx, ids)
	if err != nil {
		return err
	}
	changes, err := t.lastChanges(ctx, ids)
	if err != nil {
		return err
	}
	for i := range models {
		m := &models[i]
		for _, a := range aliases[m.ID] {
			if a.Color != "" {
				m.Stages = append(m.Stages, registry.StageHolder{Stage: a.Stage, Number: a.Number})
			} else if a.Name != registry.Latest && len(m.Aliases) < 6 {
				m.Aliases = append(m.Aliases, registry.AliasHolder{Name: a.Name, Number: a.Number})
			}
		}
		m.LastChange = changes[m.ID]
	}
	return t.drawTrends(ctx, models, trends)
}

// aliasRow is an alias with the stage it is; no color where it is none.
type aliasRow struct {
	CollectionID int64
	VersionID    int64
	Number       int
	registry.Stage
}

// landingAliases loads the stages of each collection, last in the order first,
// and then a few of its newest other aliases.
func (t *tx) landingAliases(ctx context.Context, ids []int64) (map[int64][]aliasRow, error) {
	const q = `
		select c.id as collection_id, a.version_id, a.number, a.name, a.position, a.color
		from unnest($1::bigint[]) as c (id)
		cross join lateral (
			select a.version_id, v.number, a.name, coalesce(s.position, 0) as position, coalesce(s.color, '') as color, a.set_at
			from aliases a
			join versions v on v.id = a.version_id
			join collections mine on mine.id = a.collection_id
			left join stages s on s.place_id = mine.place_id and s.name = a.name
			where a.collection_id = c.id
			order by s.position desc nulls last, a.set_at desc, a.name
			limit 20) a
		order by c.id, a.position desc, a.set_at desc, a.name`
	var rows []aliasRow
	if err := t.SelectContext(ctx, &rows, q, pq.Array(ids)); err != nil {
		return nil, fmt.Errorf("db: aliases of models: %w", err)
	}
	byCollection := map[int64][]aliasRow{}
	for _, row := range rows {
		byCollection[row.CollectionID] = append(byCollection[row.CollectionID], row)
	}
	return byCollection, nil
}

// trend is the newest versions of a collection, newest first, with the summaries
// of the runs that made them.
type trend []trendRow

type trendRow struct {
	registry.Version
	made
}

// trends loads the newest versions of collections. Of a long summary only the
// beginning is read: a list need not know all that a run knows.
func (t *tx) trends(ctx context.Context, ids []int64) (map[int64]trend, error) {
	const q = `
		select v.id, v.collection_id, v.number, v.artifact_id, v.linked_at,
			a.run_id, a.history_step, p.last_step, a.created_at as made_at, coalesce(left(p.summary, 16384), '') as summary
		from unnest($1::bigint[]) as c (id)
		cross join lateral (
			select v.id, v.collection_id, v.number, v.artifact_id, v.linked_at
			from versions v
			where v.collection_id = c.id
			order by v.number desc
			limit $2) v
		join artifacts a on a.id = v.artifact_id
		left join run_progress p on p.run_id = a.run_id
		order by v.collection_id, v.number desc`
	var rows []trendRow
	if err := t.SelectContext(ctx, &rows, q, pq.Array(ids), registry.TrendVersions); err != nil {
		return nil, fmt.Errorf("db: trends: %w", err)
	}
	byCollection := map[int64]trend{}
	for _, row := range rows {
		byCollection[row.CollectionID] = append(byCollection[row.CollectionID], row)
	}
	return byCollection, nil
}

// drawTrends adds to models the key figure of their newest version and follows
// it back over the versions before.
func (t *tx) drawTrends(ctx context.Context, models []registry.ModelRow, trends map[int64]trend) error {
	newest := make([]made, len(models))
	for i := range models {
		if rows := trends[models[i].ID]; len(rows) > 0 {
			models[i].Newest, newest[i] = &rows[0].Version, rows[0].made
		}
	}
	best, err := t.keyFigures(ctx, newest, 1)
	if err != nil {
		return err
	}
	var runs []made
	var keys []string
	for i := range models {
		if len(best[i]) == 0 {
			continue
		}
		models[i].KeyFigure = &best[i][0]
		for _, row := range trends[models[i].ID] {
			runs, keys = append(runs, row.made), append(keys, best[i][0].Key)
		}
	}
	told, _, err := t.figuresThen(ctx, runs, func(i int) []string { return keys[i : i+1] })
	if err != nil {
		return err
	}
	for i := range models {
		m := &models[i]
		if m.KeyFigure == nil {
			continue
		}
		rows := trends[m.ID]
		for v, row := range rows {
			for _, f := range told[v] {
				m.Trend = append(m.Trend, registry.VersionValue{Number: row.Number, Value: f.Value})
			}
		}
		slices.Reverse(m.Trend)
		told = told[len(rows):]
	}
	return nil
}

// lastChanges loads the latest log entry about each collection.
func (t *tx) lastChanges(ctx context.Context, ids []int64) (map[int64]*registry.Entry, error) {
	const q = `
		select c.id as collection_id, e.id, e.at, e.actor, e.door, e.key_id, e.name, e.reason, e.payload
		from unnest($1::bigint[]) as c (id)
		cross join lateral (
			select event_id
			from event_subjects
			where kind = 'collection' and subject_id = c.id
			order by event_id desc
			limit 1) last
		join events e on e.id = last.event_id`
	var rows []struct {
		CollectionID int64
		registry.Entry
	}
	if err := t.SelectContext(ctx, &rows, q, pq.Array(ids)); err != nil {
		return nil, fmt.Errorf("db: last changes: %w", err)
	}
	changes := map[int64]*registry.Entry{}
	for i := range rows {
		changes[rows[i].CollectionID] = &rows[i].Entry
	}
	return changes, nil
}
