package db

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"strings"

	"github.com/lib/pq"

	"greenroom/registry"
)

// UpsertRun makes a run, and the project if there is none, or changes one that
// is there. inserted reports whether the run is new. Returns Gone for a deleted
// run, Invalid for a config that is too large: one that comes while a script logs
// is dropped with a warning on the run.
func (db *DB) UpsertRun(ctx context.Context, by registry.Actor, edit registry.RunEdit) (run registry.RunDetail, inserted bool, err error) {
	var dropped []string
	if edit.Logs {
		dropped = edit.DropLarge()
	}
	if err := edit.Check(); err != nil {
		return run, false, err
	}
	err = db.change(ctx, by, registry.Log, inNewProjectOf(edit.Run), func(t *tx) error {
		if edit.Run.ID == 0 {
			if edit.Run.Name == "" {
				edit.Run.Name = strings.ToLower(rand.Text()[:8])
			}
			if inserted, err = t.insertRun(ctx, edit); err != nil {
				return err
			}
			if inserted && len(dropped) > 0 {
				return registry.TooLargeForRun(dropped[0])
			}
		}
		id, err := t.lockRun(ctx, edit.Run)
		if err != nil {
			return err
		}
		if run, err = t.run(ctx, id); err != nil {
			return err
		}
		if inserted {
			err = t.record(ctx, registry.RunCreated{RunID: id, PlaceID: run.PlaceID, Run: run.Ref().String(), DisplayName: run.DisplayName})
		} else {
			err = t.editRun(ctx, edit, run)
		}
		if err != nil {
			return err
		}
		if err := t.warnOfDropped(ctx, run, dropped); err != nil {
			return err
		}
		run, err = t.run(ctx, id)
		return err
	})
	if err == nil && (edit.Config != nil || edit.Summary != nil) {
		db.notices.add(run.ID, registry.NewSummary)
	}
	return run, inserted, err
}

// Run returns a run. Returns NotFound for one that was deleted.
func (db *DB) Run(ctx context.Context, by registry.Actor, ref registry.RunRef) (run registry.RunDetail, err error) {
	err = db.read(ctx, by, registry.Look, inPlaceOfRun(ref), func(t *tx) error {
		if ref.ID != 0 {
			run, err = t.run(ctx, ref.ID)
			return err
		}
		const q = `select id from runs where place_id = $1 and name = $2`
		var id int64
		if err := t.GetContext(ctx, &id, q, t.place.ID, ref.Name); err != nil {
			return err
		}
		run, err = t.run(ctx, id)
		return err
	})
	return run, err
}

// DeleteRun takes a run away; what was made by it stays. Its maker may, and
// administrators. A run that is gone already is not an error.
func (db *DB) DeleteRun(ctx context.Context, by registry.Actor, ref registry.RunRef) error {
	return db.change(ctx, by, registry.Log, inPlaceOfRun(ref), func(t *tx) error {
		id, err := t.lockRun(ctx, ref)
		if registry.KindOf(err) == registry.Gone {
			return nil
		}
		if err != nil {
			return err
		}
		run, err := t.run(ctx, id)
		if err != nil {
			return err
		}
		if !run.MayDelete(t.by) {
			return registry.Errorf(registry.Denied, "The run %s is %s's. They can delete it, and administrators of %s can.", run.Name, run.Author, t.place.EntityName)
		}
		const q = `update runs set deleted_at = $2 where id = $1`
		if _, err := t.ExecContext(ctx, q, id, t.at); err != nil {
			return fmt.Errorf("db: delete run: %w", err)
		}
		if err := t.dropValues(ctx, id); err != nil {
			return err
		}
		return t.record(ctx, registry.RunDeleted{RunID: id, PlaceID: run.PlaceID, Run: run.Ref().String()})
	})
}

// StopRun asks a run's script to stop; it hears of it within seconds. asked is
// false if the run is over already.
func (db *DB) StopRun(ctx context.Context, by registry.Actor, ref registry.RunRef) (asked bool, err error) {
	err = db.change(ctx, by, registry.Log, inPlaceOfRun(ref), func(t *tx) error {
		id, err := t.lockRun(ctx, ref)
		if err != nil {
			return err
		}
		run, err := t.run(ctx, id)
		if err != nil || !run.State.Live() {
			return err
		}
		if asked = true; run.StopAsked {
			return nil
		}
		const q = `update runs set stop_asked_at = $2 where id = $1`
		if _, err := t.ExecContext(ctx, q, id, t.at); err != nil {
			return fmt.Errorf("db: stop run: %w", err)
		}
		return t.record(ctx, registry.RunStopAsked{RunID: id, PlaceID: run.PlaceID, Run: run.Ref().String()})
	})
	return asked, err
}

