package views

import (
	"math"
	"strconv"

	"greenroom/registry"
	"greenroom/views/ui"
)

// figureColumn is one metric down a table: the same number of decimals in every
// row, and how each stands between worst and best.
type figureColumn struct {
	Texts  []string // "" where the metric was not logged
	Shares []float64
	Best   []bool
	Bars   bool // there is something to compare
}

func figureColumns(m registry.ModelPage) []figureColumn {
	columns := make([]figureColumn, len(m.Keys))
	for k, key := range m.Keys {
		values := make([]float64, len(m.Versions))
		logged := make([]bool, len(m.Versions))
		for i, v := range m.Versions {
			values[i], logged[i] = v.Figures[key], hasFigure(v, key)
		}
		columns[k] = newFigureColumn(values, logged, registry.LowerIsBetter(key))
	}
	return columns
}

func hasFigure(v registry.VersionRow, key string) bool {
	_, ok := v.Figures[key]
	return ok
}

func newFigureColumn(values []float64, logged []bool, lowerIsBetter bool) figureColumn {
	n := len(values)
	c := figureColumn{Texts: make([]string, n), Shares: make([]float64, n), Best: make([]bool, n)}
	places, low, high := 0, math.Inf(1), math.Inf(-1)
	for i, v := range values {
		if logged[i] && finite(v) {
			places = max(places, decimals(v))
			low, high = min(low, v), max(high, v)
		}
	}
	c.Bars = low < high
	for i, v := range values {
		if !logged[i] {
			continue
		}
		c.Texts[i] = metricWith(v, places)
		if c.Bars && finite(v) {
			c.Shares[i] = (v - low) / (high - low)
			if lowerIsBetter {
				c.Shares[i] = 1 - c.Shares[i]
			}
			c.Best[i] = c.Shares[i] == 1
		}
	}
	return c
}

// figureText writes one figure with the decimals it takes.
func figureText(v float64) string { return metricWith(v, decimals(v)) }

// decimals is how many places it takes to write v, at most four, none for what
// is written in powers of ten.
func decimals(v float64) int {
	if !plain(v) {
		return 0
	}
	for places := range 4 {
		scaled := v * math.Pow10(places)
		if math.Abs(scaled-math.Round(scaled)) < 1e-9*max(1, math.Abs(scaled)) {
			return places
		}
	}
	if math.Abs(v) >= 1000 {
		return 1
	}
	return 4
}

// plain reports whether v is written with a point rather than a power of ten.
func plain(v float64) bool {
	a := math.Abs(v)
	short := a >= 1e-4 && math.Abs(a*1e4-math.Round(a*1e4)) < 1e-9
	return finite(v) && (a == 0 || a >= 1e-3 || short) && a < 1e9
}

func metricWith(v float64, places int) string {
	if !plain(v) || math.Abs(v) >= 1000 {
		return ui.Metric(v)
	}
	s := strconv.FormatFloat(math.Abs(v), 'f', places, 64)
	if v < 0 {
		return "\u2212" + s
	}
	return s
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
