package registry

// RunPart is a part of a run's page with an address of its own.
type RunPart string

// The parts.
const (
	RunCharts    RunPart = "charts"
	RunMedia     RunPart = "media"
	RunOverview  RunPart = "overview"
	RunLogs      RunPart = "logs"
	RunFiles     RunPart = "files"
	RunArtifacts RunPart = "artifacts"
	RunSystem    RunPart = "system"
)

// How much one page of a part shows.
const (
	LogPage       = 500 // lines
	RunFilesPage  = 200
	RunChartsPage = 200
	RunEdgesPage  = 100 // versions made, versions used
	AlertsPage    = 20
)

// RunPageQuery says what of a run to show.
type RunPageQuery struct {
	Part   RunPart
	From   *int64 // of the lines printed, the number of the first; nil for the last ones
	Path   string // of the files, the file or the folder, "" for the top
	After  string // of the charts, the last name of the page before; of the files, Listing.Next
	Search string // words that the names of charts hold, or of the overview what paths or values hold
	Look   ChartLook
	Before int64 // of the alerts, RunAlerts.Next of the page before, 0 for the newest
	Media  MediaQuery
}

// ChartLook is how charts are drawn.
type ChartLook struct {
	Smooth float64 // the weight of what was before, from 0 to below 1
	Log    bool    // the scale upwards
	X      XAxis
}

// RunPage is what a part of a run's page shows, and what its head and tabs tell.
type RunPage struct {
	RunDetail
	Query      RunPageQuery
	AuthorName string // the full name, or the name of who made it
	Charts     int    // metrics, the client's own left out
	MediaCount int    // keys
	FileCount  int
	Versions   int  // made and used, that the viewer may see
	Removable  bool // by the viewer

	Environment Environment // overview
	Networks    []Network   // overview
	Alerts      RunAlerts

	Defined DefinedMetrics

	Keys   []MetricKey  // charts
	Found  int          // metrics that the search finds
	Next   string       // After of the next page of charts, "" at the end
	Output []OutputLine // logs, and the last few beside charts
	Before bool         // there are lines before Output
	Behind bool         // and after
	Files  Listing
	File   *File // that Query.Path names, or that stands for its folder
	AsText bool  // its preview

	Preview Preview // of File, filled in by whoever can read it
	Made    VersionList
	Used    VersionList
	UsedBy  map[int64]OtherUsers // what of Made and Used other runs use, by the artifact's ID
	Media   MediaPage
	System  SystemPage
}
