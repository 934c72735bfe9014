package db

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/lib/pq"

	"greenroom/registry"
)

// ProjectPage returns a page of a project's runs, in a number of statements that
// does not grow with them. Returns NotFound where there is no project that the
// actor may look into, Invalid for a page that cannot be.
func (db *DB) ProjectPage(ctx context.Context, by registry.Actor, ref registry.PlaceRef, query registry.ProjectQuery) (p registry.ProjectPage, err error) {
	mark, _, err := registry.ReadRunMark(query.After)
	if err != nil {
		return p, err
	}
	query.Columns = registry.AskedColumns(query.Columns)
	err = db.read(ctx, by, registry.Look, in(ref), func(t *tx) error {
		p = registry.ProjectPage{Place: t.place, Access: t.access, Query: query}
		if err := t.countRuns(ctx, &p); err != nil {
			return err
		}
		runs, err := t.runsAsked(ctx, &p)
		if err != nil {
			return err
		}
		from := mark
		if query.Group != "" {
			from = registry.RunMark{} // of a page of groups
		}
		page, err := t.sortRuns(ctx, &runs, query.Order, from, registry.PageSize)
		if err != nil {
			return err
		}
		if p.Found = page.found; runs.all() {
			p.Found = p.Total
		}
		if query.Group != "" {
			return t.fillGroups(ctx, runs, page.ids, !page.more, mark, &p)
		}
		if page.more {
			p.Next = page.next.String()
		}
		p.Runs, err = t.runsOf(ctx, page.ids, &p)
		return err
	})
	return p, err
}

// runsOf loads rows of a page, with what the runs made. The first that it loads
// choose the page's columns.
func (t *tx) runsOf(ctx context.Context, ids []int64, p *registry.ProjectPage) (runs []registry.RunRow, err error) {
	rows, err := t.runRows(ctx, ids)
	if err != nil {
		return nil, err
	}
	asked := p.Query.Columns
	if p.Query.Group != "" {
		asked = append(slices.Clone(asked), p.Query.Group)
	}
	values := make([]map[string]registry.RunValue, len(rows))
	for i, row := range rows {
		values[i] = valuesOf(row.Config, row.Progress.Summary)
		askedValues(values[i], row, asked)
	}
	if p.Columns == nil {
		p.Columns = registry.PickColumns(values, p.Query.Columns)
	}
	made, err := t.madeByRuns(ctx, ids)
	if err != nil {
		return nil, err
	}
	for i, row := range rows {
		run := registry.RunRow{Run: row.Run, Maker: row.Maker, Author: row.RunDetail.Author, Values: values[i]}
		run.Tags, run.Config, run.Progress.Summary = row.Tags, "", ""
		all := made[row.ID]
		run.Made = all[:min(len(all), madeShown)]
		run.MadeMore = len(all) - len(run.Made)
		runs = append(runs, run)
	}
	return runs, nil
}

// keysOffered is how many keys a page names of those that its project's runs have
// used.
const keysOffered = 1000

// runsAsked is which runs the page's query asks for, once the keys in it are
// known. It tells the page of the others.
func (t *tx) runsAsked(ctx context.Context, p *registry.ProjectPage) (r runsAsked, err error) {
	var asked []string
	for _, c := range p.Query.Filter.Conditions {
		if asked = append(asked, c.Field); !c.IsValue() {
			asked = append(asked, c.Values...)
		}
	}
	asked = append(asked, p.Query.Order.Field, p.Query.Group)
	const q = `
		select id, name
		from run_keys
		where place_id = $1
		order by name = any($2) desc, name
		limit $3`
	var rows []struct {
		ID   int64
		Name string
	}
	if err := t.SelectContext(ctx, &rows, q, t.place.ID, pq.Array(asked), keysOffered); err != nil {
		return r, fmt.Errorf("db: keys of runs: %w", err)
	}
	r = runsAsked{place: t.place.ID, person: t.by.PersonID, filter: p.Query.Filter, keys: map[string]int64{}, states: p.States}
	for _, row := range rows {
		r.keys[row.Name] = row.ID
		p.Keys = append(p.Keys, row.Name)
	}
	slices.Sort(p.Keys)
	r.makers, err = t.makersNamed(ctx, p.Query.Filter.Words)
	return r, err
}

