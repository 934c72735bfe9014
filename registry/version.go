package registry

import "time"

// Version is an artifact as it stands in one collection, under that
// collection's number: in its source, and once in every registered model that it
// is linked to.
type Version struct {
	ID           int64
	CollectionID int64
	Number       int
	ArtifactID   int64
	LinkedAt     time.Time
}

// Name is "v12".
func (v Version) Name() string { return VersionName(v.Number) }

// VersionRef says which version: by ID when it is not 0, otherwise in a
// collection by the artifact it is made of when that is not 0, otherwise by alias
// ("latest", "v3", "production") or digest. An empty alias is latest.
type VersionRef struct {
	ID         int64
	Collection CollectionRef
	ArtifactID int64
	Alias      string
}

func (r VersionRef) String() string { return r.Collection.String() + ":" + r.Alias }

// Standing is a version with the collection it stands in.
type Standing struct {
	Version
	Collection Collection
	Place      Place
	Access     Access
	Aliases    []Alias // in the collection, without numbers
	// LinkedByName is who linked it or, in its source, committed it.
	LinkedByName string
}

// Ref returns the version's address.
func (s Standing) Ref() VersionRef {
	return VersionRef{
		ID: s.ID, ArtifactID: s.ArtifactID, Alias: s.Name(),
		Collection: CollectionRef{ID: s.CollectionID, Place: s.Place.Ref(), Name: s.Collection.Name},
	}
}

// VersionDetail is a version as somebody may see it. Of an artifact that is
// asked for by itself, the version is the one in its source, with ID 0 while the
// artifact is pending.
type VersionDetail struct {
	Standing
	Artifact Artifact
	// Source is where the artifact was logged: its first collection. Where the asker
	// may not see that place, only the collection's name and the number are told.
	Source        Standing
	SourceVisible bool
	// LatestArtifactID is the artifact of the highest number in the source, 0 before
	// there is one.
	LatestArtifactID int64
	// Run made the artifact; nil if none did, or none that the asker may see.
	Run *RunBrief
	// Standings are all the versions the artifact is, source first, then in the
	// order they were linked; without those in places the asker may not see.
	Standings []Standing
}

// OrderField is a thing to sort by.
type OrderField string

// What versions can be sorted by.
const (
	ByNumber    OrderField = "number"
	ByCreatedAt OrderField = "created_at"
)

// Order is how a list is sorted. The zero Order is the list's own.
type Order struct {
	By         OrderField
	Descending bool
}

// VersionRange says which versions of a collection to return.
type VersionRange struct {
	After int64 // the ID of the last one seen; 0 from the start
	First int   // at most
	Order Order // by default the newest comes first
}

// VersionList is a page of versions.
type VersionList struct {
	Versions []VersionDetail
	Total    int
	Hidden   int // left out because the asker may not see them; counted in Total no more
	More     bool
}

// NewLink is a version to link: an artifact and where it is to stand. Linking a
// link links its source. The target is a registered model in any place; it and, unless it
// is a registry, the place are made on first use.
type NewLink struct {
	Artifact   ArtifactRef
	Collection CollectionRef
	Aliases    []string
}

// VersionLinked happens when a version is linked into a registered model.
type VersionLinked struct {
	VersionID    int64  `json:"-"`
	ArtifactID   int64  `json:"-"`
	CollectionID int64  `json:"-"`
	Version      string `json:"version"` // the new address: acme/registry/model/churn:v3
	Source       string `json:"source"`  // the name and number in the source: churn-train:v7
	Type         string `json:"type"`
	Digest       string `json:"digest"`
}

// EventName implements Event.
func (VersionLinked) EventName() string { return "version.linked" }

// Subjects implements Event.
func (e VersionLinked) Subjects() []Subject {
	return []Subject{VersionSubject.Of(e.VersionID), ArtifactSubject.Of(e.ArtifactID), CollectionSubject.Of(e.CollectionID)}
}

// VersionUnlinked happens when a version is taken out of a registered model. Its
// source stays.
type VersionUnlinked struct {
	VersionID    int64    `json:"-"`
	ArtifactID   int64    `json:"-"`
	CollectionID int64    `json:"-"`
	Version      string   `json:"version"`
	Aliases      []string `json:"aliases,omitempty"` // that it had
}

// EventName implements Event.
func (VersionUnlinked) EventName() string { return "version.unlinked" }

// Subjects implements Event.
func (e VersionUnlinked) Subjects() []Subject {
	return []Subject{VersionSubject.Of(e.VersionID), ArtifactSubject.Of(e.ArtifactID), CollectionSubject.Of(e.CollectionID)}
}
