package registry

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// PageSize is how many rows a page of a list shows.
const PageSize = 50

// TrendVersions is how many of a model's newest versions its trend is drawn
// from.
const TrendVersions = 8

// Landing is the registered models over every registry the viewer may see: the
// first page people look at.
type Landing struct {
	Query      LandingQuery
	Registry   *Place // the one asked for
	Access     Access // in it
	MayCreate  bool   // whether the viewer may make models in a registry asked about
	Registries []RegistryCount
	Anywhere   int         // what the query lets through in all of them
	Types      []TypeCount // what it lets through in the registries asked about, if it named no type
	Choices    LandingChoices
	News       News // over all registries, unless one was asked for
	Models     []ModelRow
	Total      []TypeCount // what there is of the types asked for, whatever the search and the filters
	Versions   int         // of all that Total counts
	All        []TypeCount // what there would be of each type if nothing narrowed the query
	Found      int         // how many models the query lets through
	Next       string      // LandingQuery.After of the page that follows, "" on the last
	Previous   string      // LandingQuery.Before of the page before, "" on the first
}

// RegistryCount is a registry and how many of its models the query would let
// through if it asked for that one.
type RegistryCount struct {
	Place Place
	Label string // what people call it here
	Found int
}

// Shelf is how many models of one type stand in a registry.
type Shelf struct {
	PlaceID  int64
	Type     string
	Models   int
	Versions int // of all of them
}

// Asked are those of the shelves that the query is about.
func (l *Landing) Asked(shelves []Shelf) (asked []Shelf) {
	for _, s := range shelves {
		if (l.Registry == nil || l.Registry.ID == s.PlaceID) && l.Query.Shows(s.Type) {
			asked = append(asked, s)
		}
	}
	return asked
}

// Count tells of all shelves there are what is on them, and of found how much the
// query lets through. The greatest registries come first, whatever was found in
// them: they do not change places under a search.
func (l *Landing) Count(all, found []Shelf, places map[int64]Place, labels map[int64]string) {
	types, total, whole := map[string]int{}, map[string]int{}, map[string]int{}
	registries, sizes := map[int64]int{}, map[int64]int{}
	everywhere, within, everything := l.Query, l.Query, l.Query.Everything()
	everywhere.Registry = PlaceRef{}
	for _, s := range all {
		registries[s.PlaceID] += 0
		sizes[s.PlaceID] += s.Models
		if l.Registry == nil || l.Registry.ID == s.PlaceID {
			types[s.Type] += 0
			if everything.Shows(s.Type) {
				whole[s.Type] += s.Models
			}
		}
	}
	for _, s := range l.Asked(all) {
		total[s.Type] += s.Models
		l.Versions += s.Versions
	}
	for _, s := range found {
		within.Registry = PlaceRef{ID: s.PlaceID}
		if within.Shows(s.Type) {
			registries[s.PlaceID] += s.Models
		}
		if everywhere.Shows(s.Type) {
			l.Anywhere += s.Models
		}
		if l.Registry == nil || l.Registry.ID == s.PlaceID {
			types[s.Type] += s.Models
		}
	}
	for _, s := range l.Asked(found) {
		l.Found += s.Models
	}
	for id, n := range registries {
		l.Registries = append(l.Registries, RegistryCount{Place: places[id], Label: labels[id], Found: n})
	}
	slices.SortFunc(l.Registries, func(a, b RegistryCount) int {
		return cmp.Or(sizes[b.Place.ID]-sizes[a.Place.ID], strings.Compare(a.Label, b.Label))
	})
	l.Types, l.Total, l.All = typeCounts(types), typeCounts(total), typeCounts(whole)
}

func typeCounts(counts map[string]int) (types []TypeCount) {
	for name, n := range counts {
		types = append(types, TypeCount{Type: name, Count: n})
	}
	slices.SortFunc(types, func(a, b TypeCount) int { return cmp.Or(b.Count-a.Count, strings.Compare(a.Type, b.Type)) })
	return types
}

// LandingChoices are what the filters offer: each what there is in the registries
// asked about, at most MaxChoices.
type LandingChoices struct {
	Tags   []string
	Stages []Stage  // the last in the order first
	People []string // who made models
}

// MaxChoices is how many of a kind are offered. Others can still be named.
const MaxChoices = 60

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
