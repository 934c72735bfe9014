package db

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/klauspost/compress/zstd"
	"github.com/lib/pq"

	"greenroom/registry"
)

// A block holds at most so many lines, and more than so many bytes only if one
// line does: reading one line never unpacks more.
const (
	blockLines = 4096
	blockBytes = 1 << 20
	// maxChunks is how many chunks one request makes, give or take those of a
	// block. Each is a row, and all of them are in memory before they are written.
	maxChunks = 400_000
)

// packer turns lines into blocks and back: zstd over the lengths of the lines
// and then the lines. It may be used by many at once.
type packer struct {
	enc *zstd.Encoder
	dec *zstd.Decoder
}

var errBlock = errors.New("a block of lines is damaged")

func newPacker() (p packer, err error) {
	if p.enc, err = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest)); err != nil {
		return p, fmt.Errorf("db: packer: %w", err)
	}
	if p.dec, err = zstd.NewReader(nil, zstd.WithDecoderMaxMemory(1<<30)); err != nil {
		return p, fmt.Errorf("db: packer: %w", err)
	}
	return p, nil
}

func (p packer) pack(lines []string) []byte {
	size := 0
	for _, l := range lines {
		size += binary.MaxVarintLen32 + len(l)
	}
	plain := make([]byte, 0, size)
	for _, l := range lines {
		plain = binary.AppendUvarint(plain, uint64(len(l)))
	}
	for _, l := range lines {
		plain = append(plain, l...)
	}
	return p.enc.EncodeAll(plain, nil)
}

func (p packer) unpack(raw []byte, n int) ([]string, error) {
	plain, err := p.dec.DecodeAll(raw, nil)
	if err != nil {
		return nil, fmt.Errorf("db: unpack lines: %w", err)
	}
	ends := make([]int, n)
	at, end := 0, 0
	for i := range ends {
		length, size := binary.Uvarint(plain[at:])
		if size <= 0 || length > uint64(len(plain)) {
			return nil, fmt.Errorf("db: unpack lines: %w", errBlock)
		}
		at += size
		end += int(length)
		ends[i] = end
	}
	text := string(plain[at:])
	if end != len(text) {
		return nil, fmt.Errorf("db: unpack lines: %w", errBlock)
	}
	lines := make([]string, n)
	from := 0
	for i, end := range ends {
		lines[i] = text[from:end]
		from = end
	}
	return lines, nil
}

// block is a row of history_blocks.
type block struct {
	Writer string
	Line0  int64
	N      int
	Step0  *int64
	Step1  *int64
	Raw    []byte
}

func (b block) end() int64 { return b.Line0 + int64(b.N) }

// segment is a block with the chunks made from it, ready to be written.
type segment struct {
	block
	keys   []string
	chunks []registry.Chunk
	media  mediaMarks
}

// arrival is lines of one writer's stream, read and ready to be written.
type arrival struct {
	stream   registry.Stream
	writer   string
	lines    registry.Lines
	segments []segment
	stepless []int // of lines, those that the server has to give a step
	chunks   int
	warnings []string
}

// read looks at lines and cuts them into blocks; in the history it finds their
// metrics. What is dropped becomes an empty line, so that the others keep their
// numbers.
func (p packer) read(stream registry.Stream, writer string, lines registry.Lines) *arrival {
	a := &arrival{stream: stream, writer: writer, lines: registry.Lines{First: lines.First, Text: slices.Clone(lines.Text)}}
	text := a.lines.Text
	for i, line := range text {
		if len(line) > registry.MaxLine {
			a.drop(i, fmt.Sprintf("it is longer than %d MiB", registry.MaxLine>>20))
		}
	}
	for from := 0; from < len(text); {
		to, size := from, 0
		for to < len(text) && to-from < blockLines && (to == from || size+len(text[to]) <= blockBytes) {
			size += len(text[to])
			to++
		}
		s := segment{block: block{Writer: writer, Line0: lines.First + int64(from), N: to - from}}
		if stream != registry.OutputStream {
			a.index(&s, from, to)
		}
		s.Raw = p.pack(text[from:to])
		a.segments = append(a.segments, s)
		from = to
	}
	return a
}

