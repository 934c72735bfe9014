package db

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/lib/pq"

	"greenroom/registry"
)

// notKept is the condition that a collection c is no bookkeeping (registry.TypeCount).
// The indexes of migration 0012 hold no others, and are used where it stands as it
// does there.
var notKept = `not (c.type = any ('{` + strings.Join(registry.Bookkeeping, ",") + `}') or c.type like 'wandb-%')`

// ArtifactsPage returns what a project's scripts logged, latest change first, in
// a number of statements that does not grow with it. Returns NotFound where there
// is no project that the actor may look into, Invalid for a page that cannot be.
func (db *DB) ArtifactsPage(ctx context.Context, by registry.Actor, ref registry.PlaceRef, query registry.ArtifactsQuery) (p registry.ArtifactsPage, err error) {
	mark, after, err := registry.ReadPageMark(query.After)
	if err != nil {
		return p, err
	}
	if !after {
		mark.At = time.Unix(0, 0)
	}
	err = db.read(ctx, by, registry.Look, in(ref), func(t *tx) error {
		p = registry.ArtifactsPage{Place: t.place, Access: t.access, Query: query}
		const types = `select type, count(*) as count from collections where place_id = $1 group by type order by type`
		if err := t.SelectContext(ctx, &p.Types, types, t.place.ID); err != nil {
			return fmt.Errorf("db: artifact types: %w", err)
		}
		const runs = `select coalesce(sum(runs), 0) from run_counts where place_id = $1`
		if err := t.GetContext(ctx, &p.Runs, runs, t.place.ID); err != nil {
			return fmt.Errorf("db: count runs: %w", err)
		}
		q := `
			select c.id, c.place_id, c.kind, c.name, c.type, c.description, c.tags, c.next_number, c.versions, c.created_by, c.created_at, c.changed_at,
				coalesce(newest.id, 0) as newest_id, coalesce(newest.number, -1) as newest, coalesce(newest.size, 0) as size,
				coalesce(newest.author, '') as author, coalesce(newest.about, '') as about
			from collections c
			left join lateral (
				select v.id, v.number, a.size, left(a.description, 400) as about, coalesce(nullif(pp.full_name, ''), e.name, 'greenroom') as author
				from versions v
				join artifacts a on a.id = v.artifact_id
				left join entities e on e.id = a.created_by
				left join people pp on pp.id = a.created_by
				where v.collection_id = c.id
				order by v.number desc
				limit 1) newest on true
			where c.place_id = $1 and ($2 = '' and ` + notKept + ` or c.type = $2) and (not $3 or (c.changed_at, c.id) < ($4, $5))
				and lower(c.name) like all($7)
			order by c.changed_at desc, c.id desc
			limit $6`
		var rows []struct {
			registry.ArtifactRow
			Tags     pq.StringArray
			NewestID int64
		}
		if err := t.SelectContext(ctx, &rows, q, t.place.ID, query.Type, after, mark.At, mark.ID, registry.PageSize+1, pq.Array(anywhere(registry.Words(query.Search)))); err != nil {
			return fmt.Errorf("db: artifacts of a project: %w", err)
		}
		if len(rows) > registry.PageSize {
			rows = rows[:registry.PageSize]
			last := rows[len(rows)-1]
			p.Next = registry.PageMark{At: last.ChangedAt, ID: last.ID}.String()
		}
		newest := make([]int64, len(rows))
		for i, row := range rows {
			newest[i] = row.NewestID
		}
		aliases, err := t.aliasesOf(ctx, newest)
		if err != nil {
			return err
		}
		for _, row := range rows {
			row.ArtifactRow.Tags = row.Tags
			for _, a := range aliases[row.NewestID] {
				row.Aliases = append(row.Aliases, a.Name)
			}
			p.Rows = append(p.Rows, row.ArtifactRow)
		}
		return nil
	})
	return p, err
}
