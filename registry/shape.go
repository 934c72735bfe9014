package registry

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path"
	"strconv"
	"strings"
)

// How much of a shape is drawn.
const (
	maxPoints = 100_000
	maxFaces  = 200_000
	maxHulls  = 500
)

var errShape = Errorf(Invalid, "There is no shape in this file that could be drawn.")

// IsShape reports whether a file of that name may hold a point cloud or a mesh
// that DrawShape draws.
func IsShape(name string) bool {
	return strings.HasSuffix(name, ".pts.json") || strings.HasSuffix(name, ".obj")
}

// SolidFormat is the format of a file of that name whose solid a browser draws by
// itself, "" for any other file.
func SolidFormat(name string) string {
	switch format := strings.TrimPrefix(path.Ext(name), "."); format {
	case "glb", "gltf", "stl":
		return format
	}
	return ""
}

// MoleculeFormat is the same for molecules, by the one name of a format that has
// several.
func MoleculeFormat(name string) string {
	switch format := strings.TrimPrefix(path.Ext(name), "."); format {
	case "pdb", "pqr", "gro", "mol2", "cif", "sdf":
		return format
	case "mcif", "mmcif":
		return "cif"
	case "sd":
		return "sdf"
	}
	return ""
}

// DrawShape returns a figure for Plotly of what wandb.Object3D logs: points, of
// which evenly chosen ones stand for very many, boxes around some, or a mesh.
// Returns Invalid for a file with nothing to draw.
func DrawShape(name string, text []byte) (json.RawMessage, error) {
	read := pointCloud
	if strings.HasSuffix(name, ".obj") {
		read = mesh
	}
	data := read(text)
	if len(data) == 0 {
		return nil, errShape
	}
	return json.Marshal(shapeFigure{data, shapeLayout{Scene: shapeScene{"data"}}})
}

// shapeFigure is a figure in Plotly's words.
type shapeFigure struct {
	Data   []shapeTrace `json:"data"`
	Layout shapeLayout  `json:"layout"`
}

type shapeLayout struct {
	Scene  shapeScene `json:"scene"`
	Legend bool       `json:"showlegend"`
}

type shapeScene struct {
	Aspect string `json:"aspectmode"`
}

type shapeTrace struct {
	Type    string       `json:"type"`
	Mode    string       `json:"mode,omitempty"`
	Name    string       `json:"name,omitempty"`
	X       []float64    `json:"x"`
	Y       []float64    `json:"y"`
	Z       []float64    `json:"z"`
	I       []int        `json:"i,omitempty"`
	J       []int        `json:"j,omitempty"`
	K       []int        `json:"k,omitempty"`
	Hull    *int         `json:"alphahull,omitempty"`
	Opacity float64      `json:"opacity,omitempty"`
	Color   string       `json:"color,omitempty"`
	Flat    bool         `json:"flatshading,omitempty"`
	Hover   string       `json:"hoverinfo"`
	Marker  *shapeMarker `json:"marker,omitempty"`
}

type shapeMarker struct {
	Size  float64 `json:"size"`
	Color any     `json:"color,omitempty"` // of each point
}

func (t *shapeTrace) add(x, y, z float64) {
	t.X, t.Y, t.Z = append(t.X, x), append(t.Y, y), append(t.Z, z)
}

// pointCloud reads points, alone or in a scene with boxes.
func pointCloud(text []byte) (data []shapeTrace) {
	var scene struct {
		Points [][]looseFloat `json:"points"`
		Boxes  []struct {
			Corners [][]looseFloat `json:"corners"`
			Label   anyText        `json:"label"`
			Color   []looseFloat   `json:"color"`
		} `json:"boxes"`
	}
	text = quoteWords(string(text))
	if json.Unmarshal(text, &scene) != nil && json.Unmarshal(text, &scene.Points) != nil {
		return nil
	}
	if points := cloudOf(scene.Points); len(points.X) > 0 {
		data = append(data, points)
	}
	for _, b := range scene.Boxes[:min(len(scene.Boxes), maxHulls)] {
		hull := shapeTrace{Type: "mesh3d", Name: string(b.Label), Hull: new(int), Opacity: .25, Color: colourOf(b.Color), Hover: "name"}
		for _, c := range b.Corners {
			if placed(c) {
				hull.add(float64(c[0]), float64(c[1]), float64(c[2]))
			}
		}
		if len(hull.X) >= 4 {
			data = append(data, hull)
		}
	}
	return data
}

