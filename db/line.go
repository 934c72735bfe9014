package db

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/lib/pq"

	"greenroom/registry"
)

// defaultSamples is how many rows clients get that do not say.
const defaultSamples = 500

// History returns lines of a stream as the client logged them, in order: all
// there are in a range of steps, or so many evenly chosen ones.
func (db *DB) History(ctx context.Context, by registry.Actor, ref registry.RunRef, page registry.HistoryPage) (lines []string, err error) {
	err = db.readRun(ctx, by, ref, func(t *tx, runID int64) error {
		sample := registry.NewSampler(page.Sampling(), logged.own)
		only, err := t.spreadOver(ctx, runID, page)
		if err != nil {
			return err
		}
		mixed, err := t.eachLine(ctx, runID, page, only, sample.Add)
		if err != nil {
			return err
		}
		for _, l := range inOrder(sample.Chosen(), mixed) {
			lines = append(lines, l.text)
		}
		return nil
	})
	return lines, err
}

// SampledHistory returns for each spec the rows of the history that hold all of
// its keys, evenly chosen.
func (db *DB) SampledHistory(ctx context.Context, by registry.Actor, ref registry.RunRef, specs []registry.SampleSpec) (rows [][]registry.HistoryRow, err error) {
	err = db.readRun(ctx, by, ref, func(t *tx, runID int64) error {
		for _, spec := range specs {
			chosen, err := t.sampleRows(ctx, runID, spec)
			if err != nil {
				return err
			}
			rows = append(rows, chosen)
		}
		return nil
	})
	return rows, err
}

// HistoryTail returns the last line of a stream, none if there is none.
func (db *DB) HistoryTail(ctx context.Context, by registry.Actor, ref registry.RunRef, stream registry.Stream) (tail []string, err error) {
	err = db.readRun(ctx, by, ref, func(t *tx, runID int64) error {
		const q = `
			select writer, line0, n, step0, step1, raw
			from history_blocks
			where run_id = $1 and stream = $2
			order by step1 desc nulls last, line0 desc
			limit 1`
		var blocks []block
		if err := t.SelectContext(ctx, &blocks, q, runID, stream); err != nil {
			return fmt.Errorf("db: last lines: %w", err)
		}
		for _, b := range blocks {
			lines, err := t.packer.unpack(b.Raw, b.N)
			if err != nil {
				return err
			}
			for _, line := range slices.Backward(lines) {
				if line != "" {
					tail = []string{strings.Clone(line)}
					return nil
				}
			}
		}
		return nil
	})
	return tail, err
}

// readRun is read for a run that was not deleted.
func (db *DB) readRun(ctx context.Context, by registry.Actor, ref registry.RunRef, fn func(t *tx, runID int64) error) error {
	return db.read(ctx, by, registry.Look, inPlaceOfRun(ref), func(t *tx) error {
		const q = `
			select id
			from runs
			where place_id = $1 and ($2 <> 0 and id = $2 or $2 = 0 and name = $3) and deleted_at is null`
		var id int64
		if err := t.GetContext(ctx, &id, q, t.place.ID, ref.ID, ref.Name); err != nil {
			return err
		}
		return fn(t, id)
	})
}

func (t *tx) sampleRows(ctx context.Context, runID int64, spec registry.SampleSpec) ([]registry.HistoryRow, error) {
	page := registry.HistoryPage{Stream: registry.HistoryStream, MinStep: spec.MinStep, Samples: cmp.Or(spec.Samples, defaultSamples)}
	if spec.MaxStep != nil {
		page.MaxStep = new(*spec.MaxStep + 1)
	}
	sample := registry.NewSampler(page.Sampling(), logged.own)
	var r registry.LineReader
	mixed, err := t.eachLine(ctx, runID, page, nil, func(l logged) {
		if row, err := r.Pick(l.text, spec.Keys); err == nil && row != nil {
			l.text, l.row = "", row
			sample.Add(l)
		}
	})
	if err != nil {
		return nil, err
	}
	rows := []registry.HistoryRow{}
	for _, l := range inOrder(sample.Chosen(), mixed) {
		rows = append(rows, l.row)
	}
	return rows, nil
}

// logged is a line of a stream, or what was asked for of it.
type logged struct {
	step int64 // only known where the lines are mixed, or within bounds
	text string
	row  registry.HistoryRow
}

// own lets go of the block that the line was part of.
func (l logged) own() logged {
	l.text = strings.Clone(l.text)
	return l
}

// inOrder puts mixed lines in the order of their steps.
func inOrder(lines []logged, mixed bool) []logged {
	if mixed {
		slices.SortStableFunc(lines, func(a, b logged) int { return cmp.Compare(a.step, b.step) })
	}
	return lines
}

