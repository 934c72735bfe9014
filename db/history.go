package db

import (
	"context"
	"fmt"

	"github.com/lib/pq"

	"greenroom/registry"
)

// AppendHistory takes what a running script says: lines that replace what stands
// at their numbers, its summary, its end. Saying the same again changes nothing,
// not even when more was said in between.
//
// Lines that cannot be kept are dropped with a warning on the run. Returns
// NotFound for a run that is not there, Gone for one that has been deleted and
// Invalid for impossible line numbers.
func (db *DB) AppendHistory(ctx context.Context, by registry.Actor, ref registry.RunRef, said registry.RunLines) (answer registry.StreamAnswer, err error) {
	if err := said.Check(); err != nil {
		return answer, err
	}
	// Reading the lines takes most of the time, so it comes before the lock.
	writer := registry.Printable(said.Writer)
	var arrivals []*arrival
	for _, stream := range []registry.Stream{registry.HistoryStream, registry.EventStream, registry.OutputStream} {
		if lines := said.Lines[stream]; len(lines.Text) > 0 {
			arrivals = append(arrivals, db.packer.read(stream, writer, lines))
		}
	}
	var runID int64
	err = db.change(ctx, by, registry.Log, inPlaceOfRun(ref), func(t *tx) error {
		run, err := t.holdRun(ctx, ref)
		if err != nil {
			return err
		}
		runID = run.ID
		answer.Stopped = run.Stopped
		p := progress{summary: said.Summary, warnings: run.Warnings, metrics: run.Metrics}
		p.checkSummary()
		for _, a := range arrivals {
			if err := t.putLines(ctx, run, a, &p); err != nil {
				return err
			}
		}
		if err := t.setProgress(ctx, run.ID, p); err != nil {
			return err
		}
		if p.summary != nil {
			if err := t.keepSummary(ctx, run.ID, *p.summary); err != nil {
				return err
			}
		}
		state, exitCode := run.Hear(said)
		return t.setRunState(ctx, run, state, exitCode)
	})
	if err == nil {
		db.notices.add(runID, newsOf(said)...)
	}
	return answer, err
}

// heldRun is a run that is locked.
type heldRun struct {
	registry.Run
	Stopped  bool
	LastStep *int64
	Warnings pq.StringArray
	Metrics  int // at most
}

// progress is what a request adds to run_progress.
type progress struct {
	summary  *string
	warnings []string
	lastStep *int64
	grown    map[registry.Stream]int64 // lines
	metrics  int                       // that the run has at most
}

func (p *progress) warn(warnings ...string) { p.warnings = registry.AddWarnings(p.warnings, warnings) }

// checkSummary drops a summary that is none.
func (p *progress) checkSummary() {
	if p.summary == nil {
		return
	}
	var r registry.LineReader
	if len(*p.summary) > registry.MaxSummary || r.CheckObject(*p.summary) != nil {
		p.summary = nil
		p.warn(fmt.Sprintf("A summary was dropped: it is not a JSON object of at most %d MiB.", registry.MaxSummary>>20))
		return
	}
	p.summary = new(registry.Printable(*p.summary))
}

// holdRun returns a run and lets nobody else write to it meanwhile. Returns Gone
// for a deleted one.
func (t *tx) holdRun(ctx context.Context, ref registry.RunRef) (run heldRun, err error) {
	id, err := t.lockRun(ctx, ref)
	if err != nil {
		return run, err
	}
	// A statement of its own, so that it sees what was committed while we waited.
	const q = `
		select r.id, r.place_id, r.name, r.state, r.exit_code, r.stop_asked_at is not null as stopped, p.last_step, p.warnings, p.metrics
		from runs r
		join run_progress p on p.run_id = r.id
		where r.id = $1`
	if err := t.GetContext(ctx, &run, q, id); err != nil {
		return run, fmt.Errorf("db: run: %w", err)
	}
	return run, nil
}