// inPlaceOfRun is the place of a run by ID or address.
func inPlaceOfRun(ref registry.RunRef) place {
	if ref.ID == 0 {
		return in(ref.Place)
	}
	return inPlaceOf(`select place_id from runs where id = $1`, ref.ID)
}

// inNewProjectOf is inPlaceOfRun, making the project that the address names.
func inNewProjectOf(ref registry.RunRef) place {
	if ref.ID != 0 {
		return inPlaceOfRun(ref)
	}
	if ref.Place.Kind == registry.RegistryPlace {
		name := registry.Place{Kind: ref.Place.Kind, Name: ref.Place.Name}.ClientName()
		return func(context.Context, *tx) error { return registry.CheckProjectName(name) }
	}
	return func(ctx context.Context, t *tx) error {
		err := inNewProject(ref.Place)(ctx, t)
		hidden := err == nil && !t.access.Can(registry.Look)
		if t.by.Known() && (hidden || errors.Is(err, sql.ErrNoRows) || registry.KindOf(err) == registry.NotFound) {
			return registry.Errorf(registry.NotFound, "There is nobody and no team called %s that you may log runs for. Check the entity, or leave it out to log to your own.", t.entityName(ref.Place.Entity))
		}
		return err
	}
}

// insertRun makes the run unless there is one of its name.
func (t *tx) insertRun(ctx context.Context, edit registry.RunEdit) (inserted bool, err error) {
	if err := registry.CheckRunName(edit.Run.Name); err != nil {
		return false, err
	}
	const q = `
		insert into runs (place_id, name, display_name, notes, group_name, job_type, host, program, commit,
			tags, config, state, created_by, created_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
		on conflict (place_id, name) do nothing
		returning id`
	var id int64
	err = t.GetContext(ctx, &id, q, t.place.ID, edit.Run.Name, or(edit.DisplayName, ""), or(edit.Notes, ""), or(edit.Group, ""),
		or(edit.JobType, ""), or(edit.Host, ""), or(edit.Program, ""), or(edit.Commit, ""), pq.Array(or(edit.Tags, []string{})),
		or(edit.Config, "{}"), or(edit.State, registry.Running), t.by.PersonID, t.at)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("db: insert run: %w", err)
	}
	if or(edit.DisplayName, "") == "" {
		const q = `
			update runs
			set display_name = $2 || '-' || (select count(*) from runs where place_id = $3)
			where id = $1`
		if _, err := t.ExecContext(ctx, q, id, registry.FriendlyName(mathrand.Uint64()), t.place.ID); err != nil {
			return false, fmt.Errorf("db: name run: %w", err)
		}
	}
	const progress = `insert into run_progress (run_id, heartbeat_at, summary) values ($1, now(), $2)`
	if _, err := t.ExecContext(ctx, progress, id, or(edit.Summary, "{}")); err != nil {
		return false, fmt.Errorf("db: insert run: %w", err)
	}
	return true, t.keepEdited(ctx, id, edit)
}

// keepEdited keeps the values of what an edit changes beside it.
func (t *tx) keepEdited(ctx context.Context, runID int64, edit registry.RunEdit) error {
	if edit.Config != nil {
		if err := t.keepConfig(ctx, runID, *edit.Config); err != nil {
			return err
		}
	}
	if edit.Summary != nil {
		return t.keepSummary(ctx, runID, *edit.Summary)
	}
	return nil
}

// lockRun finds a run and makes writers of it queue. Returns Gone for a deleted
// one.
func (t *tx) lockRun(ctx context.Context, ref registry.RunRef) (id int64, err error) {
	const q = `
		select id, deleted_at is not null as gone, name
		from runs
		where $1 <> 0 and id = $1 or $1 = 0 and place_id = $2 and name = $3
		for no key update`
	var row struct {
		ID   int64
		Gone bool
		Name string
	}
	if err := t.GetContext(ctx, &row, q, ref.ID, t.place.ID, ref.Name); err != nil {
		return 0, err
	}
	if row.Gone {
		return 0, registry.Errorf(registry.Gone, "The run %s was deleted. Start a new one under another ID.", row.Name)
	}
	return row.ID, nil
}

