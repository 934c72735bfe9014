package registry

import (
	"slices"
	"time"
)

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
	Versions    int // how many stand here
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

// CollectionDetail is a collection as somebody may see it.
type CollectionDetail struct {
	Collection
	Place            Place
	Access           Access
	LatestArtifactID int64   // the artifact of the highest number; 0 without versions
	Aliases          []Alias // latest included, numbers not
}

// CollectionList is a page of collections.
type CollectionList struct {
	Collections []CollectionDetail
	Total       int
	More        bool
}

// CollectionChange is what to change of a collection; nil leaves a thing as it
// is.
type CollectionChange struct {
	Collection  CollectionRef
	Name        *string
	Description *string
	CardEntry   *int64 // CardPage.Entry of the card that Description was made from; nil if it is not to matter
	AddTags     []string
	RemoveTags  []string
}

// Apply makes the change to c and returns what it replaced and by what. Returns
// Invalid if the change cannot be.
func (change CollectionChange) Apply(c *Collection) (before, after CollectionFields, err error) {
	if change.Name != nil && *change.Name != c.Name {
		if err := CheckCollectionName(*change.Name); err != nil {
			return before, after, err
		}
		before.Name, after.Name = new(c.Name), change.Name
		c.Name = *change.Name
	}
	if err := checkDescription(change.Description); err != nil {
		return before, after, err
	}
	if change.Description != nil && *change.Description != c.Description {
		before.Description, after.Description = new(c.Description), change.Description
		c.Description = *change.Description
	}
	tags, err := changeTags(c.Tags, change.AddTags, change.RemoveTags)
	if err != nil {
		return before, after, err
	}
	if !slices.Equal(tags, c.Tags) {
		before.Tags, after.Tags = new(c.Tags), new(tags)
		c.Tags = tags
	}
	return before, after, nil
}

// CheckTakes returns an error unless the collection can be what a client takes
// its name for: Conflict if it is the other kind, Invalid if it holds another type.
func (c Collection) CheckTakes(kind CollectionKind, artifactType string) error {
	switch {
	case c.Kind != kind && kind == Source:
		return Errorf(Conflict, "%q is a registered model here. Log the artifact under another name.", c.Name)
	case c.Kind != kind:
		return Errorf(Conflict, "%q is an artifact here, not a registered model. Link to another name.", c.Name)
	case c.Type != artifactType:
		return InField("type", "%q holds artifacts of type %s, not %s. Use another name, or the type %s.", c.Name, c.Type, artifactType, c.Type)
	}
	return nil
}

// changeTags returns tags with some added and some taken away.
func changeTags(tags, add, remove []string) ([]string, error) {
	kept := slices.DeleteFunc(slices.Clone(tags), func(tag string) bool { return slices.Contains(remove, tag) })
	if _, err := cleanTags(add); err != nil {
		return nil, err
	}
	kept = append(kept, add...)
	slices.Sort(kept)
	if kept = slices.Compact(kept); kept == nil {
		kept = []string{}
	}
	return kept, CheckTags(len(kept))
}

// ArtifactType is a type that artifacts in a place have or, in a registry, may
// have.
type ArtifactType struct {
	ID          int64 // of the oldest collection of the type; 0 before there is one
	Name        string
	Collections int
	CreatedAt   time.Time
}

// CollectionCreated happens when a collection comes into being: with its first
// version, or by itself.
type CollectionCreated struct {
	CollectionID int64          `json:"-"`
	Kind         CollectionKind `json:"kind"`
	Collection   string         `json:"collection"`
	Type         string         `json:"type"`
	Description  string         `json:"description,omitempty"`
	Tags         []string       `json:"tags,omitempty"`
}

// EventName implements Event.
func (CollectionCreated) EventName() string { return "collection.created" }

// Subjects implements Event.
func (e CollectionCreated) Subjects() []Subject {
	subjects := []Subject{CollectionSubject.Of(e.CollectionID)}
	if e.Description != "" {
		subjects = append(subjects, CardSubject.Of(e.CollectionID))
	}
	return subjects
}

// CollectionFields are the parts of a collection that can be changed. In an
// event, only what did change is there.
type CollectionFields struct {
	Name        *string   `json:"name,omitempty"`
	Description *string   `json:"description,omitempty"`
	Tags        *[]string `json:"tags,omitempty"`
	Type        *string   `json:"type,omitempty"`
}

// Nothing reports whether no part is set.
func (f CollectionFields) Nothing() bool {
	return f.Name == nil && f.Description == nil && f.Tags == nil && f.Type == nil
}

// CollectionUpdated happens when a collection's name, card, tags or type change.
type CollectionUpdated struct {
	CollectionID int64            `json:"-"`
	Collection   string           `json:"collection"`
	Before       CollectionFields `json:"before"`
	After        CollectionFields `json:"after"`
}

// EventName implements Event.
func (CollectionUpdated) EventName() string { return "collection.updated" }

// Subjects implements Event.
func (e CollectionUpdated) Subjects() []Subject {
	subjects := []Subject{CollectionSubject.Of(e.CollectionID)}
	if e.After.Description != nil {
		subjects = append(subjects, CardSubject.Of(e.CollectionID))
	}
	return subjects
}

// CollectionDeleted happens when a collection and all its versions are taken
// away. Where a registered model goes, the versions' sources stay.
type CollectionDeleted struct {
	CollectionID int64          `json:"-"`
	Kind         CollectionKind `json:"kind"`
	Collection   string         `json:"collection"`
	Versions     int            `json:"versions"`
}

// EventName implements Event.
func (CollectionDeleted) EventName() string { return "collection.deleted" }

// Subjects implements Event.
func (e CollectionDeleted) Subjects() []Subject {
	return []Subject{CollectionSubject.Of(e.CollectionID)}
}
