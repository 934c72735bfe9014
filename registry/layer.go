package registry

import (
	"cmp"
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// How much is drawn over pictures.
const (
	BoxesDrawn   = 200      // boxes of one layer; of more the file tells
	maxLayers    = 16       // layers of one picture
	maxClasses   = 256      // classes of one layer, as many as a mask can tell apart
	MaxBoxFile   = 4 << 20  // bytes of a file of boxes
	BoxFilesRead = 16 << 20 // bytes of files of boxes that one page reads
)

// Layer is what a script draws over a picture: boxes, or a mask, which gives each
// pixel a class by its grey level.
type Layer struct {
	Name     string
	Mask     bool
	Path     string         // of the mask, or of the file with the boxes; "" for boxes that came with the picture
	Boxes    []Box          // the first BoxesDrawn that have a place
	All      int            // boxes there are
	Unplaced int            // of them, those that say nowhere where they are
	Classes  map[int]string // the names of classes
	Problem  string         // why boxes are not drawn
}

// Box is a box over a picture, in parts of its width and height.
type Box struct {
	X, Y, W, H float64
	Class      int
	Caption    string
	Scores     []BoxScore
}

// BoxScore is a number that a script gives a box.
type BoxScore struct {
	Name  string
	Value float64
}

// ClassName returns what a class of the layer is called.
func (l Layer) ClassName(class int) string {
	if name := strings.TrimSpace(l.Classes[class]); name != "" {
		return name
	}
	return "class " + strconv.Itoa(class)
}

// Shown returns the classes that have a name or a box, by number; of the names of
// boxes only those of which there is one.
func (l Layer) Shown() []int {
	seen := map[int]bool{}
	for _, b := range l.Boxes {
		seen[b.Class] = true
	}
	if l.Mask {
		for class := range l.Classes {
			seen[class] = true
		}
	}
	classes := slices.Sorted(maps.Keys(seen))
	return classes[:min(len(classes), maxClasses)]
}

// layerJSON is how clients describe a layer of a picture of a run.
type layerJSON struct {
	Path anyText `json:"path"`
}

// layersOf reads the layers of a picture of so many pixels. Boxes are a file,
// or stand there as a list.
func layersOf(masks, boxes map[string]json.RawMessage, width, height int) []Layer {
	var layers []Layer
	add := func(name string, mask bool, raw json.RawMessage) {
		l := Layer{Name: Printable(name), Mask: mask}
		var file layerJSON
		if json.Unmarshal(raw, &file) == nil {
			l.Path = string(file.Path)
		} else if !mask {
			l.takeBoxes(raw, width, height)
		}
		layers = append(layers, l)
	}
	for name, raw := range boxes {
		add(name, false, raw)
	}
	for name, raw := range masks {
		add(name, true, raw)
	}
	slices.SortFunc(layers, func(a, b Layer) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), compareBool(a.Mask, b.Mask))
	})
	return layers[:min(len(layers), maxLayers)]
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// ReadBoxes reads the file with the boxes of the layer, which lie over a picture
// of so many pixels. What is no such file is said in Problem.
func (l *Layer) ReadBoxes(text []byte, width, height int) {
	var file struct {
		Boxes  json.RawMessage    `json:"box_data"`
		Labels map[string]anyText `json:"class_labels"`
	}
	switch {
	case len(text) > MaxBoxFile:
		l.Problem = "Their file is too long to be drawn."
	case json.Unmarshal(quoteWords(string(text)), &file) != nil || !l.takeBoxes(file.Boxes, width, height):
		l.Problem = "Their file holds no boxes."
	}
	if names := classNames(file.Labels); len(names) > 0 {
		l.Classes = names
	}
}

// boxJSON is how clients describe a box.
type boxJSON struct {
	Position struct {
		MinX, MaxX, MinY, MaxY *looseFloat
		Middle                 []looseFloat
		Width, Height          *looseFloat
	} `json:"position"`
	Domain  anyText               `json:"domain"`
	Class   looseFloat            `json:"class_id"`
	Caption anyText               `json:"box_caption"`
	Scores  map[string]looseFloat `json:"scores"`
}

