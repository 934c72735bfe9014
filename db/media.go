package db

import (
	"context"
	"fmt"

	"github.com/lib/pq"

	"greenroom/registry"
)

// maxMediaKeys is how many keys of one block can be found again as media.
const maxMediaKeys = 10_000

// mediaMarks is where in a block pictures, tables and the like stand, by key.
type mediaMarks map[string]*mediaMark

type mediaMark struct {
	wbType       string
	steps, lines []int64
}

// add notes what a reader found in a line.
func (m *mediaMarks) add(line, step int64, r *registry.LineReader) {
	for key, wbType := range r.Media() {
		if *m == nil {
			*m = mediaMarks{}
		}
		key = registry.Printable(key)
		mark, ok := (*m)[key]
		if !ok {
			if len(*m) == maxMediaKeys {
				continue
			}
			mark = &mediaMark{}
			(*m)[key] = mark
		}
		mark.wbType = wbType
		mark.steps, mark.lines = append(mark.steps, step), append(mark.lines, line)
	}
}

// takeOutMedia forgets the media of the blocks that begin in [lo, hi).
func (t *tx) takeOutMedia(ctx context.Context, runID int64, writer string, lo, hi int64) error {
	const q = `delete from media_chunks where run_id = $1 and writer = $2 and line0 >= $3 and line0 < $4`
	if _, err := t.ExecContext(ctx, q, runID, writer, lo, hi); err != nil {
		return fmt.Errorf("db: take out media: %w", err)
	}
	return nil
}

// putMedia writes down which media a block holds, in one statement; most blocks
// hold none and cost nothing.
func (t *tx) putMedia(ctx context.Context, runID int64, b block, media mediaMarks) error {
	if len(media) == 0 {
		return nil
	}
	var keys, types []string
	var ends, steps, lines []int64
	for key, m := range media {
		keys, types = append(keys, key), append(types, m.wbType)
		steps, lines = append(steps, m.steps...), append(lines, m.lines...)
		ends = append(ends, int64(len(steps)))
	}
	const q = `
		insert into media_chunks (run_id, key, writer, line0, type, steps, lines)
		select $1, key, $2, $3, type, ($4::bigint[])[before + 1:behind], ($5::bigint[])[before + 1:behind]
		from (
			select key, type, behind, coalesce(lag(behind) over (order by n), 0) as before
			from unnest($6::text[], $7::text[], $8::bigint[]) with ordinality as m (key, type, behind, n)
		) as m`
	if _, err := t.ExecContext(ctx, q, runID, b.Writer, b.Line0, pq.Array(steps), pq.Array(lines), pq.Array(keys), pq.Array(types), pq.Array(ends)); err != nil {
		return fmt.Errorf("db: write media: %w", err)
	}
	return nil
}

// indexOldMedia finds the media of one run that was there before they were
// written down, and reports whether there may be more such runs.
func (db *DB) indexOldMedia(ctx context.Context) (more bool, err error) {
	err = db.change(ctx, registry.System(registry.Worker), registry.Administer, everywhere, func(t *tx) error {
		const take = `
			delete from runs_without_media
			where run_id in (select run_id from runs_without_media order by run_id limit 1 for update skip locked)
			returning run_id`
		var ids []int64
		if err := t.SelectContext(ctx, &ids, take); err != nil || len(ids) == 0 {
			return err
		}
		more = true
		if _, err := t.ExecContext(ctx, `select from runs where id = $1 for no key update`, ids[0]); err != nil {
			return fmt.Errorf("db: lock run: %w", err)
		}
		if _, err := t.ExecContext(ctx, `delete from media_chunks where run_id = $1`, ids[0]); err != nil {
			return fmt.Errorf("db: take out media: %w", err)
		}
		return t.indexMedia(ctx, ids[0])
	})
	return more, err
}

// indexMedia finds the media in all lines of a run.
func (t *tx) indexMedia(ctx context.Context, runID int64) error {
	const q = `select writer, line0 from history_blocks where run_id = $1 and stream = 'history' order by writer, line0`
	var blocks []block
	if err := t.SelectContext(ctx, &blocks, q, runID); err != nil {
		return fmt.Errorf("db: find blocks: %w", err)
	}
	var r registry.LineReader
	for _, at := range blocks {
		b, lines, err := t.blockAt(ctx, runID, at.Writer, at.Line0)
		if err != nil {
			return err
		}
		var media mediaMarks
		for i, line := range lines {
			if r.Read(line) == nil {
				if step, ok := r.Step(); ok {
					media.add(b.Line0+int64(i), step, &r)
				}
			}
		}
		if err := t.putMedia(ctx, runID, b, media); err != nil {
			return err
		}
	}
	return nil
}

// blockAt reads the block of the history that a line stands in.
func (t *tx) blockAt(ctx context.Context, runID int64, writer string, line int64) (b block, lines []string, err error) {
	const q = `
		select writer, line0, n, step0, step1, raw
		from history_blocks
		where run_id = $1 and stream = 'history' and writer = $2 and line0 <= $3
		order by line0 desc
		limit 1`
	if err := t.GetContext(ctx, &b, q, runID, writer, line); err != nil {
		return b, nil, fmt.Errorf("db: read lines: %w", err)
	}
	lines, err = t.packer.unpack(b.Raw, b.N)
	return b, lines, err
}
