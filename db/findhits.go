package db

import (
	"context"
	"slices"
	"strings"

	"github.com/lib/pq"

	"greenroom/registry"
)

// How well a name fits the words $3.
const (
	byModel   = `case when lower(c.name) = $3 then 3 when starts_with(lower(c.name), $3) then 2 when strpos(lower(c.name), $3) > 0 then 1 else 0 end as score`
	byProject = `case when $3 in (lower(p.name), lower(e.name || '/' || p.name)) then 3 when starts_with(lower(p.name), $3) then 2 when strpos(lower(p.name), $3) > 0 then 1 else 0 end as score`
	byOwner   = `case when $3 in (lower(e.name), lower(pp.full_name)) then 3 when starts_with(lower(e.name), $3) then 2 else 1 end as score`
)

// follows cuts a page out of found: what comes after the mark, best and newest
// first.
const follows = `
	select * from found
	where (score, at, id) < ($4, $5, $6)
	order by score desc, at desc, id desc
	limit $7`

// page are the arguments of a statement that ends in follows; more follow.
func (s sought) page(t *tx, more ...any) []any {
	return append([]any{pq.Array(t.visible), pq.Array(s.all), s.whole, s.mark.Score, s.mark.At, s.mark.ID, s.most + 1}, more...)
}

// modelsLookedThrough is how many of the models changed last are looked through
// one by one.
const modelsLookedThrough = 1000

// modelHits finds models by their name, best names first, then by whatever else
// they are found by, as runHits does.
func (t *tx) modelHits(ctx context.Context, s sought) (rows []hitRow, err error) {
	const named = `
		with named as materialized (
			select c.id, c.changed_at as at, ` + byModel + `
			from collections c
			where c.kind = 'model' and c.place_id = any($1) and strpos(lower(c.name), $3) > 0`
	const newest = `),
		asked as materialized (
			select $7 - count(*) as room from named where (score, at, id) < ($4, $5, $6)),
		newest as materialized (
			select id, changed_at as at
			from collections
			where kind = 'model' and place_id = any($1) and ($4 > 0 or (changed_at, id) < ($5, $6)) and (select room from asked) > 0
			order by changed_at desc, id desc
			limit $8),
		hits as materialized (
			select c.id, c.at
			from newest c
			join model_words m on m.collection_id = c.id
			where m.words like all($2) and c.id not in (select id from named)
			order by c.at desc, c.id desc
			limit $7)`
	const older = `,
		older as materialized (
			select c.id, c.changed_at as at
			from model_words m
			join collections c on c.id = m.collection_id
			where c.kind = 'model' and c.place_id = any($1) and m.words like $9 and m.words like all($2)
			and ($4 > 0 or (c.changed_at, c.id) < ($5, $6)) and c.id not in (select id from named) and (select count(*) from hits) < (select room from asked))`
	const found = `, found as (select * from named union all select id, at, 0 from hits`
	const shown = `), shown as (` + follows + `)
		select c.id, c.place_id, c.name, c.type, left(c.description, 4000) as text, c.tags, shown.at, shown.score
		from shown
		join collections c on c.id = shown.id
		order by shown.score desc, shown.at desc, shown.id desc`
	args := s.page(t, modelsLookedThrough)
	if pattern, ok := s.longest(); ok {
		q := named + ` and lower(c.name) like $9` + newest + older + found + ` union select id, at, 0 from older` + shown
		return rows, t.SelectContext(ctx, &rows, q, append(args, pattern)...)
	}
	return rows, t.SelectContext(ctx, &rows, named+newest+found+shown, args...)
}

// aliasesLookedThrough is how many of the aliases set last are looked through one
// by one.
const aliasesLookedThrough = 500

