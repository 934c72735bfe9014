package db

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/lib/pq"

	"greenroom/registry"
)

// fillMedia loads a page of what a run logged besides numbers, in a number of
// statements that does not grow with it.
func (t *tx) fillMedia(ctx context.Context, p *registry.RunPage) error {
	keys, err := t.mediaKeys(ctx, p.ID)
	if err != nil {
		return err
	}
	registry.DrawMedia(keys, p.Config)
	var chosen []registry.MediaKey
	if p.Media, chosen = registry.ChooseMedia(keys, p.Query.Media); len(chosen) == 0 {
		return nil
	}
	if p.Query.Media.Alone() {
		chosen = chosen[:1]
	}
	marks, err := t.mediaEntries(ctx, p.ID, chosen)
	if err != nil {
		return err
	}
	var at []mediaEntry
	for _, k := range chosen {
		item, entry := itemAt(k, marks[k.Key], p.Query.Media.Step)
		p.Media.Items = append(p.Media.Items, item)
		at = append(at, entry)
	}
	if err := t.readMedia(ctx, p.ID, p.Media.Items, at); err != nil {
		return err
	}
	registry.NameLayers(p.Media.Items, p.Config)
	if !t.access.Can(registry.Download) {
		return nil
	}
	if err := t.findMediaFiles(ctx, p.ID, p.Media.Items); err != nil {
		return err
	}
	if err := t.findMediaTables(ctx, p.ID, p.Media.Items); err != nil {
		return err
	}
	if err := t.findIncrements(ctx, p.ID, p.Media.Items); err != nil {
		return err
	}
	return t.findCharts(ctx, p.Media.Items)
}

// mediaKeys returns all keys under which a run logged media.
func (t *tx) mediaKeys(ctx context.Context, runID int64) (keys []registry.MediaKey, err error) {
	const q = `
		select key, (array_agg(type order by writer desc, line0 desc))[1] as type, sum(cardinality(steps)) as entries, max(steps[cardinality(steps)]) as newest
		from media_chunks
		where run_id = $1
		group by key`
	if err := t.SelectContext(ctx, &keys, q, runID); err != nil {
		return nil, fmt.Errorf("db: media of run: %w", err)
	}
	return keys, nil
}

// mediaEntry is a step at which something was logged: which of a chunk's.
type mediaEntry struct {
	step  int64
	chunk *mediaChunk
	at    int
}

// mediaChunk is where a key was logged in one block.
type mediaChunk struct {
	Key, Writer string
	Line0       int64
	Steps       pq.Int64Array
}

// mediaEntries returns where keys were logged, by step; of a step that was logged
// twice the last line counts.
func (t *tx) mediaEntries(ctx context.Context, runID int64, chosen []registry.MediaKey) (map[string][]mediaEntry, error) {
	names := make([]string, len(chosen))
	for i, k := range chosen {
		names[i] = k.Key
	}
	const q = `select key, writer, line0, steps from media_chunks where run_id = $1 and key = any($2) order by key, writer, line0`
	var chunks []mediaChunk
	if err := t.SelectContext(ctx, &chunks, q, runID, pq.Array(names)); err != nil {
		return nil, fmt.Errorf("db: steps of media: %w", err)
	}
	found := map[string][]mediaEntry{}
	for i := range chunks {
		c := &chunks[i]
		all := slices.Grow(found[c.Key], len(c.Steps))
		for at, step := range c.Steps {
			all = append(all, mediaEntry{step, c, at})
		}
		found[c.Key] = all
	}
	byStep := func(a, b mediaEntry) int { return cmp.Compare(a.step, b.step) }
	for key, all := range found {
		if !slices.IsSortedFunc(all, byStep) {
			slices.SortStableFunc(all, byStep)
		}
		last := all[:0]
		for i, e := range all {
			if i+1 == len(all) || all[i+1].step != e.step {
				last = append(last, e)
			}
		}
		found[key] = last
	}
	return found, nil
}

