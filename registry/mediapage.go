package registry

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// How much of what a run logged besides numbers one page shows.
const (
	MediaPageKeys = 12 // keys
	MediaShown    = 8  // pictures in a strip, unless it stands alone
	MediaAlone    = 64 // and then
	MediaTicks    = 200
	ShortTable    = 6 // rows of a table among others
	PlotRows      = 10_000
	ChartColumns  = 20 // of a table that a custom chart draws
)

// MediaQuery says what of a run's media to show.
type MediaQuery struct {
	Key    string    // only this one, in full
	Step   *int64    // as it stood then; nil for the newest
	Kind   MediaKind // only of this kind
	Search string    // words that names hold
	After  string    // the last name of the page before
	From   int       // of the pictures under one key, the first shown
	Among  bool      // Key stands among others, so not in full
	Known  *int64    // Mark of the page that asks what is new, nil for one that is opened
	Table  TableQuery
}

// Alone reports whether one thing is asked for.
func (q MediaQuery) Alone() bool { return q.Key != "" }

// InFull reports whether there is room for all of it.
func (q MediaQuery) InFull() bool { return q.Alone() && !q.Among }

// MediaKey is something that a run logged besides numbers, at one step or many.
type MediaKey struct {
	Key     string // in the lines
	Name    string // as people know it: a plot's table has a key of its own
	Kind    MediaKind
	Type    string // in W&B's words
	Entries int    // steps at which it was logged
	Newest  int64  // of them
	Plot    *PlotSpec
}

// MediaItem is a MediaKey at a step.
type MediaItem struct {
	MediaKey
	Media
	Step       int64
	At         int // of its entries, from 0 on
	First      int64
	Last       int64
	Before     *int64  // the step of the entry before, nil at the first
	Behind     *int64  // and after, nil at the last
	Ticks      []int64 // steps at which it was logged, MediaTicks at most, evenly chosen
	There      map[string]bool
	Contents   map[string]*Content // of the files that are there, by their paths
	Source     *Content            // where the bytes of a table are, nil if they are nowhere
	Parts      []Content           // of a table in increments, all of them up to this step
	ArtifactID int64               // that the table is in; 0 for a file of the run
	FilesAt    MediaVersion        // where the files are that a table's cells name
	Table      *TablePage
	Drawing    *Plot        // of a plot
	Chart      *CustomChart // that draws a plot, nil where there is none that the viewer may see
	Problem    string       // why the table cannot be shown
}

// Pictures returns those of a strip that a page shows.
func (m MediaItem) Pictures(q MediaQuery) []MediaFile {
	if !q.InFull() {
		return m.Files[:min(len(m.Files), MediaShown)]
	}
	from := min(q.From, len(m.Files))
	return m.Files[from:min(len(m.Files), from+MediaAlone)]
}

// IsTable reports whether there is a table behind the item, drawn or not.
func (m MediaItem) IsTable() bool {
	return m.MediaKey.Kind == TableMedia || m.MediaKey.Kind == PlotMedia
}

// MediaVersion is the address of the version that holds a table's files.
type MediaVersion struct {
	Type, Collection string
	Number           int
}

// MediaPage is what a run logged besides numbers.
type MediaPage struct {
	Query  MediaQuery
	Counts map[MediaKind]int // keys that the search finds, by kind
	All    int               // and in all
	Mark   int64             // grows with everything that is logged
	Newest int64             // step at which anything was
	Items  []MediaItem
	Next   string // After of the next page, "" at the end
}

