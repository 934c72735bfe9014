package db

import (
	"context"
	"fmt"

	"github.com/lib/pq"

	"greenroom/registry"
)

// UseArtifact writes down that a run uses an artifact, once, and returns it. It
// takes the right to log where the run is and to download the artifact where it
// was found. A run that uses what it made itself adds nothing.
func (db *DB) UseArtifact(ctx context.Context, by registry.Actor, use registry.Use) (d registry.VersionDetail, err error) {
	err = db.change(ctx, by, registry.Log, inPlaceOfRun(use.Run), func(t *tx) error {
		runID, err := t.runID(ctx, use.Run)
		if err != nil {
			return err
		}
		id, err := t.artifactID(ctx, use.Artifact)
		if err != nil {
			return err
		}
		if d, err = t.artifactDetail(ctx, id); err != nil {
			return err
		}
		if err := t.mayUse(ctx, d, use.Through); err != nil {
			return err
		}
		if d.Artifact.State == registry.Pending {
			return registry.Errorf(registry.Invalid, "The artifact is not complete yet. Wait until it is logged, then use it.")
		}
		const q = `
			insert into lineage (run_id, artifact_id, direction, at)
			select $1, $2, 'used', $3
			where not exists (select from lineage where run_id = $1 and artifact_id = $2 and direction = 'made')
			on conflict do nothing`
		if _, err := t.ExecContext(ctx, q, runID, d.Artifact.ID, t.at); err != nil {
			return fmt.Errorf("db: use artifact: %w", err)
		}
		return nil
	})
	return d, err
}

// mayUse returns an error unless the actor may download an artifact where they
// found it, or anywhere if they do not say.
func (t *tx) mayUse(ctx context.Context, d registry.VersionDetail, through registry.PlaceRef) error {
	if through == (registry.PlaceRef{}) {
		rows, err := t.placesOf(ctx, d.Artifact.ID)
		if err != nil {
			return err
		}
		way := t.bestOf(rows, registry.Download)
		return t.accessIn(way).Require(registry.Download)
	}
	row, err := t.findPlace(ctx, through)
	if err != nil {
		return err
	}
	for _, s := range d.Standings {
		if s.Place.ID == row.ID {
			return t.accessIn(row).Require(registry.Download)
		}
	}
	return registry.ErrNothing
}

// RunArtifacts returns what a run made or used, in the order of the artifacts'
// IDs and as it stands in its source. What the actor may not see is only counted.
func (db *DB) RunArtifacts(ctx context.Context, by registry.Actor, ref registry.RunRef, way registry.Direction, part registry.LineageRange) (list registry.VersionList, err error) {
	err = db.read(ctx, by, registry.Look, inPlaceOfRun(ref), func(t *tx) error {
		runID, err := t.runID(ctx, ref)
		if err != nil {
			return err
		}
		list, err = t.runArtifacts(ctx, runID, way, part)
		return err
	})
	return list, err
}

func (t *tx) runArtifacts(ctx context.Context, runID int64, way registry.Direction, part registry.LineageRange) (list registry.VersionList, err error) {
	if err := t.loadVisible(ctx); err != nil {
		return list, err
	}
	const seen = `
		from lineage l
		join artifacts a on a.id = l.artifact_id and a.state = 'committed'
		cross join lateral (select exists (
			select from versions v
			join collections c on c.id = v.collection_id
			where v.artifact_id = a.id and c.place_id = any($3)) as seen) s
		where l.run_id = $1 and l.direction = $2`
	const count = `select count(*) filter (where seen) as total, count(*) filter (where not seen) as hidden` + seen
	var counted struct{ Total, Hidden int }
	if err := t.GetContext(ctx, &counted, count, runID, way, pq.Array(t.visible)); err != nil {
		return list, fmt.Errorf("db: count artifacts of run: %w", err)
	}
	list.Total, list.Hidden = counted.Total, counted.Hidden
	const q = `select a.id as artifact_id, 0 as version_id` + seen + ` and seen and a.id > $4 order by a.id limit $5`
	var picks []pick
	if err := t.SelectContext(ctx, &picks, q, runID, way, pq.Array(t.visible), part.After, part.First+1); err != nil {
		return list, fmt.Errorf("db: artifacts of run: %w", err)
	}
	if list.More = len(picks) > part.First; list.More {
		picks = picks[:part.First]
	}
	err = t.fillPage(ctx, &list, picks)
	return list, err
}

