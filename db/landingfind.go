package db

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/lib/pq"

	"greenroom/registry"
)

// modelsPage is how a page of models is cut out of a list of them.
type modelsPage struct {
	order   registry.LandingOrder
	key     string // what the list is sorted by, an expression over collections
	back    bool   // to the page before the mark, which is read the other way round
	marked  bool
	value   any // of key at the mark
	id      int64
	compare string // how what is on the page compares with the mark
	turn    string // of an order by clause
}

// pageOfModels reads where the page begins or ends. Returns Invalid for what is no
// mark.
func pageOfModels(query registry.LandingQuery) (p modelsPage, err error) {
	p.order, p.back = query.Order, query.Before != ""
	p.key = map[string]string{"changed": "changed_at", "created": "created_at", "versions": "versions", "name": "lower(name)"}[query.Order.Field()]
	if mark := cmp.Or(query.Before, query.After); mark != "" {
		p.marked = true
		if p.value, p.id, err = query.Order.ReadMark(mark); err != nil {
			return p, err
		}
	}
	p.compare = ">"
	if query.Order.Descending() != p.back {
		p.compare, p.turn = "<", " desc"
	}
	return p, nil
}

// sorted is an order by clause over key, the name of what the list is sorted by.
func (p modelsPage) sorted(key string) string { return key + p.turn + ", id" + p.turn }

// within is the condition that a row stands on the page or after it; key is as in
// sorted, value and id are the placeholders of the mark.
func (p modelsPage) within(key, value, id string) string {
	switch {
	case !p.marked:
		return "true"
	case p.key == "lower(name)":
		value = "lower(" + value + ")"
	}
	return "(" + key + ", id) " + p.compare + " (" + value + ", " + id + ")"
}

// cut takes what is too much off rows, puts them in order, and says where the
// pages beside this one begin.
func (p modelsPage) cut(rows []shownCollection, l *registry.Landing) []shownCollection {
	more := len(rows) > registry.PageSize
	rows = rows[:min(len(rows), registry.PageSize)]
	if p.back {
		slices.Reverse(rows)
	}
	if len(rows) == 0 {
		return nil
	}
	if more && !p.back || p.back {
		l.Next = p.order.Mark(rows[len(rows)-1].Collection)
	}
	if more && p.back || p.marked && !p.back {
		l.Previous = p.order.Mark(rows[0].Collection)
	}
	return rows
}

// landingRows loads a page of the models on the shelves asked about, and one more;
// found counts what of all shelves the query lets through.
func (t *tx) landingRows(ctx context.Context, query registry.LandingQuery, page modelsPage, all, asked []registry.Shelf) (rows []shownCollection, found []registry.Shelf, err error) {
	const columns = `id, place_id, kind, name, type, tags, next_number, versions, created_by, created_at, changed_at`
	const starred = `select ` + columns + `, count, coalesce(mine, false) as mine
		from shown
		cross join lateral (select count(*) as count, bool_or(person_id = $1) as mine from stars where collection_id = shown.id) s
		order by `
	places, types := make([]int64, len(asked)), make([]string, len(asked))
	for i, s := range asked {
		places[i], types[i] = s.PlaceID, s.Type
	}
	alone := query // on a stage, and nothing else asked
	alone.Stage = ""
	if len(registry.Words(query.Search)) > 0 || alone.Filtered() {
		ids, found, err := t.findModels(ctx, query, page, all, places, types)
		if err != nil {
			return nil, nil, err
		}
		q := `with shown as (select ` + columns + ` from collections where id = any($2)) ` + starred + page.sorted(page.key)
		if err := t.SelectContext(ctx, &rows, q, t.by.PersonID, pq.Array(ids)); err != nil {
			return nil, nil, fmt.Errorf("db: models found: %w", err)
		}
		return rows, found, nil
	}
	// The first of each shelf, so that no more are read than a page of each.
	args := []any{t.by.PersonID, pq.Array(places), pq.Array(types), registry.PageSize + 1}
	if page.marked {
		args = append(args, page.value, page.id)
	}
	held := ""
	if found = all; query.Stage != "" {
		if found, err = t.countOnStage(ctx, query, all); err != nil {
			return nil, nil, err
		}
		args = append(args, stageHeld(query))
		held = strings.ReplaceAll(onStage, "%s", "$"+strconv.Itoa(len(args)))
	}
	q := `
		with first as (
			select id
			from unnest($2::bigint[], $3::text[]) as asked (place, of_type)
			cross join lateral (
				select id, ` + page.key + ` as key
				from collections c
				where place_id = asked.place and type = asked.of_type and kind = 'model' and ` + page.within(page.key, "$5", "$6") + held + `
				order by ` + page.sorted(page.key) + `
				limit $4) as first
			order by ` + page.sorted("key") + `
			limit $4
		), shown as (
			select ` + columns + `
			from collections
			where id in (select id from first)
		) ` + starred + page.sorted(page.key)
	if err := t.SelectContext(ctx, &rows, q, args...); err != nil {
		return nil, nil, fmt.Errorf("db: models: %w", err)
	}
	return rows, found, nil
}

