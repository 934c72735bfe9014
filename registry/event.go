package registry

import (
	"encoding/json"
	"time"
)

// Event is something that happened: every change of state a person could be
// asked about. The audit log shows it and automations react to it. Names in it
// are frozen as they were.
type Event interface {
	EventName() string
	Subjects() []Subject
}

// SubjectKind is the kind of thing an event can be about.
type SubjectKind string

// The kinds of subject.
const (
	EntitySubject     SubjectKind = "entity"
	PlaceSubject      SubjectKind = "place"
	RunSubject        SubjectKind = "run"
	AlertsSubject     SubjectKind = "alerts" // of the run with the ID
	CollectionSubject SubjectKind = "collection"
	CardSubject       SubjectKind = "card" // of the collection with the ID
	ArtifactSubject   SubjectKind = "artifact"
	VersionSubject    SubjectKind = "version"
	KeySubject        SubjectKind = "key"
)

// Subject is one thing that an event is about.
type Subject struct {
	Kind SubjectKind
	ID   int64
}

// Of is the thing of kind k with an ID. Things with ID 0 are left out of the
// log.
func (k SubjectKind) Of(id int64) Subject { return Subject{Kind: k, ID: id} }

// Entry is an event as the audit log tells it.
type Entry struct {
	ID      int64
	At      time.Time
	Actor   string // by the name of then
	Called  string // the same, as people call them today
	Door    Door
	KeyID   int64
	Name    string
	Reason  string
	Payload json.RawMessage
}

// Seal vouches for every event before it: its hash runs over them.
type Seal struct {
	ID   int64
	At   time.Time
	Hash []byte
}
