package registry

import "time"

// ProjectsPerEntity is how many projects of one entity stand on the page of all;
// the entity's own page has the others.
const ProjectsPerEntity = 20

// MaxProjectRows is how many projects the page of all shows at most.
const MaxProjectRows = 400

// ProjectsPage is the projects somebody may see, by the entities that own them,
// those with the latest activity first.
type ProjectsPage struct {
	Search string
	Owners []ProjectOwner
	Total  int // found
	Shown  int // of them on the page
}

// ProjectOwner is an entity with its projects.
type ProjectOwner struct {
	Entity   Entity
	Total    int // projects found
	Projects []ProjectRow
}

// ProjectRow is a project as lists tell it.
type ProjectRow struct {
	Place     Place
	Runs      int
	Live      int       // runs that go on
	ActiveAt  time.Time // last sign of life of the newest run, or when the project was made
	NewestRun *RunAt
	Author    string // of the newest run
}

// EntityPage is a person, a team or an organization as their page shows them.
type EntityPage struct {
	Entity     Entity
	FullName   string       // of a person, "" if they gave none
	Member     bool         // whether the viewer belongs to it
	Members    []Membership // of a team, for those who belong to it
	After      string
	Registries []RegistryCount // that the viewer may see, with the number of their models
	Projects   []ProjectRow
	Total      int
	Next       string // the mark of the page that follows, "" on the last
}