// countOnStage counts the models on all shelves that hold the stage asked about.
func (t *tx) countOnStage(ctx context.Context, query registry.LandingQuery, all []registry.Shelf) (found []registry.Shelf, err error) {
	const q = `
		select place_id, type, count(*) as models
		from model_stages
		where stage = $1 and place_id = any($2)
		group by place_id, type`
	if err := t.SelectContext(ctx, &found, q, stageHeld(query), pq.Array(placesWith(all))); err != nil {
		return nil, fmt.Errorf("db: count models on a stage: %w", err)
	}
	return found, nil
}

func placesWith(shelves []registry.Shelf) []int64 {
	ids := make([]int64, len(shelves))
	for i, s := range shelves {
		ids[i] = s.PlaceID
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// stageHeld is what model_stages calls the stage asked about.
func stageHeld(query registry.LandingQuery) string {
	if query.Stage == registry.NoStage {
		return ""
	}
	return query.Stage
}

// byLongWords yields the models in which every one of some patterns stands, $%[1]s:
// Postgres finds those by their trigrams.
const byLongWords = `
	select id as collection_id
	from (
		select w.pattern, m.collection_id as id
		from unnest(%[1]s::text[]) as w (pattern)
		join model_words m on m.words like w.pattern
		union
		select w.pattern, a.collection_id
		from unnest(%[1]s::text[]) as w (pattern)
		join aliases a on lower(a.name) like w.pattern and a.name <> 'latest') as hits
	group by id
	having count(*) = cardinality(%[1]s)`

// The filters of the list, as conditions on a collection c. %s is what the filter
// names. Of "in" beside "is true" Postgres makes a table once, where it would else
// look each model up.
const (
	hasTag  = ` and exists (select from model_tags m where m.place_id = c.place_id and m.tag = %s and m.collection_id = c.id)`
	onStage = ` and (c.id in (select collection_id from model_stages where stage = %s)) is true`
	madeBy  = ` and c.created_by = (select id from entities where lower(name) = lower(%s))`
	starOf  = ` and exists (select from stars where person_id = %s and collection_id = c.id)`
	shortIn = ` and exists (select from model_words m where m.collection_id = c.id and m.words like all (%s))`
	// Where no word is long enough for trigrams, each is sought in names and among tags.
	inName   = ` and (lower(c.name) like %s`
	isTag    = ` or c.id in (select collection_id from model_tags where place_id = any($1) and tag in (%[1]s, upper(%[1]s))))`
	wordless = `
			from collections c
			where c.kind = 'model' and c.place_id = any($1)`
	wordedLong = `
			from (` + byLongWords + `) as hit
			join collections c on c.id = hit.collection_id
			where c.kind = 'model' and c.place_id = any($1)`
)

// findModels returns the IDs of a page of the models that the query lets through,
// and of one more, and counts the models it does.
func (t *tx) findModels(ctx context.Context, query registry.LandingQuery, page modelsPage, all []registry.Shelf, places []int64, types []string) (ids []int64, found []registry.Shelf, err error) {
	args := []any{pq.Array(placesWith(all)), pq.Array(places), pq.Array(types), registry.PageSize + 1}
	with := func(part string, value any) string {
		args = append(args, value)
		return strings.ReplaceAll(strings.ReplaceAll(part, "%[1]s", "%s"), "%s", "$"+strconv.Itoa(len(args)))
	}
	from := wordless
	words := registry.Words(query.Search)
	if long, short := patterns(words); len(long) > 0 {
		from = with(wordedLong, pq.Array(long))
		if len(short) > 0 {
			from += with(shortIn, pq.Array(short))
		}
	} else {
		for i, pattern := range short {
			from += with(inName, pattern) + with(isTag, words[i])
		}
	}
	if query.Tag != "" {
		from += with(hasTag, query.Tag)
	}
	if query.Stage != "" {
		from += with(onStage, stageHeld(query))
	}
	if query.By != "" {
		from += with(madeBy, query.By)
	}
	if query.Starred {
		from += with(starOf, t.by.PersonID)
	}
	within := page.within("key", "", "")
	if page.marked {
		args = append(args, page.value, page.id)
		within = page.within("key", "$"+strconv.Itoa(len(args)-1), "$"+strconv.Itoa(len(args)))
	}
	// No more columns than stand in the index of the order, which then is all that is read.
	q := `
		with found as materialized (
			select c.id, c.place_id, c.type, ` + page.key + ` as key` + from + `)
		select place_id, type, count(*) as models, array(
			select id
			from found
			where (place_id, type) in (select * from unnest($2::bigint[], $3::text[])) and ` + within + `
			order by ` + page.sorted("key") + `
			limit $4) as page
		from found
		group by place_id, type`
	var counts []struct {
		registry.Shelf
		Page pq.Int64Array
	}
	if err := t.SelectContext(ctx, &counts, q, args...); err != nil {
		return nil, nil, fmt.Errorf("db: find models: %w", err)
	}
	for _, c := range counts {
		ids, found = c.Page, append(found, c.Shelf)
	}
	return ids, found, nil
}

// patterns are what words are like wherever they stand, each once: those that
// trigrams are made of, and those too short for that. Neither is ever nil, which
// would be null to Postgres.
func patterns(words []string) (long, short []string) {
	long, short = []string{}, []string{}
	literally := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)
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

// landingChoices are what the filters offer in one registry, or in all there are.
// Of tags and people only those offered are read, not every model that has them.
func (t *tx) landingChoices(ctx context.Context, one *registry.Place, places map[int64]placeRow) (c registry.LandingChoices, err error) {
	var ids []int64
	for id := range places {
		if one == nil || one.ID == id {
			ids = append(ids, id)
		}
	}
	const q = `
		with recursive asked as (
			select unnest($1::bigint[]) as place
		), tags as (
			select place, (select min(tag) from model_tags where place_id = place) as tag, 1 as n
			from asked
			union all
			select place, (select min(m.tag) from model_tags m where m.place_id = tags.place and m.tag > tags.tag), n + 1
			from tags
			where tag is not null and n < $2
		), makers as (
			select place, (select min(created_by) from collections where kind = 'model' and place_id = place) as id, 1 as n
			from asked
			union all
			select place, (select min(c.created_by) from collections c where c.kind = 'model' and c.place_id = makers.place and c.created_by > makers.id), n + 1
			from makers
			where id is not null and n < $2
		)
		(select 'tag' as kind, tag as name, 0 as position, '' as color from tags where tag is not null group by tag order by tag limit $2)
		union all
		(select 'person', name, 0, '' from entities where id in (select id from makers) order by name limit $2)
		union all
		(select 'stage', name, max(position), min(color) from stages where place_id = any($1) group by name order by max(position) desc, name limit $2)`
	var rows []struct {
		Kind string
		registry.Stage
	}
	if err := t.SelectContext(ctx, &rows, q, pq.Array(ids), registry.MaxChoices); err != nil {
		return c, fmt.Errorf("db: what filters offer: %w", err)
	}
	for _, row := range rows {
		switch row.Kind {
		case "tag":
			c.Tags = append(c.Tags, row.Name)
		case "person":
			c.People = append(c.People, row.Name)
		default:
			c.Stages = append(c.Stages, row.Stage)
		}
	}
	return c, nil
}
