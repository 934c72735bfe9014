package registry

import (
	"slices"
	"strings"
)

// Bookkeeping are the types of artifacts that clients log by themselves, beside
// those that begin with wandb-.
var Bookkeeping = []string{"job", "code", "run_table"}

// Kept reports whether artifacts of a type are a client's bookkeeping. They are
// listed where somebody asks for their type, and bury no others.
func (t TypeCount) Kept() bool {
	return slices.Contains(Bookkeeping, t.Type) || strings.HasPrefix(t.Type, "wandb-")
}

// ArtifactsQuery says which of a project's artifacts to show.
type ArtifactsQuery struct {
	Type   string // "" for every type but bookkeeping
	Search string // words that all must stand in the name; case does not matter
	After  string // ArtifactsPage.Next of the page before, "" for the first
}

// ArtifactsPage is what a project's scripts logged: its collections, latest
// change first.
type ArtifactsPage struct {
	Place  Place
	Access Access
	Query  ArtifactsQuery
	Types  []TypeCount
	Runs   int // of the project
	Rows   []ArtifactRow
	Next   string
}

// Count is how many artifacts there are, without bookkeeping.
func (p ArtifactsPage) Count() (n int) {
	for _, t := range p.Types {
		if !t.Kept() {
			n += t.Count
		}
	}
	return n
}

// TypeCount is an artifact type and how many collections hold it.
type TypeCount struct {
	Type  string
	Count int
}

// ArtifactRow is one collection as lists tell it.
type ArtifactRow struct {
	Collection
	Newest  int      // -1 for no version yet
	Aliases []string // of the newest version, latest first; not its number
	Size    int64    // of the newest version
	Author  string
	About   string // what its author wrote about the newest version
}
