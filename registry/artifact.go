package registry

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
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
	ID            int64
	CollectionID  int64 // its source
	Type          string
	State         ArtifactState
	Digest        string // hex MD5 of the manifest, as W&B computes it
	Description   string
	Metadata      json.RawMessage // an object
	Tags          []string
	Size          int64 // bytes, references included
	FileCount     int64
	HistoryStep   *int64 // of the run, nearest to the moment it was logged
	TTLSeconds    int64  // 0: kept
	RunID         *int64 // that made it
	CreatedBy     int64
	CreatedByName string
	CreatedAt     time.Time
	UpdatedAt     time.Time
}

// ArtifactRef says which artifact: by ID when it is not 0, otherwise by the
// random name its maker gave it.
type ArtifactRef struct {
	ID       int64
	ClientID string
}

// NewArtifact is an artifact as its maker announces it, before any file has
// come.
type NewArtifact struct {
	Place              PlaceRef // a project, made on first use
	Collection         string
	Type               string
	RunName            string // of the run in Place that makes it; "" for none
	Digest             string // hex MD5 of the manifest
	Aliases            []string
	Tags               []string
	Description        string
	Metadata           json.RawMessage // an object; nil for an empty one
	HistoryStep        *int64
	TTLSeconds         int64
	ClientID           string // random, given by the maker; "" for none
	CollectionClientID string // likewise, for the collection
	DistributedID      string // shared by several makers of one artifact; "" for one maker
	AlwaysNew          bool   // make a version even if the newest has the same digest
}

var hexMD5 = regexp.MustCompile(`^[0-9a-f]{32}$`)

// IsDigest reports whether text can be the digest of an artifact.
func IsDigest(text string) bool { return hexMD5.MatchString(text) }

// Check returns Invalid unless the artifact can be made, and brings its metadata
// into the form they are kept in.
func (n *NewArtifact) Check() (err error) {
	if n.Place.Kind == RegistryPlace {
		return InField("project", "Artifacts are logged to projects and linked into registries. Log it to a project, then link it.")
	}
	if err := CheckCollectionName(n.Collection); err != nil {
		return err
	}
	if err := CheckType(n.Type); err != nil {
		return err
	}
	if !IsDigest(n.Digest) {
		return InField("digest", "The digest of an artifact is 32 hexadecimal digits, in lower case.")
	}
	if err := checkDescription(&n.Description); err != nil {
		return err
	}
	if n.Metadata, err = cleanMetadata(n.Metadata); err != nil {
		return err
	}
	n.Tags, err = cleanTags(n.Tags)
	return err
}

func checkDescription(text *string) error {
	if text != nil && len(*text) > MaxDescription {
		return InField("description", "The description is longer than %d MiB. Put it into a file of the artifact.", MaxDescription>>20)
	}
	return nil
}

// cleanMetadata brings an artifact's metadata into the form they are kept in: a
// compact JSON object. Returns Invalid if they are anything else.
func cleanMetadata(raw json.RawMessage) (json.RawMessage, error) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || string(raw) == "null" {
		return json.RawMessage(`{}`), nil
	}
	var clean bytes.Buffer
	if err := json.Compact(&clean, raw); err != nil || raw[0] != '{' {
		return nil, InField("metadata", "Metadata are a JSON object. NaN and Infinity are not JSON; leave them out.")
	}
	if clean.Len() > MaxMetadata {
		return nil, InField("metadata", "Metadata of more than %d MiB do not fit. Put them into a file of the artifact.", MaxMetadata>>20)
	}
	return clean.Bytes(), nil
}

// cleanTags checks tags, sorts them and drops repeats.
func cleanTags(tags []string) ([]string, error) {
	if err := CheckTags(len(tags)); err != nil {
		return nil, err
	}
	for _, tag := range tags {
		if err := CheckTag(tag); err != nil {
			return nil, err
		}
	}
	clean := slices.Clone(tags)
	slices.Sort(clean)
	clean = slices.Compact(clean)
	if clean == nil {
		clean = []string{}
	}
	return clean, nil
}

// ArtifactChange is what to change of an artifact; nil leaves a thing as it is.
type ArtifactChange struct {
	Artifact    ArtifactRef
	Description *string
	Metadata    json.RawMessage
	TTLSeconds  *int64 // 0 or less: kept
	AddTags     []string
	RemoveTags  []string
}

