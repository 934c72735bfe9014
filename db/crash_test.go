package db_test

import (
	"slices"
	"testing"
	"time"

	"greenroom/db"
	"greenroom/db/dbtest"
	"greenroom/registry"
)

func TestSilentRuns(t *testing.T) {
	t.Parallel()
	d, h := house(t)
	ctx := t.Context()
	for name, q := range map[string]string{
		"preempting": `update runs set state = 'preempting' where name = 'preempting'`,
		"taken":      `update runs set state = 'preempting' where name = 'taken'`,
		"pending":    `update runs set state = 'pending' where name = 'pending'`,
		"done":       `update runs set state = 'finished' where name = 'done'`,
		"deleted":    `update runs set deleted_at = now() where name = 'deleted'`,
	} {
		_, _, err := d.UpsertRun(ctx, h.Bob, registry.RunEdit{Run: registry.RunRef{Place: training.Place, Name: name}})
		must(t, err)
		must(t, dbtest.Exec(t, d, q))
	}
	must(t, dbtest.Exec(t, d, `
		update run_progress p
		set heartbeat_at = now() - case r.name when 'taken' then interval '61 minutes' else interval '6 minutes' end
		from runs r
		where r.id = p.run_id`))

	marked, err := d.MarkCrashed(ctx, dbtest.System)
	must(t, err)
	slices.Sort(marked)
	if want := []string{"vision/digits/runs/r1", "vision/digits/runs/taken"}; !slices.Equal(marked, want) {
		t.Errorf("MarkCrashed = %q, want %q", marked, want)
	}
	if again, err := d.MarkCrashed(ctx, dbtest.System); err != nil || len(again) != 0 {
		t.Errorf("MarkCrashed again = %q, %v", again, err)
	}
	if _, err := d.MarkCrashed(ctx, h.Ada); registry.KindOf(err) != registry.NotFound {
		t.Errorf("ada marked runs: %v", err)
	}
	wantState(t, d, h.Vera, registry.Crashed)
	taken, err := d.Run(ctx, h.Vera, registry.RunRef{Place: training.Place, Name: "taken"})
	must(t, err)
	if taken.State != registry.Preempted {
		t.Errorf("the run whose machine was taken away is %s", taken.State)
	}

	say(t, d, h.Bob, registry.RunLines{})
	wantState(t, d, h.Vera, registry.Running)
	wantEvents(t, d, h.Vera, "run.resumed", "run.ended", "run.ended")
}

// A server whose clock is off hears runs like the others, and lets them live.
func TestSilentRunsOfAServerWhoseClockIsOff(t *testing.T) {
	t.Parallel()
	d, h := house(t)
	for _, off := range []time.Duration{10 * time.Minute, -10 * time.Minute} {
		wrong := func() time.Time { return time.Now().Add(off) }
		for _, heard := range []func() time.Time{time.Now, wrong} {
			for _, looked := range []func() time.Time{time.Now, wrong} {
				d.SetClock(heard)
				say(t, d, h.Bob, registry.RunLines{})
				d.SetClock(looked)
				if marked, err := d.MarkCrashed(t.Context(), dbtest.System); err != nil || len(marked) != 0 {
					t.Errorf("off by %v: MarkCrashed = %q, %v", off, marked, err)
				}
			}
		}
	}
}

// wantState checks how the run stands, and that it ended if it is over.
func wantState(t *testing.T, d *db.DB, by registry.Actor, want registry.RunState) registry.RunDetail {
	t.Helper()
	run, err := d.Run(t.Context(), by, training)
	must(t, err)
	if run.State != want || (run.EndedAt == nil) != want.Live() {
		t.Errorf("the run is %s, ended %v, want %s", run.State, run.EndedAt, want)
	}
	return run
}

// wantEvents checks what happened to runs since they were made, latest first.
func wantEvents(t *testing.T, d *db.DB, by registry.Actor, want ...string) {
	t.Helper()
	entries, err := d.Events(t.Context(), by, training.Place, 0, 100)
	must(t, err)
	var got []string
	for _, e := range entries {
		if e.Name != "run.created" && e.Name != "place.created" {
			got = append(got, e.Name)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("events %q, want %q", got, want)
	}
}

func TestEndOfARun(t *testing.T) {
	t.Parallel()
	d, h := house(t)
	end := history(0, `{"_step":0,"loss":1}`)
	end.Complete, end.ExitCode = true, 3
	for range 3 {
		say(t, d, h.Bob, end)
	}
	run := wantState(t, d, h.Vera, registry.Failed)
	if *run.ExitCode != 3 || run.Progress.HistoryLines != 1 {
		t.Errorf("exit code %d, %d lines", *run.ExitCode, run.Progress.HistoryLines)
	}
	wantEvents(t, d, h.Vera, "run.ended")

	_, _, err := d.UpsertRun(t.Context(), h.Bob, registry.RunEdit{Run: training, Logs: true})
	must(t, err)
	wantState(t, d, h.Vera, registry.Running)
	asked, err := d.StopRun(t.Context(), h.Bob, training)
	must(t, err)
	if answer := say(t, d, h.Bob, registry.RunLines{}); !asked || !answer.Stopped {
		t.Errorf("asked %v, told %+v", asked, answer)
	}
	say(t, d, h.Bob, registry.RunLines{Complete: true})
	run = wantState(t, d, h.Vera, registry.Finished)
	if *run.ExitCode != 0 {
		t.Errorf("exit code %d", *run.ExitCode)
	}
	wantEvents(t, d, h.Vera, "run.ended", "run.stop_asked", "run.resumed", "run.ended")
}