// ArtifactRuns returns the runs that made or used an artifact, in the order of
// their IDs. Those the actor may not see are only counted.
func (db *DB) ArtifactRuns(ctx context.Context, by registry.Actor, ref registry.ArtifactRef, way registry.Direction, part registry.LineageRange) (list registry.RunBriefList, err error) {
	err = db.read(ctx, by, registry.Look, throughArtifact(ref, registry.Look), func(t *tx) error {
		id := t.artifact
		if err := t.loadVisible(ctx); err != nil {
			return err
		}
		const edges = `
			from lineage l
			join runs r on r.id = l.run_id and r.deleted_at is null
			where l.artifact_id = $1 and l.direction = $2`
		const count = `
			select count(*) filter (where r.place_id = any($3)) as total, count(*) filter (where r.place_id <> all($3)) as hidden` + edges
		var counted struct{ Total, Hidden int }
		if err := t.GetContext(ctx, &counted, count, id, way, pq.Array(t.visible)); err != nil {
			return fmt.Errorf("db: count runs of artifact: %w", err)
		}
		list.Total, list.Hidden = counted.Total, counted.Hidden
		const q = `
			select r.id, r.place_id, r.name, r.display_name, r.state` + edges + ` and r.place_id = any($3) and r.id > $4
			order by r.id
			limit $5`
		var rows []struct {
			registry.RunBrief
			PlaceID int64
		}
		if err := t.SelectContext(ctx, &rows, q, id, way, pq.Array(t.visible), part.After, part.First+1); err != nil {
			return fmt.Errorf("db: runs of artifact: %w", err)
		}
		if list.More = len(rows) > part.First; list.More {
			rows = rows[:part.First]
		}
		var ids []int64
		for _, row := range rows {
			ids = append(ids, row.PlaceID)
		}
		places, err := t.placesByID(ctx, ids)
		for _, row := range rows {
			row.Place = places[row.PlaceID].Place
			list.Runs = append(list.Runs, row.RunBrief)
		}
		return err
	})
	return list, err
}

// otherUsers returns, by artifact, the runs besides one that use versions and that
// the actor may see. It stops counting where there are many, so that what everybody
// uses costs no more than what some do.
func (t *tx) otherUsers(ctx context.Context, runID int64, versions []registry.VersionDetail) (map[int64]registry.OtherUsers, error) {
	ids := make([]int64, len(versions))
	for i, v := range versions {
		ids[i] = v.Artifact.ID
	}
	const q = `
		select asked.id as artifact_id, u.id, u.name, u.display_name, u.state, u.counted,
			p.id as "place.id", p.kind as "place.kind", p.name as "place.name", e.name as "place.entity_name"
		from unnest($1::bigint[]) as asked (id)
		cross join lateral (
			select r.*, count(*) over () as counted
			from (
				select r.id, r.place_id, r.name, r.display_name, r.state
				from lineage l
				join runs r on r.id = l.run_id and r.deleted_at is null
				where l.artifact_id = asked.id and l.direction = 'used' and l.run_id <> $2 and r.place_id = any($3)
				order by l.run_id desc
				limit $4) r
			order by r.id desc
			limit $5) u
		join places p on p.id = u.place_id
		join entities e on e.id = p.entity_id
		order by asked.id, u.id desc`
	var rows []struct {
		registry.RunBrief
		ArtifactID int64
		Counted    int
	}
	const most = registry.OtherUsersNamed + registry.OtherUsersCounted
	if err := t.SelectContext(ctx, &rows, q, pq.Array(ids), runID, pq.Array(t.visible), most+1, registry.OtherUsersNamed); err != nil {
		return nil, fmt.Errorf("db: other users of versions: %w", err)
	}
	users := map[int64]registry.OtherUsers{}
	for _, row := range rows {
		u := users[row.ArtifactID]
		u.Runs = append(u.Runs, row.RunBrief)
		u.More, u.Many = min(row.Counted, most)-len(u.Runs), row.Counted > most
		users[row.ArtifactID] = u
	}
	return users, nil
}

// addLineage writes an edge down, once.
func (t *tx) addLineage(ctx context.Context, runID, artifactID int64, way registry.Direction) error {
	const q = `
		insert into lineage (run_id, artifact_id, direction, at)
		values ($1, $2, $3, $4)
		on conflict do nothing`
	if _, err := t.ExecContext(ctx, q, runID, artifactID, way, t.at); err != nil {
		return fmt.Errorf("db: lineage: %w", err)
	}
	return nil
}

// runID returns the ID of a run in the place, whether or not it was deleted, and
// sql.ErrNoRows if there is none.
func (t *tx) runID(ctx context.Context, ref registry.RunRef) (id int64, err error) {
	const q = `select id from runs where place_id = $1 and ($2 <> 0 and id = $2 or $2 = 0 and name = $3)`
	err = t.GetContext(ctx, &id, q, t.place.ID, ref.ID, ref.Name)
	return id, err
}
