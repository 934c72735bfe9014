package registry

import "time"

// Team is a team as its members see it.
type Team struct {
	Entity
	Query   TeamQuery
	Access  Access
	Members []Membership // a page of those found, by what they are called
	Next    string       // Query.After of the page that follows, "" on the last
	Found   int          // members that the search finds
	Total   int          // members in all
	Admins  int          // of all
	Invites []Invite     // newest first, those that ended lately too; for its administrators
}

// TeamQuery says which members of a team to show.
type TeamQuery struct {
	Find  string // stands in their user names or full names, in whichever case
	After string // the user name of the last one on the page before, "" for the first page
}

// OnlyAdmin reports whether a member is the team's one administrator, whom it
// cannot do without.
func (t Team) OnlyAdmin(m Membership) bool { return m.Role == Admin && t.Admins == 1 }

// OpenInvites returns the invitations that let somebody in at a moment, and those
// that do not any more.
func (t Team) OpenInvites(at time.Time) (open, ended []Invite) {
	for _, i := range t.Invites {
		if i.Check(at) == nil {
			open = append(open, i)
		} else {
			ended = append(ended, i)
		}
	}
	return open, ended
}

// Teams are the teams somebody is in.
type Teams struct {
	Memberships []Membership
	MayAdd      bool // whether they may make another one
}

// CheckTeamRole returns Invalid unless a role is one that a member of a team or
// an organization can have.
func CheckTeamRole(role Role) error {
	switch role {
	case Viewer, Member, Admin:
		return nil
	case RestrictedViewer:
		return InField("role", "A restricted viewer is something one can be in a registry, not in a team.")
	default:
		return InField("role", "Choose a role: viewer, member or admin.")
	}
}

// CheckAdminStays returns Conflict if a team or an organization that has an
// administrator would be left without one by giving a person another role, or
// none.
func CheckAdminStays(members []Membership, personID int64, role Role) error {
	if role == Admin {
		return nil
	}
	was, others := false, false
	for _, m := range members {
		if m.Role == Admin {
			was = was || m.PersonID == personID
			others = others || m.PersonID != personID
		}
	}
	if was && !others {
		return Errorf(Conflict, "This is the only administrator left. Make somebody else one first.")
	}
	return nil
}

// RoleChanged happens when a member of a team or an organization gets another
// role.
type RoleChanged struct {
	EntityID int64  `json:"-"`
	PersonID int64  `json:"-"`
	Entity   string `json:"entity"`
	Person   string `json:"person"`
	From     Role   `json:"from"`
	To       Role   `json:"to"`
}

// EventName implements Event.
func (RoleChanged) EventName() string { return "member.role_changed" }

// Subjects implements Event.
func (e RoleChanged) Subjects() []Subject {
	return []Subject{EntitySubject.Of(e.EntityID), EntitySubject.Of(e.PersonID)}
}

// MemberRemoved happens when a person leaves a team or is taken out of it.
type MemberRemoved struct {
	EntityID int64  `json:"-"`
	PersonID int64  `json:"-"`
	Entity   string `json:"entity"`
	Person   string `json:"person"`
	Role     Role   `json:"role"`
}

// EventName implements Event.
func (MemberRemoved) EventName() string { return "member.removed" }

// Subjects implements Event.
func (e MemberRemoved) Subjects() []Subject {
	return []Subject{EntitySubject.Of(e.EntityID), EntitySubject.Of(e.PersonID)}
}

// EntityRenamed happens when a person, a team or an organization gets another
// name. Addresses with the old one go on leading there.
type EntityRenamed struct {
	EntityID int64      `json:"-"`
	Kind     EntityKind `json:"kind"`
	From     string     `json:"from"`
	To       string     `json:"to"`
}

// EventName implements Event.
func (EntityRenamed) EventName() string { return "entity.renamed" }

// Subjects implements Event.
func (e EntityRenamed) Subjects() []Subject { return []Subject{EntitySubject.Of(e.EntityID)} }
