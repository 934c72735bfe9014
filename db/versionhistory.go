package db

import (
	"context"
	"fmt"

	"github.com/lib/pq"

	"greenroom/registry"
)

// fillEvents adds a page of what happened to a version, latest first, in the
// places that the actor may look into.
func (t *tx) fillEvents(ctx context.Context, p *registry.VersionPage) error {
	if err := t.loadVisible(ctx); err != nil {
		return err
	}
	const q = `
		select e.id, e.at, e.actor, ` + called + `, e.door, coalesce(e.key_id, 0) as key_id, e.name, e.reason, e.payload
		from event_subjects s
		join events e on e.id = s.event_id
		where s.kind = 'artifact' and s.subject_id = $1 and ($2 = 0 or s.event_id < $2) and e.place_id = any($3)
		order by s.event_id desc
		limit $4`
	if err := t.SelectContext(ctx, &p.Events, q, p.ArtifactID, p.Query.Before, pq.Array(t.visible), registry.VersionEventsPage+1); err != nil {
		return fmt.Errorf("db: history of a version: %w", err)
	}
	if len(p.Events) > registry.VersionEventsPage {
		p.Events = p.Events[:registry.VersionEventsPage]
		p.Earlier = p.Events[registry.VersionEventsPage-1].ID
	}
	return nil
}

// usersOf returns a page of the runs that used an artifact and that the actor may
// see, newest first.
func (t *tx) usersOf(ctx context.Context, artifactID, before int64) (list registry.RunBriefList, err error) {
	if err := t.loadVisible(ctx); err != nil {
		return list, err
	}
	const q = `
		select r.id, r.place_id, r.name, r.display_name, r.state
		from lineage l
		join runs r on r.id = l.run_id and r.deleted_at is null
		where l.artifact_id = $1 and l.direction = 'used' and ($2 = 0 or l.run_id < $2) and r.place_id = any($3)
		order by l.run_id desc
		limit $4`
	var rows []struct {
		registry.RunBrief
		PlaceID int64
	}
	if err := t.SelectContext(ctx, &rows, q, artifactID, before, pq.Array(t.visible), registry.VersionRunsPage+1); err != nil {
		return list, fmt.Errorf("db: runs that used a version: %w", err)
	}
	if list.More = len(rows) > registry.VersionRunsPage; list.More {
		rows = rows[:registry.VersionRunsPage]
	}
	ids := make([]int64, len(rows))
	for i, row := range rows {
		ids[i] = row.PlaceID
	}
	places, err := t.placesByID(ctx, ids)
	for _, row := range rows {
		row.Place = places[row.PlaceID].Place
		list.Runs = append(list.Runs, row.RunBrief)
	}
	return list, err
}
