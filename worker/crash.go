package worker

import (
	"context"
	"time"

	"greenroom/registry"
)

// markCrashed ends the runs that have given no sign of life for too long, though
// somebody listened all that time.
func (w *Worker) markCrashed(ctx context.Context) error {
	clock, err := w.db.Clock(ctx, by())
	if err != nil {
		w.vigil = vigil{}
		return err
	}
	if w.vigil.look(clock, time.Since(w.began)) < registry.CrashedAfter {
		return nil
	}
	for {
		runs, err := w.db.MarkCrashed(ctx, by())
		if err != nil || len(runs) == 0 {
			return err
		}
		w.config.Log.InfoContext(ctx, "runs fell silent", "runs", runs)
	}
}

// lapse is how late a look may be, and how far the clock of the database may be
// from where it should be: less than what makes a live run seem silent.
const lapse = 2 * time.Minute

// A vigil is how long signs of life have been heard without a break. Silence
// from before is no proof that a script is gone: the server was down, the
// database did not answer, the process stood still, or the clock was set.
type vigil struct {
	since time.Duration // on a clock that cannot be set
	last  time.Duration // when it looked last, on the same
	zero  time.Time     // what the clock of the database showed when that one began; zero before the first look
}

// look returns how long the vigil has lasted, given what the clock of the
// database shows, and one that cannot be set.
func (v *vigil) look(clock time.Time, up time.Duration) time.Duration {
	zero := clock.Add(-up)
	if v.zero.IsZero() || up-v.last > lapse || zero.Sub(v.zero).Abs() > lapse {
		v.since = up
	}
	v.last, v.zero = up, zero
	return up - v.since
}