// ChooseMedia returns the page of keys that a query asks for: pictures first,
// then tables, then plots, by name.
func ChooseMedia(keys []MediaKey, q MediaQuery) (page MediaPage, chosen []MediaKey) {
	page = MediaPage{Query: q, Counts: map[MediaKind]int{}}
	words := strings.Fields(strings.ToLower(q.Search))
	slices.SortFunc(keys, func(a, b MediaKey) int {
		return cmp.Or(cmp.Compare(a.rank(), b.rank()), strings.Compare(a.Name, b.Name), strings.Compare(a.Key, b.Key))
	})
	seen := q.After == "" || !slices.ContainsFunc(keys, func(k MediaKey) bool { return k.Key == q.After })
	for _, k := range keys {
		page.Mark += int64(k.Entries)
		page.Newest = max(page.Newest, k.Newest)
		passed := seen
		seen = seen || k.Key == q.After
		name := strings.ToLower(k.Name)
		if slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(name, w) }) {
			continue
		}
		page.Counts[k.Kind.Group()]++
		page.All++
		switch {
		case q.Alone() && k.Key != q.Key, q.Kind != "" && k.Kind.Group() != q.Kind, !passed && !q.Alone():
		case len(chosen) < MediaPageKeys:
			chosen = append(chosen, k)
		default:
			page.Next = chosen[len(chosen)-1].Key
		}
	}
	return page, chosen
}

// rank is where a page shows a thing, by how much room it takes.
func (k MediaKey) rank() int {
	if k.Plot != nil && strings.Contains(k.Plot.Panel, "confusion") {
		return 1
	}
	return slices.Index([]MediaKind{ImageMedia, "", TableMedia, PlotMedia, HistogramMedia, PlotlyMedia, HTMLMedia, VideoMedia, AudioMedia, FileMedia}, k.Kind)
}

// Group returns the kind under which a page counts k.
func (k MediaKind) Group() MediaKind {
	switch k {
	case HistogramMedia, PlotlyMedia:
		return PlotMedia
	case AudioMedia, VideoMedia, HTMLMedia:
		return FileMedia
	}
	return k
}

// drawn says how k is shown.
func (k *MediaKey) drawn(plots map[string]PlotSpec) {
	k.Name, k.Kind = k.Key, KindOfMedia(k.Type)
	if spec, ok := plots[k.Key]; ok && k.Kind == TableMedia {
		k.Name, k.Kind, k.Plot = spec.Name, PlotMedia, &spec
	}
}

// DrawMedia tells keys how they are shown, by the config of their run.
func DrawMedia(keys []MediaKey, config string) {
	plots := PlotsIn(config)
	for i := range keys {
		keys[i].drawn(plots)
	}
}

// ArtifactOf reads where a logged table is: the name that its client gave the
// artifact, and the path in it. false for what is no such address.
func (m Media) ArtifactOf() (clientID, path string, ok bool) { return artifactPath(m.Artifact) }

func artifactPath(address string) (clientID, path string, ok bool) {
	const scheme = "wandb-client-artifact://"
	if !strings.HasPrefix(address, scheme) {
		return "", "", false
	}
	return strings.Cut(strings.TrimPrefix(address, scheme), "/")
}

// Increments returns the names that clients gave the artifacts with the
// increments of the table, nothing for a table that is logged at once.
func (m MediaItem) Increments() (clientIDs []string) {
	if m.MediaKey.Type != incrementalTable {
		return nil
	}
	for _, address := range append(slices.Clone(m.Earlier), m.Artifact) {
		if client, _, ok := artifactPath(address); ok {
			clientIDs = append(clientIDs, client)
		}
	}
	return clientIDs
}

// PutTogether makes increments of the item's table, some of which stand in
// several artifacts, one table in the order in which they were logged.
func (m *MediaItem) PutTogether(increments []Content) {
	slices.SortStableFunc(increments, func(a, b Content) int { return incrementOrder(a.Path, b.Path) })
	m.Parts = slices.CompactFunc(increments, func(a, b Content) bool { return a.Path == b.Path })
}

// incrementOrder puts paths of increments in order, which begin with their number
// and a time: 3-1700000000000.key.table.json.
func incrementOrder(a, b string) int {
	var numbers [2][2]int64
	for i, path := range []string{a, b} {
		head, _, _ := strings.Cut(path, ".")
		number, at, _ := strings.Cut(head, "-")
		numbers[i][0], _ = strconv.ParseInt(number, 10, 64)
		numbers[i][1], _ = strconv.ParseInt(at, 10, 64)
	}
	return cmp.Or(cmp.Compare(numbers[0][0], numbers[1][0]), cmp.Compare(numbers[0][1], numbers[1][1]), strings.Compare(a, b))
}