// eachLine calls visit with the lines of a stream in a range of steps, by writer
// and number, and tells whether steps are mixed in that order: in a run that
// several writers share, and where a writer logged steps again, after a restart
// from an earlier point or because a run was synced twice. Of a step that was
// logged again only the higher line is there. With only, other lines may be left
// out.
func (t *tx) eachLine(ctx context.Context, runID int64, page registry.HistoryPage, only *spread, visit func(logged)) (mixed bool, err error) {
	stepped := page.Stream == registry.HistoryStream
	if !stepped {
		page.MinStep, page.MaxStep = nil, nil
	}
	const q = `
		select coalesce(bool_or(writer > ''), false) as shared, coalesce(bool_or(step0 <= before), false) as again
		from (
			select writer, step0, max(step1) over (
				partition by writer
				order by line0
				rows between unbounded preceding and 1 preceding) as before
			from history_blocks
			where run_id = $1 and stream = $2 and ($3::bigint is null or step1 >= $3) and ($4::bigint is null or step0 < $4)
		) as blocks`
	var found struct{ Shared, Again bool }
	if err := t.GetContext(ctx, &found, q, runID, page.Stream, page.MinStep, page.MaxStep); err != nil {
		return false, fmt.Errorf("db: look over lines: %w", err)
	}
	var last map[stepOf]int64
	mixed = found.Shared || found.Again
	if mixed {
		only = nil // what is to be spread evenly is not known before it is in order
	}
	if found.Again {
		if last, err = t.lastLines(ctx, runID, page); err != nil {
			return mixed, err
		}
	}
	var r registry.LineReader
	err = t.eachBlock(ctx, runID, page, only, func(b block, lines []string) {
		known := !stepped || !mixed && b.within(page)
		for i, text := range lines {
			l := logged{text: text}
			if text == "" || only != nil && !only.lines[b.Line0+int64(i)] || !known && !l.within(&r, page) {
				continue
			}
			if !found.Again || last[stepOf{b.Writer, l.step}] == b.Line0+int64(i) {
				visit(l)
			}
		}
	})
	return mixed, err
}

// stepOf is a step that a writer logged.
type stepOf struct {
	writer string
	step   int64
}

// lastLines returns the highest line of every step in a range.
func (t *tx) lastLines(ctx context.Context, runID int64, page registry.HistoryPage) (map[stepOf]int64, error) {
	last := map[stepOf]int64{}
	var r registry.LineReader
	err := t.eachBlock(ctx, runID, page, nil, func(b block, lines []string) {
		for i, text := range lines {
			if l := (logged{text: text}); text != "" && l.within(&r, page) {
				last[stepOf{b.Writer, l.step}] = b.Line0 + int64(i)
			}
		}
	})
	return last, err
}

// spread is some lines of a stream and the first lines of the blocks that hold
// them.
type spread struct {
	lines map[int64]bool
	line0 []int64
}

// blocks returns the first lines of the blocks as a parameter, null for all.
func (s *spread) blocks() any {
	if s == nil {
		return nil
	}
	return pq.Array(s.line0)
}

// spreadOver returns evenly spread lines of a stream that is to be sampled as a
// whole, so that not all of its blocks have to be read; otherwise nil.
func (t *tx) spreadOver(ctx context.Context, runID int64, page registry.HistoryPage) (*spread, error) {
	samples := page.Sampling()
	if samples < 2 || page.MinStep != nil || page.MaxStep != nil {
		return nil, nil
	}
	const q = `select line0, n from history_blocks where run_id = $1 and stream = $2 order by writer, line0`
	var blocks []block
	if err := t.SelectContext(ctx, &blocks, q, runID, page.Stream); err != nil {
		return nil, fmt.Errorf("db: find lines: %w", err)
	}
	total := 0
	for _, b := range blocks {
		total += b.N
	}
	if total <= samples {
		return nil, nil
	}
	only := &spread{lines: make(map[int64]bool, samples)}
	next, before := 0, 0
	for _, b := range blocks {
		for ; next < samples; next++ {
			at := next*(total-1)/(samples-1) - before
			if at >= b.N {
				break
			}
			only.lines[b.Line0+int64(at)] = true
			if n := len(only.line0); n == 0 || only.line0[n-1] != b.Line0 {
				only.line0 = append(only.line0, b.Line0)
			}
		}
		before += b.N
	}
	return only, nil
}

// eachBlock calls visit with the blocks of a stream that may have steps in a
// range, by writer and number; with only, with those that hold one of its lines.
func (t *tx) eachBlock(ctx context.Context, runID int64, page registry.HistoryPage, only *spread, visit func(block, []string)) error {
	const q = `
		select writer, line0, n, step0, step1, raw
		from history_blocks
		where run_id = $1 and stream = $2 and ($3::bigint is null or step1 >= $3) and ($4::bigint is null or step0 < $4)
			and ($5::bigint[] is null or line0 = any ($5))
		order by writer, line0`
	rows, err := t.QueryxContext(ctx, q, runID, page.Stream, page.MinStep, page.MaxStep, only.blocks())
	if err != nil {
		return fmt.Errorf("db: read lines: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var b block
		if err := rows.StructScan(&b); err != nil {
			return fmt.Errorf("db: read lines: %w", err)
		}
		lines, err := t.packer.unpack(b.Raw, b.N)
		if err != nil {
			return err
		}
		visit(b, lines)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("db: read lines: %w", err)
	}
	return nil
}

// within reports whether all steps of the block are in the range.
func (b block) within(page registry.HistoryPage) bool {
	return (page.MinStep == nil || b.Step0 != nil && *b.Step0 >= *page.MinStep) &&
		(page.MaxStep == nil || b.Step1 != nil && *b.Step1 < *page.MaxStep)
}

// within finds the line's step and reports whether it is in the range.
func (l *logged) within(r *registry.LineReader, page registry.HistoryPage) bool {
	step, ok := r.StepOf(l.text)
	l.step = step
	return ok && (page.MinStep == nil || step >= *page.MinStep) && (page.MaxStep == nil || step < *page.MaxStep)
}
