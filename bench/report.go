package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A figure is one line of the report: what was measured, in rounds, ours and the peer's.
type figure struct {
	what   string
	unit   string // of both sides' rounds
	better direction
	ours   []float64
	peer   []float64 // empty without a peer
	who    string    // the peer and its version, "" without
	bounds []bound
}

// A direction says which values are better.
type direction int

const (
	more direction = iota
	less
)

// A bound is what a figure's median, or its ratio to the peer's, has to hold.
type bound struct {
	ratio bool // of the ratio rather than of ours
	most  bool // at most rather than at least
	limit float64
	aim   bool // to be shown rather than demanded
}

func atLeast(limit float64) bound      { return bound{limit: limit} }
func atMost(limit float64) bound       { return bound{limit: limit, most: true} }
func ratioAtLeast(limit float64) bound { return bound{limit: limit, ratio: true} }

// asAim makes a bound something to strive for.
func (b bound) asAim() bound {
	b.aim = true
	return b
}

// ratio says how many times better our median is than the peer's; 0 without a peer.
func (f figure) ratio() float64 {
	ours, peer := median(f.ours), median(f.peer)
	switch {
	case len(f.peer) == 0 || ours == 0 || peer == 0:
		return 0
	case f.better == less:
		return peer / ours
	}
	return ours / peer
}

// holds says whether the figure is within a bound.
func (f figure) holds(b bound) bool {
	value := median(f.ours)
	if b.ratio {
		value = f.ratio()
	}
	if b.most {
		return value <= b.limit
	}
	return value >= b.limit
}

// median is the middle one, or the mean of the two in the middle; 0 of nothing.
func median(values []float64) float64 {
	s := slices.Sorted(slices.Values(values))
	if len(s) == 0 {
		return 0
	}
	return (s[len(s)/2] + s[(len(s)-1)/2]) / 2
}

// line is the figure in short, for the log.
func (f figure) line() string {
	text := fmt.Sprintf("%s: %s", f.what, spread(f.ours, f.unit))
	if len(f.peer) > 0 {
		text += fmt.Sprintf(", %s: %s, %s", f.who, spread(f.peer, f.unit), times(f.ratio()))
	}
	for _, b := range f.bounds {
		text += ", " + f.judged(b)
	}
	return text
}

// judged is a bound and whether it was held.
func (f figure) judged(b bound) string {
	text := "at least "
	if b.most {
		text = "at most "
	}
	if b.ratio {
		text += times(b.limit)
	} else {
		text += amount(b.limit) + " " + f.unit
	}
	switch held := f.holds(b); {
	case b.aim && held:
		return text + " (aim): reached"
	case b.aim:
		return text + " (aim): not reached"
	case held:
		return text + ": held"
	}
	return text + ": **missed**"
}

// A section is one work and what came of it.
type section struct {
	work    work
	figures []figure
}

// A report is all that was measured.
type report struct {
	date     time.Time
	took     time.Duration
	machine  machine
	sections []section
}

// verdict says how many bounds were held.
func (r report) verdict() string {
	held, missed := 0, 0
	for _, s := range r.sections {
		for _, f := range s.figures {
			for _, b := range f.bounds {
				switch {
				case b.aim:
				case f.holds(b):
					held++
				default:
					missed++
				}
			}
		}
	}
	return fmt.Sprintf("%d bounds held, %d missed", held, missed)
}

const introduction = `# Benchmarks

Written by ` + "`make bench`" + `, which runs on any machine that has Go and Python.
`

// write writes the report as Markdown.
func (r report) write(w io.Writer) {
	fmt.Fprint(w, introduction)
	fmt.Fprintf(w, "\nMeasured on %s in %s; %s.\n\n", r.date.UTC().Format("2 January 2006"), r.took.Round(time.Minute), r.verdict())
	for _, v := range slices.Concat(r.machine.facts, r.machine.versions) {
		fmt.Fprintf(w, "- %s: %s\n", v.what, v.which)
	}
	for _, s := range r.sections {
		fmt.Fprintf(w, "\n## %s\n\n%s\n\n", s.work.title, s.work.about)
		fmt.Fprint(w, "| | Greenroom | peer | ratio | bound |\n|---|---|---|---|---|\n")
		for _, f := range s.figures {
			f.row(w)
		}
	}
}

func (f figure) row(w io.Writer) {
	peer, ratio := "–", "–"
	if len(f.peer) > 0 {
		peer, ratio = f.who+": "+spread(f.peer, f.unit), times(f.ratio())
	}
	var bounds []string
	for _, b := range f.bounds {
		bounds = append(bounds, f.judged(b))
	}
	fmt.Fprintf(w, "| %s | %s | %s | %s | %s |\n", f.what, spread(f.ours, f.unit), peer, ratio, strings.Join(bounds, "; "))
}

// spread is the median with the least and the greatest value.
func spread(values []float64, unit string) string {
	if len(values) == 0 {
		return "–"
	}
	return fmt.Sprintf("%s %s (%s–%s)", amount(median(values)), unit, amount(slices.Min(values)), amount(slices.Max(values)))
}

func times(ratio float64) string { return amount(ratio) + "×" }

// amount has three digits that count, or all before the point, in groups of three.
func amount(v float64) string {
	digits := 0
	switch {
	case v < 1:
		digits = 3
	case v < 10:
		digits = 2
	case v < 100:
		digits = 1
	}
	text := strconv.FormatFloat(v, 'f', digits, 64)
	whole, rest, _ := strings.Cut(text, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if rest != "" {
		whole += "." + rest
	}
	return whole
}
