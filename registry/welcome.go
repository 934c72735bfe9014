package registry

import "time"

// Welcome is what somebody new sees: where they are, and what has arrived.
type Welcome struct {
	Organization string
	Team         string // "" if their runs go to their own entity
	MayName      bool   // whether they may give both other names
	HasPassword  bool
	KeyUsedAt    *time.Time // when a key of theirs was last used
	Run          *Arrival   // the newest run they may see where their runs go
}

// Arrival is a run that has come in.
type Arrival struct {
	Entity      string
	Project     string
	Name        string
	DisplayName string
	At          time.Time
}

// FirstNames are what an organization and its team are to be called.
type FirstNames struct {
	Organization string
	Team         string
}
