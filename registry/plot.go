package registry

import (
	"cmp"
	"math"
	"slices"
)

// PlotKind is a way to draw a table.
type PlotKind string

// The ways.
const (
	ConfusionPlot PlotKind = "confusion"
	CurvePlot     PlotKind = "curve"
	BarPlot       PlotKind = "bar"
	HistogramPlot PlotKind = "histogram"
	ScatterPlot   PlotKind = "scatter"
)

const (
	plotClasses = 40 // a confusion matrix of more is for those who read tables
	plotCurves  = 8
	plotBars    = 60
	plotPoints  = 2000
	plotBins    = 30
)

// Plot is a drawing of a table: numbers only, where they stand is for those who
// draw.
type Plot struct {
	Kind   PlotKind
	X, Y   string // what stands along the axes
	Labels []string
	Values []float64   // bars, or counts of a histogram
	Edges  []float64   // of a histogram
	Curves []PlotLine  // scattered points, too
	Counts [][]float64 // of a confusion matrix, rows are what is right
	Left   int         // curves, bars or points that are not drawn
}

// PlotLine is points that belong together.
type PlotLine struct {
	Name string
	X, Y []float64
	Area float64 // under the curve, NaN where that says nothing
}

// Draw returns the drawing of a table that shows the plot's columns, nil where
// there is nothing to draw.
func (s PlotSpec) Draw(p TablePage) *Plot {
	columns := s.Columns()
	read := func(i int) []Cell {
		cells := make([]Cell, len(p.Rows))
		if i >= len(columns) {
			return cells
		}
		column := slices.IndexFunc(p.Columns, func(c TableColumn) bool { return c.Name == columns[i] })
		if at := slices.Index(p.Shown, column); column >= 0 && at >= 0 {
			for n, row := range p.Rows {
				cells[n] = row.Cells[at]
			}
		}
		return cells
	}
	if len(p.Rows) == 0 || len(columns) == 0 {
		return nil
	}
	name := func(key, otherwise string) string { return cmp.Or(s.Words[key], s.Fields[otherwise]) }
	var f *Plot
	switch panels[s.Panel].way {
	case "confusion":
		f = confusion(read(0), read(1), read(2))
	case "area":
		f = curves(read(0), read(1), read(2))
		f.X, f.Y = name("x-axis-title", "x"), name("y-axis-title", "y")
		for i := range f.Curves {
			f.Curves[i].Area = area(f.Curves[i])
		}
	case "line":
		f = curves(read(0), read(1), read(2))
		f.X, f.Y = columns[0], columns[1]
	case "series":
		f = curves(read(0), read(1), read(2))
		f.X = name("xname", "step")
	case "bar":
		f = barsOf(read(0), read(1), read(2))
		f.X = columns[1]
	case "histogram":
		f = binned(numbersOfCells(read(0)))
		f.X = columns[0]
	case "scatter":
		f = scattered(read(0), read(1), read(2))
		f.X, f.Y = columns[0], columns[1]
	}
	return f
}

