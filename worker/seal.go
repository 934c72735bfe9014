package worker

import (
	"context"
	"encoding/hex"
	"time"

	"greenroom/registry"
)

// seal seals what has happened. Looking for it costs three small queries when
// nothing has.
func (w *Worker) seal(ctx context.Context) error {
	_, err := w.db.Seal(ctx, by(), w.config.SealKey)
	return err
}

// tellSeal writes the newest seal into the server's log: whoever keeps that
// elsewhere can prove later that nothing before it was changed.
func (w *Worker) tellSeal(ctx context.Context) error {
	head, err := w.db.LastSeal(ctx, by())
	if registry.KindOf(err) == registry.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	w.config.Log.InfoContext(ctx, "newest seal", "seal", head.ID, "at", head.At.Format(time.RFC3339), "hash", hex.EncodeToString(head.Hash))
	return nil
}
