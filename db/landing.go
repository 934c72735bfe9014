package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/lib/pq"

	"greenroom/registry"
)

// Landing returns a page of the registered models the actor may see, in a number
// of statements that does not grow with them. Returns NotFound for a registry that
// the actor may not look into, Invalid for a page that cannot be.
func (db *DB) Landing(ctx context.Context, by registry.Actor, query registry.LandingQuery) (l registry.Landing, err error) {
	l.Query = query
	err = db.visible(ctx, by, func(t *tx) error {
		page, err := pageOfModels(query)
		if err != nil {
			return err
		}
		places, err := t.registries(ctx)
		if err != nil {
			return err
		}
		if query.Registry != (registry.PlaceRef{}) {
			one, err := t.oneOf(ctx, places, query.Registry)
			if err != nil {
				return err
			}
			l.Registry, l.Access = &one.Place, t.accessIn(one)
			l.MayCreate = l.Access.Can(registry.Link)
		} else {
			for _, row := range places {
				l.MayCreate = l.MayCreate || t.accessIn(row).Can(registry.Link)
			}
		}
		shelves, err := t.countModels(ctx, places)
		if err != nil {
			return err
		}
		rows, found, err := t.landingRows(ctx, query, page, shelves, l.Asked(shelves))
		if err != nil {
			return err
		}
		if l.Choices, err = t.landingChoices(ctx, l.Registry, places); err != nil {
			return err
		}
		all, labels := placesOf(places), labelsOf(places)
		l.Count(shelves, found, all, labels)
		if l.Registry == nil {
			if l.News, err = t.news(ctx, places, labels); err != nil {
				return err
			}
		}
		return t.fillLanding(ctx, page.cut(rows, &l), all, labels, &l)
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

// countModels counts what there is, by registry and type.
func (t *tx) countModels(ctx context.Context, places map[int64]placeRow) (shelves []registry.Shelf, err error) {
	const q = `
		select place_id, type, sum(models) as models, sum(versions) as versions
		from model_counts
		where place_id = any($1)
		group by place_id, type
		having sum(models) > 0`
	ids := slices.Collect(maps.Keys(places))
	if err := t.SelectContext(ctx, &shelves, q, pq.Array(ids)); err != nil {
		return nil, fmt.Errorf("db: count models: %w", err)
	}
	return shelves, nil
}

// fillLanding makes a page of rows.
func (t *tx) fillLanding(ctx context.Context, rows []shownCollection, places map[int64]registry.Place, labels map[int64]string, l *registry.Landing) error {
	ids := make([]int64, len(rows))
	l.Models = make([]registry.ModelRow, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
		row.Collection.Tags = row.Tags
		l.Models[i] = registry.ModelRow{Collection: row.Collection, Place: places[row.PlaceID], Label: labels[row.PlaceID], Stars: row.Stars}
	}
	return t.tellOf(ctx, ids, l.Models)
}

// placesOf are places without what the actor is there.
func placesOf(rows map[int64]placeRow) map[int64]registry.Place {
	places := map[int64]registry.Place{}
	for id, row := range rows {
		places[id] = row.Place
	}
	return places
}

func labelsOf(rows map[int64]placeRow) map[int64]string {
	return registry.RegistryLabels(slices.Collect(maps.Values(placesOf(rows))))
}

// shownCollection is a collection as its columns scan.
type shownCollection struct {
	registry.Collection
	Tags pq.StringArray
	registry.Stars
}

// tellOf adds to models, in the order of ids, who holds their aliases, how their
// versions did and what happened last.
func (t *tx) tellOf(ctx context.Context, ids []int64, models []registry.ModelRow) error {
	aliases, err := t.landingAliases(ctx, ids)
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
			} else if a.Name != registry.Latest && len(m.Aliases) < 6 && !slices.ContainsFunc(m.Stages, func(s registry.StageHolder) bool { return s.Name == a.Name }) {
				m.Aliases = append(m.Aliases, registry.AliasHolder{Name: a.Name, Number: a.Number})
			}
		}
		m.LastChange = changes[m.ID]
	}
	return t.tellTrends(ctx, ids, aliases, models)
}

// aliasRow is an alias with the stage it is; no color where it is none. By and
// SetAt are known of those that aliasesShown loads.
type aliasRow struct {
	CollectionID int64
	VersionID    int64
	Number       int
	registry.Stage
	By    string
	SetAt time.Time
}

// landingAliases loads the stages of each collection, last in the order first,
// and then a few of its newest aliases, those that are stages among them.
func (t *tx) landingAliases(ctx context.Context, ids []int64) (map[int64][]aliasRow, error) {
	const q = `
		select c.id as collection_id, a.version_id, v.number, a.name, a.position, a.color
		from unnest($1::bigint[]) as c (id)
		cross join lateral (
			select a.version_id, s.name, s.position, s.color, a.set_at
			from collections mine
			join stages s on s.place_id = mine.place_id
			cross join lateral (select version_id, set_at from aliases where collection_id = mine.id and name = s.name limit 1) a
			where mine.id = c.id
			union all (
			select version_id, name, 0, '', set_at
			from aliases
			where collection_id = c.id
			order by set_at desc, name
			limit 10)) a
		join versions v on v.id = a.version_id
		order by c.id, a.color = '', a.position desc, a.set_at desc, a.name`
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

// lastChanges loads the latest log entry about each collection.
func (t *tx) lastChanges(ctx context.Context, ids []int64) (map[int64]*registry.Entry, error) {
	const q = `
		select c.id as collection_id, e.id, e.at, e.actor, ` + called + `, e.door, e.key_id, e.name, e.reason, e.payload
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
