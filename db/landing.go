package db

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

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
		mark, marked, err := registry.ReadPageMark(query.After)
		if err != nil {
			return err
		}
		if !marked {
			mark = registry.NewestMark()
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
		}
		labels := labelsOf(places)
		asked, err := t.countModels(ctx, places, labels, &l)
		if err != nil {
			return err
		}
		rows, err := t.landingRows(ctx, asked, mark, &l)
		if err != nil {
			return err
		}
		return t.fillLanding(ctx, rows, places, labels, &l)
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

// countModels counts what there is, by registry, and returns the registries
// asked about that hold anything.
func (t *tx) countModels(ctx context.Context, places map[int64]placeRow, labels map[int64]string, l *registry.Landing) (asked []int64, err error) {
	const q = `
		select c.place_id, count(*) as models, sum(c.versions) as versions
		from collections c
		where c.kind = 'model' and c.place_id = any($1)
		group by c.place_id`
	var counts []struct {
		PlaceID          int64
		Models, Versions int
	}
	ids := slices.Collect(maps.Keys(places))
	if err := t.SelectContext(ctx, &counts, q, pq.Array(ids)); err != nil {
		return nil, fmt.Errorf("db: count models: %w", err)
	}
	for _, c := range counts {
		l.Registries = append(l.Registries, registry.RegistryCount{Place: places[c.PlaceID].Place, Label: labels[c.PlaceID], Found: c.Models})
		if l.Registry == nil || l.Registry.ID == c.PlaceID {
			asked = append(asked, c.PlaceID)
			l.Total += c.Models
			l.Versions += c.Versions
		}
	}
	l.Found = l.Total
	return asked, nil
}

// landingRows loads a page of the models in some registries, and one more.
func (t *tx) landingRows(ctx context.Context, asked []int64, mark registry.PageMark, l *registry.Landing) (rows []shownCollection, err error) {
	const columns = `id, place_id, kind, name, type, tags, next_number, versions, created_by, created_at, changed_at`
	if words := registry.Words(l.Query.Search); len(words) > 0 {
		found, err := t.findModels(ctx, words, asked, mark, l)
		if err != nil {
			return nil, err
		}
		const q = `select ` + columns + ` from collections where id = any($1) order by changed_at desc, id desc`
		if err := t.SelectContext(ctx, &rows, q, pq.Array(found)); err != nil {
			return nil, fmt.Errorf("db: models found: %w", err)
		}
		return rows, nil
	}
	// The newest of each registry, so that no more are read than a page of each.
	const q = `
		select ` + columns + `
		from unnest($1::bigint[]) as asked (place)
		cross join lateral (
			select ` + columns + `
			from collections
			where place_id = asked.place and kind = 'model' and (changed_at, id) < ($2, $3)
			order by changed_at desc, id desc
			limit $4) as newest
		order by changed_at desc, id desc
		limit $4`
	if err := t.SelectContext(ctx, &rows, q, pq.Array(asked), mark.At, mark.ID, registry.PageSize+1); err != nil {
		return nil, fmt.Errorf("db: models: %w", err)
	}
	return rows, nil
}

// byLongWords yields the models in which every pattern of $7 stands: Postgres
// finds those by their trigrams.
const byLongWords = `
	select id as collection_id
	from (
		select w.pattern, m.collection_id as id
		from unnest($7::text[]) as w (pattern)
		join model_words m on m.words like w.pattern
		union
		select w.pattern, a.collection_id
		from unnest($7::text[]) as w (pattern)
		join aliases a on lower(a.name) like w.pattern and a.name <> 'latest') as hits
	group by id
	having count(*) = cardinality($7)`

