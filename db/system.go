package db

import (
	"context"
	"fmt"

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
	const q = `
		with recursive ends as (
			(select writer, line0 + n as lines
			from history_blocks
			where run_id = $1 and stream = 'events'
			order by writer desc, line0 desc
			limit 1)
			union all
			select b.writer, b.lines
			from ends e
			cross join lateral (
				select writer, line0 + n as lines
				from history_blocks
				where run_id = $1 and stream = 'events' and writer < e.writer
				order by writer desc, line0 desc
				limit 1) as b
		), writers as (
			select writer, lines, least(lines, greatest(1, $2 / count(*) over ())) as share
			from (select * from ends limit $2) as first
		)
		select b.writer, b.line0, b.n, b.raw, chosen.every
		from (
			select distinct w.writer, b.line0, w.lines / w.share as every
			from writers w
			cross join generate_series(0, w.share - 1) as i
			cross join lateral (
				select line0
				from history_blocks
				where run_id = $1 and stream = 'events' and writer = w.writer and line0 <= i * (w.lines - 1) / greatest(w.share - 1, 1)
				order by line0 desc
				limit 1) as b
		) as chosen
		join history_blocks b on b.run_id = $1 and b.stream = 'events' and b.writer = chosen.writer and b.line0 = chosen.line0
		order by b.line0 desc, b.writer`
	var blocks []struct {
		block
		Every int
	}
	if err := t.SelectContext(ctx, &blocks, q, run.ID, registry.SystemSamples); err != nil {
		return s, fmt.Errorf("db: what a machine measured: %w", err)
	}
	reader := registry.SystemReader{Started: run.CreatedAt}
	size := 0
	for _, b := range blocks {
		lines, err := t.packer.unpack(b.Raw, b.N)
		if err != nil {
			return s, err
		}
		for i := 0; i < len(lines); i += b.Every {
			reader.Add(lines[i])
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
