package registry

import (
	"cmp"
	"net/mail"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Person is someone who signs in, or whose keys do.
type Person struct {
	ID            int64
	Name          string
	FullName      string
	Email         string
	Admin         bool
	DefaultEntity string
	CreatedAt     time.Time
}

// Membership is what a person is to a team or an organization.
type Membership struct {
	EntityID   int64
	EntityName string
	PersonID   int64
	PersonName string
	FullName   string
	Email      string
	Role       Role
	Since      time.Time
}

// Called returns the member's full name, or else the one in addresses.
func (m Membership) Called() string { return cmp.Or(m.FullName, m.PersonName) }

// NewMember is somebody, by name, to have a role in a team.
type NewMember struct {
	Person string
	Role   Role
}

// APIKey is a key as its owner may see it again: without the key.
type APIKey struct {
	ID        int64
	Name      string
	Hint      string // the key's last four characters
	Scope     Scope
	MadeAt    time.Time
	UsedAt    *time.Time
	ExpiresAt *time.Time
}

// Session is one signed-in browser.
type Session struct {
	ID        int64
	MadeAt    time.Time
	SeenAt    time.Time
	IP        string
	UserAgent string
	Current   bool // the one asking
}

// NewPerson is who to add. Password is already hashed; "" for somebody who
// signs in by link or key only.
type NewPerson struct {
	Name         string
	FullName     string
	Email        string
	Password     string
	Admin        bool
	Organization string // to be a member of; "" for none
	DefaultTeam  string // where their runs go that name no entity; "" for their own
}

// NewKey is an API key to make. Secret is the key itself.
type NewKey struct {
	Name      string
	Secret    string
	Scope     Scope
	PlaceID   int64 // the only place it is good for, 0 for all
	ExpiresAt *time.Time
}

// KeyMade happens when an API key is made.
type KeyMade struct {
	KeyID    int64  `json:"-"`
	PersonID int64  `json:"-"`
	Key      string `json:"key"`
	Scope    Scope  `json:"scope"`
}

// EventName implements Event.
func (KeyMade) EventName() string { return "key.made" }

// Subjects implements Event.
func (e KeyMade) Subjects() []Subject {
	return []Subject{KeySubject.Of(e.KeyID), EntitySubject.Of(e.PersonID)}
}

// KeyRevoked happens when an API key stops working.
type KeyRevoked struct {
	KeyID    int64  `json:"-"`
	PersonID int64  `json:"-"`
	Key      string `json:"key"`
}

// EventName implements Event.
func (KeyRevoked) EventName() string { return "key.revoked" }

// Subjects implements Event.
func (e KeyRevoked) Subjects() []Subject {
	return []Subject{KeySubject.Of(e.KeyID), EntitySubject.Of(e.PersonID)}
}

// ActorOf returns a person as an actor at a door.
func ActorOf(p Person, door Door) Actor {
	return Actor{PersonID: p.ID, Name: p.Name, Admin: p.Admin, DefaultEntity: p.DefaultEntity, Door: door}
}

// Check returns Invalid unless the key can be one: W&B clients want a secret of
// 40 characters, letters, digits, hyphen and underscore, with an optional prefix
// before the first hyphen.
func (k NewKey) Check() error {
	if k.Name == "" || len(k.Name) > MaxName {
		return InField("name", "Give the key a name of at most %d characters, such as the machine it is for.", MaxName)
	}
	_, secret, prefixed := strings.Cut(k.Secret, "-")
	if !prefixed {
		secret = k.Secret
	}
	if len(secret) < 40 || !keySecret.MatchString(secret) {
		return InField("key", "An API key has at least 40 characters: letters, digits, hyphens and underscores.")
	}
	if _, ok := scopes[k.Scope]; !ok {
		return InField("scope", "Choose what the key may do.")
	}
	return nil
}

var keySecret = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// CheckPerson returns Invalid unless a full name and an e-mail address, both of
// which may be empty, can be a person's.
func CheckPerson(fullName, email string) error {
	if utf8.RuneCountInString(fullName) > MaxName || strings.ContainsFunc(fullName, unicode.IsControl) {
		return InField("full_name", "The name is longer than %d characters, or holds a character that cannot be shown.", MaxName)
	}
	if _, err := mail.ParseAddress(email); email != "" && (err != nil || strings.ContainsAny(email, " <>,")) {
		return InField("email", "%q is not an e-mail address.", email)
	}
	return nil
}
