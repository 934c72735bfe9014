package db

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"greenroom/registry"
)

// OutputLines returns lines a script printed: the first ones behind the line
// number after (-1 for the beginning), or for last above 0 the last ones. more
// tells whether there are others in that direction. Lines that were never sent
// are left out.
//
// In a run shared by several writers the lines of one follow those of the other
// and are numbered on.
func (db *DB) OutputLines(ctx context.Context, by registry.Actor, ref registry.RunRef, first, last int, after int64) (lines []registry.OutputLine, more bool, err error) {
	err = db.readRun(ctx, by, ref, func(t *tx, runID int64) error {
		lines, more, err = t.outputLines(ctx, runID, first, last, after)
		return err
	})
	return lines, more, err
}

func (t *tx) outputLines(ctx context.Context, runID int64, first, last int, after int64) (lines []registry.OutputLine, more bool, err error) {
	lines = []registry.OutputLine{}
	blocks, err := t.outputBlocks(ctx, runID)
	if err != nil {
		return lines, false, err
	}
	want := first
	if last > 0 {
		want = last
		slices.Reverse(blocks)
	}
	for _, b := range blocks {
		if len(lines) > want {
			break
		}
		if last <= 0 && b.end() <= after+1 {
			continue
		}
		add, err := t.parseBlock(ctx, runID, b)
		if err != nil {
			return lines, false, err
		}
		if last > 0 {
			slices.Reverse(add)
		}
		for _, l := range add {
			if last > 0 || l.Number > after {
				lines = append(lines, l)
			}
		}
	}
	more = len(lines) > want
	lines = lines[:min(len(lines), want)]
	if last > 0 {
		slices.Reverse(lines)
	}
	return lines, more, nil
}

// maxSearched is how many lines are looked through at once for some words.
const maxSearched = 300_000

// findOutput returns the first lines behind a number that hold some words, in
// letters of either case. more tells that there may be others.
func (t *tx) findOutput(ctx context.Context, runID int64, words string, first int, after int64) (lines []registry.OutputLine, more bool, err error) {
	blocks, err := t.outputBlocks(ctx, runID)
	if err != nil {
		return nil, false, err
	}
	words = strings.ToLower(words)
	searched := 0
	for _, b := range blocks {
		if b.end() <= after+1 {
			continue
		}
		if searched += b.N; searched > maxSearched && len(lines) > 0 {
			return lines, true, nil
		}
		found, err := t.parseBlock(ctx, runID, b)
		if err != nil {
			return nil, false, err
		}
		for _, l := range found {
			if l.Number <= after || !strings.Contains(strings.ToLower(l.Text), words) {
				continue
			}
			if len(lines) == first {
				return lines, true, nil
			}
			lines = append(lines, l)
		}
	}
	return lines, false, nil
}

// outputBlock is a block of output and the number its writer's lines begin at.
type outputBlock struct {
	block
	Offset int64
}

func (b outputBlock) end() int64 { return b.Offset + b.block.end() }

// outputBlocks returns the blocks of a run's output in order, without the lines.
func (t *tx) outputBlocks(ctx context.Context, runID int64) (blocks []outputBlock, err error) {
	const q = `
		select writer, line0, n
		from history_blocks
		where run_id = $1 and stream = 'output'
		order by writer, line0`
	if err := t.SelectContext(ctx, &blocks, q, runID); err != nil {
		return nil, fmt.Errorf("db: find output: %w", err)
	}
	for i := 1; i < len(blocks); i++ {
		blocks[i].Offset = blocks[i-1].Offset
		if blocks[i].Writer != blocks[i-1].Writer {
			blocks[i].Offset = blocks[i-1].end()
		}
	}
	return blocks, nil
}

func (t *tx) parseBlock(ctx context.Context, runID int64, b outputBlock) ([]registry.OutputLine, error) {
	const q = `
		select raw
		from history_blocks
		where run_id = $1 and stream = 'output' and writer = $2 and line0 = $3`
	if err := t.GetContext(ctx, &b.Raw, q, runID, b.Writer, b.Line0); err != nil {
		return nil, fmt.Errorf("db: read output: %w", err)
	}
	texts, err := t.packer.unpack(b.Raw, b.N)
	if err != nil {
		return nil, err
	}
	lines := make([]registry.OutputLine, len(texts))
	for i, text := range texts {
		lines[i] = registry.ParseOutput(b.Offset+b.Line0+int64(i), text)
	}
	return lines, nil
}
