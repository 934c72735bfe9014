package registry

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
)

// RunGroups are what runs can be grouped by beside their values.
var RunGroups = []string{"state", "by", "group", "job"}

// ParseRunGroup reads what to group runs by, "" for nothing. Returns Invalid for
// what they cannot be grouped by.
func ParseRunGroup(text string) (string, error) {
	if text == "" || len(text) <= MaxValueName && (isValueName(text) || slices.Contains(RunGroups, text)) {
		return text, nil
	}
	return "", Errorf(Invalid, "Runs cannot be grouped by %q. Use state, by, group, job, or a value such as config.lr.", text)
}

// RunGroup is the runs that have something in common.
type RunGroup struct {
	Is    RunCondition // what they have in common, or no: what they lack
	Count int
	Means map[string]float64 // of the columns, by name
	Runs  []RunRow           // those that are shown
	Open  bool               // whether they are
}

// GroupOf is the group of the runs with a value in a part of the list of groups.
func GroupOf(by string, part RunPartOf, value string) RunCondition {
	switch {
	case part == WithNothing:
		return RunCondition{Field: "no", Op: Is, Values: []string{by}}
	case isValueName(by):
		return RunCondition{Field: by, Op: Equal, Values: []string{value}}
	}
	return RunCondition{Field: by, Op: Is, Values: []string{value}}
}

// GroupRuns puts runs into groups, in the order of what they have in common, with
// means of what columns they have. Within a group they stay in order.
func GroupRuns(runs []RunRow, by string, columns []RunColumn) (groups []RunGroup) {
	marks := map[string]RunMark{}
	for _, r := range runs {
		mark := r.groupMark(by)
		is := GroupOf(by, mark.Part, mark.Value)
		i := slices.IndexFunc(groups, func(g RunGroup) bool { return g.Is.String() == is.String() })
		if i < 0 {
			i, groups = len(groups), append(groups, RunGroup{Is: is, Means: map[string]float64{}})
			marks[is.String()] = mark
		}
		groups[i].Runs = append(groups[i].Runs, r)
		groups[i].Count++
	}
	for _, g := range groups {
		for _, c := range columns {
			sum, n := 0.0, 0
			for _, r := range g.Runs {
				if v := r.Values[c.Name]; v.IsNumber && !math.IsNaN(v.Number) && !math.IsInf(v.Number, 0) {
					sum, n = sum+v.Number, n+1
				}
			}
			if n > 0 {
				g.Means[c.Name] = sum / float64(n)
			}
		}
	}
	slices.SortStableFunc(groups, func(a, b RunGroup) int { return marks[a.Is.String()].compare(marks[b.Is.String()]) })
	return groups
}

// groupMark is where the run's group stands in the list of groups.
func (r RunRow) groupMark(by string) RunMark {
	switch by {
	case "state":
		return RunMark{Part: WithText, Value: string(r.State)}
	case "by":
		return RunMark{Part: WithText, Value: r.Maker}
	case "group":
		return RunMark{Part: WithText, Value: r.Group}
	case "job":
		return RunMark{Part: WithText, Value: r.JobType}
	}
	switch v, ok := r.Values[by]; {
	case !ok:
		return RunMark{Part: WithNothing}
	case v.IsNumber && math.IsNaN(v.Number):
		return RunMark{Part: WithText, Value: NaN}
	case v.IsNumber:
		return RunMark{Part: WithNumber, Value: strconv.FormatFloat(v.Number, 'g', -1, 64)}
	default:
		return RunMark{Part: WithText, Value: v.Text}
	}
}

func (m RunMark) compare(n RunMark) int {
	if m.Part != n.Part || m.Part != WithNumber {
		return cmp.Or(strings.Compare(string(m.Part), string(n.Part)), strings.Compare(m.Value, n.Value))
	}
	a, _ := Number(m.Value)
	b, _ := Number(n.Value)
	return cmp.Compare(a, b)
}