func numbersOfCells(cells []Cell) []float64 {
	var numbers []float64
	for _, c := range cells {
		if c.Kind == NumberCell && finite(c.Number) {
			numbers = append(numbers, c.Number)
		}
	}
	return numbers
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// confusion counts guesses by what is right, in the order of the table.
func confusion(right, guess, n []Cell) *Plot {
	f := &Plot{Kind: ConfusionPlot, X: "Predicted", Y: "Actual"}
	at := map[string]int{}
	find := func(name string) int {
		i, ok := at[name]
		if !ok {
			i = len(f.Labels)
			at[name], f.Labels = i, append(f.Labels, name)
		}
		return i
	}
	for i := range right { // rows first, so that both sides have the same order
		find(right[i].Text)
	}
	for i := range guess {
		find(guess[i].Text)
	}
	if len(f.Labels) > plotClasses {
		return nil
	}
	f.Counts = make([][]float64, len(f.Labels))
	for i := range f.Counts {
		f.Counts[i] = make([]float64, len(f.Labels))
	}
	for i := range right {
		if v := n[i].Number; n[i].Kind == NumberCell && finite(v) && v >= 0 {
			f.Counts[find(right[i].Text)][find(guess[i].Text)] += v
		}
	}
	return f
}

// Row returns how many of a class there are, and how many were told.
func (f Plot) Row(class int) (all, right float64) {
	for _, v := range f.Counts[class] {
		all += v
	}
	return all, f.Counts[class][class]
}

// Weakest returns the class of which the smallest share was told, and what it is
// most often taken for; false where all were told or there are none.
func (f Plot) Weakest() (class, takenFor int, ok bool) {
	least := 1.0
	for i := range f.Counts {
		if all, right := f.Row(i); all > 0 && right/all < least {
			least, class, ok = right/all, i, true
		}
	}
	if !ok {
		return 0, 0, false
	}
	most := 0.0
	for j, v := range f.Counts[class] {
		if j != class && v > most {
			most, takenFor = v, j
		}
	}
	return class, takenFor, true
}

// curves groups points by the names that stand beside them.
func curves(x, y, name []Cell) *Plot {
	f := &Plot{Kind: CurvePlot}
	var g grouped
	for i := range x {
		if x[i].Kind == NumberCell && y[i].Kind == NumberCell && finite(x[i].Number) {
			g.add(name[i].Text, x[i].Number, y[i].Number)
		}
	}
	f.Curves = g.lines
	if len(f.Curves) > plotCurves {
		f.Left = len(f.Curves) - plotCurves
		f.Curves = f.Curves[:plotCurves]
	}
	return f
}

// grouped is points by the names that stand beside them.
type grouped struct {
	lines []PlotLine
	at    map[string]int
}

func (g *grouped) add(name string, x, y float64) {
	n, ok := g.at[name]
	if !ok {
		if g.at == nil {
			g.at = map[string]int{}
		}
		n = len(g.lines)
		g.at[name] = n
		g.lines = append(g.lines, PlotLine{Name: name, Area: math.NaN()})
	}
	l := &g.lines[n]
	l.X, l.Y = append(l.X, x), append(l.Y, y)
}

// area is the area under a curve from 0 to 1, NaN for one that does not go so far.
func area(c PlotLine) float64 {
	order := make([]int, len(c.X))
	for i := range order {
		order[i] = i
	}
	if len(order) > 1 && c.X[0] > c.X[len(c.X)-1] {
		slices.Reverse(order)
	}
	sum := 0.0
	for i := 1; i < len(order); i++ {
		a, b := order[i-1], order[i]
		if c.X[b] < c.X[a] {
			return math.NaN()
		}
		sum += (c.X[b] - c.X[a]) * (c.Y[a] + c.Y[b]) / 2
	}
	if len(order) < 2 || c.X[order[0]] > 0.001 || math.Abs(c.X[order[len(order)-1]]-1) > 0.001 {
		return math.NaN()
	}
	return sum
}

func barsOf(label, value, part []Cell) *Plot {
	f := &Plot{Kind: BarPlot}
	for i := range label {
		if value[i].Kind != NumberCell || !finite(value[i].Number) {
			continue
		}
		if len(f.Values) == plotBars {
			f.Left++
			continue
		}
		words := label[i].Text
		if part[i].Text != "" {
			words += ", " + part[i].Text
		}
		f.Labels, f.Values = append(f.Labels, words), append(f.Values, value[i].Number)
	}
	return f
}

// binned counts values in bars of equal width.
func binned(values []float64) *Plot {
	f := &Plot{Kind: HistogramPlot}
	if len(values) == 0 {
		return f
	}
	low, high := slices.Min(values), slices.Max(values)
	if low == high {
		low, high = low-0.5, high+0.5
	}
	f.Values = make([]float64, plotBins)
	width := high/plotBins - low/plotBins
	for i := range plotBins + 1 {
		f.Edges = append(f.Edges, low+float64(i)*width)
	}
	for _, v := range values {
		f.Values[max(0, min(plotBins-1, int((v-low)/width)))]++
	}
	return f
}

// scattered groups points as curves does; those of further groups are not drawn.
func scattered(x, y, name []Cell) *Plot {
	f := &Plot{Kind: ScatterPlot}
	g := grouped{lines: []PlotLine{{Area: math.NaN()}}, at: map[string]int{"": 0}}
	drawn := 0
	for i := range x {
		if x[i].Kind != NumberCell || y[i].Kind != NumberCell || !finite(x[i].Number) || !finite(y[i].Number) {
			continue
		}
		if _, known := g.at[name[i].Text]; drawn == plotPoints || !known && len(g.lines) > plotCurves {
			f.Left++
			continue
		}
		drawn++
		g.add(name[i].Text, x[i].Number, y[i].Number)
	}
	if f.Curves = g.lines; len(g.lines) > 1 && len(g.lines[0].X) == 0 {
		f.Curves = g.lines[1:]
	}
	return f
}
