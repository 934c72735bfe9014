package registry

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
)

// MediaKind is how what a script logs besides numbers is shown.
type MediaKind string

// The kinds. Plots are tables that the run's config says how to draw.
const (
	ImageMedia     MediaKind = "images"
	TableMedia     MediaKind = "table"
	PlotMedia      MediaKind = "plot"
	HistogramMedia MediaKind = "histogram"
	PlotlyMedia    MediaKind = "plotly"
	HTMLMedia      MediaKind = "html"
	AudioMedia     MediaKind = "audio"
	VideoMedia     MediaKind = "video"
	FileMedia      MediaKind = "file" // known by its path alone
)

// incrementalTable is the type of a table that a script logs in increments.
const incrementalTable = "incremental-table-file"

var mediaKinds = map[string]MediaKind{
	"image-file": ImageMedia, "images/separated": ImageMedia, "images": ImageMedia,
	"table-file": TableMedia, "table": TableMedia, incrementalTable: TableMedia, "partitioned-table": TableMedia, "joined-table": TableMedia,
	"histogram":   HistogramMedia,
	"plotly-file": PlotlyMedia,
	"html-file":   HTMLMedia, "html": HTMLMedia,
	"audio-file": AudioMedia, "audio": AudioMedia,
	"video-file": VideoMedia, "videos": VideoMedia, "video": VideoMedia,
}

// KindOfMedia returns how a type of W&B's is shown.
func KindOfMedia(wbType string) MediaKind {
	if kind, ok := mediaKinds[wbType]; ok {
		return kind
	}
	return FileMedia
}

// MediaFile is one picture, clip or document.
type MediaFile struct {
	Path    string
	Caption string
	Width   int
	Height  int
	Layers  []Layer // drawn over a picture
}

// Media is what a script logged under a key besides numbers.
type Media struct {
	Kind     MediaKind
	Type     string // in W&B's words
	Files    []MediaFile
	Count    int       // of files, which may be more than there are
	Rows     int       // of a table
	Artifact string    // where the table is in an artifact, in W&B's words
	Earlier  []string  // the same of its increments before this one
	Counts   []float64 // of a histogram
	Edges    []float64 // of its bars, one more than Counts
}

// Caption returns what is said about the first file.
func (m Media) Caption() string {
	if len(m.Files) == 0 {
		return ""
	}
	return m.Files[0].Caption
}

// Paths returns the files that media name, those drawn over pictures among them.
func (m Media) Paths() (paths []string) {
	for _, f := range m.Files {
		paths = append(paths, f.Path)
		for _, l := range f.Layers {
			if l.Path != "" {
				paths = append(paths, l.Path)
			}
		}
	}
	return paths
}

// maxFiles is how many files under one key are looked at.
const maxFiles = 1000

// maxIncrements is how many increments of a table are put together. Clients warn
// from 100 on.
const maxIncrements = 1000

// mediaJSON is how W&B's clients describe media.
type mediaJSON struct {
	Type         string     `json:"_type"`
	Path         string     `json:"path"`
	Caption      anyText    `json:"caption"`
	Width        looseFloat `json:"width"`
	Height       looseFloat `json:"height"`
	Count        looseFloat `json:"count"`
	Filenames    []string   `json:"filenames"`
	Captions     captions   `json:"captions"`
	Rows         looseFloat `json:"nrows"`
	ArtifactPath string     `json:"artifact_path"`
	Earlier      []anyText  `json:"previous_increments_paths"`
	Values       []looseFloat
	Bins         []looseFloat
	Packed       *packedBins                  `json:"packedBins"`
	Masks        map[string]json.RawMessage   `json:"masks"`
	Boxes        map[string]json.RawMessage   `json:"boxes"`
	AllMasks     []map[string]json.RawMessage `json:"all_masks"`
	AllBoxes     []map[string]json.RawMessage `json:"all_boxes"`
	Audio        []mediaJSON                  `json:"audio"`
	Videos       []mediaJSON                  `json:"videos"`
}

type packedBins struct{ Min, Size, Count looseFloat }

// looseFloat is a number, or NaN for anything else.
type looseFloat float64

