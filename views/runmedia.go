package views

import (
	"hash/fnv"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"greenroom/registry"
	"greenroom/views/ui"
)

// ShortSection and FullSection say how large a part of a page is that asks for
// itself: one thing among others, or alone.
const (
	ShortSection = "short"
	FullSection  = "full"
)

// MediaURL is the part of a run's page with what it logged besides numbers.
func MediaURL(r registry.RunPage, q registry.MediaQuery) string {
	pairs := []string{"key", q.Key, "kind", string(q.Kind), "q", q.Search, "after", q.After}
	if q.Step != nil {
		pairs = append(pairs, "step", strconv.FormatInt(*q.Step, 10))
	}
	if q.From > 0 {
		pairs = append(pairs, "image", strconv.Itoa(q.From))
	}
	return RunPartURL(r.Place, r.Name, registry.RunMedia) + query(pairs...)
}

// mediaAgain is where a live page asks whether there is more.
func mediaAgain(r registry.RunPage) string {
	known := r.Media.Mark
	if r.Media.Query.Known != nil {
		known = *r.Media.Query.Known
	}
	url := MediaURL(r, r.Media.Query)
	if strings.Contains(url, "?") {
		return url + "&known=" + strconv.FormatInt(known, 10)
	}
	return url + "?known=" + strconv.FormatInt(known, 10)
}

// newMedia says that there is more than the page shows, "" where there is not.
func newMedia(m registry.MediaPage) string {
	if m.Query.Known == nil || *m.Query.Known >= m.Mark {
		return ""
	}
	return "New at step " + ui.Number(m.Newest)
}

// mediaChoices are the kinds of media that a run has.
func mediaChoices(r registry.RunPage) []ui.Choice {
	q := r.Media.Query
	choice := func(label string, kind registry.MediaKind, n int) ui.Choice {
		return ui.Choice{
			Label: label, Count: ui.Number(int64(n)), Current: q.Kind == kind,
			URL: MediaURL(r, registry.MediaQuery{Kind: kind, Search: q.Search, Step: q.Step}),
		}
	}
	choices := []ui.Choice{choice("All", "", r.Media.All)}
	for _, k := range []struct {
		label string
		kind  registry.MediaKind
	}{{"Images", registry.ImageMedia}, {"Tables", registry.TableMedia}, {"Plots", registry.PlotMedia}, {"Other", registry.FileMedia}} {
		if n := r.Media.Counts[k.kind]; n > 0 || q.Kind == k.kind {
			choices = append(choices, choice(k.label, k.kind, n))
		}
	}
	return choices
}

// mediaID is the id of the section that shows a key.
func mediaID(key string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(key)) // never fails
	return "media-" + strconv.FormatUint(uint64(h.Sum32()), 36)
}

// mediaView is one thing on the page.
type mediaView struct {
	run registry.RunPage
	registry.MediaItem
	full bool
}

func viewOf(r registry.RunPage, item registry.MediaItem) mediaView {
	return mediaView{r, item, r.Media.Query.InFull()}
}

// alone is the page of the thing at a step.
func (v mediaView) alone(step int64) string {
	return MediaURL(v.run, registry.MediaQuery{Key: v.MediaItem.Key, Step: &step})
}

// section is where the section asks for itself at a step.
func (v mediaView) section(step int64) string {
	return v.alone(step) + "&section=" + v.size()
}

// span is the class of how much room the thing takes among others.
func (v mediaView) span() string {
	switch k := v.MediaKey.Kind; {
	case v.full || k == registry.ImageMedia:
		return "wide"
	case v.Drawing != nil && v.Drawing.Kind == registry.ConfusionPlot, v.Table != nil, v.Chart != nil,
		k == registry.PlotlyMedia, k == registry.HTMLMedia, k == registry.VideoMedia:
		return "half"
	}
	return "third"
}

