package views

import (
	"math"
	"strconv"
	"strings"

	"greenroom/registry"
	"greenroom/views/ui"
)

// runColumns are the cells of a table of runs, column by column: figures with the
// same number of decimals and how each stands between worst and best.
func runColumns(shown []registry.RunColumn, runs []registry.RunRow) []figureColumn {
	columns := make([]figureColumn, len(shown))
	for k, c := range shown {
		values, logged := make([]float64, len(runs)), make([]bool, len(runs))
		for i, r := range runs {
			v := r.Values[c.Name]
			values[i], logged[i] = v.Number, v.IsNumber
		}
		columns[k] = newFigureColumn(values, logged, registry.LowerIsBetter(c.Key()))
		for i, r := range runs {
			switch v, ok := r.Values[c.Name]; {
			case ok && !v.IsNumber:
				columns[k].Texts[i] = emptyWord(v.Text)
			case ok && c.IsConfig():
				columns[k].Texts[i] = setting(v.Number)
			}
		}
		columns[k].Bars = columns[k].Bars && !c.IsConfig()
	}
	return columns
}

// barColour is how the bar under a figure is drawn.
func barColour(best bool) ui.Colour {
	if best {
		return ui.Production
	}
	return ui.Candidate
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
