package db

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sort"

	"github.com/lib/pq"

	"greenroom/registry"
)

// maxSystemBytes is how much of what a machine measured is unpacked for its
// charts; the newest comes first.
const maxSystemBytes = 32 << 20

// System returns what a run's machine measured, for charts, or with after what it
// measured from so many seconds on. Returns NotFound where there is no run that
// the actor may look at.
func (db *DB) System(ctx context.Context, by registry.Actor, ref registry.RunRef, after *float64) (s registry.SystemPage, err error) {
	err = db.readRun(ctx, by, ref, func(t *tx, runID int64) error {
		run, err := t.run(ctx, runID)
		if err != nil {
			return err
		}
		if after != nil {
			s, err = t.systemSince(ctx, run, *after)
		} else {
			s, err = t.system(ctx, run)
		}
		return err
	})
	return s, err
}

// system reads evenly chosen lines of what a machine measured, so that it costs
// the same however long the run went. Each process that logs a run has its share.
func (t *tx) system(ctx context.Context, run registry.RunDetail) (s registry.SystemPage, err error) {
	const blocks = `
		select writer, line0, n
		from history_blocks
		where run_id = $1 and stream = 'events'
		order by writer, line0`
	var all []block
	if err := t.SelectContext(ctx, &all, blocks, run.ID); err != nil {
		return s, fmt.Errorf("db: when a machine was measured: %w", err)
	}
	chosen := sampled(all, registry.SystemSamples)
	var writers []string
	var line0 []int64
	for _, c := range chosen {
		writers, line0 = append(writers, c.Writer), append(line0, c.Line0)
	}
	const lines = `
		select b.raw
		from unnest($2::text[], $3::bigint[]) with ordinality as a (writer, line0, n)
		join history_blocks b on b.run_id = $1 and b.stream = 'events' and b.writer = a.writer and b.line0 = a.line0
		order by a.n`
	var raws [][]byte
	if err := t.SelectContext(ctx, &raws, lines, run.ID, pq.Array(writers), pq.Array(line0)); err != nil {
		return s, fmt.Errorf("db: what a machine measured: %w", err)
	}
	reader := registry.SystemReader{Started: run.CreatedAt}
	size := 0
	for i, raw := range raws {
		lines, err := t.packer.unpack(raw, chosen[i].N)
		if err != nil {
			return s, err
		}
		for at := 0; at < len(lines); at += chosen[i].every {
			reader.Add(lines[at])
		}
		for _, line := range lines {
			size += len(line)
		}
		if size > maxSystemBytes {
			break
		}
	}
	return registry.SystemPage{Live: run.State.Live(), Curves: reader.Curves()}, nil
}

// sample is a block of which every so-manieth line is read.
type sample struct {
	block
	every int
}

// sampled chooses from a run's blocks, which come by writer and line, those that
// hold so many lines evenly chosen of each writer's, the newest first.
func sampled(all []block, lines int) (chosen []sample) {
	var writers [][]block
	for i, b := range all {
		if i == 0 || all[i-1].Writer != b.Writer {
			writers = append(writers, nil)
		}
		writers[len(writers)-1] = append(writers[len(writers)-1], b)
	}
	writers = writers[max(0, len(writers)-lines):]
	for _, blocks := range writers {
		end := blocks[len(blocks)-1].end()
		share := min(end, max(1, int64(lines/len(writers))))
		from := 0
		for i := range share {
			line := i * (end - 1) / max(share-1, 1)
			at := from + sort.Search(len(blocks)-from, func(i int) bool { return blocks[from+i].Line0 > line }) - 1
			if at >= from {
				chosen = append(chosen, sample{blocks[at], int(end / share)})
				from = at + 1
			}
		}
	}
	slices.SortStableFunc(chosen, func(a, b sample) int { return cmp.Compare(b.Line0, a.Line0) })
	return chosen
}

// systemSince reads the last lines of each process that logs a run, as many as
// reach back to a time; of one long past as many as for all of it.
func (t *tx) systemSince(ctx context.Context, run registry.RunDetail, after float64) (s registry.SystemPage, err error) {
	const q = `
		with recursive writers as (
			(select max(writer) as writer
			from history_blocks
			where run_id = $1 and stream = 'events')
			union all
			select (select max(writer) from history_blocks where run_id = $1 and stream = 'events' and writer < w.writer)
			from writers w
			where w.writer is not null
		)
		select b.writer, b.line0, b.n, b.raw
		from (select writer from writers where writer is not null limit $3) as w
		cross join lateral (
			select writer, line0, n, raw
			from history_blocks
			where run_id = $1 and stream = 'events' and writer = w.writer
			order by line0 desc
			limit $2) as b
		order by b.writer, b.line0`
	const few, more, most = 8, 8, 512 // blocks of one process
	for blocks := few; blocks <= most; blocks *= more {
		var last []block
		if err := t.SelectContext(ctx, &last, q, run.ID, blocks, registry.SystemSamples/blocks); err != nil {
			return s, fmt.Errorf("db: what a machine measured last: %w", err)
		}
		reader := registry.SystemReader{Started: run.CreatedAt, After: after}
		reaches := true
		for i, b := range last {
			lines, err := t.packer.unpack(b.Raw, b.N)
			if err != nil {
				return s, err
			}
			first := i == 0 || last[i-1].Writer != b.Writer
			cut := i+blocks <= len(last) && last[i+blocks-1].Writer == b.Writer && b.Line0 > 0
			if first && cut && !reader.Before(lines) {
				reaches = false
				break
			}
			for _, line := range lines {
				reader.Add(line)
			}
		}
		if reaches {
			return registry.SystemPage{Live: run.State.Live(), Curves: reader.Curves()}, nil
		}
	}
	return t.system(ctx, run)
}
