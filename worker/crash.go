package worker

import "context"

// markCrashed ends the runs that have given no sign of life for too long.
func (w *Worker) markCrashed(ctx context.Context) error {
	for {
		runs, err := w.db.MarkCrashed(ctx, by())
		if err != nil || len(runs) == 0 {
			return err
		}
		w.config.Log.InfoContext(ctx, "runs fell silent", "runs", runs)
	}
}
