package db

import (
	"context"
	"fmt"
	"time"

	"github.com/lib/pq"

	"greenroom/registry"
)

// ProjectsPage returns the projects the actor may see, by entity, those with the
// latest activity first, in a number of statements that does not grow with them.
// Every word of search must stand in the name of the project or of its entity.
func (db *DB) ProjectsPage(ctx context.Context, by registry.Actor, search string) (p registry.ProjectsPage, err error) {
	err = db.visible(ctx, by, func(t *tx) error {
		p = registry.ProjectsPage{Search: search}
		const q = projectQuery + `
			ranked as (
				select seen.*, count(*) over () as found, count(*) over (partition by entity_id) as total,
					row_number() over (partition by entity_id order by active_at desc, id desc) as rank,
					max(active_at) over (partition by entity_id) as entity_active_at
				from seen)
			select ` + projectColumns + `, found, total
			from ranked
			where rank <= $4
			order by entity_active_at desc, entity_id, rank
			limit $5`
		var rows []projectRow
		if err := t.SelectContext(ctx, &rows, q, pq.Array(t.visible), int64(0), pq.Array(registry.Words(search)), registry.ProjectsPerEntity, registry.MaxProjectRows); err != nil {
			return fmt.Errorf("db: projects: %w", err)
		}
		for _, row := range rows {
			p.Total = row.Found
			n := len(p.Owners)
			if n == 0 || p.Owners[n-1].Entity.ID != row.EntityID {
				p.Owners = append(p.Owners, registry.ProjectOwner{Total: row.Total, Entity: registry.Entity{
					ID: row.EntityID, Kind: row.EntityKind, Name: row.EntityName,
				}})
				n++
			}
			p.Owners[n-1].Projects = append(p.Owners[n-1].Projects, row.project())
			p.Shown++
		}
		return nil
	})
	return p, err
}

// projectRow is a project with its newest run.
type projectRow struct {
	ID          int64
	Name        string
	Description string
	CreatedAt   time.Time
	EntityID    int64
	EntityName  string
	EntityKind  registry.EntityKind
	ActiveAt    time.Time
	RunName     string
	RunTitle    string
	RunState    registry.RunState
	Author      string
	Runs, Live  int
	Found       int // projects in all
	Total       int // of them in the entity
}

// projectQuery makes seen, the projects among $1 of the entity $2, 0 for all,
// in whose names every word of $3 stands; more follows.
const projectQuery = `
	with seen as (
		select p.id, p.name, p.description, p.created_at, p.entity_id, e.name as entity_name, e.kind as entity_kind,
			coalesce(newest.active_at, p.created_at) as active_at, coalesce(newest.name, '') as run_name,
			coalesce(newest.display_name, '') as run_title, coalesce(newest.state, '') as run_state,
			coalesce(nullif(pp.full_name, ''), maker.name, case when newest.name is null then '' else 'greenroom' end) as author
		from places p
		join entities e on e.id = p.entity_id
		left join lateral (
			select r.name, r.display_name, r.state, r.created_by, greatest(r.created_at, rp.heartbeat_at) as active_at
			from runs r
			join run_progress rp on rp.run_id = r.id
			where r.place_id = p.id and r.deleted_at is null
			order by r.created_at desc, r.id desc
			limit 1) newest on true
		left join entities maker on maker.id = newest.created_by
		left join people pp on pp.id = newest.created_by
		where p.kind = 'project' and p.id = any($1) and ($2 = 0 or p.entity_id = $2)
		and not exists (
			select from unnest($3::text[]) as w
			where strpos(lower(e.name || '/' || p.name), w) = 0)),`

// projectColumns selects a projectRow of those that are shown.
const projectColumns = `
	id, name, description, created_at, entity_id, entity_name, entity_kind, active_at, run_name, run_title, run_state, author,
	(select coalesce(sum(c.runs), 0)::bigint from run_counts c where c.place_id = ranked.id) as runs,
	(select coalesce(sum(c.runs), 0)::bigint from run_counts c where c.place_id = ranked.id
		and c.state in ('running', 'preempting', 'pending')) as live`

func (row projectRow) project() registry.ProjectRow {
	p := registry.ProjectRow{
		Place: registry.Place{
			ID: row.ID, Kind: registry.ProjectPlace, Name: row.Name, Description: row.Description, CreatedAt: row.CreatedAt,
			EntityID: row.EntityID, EntityName: row.EntityName, EntityKind: row.EntityKind,
		},
		Runs: row.Runs, Live: row.Live, ActiveAt: row.ActiveAt, Author: row.Author,
	}
	if row.RunName != "" {
		p.NewestRun = &registry.RunAt{Place: p.Place, Name: row.RunName, DisplayName: row.RunTitle, State: row.RunState}
	}
	return p
}
