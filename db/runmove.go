package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"greenroom/registry"
)

// ProjectsToMoveTo returns the names of the projects that a run may be moved to:
// the others of its team or person.
func (db *DB) ProjectsToMoveTo(ctx context.Context, by registry.Actor, ref registry.RunRef) (names []string, err error) {
	err = db.read(ctx, by, registry.Log, inPlaceOfRun(ref), func(t *tx) error {
		const q = `
			select name from places
			where entity_id = $1 and kind = 'project' and id <> $2
			order by lower(name)`
		if err := t.SelectContext(ctx, &names, q, t.place.EntityID, t.place.ID); err != nil {
			return fmt.Errorf("db: projects to move to: %w", err)
		}
		return nil
	})
	return names, err
}

// MoveRun puts a run into another project of the same team or person, with what it
// logged; the versions it made stay where they are. A run that is there already is
// not an error. Returns Conflict for one that still logs, Invalid if the project
// is not there or has a run of its ID.
func (db *DB) MoveRun(ctx context.Context, by registry.Actor, ref registry.RunRef, project string) (was, is registry.RunDetail, err error) {
	err = db.change(ctx, by, registry.Log, inPlaceOfRun(ref), func(t *tx) error {
		id, err := t.lockRun(ctx, ref)
		if err != nil {
			return err
		}
		if was, err = t.run(ctx, id); err != nil {
			return err
		}
		if err := was.CheckMove(t.by); err != nil {
			return err
		}
		if err := t.enterSibling(ctx, project); err != nil {
			return err
		}
		if t.place.ID == was.PlaceID {
			is = was
			return nil
		}
		const taken = `select exists (select from runs where place_id = $1 and name = $2)`
		var there bool
		if err := t.GetContext(ctx, &there, taken, t.place.ID, was.Name); err != nil {
			return fmt.Errorf("db: move run: %w", err)
		}
		if there {
			return registry.InField("project", "There is or was a run with the ID %s in %s. The run stays where it is.", was.Name, t.place.Name)
		}
		// The names of values are those of a project.
		if err := t.dropValues(ctx, id); err != nil {
			return err
		}
		const q = `update runs set place_id = $2 where id = $1`
		if _, err := t.ExecContext(ctx, q, id, t.place.ID); err != nil {
			return err
		}
		if err := t.keepEdited(ctx, id, registry.RunEdit{Config: &was.Config, Summary: &was.Progress.Summary}); err != nil {
			return err
		}
		if is, err = t.run(ctx, id); err != nil {
			return err
		}
		return t.record(ctx, registry.RunMoved{RunID: id, FromID: was.PlaceID, PlaceID: is.PlaceID, From: was.Ref().String(), Run: is.Ref().String()})
	})
	return was, is, err
}

// enterSibling makes another project of the same team or person the place of the
// transaction, for those who may log there.
func (t *tx) enterSibling(ctx context.Context, project string) error {
	err := in(registry.Project(t.place.EntityName, project))(ctx, t)
	if errors.Is(err, sql.ErrNoRows) || err == nil && !t.access.Can(registry.Look) {
		return registry.InField("project", "There is no project called %s here.", project)
	}
	if err != nil {
		return err
	}
	return t.access.Require(registry.Log)
}

// MovedRun returns the run that an address led to before it was moved, NotFound if
// there is none or another project's are not for the actor to see.
func (db *DB) MovedRun(ctx context.Context, by registry.Actor, ref registry.RunRef) (run registry.RunDetail, err error) {
	err = db.read(ctx, by, registry.Look, in(ref.Place), func(t *tx) error {
		const q = `
			select r.id, r.place_id
			from event_subjects s
			join events e on e.id = s.event_id and e.name = 'run.moved' and e.payload ->> 'from' = $1
			join event_subjects m on m.event_id = e.id and m.kind = 'run'
			join runs r on r.id = m.subject_id and r.deleted_at is null
			where s.kind = 'place' and s.subject_id = $2
			order by e.id desc
			limit 1`
		from := registry.RunRef{Place: t.place.Ref(), Name: ref.Name}
		var row struct{ ID, PlaceID int64 }
		if err := t.GetContext(ctx, &row, q, from.String(), t.place.ID); err != nil {
			return err
		}
		if err := in(registry.PlaceRef{ID: row.PlaceID})(ctx, t); err != nil {
			return err
		}
		if err := t.access.Require(registry.Look); err != nil {
			return err
		}
		run, err = t.run(ctx, row.ID)
		return err
	})
	return run, err
}
