package registry

// Direction says which way a lineage edge points.
type Direction string

// A run makes versions and uses versions.
const (
	Made Direction = "made"
	Used Direction = "used"
)

// RunBrief is a run as a version's page names it.
type RunBrief struct {
	ID          int64
	Place       Place
	Name        string
	DisplayName string
	State       RunState
}

// Ref returns the run's address.
func (r RunBrief) Ref() RunRef { return RunRef{ID: r.ID, Place: r.Place.Ref(), Name: r.Name} }

// RunBriefList is a page of runs.
type RunBriefList struct {
	Runs   []RunBrief
	Total  int // that the asker may see
	Hidden int // that they may not
	More   bool
}

// How many of the runs that use a version the page of another run tells: a few by
// name, and no more of the others than it takes to say that they are many.
const (
	OtherUsersNamed   = 3
	OtherUsersCounted = 100
)

// OtherUsers are the runs besides one that use a version, as far as the asker may
// see them.
type OtherUsers struct {
	Runs []RunBrief // the newest
	More int        // besides those
	Many bool       // there are still more than More
}

// Use is a run's use of an artifact, to be written down.
type Use struct {
	Run      RunRef
	Artifact ArtifactRef
	Through  PlaceRef // where the artifact was found; the zero PlaceRef for anywhere
}

// LineageRange says which part of a list of runs or artifacts to return.
type LineageRange struct {
	After int64 // the ID of the last run or artifact seen; 0 from the start
	First int   // at most
}
