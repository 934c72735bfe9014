package registry

// FirstStart is what an installation begins with, and how its administrator
// gets in.
type FirstStart struct {
	Made         bool   // just now, because there was nothing
	Organization string // "" unless Made
	Team         string // likewise
	Person       string // who the link signs in
	Link         bool   // whether the token offered signs Person in now
}

// NewInstallation names what an empty installation begins with. Token is for the
// link that signs the administrator in once.
type NewInstallation struct {
	Organization string
	Team         string
	Person       string
	Token        Token
}
