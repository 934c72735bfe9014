package registry

// VersionQuery says which part of a version's files to show.
type VersionQuery struct {
	Dir   string // the folder, "" for the top
	After string // Listing.Next of the page before, "" for the first
}

// VersionPage is what the page of a version shows, in a registered model or in
// its source.
type VersionPage struct {
	Version
	Collection Collection
	Place      Place
	Access     Access
	Artifact   Artifact
	Author     string // who made it
	Linker     string // who linked it here
	Stages     []Stage
	Aliases    []string
	Source     *VersionAt  // where it was logged; nil when that is here, or not for the viewer to see
	Links      []VersionAt // where else it stands, as far as the viewer may see
	Run        *RunAt      // that made it; nil when there is none or it is not for the viewer to see
	Figures    []Figure    // of the run when it made it, also where the run is not to be seen
	Step       *int64      // of the run when it made the version, if it went on after that
	LastStep   *int64      // of that run, if Step is not nil
	Newer      int         // the next higher number, -1 for none
	Older      int         // the next lower number, -1 for none
	Files      Listing
}

// Listing is one folder of a version's files: folders first, each by name.
type Listing struct {
	Dir     string // "" for the top, otherwise without the slash at its end
	After   string // where this page begins: VersionQuery.After
	Entries []ListedFile
	Next    string // VersionQuery.After of the page that follows, "" on the last
}

// ListedFile is a file, or a folder with what is below it.
type ListedFile struct {
	Name   string // within the folder
	Path   string // within the version
	Folder bool
	Count  int // files below a folder
	Size   int64
	Digest string // base64 MD5 of a file; of a reference whatever its store gave
	Ref    string // the address a reference points at; "" for a file
}
