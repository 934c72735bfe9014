package registry

import (
	"encoding/json"
	"slices"
	"time"
)

// Stream is one of the things a run logs line by line.
type Stream string

// The streams: what the script logged, what its machine measured, what it
// printed.
const (
	HistoryStream Stream = "history"
	EventStream   Stream = "events"
	OutputStream  Stream = "output"
)

// maxLines is more than any run has in a stream.
const maxLines = 1 << 50

// Lines stand in a stream at the numbers First, First+1, … and replace what
// stood there.
type Lines struct {
	First int64
	Text  []string
}

// RunLines is what one request of a running script says.
type RunLines struct {
	Writer     string // which of several processes that log one run, each numbering its own lines; "" for the only one
	Lines      map[Stream]Lines
	Summary    *string // the whole summary, a JSON object that may hold NaN and Infinity
	Preempting bool    // the machine may be taken away any moment
	Complete   bool    // this was the last
	ExitCode   int     // of the script, when Complete
}

// Check returns Invalid for line numbers that cannot be.
func (l RunLines) Check() error {
	for stream, lines := range l.Lines {
		if lines.First < 0 || lines.First > maxLines {
			return Errorf(Invalid, "The %s cannot begin at line %d.", stream, lines.First)
		}
	}
	return nil
}

// StreamAnswer is what the script is told.
type StreamAnswer struct {
	Stopped bool // somebody asked the run to stop
}

// HistoryPage says which lines of a stream to read. The zero values of the
// bounds mean all.
type HistoryPage struct {
	Stream  Stream
	MinStep *int64
	MaxStep *int64 // exclusive
	Samples int    // at most so many, evenly chosen; 0 for all
}

// Sampling returns how many lines to choose, 0 for all. A window of steps that
// is no wider than the number of samples is not sampled: it is one page of a
// scan, which must not lose the lines of a step logged twice.
func (p HistoryPage) Sampling() int {
	if p.MinStep != nil && p.MaxStep != nil && *p.MaxStep-*p.MinStep <= int64(p.Samples) {
		return 0
	}
	return p.Samples
}

// SampleSpec asks for the rows that hold all of some keys.
type SampleSpec struct {
	Keys    []string
	MinStep *int64
	MaxStep *int64 // inclusive
	Samples int    // at most so many, evenly chosen; 0 for 500
}

// HistoryRow is the values of the keys asked for. They are strict JSON: NaN and
// ±Infinity stand as the strings "NaN", "Infinity" and "-Infinity".
type HistoryRow map[string]json.RawMessage

// HistoryKeys is what a run logged numbers for.
type HistoryKeys struct {
	LastStep *int64 // nil before the first line
	Keys     []MetricKey
}

// OutputLine is a line a script printed.
type OutputLine struct {
	Number int64
	At     *time.Time // nil if the line does not say
	Level  string     // "error" for what went to stderr, otherwise ""
	Label  string     // of the process, when several log one run
	Text   string
}

// AddWarnings returns what a run keeps of its warnings when more come: each
// once, the first ones.
func AddWarnings(held, more []string) []string {
	for _, w := range more {
		if len(held) < MaxWarnings && !slices.Contains(held, w) {
			held = append(held, w)
		}
	}
	return held
}
