package registry

import (
	"slices"
	"strings"
)

// Door is the way a request came in; the audit log tells it.
type Door string

// The doors.
const (
	Browser     Door = "browser"
	WandB       Door = "wandb"
	CommandLine Door = "command line"
	Worker      Door = "worker"
)

// Actor is whoever asks: a person in a browser, a key in a script, or Greenroom
// itself. The zero Actor is nobody and may do nothing.
type Actor struct {
	PersonID      int64
	Name          string
	Admin         bool   // of the whole installation
	DefaultEntity string // where runs go that name none
	Door          Door
	KeyID         int64 // 0 unless an API key asks
	Scope         Scope // "" unless an API key asks
	KeyPlaceID    int64 // the only place the key is good for, 0 for all
}

// System is Greenroom itself, acting for nobody in particular.
func System(door Door) Actor { return Actor{Name: "greenroom", Admin: true, Door: door} }

// Known reports whether somebody stands behind the request.
func (a Actor) Known() bool { return a.PersonID != 0 || a.Admin }

// Permission is a set of things an actor may do in a place.
type Permission uint

// The permissions. What depends on more than the place (a protected alias, a
// stage's approvers, whose run it is) is a rule of its own beside its noun.
const (
	Look       Permission = 1 << iota // see models, versions, runs, metrics, lineage, history
	Download                          // download files, use artifacts in runs
	Comment                           // comment, ask for a promotion
	Link                              // link, unlink, card, tags, ordinary aliases, create models
	Log                               // log runs and artifacts, edit what the team made
	Administer                        // members, roles, protection, visibility, others' runs
)

var permissionNames = []string{
	"look around", "download files", "comment", "change models and links", "log runs and artifacts", "administer this place",
}

// String names the permissions in p the way a person would.
func (p Permission) String() string {
	var names []string
	for i, name := range permissionNames {
		if p&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, " and ")
}

// Role is what a person is to an organization, a team, a project or a registry.
type Role string

// The roles, least first.
const (
	Stranger         Role = ""
	RestrictedViewer Role = "restricted_viewer"
	Viewer           Role = "viewer"
	Member           Role = "member"
	Admin            Role = "admin"
)

var roles = []Role{Stranger, RestrictedViewer, Viewer, Member, Admin}

// UnmarshalText reads a role from a form, a flag or a client. Stranger is not a
// role anyone can be given.
func (r *Role) UnmarshalText(text []byte) error {
	if role := Role(text); role != Stranger && slices.Contains(roles, role) {
		*r = role
		return nil
	}
	return Errorf(Invalid, "There is no role called %q. Use admin, member, viewer or restricted_viewer.", text)
}

// Highest returns the greatest of some roles, Stranger of none.
func Highest(held ...Role) Role {
	highest := Stranger
	for _, r := range held {
		if slices.Index(roles, r) > slices.Index(roles, highest) {
			highest = r
		}
	}
	return highest
}

// grants is the permission model. Nothing else decides what a role may do.
var grants = map[PlaceKind]map[Role]Permission{
	RegistryPlace: {
		RestrictedViewer: Look,
		Viewer:           Look | Download | Comment,
		Member:           Look | Download | Comment | Link | Log,
		Admin:            Look | Download | Comment | Link | Log | Administer,
	},
	ProjectPlace: {
		RestrictedViewer: Look,
		Viewer:           Look | Download | Comment,
		Member:           Look | Download | Comment | Link | Log,
		Admin:            Look | Download | Comment | Link | Log | Administer,
	},
}

// Scope narrows what an API key may do: the effective right is role ∩ scope.
type Scope string

// The scopes, least first.
const (
	ScopeRead    Scope = "read"
	ScopeLog     Scope = "log"
	ScopePromote Scope = "promote"
	ScopeAdmin   Scope = "admin"
)

var scopes = map[Scope]Permission{
	ScopeRead:    Look | Download,
	ScopeLog:     Look | Download | Comment | Link | Log,
	ScopePromote: Look | Download | Comment | Link | Log,
	ScopeAdmin:   ^Permission(0),
}

// UnmarshalText reads a scope from a form or a flag.
func (s *Scope) UnmarshalText(text []byte) error {
	if _, ok := scopes[Scope(text)]; !ok {
		return Errorf(Invalid, "There is no scope called %q. Use read, log, promote or admin.", text)
	}
	*s = Scope(text)
	return nil
}

// Access is what one actor may do in one place.
type Access struct {
	Role  Role
	Kind  PlaceKind
	Scope Scope // "" for no narrowing
}

// permissions returns everything the access allows.
func (a Access) permissions() Permission {
	may := grants[a.Kind][a.Role]
	if a.Scope != "" {
		may &= scopes[a.Scope]
	}
	return may
}

// Can reports whether the access includes all of p.
func (a Access) Can(p Permission) bool { return a.permissions()&p == p }

// Require returns NotFound to someone who may not look, Denied to someone who
// may look but lacks some of p, and nil otherwise.
func (a Access) Require(p Permission) error {
	switch {
	case a.Can(p):
		return nil
	case !a.Can(Look):
		return ErrNothing
	case a.Scope != "" && grants[a.Kind][a.Role]&p == p:
		return Errorf(Denied, "This API key has the scope %s, which does not let it %s. Make a key with a wider scope.", a.Scope, p&^a.permissions())
	}
	return Errorf(Denied, "Your role here does not let you %s. Ask an administrator of this place for it.", p&^a.permissions())
}
