package registry

// Identity is who somebody is: what they are told about themselves, and
// administrators about everyone.
type Identity struct {
	Person
	Keys          []APIKey
	Teams         []Entity // the person's own entity first
	Organizations []Entity
}

// EntityDetail is a person, a team or an organization as somebody who belongs to
// it sees it.
type EntityDetail struct {
	Entity
	Access  Access
	Person  *Identity    // of a person, without keys
	Members []TeamMember // of a person: that person
}

// TeamMember is somebody in a team, an organization or a registry.
type TeamMember struct {
	PersonID int64
	Name     string
	FullName string
	Email    string
	Role     Role
}

// PlaceDetail is a project or a registry as somebody may see it.
type PlaceDetail struct {
	Place
	Access    Access
	CreatorID int64
	Creator   string // the name of who made it; "" for Greenroom itself
}

// PlaceMembers are those who were given a role in a registry itself.
type PlaceMembers struct {
	People []TeamMember
	Teams  []PlaceTeam
}

// PlaceTeam is a team with a role in a registry.
type PlaceTeam struct {
	Team Entity
	Role Role
}

// PlaceQuery says which of an entity's projects or registries to return, in the
// order of their names unless told otherwise.
type PlaceQuery struct {
	Kind   PlaceKind
	Entity string // "" for the actor's default entity
	Filter Filter
	Order  string // name, created_at or updated_at with a sign before it
	After  int64  // the ID of the last one seen; 0 from the start
	First  int    // at most
}

// PlaceList is a page of places.
type PlaceList struct {
	Places []PlaceDetail
	Total  int
	More   bool
}

// ProjectEdit is a project to make or what to change of one: nil leaves a thing
// as it is.
type ProjectEdit struct {
	Place       PlaceRef
	Description *string
}

// PlaceDescribed happens when a project's or a registry's description changes.
type PlaceDescribed struct {
	PlaceID int64  `json:"-"`
	Place   string `json:"place"`
	Before  string `json:"before"`
	After   string `json:"after"`
}

// EventName implements Event.
func (PlaceDescribed) EventName() string { return "place.described" }

// Subjects implements Event.
func (e PlaceDescribed) Subjects() []Subject { return []Subject{PlaceSubject.Of(e.PlaceID)} }
