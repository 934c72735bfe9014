package registry

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// MostCompared is how many versions or runs stand side by side at most.
const MostCompared = 20

// CompareQuery says which versions of a model to compare.
type CompareQuery struct {
	Versions []int // their numbers, in the order they are shown
	Base     *int  // what the others are measured against; nil for the one on the highest stage, or the first
}

// Check returns Invalid if these cannot be compared.
func (q CompareQuery) Check() error {
	return checkCompared(len(q.Versions), "versions")
}

func checkCompared(n int, what string) error {
	if n > MostCompared {
		return Errorf(Invalid, "Up to %d %s can be compared at once. Untick some.", MostCompared, what)
	}
	return nil
}

// Without is the query with one version less.
func (q CompareQuery) Without(number int) CompareQuery {
	q.Versions = slices.DeleteFunc(slices.Clone(q.Versions), func(n int) bool { return n == number })
	if q.Base != nil && *q.Base == number {
		q.Base = nil
	}
	return q
}

// SideBySide is what some things have in common and what not, each at its place.
type SideBySide struct {
	Base    int // the place of what the others are measured against
	Figures []CompareFigure
	Config  []CompareLine // of the runs, as far as the reader may see those
}

// Comparison is versions of a model side by side.
type Comparison struct {
	Collection
	Place    Place
	Access   Access
	Query    CompareQuery // without what is not there
	Versions []VersionRow // in the order asked for
	Gone     []int        // numbers asked for that stand here no more
	SideBySide
	Metadata []CompareLine
	Hidden   int // versions whose run the reader may not see
}

// CompareFigure is one metric over what is compared.
type CompareFigure struct {
	Key           string
	LowerIsBetter bool
	Values        []*float64 // nil where one has none
	Best          []bool     // ties are all best; none where all are the same
	Same          bool       // in all of them
}

// CompareLine is one value of config or metadata over what is compared.
type CompareLine struct {
	Key    string
	Values []string
	Known  []bool // whether one has it
	Same   bool   // in all of them
}

// ChooseBase is the place of the version that the others are measured against:
// the one asked for, or the one on the highest stage, or the first.
func ChooseBase(rows []VersionRow, asked *int) int {
	base, highest := 0, 0
	for i, v := range rows {
		if asked != nil && v.Number == *asked {
			return i
		}
		if len(v.Stages) > 0 && v.Stages[0].Position > highest {
			base, highest = i, v.Stages[0].Position
		}
	}
	return base
}

// CompareFigures sets figures side by side, in the order of keys: those first that
// most of what is compared has.
func CompareFigures(keys []string, figures []map[string]float64) []CompareFigure {
	lines := make([]CompareFigure, len(keys))
	counts := map[string]int{}
	for k, key := range keys {
		line := CompareFigure{Key: key, LowerIsBetter: LowerIsBetter(key), Values: make([]*float64, len(figures)), Best: make([]bool, len(figures))}
		low, high := math.Inf(1), math.Inf(-1)
		for i := range figures {
			value, ok := figures[i][key]
			if !ok {
				continue
			}
			line.Values[i] = &value
			counts[key]++
			if !math.IsNaN(value) {
				low, high = min(low, value), max(high, value)
			}
		}
		best := high
		if line.LowerIsBetter {
			best = low
		}
		line.Same = low == high && counts[key] == len(figures)
		for i, value := range line.Values {
			line.Best[i] = low < high && value != nil && *value == best
		}
		lines[k] = line
	}
	slices.SortStableFunc(lines, func(a, b CompareFigure) int { return cmp.Compare(counts[b.Key], counts[a.Key]) })
	return lines
}

// CompareValues sets values under the same names side by side, by name.
func CompareValues(values []map[string]RunValue) []CompareLine {
	names := map[string]bool{}
	for _, v := range values {
		for name := range v {
			names[name] = true
		}
	}
	var lines []CompareLine
	for _, name := range slices.Sorted(maps.Keys(names)) {
		line := CompareLine{Key: strings.TrimPrefix(name, ConfigColumn), Values: make([]string, len(values)), Known: make([]bool, len(values)), Same: true}
		for i, v := range values {
			value, ok := v[name]
			if line.Known[i] = ok; ok {
				line.Values[i] = value.Text
				if value.IsNumber {
					line.Values[i] = strconv.FormatFloat(value.Number, 'g', -1, 64)
				}
			}
			line.Same = line.Same && line.Known[i] == line.Known[0] && line.Values[i] == line.Values[0]
		}
		lines = append(lines, line)
	}
	return lines
}

// AgainstBase says how the one at a place does against the base: on how many of
// the figures that both have it is better, and worse.
func (s SideBySide) AgainstBase(at int) (better, worse, both int) {
	for _, f := range s.Figures {
		a, b := f.Values[s.Base], f.Values[at]
		if a == nil || b == nil || math.IsNaN(*a) || math.IsNaN(*b) {
			continue
		}
		both++
		switch {
		case *a == *b:
		case (*b < *a) == f.LowerIsBetter:
			better++
		default:
			worse++
		}
	}
	return better, worse, both
}
