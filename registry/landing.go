package registry

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// PageSize is how many rows a page of a list shows.
const PageSize = 50

// TrendVersions is how many of a model's newest versions its trend is drawn
// from.
const TrendVersions = 8

// LandingQuery narrows and orders the registered models of the landing page.
type LandingQuery struct {
	Search   string   // words that all must stand in name, type, tags, description or an alias; case does not matter
	Registry PlaceRef // the zero PlaceRef for all one may see
	After    string   // Landing.Next of the page before, "" for the first
}

// Landing is the registered models over every registry the viewer may see,
// latest change first: the first page people look at.
type Landing struct {
	Query      LandingQuery
	Registry   *Place // the one asked for
	Access     Access // in it
	Registries []RegistryCount
	Models     []ModelRow
	Total      int    // models there are to see in the registries asked about, whatever the search
	Found      int    // those the search found
	Versions   int    // of all models there are to see
	Next       string // LandingQuery.After of the page that follows, "" on the last
}

// RegistryCount is a registry and how many of its models a search found.
type RegistryCount struct {
	Place Place
	Label string // what people call it here
	Found int
}

// ModelRow is one registered model as lists tell it.
type ModelRow struct {
	Collection
	Place      Place
	Label      string // what people call its registry here
	Stars      Stars
	Newest     *Version
	Stages     []StageHolder  // the stages that are held, the last in the order first
	Aliases    []AliasHolder  // the others but latest, newest first, at most six
	KeyFigure  *Figure        // of the run that made the newest version
	Trend      []VersionValue // of that figure, oldest first: of the newest TrendVersions, and before them of the one on the highest stage
	LastChange *Entry         // nil where the log does not tell of one
}

// StageHolder is a stage and the version that stands on it.
type StageHolder struct {
	Stage
	Number int
}

// AliasHolder is an alias that is not a stage and the version it points at.
type AliasHolder struct {
	Name   string
	Number int
}

// VersionValue is one version's value of a metric.
type VersionValue struct {
	Number int
	Value  float64
}

// Change is the newest version's key figure against the version on the highest
// stage or, when that is itself the newest, against the version before. ok is
// false where there is nothing to compare with.
func (m ModelRow) Change() (delta float64, against int, ok bool) {
	if m.KeyFigure == nil || m.Newest == nil || len(m.Trend) == 0 {
		return 0, 0, false
	}
	base := -1
	for _, v := range m.Trend {
		if v.Number < m.Newest.Number {
			base = max(base, v.Number)
		}
	}
	if len(m.Stages) > 0 && m.Stages[0].Number != m.Newest.Number {
		base = m.Stages[0].Number
	}
	for _, v := range m.Trend {
		if v.Number == base {
			delta = m.KeyFigure.Value - v.Value
			return delta, base, delta-delta == 0 // not NaN, not infinite
		}
	}
	return 0, 0, false
}

// RegistryLabels says what to call registries side by side: by name, or by the
// owner where the name says nothing, with the owner where it would leave doubt.
func RegistryLabels(places []Place) map[int64]string {
	seen := map[string]int{}
	for _, p := range places {
		seen[strings.ToLower(shortLabel(p))]++
	}
	labels := map[int64]string{}
	for _, p := range places {
		labels[p.ID] = shortLabel(p)
		if seen[strings.ToLower(shortLabel(p))] > 1 {
			labels[p.ID] = p.EntityName + " / " + p.Name
		}
	}
	return labels
}

func shortLabel(p Place) string {
	if p.Name == OwnRegistry {
		return p.EntityName
	}
	return p.Name
}

// PageMark marks where a page of a list ends: the moment and the ID of its last
// row.
type PageMark struct {
	At time.Time
	ID int64
}

// NewestMark is before every row of a list that begins with the newest.
func NewestMark() PageMark {
	return PageMark{At: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), ID: math.MaxInt64}
}

// String writes the mark for an address.
func (m PageMark) String() string { return fmt.Sprintf("%d-%d", m.At.UnixMicro(), m.ID) }

// ReadPageMark reads a mark from an address; ok is false for "". Returns Invalid
// for anything that is no mark.
func ReadPageMark(s string) (m PageMark, ok bool, err error) {
	if s == "" {
		return PageMark{}, false, nil
	}
	at, id, _ := strings.Cut(s, "-")
	micros, err1 := strconv.ParseInt(at, 10, 64)
	m.ID, err = strconv.ParseInt(id, 10, 64)
	if err != nil || err1 != nil {
		return PageMark{}, false, Errorf(Invalid, "This address does not lead to a page of the list. Start again from the first one.")
	}
	m.At = time.UnixMicro(micros).UTC()
	return m, true, nil
}

// maxWords is how many words of a search count.
const maxWords = 16

// Words splits what someone searches for into the words that must all be found:
// the first ones, if somebody pastes a page.
func Words(search string) []string {
	words := strings.Fields(strings.ToLower(search))
	return words[:min(len(words), maxWords)]
}
