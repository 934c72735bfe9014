package registry

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"
)

// ProjectQuery says which runs of a project to show, and how.
type ProjectQuery struct {
	Filter  RunFilter
	Order   RunOrder
	Columns []string // config.<key> and summary.<key>, in their order; none for those that tell most
	Group   string   // what to group by, "" for no groups
	Open    []string // the groups whose runs are shown, as conditions; none for those that have room
	After   string   // ProjectPage.Next of the page before, "" for the first
}

// First is the query for the first page of the same list.
func (q ProjectQuery) First() ProjectQuery {
	q.After = ""
	return q
}

// Opens reports whether the query names a group as open.
func (q ProjectQuery) Opens(group RunCondition) bool { return slices.Contains(q.Open, group.String()) }

// ProjectPage is runs of a project.
type ProjectPage struct {
	Place     Place
	Access    Access
	Query     ProjectQuery
	States    []StateCount // the states that runs are in
	Total     int          // runs there are, whatever the query
	Found     int          // those that the query found
	Artifacts int          // sequences that the scripts logged, without bookkeeping
	Keys      []string     // what runs have values for
	Columns   []RunColumn
	Runs      []RunRow
	Groups    []RunGroup // instead of Runs, if the query asks for groups
	Next      string
	Newest    int64 // the ID of the run that was made last, 0 for none
}

// NewsQuery asks what is new on a page of a project's runs.
type NewsQuery struct {
	ProjectQuery          // of the page
	Shown        []string // its columns, by name
	Runs         []string // its runs, by name
	Since        int64    // its ProjectPage.Newest
}

// ProjectNews is what is new on a page of a project's runs: those of its runs
// that are still there as they are by now, and how many others there would be.
type ProjectNews struct {
	ProjectPage
	New        int  // runs made since that the query finds, NewRuns at most
	NewColumns bool // the page has none, and there are some by now
}

// NewRuns is as far as new runs are counted.
const NewRuns = 100

// ShownColumns are the columns of the page: none, if it has none.
func (q NewsQuery) ShownColumns() []RunColumn {
	columns := []RunColumn{}
	for _, name := range AskedColumns(q.Shown) {
		columns = append(columns, RunColumn{Name: name, Asked: slices.Contains(q.Columns, name)})
	}
	return columns
}

// Live counts the runs that go on.
func (p ProjectPage) Live() int {
	n := 0
	for _, s := range p.States {
		if s.State.Live() {
			n += s.Count
		}
	}
	return n
}

// StateCount is how many runs of a project are in a state.
type StateCount struct {
	State RunState
	Count int
}

// RunColumn is one key of config or summary down a table of runs.
type RunColumn struct {
	Name  string // config.lr, summary.val/acc
	Asked bool   // by the query
}

// Key is the column's key without where it is from.
func (c RunColumn) Key() string {
	_, key, _ := strings.Cut(c.Name, ".")
	return key
}

// IsConfig reports whether the column is what the script was told rather than
// what it found.
func (c RunColumn) IsConfig() bool { return strings.HasPrefix(c.Name, ConfigColumn) }

// RunRow is a run as a table tells it.
type RunRow struct {
	Run
	Maker    string              // who started it, by user name
	Author   string              // and as people call them
	Values   map[string]RunValue // by RunColumn.Name; nothing where nothing was logged
	Made     []MadeVersion       // what stands highest first
	MadeMore int                 // versions it made beside those
}

// Lasted is how long the run went on, until now if it does.
func (r Run) Lasted(now time.Time) time.Duration {
	end := now
	switch {
	case r.EndedAt != nil && (r.State == Crashed || r.State == Preempted):
		end = r.Progress.HeartbeatAt // ended when it fell silent, not when that was noticed
	case r.EndedAt != nil:
		end = *r.EndedAt
	case !r.State.Live():
		end = r.Progress.HeartbeatAt
	}
	return max(0, end.Sub(r.CreatedAt))
}

// Title is what people call the run.
func (r Run) Title() string { return cmp.Or(r.DisplayName, r.Name) }

// MadeVersion is a version that a run made, as it stands in a registered model,
// or in its source if it is linked to none that the viewer may see.
type MadeVersion struct {
	Place      Place
	Collection string
	Type       string
	Number     int
	Linked     bool
	Stage      *Stage // the highest it is on
}

// How many columns a table of runs has before anybody asks for more: so many of
// the config, so many of the summary.
const (
	configColumnsShown  = 2
	summaryColumnsShown = 3
)

// maxColumns is how many columns can be asked for: each is looked up in every
// run.
const maxColumns = 50

// AskedColumns are the columns to look up of those that an address names: each
// once, and not more than fit.
func AskedColumns(names []string) (asked []string) {
	for _, name := range names {
		if len(asked) < maxColumns && !slices.Contains(asked, name) {
			asked = append(asked, name)
		}
	}
	return asked
}

// PickColumns chooses what to show of the values of some runs: what was asked for;
// otherwise of the config what differs between them, and of the summary what tells
// most.
func PickColumns(runs []map[string]RunValue, asked []string) (columns []RunColumn) {
	for _, name := range asked {
		if isValueName(name) {
			columns = append(columns, RunColumn{Name: name, Asked: true})
		}
	}
	if len(columns) > 0 {
		return columns
	}
	config, figures := columnsOf(runs)
	for _, name := range config[:min(configColumnsShown, len(config))] {
		columns = append(columns, RunColumn{Name: name})
	}
	for _, f := range KeyFigures(figures, summaryColumnsShown) {
		columns = append(columns, RunColumn{Name: SummaryColumn + f.Key})
	}
	return columns
}

// columnsOf returns what some runs have values for, what most of them have first:
// those of the config with what differs before what does not, and the numbers of
// the summary.
func columnsOf(runs []map[string]RunValue) (config []string, figures []Figure) {
	counts := map[string]int{}
	differ := map[string]bool{}
	first := map[string]RunValue{}
	for _, values := range runs {
		for name, v := range values {
			if counts[name]++; counts[name] == 1 {
				first[name] = v
			}
			differ[name] = differ[name] || v != first[name] && v == v // NaN does not differ from itself
		}
	}
	names := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(counts[b]-counts[a], strings.Compare(a, b))
	})
	for _, name := range names {
		if key, ok := strings.CutPrefix(name, SummaryColumn); ok && first[name].IsNumber {
			figures = append(figures, Figure{Key: key})
		} else if strings.HasPrefix(name, ConfigColumn) {
			config = append(config, name)
		}
	}
	slices.SortStableFunc(config, func(a, b string) int {
		switch {
		case differ[a] == differ[b]:
			return 0
		case differ[a]:
			return -1
		}
		return 1
	})
	return config, figures
}