// editRun changes a run as edit says.
func (t *tx) editRun(ctx context.Context, edit registry.RunEdit, run registry.RunDetail) error {
	resumed := edit.Logs && edit.State == nil && !run.State.Live()
	if resumed {
		state := registry.Running
		edit.State = &state
	}
	const q = `
		update runs
		set display_name = coalesce(nullif($2, ''), display_name), notes = coalesce($3, notes),
			group_name = coalesce($4, group_name), job_type = coalesce($5, job_type), host = coalesce($6, host),
			program = coalesce($7, program), commit = coalesce($8, commit), tags = coalesce($9, tags),
			config = coalesce($10, config), state = coalesce($11, state)
		where id = $1`
	var tags any
	if edit.Tags != nil {
		tags = pq.StringArray(*edit.Tags)
	}
	if _, err := t.ExecContext(ctx, q, run.ID, edit.DisplayName, edit.Notes, edit.Group, edit.JobType, edit.Host,
		edit.Program, edit.Commit, tags, edit.Config, edit.State); err != nil {
		return fmt.Errorf("db: edit run: %w", err)
	}
	if edit.Summary != nil {
		const q = `update run_progress set summary = $2 where run_id = $1`
		if _, err := t.ExecContext(ctx, q, run.ID, *edit.Summary); err != nil {
			return fmt.Errorf("db: edit run: %w", err)
		}
	}
	if err := t.keepEdited(ctx, run.ID, edit); err != nil {
		return err
	}
	if before, after, changed := edit.Difference(run.Run); changed {
		if err := t.record(ctx, registry.RunUpdated{RunID: run.ID, PlaceID: run.PlaceID, Run: run.Ref().String(), Before: before, After: after}); err != nil {
			return err
		}
	}
	if resumed {
		return t.resumeRun(ctx, run)
	}
	return nil
}

// warnOfDropped tells on a run what was too large to keep.
func (t *tx) warnOfDropped(ctx context.Context, run registry.RunDetail, names []string) error {
	if len(names) == 0 {
		return nil
	}
	var warnings []string
	for _, name := range names {
		warnings = append(warnings, "A "+name+" was dropped. "+registry.TooLargeForRun(name).Message)
	}
	return t.warn(ctx, run, warnings...)
}

// warn says on a run what of it was not kept.
func (t *tx) warn(ctx context.Context, run registry.RunDetail, warnings ...string) error {
	const q = `update run_progress set warnings = $2 where run_id = $1`
	if _, err := t.ExecContext(ctx, q, run.ID, pq.Array(registry.AddWarnings(run.Progress.Warnings, warnings))); err != nil {
		return fmt.Errorf("db: warn on a run: %w", err)
	}
	return nil
}

func (t *tx) resumeRun(ctx context.Context, run registry.RunDetail) error {
	const q = `update runs set exit_code = null, ended_at = null, stop_asked_at = null where id = $1`
	if _, err := t.ExecContext(ctx, q, run.ID); err != nil {
		return fmt.Errorf("db: resume run: %w", err)
	}
	const beat = `update run_progress set heartbeat_at = now() where run_id = $1`
	if _, err := t.ExecContext(ctx, beat, run.ID); err != nil {
		return fmt.Errorf("db: resume run: %w", err)
	}
	return t.record(ctx, registry.RunResumed{RunID: run.ID, PlaceID: run.PlaceID, Run: run.Ref().String(), Was: run.State})
}

// runRow is a run as it is read.
type runRow struct {
	registry.RunDetail
	Tags     pq.StringArray
	Warnings pq.StringArray
}

// runQuery selects the runs that are there; conditions follow.
const runQuery = `
	select r.id, r.place_id, r.name, r.display_name, r.notes, r.group_name as "group", r.job_type, r.host, r.program,
		r.commit, r.tags, r.config, r.state, r.exit_code, r.created_by, r.created_at, r.ended_at,
		coalesce(e.name, '') as author, p.warnings,
		p.heartbeat_at as "progress.heartbeat_at", p.summary as "progress.summary",
		p.history_lines as "progress.history_lines", p.event_lines as "progress.event_lines",
		p.output_lines as "progress.output_lines", p.last_step as "progress.last_step",
		r.stop_asked_at is not null as stop_asked
	from runs r
	join run_progress p on p.run_id = r.id
	left join entities e on e.id = r.created_by
	where r.deleted_at is null and `

// runOf completes a row with what is known of its place.
func (t *tx) runOf(row runRow) registry.RunDetail {
	row.RunDetail.Tags, row.Progress.Warnings = row.Tags, row.Warnings
	row.Place, row.Access = t.place, t.access
	return row.RunDetail
}

func (t *tx) run(ctx context.Context, id int64) (registry.RunDetail, error) {
	var row runRow
	if err := t.GetContext(ctx, &row, runQuery+`r.id = $1`, id); err != nil {
		return registry.RunDetail{}, err
	}
	return t.runOf(row), nil
}

// or returns what p points to, or otherwise if it is nil.
func or[T any](p *T, otherwise T) T {
	if p == nil {
		return otherwise
	}
	return *p
}