// putLines writes lines at their numbers, in place of what stood there.
func (t *tx) putLines(ctx context.Context, run heldRun, a *arrival, p *progress) error {
	had, err := t.linesOf(ctx, run.ID, a.stream, a.writer)
	if err != nil {
		return err
	}
	end := a.lines.First + int64(len(a.lines.Text))
	var cut map[int64]string
	if a.lines.First < had {
		kept, gone, err := t.takeOut(ctx, run.ID, a, end)
		if err != nil {
			return err
		}
		cut = gone
		if a.stream == registry.HistoryStream && end < had && a.repeats(cut) {
			p.summary = nil // a newer one came with the lines that follow
		}
		for _, lines := range kept {
			if err := t.put(ctx, run.ID, t.packer.read(a.stream, a.writer, lines), p); err != nil {
				return err
			}
		}
	}
	if len(a.stepless) > 0 {
		a = t.packer.giveSteps(a, cut, run.LastStep)
	}
	if err := t.put(ctx, run.ID, a, p); err != nil {
		return err
	}
	if p.grown == nil {
		p.grown = map[registry.Stream]int64{}
	}
	p.grown[a.stream] = max(0, end-had)
	p.warn(a.warnings...)
	if last := a.lastStep(-1); last >= 0 {
		p.lastStep = &last
	}
	return nil
}

// repeats reports whether exactly these lines stood at their numbers.
func (a *arrival) repeats(stood map[int64]string) bool {
	for i, line := range a.lines.Text {
		if was, ok := stood[a.lines.First+int64(i)]; !ok || was != line {
			return false
		}
	}
	return true
}

// giveSteps gives lines that have none the steps after the last one; a line that
// stood at its number before keeps the step it was given then.
func (p packer) giveSteps(a *arrival, stood map[int64]string, last *int64) *arrival {
	next := a.lastStep(-1) + 1
	if last != nil {
		next = max(next, *last+1)
	}
	var r registry.LineReader
	for _, i := range a.stepless {
		if r.Read(stood[a.lines.First+int64(i)]) == nil {
			if step, ok := r.Step(); ok {
				a.lines.Text[i] = registry.WithStep(a.lines.Text[i], step)
				continue
			}
		}
		a.lines.Text[i] = registry.WithStep(a.lines.Text[i], next)
		next++
	}
	stepped := p.read(a.stream, a.writer, a.lines)
	stepped.warnings = a.warnings
	return stepped
}

func (t *tx) setProgress(ctx context.Context, runID int64, p progress) error {
	const q = `
		update run_progress
		set heartbeat_at = now(), summary = coalesce($2, summary),
			history_lines = history_lines + $3, event_lines = event_lines + $4, output_lines = output_lines + $5,
			last_step = greatest(last_step, $6), warnings = $7, metrics = $8
		where run_id = $1`
	if _, err := t.ExecContext(ctx, q, runID, p.summary, p.grown[registry.HistoryStream], p.grown[registry.EventStream],
		p.grown[registry.OutputStream], p.lastStep, pq.StringArray(p.warnings), p.metrics); err != nil {
		return fmt.Errorf("db: set progress: %w", err)
	}
	return nil
}

// setRunState writes down that a run goes on or is over, if that is news.
func (t *tx) setRunState(ctx context.Context, run heldRun, state registry.RunState, exitCode *int) error {
	if state == run.State && (exitCode == run.ExitCode || exitCode != nil && run.ExitCode != nil && *exitCode == *run.ExitCode) {
		return nil
	}
	const q = `
		update runs
		set state = $2, exit_code = $3, ended_at = case when $4 then null else $5::timestamptz end,
			stop_asked_at = case when $4 and not $6 then null else stop_asked_at end
		where id = $1`
	if _, err := t.ExecContext(ctx, q, run.ID, state, exitCode, state.Live(), t.at, run.State.Live()); err != nil {
		return fmt.Errorf("db: set run state: %w", err)
	}
	address := registry.RunRef{Place: t.place.Ref(), Name: run.Name}.String()
	switch {
	case !state.Live():
		return t.record(ctx, registry.RunEnded{RunID: run.ID, PlaceID: run.PlaceID, Run: address, State: state, ExitCode: exitCode})
	case !run.State.Live():
		return t.record(ctx, registry.RunResumed{RunID: run.ID, PlaceID: run.PlaceID, Run: address, Was: run.State})
	}
	return nil
}
