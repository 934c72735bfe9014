package db

import (
	"context"
	"fmt"

	"github.com/lib/pq"

	"greenroom/registry"
)

// FindProject returns a project's ID to those who may look into it.
func (db *DB) FindProject(ctx context.Context, by registry.Actor, ref registry.PlaceRef) (id int64, err error) {
	err = db.read(ctx, by, registry.Look, in(ref), func(t *tx) error {
		id = t.place.ID
		return nil
	})
	return id, err
}

// ProjectNews returns what is new on a page of a project's runs, without looking
// for that page again. Returns NotFound where there is no project that the actor
// may look into.
func (db *DB) ProjectNews(ctx context.Context, by registry.Actor, ref registry.PlaceRef, query registry.NewsQuery) (n registry.ProjectNews, err error) {
	err = db.read(ctx, by, registry.Look, in(ref), func(t *tx) error {
		p := &n.ProjectPage
		*p = registry.ProjectPage{Place: t.place, Access: t.access, Query: query.ProjectQuery}
		if err := t.countRuns(ctx, p); err != nil {
			return err
		}
		if n.New, err = t.countNewRuns(ctx, query.Since, p); err != nil {
			return err
		}
		var ids []int64
		const q = `select id from runs where place_id = $1 and name = any($2) and deleted_at is null order by id desc limit $3`
		if err := t.SelectContext(ctx, &ids, q, t.place.ID, pq.Array(query.Runs), 2*registry.PageSize); err != nil {
			return fmt.Errorf("db: runs of a page: %w", err)
		}
		shown := query.ShownColumns()
		if p.Query.Columns = query.Shown; len(shown) > 0 {
			p.Columns = shown
		}
		if p.Runs, err = t.runsOf(ctx, ids, p); err != nil {
			return err
		}
		n.NewColumns = len(shown) == 0 && len(p.Columns) > 0
		p.Query, p.Columns = query.ProjectQuery, shown
		if query.Group != "" {
			p.Groups, p.Runs = registry.GroupRuns(p.Runs, query.Group, nil), nil
		}
		return nil
	})
	return n, err
}

// countNewRuns counts the runs made since another that the page's query finds.
func (t *tx) countNewRuns(ctx context.Context, since int64, p *registry.ProjectPage) (count int, err error) {
	var ids []int64
	const q = `select id from runs where place_id = $1 and id > $2 and deleted_at is null order by id limit $3`
	if err := t.SelectContext(ctx, &ids, q, t.place.ID, since, registry.NewRuns); err != nil {
		return 0, fmt.Errorf("db: new runs: %w", err)
	}
	runs, err := t.runsAsked(ctx, p)
	if err != nil || runs.all() || len(ids) == 0 {
		return len(ids), err
	}
	a := &asked{}
	found := composed + "select count(*) from unnest(" + a.arg(pq.Array(ids)) + "::bigint[]) as new (id) where " + runs.holds(a, "new.id")
	if err := t.GetContext(ctx, &count, found, a.args...); err != nil {
		return 0, fmt.Errorf("db: new runs found: %w", err)
	}
	return count, nil
}
