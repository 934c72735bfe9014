package worker

import "context"

// sweep forgets failed sign-ins and what has expired.
func (w *Worker) sweep(ctx context.Context) error {
	swept, err := w.db.Sweep(ctx, by())
	if err == nil && swept > 0 {
		w.config.Log.DebugContext(ctx, "swept", "rows", swept)
	}
	return err
}