// index drops from the lines [from, to) what is not an object, and makes the
// chunks of a segment of history.
func (a *arrival) index(s *segment, from, to int) {
	var r registry.LineReader
	var columns registry.Columns
	full := false
	for i := from; i < to; i++ {
		line := a.lines.Text[i]
		if line == "" {
			continue
		}
		if err := r.Read(line); err != nil {
			a.drop(i, "it is not a JSON object")
			continue
		}
		if a.stream != registry.HistoryStream {
			continue
		}
		step, ok := r.Step()
		if !ok {
			a.stepless = append(a.stepless, i)
			continue
		}
		if r.More() {
			a.warn(i, fmt.Sprintf("has more than %d numbers: there are no charts of the others", registry.MaxNumbers))
		}
		if r.Long() {
			a.warnings = append(a.warnings, fmt.Sprintf("A number has a name of more than %d bytes: there is no chart of it.", registry.MaxMetricName))
		}
		s.media.add(a.lines.First+int64(i), step, &r)
		if a.chunks < maxChunks {
			columns.Add(i, step, &r)
		} else if !full {
			full = true
			a.warn(i, "and those after it came with too many different numbers: there are no charts of them")
		}
		if s.Step0 == nil {
			s.Step0, s.Step1 = new(step), new(step)
		}
		*s.Step0, *s.Step1 = min(*s.Step0, step), max(*s.Step1, step)
	}
	for _, c := range columns.All() {
		s.keys = append(s.keys, c.Key)
		s.chunks = append(s.chunks, registry.EncodeChunk(c.Steps, c.Values))
	}
	a.chunks += len(s.chunks)
}

func (a *arrival) drop(i int, why string) {
	a.lines.Text[i] = ""
	a.warn(i, "was dropped: "+why)
}

func (a *arrival) warn(i int, what string) {
	a.warnings = append(a.warnings, fmt.Sprintf("Line %d of the %s %s.", a.lines.First+int64(i), a.stream, what))
}

// lastStep returns the highest step in the lines, least if there is none.
func (a *arrival) lastStep(least int64) int64 {
	for _, s := range a.segments {
		if s.Step1 != nil {
			least = max(least, *s.Step1)
		}
	}
	return least
}

// linesOf returns how many lines a writer's stream has: the highest number + 1.
func (t *tx) linesOf(ctx context.Context, runID int64, stream registry.Stream, writer string) (n int64, err error) {
	const q = `
		select line0 + n
		from history_blocks
		where run_id = $1 and stream = $2 and writer = $3
		order by line0 desc
		limit 1`
	var ends []int64
	if err := t.SelectContext(ctx, &ends, q, runID, stream, writer); err != nil {
		return 0, fmt.Errorf("db: count lines: %w", err)
	}
	if len(ends) == 0 {
		return 0, nil
	}
	return ends[0], nil
}

// takeOut removes what stands where lines arrive, up to the line to, in blocks
// and chunks. Blocks and chunks that reach further go as a whole: kept are their
// other lines, to be written again, and cut the ones that stood there.
func (t *tx) takeOut(ctx context.Context, runID int64, a *arrival, to int64) (kept []registry.Lines, cut map[int64]string, err error) {
	stream, writer, from := a.stream, a.writer, a.lines.First
	lo, hi, err := t.spanOf(ctx, runID, stream, writer, from, to)
	if err != nil {
		return nil, nil, err
	}
	const blocks = `
		delete from history_blocks
		where run_id = $1 and stream = $2 and writer = $3 and line0 >= $4 and line0 < $5
		returning writer, line0, n, step0, step1, raw`
	var gone []block
	if err := t.SelectContext(ctx, &gone, blocks, runID, stream, writer, lo, hi); err != nil {
		return nil, nil, fmt.Errorf("db: take out blocks: %w", err)
	}
	const chunks = `delete from metric_chunks where run_id = $1 and writer = $2 and line0 >= $3 and line0 < $4`
	if stream == registry.HistoryStream {
		if _, err := t.ExecContext(ctx, chunks, runID, writer, lo, hi); err != nil {
			return nil, nil, fmt.Errorf("db: take out chunks: %w", err)
		}
		if err := t.takeOutMedia(ctx, runID, writer, lo, hi); err != nil {
			return nil, nil, err
		}
	}
	cut = map[int64]string{}
	for _, b := range gone {
		lines, err := t.packer.unpack(b.Raw, b.N)
		if err != nil {
			return nil, nil, err
		}
		before := min(max(from-b.Line0, 0), int64(b.N))
		after := min(max(to-b.Line0, before), int64(b.N))
		for i := before; i < after; i++ {
			cut[b.Line0+i] = lines[i]
		}
		for _, part := range []registry.Lines{{First: b.Line0, Text: lines[:before]}, {First: b.Line0 + after, Text: lines[after:]}} {
			if len(part.Text) > 0 {
				kept = append(kept, part)
			}
		}
	}
	return kept, cut, nil
}

