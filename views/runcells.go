package views

import (
	"math"
	"strconv"
	"strings"

	"greenroom/registry"
	"greenroom/views/ui"
)

// runCells are the texts of the columns of a table of runs, by column and row:
// the same number of decimals down a column, "" where nothing was logged.
func runCells(l registry.ProjectPage) [][]string {
	cells := make([][]string, len(l.Columns))
	for k, c := range l.Columns {
		places := 0
		for _, r := range l.Runs {
			if v := r.Values[c.Name]; v.IsNumber && finite(v.Number) {
				places = max(places, decimals(v.Number))
			}
		}
		cells[k] = make([]string, len(l.Runs))
		for i, r := range l.Runs {
			v, ok := r.Values[c.Name]
			switch {
			case !ok:
			case !v.IsNumber:
				cells[k][i] = emptyWord(v.Text)
			case c.IsConfig():
				cells[k][i] = setting(v.Number)
			default:
				cells[k][i] = metricWith(v.Number, places)
			}
		}
	}
	return cells
}

// setting writes a number somebody chose with no more decimals than it has, and
// one that was drawn at random with six digits: enough to tell neighbours apart.
func setting(v float64) string {
	if !plain(v) {
		return ui.Metric(v)
	}
	text := exactly(v)
	if v != math.Trunc(v) && len(text) > 8 {
		places := max(0, 5-int(math.Floor(math.Log10(math.Abs(v)))))
		text = strings.TrimRight(strconv.FormatFloat(v, 'f', places, 64), "0")
	}
	return strings.Replace(text, "-", "\u2212", 1)
}

func emptyWord(text string) string {
	if strings.TrimSpace(text) == "" {
		return "empty"
	}
	return text
}

// cellTitle is the value in full, for what a cell cuts short.
func cellTitle(v registry.RunValue) string {
	if v.IsNumber {
		return exactly(v.Number)
	}
	return v.Text
}

// exactly writes every digit there is.
func exactly(v float64) string {
	if plain(v) {
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}
