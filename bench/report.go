package main

import (
	"fmt"
	"io"
	"math"
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
	worse bool // of how many times worse ours is than the peer's
	limit float64
	aim   bool // to be shown rather than demanded
}

func atLeast(limit float64) bound      { return bound{limit: limit} }
func atMost(limit float64) bound       { return bound{limit: limit, most: true} }
func ratioAtLeast(limit float64) bound { return bound{limit: limit, ratio: true} }

// within demands that ours is at most so many times worse than the peer's.
func within(limit float64) bound { return bound{limit: limit, worse: true} }

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
	if len(f.ours) == 0 {
		return false
	}
	if b.worse {
		return f.ratio()*b.limit >= 1
	}
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
	text := f.what + ": " + f.own()
	if len(f.peer) > 0 {
		text += ", " + f.other() + ", " + times(f.ratio())
	}
	for _, b := range f.bounds {
		text += ", " + f.asked(b) + ": " + f.judged(b)
	}
	return text
}

// own is what we measured of ours. Rounding never makes it better than it is.
func (f figure) own() string { return spread(f.ours, f.unit, f.better == less) }

// other is what we measured of the peer. Rounding never makes it worse than it is.
func (f figure) other() string { return f.who + ": " + spread(f.peer, f.unit, f.better == more) }

// asked is a bound in words.
func (f figure) asked(b bound) string {
	if b.worse {
		return "at most " + plain(b.limit) + " times the peer's"
	}
	text := "at least "
	if b.most {
		text = "at most "
	}
	if b.ratio {
		return text + plain(b.limit) + "×"
	}
	return text + plain(b.limit) + " " + f.unit
}

// judged says whether a bound was held, or an aim reached.
func (f figure) judged(b bound) string {
	switch held := f.holds(b); {
	case b.aim && held:
		return "aim reached"
	case b.aim:
		return "aim not reached"
	case held:
		return "held"
	}
	return "**missed**"
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
	all, held := 0, 0
	for _, s := range r.sections {
		for _, f := range s.figures {
			for _, b := range f.bounds {
				if b.aim {
					continue
				}
				all++
				if f.holds(b) {
					held++
				}
			}
		}
	}
	return fmt.Sprintf("%d of %d bounds held", held, all)
}

// introduction stands above everything, between the title and when it was.
const introduction = `# Benchmarks

Written by ` + "`make bench`" + `, which builds the program, installs what it is compared with, and measures one thing after the other on
whatever machine it runs on. Figures of two machines, or of a busy one, say little beside each other; those within one report do:
every thing is measured in rounds that take turns with the peer's, with the same clock, client and disk.

Each cell shows the median of the rounds and, behind it, the least and the greatest. The ratio says how many times better our
median is than the peer's. A bound is what we promise to hold; an aim is what we strive for. Rounding is never in our favour, and
what is missed is shown as missed. A work that cannot be verified afterwards, byte for byte or value for value, has no figure.
`

// write writes the report as Markdown.
func (r report) write(w io.Writer) {
	fmt.Fprint(w, introduction)
	fmt.Fprintf(w, "\n%s on %s, measured in %s.\n\n", r.verdict(), r.date.UTC().Format("2 January 2006"), r.took.Round(time.Second))
	fmt.Fprint(w, "| | |\n|---|---|\n")
	for _, v := range slices.Concat(r.machine.facts, r.machine.versions) {
		fmt.Fprintf(w, "| %s | %s |\n", v.what, v.which)
	}
	for _, s := range r.sections {
		fmt.Fprintf(w, "\n## %s\n\n%s\n\n", s.work.title, s.work.about)
		fmt.Fprint(w, "| | Greenroom | peer | ratio | bound | result |\n|---|---|---|---|---|---|\n")
		for _, f := range s.figures {
			f.row(w)
		}
	}
}

func (f figure) row(w io.Writer) {
	peer, ratio := "", ""
	if len(f.peer) > 0 {
		peer, ratio = f.other(), times(f.ratio())
	}
	var asked, judged []string
	for _, b := range f.bounds {
		asked, judged = append(asked, f.asked(b)), append(judged, f.judged(b))
	}
	fmt.Fprintf(w, "| %s | %s | %s | %s | %s | %s |\n", f.what, f.own(), peer, ratio, strings.Join(asked, "<br>"), strings.Join(judged, "<br>"))
}

// spread is the median with the least and the greatest value; a single value is only itself.
func spread(values []float64, unit string, up bool) string {
	if len(values) == 0 {
		return ""
	}
	text := amount(median(values), up) + " " + unit
	if len(values) == 1 {
		return text
	}
	return fmt.Sprintf("%s (%s–%s)", text, amount(slices.Min(values), up), amount(slices.Max(values), up))
}

func times(ratio float64) string { return amount(ratio, false) + "×" }

// amount has three digits that count, or all before the point, rounded up or down.
func amount(v float64, up bool) string {
	digits := 0
	for size := v; size < 100 && digits < 2; size *= 10 {
		digits++
	}
	scale := math.Pow10(digits)
	// What a float cannot say exactly must not count as a bit more.
	if up {
		v = max(math.Ceil(v*scale-1e-9), 0) / scale
	} else {
		v = math.Floor(v*scale+1e-9) / scale
	}
	return grouped(strconv.FormatFloat(v, 'f', digits, 64))
}

// plain is a number as somebody would write it.
func plain(v float64) string { return grouped(strconv.FormatFloat(v, 'f', -1, 64)) }

// grouped puts a comma after thousands.
func grouped(text string) string {
	whole, rest, point := strings.Cut(text, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if point {
		whole += "." + rest
	}
	return whole
}