// spanOf widens [from, to) until no block and no chunk lies across its ends.
func (t *tx) spanOf(ctx context.Context, runID int64, stream registry.Stream, writer string, from, to int64) (int64, int64, error) {
	for {
		const q = `
			select coalesce(min(first), $4) as first, coalesce(max(behind), $5) as behind
			from (
				select line0 as first, line0 + n as behind
				from history_blocks
				where run_id = $1 and stream = $2 and writer = $3 and line0 < $5 and line0 + n > $4
				union all
				select line0, line0 + lines
				from metric_chunks
				where $2 = 'history' and run_id = $1 and writer = $3 and line0 < $5 and line0 + lines > $4
			) as touched`
		var span struct{ First, Behind int64 }
		if err := t.GetContext(ctx, &span, q, runID, stream, writer, from, to); err != nil {
			return 0, 0, fmt.Errorf("db: find lines: %w", err)
		}
		if span.First >= from && span.Behind <= to {
			return from, to, nil
		}
		from, to = min(from, span.First), max(to, span.Behind)
	}
}

// putSegments writes blocks and chunks where nothing stands.
func (t *tx) putSegments(ctx context.Context, runID int64, a *arrival) error {
	for _, s := range a.segments {
		const q = `
			insert into history_blocks (run_id, stream, writer, line0, n, step0, step1, raw)
			values ($1, $2, $3, $4, $5, $6, $7, $8)`
		if _, err := t.ExecContext(ctx, q, runID, a.stream, s.Writer, s.Line0, s.N, s.Step0, s.Step1, s.Raw); err != nil {
			return fmt.Errorf("db: write lines: %w", err)
		}
		if err := t.putChunks(ctx, runID, s); err != nil {
			return err
		}
		if err := t.putMedia(ctx, runID, s.block, s.media); err != nil {
			return err
		}
	}
	return nil
}

// putChunks writes the chunks of a segment in one statement. Their bytes travel
// as one parameter, which the driver sends as it is; an array of them it would
// spell out in hexadecimal.
func (t *tx) putChunks(ctx context.Context, runID int64, s segment) error {
	if len(s.chunks) == 0 {
		return nil
	}
	var bytes []byte
	var n, step0, stride, odd, steps, agg, v []int64
	var lo, hi []float64
	for _, c := range s.chunks {
		n, step0, stride = append(n, int64(c.N)), append(step0, c.Step0), append(stride, c.Stride)
		lo, hi, odd = append(lo, c.Min), append(hi, c.Max), append(odd, int64(c.Odd))
		steps, bytes = append(steps, int64(len(bytes)+1)), append(bytes, c.Steps...)
		agg, bytes = append(agg, int64(len(bytes)+1)), append(bytes, c.Agg...)
		v, bytes = append(v, int64(len(bytes)+1)), append(bytes, c.V...)
	}
	const q = `
		insert into metric_chunks (run_id, writer, line0, lines, key, n, step0, stride, steps, vmin, vmax, odd, agg, v)
		select $1, $2, $3, $4, key, n, step0, stride,
			case stride when 0 then substring($5::bytea from steps for 8 * n) end,
			nullif(vmin, 'NaN'), nullif(vmax, 'NaN'), odd,
			substring($5::bytea from agg for (n + 31) / 32 * 8),
			substring($5::bytea from v for 8 * n)
		from unnest($6::text[], $7::int[], $8::bigint[], $9::bigint[], $10::float8[], $11::float8[], $12::int[], $13::int[], $14::int[], $15::int[])
			as c (key, n, step0, stride, vmin, vmax, odd, steps, agg, v)`
	if _, err := t.ExecContext(ctx, q, runID, s.Writer, s.Line0, s.N, bytes, pq.Array(s.keys), pq.Array(n), pq.Array(step0),
		pq.Array(stride), pq.Array(lo), pq.Array(hi), pq.Array(odd), pq.Array(steps), pq.Array(agg), pq.Array(v)); err != nil {
		return fmt.Errorf("db: write metrics: %w", err)
	}
	return nil
}
