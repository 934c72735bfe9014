package views

import (
	"strconv"
	"strings"

	"greenroom/registry"
	"greenroom/views/ui"
)

// VersionShown is a version's page with what a reader asked for beside it.
type VersionShown struct {
	registry.VersionPage
	Form    VersionForm
	Start   Start
	Find    string // words to find in the metadata
	All     bool   // of the metadata rather than the beginning
	Preview registry.Preview
	AsText  bool // the preview
}

// VersionFormName is a form of a version's page.
type VersionFormName string

// The forms.
const (
	AliasForm       VersionFormName = "alias"
	TagForm         VersionFormName = "tag"
	DescriptionForm VersionFormName = "description"
)

// VersionForm is the form that is open, with what was typed and what is wrong
// with it.
type VersionForm struct {
	Open    VersionFormName
	Value   string
	Problem string
	Preview bool
}

// at is the address of a part of the version.
func (v VersionShown) at(part registry.VersionPart) string {
	return VersionPartURL(v.Place, v.Artifact.Type, v.Collection.Name, v.Number, part)
}

// neighbour is the address of the same part of another version.
func (v VersionShown) neighbour(number int) string {
	return VersionPartURL(v.Place, v.Artifact.Type, v.Collection.Name, number, v.Query.Part)
}

// againstHolder compares the version with the one on the highest stage.
func (v VersionShown) againstHolder() string {
	return CompareURL(v.Place, v.Artifact.Type, v.Collection.Name, registry.CompareQuery{Versions: []int{v.Holder.Number, v.Number}})
}

// fullName is how clients call the version.
func (v VersionShown) fullName() string {
	return registry.ClientName(v.Place, v.Collection.Name, v.Name())
}

// VersionEdits are the addresses that change a version by POST.
type VersionEdits struct {
	At   string // the version
	Back string // the page to come back to, "" for the version's own
}

func (e VersionEdits) url(change, field, name string) string {
	return e.At + change + query(field, name, "back", e.Back)
}

// AddAlias puts an alias on the version; "" is for a form that asks for it.
func (e VersionEdits) AddAlias(name string) string { return e.url("/aliases", "alias", name) }

// RemoveAlias takes one off.
func (e VersionEdits) RemoveAlias(name string) string { return e.url("/aliases/remove", "alias", name) }

// AddTag puts a tag on the version; "" is for a form that asks for it.
func (e VersionEdits) AddTag(name string) string { return e.url("/tags", "tag", name) }

// RemoveTag takes one off.
func (e VersionEdits) RemoveTag(name string) string { return e.url("/tags/remove", "tag", name) }

func (v VersionShown) fileURL(path string) string {
	return VersionFileURL(v.Place, v.Artifact.Type, v.Collection.Name, v.Number, path)
}

// entryURL is the page of a file or a folder that stands on a later page of its
// folder's list.
func (v VersionShown) entryURL(f registry.ListedFile) string {
	if f.Folder {
		return v.fileURL(f.Path)
	}
	return v.fileURL(f.Path) + query("after", v.Files.After)
}

func (v VersionShown) rawURL(path string) string      { return v.fileURL(path) + "?raw=1" }
func (v VersionShown) downloadURL(path string) string { return v.fileURL(path) + "?download=1" }

// archiveURL is all files of the version in one.
func (v VersionShown) archiveURL() string { return v.at(registry.VersionOverview) + "/archive" }

// versionTabs are the parts of the page.
func (v VersionShown) tabs() []ui.Choice {
	counts := map[registry.VersionPart]int64{registry.VersionMetrics: int64(len(v.Figures)), registry.VersionFiles: v.Artifact.FileCount}
	var tabs []ui.Choice
	for _, t := range []struct {
		part  registry.VersionPart
		label string
	}{
		{registry.VersionOverview, "Overview"}, {registry.VersionMetrics, "Metrics"}, {registry.VersionMetadata, "Metadata"},
		{registry.VersionFiles, "Files"}, {registry.VersionUsage, "Usage"}, {registry.VersionHistory, "History"},
	} {
		tab := ui.Choice{Label: t.label, URL: v.at(t.part), Current: v.Query.Part == t.part}
		if n := counts[t.part]; n > 0 {
			tab.Count = ui.Number(n)
		}
		tabs = append(tabs, tab)
	}
	return tabs
}

// folders are the steps down to the folder that is shown.
func (v VersionShown) folders() []Crumb {
	steps := []Crumb{{Name: v.Name(), URL: v.fileURL("")}}
	if v.Files.Dir == "" {
		return steps
	}
	parts := strings.Split(v.Files.Dir, "/")
	for i, part := range parts {
		steps = append(steps, Crumb{Name: part, URL: v.fileURL(strings.Join(parts[:i+1], "/"))})
	}
	return steps
}

// filesWords says how much there is.
func filesWords(a registry.Artifact) string {
	return ui.Plural(int(a.FileCount), "file", "files") + ", " + ui.Bytes(a.Size)
}

// shapeWords writes a tensor's shape: "32 × 1 × 3 × 3".
func shapeWords(shape []int64) string {
	if len(shape) == 0 {
		return "scalar"
	}
	sizes := make([]string, len(shape))
	for i, n := range shape {
		sizes[i] = strconv.FormatInt(n, 10)
	}
	return strings.Join(sizes, " × ")
}

// fileGlyph is the drawing beside a file's name.
func fileGlyph(f registry.ListedFile) ui.Glyph {
	switch {
	case f.Folder:
		return ui.IconFolder
	case f.Ref != "":
		return ui.IconExternalLink
	}
	switch registry.PreviewKindOf(f.Name) {
	case registry.PreviewImage:
		return ui.IconImage
	case registry.PreviewCells, registry.PreviewTable:
		return ui.IconTable2
	case registry.PreviewTensors:
		return ui.IconBox
	case registry.PreviewMarkdown:
		return ui.IconFileText
	case registry.PreviewJSON, registry.PreviewHTML:
		return ui.IconFileCode
	}
	return ui.IconFile
}