// takeBoxes reads a list of boxes; false where it is none.
func (l *Layer) takeBoxes(raw json.RawMessage, width, height int) bool {
	var all []json.RawMessage
	if json.Unmarshal(raw, &all) != nil {
		return false
	}
	l.All = len(all)
	for _, one := range all {
		if len(l.Boxes) == BoxesDrawn {
			break
		}
		var j boxJSON
		box, ok := Box{}, json.Unmarshal(one, &j) == nil
		if ok {
			box, ok = j.box(width, height)
		}
		if !ok {
			l.Unplaced++
			continue
		}
		l.Boxes = append(l.Boxes, box)
	}
	return true
}

// box places a box on a picture; false where it has no place.
func (j boxJSON) box(width, height int) (b Box, ok bool) {
	p := j.Position
	var x0, x1, y0, y1 float64
	switch {
	case p.MinX != nil && p.MaxX != nil && p.MinY != nil && p.MaxY != nil:
		x0, x1, y0, y1 = float64(*p.MinX), float64(*p.MaxX), float64(*p.MinY), float64(*p.MaxY)
	case len(p.Middle) == 2 && p.Width != nil && p.Height != nil:
		x, y, w, h := float64(p.Middle[0]), float64(p.Middle[1]), float64(*p.Width)/2, float64(*p.Height)/2
		x0, x1, y0, y1 = x-w, x+w, y-h, y+h
	default:
		return b, false
	}
	if j.Domain == "pixel" {
		if width == 0 || height == 0 {
			return b, false
		}
		x0, x1, y0, y1 = x0/float64(width), x1/float64(width), y0/float64(height), y1/float64(height)
	}
	for _, v := range []float64{x0, x1, y0, y1} {
		if math.IsNaN(v) || math.Abs(v) > 1e6 {
			return b, false
		}
	}
	b = Box{X: min(x0, x1), Y: min(y0, y1), W: math.Abs(x1 - x0), H: math.Abs(y1 - y0), Caption: string(j.Caption)}
	if c := float64(j.Class); math.Abs(c) < 1<<31 {
		b.Class = int(c)
	}
	for name, v := range j.Scores {
		b.Scores = append(b.Scores, BoxScore{Printable(name), float64(v)})
	}
	slices.SortFunc(b.Scores, func(a, b BoxScore) int { return strings.Compare(a.Name, b.Name) })
	return b, true
}

// classNames reads the names of classes by their numbers.
func classNames(labels map[string]anyText) map[int]string {
	names := map[int]string{}
	for id, name := range labels {
		if class, err := strconv.ParseFloat(id, 64); err == nil && math.Abs(class) < 1<<31 && len(names) < maxClasses {
			names[int(class)] = string(name)
		}
	}
	return names
}

// NameLayers gives the layers of pictures the names of their classes that clients
// write into the config of the run, once for all steps.
func NameLayers(items []MediaItem, config string) {
	masks, boxes := labelsIn(config, "mask/class_labels"), labelsIn(config, "bounding_box/class_labels")
	for _, item := range items {
		for _, f := range item.Files {
			for i := range f.Layers {
				l := &f.Layers[i]
				labels := boxes
				if l.Mask {
					labels = masks
				}
				l.Classes = labels[item.MediaKey.Key+"_wandb_delimeter_"+l.Name]
			}
		}
	}
}

// labelsIn reads one kind of class labels from a run's config.
func labelsIn(config, kind string) map[string]map[int]string {
	var r LineReader
	at := "_wandb.value." + kind
	row, err := r.Pick(config, []string{at})
	if err != nil || row == nil {
		return nil
	}
	var all map[string]struct {
		Value map[string]anyText `json:"value"`
	}
	if json.Unmarshal(row[at], &all) != nil {
		return nil
	}
	named := map[string]map[int]string{}
	for key, labels := range all {
		named[key] = classNames(labels.Value)
	}
	return named
}

// nameLayers gives the layers of pictures in cells the names that their column
// says.
func (p *TablePage) nameLayers() {
	for _, row := range p.Rows {
		for at, cell := range row.Cells {
			for _, f := range cell.Media.Files {
				for i := range f.Layers {
					f.Layers[i].Classes = p.Columns[p.Shown[at]].LayerClasses
				}
			}
		}
	}
}