// versionHits finds the version that is named, or those whose aliases are: of the
// aliases set last, and where those are not enough, of all.
func (t *tx) versionHits(ctx context.Context, s sought, text string) (rows []hitRow, err error) {
	const shown = `), shown as (` + follows + `)
		select shown.id, v.number, c.place_id, c.name, c.type, left(a.description, 4000) as text, a.tags,
			coalesce(nullif(pp.full_name, ''), e.name, '') as by, shown.at, shown.score
		from shown
		join versions v on v.id = shown.id
		join collections c on c.id = v.collection_id
		join artifacts a on a.id = v.artifact_id
		left join entities e on e.id = v.linked_by
		left join people pp on pp.id = v.linked_by
		order by shown.score desc, shown.at desc, shown.id desc`
	if words, number, ok := registry.VersionAsked(text); ok {
		const named = `
			with found as (
				select v.id, v.linked_at as at, ` + byModel + `
				from model_words m
				join collections c on c.id = m.collection_id
				join versions v on v.collection_id = c.id and v.number = $8
				where c.kind = 'model' and c.place_id = any($1) and m.words like all($2)`
		const latest = `
			with found as (
				select v.id, v.linked_at as at, ` + byModel + `
				from model_words m
				join collections c on c.id = m.collection_id
				join aliases l on l.collection_id = c.id and l.name = 'latest'
				join versions v on v.id = l.version_id
				where c.kind = 'model' and c.place_id = any($1) and m.words like all($2)`
		s.all, s.whole = anywhere(words), strings.Join(words, " ")
		if number < 0 {
			return rows, t.SelectContext(ctx, &rows, latest+shown, s.page(t)...)
		}
		return rows, t.SelectContext(ctx, &rows, named+shown, s.page(t, number)...)
	}
	const (
		called = `
			select a.version_id as id, max(a.set_at) as at,
				max(case when lower(a.name) = any($9) then 1 else 0 end) + max(case when strpos(lower(c.name), $3) > 0 then 1 else 0 end)`
		fits = `
			join collections c on c.id = a.collection_id and c.kind = 'model'
			where lower(a.name) like any($8) and c.place_id = any($1) and (lower(a.name) like all($2) or exists (
				select from model_words m where m.collection_id = c.id and lower(a.name) || ' ' || m.words like all($2)))`
		aliased = `
			with newest as materialized (
				select version_id, collection_id, name, set_at
				from aliases
				where name <> 'latest'
				order by set_at desc, id desc
				limit $10),
			hits as materialized (` + called + ` + 2 as score
				from newest a` + fits + `
				group by a.version_id),
			older as materialized (` + called + ` as score
				from aliases a` + fits + ` and a.name <> 'latest' and a.version_id not in (select id from hits)
					and (select count(*) from hits where (score, at, id) < ($4, $5, $6)) < $7
				group by a.version_id),
			found as (select * from hits union all select * from older`
	)
	long, _ := patterns(slices.Clone(s.words))
	if len(long) == 0 {
		return nil, nil
	}
	return rows, t.SelectContext(ctx, &rows, aliased+shown, s.page(t, pq.Array(long), pq.Array(s.words), aliasesLookedThrough)...)
}

// artifactsLookedThrough is how many of the artifacts changed last are looked
// through one by one.
const artifactsLookedThrough = 1000

// artifactHits finds what scripts logged by its name and type: first what is
// called as somebody typed, then as runHits does.
func (t *tx) artifactHits(ctx context.Context, s sought, text string) (rows []hitRow, err error) {
	logged := `c.kind = 'source' and ` + notKept + ` and c.place_id = any($1)`
	newest := `
		with named as materialized (
			select c.id, c.changed_at as at
			from collections c
			where ` + logged + ` and c.name = any(array[$3, $8::text])),
		newest as materialized (
			select c.id, c.changed_at as at, lower(c.name || ' ' || c.type) as words
			from collections c
			where ` + logged + ` and ($4 > 0 or (c.changed_at, c.id) < ($5, $6))
			order by c.changed_at desc, c.id desc
			limit $9),
		hits as materialized (
			select id, at from newest where words like all($2) and id not in (select id from named) order by at desc, id desc limit $7)`
	older := `,
		older as materialized (
			select c.id, c.changed_at as at
			from collections c
			where ` + logged + ` and lower(c.name || ' ' || c.type) like $10 and lower(c.name || ' ' || c.type) like all($2)
			and ($4 > 0 or (c.changed_at, c.id) < ($5, $6)) and c.id not in (select id from named) and (select count(*) from hits) < $7)`
	const shown = `), shown as (` + follows + `)
		select c.id, c.place_id, c.name, c.type, left(c.description, 4000) as text, shown.at, shown.score
		from shown
		join collections c on c.id = shown.id
		order by shown.score desc, shown.at desc, shown.id desc`
	const found = `, found as (select *, 1 as score from named union all select *, 0 from hits`
	args := s.page(t, strings.TrimSpace(text), artifactsLookedThrough)
	if pattern, ok := s.longest(); ok {
		q := newest + older + found + ` union select *, 0 from older` + shown
		return rows, t.SelectContext(ctx, &rows, q, append(args, pattern)...)
	}
	return rows, t.SelectContext(ctx, &rows, newest+found+shown, args...)
}

