package db

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/lib/pq"

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
	} else {
		blocks = slices.DeleteFunc(blocks, func(b outputBlock) bool { return b.end() <= after+1 })
	}
	err = t.eachOutput(ctx, runID, blocks, want+1, func(b outputBlock, texts []string) bool {
		at := len(lines)
		for i, text := range texts {
			if number := b.Offset + b.Line0 + int64(i); last > 0 || number > after {
				lines = append(lines, registry.ParseOutput(number, text))
			}
		}
		if last > 0 {
			slices.Reverse(lines[at:])
		}
		return len(lines) <= want
	})
	if err != nil {
		return lines, false, err
	}
	more = len(lines) > want
	lines = lines[:min(len(lines), want)]
	if last > 0 {
		slices.Reverse(lines)
	}
	return lines, more, nil
}

// printedTogether is about how many lines Printed returns.
const printedTogether = 5000

// Printed returns the next lines a script printed behind the line number after,
// as many as are kept together, for a reader that wants all of them. more tells
// whether there are others.
func (db *DB) Printed(ctx context.Context, by registry.Actor, ref registry.RunRef, after int64) (lines []registry.OutputLine, more bool, err error) {
	err = db.readRun(ctx, by, ref, func(t *tx, runID int64) error {
		blocks, err := t.outputBlocks(ctx, runID)
		if err != nil {
			return err
		}
		blocks = slices.DeleteFunc(blocks, func(b outputBlock) bool { return b.end() <= after+1 })
		read := 0
		err = t.eachOutput(ctx, runID, blocks, printedTogether, func(b outputBlock, texts []string) bool {
			read++
			for i, text := range texts {
				if number := b.Offset + b.Line0 + int64(i); number > after {
					lines = append(lines, registry.ParseOutput(number, text))
				}
			}
			return len(lines) < printedTogether
		})
		more = read < len(blocks)
		return err
	})
	return lines, more, err
}

// maxSearched is how many lines are looked through at once for some words.
const maxSearched = 300_000

// searchedTogether is how many lines are read at once to be looked through.
const searchedTogether = 5000

// findOutput returns the first lines behind a number that hold some words, in
// letters of either case. more tells that there may be others.
func (t *tx) findOutput(ctx context.Context, runID int64, words string, first int, after int64) (lines []registry.OutputLine, more bool, err error) {
	blocks, err := t.outputBlocks(ctx, runID)
	if err != nil {
		return nil, false, err
	}
	words = strings.ToLower(words)
	holds := func(text string) bool { return strings.Contains(strings.ToLower(text), words) }
	blocks = slices.DeleteFunc(blocks, func(b outputBlock) bool { return b.end() <= after+1 })
	searched := 0
	err = t.eachOutput(ctx, runID, blocks, searchedTogether, func(b outputBlock, texts []string) bool {
		if searched += b.N; searched > maxSearched && len(lines) > 0 {
			more = true
			return false
		}
		for i, text := range texts {
			number := b.Offset + b.Line0 + int64(i)
			// What is printed stands in the text as it is, unless that is JSON.
			if number <= after || !strings.HasPrefix(text, "{") && !holds(text) {
				continue
			}
			l := registry.ParseOutput(number, text)
			if !holds(l.Text) {
				continue
			}
			if len(lines) == first {
				more = true
				return false
			}
			lines = append(lines, l)
		}
		return true
	})
	if err != nil {
		return nil, false, err
	}
	return lines, more, nil
}

// outputBlock is a block of output and the number its writer's lines begin at.
type outputBlock struct {
	block
	Offset int64
	Size   int // of the lines, as they are kept
}

func (b outputBlock) end() int64 { return b.Offset + b.block.end() }

// outputBlocks returns the blocks of a run's output in order, without the lines.
func (t *tx) outputBlocks(ctx context.Context, runID int64) (blocks []outputBlock, err error) {
	const q = `
		select writer, line0, n, octet_length(raw) as size
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

// outputRead is how many bytes of blocks are read at once, give or take those of a
// block.
const outputRead = 1 << 20

// eachOutput calls visit with the lines of blocks until it returns false, and reads
// about so many lines at once.
func (t *tx) eachOutput(ctx context.Context, runID int64, blocks []outputBlock, lines int, visit func(outputBlock, []string) bool) error {
	for len(blocks) > 0 {
		n, size := 0, 0
		var writers []string
		var line0 []int64
		for _, b := range blocks {
			writers, line0 = append(writers, b.Writer), append(line0, b.Line0)
			if n, size = n+b.N, size+b.Size; n >= lines || size >= outputRead {
				break
			}
		}
		const q = `
			select b.raw
			from unnest($2::text[], $3::bigint[]) with ordinality as a (writer, line0, n)
			join history_blocks b on b.run_id = $1 and b.stream = 'output' and b.writer = a.writer and b.line0 = a.line0
			order by a.n`
		var raws [][]byte
		if err := t.SelectContext(ctx, &raws, q, runID, pq.Array(writers), pq.Array(line0)); err != nil {
			return fmt.Errorf("db: read output: %w", err)
		}
		for i, raw := range raws {
			texts, err := t.packer.unpack(raw, blocks[i].N)
			if err != nil {
				return err
			}
			if !visit(blocks[i], texts) {
				return nil
			}
		}
		blocks = blocks[len(line0):]
	}
	return nil
}
