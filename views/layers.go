package views

import (
	"slices"
	"strconv"
	"strings"

	"greenroom/registry"
	"greenroom/views/ui"
)

// layerLegend is a layer that lies over some pictures, with the classes in it.
type layerLegend struct {
	registry.Layer
	Classes []layerClass
}

type layerClass struct {
	N    int
	Name string
}

// legendOf returns the layers over pictures, each once.
func legendOf(pictures []registry.MediaFile) []layerLegend {
	var legend []layerLegend
	for _, p := range pictures {
		for _, l := range p.Layers {
			at := layerAt(legend, l)
			if at < 0 {
				at = len(legend)
				legend = append(legend, layerLegend{Layer: l})
			}
			for _, n := range l.Shown() {
				if !slices.ContainsFunc(legend[at].Classes, func(c layerClass) bool { return c.N == n }) {
					legend[at].Classes = append(legend[at].Classes, layerClass{n, l.ClassName(n)})
				}
			}
		}
	}
	for i := range legend {
		slices.SortFunc(legend[i].Classes, func(a, b layerClass) int { return a.N - b.N })
	}
	return legend
}

func layerAt(legend []layerLegend, l registry.Layer) int {
	return slices.IndexFunc(legend, func(other layerLegend) bool { return other.Name == l.Name && other.Mask == l.Mask })
}

// layered is a picture and what is drawn over it.
type layered struct {
	registry.MediaFile
	legend []layerLegend
	url    string // of the picture
	alt    string
	file   func(path string) string
}

// n is the number of a layer in the legend.
func (p layered) n(l registry.Layer) string { return strconv.Itoa(layerAt(p.legend, l)) }

// boxed are the layers of the picture that have boxes.
func (p layered) boxed() (layers []registry.Layer) {
	for _, l := range p.Layers {
		if len(l.Boxes) > 0 {
			layers = append(layers, l)
		}
	}
	return layers
}

// classColour is what a class wears, the same in every layer.
func classColour(class int) ui.Colour { return ui.Series((class%8 + 8) % 8) }

// dashed tells the layers after the first apart, whose classes wear the same
// colours.
func (p layered) dashed(l registry.Layer) string {
	if layerAt(p.legend, l) > 0 {
		return "5 3"
	}
	return "none"
}

// thousandths writes a part of a picture's width or height.
func thousandths(v float64) string { return strconv.FormatFloat(1000*v, 'f', 2, 64) }

// boxWords says what a box tells: its class, its caption if that is another
// text, and its scores.
func boxWords(l registry.Layer, b registry.Box) string {
	words := []string{l.ClassName(b.Class)}
	if caption := strings.TrimSpace(b.Caption); caption != "" && caption != words[0] {
		words = append(words, caption)
	}
	for _, s := range b.Scores {
		words = append(words, s.Name+" "+ui.Metric(s.Value))
	}
	return strings.Join(words, ", ")
}

// boxesNote says what of the boxes of a layer is not drawn, "" if all are.
func boxesNote(l registry.Layer) string {
	var notes []string
	if l.Problem != "" {
		notes = append(notes, "The boxes of "+l.Name+" are not drawn. "+l.Problem)
	}
	if l.Unplaced > 0 {
		notes = append(notes, ui.Plural(l.Unplaced, "box of "+l.Name+" has", "boxes of "+l.Name+" have")+" no place in the picture.")
	}
	if n := len(l.Boxes) + l.Unplaced; l.Problem == "" && n < l.All {
		notes = append(notes, "The first "+ui.Number(int64(len(l.Boxes)))+" of "+ui.Number(int64(l.All))+" boxes.")
	}
	return strings.Join(notes, " ")
}
