package db

import (
	"context"
	"fmt"

	"greenroom/registry"
)

// EditRun changes what people edit of a run that is there, and returns it as it
// was before and as it is now. Returns Gone for a deleted run, Invalid for a name
// or a tag that cannot be one.
func (db *DB) EditRun(ctx context.Context, by registry.Actor, edit registry.RunEdit) (was, is registry.RunDetail, err error) {
	if err := edit.CheckByHand(); err != nil {
		return was, is, err
	}
	err = db.change(ctx, by, registry.Log, inPlaceOfRun(edit.Run), func(t *tx) error {
		id, err := t.lockRun(ctx, edit.Run)
		if err != nil {
			return err
		}
		if was, err = t.run(ctx, id); err != nil {
			return err
		}
		if edit.Tags = edit.TagsOf(was.Tags); edit.Tags != nil {
			if err := registry.CheckTags(len(*edit.Tags)); err != nil {
				return err
			}
		}
		if err := t.editRun(ctx, edit, was); err != nil {
			return err
		}
		is, err = t.run(ctx, id)
		return err
	})
	return was, is, err
}

// RestoreRun brings back a run that was deleted, for those who may delete it. A
// run that is there is not an error.
func (db *DB) RestoreRun(ctx context.Context, by registry.Actor, ref registry.RunRef) (run registry.RunDetail, err error) {
	err = db.change(ctx, by, registry.Log, inPlaceOfRun(ref), func(t *tx) error {
		const lock = `
			select id, deleted_at is not null as gone, created_by
			from runs
			where $1 <> 0 and id = $1 or $1 = 0 and place_id = $2 and name = $3
			for no key update`
		var row struct {
			ID        int64
			Gone      bool
			CreatedBy int64
		}
		if err := t.GetContext(ctx, &row, lock, ref.ID, t.place.ID, ref.Name); err != nil {
			return err
		}
		if row.Gone {
			deleted := registry.RunDetail{Run: registry.Run{CreatedBy: row.CreatedBy}, Access: t.access}
			if !deleted.MayDelete(t.by) {
				return registry.Errorf(registry.Denied, "Whoever made this run can restore it, and administrators of %s can.", t.place.EntityName)
			}
			const q = `update runs set deleted_at = null where id = $1`
			if _, err := t.ExecContext(ctx, q, row.ID); err != nil {
				return fmt.Errorf("db: restore run: %w", err)
			}
		}
		if run, err = t.run(ctx, row.ID); err != nil || !row.Gone {
			return err
		}
		if err := t.keepEdited(ctx, run.ID, registry.RunEdit{Config: &run.Config, Summary: &run.Progress.Summary}); err != nil {
			return err
		}
		return t.record(ctx, registry.RunRestored{RunID: run.ID, PlaceID: run.PlaceID, Run: run.Ref().String()})
	})
	return run, err
}
