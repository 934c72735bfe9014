package registry

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Latest is the alias that Greenroom keeps on the newest version.
const Latest = "latest"

// Alias is a name that points at one version of a collection and can move.
type Alias struct {
	ID           int64
	CollectionID int64
	VersionID    int64
	Name         string
	SetAt        time.Time
}

// AliasMove is an alias that was put on a version.
type AliasMove struct {
	Alias string
	From  string // the version that had it before, "" for none
}

// CheckOwn returns Invalid for an alias that Greenroom keeps itself, so that
// people are told: clients that send one are not.
func CheckOwn(alias string) error {
	if alias == Latest || versionName.MatchString(alias) {
		return InField("alias", "Greenroom keeps %s itself. Take another name.", alias)
	}
	return nil
}

// VersionNumber reads "v12". ok is false for anything else.
func VersionNumber(alias string) (number int, ok bool) {
	if !versionName.MatchString(alias) {
		return 0, false
	}
	number, err := strconv.Atoi(alias[1:])
	return number, err == nil
}

// VersionName writes a version's number the way everyone reads it: "v12".
func VersionName(number int) string { return fmt.Sprintf("v%d", number) }

// AliasesToSet sorts out which of the aliases a caller asked for are to be set
// on the version with a number. latest and the version's own number are kept by
// Greenroom and dropped, since SDKs send them; repeats are dropped. An alias that
// cannot be refuses the whole call.
func AliasesToSet(asked []string, number int) ([]string, error) {
	var set []string
	for _, name := range asked {
		if name == Latest || name == VersionName(number) || slices.Contains(set, name) {
			continue
		}
		if err := CheckAlias(name); err != nil {
			return nil, err
		}
		set = append(set, name)
	}
	return set, nil
}

// SplitName reads the "name:alias" of W&B clients; a missing alias is latest.
func SplitName(s string) (name, alias string) {
	name, alias, found := strings.Cut(s, ":")
	if !found || alias == "" {
		return name, Latest
	}
	return name, alias
}

// AliasSet happens when an alias that was on no version is put on one.
type AliasSet struct {
	VersionID    int64  `json:"-"`
	ArtifactID   int64  `json:"-"`
	CollectionID int64  `json:"-"`
	Version      string `json:"version"`
	Alias        string `json:"alias"`
}

// EventName implements Event.
func (AliasSet) EventName() string { return "alias.set" }

// Subjects implements Event.
func (e AliasSet) Subjects() []Subject {
	return []Subject{VersionSubject.Of(e.VersionID), ArtifactSubject.Of(e.ArtifactID), CollectionSubject.Of(e.CollectionID)}
}

// AliasMoved happens when an alias goes from one version of a collection to
// another.
type AliasMoved struct {
	VersionID      int64  `json:"-"`
	ArtifactID     int64  `json:"-"`
	FromVersionID  int64  `json:"-"`
	FromArtifactID int64  `json:"-"`
	CollectionID   int64  `json:"-"`
	Version        string `json:"version"`
	From           string `json:"from"`
	Alias          string `json:"alias"`
}

// EventName implements Event.
func (AliasMoved) EventName() string { return "alias.moved" }

// Subjects implements Event.
func (e AliasMoved) Subjects() []Subject {
	return []Subject{
		VersionSubject.Of(e.VersionID), ArtifactSubject.Of(e.ArtifactID), VersionSubject.Of(e.FromVersionID),
		ArtifactSubject.Of(e.FromArtifactID), CollectionSubject.Of(e.CollectionID),
	}
}

// AliasRemoved happens when an alias is taken off a version.
type AliasRemoved struct {
	VersionID    int64  `json:"-"`
	ArtifactID   int64  `json:"-"`
	CollectionID int64  `json:"-"`
	Version      string `json:"version"`
	Alias        string `json:"alias"`
}

// EventName implements Event.
func (AliasRemoved) EventName() string { return "alias.removed" }

// Subjects implements Event.
func (e AliasRemoved) Subjects() []Subject {
	return []Subject{VersionSubject.Of(e.VersionID), ArtifactSubject.Of(e.ArtifactID), CollectionSubject.Of(e.CollectionID)}
}
