package db

import (
	"context"
	"fmt"
	"slices"

	"github.com/lib/pq"

	"greenroom/registry"
)

// ProjectPage returns a page of a project's runs, newest first, in a number of
// statements that does not grow with them. Returns NotFound where there is no
// project that the actor may look into, Invalid for a page that cannot be.
func (db *DB) ProjectPage(ctx context.Context, by registry.Actor, ref registry.PlaceRef, query registry.ProjectQuery) (p registry.ProjectPage, err error) {
	mark, marked, err := registry.ReadPageMark(query.After)
	if err != nil {
		return p, err
	}
	if !marked {
		mark = registry.NewestMark()
	}
	query.Columns = registry.AskedColumns(query.Columns)
	err = db.read(ctx, by, registry.Look, in(ref), func(t *tx) error {
		p = registry.ProjectPage{Place: t.place, Access: t.access, Query: query}
		if err := t.countRuns(ctx, &p); err != nil {
			return err
		}
		found, err := t.findRuns(ctx, mark, &p)
		if err != nil {
			return err
		}
		rows, err := t.runRows(ctx, found)
		if err != nil {
			return err
		}
		if len(rows) > registry.PageSize {
			rows = rows[:registry.PageSize]
			last := rows[len(rows)-1]
			p.Next = registry.PageMark{At: last.CreatedAt, ID: last.ID}.String()
		}
		values := make([]map[string]registry.RunValue, len(rows))
		ids := make([]int64, len(rows))
		for i, row := range rows {
			ids[i], values[i] = row.ID, valuesOf(row.Config, row.Progress.Summary)
			askedValues(values[i], row, query.Columns)
		}
		p.Columns, p.Offered = registry.PickColumns(values, query.Columns)
		made, err := t.madeByRuns(ctx, ids)
		if err != nil {
			return err
		}
		for i, row := range rows {
			run := registry.RunRow{Run: row.Run, Author: row.Author, Values: values[i]}
			run.Tags, run.Config, run.Progress.Summary = row.Tags, "", ""
			all := made[row.ID]
			run.Made = all[:min(len(all), madeShown)]
			run.MadeMore = len(all) - len(run.Made)
			p.Runs = append(p.Runs, run)
		}
		return nil
	})
	return p, err
}

// countRuns counts what there is.
func (t *tx) countRuns(ctx context.Context, p *registry.ProjectPage) error {
	const states = `
		select state, count(*) as count
		from runs
		where place_id = $1 and deleted_at is null
		group by state
		order by count desc, state`
	if err := t.SelectContext(ctx, &p.States, states, t.place.ID); err != nil {
		return fmt.Errorf("db: count runs: %w", err)
	}
	for _, s := range p.States {
		p.Total += s.Count
		if p.Query.State == "" || p.Query.State == s.State {
			p.Found += s.Count
		}
	}
	const q = `select count(*) from collections where place_id = $1`
	if err := t.GetContext(ctx, &p.Artifacts, q, t.place.ID); err != nil {
		return fmt.Errorf("db: count artifacts: %w", err)
	}
	return nil
}

// findRuns returns the IDs of a page of the runs in the state asked for in which
// every word stands somewhere a person would look, and of one more. It counts
// what it found.
func (t *tx) findRuns(ctx context.Context, mark registry.PageMark, p *registry.ProjectPage) (page []int64, err error) {
	words := registry.Words(p.Query.Search)
	if len(words) == 0 {
		return t.newestRuns(ctx, mark, p.Query.State)
	}
	long, short := patterns(words)
	const q = `
		with names as materialized (
			select e.id, lower(concat_ws(' ', '', e.name, pp.full_name)) as words
			from entities e
			join people pp on pp.id = e.id
			where lower(concat_ws(' ', '', e.name, pp.full_name)) like any($3)
		), found as materialized (
			select w.run_id as id, w.created_at
			from run_words w
			left join names n on n.id = w.created_by
			where w.place_id = $1 and (w.words like all($3) or w.words || n.words like all($3))
			and ($2 = '' or exists (select from runs r where r.id = w.run_id and r.state = $2)))
		select (select count(*) from found), array(
			select id
			from found
			where (created_at, id) < ($4, $5)
			order by created_at desc, id desc
			limit $6)`
	err = t.QueryRowxContext(ctx, q, t.place.ID, p.Query.State, pq.Array(slices.Concat(long, short)), mark.At, mark.ID, registry.PageSize+1).
		Scan(&p.Found, (*pq.Int64Array)(&page))
	if err != nil {
		return nil, fmt.Errorf("db: find runs: %w", err)
	}
	return page, nil
}