// UnmarshalJSON reads a number, or a word for none in quotes.
func (f *looseFloat) UnmarshalJSON(b []byte) error {
	text := string(b)
	if s, err := strconv.Unquote(text); err == nil {
		text = s
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil && !math.IsInf(v, 0) {
		v = math.NaN()
	}
	*f = looseFloat(v)
	return nil
}

// anyText is a string; of other values, which some captions are, their JSON.
type anyText string

// UnmarshalJSON reads any value.
func (t *anyText) UnmarshalJSON(b []byte) error {
	var s string
	switch err := json.Unmarshal(b, &s); {
	case err == nil:
		*t = anyText(Printable(s))
	case string(b) != "null":
		*t = anyText(Printable(string(b)))
	}
	return nil
}

// captions is a list of them; false, which clients send too, is none.
type captions []anyText

// UnmarshalJSON reads a list, and nothing from anything else.
func (c *captions) UnmarshalJSON(b []byte) error {
	var list []anyText
	if json.Unmarshal(b, &list) == nil {
		*c = list
	}
	return nil
}

// ReadMedia reads the object by which clients describe media; false for objects
// that do not.
func ReadMedia(raw string) (Media, bool) {
	var j mediaJSON
	if json.Unmarshal(quoteWords(raw), &j) != nil || j.Type == "" {
		return Media{}, false
	}
	m := Media{Kind: KindOfMedia(j.Type), Type: Printable(j.Type), Rows: whole(j.Rows), Artifact: Printable(j.ArtifactPath)}
	for _, path := range j.Earlier[:min(len(j.Earlier), maxIncrements)] {
		m.Earlier = append(m.Earlier, string(path))
	}
	switch {
	case m.Kind == HistogramMedia:
		m.Counts, m.Edges = j.histogram()
		return m, true
	case j.Filenames != nil:
		m.Files = j.pictures()
		m.Count = max(len(j.Filenames), whole(j.Count))
		return m, true
	}
	parts := slices.Concat(j.Audio, j.Videos)
	if len(parts) == 0 && j.Path != "" {
		parts = []mediaJSON{j}
	}
	m.Count = len(parts)
	for i, p := range parts[:min(len(parts), maxFiles)] {
		f := MediaFile{
			Path: Printable(p.Path), Caption: string(p.Caption), Width: whole(p.Width), Height: whole(p.Height),
			Layers: layersOf(p.Masks, p.Boxes, whole(p.Width), whole(p.Height)),
		}
		if f.Caption == "" && i < len(j.Captions) {
			f.Caption = string(j.Captions[i])
		}
		m.Files = append(m.Files, f)
	}
	return m, true
}

func whole(f looseFloat) int {
	if v := float64(f); v > 0 && v < 1<<31 {
		return int(v)
	}
	return 0
}

// pictures reads a strip of pictures that are described together.
func (j mediaJSON) pictures() []MediaFile {
	files := make([]MediaFile, min(len(j.Filenames), maxFiles))
	for i := range files {
		f := MediaFile{Path: Printable(j.Filenames[i]), Width: whole(j.Width), Height: whole(j.Height)}
		if i < len(j.Captions) {
			f.Caption = string(j.Captions[i])
		}
		var masks, boxes map[string]json.RawMessage
		if i < len(j.AllMasks) {
			masks = j.AllMasks[i]
		}
		if i < len(j.AllBoxes) {
			boxes = j.AllBoxes[i]
		}
		f.Layers = layersOf(masks, boxes, f.Width, f.Height)
		files[i] = f
	}
	return files
}

// histogram returns counts and edges, nothing where they do not fit together.
func (j mediaJSON) histogram() (counts, edges []float64) {
	for _, v := range j.Values {
		counts = append(counts, float64(v))
	}
	if p := j.Packed; p != nil && len(j.Bins) == 0 {
		for i := range len(counts) + 1 {
			edges = append(edges, float64(p.Min)+float64(i)*float64(p.Size))
		}
	}
	for _, v := range j.Bins {
		edges = append(edges, float64(v))
	}
	if len(counts) == 0 || len(edges) != len(counts)+1 {
		return nil, nil
	}
	return counts, edges
}