// about says beside the name what there is.
func (v mediaView) about() string {
	var words []string
	switch k := v.MediaKey.Kind; {
	case v.Drawing != nil && v.Drawing.Kind == registry.ConfusionPlot:
		words = append(words, "rows are labels, columns are guesses")
	case k == registry.ImageMedia && v.Count > 1:
		if n := len(v.Pictures(v.run.Media.Query)); n < v.Count {
			words = append(words, ui.Number(int64(n))+" of "+ui.Plural(v.Count, "image", "images"))
		} else {
			words = append(words, ui.Plural(v.Count, "image", "images"))
		}
	case v.Table != nil:
		rows := ui.Plural(v.Table.Total, "row", "rows")
		if !v.Table.Whole {
			rows = "more than " + rows
		}
		words = append(words, rows+", "+ui.Plural(len(v.Table.Columns), "column", "columns"))
	case k == registry.FileMedia && v.MediaKey.Type != "":
		words = append(words, v.MediaKey.Type)
	}
	if v.Entries > 1 {
		words = append(words, "logged at "+ui.Plural(v.Entries, "step", "steps"))
	} else {
		words = append(words, "step "+ui.Number(v.Step))
	}
	return strings.Join(words, ", ")
}

// title is what the script calls a plot, "" where that is its name.
func (v mediaView) title() string {
	if v.Plot == nil || v.Plot.Title() == v.Name || slices.Contains([]string{"Confusion Matrix Curve", "ROC Curve", "Precision-Recall Curve"}, v.Plot.Title()) {
		return "" // or what its library calls all of them
	}
	return v.Plot.Title()
}

// strip is the page with other pictures of the same strip, "" where there are
// none.
func (v mediaView) strip(by int) string {
	from := v.run.Media.Query.From + by
	if !v.full || from < 0 && v.run.Media.Query.From == 0 || from >= len(v.Files) {
		return ""
	}
	step := v.Step
	return MediaURL(v.run, registry.MediaQuery{Key: v.MediaItem.Key, Step: &step, From: max(0, from)})
}

// file is where a file of the run is shown, "" if it never came.
func (v mediaView) file(path string) string {
	if !v.There[path] {
		return ""
	}
	return RunFileURL(v.run.Place, v.run.Name, path) + "?raw=1"
}

// page is where a file of the run is shown as a page of its own.
func (v mediaView) page(path string) string {
	if !v.There[path] {
		return ""
	}
	return RunFileURL(v.run.Place, v.run.Name, path) + "?page=1"
}

// The libraries that draw figures which scripts log as their JSON.
const (
	WithPlotly = "plotly"
	WithVega   = "vega"
)

// What else files are drawn as: points or a mesh that become a figure for Plotly,
// a solid, and a molecule.
const (
	AsShape    = "shape"
	AsSolid    = "solid"
	AsMolecule = "molecule"
)

// drawnWith are the library and the script that draw a figure on its page.
func drawnWith(as string) (library, script string) {
	switch as {
	case AsShape:
		return WithPlotly, "figure"
	case AsSolid:
		return "three", "solid"
	case AsMolecule:
		return "3dmol", "solid"
	}
	return as, "figure"
}

// onGround reports whether what is drawn stands on the ground of the page around
// it, in its theme; figures bring a ground of their own.
func onGround(as string) bool { return as == AsSolid || as == AsMolecule }

// drawnAs is what a file of that name is drawn as, "" where it is not.
func drawnAs(name string) string {
	switch {
	case registry.IsShape(name):
		return AsShape
	case registry.SolidFormat(name) != "":
		return AsSolid
	case registry.MoleculeFormat(name) != "":
		return AsMolecule
	}
	return ""
}

// figureURL is where a figure of a run is drawn on a page of its own.
func figureURL(r registry.RunPage, path, with string) string {
	return RunFileURL(r.Place, r.Name, path) + "?draw=" + with
}

// isVega reports whether a file is a figure for Vega, by the names that its
// makers use.
func isVega(path string) bool {
	return strings.HasSuffix(path, ".vl.json") || strings.HasSuffix(path, ".vg.json")
}

