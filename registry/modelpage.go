package registry

import "time"

// ModelQuery says which part of a collection's versions to show.
type ModelQuery struct {
	Below int // only versions with lower numbers, 0 for the newest
}

// ModelPage is what the page of a registered model, or of a source in a
// project, shows.
type ModelPage struct {
	Collection
	Place    Place
	Access   Access
	Query    ModelQuery
	Stars    Stars       // of a registered model
	Stages   []StageView // of the registry, in their order; none in a project
	Keys     []string    // the metrics of the newest version that tell most
	Count    int         // versions in all
	Newest   int         // the highest number there is, -1 for none
	Versions []VersionRow
	More     int // ModelQuery.Below of the page that follows, 0 on the last
}

// StageView is a stage and who stands on it, if anybody.
type StageView struct {
	Stage
	Holder *VersionRow
	Since  time.Time
}

// VersionRow is one version as lists tell it.
type VersionRow struct {
	Version
	Description string
	Tags        []string
	Size        int64
	FileCount   int64
	Author      string             // who made the version, in its source
	LinkedByWho string             // who linked it here
	Stages      []Stage            // that it stands on, the last in the order first
	Aliases     []string           // the others, latest first
	Source      *VersionAt         // where it was logged; nil when that is here, or not for the viewer to see
	Run         *RunAt             // that made it; nil when there is none or it is not for the viewer to see
	Figures     map[string]float64 // of ModelPage.Keys
}

// VersionAt is where a version stands: enough to name it and to link to it.
type VersionAt struct {
	Place      Place
	Collection string
	Type       string
	Number     int
	Stages     []Stage
	LinkedAt   time.Time
}

// RunAt is where a run is: enough to name it and to link to it.
type RunAt struct {
	Place       Place
	Name        string
	DisplayName string
	State       RunState
}

// Title is what people call the run.
func (r RunAt) Title() string {
	if r.DisplayName != "" {
		return r.DisplayName
	}
	return r.Name
}

// ClientName is what scripts call a version: the full name that W&B's client
// takes.
func ClientName(p Place, collection, alias string) string {
	place := p.Name
	if p.Kind == RegistryPlace && place != OwnRegistry {
		place = "wandb-registry-" + place
	}
	name := p.EntityName + "/" + place + "/" + collection
	if alias == "" {
		return name
	}
	return name + ":" + alias
}
