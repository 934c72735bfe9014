package registry

import "strings"

// VersionPart is a part of a version's page with an address of its own.
type VersionPart string

// The parts.
const (
	VersionOverview VersionPart = "overview"
	VersionMetrics  VersionPart = "metrics"
	VersionMetadata VersionPart = "metadata"
	VersionFiles    VersionPart = "files"
	VersionUsage    VersionPart = "usage"
	VersionHistory  VersionPart = "history"
)

// How much one page of a part shows.
const (
	VersionFilesPage   = 200 // entries of a folder
	VersionFilesGlance = 12  // of them beside the overview
	VersionRunsPage    = 100 // runs that used it
	VersionEventsPage  = 50
	VersionCurves      = 6
)

// VersionQuery says what of a version to show.
type VersionQuery struct {
	Part   VersionPart
	Path   string // of files: the file or the folder, "" for the top
	After  string // of files: Listing.Next of the page before, "" for the first
	Before int64  // of history: the last event of the page before, 0 for the first
	Run    int64  // of usage: the last run of the page before, 0 for the first
}

// VersionPage is what a part of a version's page shows, in a registered model or
// in its source, and what its head and tabs tell.
type VersionPage struct {
	Version
	Collection Collection
	Place      Place
	Access     Access
	Query      VersionQuery
	MayEdit    bool // description and tags, which all links share
	Artifact   Artifact
	Author     string // who made it
	Linker     string // who linked it here
	Stages     []StageHeld
	Aliases    []string
	Source     *VersionAt  // where it was logged; nil when that is here, or not for the viewer to see
	Links      []VersionAt // where else it stands, as far as the viewer may see
	Run        *RunAt      // that made it; nil when there is none or it is not for the viewer to see
	Figures    []Figure    // of the run when it made it, also where the run is not to be seen
	Step       *int64      // of the run when it made the version, if it went on after that
	LastStep   *int64      // of that run
	Newer      int         // the next higher number, -1 for none
	Older      int         // the next lower number, -1 for none

	KnownAliases []string // of the collection, stages first, to suggest
	KnownTags    []string // of its newest versions, to suggest
	Holder       *Holder  // nil when no other version holds the highest stage that is held
	Curves       []MetricKey
	Files        Listing     // overview and files
	File         *ListedFile // files: that Query.Path names; files and usage: that stands for the folder
	UsedBy       RunBriefList
	Events       []Entry // history, latest first
	Earlier      int64   // VersionQuery.Before of the page that follows, 0 on the last
}

// Holder is the version that holds the highest stage of a model, to compare
// others with.
type Holder struct {
	Version
	Stage   Stage
	Figures []Figure // overview and metrics
}

// Listing is one folder of a version's files: folders first, each by name.
type Listing struct {
	Dir     string // "" for the top, otherwise without the slash at its end
	After   string // where this page begins: VersionQuery.After
	Entries []ListedFile
	Next    string // VersionQuery.After of the page that follows, "" on the last
}

// Face is the file that stands for the folder: what it says of itself, or its
// first. nil for a folder of folders.
func (l Listing) Face() *ListedFile {
	var face *ListedFile
	for i := range l.Entries {
		e := &l.Entries[i]
		if e.Folder {
			continue
		}
		if name := strings.ToLower(e.Name); name == "readme.md" || name == "readme.txt" || name == "readme" {
			return e
		}
		if face == nil {
			face = e
		}
	}
	return face
}

// ListedFile is a file, or a folder with what is below it.
type ListedFile struct {
	Name   string // within the folder
	Path   string // within the version
	Folder bool
	Count  int // files below a folder
	Size   int64
	Digest string  // base64 MD5 of a file; of a reference whatever its store gave
	Ref    string  // the address a reference points at; "" for a file
	Meant  *FileAt // of a reference that is shown: the file of another version, as far as the viewer may see it
}

// Kept reports whether the bytes are here, also of a reference.
func (f ListedFile) Kept() bool { return f.Ref == "" || f.Meant != nil && f.Meant.Kept }
