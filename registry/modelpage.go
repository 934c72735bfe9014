package registry

import (
	"slices"
	"strings"
	"time"
)

// ModelQuery says which of a collection's versions to show, in which order and
// with which figures.
type ModelQuery struct {
	Columns []string // as ModelPage.Known has them; none for those that tell most
	Order   VersionOrder
	After   int // ModelPage.More of the page before, 0 for the first
}

// MetadataColumn begins the name of a column that stands in the metadata of
// versions; the others are metrics of the runs that made them.
const MetadataColumn = "metadata."

// MostColumns is how many figures a list of versions shows at most.
const MostColumns = 12

// SortableVersions is how many versions can be sorted by a figure: all of them
// are read for it.
const SortableVersions = 300

// VersionOrder is the order of a list of versions, the newest number first unless
// said otherwise.
type VersionOrder struct {
	By       string // "" for the number, OrderCreated, or a column
	Reversed bool   // of a number or a time: the lowest first; of a column: the worst first
}

// OrderCreated orders versions by when they were logged.
const OrderCreated = "created"

const (
	orderNumber = "number"
	orderColumn = "by."
)

// ReadVersionOrder reads an order from an address; what is none is the list's own.
func ReadVersionOrder(s string) VersionOrder {
	by, reversed := strings.CutPrefix(s, "-")
	if column, ok := strings.CutPrefix(by, orderColumn); ok && column != "" {
		return VersionOrder{By: column, Reversed: reversed}
	}
	switch by {
	case orderNumber:
		return VersionOrder{Reversed: reversed}
	case OrderCreated:
		return VersionOrder{By: OrderCreated, Reversed: reversed}
	}
	return VersionOrder{}
}

// Column is the column that the list is ordered by, "" for none.
func (o VersionOrder) Column() string {
	if o.By == OrderCreated {
		return ""
	}
	return o.By
}

// String writes the order for an address, "" for the list's own.
func (o VersionOrder) String() string {
	by := orderColumn + o.By
	switch {
	case o == VersionOrder{}:
		return ""
	case o.By == "":
		by = orderNumber
	case o.By == OrderCreated:
		by = OrderCreated
	}
	if o.Reversed {
		return "-" + by
	}
	return by
}

// Rank orders versions by a figure, the best first unless reversed, those without
// it last.
func (o VersionOrder) Rank(rows []VersionRow) {
	sign := 1.0
	if LowerIsBetter(o.By) != o.Reversed {
		sign = -1
	}
	slices.SortStableFunc(rows, func(a, b VersionRow) int {
		x, hasX := a.Figures[o.By]
		y, hasY := b.Figures[o.By]
		hasX, hasY = hasX && x == x, hasY && y == y // NaN is no place in an order
		switch {
		case hasX && !hasY || hasX && sign*x > sign*y:
			return -1
		case hasY && !hasX || hasX && sign*x < sign*y:
			return 1
		}
		return b.Number - a.Number
	})
}

// DefaultColumns are the n figures of a version to show where nobody chose: those
// that tell most of it, of its run's key figures and the scores in its metadata.
func DefaultColumns(metrics, metadata []Figure, n int) []string {
	all := slices.Clone(metrics)
	for _, f := range OtherScores(metrics, metadata) {
		all = append(all, Figure{Key: MetadataColumn + f.Key, Value: f.Value})
	}
	var columns []string
	for _, f := range ByTelling(all) {
		columns = append(columns, f.Key)
	}
	return columns[:min(n, len(columns))]
}

// OtherScores are those figures of metadata that say how well a version does and
// that its run does not tell under the same name. The others say what it is.
func OtherScores(metrics, metadata []Figure) []Figure {
	return slices.DeleteFunc(slices.Clone(metadata), func(f Figure) bool {
		_, told := FigureAt(metrics, f.Key)
		return told || telling(wordsOf(f.Key)) <= 1
	})
}

// KnownColumns are the names of figures to choose columns from, those that tell
// most first, metrics before metadata.
func KnownColumns(metrics, metadata []Figure) []string {
	var known []string
	for _, f := range ByTelling(metrics) {
		known = append(known, f.Key)
	}
	for _, f := range ByTelling(metadata) {
		known = append(known, MetadataColumn+f.Key)
	}
	return slices.Compact(known)
}

// ModelPage is what the page of a registered model, or of a source in a
// project, shows.
type ModelPage struct {
	Collection
	Place    Place
	Access   Access
	Query    ModelQuery
	Stars    Stars       // of a registered model
	Stages   []StageView // of the registry, in their order; none in a project
	Keys     []string    // the columns shown
	Key      string      // the figure of the newest version that tells most, "" for none
	Known    []string    // the columns to choose from: of the versions listed, and those shown
	Count    int         // versions in all
	Newest   *VersionRow // the highest number there is; nil for none
	Versions []VersionRow
	More     int // ModelQuery.After of the page that follows, 0 on the last
}

// StageView is a stage and who stands on it, if anybody.
type StageView struct {
	Stage
	Holder *VersionRow
	By     string // who put it there
	Since  time.Time
}

// VersionRow is one version as lists tell it.
type VersionRow struct {
	Version
	Description string
	Tags        []string
	Size        int64
	FileCount   int64
	Author      string             // who made the version, in its source
	LinkedByWho string             // who linked it here
	Stages      []Stage            // that it stands on, the last in the order first
	Aliases     []string           // the others, latest first
	Source      *VersionAt         // where it was logged; nil when that is here, or not for the viewer to see
	Run         *RunAt             // that made it; nil when there is none or it is not for the viewer to see
	Figures     map[string]float64 // of ModelPage.Keys and ModelPage.Key
}

// VersionAt is where a version stands: enough to name it and to link to it.
type VersionAt struct {
	Place      Place
	Collection string
	Type       string
	Number     int
	Stages     []Stage
	LinkedAt   time.Time
}

// RunAt is where a run is: enough to name it and to link to it.
type RunAt struct {
	Place       Place
	Name        string
	DisplayName string
	State       RunState
}

// Title is what people call the run.
func (r RunAt) Title() string {
	if r.DisplayName != "" {
		return r.DisplayName
	}
	return r.Name
}

// ClientName is what scripts call a version: the full name that W&B's client
// takes.
func ClientName(p Place, collection, alias string) string {
	place := p.Name
	if p.Kind == RegistryPlace && place != OwnRegistry {
		place = "wandb-registry-" + place
	}
	name := p.EntityName + "/" + place + "/" + collection
	if alias == "" {
		return name
	}
	return name + ":" + alias
}
