package registry

import (
	"crypto/sha256"
	"time"
	"unicode/utf8"
)

// How long what lets somebody in is good for.
const (
	SessionLife    = 30 * 24 * time.Hour // since it was last seen
	SignInLinkLife = 24 * time.Hour
	InviteLife     = 7 * 24 * time.Hour
)

// How many wrong passwords are allowed within FailureWindow before nobody may
// try again: for one name, and from one address for all names.
const (
	FailureWindow   = 15 * time.Minute
	FailuresPerName = 10
	FailuresPerIP   = 100
)

// A Token is a secret in a cookie or a link. Only its SHA-256 is stored.
type Token string

// Sum returns what is stored of the token.
func (t Token) Sum() []byte {
	sum := sha256.Sum256([]byte(t))
	return sum[:]
}

// Visitor is who a session stands for, with what every page shows of them.
type Visitor struct {
	Actor
	FullName     string
	Organization string         // of the default entity, otherwise the first they belong to
	Starred      []StarredModel // the last RailStars, newest first, and one more where there are more
	Renewed      bool           // the session was prolonged just now, and its cookie should be
}

// Credentials are what somebody types to sign in.
type Credentials struct {
	Name     string // or the e-mail address
	Password string
}

// NewSession is a browser to remember.
type NewSession struct {
	Token     Token
	IP        string
	UserAgent string
}

// Passwords are the old and the new one of a change. Old may be empty for
// somebody who has none yet.
type Passwords struct {
	Old string
	New string
}

// Account is a person's own account as they see it.
type Account struct {
	Person
	HasPassword bool
	Teams       []Membership
	Sessions    []Session
}

// AccountChange is what somebody may change about their own account. The full
// name and the e-mail address may be empty.
type AccountChange struct {
	FullName      string `json:"full_name"`
	Email         string `json:"email"`
	DefaultEntity string `json:"default_entity"` // where their runs go that name no entity
}

// AccountChanged happens when somebody changes what their account says of them.
type AccountChanged struct {
	PersonID int64         `json:"-"`
	Person   string        `json:"person"`
	Before   AccountChange `json:"before"`
	After    AccountChange `json:"after"`
}

// EventName implements Event.
func (AccountChanged) EventName() string { return "account.changed" }

// Subjects implements Event.
func (e AccountChanged) Subjects() []Subject { return []Subject{EntitySubject.Of(e.PersonID)} }

// CheckPassword returns Invalid unless a password can be one: at least 10
// characters, whichever.
func CheckPassword(password string) error {
	switch n := utf8.RuneCountInString(password); {
	case n < 10:
		return InField("password", "Take a password of at least 10 characters. Length is what makes it hard to guess.")
	case n > 1000:
		return InField("password", "The password is longer than 1,000 characters.")
	}
	return nil
}

// CheckFailures returns Busy when there were too many wrong passwords for a name
// or from an address within FailureWindow.
func CheckFailures(forName, fromIP int) error {
	if forName >= FailuresPerName || fromIP >= FailuresPerIP {
		return Errorf(Busy, "There were too many wrong passwords. Try again in 15 minutes.")
	}
	return nil
}

// ErrWrongPassword is what everyone gets who may not sign in, whatever the
// reason.
var ErrWrongPassword = InField("password", "The name or the password is wrong.")

// PasswordChanged happens when somebody sets their password.
type PasswordChanged struct {
	PersonID int64  `json:"-"`
	Person   string `json:"person"`
}

// EventName implements Event.
func (PasswordChanged) EventName() string { return "password.changed" }

// Subjects implements Event.
func (e PasswordChanged) Subjects() []Subject { return []Subject{EntitySubject.Of(e.PersonID)} }
