package registry

import (
	"slices"
	"strings"
	"time"
)

// EntityKind tells people, teams and organizations apart.
type EntityKind string

// The kinds of entity.
const (
	PersonEntity       EntityKind = "person"
	TeamEntity         EntityKind = "team"
	OrganizationEntity EntityKind = "organization"
)

// Entity is a person, a team or an organization: whoever can own places. Names
// are unique over all three whatever their case.
type Entity struct {
	ID               int64
	Kind             EntityKind
	Name             string
	OrganizationID   int64  // of a team, otherwise 0
	OrganizationName string // of a team, otherwise ""
	CreatedAt        time.Time
}

// PlaceKind tells projects and registries apart.
type PlaceKind string

// The kinds of place.
const (
	ProjectPlace  PlaceKind = "project"
	RegistryPlace PlaceKind = "registry"
)

// OwnRegistry is the name of the registry that every entity has. W&B's
// link_model always links there.
const OwnRegistry = "model-registry"

// OrganizationRegistries are the registries an organization starts with, by the
// artifact types they accept.
var OrganizationRegistries = map[string][]string{"model": {"model"}, "dataset": {"dataset"}}

// Place is a project or a registry of an entity.
type Place struct {
	ID               int64
	Kind             PlaceKind
	Name             string
	EntityID         int64
	EntityName       string
	EntityKind       EntityKind
	OrganizationID   int64  // that everything here belongs to; 0 in a person's own places
	OrganizationName string // likewise
	Description      string
	Accepts          []string // artifact types a registry takes; empty for any
	Everyone         Role     // what every member of the organization is here
	CreatedAt        time.Time
}

// Ref returns the place's address.
func (p Place) Ref() PlaceRef {
	return PlaceRef{ID: p.ID, Entity: p.EntityName, Kind: p.Kind, Name: p.Name}
}

// CheckType returns Invalid if a registry does not take artifacts of a type.
func (p Place) CheckType(artifactType string) error {
	if len(p.Accepts) == 0 || slices.Contains(p.Accepts, artifactType) {
		return nil
	}
	return Errorf(Invalid, "The registry %s takes artifacts of type %s, not %s.", p.Name, strings.Join(p.Accepts, " or "), artifactType)
}

// PlaceRef says which place: by ID when it is not 0, otherwise by address. A
// registry asked for at a team or person that has none of that name means the
// one of its organization, if there is just one.
type PlaceRef struct {
	ID     int64
	Entity string // "" for the actor's default entity
	Kind   PlaceKind
	Name   string
}

// Project addresses a project.
func Project(entity, name string) PlaceRef {
	return PlaceRef{Entity: entity, Kind: ProjectPlace, Name: name}
}

// Registry addresses a registry.
func Registry(entity, name string) PlaceRef {
	return PlaceRef{Entity: entity, Kind: RegistryPlace, Name: name}
}

func (r PlaceRef) String() string {
	if r.Kind == RegistryPlace && r.Name != OwnRegistry {
		return r.Entity + "/registry/" + r.Name
	}
	return r.Entity + "/" + r.Name
}

// PlaceCreated happens when a project or a registry comes into being.
type PlaceCreated struct {
	PlaceID  int64     `json:"-"`
	EntityID int64     `json:"-"`
	Kind     PlaceKind `json:"kind"`
	Place    string    `json:"place"`
}

// EventName implements Event.
func (PlaceCreated) EventName() string { return "place.created" }

// Subjects implements Event.
func (e PlaceCreated) Subjects() []Subject {
	return []Subject{PlaceSubject.Of(e.PlaceID), EntitySubject.Of(e.EntityID)}
}

// EntityCreated happens when an organization, a team or a person comes.
type EntityCreated struct {
	EntityID int64      `json:"-"`
	Kind     EntityKind `json:"kind"`
	Name     string     `json:"name"`
}

// EventName implements Event.
func (EntityCreated) EventName() string { return "entity.created" }

// Subjects implements Event.
func (e EntityCreated) Subjects() []Subject { return []Subject{EntitySubject.Of(e.EntityID)} }

// MemberAdded happens when a person gets a role in a team or an organization.
type MemberAdded struct {
	EntityID int64  `json:"-"`
	PersonID int64  `json:"-"`
	Entity   string `json:"entity"`
	Person   string `json:"person"`
	Role     Role   `json:"role"`
}

// EventName implements Event.
func (MemberAdded) EventName() string { return "member.added" }

// Subjects implements Event.
func (e MemberAdded) Subjects() []Subject {
	return []Subject{EntitySubject.Of(e.EntityID), EntitySubject.Of(e.PersonID)}
}

// registryPrefix is how W&B clients tell registries from projects by name.
const registryPrefix = "wandb-registry-"

// ClientName is the place's name as W&B clients know it.
func (p Place) ClientName() string {
	if p.Kind == RegistryPlace && p.Name != OwnRegistry {
		return registryPrefix + p.Name
	}
	return p.Name
}

// PlaceNamed addresses the place that W&B clients know by a name.
func PlaceNamed(entity, name string) PlaceRef {
	if strings.EqualFold(name, OwnRegistry) {
		return Registry(entity, OwnRegistry)
	}
	if len(name) > len(registryPrefix) && strings.EqualFold(name[:len(registryPrefix)], registryPrefix) {
		return Registry(entity, name[len(registryPrefix):])
	}
	return Project(entity, name)
}
