package worker

import "context"

// settle keeps the figures of versions whose runs are over.
func (w *Worker) settle(ctx context.Context) error {
	for {
		settled, err := w.db.SettleFigures(ctx, by())
		if err != nil || settled == 0 {
			return err
		}
	}
}