// drawn is where a figure of the run is drawn, "" if it never came.
func (v mediaView) drawn(path string) string {
	if !v.There[path] {
		return ""
	}
	return figureURL(v.run, path, WithPlotly)
}

// chart is where the custom chart draws the table, "" where there is none.
func (v mediaView) chart() string {
	if v.Chart == nil || v.Source == nil {
		return ""
	}
	return v.alone(v.Step) + "&draw=" + WithVega
}

// shape is where the shape, the solid or the molecule in a file of the run is
// drawn, "" where there is none.
func (v mediaView) shape(path string) string {
	as := drawnAs(path)
	if !v.There[path] || as == "" {
		return ""
	}
	return figureURL(v.run, path, as)
}

// format says what kind of file it is and how large: "GLB, 1.2 MB".
func (v mediaView) format(name string) string {
	words := strings.ToUpper(strings.TrimPrefix(path.Ext(name), "."))
	if c := v.Contents[name]; c != nil {
		words = strings.TrimPrefix(words+", "+ui.Bytes(c.Size), ", ")
	}
	return words
}

// cellFile is where a file is that a table's cell names.
func (v mediaView) cellFile(path string) string {
	if v.ArtifactID == 0 || !v.There[path] {
		return ""
	}
	at := v.FilesAt
	return VersionURL(v.run.Place, at.Type, at.Collection, at.Number) + "/files" + address(strings.Split(path, "/")...) + "?raw=1"
}

func (v mediaView) table() TableView {
	return TableView{
		Label: v.Name, TablePage: *v.Table, At: v.alone(v.Step), File: v.cellFile, Short: !v.full,
	}
}

// histogram is the histogram that the thing is.
func (v mediaView) histogram() registry.Plot {
	return registry.Plot{Kind: registry.HistogramPlot, Values: v.Counts, Edges: v.Edges}
}

// why says why there is nothing to see, "" where there is something.
func (v mediaView) why() string {
	switch {
	case !v.run.Access.Can(registry.Download):
		return "You may look at this run, not at its files."
	case v.Problem != "":
		return v.Problem
	case v.IsTable() && v.Source == nil:
		return "Missing: the table never arrived."
	case v.Chart != nil:
		return ""
	case v.Plot != nil && v.Plot.Columns() == nil:
		if ref, ok := v.Plot.Chart(); ok {
			return "There is no custom chart " + ref.String() + " that you may see, so this is its table."
		}
		return "Greenroom has no drawing called " + v.Plot.Panel + ", so this is its table."
	case v.Plot != nil && v.Drawing == nil:
		return "There is nothing in this table that could be drawn."
	}
	return ""
}

// ticks writes the steps of the slider.
func (v mediaView) ticks() string {
	var b strings.Builder
	for i, s := range v.Ticks {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(strconv.FormatInt(s, 10))
	}
	return b.String()
}

// tickAt is where tick i stands on the track, in percent.
func (v mediaView) tickAt(i int) string {
	return strconv.FormatFloat(100*float64(i)/float64(max(len(v.Ticks)-1, 1)), 'f', 2, 64) + "%"
}

// measure writes how many pixels a picture has, nothing where that is unknown.
func measure(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// steps makes the form of a section ask for the section alone, where there is a
// script.
func (v mediaView) steps(trigger string) templ.Attributes {
	a := v.swap(RunPartURL(v.run.Place, v.run.Name, registry.RunMedia) + "?section=" + v.size())
	a["hx-trigger"] = trigger
	return a
}

func (v mediaView) stepLink(step int64) templ.Attributes { return v.swap(v.section(step)) }

func (v mediaView) size() string {
	if v.full {
		return FullSection
	}
	return ShortSection
}

// swap puts what url answers in place of the section.
func (v mediaView) swap(url string) templ.Attributes {
	return templ.Attributes{"hx-get": url, "hx-target": "#" + mediaID(v.MediaItem.Key), "hx-swap": "outerHTML"}
}
