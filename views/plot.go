package views

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"greenroom/registry"
	"greenroom/views/ui"
)

// The room that a plot takes, in the units of its picture.
const (
	plotWidth  = 420
	plotHeight = 230
	plotLeft   = 52
	plotRight  = 10
	plotTop    = 8
	plotBottom = 40
)

// axis is a range of numbers laid along a side of a plot.
type axis struct {
	low, high float64
	from, to  float64 // where low and high stand
	ticks     []float64
	step      float64
}

// axisOver lays out an axis over values, with a few round ticks.
func axisOver(low, high, from, to float64) axis {
	if !(low < high) { // also where there is nothing
		if math.IsInf(low, 0) || math.IsNaN(low) {
			low = 0
		}
		pad := max(math.Abs(low)*0.1, 0.5)
		low, high = low-pad, low+pad
	}
	a := axis{low: low, high: high, from: from, to: to}
	raw := high/4 - low/4
	unit := math.Pow(10, math.Floor(math.Log10(raw)))
	for _, m := range []float64{1, 2, 2.5, 5, 10} {
		if a.step = m * unit; a.step >= raw {
			break
		}
	}
	for i := math.Ceil(low/a.step - 1e-9); len(a.ticks) < 8 && i*a.step <= high+a.step*1e-9; i++ {
		a.ticks = append(a.ticks, i*a.step)
	}
	return a
}

// at is where a value stands, as SVG writes it.
func (a axis) at(v float64) float64 {
	return a.from + (a.to-a.from)*(v/2-a.low/2)/(a.high/2-a.low/2)
}

// label writes a tick with as many decimals as its neighbours need.
func (a axis) label(v float64) string {
	if m := max(math.Abs(a.low), math.Abs(a.high)); m >= 1e6 || m < 1e-3 {
		return ui.Metric(v)
	}
	decimals := max(0, int(math.Ceil(-math.Log10(a.step)-1e-9)))
	if a.step*math.Pow(10, float64(decimals)) != math.Trunc(a.step*math.Pow(10, float64(decimals))) {
		decimals++
	}
	text := strconv.FormatFloat(math.Abs(v), 'f', decimals, 64)
	if v < 0 && text != strconv.FormatFloat(0, 'f', decimals, 64) {
		return "−" + text
	}
	return text
}

func px(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }

// span returns the lowest and the highest of values.
func span(lists ...[]float64) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, values := range lists {
		for _, v := range values {
			if !math.IsNaN(v) && !math.IsInf(v, 0) {
				low, high = min(low, v), max(high, v)
			}
		}
	}
	return low, high
}

// curvePlot is a drawing of curves or points, laid out.
type curvePlot struct {
	registry.Plot
	x, y  axis
	ends  []endLabel
	right float64
}

// endLabel names a curve at its end.
type endLabel struct {
	name string
	y    float64
	n    int
}

func layCurves(p registry.Plot) curvePlot {
	var xs, ys [][]float64
	named := false
	for _, c := range p.Curves {
		xs, ys = append(xs, c.X), append(ys, c.Y)
		named = named || c.Name != ""
	}
	right := float64(plotWidth - plotRight)
	if named {
		right -= 74
	}
	l := curvePlot{Plot: p, right: right}
	low, high := span(xs...)
	l.x = axisOver(low, high, plotLeft, right)
	low, high = span(ys...)
	l.y = axisOver(low, high, plotHeight-plotBottom, plotTop)
	if named {
		l.ends = ends(p.Curves, l.y)
	}
	return l
}

// ends stands the names of curves beside their ends, apart from each other.
func ends(curves []registry.PlotLine, y axis) []endLabel {
	var labels []endLabel
	for i, c := range curves {
		last := 0
		for n, x := range c.X {
			if x >= c.X[last] {
				last = n
			}
		}
		labels = append(labels, endLabel{c.Name, y.at(c.Y[last]), i})
	}
	slices.SortStableFunc(labels, func(a, b endLabel) int {
		if a.y < b.y {
			return -1
		}
		return 1
	})
	for i := range labels {
		labels[i].y = max(labels[i].y, plotTop+4)
		if i > 0 {
			labels[i].y = max(labels[i].y, labels[i-1].y+15)
		}
	}
	return labels
}

// line writes the points of a curve; what is no number is left out.
func (l curvePlot) line(c registry.PlotLine) string {
	var b []byte
	for i, x := range c.X {
		if y := c.Y[i]; !math.IsNaN(y) && !math.IsInf(y, 0) {
			if len(b) > 0 {
				b = append(b, ' ')
			}
			b = strconv.AppendFloat(b, l.x.at(x), 'f', 1, 64)
			b = append(b, ',')
			b = strconv.AppendFloat(b, l.y.at(y), 'f', 1, 64)
		}
	}
	return string(b)
}

// brief cuts a name to the room that there is.
func brief(name string, most int) string {
	if utf8.RuneCountInString(name) <= most {
		return name
	}
	return string([]rune(name)[:most-1]) + "…"
}