// lookedThrough is how many of the newest runs are looked through one by one.
const lookedThrough = 2000

// runHits looks through the newest runs first, which have what is on people's
// minds, and asks the trigrams for older ones only where those are not enough.
// One or two letters are looked for in the newest only.
func (t *tx) runHits(ctx context.Context, s sought) (rows []hitRow, err error) {
	const newest = `
		with newest as materialized (
			select run_id, created_at, words
			from run_words
			where place_id = any($1) and (created_at, run_id) < ($3, $4)
			order by created_at desc, run_id desc
			limit $6),
		hits as materialized (
			select run_id, created_at from newest where words like all($2) order by created_at desc, run_id desc limit $5)`
	const older = `,
		older as materialized (
			select run_id, created_at
			from run_words
			where words like $7 and words like all($2) and place_id = any($1) and (created_at, run_id) < ($3, $4)
			and (select count(*) from hits) < $5)`
	const shown = `)
		select r.id, r.place_id, r.name, r.display_name as title, r.state, left(concat_ws(' · ', nullif(r.group_name, ''), nullif(r.job_type, ''), nullif(r.notes, '')), 1200) as text,
			r.tags, coalesce(nullif(pp.full_name, ''), e.name, '') as by, r.created_at as at
		from (select run_id from shown order by created_at desc, run_id desc limit $5) as first
		join runs r on r.id = first.run_id and r.deleted_at is null
		left join entities e on e.id = r.created_by
		left join people pp on pp.id = r.created_by
		order by r.created_at desc, r.id desc`
	args := []any{pq.Array(t.visible), pq.Array(s.all), s.mark.At, s.mark.ID, s.most + 1, lookedThrough}
	if pattern, ok := s.longest(); ok {
		const q = newest + older + `, shown as (select * from hits union select * from older` + shown
		return rows, t.SelectContext(ctx, &rows, q, append(args, pattern)...)
	}
	return rows, t.SelectContext(ctx, &rows, newest+`, shown as (select * from hits`+shown, args...)
}

func (t *tx) projectHits(ctx context.Context, s sought) (rows []hitRow, err error) {
	const q = `
		with found as (
			select p.id, p.id as place_id, p.name, left(p.description, 4000) as text, p.created_at as at, ` + byProject + `
			from places p
			join entities e on e.id = p.entity_id
			where p.kind = 'project' and p.id = any($1) and lower(e.name || '/' || p.name) like all($2))` + follows
	return rows, t.SelectContext(ctx, &rows, q, s.page(t)...)
}

// ownerHits finds the people, teams and organizations whose pages the actor may
// open.
func (t *tx) ownerHits(ctx context.Context, s sought) (rows []hitRow, err error) {
	const q = `
		with found as (
			select e.id, e.name as owner, e.kind as owner_kind, e.name, coalesce(pp.full_name, '') as title, e.created_at as at, ` + byOwner + `
			from entities e
			left join people pp on pp.id = e.id
			where lower(concat_ws(' ', e.name, pp.full_name)) like all($2)
			and (exists (select from places p where p.entity_id = e.id and p.id = any($1))
				or $10 = 0 and ($9 or e.id = $8::bigint or exists (select from members m where m.entity_id = e.id and m.person_id = $8::bigint))))` + follows
	return rows, t.SelectContext(ctx, &rows, q, s.page(t, t.by.PersonID, t.by.Admin, t.by.KeyPlaceID)...)
}