// makersNamed finds whose names words stand in.
func (t *tx) makersNamed(ctx context.Context, words []string) (map[string][]int64, error) {
	if len(words) == 0 {
		return nil, nil //nolint:nilnil // of no words, nobody
	}
	const q = `
		select w.word, e.id
		from unnest($1::text[], $2::text[]) as w (word, part)
		join (
			select e.id, lower(e.name || ' ' || pp.full_name) as name
			from entities e
			join people pp on pp.id = e.id) e on strpos(e.name, w.part) > 0`
	var parts []string
	for _, w := range words {
		parts = append(parts, strings.ToLower(w))
	}
	var rows []struct {
		Word string
		ID   int64
	}
	if err := t.SelectContext(ctx, &rows, q, pq.Array(words), pq.Array(parts)); err != nil {
		return nil, fmt.Errorf("db: makers of runs: %w", err)
	}
	makers := map[string][]int64{}
	for _, row := range rows {
		makers[row.Word] = append(makers[row.Word], row.ID)
	}
	return makers, nil
}

// countRuns counts what there is.
func (t *tx) countRuns(ctx context.Context, p *registry.ProjectPage) error {
	const states = `
		select state, sum(runs)::bigint as count
		from run_counts
		where place_id = $1
		group by state
		having sum(runs) > 0
		order by count desc, state`
	if err := t.SelectContext(ctx, &p.States, states, t.place.ID); err != nil {
		return fmt.Errorf("db: count runs: %w", err)
	}
	for _, s := range p.States {
		p.Total += s.Count
	}
	q := `
		select
			(select count(*) from collections c where c.place_id = $1 and ` + notKept + `) as artifacts,
			coalesce((select max(id) from runs where place_id = $1 and deleted_at is null), 0) as newest`
	if err := t.GetContext(ctx, p, q, t.place.ID); err != nil {
		return fmt.Errorf("db: count artifacts: %w", err)
	}
	return nil
}

// valuesRead is how much of a run's config and summary a table of runs reads, in
// characters.
const valuesRead = 1 << 18

// madeRun is a run with who made it.
type madeRun struct {
	runRow
	Maker string
}

// runRows loads runs, in the order of their IDs given.
func (t *tx) runRows(ctx context.Context, ids []int64) (rows []madeRun, err error) {
	const q = `
		select r.id, r.place_id, r.name, r.display_name, left(r.notes, 500) as notes, r.group_name as "group", r.job_type, r.tags,
			left(r.config, $2) as config, r.state, r.exit_code, r.created_by, r.created_at, r.ended_at,
			coalesce(e.name, 'greenroom') as maker, coalesce(nullif(pp.full_name, ''), e.name, 'greenroom') as author,
			p.heartbeat_at as "progress.heartbeat_at", left(p.summary, $2) as "progress.summary", p.last_step as "progress.last_step"
		from runs r
		join run_progress p on p.run_id = r.id
		left join entities e on e.id = r.created_by
		left join people pp on pp.id = r.created_by
		where r.id = any($1)
		order by array_position($1, r.id)`
	if err := t.SelectContext(ctx, &rows, q, pq.Array(ids), valuesRead); err != nil {
		return nil, fmt.Errorf("db: runs: %w", err)
	}
	return rows, nil
}

// askedValues adds to a run's values those that were asked for and are not among
// them, wherever they stand.
func askedValues(values map[string]registry.RunValue, row madeRun, asked []string) {
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

// madeShown is how many of the versions a run made its row names: the one that
// stands highest.
const madeShown = 1

// madeByRuns loads, of the newest artifacts of each run, where they stand in
// registered models, or in their source if in none that the actor may see. What
// clients log by themselves is left out.
func (t *tx) madeByRuns(ctx context.Context, runIDs []int64) (map[int64][]registry.MadeVersion, error) {
	if err := t.loadVisible(ctx); err != nil {
		return nil, err
	}
	q := `
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
		where ` + notKept + `
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