// areasOf says what lies under the curves, "" where that says nothing.
func areasOf(p registry.Plot) string {
	var words []string
	for _, c := range p.Curves {
		if !math.IsNaN(c.Area) {
			words = append(words, strings.TrimSpace(c.Name+" "+strconv.FormatFloat(c.Area, 'f', 4, 64)))
		}
	}
	if len(words) == 0 {
		return ""
	}
	return "Area under the curve: " + strings.Join(words, ", ") + "."
}

// curveName names a curve and, where it says something, the area under it.
func curveName(c registry.PlotLine) string {
	if math.IsNaN(c.Area) {
		return c.Name
	}
	return orWords(c.Name, "Curve") + ", area " + strconv.FormatFloat(c.Area, 'f', 4, 64)
}

// matrix is a confusion matrix, laid out.
type matrix struct {
	registry.Plot
	cell   float64
	tall   float64
	left   float64
	counts bool // there is room for numbers
	names  int  // characters of a class's name
}

func layMatrix(p registry.Plot) matrix {
	n := float64(max(len(p.Labels), 1))
	longest := 1
	for _, l := range p.Labels {
		longest = max(longest, utf8.RuneCountInString(l))
	}
	m := matrix{Plot: p, names: min(longest, 14)}
	m.left = 14 + 7*float64(m.names)
	m.cell = min(90, (560-m.left-70)/n)
	m.tall = max(12, min(30, m.cell))
	m.counts = m.cell >= 22
	return m
}

func (m matrix) width() float64  { return m.left + m.cell*float64(len(m.Labels)) + 70 }
func (m matrix) height() float64 { return 30 + m.tall*float64(len(m.Labels)) }

// shade is how dark a cell is: the share of its row, the diagonal full.
func (m matrix) shade(i, j int) string {
	all, _ := m.Row(i)
	switch v := m.Counts[i][j]; {
	case v == 0 || all == 0:
		return "0.05"
	case i == j:
		return "1"
	default:
		return strconv.FormatFloat(min(0.6, 0.16+4.4*v/all), 'f', 2, 64)
	}
}

// right says which share of a class was told.
func (m matrix) right(i int) string {
	all, right := m.Row(i)
	if all == 0 {
		return "None"
	}
	return strconv.FormatFloat(100*right/all, 'f', 2, 64) + " %"
}

func (m matrix) weakest() int {
	if class, _, ok := m.Weakest(); ok {
		return class
	}
	return -1
}

// total says how much of everything was told.
func (m matrix) total() string {
	sum, told := 0.0, 0.0
	for i := range m.Labels {
		all, right := m.Row(i)
		sum, told = sum+all, told+right
	}
	return ui.Metric(told) + " of " + ui.Metric(sum) + " right."
}

// weakness says which class was told worst, and what it was taken for.
func (m matrix) weakness() (class, rest string) {
	i, taken, ok := m.Weakest()
	if !ok {
		return "", ""
	}
	all, right := m.Row(i)
	return "Class " + m.Labels[i] + " is the weakest", ", it loses " + ui.Metric(all-right) + " of " + ui.Metric(all) + ", mostly to " + m.Labels[taken] + "."
}

// barPlot is bars or a histogram, laid out.
type barPlot struct {
	registry.Plot
	x, y axis
}

func layHistogram(p registry.Plot) barPlot {
	_, high := span(p.Values)
	low, top := span(p.Edges)
	return barPlot{p, axisOver(low, top, plotLeft, plotWidth-plotRight), axisOver(0, max(high, 1e-12), plotHeight-plotBottom, plotTop)}
}

func layBars(p registry.Plot) barPlot {
	low, high := span(p.Values)
	return barPlot{Plot: p, x: axisOver(min(low, 0), max(high, 0), 150, plotWidth-62)}
}

func (b barPlot) height() float64 { return float64(len(b.Values))*22 + 8 }

// describe says in words what a plot shows.
func describe(name string, p registry.Plot) string {
	switch p.Kind {
	case registry.ConfusionPlot:
		m := matrix{Plot: p}
		class, rest := m.weakness()
		return "Confusion matrix " + name + ", " + ui.Plural(len(p.Labels), "class", "classes") + ". " + m.total() + " " + class + rest
	case registry.CurvePlot:
		return ui.Plural(len(p.Curves), "curve", "curves") + " of " + name
	case registry.ScatterPlot:
		return "Points of " + name
	case registry.HistogramPlot:
		return "Histogram of " + name
	}
	return "Bars of " + name
}

// notDrawn says what a plot leaves out.
func notDrawn(p registry.Plot) string {
	if p.Left == 0 {
		return ""
	}
	switch p.Kind {
	case registry.CurvePlot:
		return ui.Plural(p.Left, "more curve is", "more curves are") + " in the table."
	case registry.BarPlot:
		return ui.Plural(p.Left, "more bar is", "more bars are") + " in the table."
	}
	return ui.Plural(p.Left, "more point is", "more points are") + " in the table."
}
