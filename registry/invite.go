package registry

import (
	"net/mail"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// InviteKept is how long a team's administrators see that an invitation was used,
// taken back or ran out.
const InviteKept = 30 * 24 * time.Hour

// Invite is a link that lets one person join a team.
type Invite struct {
	ID               int64
	TeamID           int64
	TeamName         string
	OrganizationName string
	Role             Role
	ForWhom          string // in the words of who made it; "" if they did not say
	MadeBy           string
	MadeAt           time.Time
	ExpiresAt        time.Time
	UsedBy           string // "" while nobody has, or when that account is gone
	UsedAt           *time.Time
	RevokedAt        *time.Time
}

// NewInvite is an invite to make.
type NewInvite struct {
	Role    Role
	ForWhom string // a name or an e-mail address; may be empty
	Token   Token
}

// Check returns Invalid unless the invite can be made.
func (n NewInvite) Check() error {
	if utf8.RuneCountInString(n.ForWhom) > MaxName || strings.ContainsFunc(n.ForWhom, unicode.IsControl) {
		return InField("for", "This is longer than %d characters, or holds a character that cannot be shown.", MaxName)
	}
	return CheckTeamRole(n.Role)
}

// Address returns the e-mail address of whom the invitation is for, "" if none is
// known.
func (i Invite) Address() string {
	if a, err := mail.ParseAddress(i.ForWhom); err == nil {
		return a.Address
	}
	return ""
}

// Check returns Gone, saying why, if the invite no longer lets anybody in at a
// moment.
func (i Invite) Check(at time.Time) error {
	switch {
	case i.RevokedAt != nil:
		return Errorf(Gone, "This invitation was taken back. Ask whoever sent it for another one.")
	case i.UsedAt != nil:
		return Errorf(Gone, "This invitation has been used. Each lets one person in; ask for another one.")
	case !at.Before(i.ExpiresAt):
		return Errorf(Gone, "This invitation was good for 7 days and has run out. Ask for another one.")
	}
	return nil
}

// CheckGives returns Conflict if the invite gives nothing to somebody who has a
// role in the team: it is for somebody else then.
func (i Invite) CheckGives(held Role) error {
	if Highest(i.Role, held) == held {
		return Errorf(Conflict, "You are in %s already, as %s. The link stays good for somebody else.", i.TeamName, held)
	}
	return nil
}

// InviteMade happens when somebody makes a link that lets a person join a team.
type InviteMade struct {
	TeamID int64  `json:"-"`
	Team   string `json:"team"`
	Invite int64  `json:"invite"`
	Role   Role   `json:"role"`
	For    string `json:"for,omitempty"`
}

// EventName implements Event.
func (InviteMade) EventName() string { return "invite.made" }

// Subjects implements Event.
func (e InviteMade) Subjects() []Subject { return []Subject{EntitySubject.Of(e.TeamID)} }

// InviteRevoked happens when an invitation is taken back.
type InviteRevoked struct {
	TeamID int64  `json:"-"`
	Team   string `json:"team"`
	Invite int64  `json:"invite"`
}

// EventName implements Event.
func (InviteRevoked) EventName() string { return "invite.revoked" }

// Subjects implements Event.
func (e InviteRevoked) Subjects() []Subject { return []Subject{EntitySubject.Of(e.TeamID)} }

// InviteUsed happens when a person joins a team by invitation.
type InviteUsed struct {
	TeamID   int64  `json:"-"`
	PersonID int64  `json:"-"`
	Team     string `json:"team"`
	Person   string `json:"person"`
	Invite   int64  `json:"invite"`
	Role     Role   `json:"role"`
}

// EventName implements Event.
func (InviteUsed) EventName() string { return "invite.used" }

// Subjects implements Event.
func (e InviteUsed) Subjects() []Subject {
	return []Subject{EntitySubject.Of(e.TeamID), EntitySubject.Of(e.PersonID)}
}