// cloudOf are points, coloured by their category or in a colour of their own where
// all have one.
func cloudOf(points [][]looseFloat) shapeTrace {
	cloud := shapeTrace{Type: "scatter3d", Mode: "markers", Hover: "x+y+z", Marker: &shapeMarker{Size: 2}}
	var colours []string
	var categories []float64
	every := (len(points) + maxPoints - 1) / maxPoints
	for i, p := range points {
		if i%every != 0 || !placed(p) {
			continue
		}
		cloud.add(float64(p[0]), float64(p[1]), float64(p[2]))
		switch {
		case len(p) >= 6:
			colours = append(colours, colourOf(p[3:6]))
		case len(p) >= 4 && finite(float64(p[3])):
			categories = append(categories, float64(p[3]))
		}
	}
	switch len(cloud.X) {
	case len(colours):
		cloud.Marker.Color = colours
	case len(categories):
		cloud.Marker.Color = categories
	}
	return cloud
}

// placed reports whether a point has three coordinates.
func placed(p []looseFloat) bool {
	return len(p) >= 3 && finite(float64(p[0])) && finite(float64(p[1])) && finite(float64(p[2]))
}

// colourOf writes red, green and blue, "" for anything else.
func colourOf(rgb []looseFloat) string {
	if !placed(rgb) {
		return ""
	}
	part := func(v looseFloat) int { return int(min(max(v, 0), 255)) }
	return fmt.Sprintf("rgb(%d,%d,%d)", part(rgb[0]), part(rgb[1]), part(rgb[2]))
}

// mesh reads the corners and faces of a Wavefront OBJ file; without faces it is
// points.
func mesh(text []byte) []shapeTrace {
	body := shapeTrace{Type: "mesh3d", Hover: "skip", Flat: true, Color: "rgb(140,160,150)"}
	for line := range bytes.Lines(text) {
		fields := strings.Fields(string(line))
		switch {
		case len(fields) < 4 || len(body.X) >= 10*maxPoints:
		case fields[0] == "v":
			var p [3]float64
			ok := true
			for i := range p {
				v, err := strconv.ParseFloat(fields[i+1], 64)
				p[i], ok = v, ok && err == nil && finite(v)
			}
			if !ok {
				return nil // the numbers of the others would be wrong
			}
			body.add(p[0], p[1], p[2])
		case fields[0] == "f" && len(body.I) < maxFaces:
			body.face(fields[1:])
		}
	}
	switch {
	case len(body.X) == 0:
		return nil
	case len(body.I) == 0:
		return []shapeTrace{{Type: "scatter3d", Mode: "markers", Hover: "x+y+z", X: body.X, Y: body.Y, Z: body.Z, Marker: &shapeMarker{Size: 2}}}
	}
	return []shapeTrace{body}
}

// face adds a face of any number of corners as triangles.
func (t *shapeTrace) face(corners []string) {
	var at []int
	for _, c := range corners {
		c, _, _ = strings.Cut(c, "/")
		n, err := strconv.Atoi(c)
		if n < 0 {
			n += len(t.X) + 1 // counted from the last
		}
		if err != nil || n < 1 || n > len(t.X) {
			return
		}
		at = append(at, n-1)
	}
	for i := 2; i < len(at); i++ {
		t.I, t.J, t.K = append(t.I, at[0]), append(t.J, at[i-1]), append(t.K, at[i])
	}
}
