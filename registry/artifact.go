package registry

import (
	"encoding/json"
	"time"
)

// ArtifactState is how far an artifact has come.
type ArtifactState string

// The states: files may still arrive, nothing changes any more, taken away.
const (
	Pending   ArtifactState = "pending"
	Committed ArtifactState = "committed"
	Deleted   ArtifactState = "deleted"
)

// Artifact is an immutable set of files with a manifest: what one version is
// made of. Description, metadata and tags belong to it and are shared by every
// collection it stands in.
type Artifact struct {
	ID           int64
	CollectionID int64 // its source
	Type         string
	State        ArtifactState
	Digest       string // hex MD5 of the manifest, as W&B computes it
	Description  string
	Metadata     json.RawMessage // an object
	Tags         []string
	Size         int64 // bytes, references included
	FileCount    int64
	HistoryStep  *int64 // of the run, nearest to the moment it was logged
	TTLSeconds   int64  // 0: kept
	RunID        *int64 // that made it
	CreatedBy    int64
	CreatedAt    time.Time
	CommittedAt  *time.Time
	UpdatedAt    time.Time
}

// ArtifactRef says which artifact: by ID when it is not 0, otherwise by the
// random name its maker gave it.
type ArtifactRef struct {
	ID       int64
	ClientID string
}

// CollectionKind tells a sequence of versions as they were logged from a set of
// links to such versions.
type CollectionKind string

// The kinds of collection.
const (
	Source CollectionKind = "source"
	Model  CollectionKind = "model" // a registered model, of whatever artifact type
)

// Collection is a named list of versions in a place: a source or a registered
// model. It holds one type for life.
type Collection struct {
	ID          int64
	PlaceID     int64
	Kind        CollectionKind
	Name        string
	Type        string
	Description string // a registered model's card, Markdown
	Tags        []string
	NextNumber  int // a number is never given twice
	CreatedBy   int64
	CreatedAt   time.Time
	ChangedAt   time.Time
}

// CollectionRef says which collection: by ID when it is not 0, otherwise by
// address.
type CollectionRef struct {
	ID    int64
	Place PlaceRef
	Name  string
}

func (r CollectionRef) String() string { return r.Place.String() + "/" + r.Name }

// Version is an artifact as it stands in one collection, under that
// collection's number: in its source, and once in every registered model that it
// is linked to.
type Version struct {
	ID           int64
	CollectionID int64
	Number       int
	ArtifactID   int64
	LinkedBy     int64
	LinkedAt     time.Time
}

// Name is "v12".
func (v Version) Name() string { return VersionName(v.Number) }

// VersionRef says which version: by ID when it is not 0, otherwise by the alias
// ("latest", "v3", "production") or the digest of one in a collection.
type VersionRef struct {
	ID         int64
	Collection CollectionRef
	Alias      string
}

func (r VersionRef) String() string { return r.Collection.String() + ":" + r.Alias }
