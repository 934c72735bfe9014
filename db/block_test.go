package db

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"greenroom/registry"
)

// A line is kept whole, also where it holds more numbers than there are charts for.
func TestMoreNumbersThanCharts(t *testing.T) {
	t.Parallel()
	p, err := newPacker()
	if err != nil {
		t.Fatal(err)
	}
	var line strings.Builder
	line.WriteString(`{"loss":1`)
	for i := range registry.MaxNumbers + 5 {
		fmt.Fprintf(&line, `,"k%d":%d`, i, i)
	}
	line.WriteString(`,"_step":7}`)
	a := p.read(registry.HistoryStream, "", registry.Lines{Text: []string{line.String()}})
	if len(a.segments) != 1 || len(a.segments[0].chunks) != registry.MaxNumbers || a.lastStep(-1) != 7 {
		t.Fatalf("%d segments, up to step %d", len(a.segments), a.lastStep(-1))
	}
	if !slices.Contains(a.segments[0].keys, "loss") {
		t.Error("the first number has no chart")
	}
	if kept, err := p.unpack(a.segments[0].Raw, 1); err != nil || kept[0] != line.String() {
		t.Errorf("the line is not kept as it was: %v", err)
	}
	if len(a.warnings) != 1 || a.warnings[0] != "Line 0 of the history has more than 131072 numbers: there are no charts of the others." {
		t.Errorf("warnings %q", a.warnings)
	}
}

// What one request may cost has an end; its lines are kept all the same.
func TestMoreChunksThanOneRequestMakes(t *testing.T) {
	t.Parallel()
	p, err := newPacker()
	if err != nil {
		t.Fatal(err)
	}
	const keys, lines = 20_000, 2*maxChunks/20_000 + 2
	var text []string
	for l := range lines {
		var line strings.Builder
		fmt.Fprintf(&line, `{"_step":%d`, l)
		for i := range keys {
			fmt.Fprintf(&line, `,"%d":%d`, l*keys+i, i)
		}
		text = append(text, line.String()+"}")
	}
	a := p.read(registry.HistoryStream, "", registry.Lines{Text: text})
	chunks, kept := 0, 0
	for _, s := range a.segments {
		chunks, kept = chunks+len(s.chunks), kept+s.N
	}
	if chunks < maxChunks || chunks > maxChunks+registry.MaxNumbers || kept != lines || a.lastStep(-1) != lines-1 {
		t.Errorf("%d chunks of %d lines up to step %d", chunks, kept, a.lastStep(-1))
	}
	if len(a.warnings) == 0 || !strings.Contains(a.warnings[0], "too many different numbers") {
		t.Errorf("warnings %.200q", a.warnings)
	}
}