// findModels returns the IDs of a page of the models in which every word stands
// somewhere a person would look, and of one more. It counts what it found. One or
// two letters are looked for in all models, but not in aliases.
func (t *tx) findModels(ctx context.Context, words []string, asked []int64, mark registry.PageMark, l *registry.Landing) ([]int64, error) {
	long, short := patterns(words)
	const found = `
		with found as materialized (
			select c.id, c.place_id, c.changed_at
			from model_words m`
	const counted = `
			join collections c on c.id = m.collection_id
			where c.kind = 'model' and c.place_id = any($1) and m.words like all($6))
		select place_id, count(*) as found, array(
			select id
			from found
			where place_id = any($2) and (changed_at, id) < ($3, $4)
			order by changed_at desc, id desc
			limit $5) as page
		from found
		group by place_id`
	var counts []struct {
		PlaceID int64
		Found   int
		Page    pq.Int64Array
	}
	seen := make([]int64, len(l.Registries))
	for i := range l.Registries {
		seen[i], l.Registries[i].Found = l.Registries[i].Place.ID, 0
	}
	l.Found = 0
	q, args := found+counted, []any{pq.Array(seen), pq.Array(asked), mark.At, mark.ID, registry.PageSize + 1, pq.Array(short)}
	if len(long) > 0 {
		q, args = found+` join (`+byLongWords+`) as hit using (collection_id)`+counted, append(args, pq.Array(long))
	}
	if err := t.SelectContext(ctx, &counts, q, args...); err != nil {
		return nil, fmt.Errorf("db: find models: %w", err)
	}
	var page []int64
	for _, c := range counts {
		page = c.Page
		l.Registries[slices.Index(seen, c.PlaceID)].Found = c.Found
		if slices.Contains(asked, c.PlaceID) {
			l.Found += c.Found
		}
	}
	return page, nil
}

// patterns are what words are like wherever they stand, each once: those that
// trigrams are made of, and those too short for that.
func patterns(words []string) (long, short []string) {
	literally := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)
	long, short = []string{}, []string{}
	slices.Sort(words)
	for _, w := range slices.Compact(words) {
		if like := "%" + literally.Replace(w) + "%"; utf8.RuneCountInString(w) > 2 {
			long = append(long, like)
		} else {
			short = append(short, like)
		}
	}
	return long, short
}

// fillLanding makes a page of rows.
func (t *tx) fillLanding(ctx context.Context, rows []shownCollection, places map[int64]placeRow, labels map[int64]string, l *registry.Landing) error {
	slices.SortFunc(l.Registries, func(a, b registry.RegistryCount) int {
		return cmp.Or(b.Found-a.Found, strings.Compare(a.Label, b.Label))
	})
	if len(rows) > registry.PageSize {
		rows = rows[:registry.PageSize]
		last := rows[len(rows)-1]
		l.Next = registry.PageMark{At: last.ChangedAt, ID: last.ID}.String()
	}
	ids := make([]int64, len(rows))
	l.Models = make([]registry.ModelRow, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
		row.Collection.Tags = row.Tags
		l.Models[i] = registry.ModelRow{Collection: row.Collection, Place: places[row.PlaceID].Place, Label: labels[row.PlaceID]}
	}
	return t.tellOf(ctx, ids, l.Models)
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

// tellOf adds to models, in the order of ids, who holds their aliases, how their
// versions did and what happened last.
func (t *tx) tellOf(ctx context.Context, ids []int64, models []registry.ModelRow) error {
	aliases, err := t.landingAliases(ctx, ids)
	if err != nil {
		return err
	}
	trends, err := t.trends(ctx, ids, aliases)
	if err != nil {
		return err
	}
	changes, err := t.lastChanges(ctx, ids)
	if err != nil {
		return err
	}
	stars, err := t.starsOfEach(ctx, ids)
	if err != nil {
		return err
	}
	for i := range models {
		m := &models[i]
		m.Stars = stars[m.ID]
		for _, a := range aliases[m.ID] {
			if a.Color != "" {
				m.Stages = append(m.Stages, registry.StageHolder{Stage: a.Stage, Number: a.Number})
			} else if a.Name != registry.Latest && len(m.Aliases) < 6 && !slices.ContainsFunc(m.Stages, func(s registry.StageHolder) bool { return s.Name == a.Name }) {
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
// and then a few of its newest aliases, those that are stages among them.
func (t *tx) landingAliases(ctx context.Context, ids []int64) (map[int64][]aliasRow, error) {
	const q = `
		select c.id as collection_id, a.version_id, v.number, a.name, a.position, a.color
		from unnest($1::bigint[]) as c (id)
		cross join lateral (
			select a.version_id, a.name, s.position, s.color, a.set_at
			from collections mine
			join stages s on s.place_id = mine.place_id
			join aliases a on a.collection_id = mine.id and a.name = s.name
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
