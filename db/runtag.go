package db

import (
	"context"

	"greenroom/registry"
)

// TagRuns gives runs a tag, or takes it from them, and returns the names of those
// for which that was news. Returns NotFound if one of them is not there.
func (db *DB) TagRuns(ctx context.Context, by registry.Actor, tag registry.RunTag) (changed []string, err error) {
	if err := tag.Check(); err != nil {
		return nil, err
	}
	err = db.change(ctx, by, registry.Log, in(tag.Place), func(t *tx) error {
		for _, name := range tag.Runs {
			id, err := t.lockRun(ctx, registry.RunRef{Place: tag.Place, Name: name})
			if err != nil {
				return err
			}
			run, err := t.run(ctx, id)
			if err != nil {
				return err
			}
			tags, news := tag.Of(run.Tags)
			if !news {
				continue
			}
			changed = append(changed, name)
			if err := t.editRun(ctx, registry.RunEdit{Tags: &tags}, run); err != nil {
				return err
			}
		}
		return nil
	})
	return changed, err
}