// newestRuns returns the IDs of a page of the runs in a state, "" for any, and of
// one more.
func (t *tx) newestRuns(ctx context.Context, mark registry.PageMark, state registry.RunState) (page []int64, err error) {
	const q = `
		select id
		from runs
		where place_id = $1 and deleted_at is null and (created_at, id) < ($2, $3)`
	const behind = `
		order by created_at desc, id desc
		limit $4`
	if state == "" {
		err = t.SelectContext(ctx, &page, q+behind, t.place.ID, mark.At, mark.ID, registry.PageSize+1)
	} else {
		err = t.SelectContext(ctx, &page, q+` and state = $5`+behind, t.place.ID, mark.At, mark.ID, registry.PageSize+1, state)
	}
	if err != nil {
		return nil, fmt.Errorf("db: newest runs: %w", err)
	}
	return page, nil
}

// valuesRead is how much of a run's config and summary a table of runs reads, in
// characters.
const valuesRead = 1 << 18

// runRows loads runs, newest first.
func (t *tx) runRows(ctx context.Context, ids []int64) (rows []runRow, err error) {
	const q = `
		select r.id, r.place_id, r.name, r.display_name, left(r.notes, 500) as notes, r.group_name as "group", r.job_type, r.tags,
			left(r.config, $2) as config, r.state, r.exit_code, r.created_by, r.created_at, r.ended_at,
			coalesce(nullif(pp.full_name, ''), e.name, 'greenroom') as author,
			p.heartbeat_at as "progress.heartbeat_at", left(p.summary, $2) as "progress.summary", p.last_step as "progress.last_step"
		from runs r
		join run_progress p on p.run_id = r.id
		left join entities e on e.id = r.created_by
		left join people pp on pp.id = r.created_by
		where r.id = any($1)
		order by r.created_at desc, r.id desc`
	if err := t.SelectContext(ctx, &rows, q, pq.Array(ids), valuesRead); err != nil {
		return nil, fmt.Errorf("db: runs: %w", err)
	}
	return rows, nil
}

// askedValues adds to a run's values those that were asked for and are not among
// them, wherever they stand.
func askedValues(values map[string]registry.RunValue, row runRow, asked []string) {
	for _, name := range asked {
		if _, known := values[name]; known {
			continue
		}
		switch v := row.value(name).(type) {
		case float64:
			values[name] = registry.RunValue{Number: v, IsNumber: true}
		case string:
			values[name] = registry.RunValue{Text: registry.CutText(v)}
		case bool:
			values[name] = registry.RunValue{Text: fmt.Sprint(v)}
		}
	}
}

// madeShown is how many of the versions a run made its row names.
const madeShown = 2

// madeByRuns loads, of the newest artifacts of each run, where they stand in
// registered models, or in their source if in none that the actor may see. What
// clients log by themselves is left out.
func (t *tx) madeByRuns(ctx context.Context, runIDs []int64) (map[int64][]registry.MadeVersion, error) {
	if err := t.loadVisible(ctx); err != nil {
		return nil, err
	}
	const q = `
		select r.id as run_id, a.id as artifact_id, c.place_id, c.name as collection, c.type, v.number, c.kind = 'model' as linked,
			coalesce(s.name, '') as name, coalesce(s.position, 0) as position, coalesce(s.color, '') as color
		from unnest($1::bigint[]) as r (id)
		cross join lateral (
			select l.artifact_id
			from lineage l
			where l.run_id = r.id and l.direction = 'made'
			order by l.artifact_id desc
			limit 20) made
		join artifacts a on a.id = made.artifact_id and a.state = 'committed'
		join versions v on v.artifact_id = a.id
		join collections c on c.id = v.collection_id and c.place_id = any($2)
		left join lateral (
			select s.name, s.position, s.color
			from aliases al
			join stages s on s.place_id = c.place_id and s.name = al.name
			where al.version_id = v.id
			order by s.position desc
			limit 1) s on true
		where c.type not in ('job', 'code', 'run_table') and c.type not like 'wandb-%'
		order by r.id, linked desc, s.position desc nulls last, v.linked_at desc, v.id desc`
	var rows []madeRow
	if err := t.SelectContext(ctx, &rows, q, pq.Array(runIDs), pq.Array(t.visible)); err != nil {
		return nil, fmt.Errorf("db: versions of runs: %w", err)
	}
	var placeIDs []int64
	for _, row := range rows {
		placeIDs = append(placeIDs, row.PlaceID)
	}
	places, err := t.placesByID(ctx, placeIDs)
	if err != nil {
		return nil, err
	}
	return madeVersions(rows, places), nil
}

type madeRow struct {
	RunID, ArtifactID, PlaceID int64
	registry.MadeVersion
	registry.Stage
}

// madeVersions are rows by run, links first, without the sources of what is
// linked.
func madeVersions(rows []madeRow, places map[int64]placeRow) map[int64][]registry.MadeVersion {
	made := map[int64][]registry.MadeVersion{}
	linked := map[int64]bool{}
	for _, row := range rows {
		if !row.Linked && linked[row.ArtifactID] {
			continue
		}
		linked[row.ArtifactID] = row.Linked
		v := row.MadeVersion
		v.Place = places[row.PlaceID].Place
		if row.Color != "" {
			v.Stage = new(row.Stage)
		}
		made[row.RunID] = append(made[row.RunID], v)
	}
	return made
}