// mediaLines returns the lines that entries stand in.
func (t *tx) mediaLines(ctx context.Context, runID int64, entries []mediaEntry) ([]int64, error) {
	var keys, writers []string
	var line0, at []int64
	for _, e := range entries {
		keys, writers = append(keys, e.chunk.Key), append(writers, e.chunk.Writer)
		line0, at = append(line0, e.chunk.Line0), append(at, int64(e.at)+1)
	}
	const q = `
		select c.lines[e.at]
		from unnest($2::text[], $3::text[], $4::bigint[], $5::bigint[]) with ordinality as e (key, writer, line0, at, n)
		join media_chunks c on c.run_id = $1 and c.key = e.key and c.writer = e.writer and c.line0 = e.line0
		order by e.n`
	var lines []int64
	if err := t.SelectContext(ctx, &lines, q, runID, pq.Array(keys), pq.Array(writers), pq.Array(line0), pq.Array(at)); err != nil {
		return nil, fmt.Errorf("db: lines of media: %w", err)
	}
	return lines, nil
}

// itemAt chooses the newest entry at or before a step, the first where there is
// none, the newest of all with nil.
func itemAt(k registry.MediaKey, entries []mediaEntry, step *int64) (registry.MediaItem, mediaEntry) {
	at := len(entries) - 1
	if step != nil {
		n, found := slices.BinarySearchFunc(entries, *step, func(e mediaEntry, s int64) int { return cmp.Compare(e.step, s) })
		if at = n; !found {
			at = max(0, n-1)
		}
	}
	item := registry.MediaItem{MediaKey: k, Step: entries[at].step, At: at, First: entries[0].step, Last: entries[len(entries)-1].step}
	item.Entries = len(entries)
	if at > 0 {
		item.Before = &entries[at-1].step
	}
	if at+1 < len(entries) {
		item.Behind = &entries[at+1].step
	}
	shown := min(len(entries), registry.MediaTicks)
	for i := range shown {
		item.Ticks = append(item.Ticks, entries[i*(len(entries)-1)/max(shown-1, 1)].step)
	}
	return item, entries[at]
}

// readMedia reads what stands in the lines of the entries, from the blocks that
// hold them.
func (t *tx) readMedia(ctx context.Context, runID int64, items []registry.MediaItem, at []mediaEntry) error {
	lines, err := t.mediaLines(ctx, runID, at)
	if err != nil {
		return err
	}
	var writers []string
	for _, e := range at {
		writers = append(writers, e.chunk.Writer)
	}
	const q = `
		select distinct b.writer, b.line0, b.n, b.raw
		from unnest($2::text[], $3::bigint[]) as m (writer, line)
		cross join lateral (
			select writer, line0, n, raw
			from history_blocks
			where run_id = $1 and stream = 'history' and writer = m.writer and line0 <= m.line
			order by line0 desc
			limit 1
		) as b`
	var blocks []block
	if err := t.SelectContext(ctx, &blocks, q, runID, pq.Array(writers), pq.Array(lines)); err != nil {
		return fmt.Errorf("db: read media: %w", err)
	}
	var r registry.LineReader
	for _, b := range blocks {
		text, err := t.packer.unpack(b.Raw, b.N)
		if err != nil {
			return err
		}
		for i, e := range at {
			if e.chunk.Writer != b.Writer || lines[i] < b.Line0 || lines[i] >= b.end() {
				continue
			}
			row, err := r.Pick(text[lines[i]-b.Line0], []string{items[i].Key})
			if err != nil || row == nil {
				continue
			}
			items[i].Media, _ = registry.ReadMedia(string(row[items[i].Key]))
			items[i].Media.Kind = items[i].MediaKey.Kind
		}
	}
	return nil
}

// findMediaFiles finds which of the files that items name have arrived.
func (t *tx) findMediaFiles(ctx context.Context, runID int64, items []registry.MediaItem) error {
	var names []string
	for _, item := range items {
		names = append(names, item.Paths()...)
	}
	const q = `
		select f.name as path, b.sha256, b.md5, b.size, f.updated_at as at
		from run_files f
		join blobs b on b.id = f.blob_id
		where f.run_id = $1 and f.name = any($2)`
	var found []registry.Content
	if err := t.SelectContext(ctx, &found, q, runID, textArray(names)); err != nil {
		return fmt.Errorf("db: files of media: %w", err)
	}
	there := map[string]*registry.Content{}
	for i := range found {
		there[found[i].Path] = &found[i]
	}
	for i := range items {
		items[i].There, items[i].Contents = map[string]bool{}, map[string]*registry.Content{}
		for _, path := range items[i].Paths() {
			if c := there[path]; c != nil {
				items[i].There[path], items[i].Contents[path] = true, c
				if items[i].IsTable() {
					items[i].Source = c
				}
			}
		}
	}
	return nil
}