// Apply makes the change to a and returns what it replaced and by what. Returns
// Invalid if the change cannot be.
func (c ArtifactChange) Apply(a *Artifact) (before, after ArtifactFields, err error) {
	if err := checkDescription(c.Description); err != nil {
		return before, after, err
	}
	if c.Description != nil && *c.Description != a.Description {
		before.Description, after.Description = new(a.Description), c.Description
		a.Description = *c.Description
	}
	if c.Metadata != nil {
		metadata, err := cleanMetadata(c.Metadata)
		if err != nil {
			return before, after, err
		}
		if !bytes.Equal(metadata, a.Metadata) {
			before.Metadata, after.Metadata = a.Metadata, metadata
			a.Metadata = metadata
		}
	}
	tags, err := changeTags(a.Tags, c.AddTags, c.RemoveTags)
	if err != nil {
		return before, after, err
	}
	if !slices.Equal(tags, a.Tags) {
		before.Tags, after.Tags = new(a.Tags), new(tags)
		a.Tags = tags
	}
	if c.TTLSeconds != nil && max(*c.TTLSeconds, 0) != a.TTLSeconds {
		before.TTLSeconds, after.TTLSeconds = new(a.TTLSeconds), new(max(*c.TTLSeconds, 0))
		a.TTLSeconds = max(*c.TTLSeconds, 0)
	}
	return before, after, nil
}

// CheckDelete returns Conflict if an artifact still bears aliases, those that
// Greenroom keeps included, and its deleter did not say to take them along.
func CheckDelete(aliases []string, withAliases bool) error {
	if len(aliases) == 0 || withAliases {
		return nil
	}
	slices.Sort(aliases)
	return Errorf(Conflict, "This version still has the aliases %s. Move or remove them first, or delete it together with its aliases.",
		strings.Join(slices.Compact(aliases), ", "))
}

// ArtifactCommitted happens when an artifact is complete and becomes a version.
type ArtifactCommitted struct {
	ArtifactID   int64  `json:"-"`
	VersionID    int64  `json:"-"`
	CollectionID int64  `json:"-"`
	RunID        int64  `json:"-"`
	Version      string `json:"version"` // the address: acme/project/name:v3
	Type         string `json:"type"`
	Run          string `json:"run,omitempty"`
	Digest       string `json:"digest"`
	Size         int64  `json:"size"`
	FileCount    int64  `json:"file_count"`
}

// EventName implements Event.
func (ArtifactCommitted) EventName() string { return "artifact.committed" }

// Subjects implements Event.
func (e ArtifactCommitted) Subjects() []Subject {
	return []Subject{ArtifactSubject.Of(e.ArtifactID), VersionSubject.Of(e.VersionID), CollectionSubject.Of(e.CollectionID), RunSubject.Of(e.RunID)}
}

// ArtifactFields are the parts of an artifact that can be changed. In an event,
// only what did change is there.
type ArtifactFields struct {
	Description *string         `json:"description,omitempty"`
	Metadata    json.RawMessage `json:"metadata,omitempty"`
	Tags        *[]string       `json:"tags,omitempty"`
	TTLSeconds  *int64          `json:"ttl_seconds,omitempty"`
}

// Nothing reports whether no part is set.
func (f ArtifactFields) Nothing() bool {
	return f.Description == nil && f.Metadata == nil && f.Tags == nil && f.TTLSeconds == nil
}

// ArtifactUpdated happens when what is shared by all links of a version changes.
type ArtifactUpdated struct {
	ArtifactID   int64          `json:"-"`
	CollectionID int64          `json:"-"`
	Version      string         `json:"version"`
	Before       ArtifactFields `json:"before"`
	After        ArtifactFields `json:"after"`
}

// EventName implements Event.
func (ArtifactUpdated) EventName() string { return "artifact.updated" }

// Subjects implements Event.
func (e ArtifactUpdated) Subjects() []Subject {
	return []Subject{ArtifactSubject.Of(e.ArtifactID), CollectionSubject.Of(e.CollectionID)}
}

// ArtifactDeleted happens when an artifact is taken away, from every collection
// that it stood in.
type ArtifactDeleted struct {
	ArtifactID    int64    `json:"-"`
	CollectionIDs []int64  `json:"-"`
	Version       string   `json:"version"`
	Digest        string   `json:"digest"`
	Aliases       []string `json:"aliases,omitempty"`
}

// EventName implements Event.
func (ArtifactDeleted) EventName() string { return "artifact.deleted" }

// Subjects implements Event.
func (e ArtifactDeleted) Subjects() []Subject {
	subjects := []Subject{ArtifactSubject.Of(e.ArtifactID)}
	for _, id := range e.CollectionIDs {
		subjects = append(subjects, CollectionSubject.Of(id))
	}
	return subjects
}
