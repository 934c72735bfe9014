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
