package registry_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"greenroom/registry"
)

// boxed reads boxes over a picture of 200 by 100 pixels.
func boxed(text string) registry.Layer {
	l := registry.Layer{Name: "guesses"}
	l.ReadBoxes([]byte(text), 200, 100)
	return l
}

func TestReadBoxes(t *testing.T) {
	t.Parallel()
	l := boxed(`{"class_labels":{"1":"<b>cat</b>","2.0":"dog","x":"none"},"box_data":[
		{"position":{"minX":0.1,"maxX":0.3,"minY":0.5,"maxY":0.25},"class_id":1,"box_caption":"a cat","scores":{"z":NaN,"acc":0.5}},
		{"position":{"middle":[100,50],"width":20,"height":10},"domain":"pixel","class_id":2},
		{"position":{},"class_id":1},
		{"class_id":1},
		{"position":{"minX":NaN,"maxX":1,"minY":0,"maxY":1}},
		{"position":{"minX":1e300,"maxX":1,"minY":0,"maxY":1}},
		{"position":"everywhere"},
		7]}`)
	if l.All != 8 || l.Unplaced != 6 || len(l.Boxes) != 2 || l.Problem != "" {
		t.Fatalf("%+v", l)
	}
	for i, want := range []registry.Box{{X: .1, Y: .25, W: .2, H: .25}, {X: .45, Y: .45, W: .1, H: .1}} {
		got := l.Boxes[i]
		for _, d := range []float64{got.X - want.X, got.Y - want.Y, got.W - want.W, got.H - want.H} {
			if math.Abs(d) > 1e-9 {
				t.Errorf("box %d is %+v, want %+v", i, got, want)
			}
		}
	}
	if b := l.Boxes[0]; b.Class != 1 || b.Caption != "a cat" || len(b.Scores) != 2 || b.Scores[0].Name != "acc" || !math.IsNaN(b.Scores[1].Value) {
		t.Errorf("the first box is %+v", b)
	}
	for class, want := range map[int]string{1: "<b>cat</b>", 2: "dog", 3: "class 3"} {
		if got := l.ClassName(class); got != want {
			t.Errorf("class %d is %q, want %q", class, got, want)
		}
	}
	if shown := fmt.Sprint(l.Shown()); shown != "[1 2]" {
		t.Errorf("shown are %s", shown)
	}
}

func TestReadBoxesThatAreOdd(t *testing.T) {
	t.Parallel()
	many := strings.Repeat(`{"position":{"minX":0,"maxX":1,"minY":0,"maxY":1},"class_id":0},`, 9_999)
	if l := boxed(`{"box_data":[` + many + `{}]}`); l.All != 10_000 || len(l.Boxes) != registry.BoxesDrawn || l.Problem != "" {
		t.Errorf("of 10,000 boxes %d are drawn, %d counted, %q", len(l.Boxes), l.All, l.Problem)
	}
	for _, text := range []string{``, `[]`, `{}`, `{"box_data":7}`, `<html>`, strings.Repeat(" ", registry.MaxBoxFile+1)} {
		if l := boxed(text); l.Problem == "" || len(l.Boxes) > 0 {
			t.Errorf("%.20q has no problem", text)
		}
	}
	pixels := registry.Layer{}
	pixels.ReadBoxes([]byte(`{"box_data":[{"position":{"minX":0,"maxX":1,"minY":0,"maxY":1},"domain":"pixel"}]}`), 0, 0)
	if pixels.Unplaced != 1 {
		t.Errorf("pixels of a picture of no size: %+v", pixels)
	}
}

// The names of classes stand in the file of the boxes, in the config of the run,
// or with the column of a table.
func TestNamesOfLayers(t *testing.T) {
	t.Parallel()
	m, _ := registry.ReadMedia(`{"_type":"image-file","path":"a.png","width":4,"height":4,"masks":{"guess":{"path":"m.png"}},"boxes":{"guess":{"path":"b.json"}}}`)
	items := []registry.MediaItem{{MediaKey: registry.MediaKey{Key: "val/pic"}, Media: m}}
	registry.NameLayers(items, `{"_wandb":{"value":{"mask/class_labels":{"val/pic_wandb_delimeter_guess":{"type":"mask/class_labels","value":{"3":"road"}}}}}}`)
	layers := items[0].Files[0].Layers
	if len(layers) != 2 || layers[0].Mask || layers[0].ClassName(3) != "class 3" || layers[1].ClassName(3) != "road" {
		t.Errorf("layers are %+v", layers)
	}
	for _, odd := range []string{``, `{}`, `{"_wandb":{"value":{"mask/class_labels":7}}}`} {
		registry.NameLayers(items, odd)
	}

	page, err := registry.ReadTable(strings.NewReader(`{"columns":["pic"],"data":[[{"_type":"image-file","path":"p.png","width":4,"height":4,
		"masks":{"m":{"path":"media/m.png"}},"boxes":{"b":[{"position":{"minX":0,"maxX":0.5,"minY":0,"maxY":1},"class_id":2}]}}]],
		"column_types":{"params":{"type_map":{"pic":{"wb_type":"image-file","params":{"class_map":{"wb_type":"const","params":{"val":{"2":"sky"},"is_set":false}}}}}}}}`), registry.TableQuery{})
	if err != nil {
		t.Fatal(err)
	}
	layers = page.Rows[0].Cells[0].Media.Files[0].Layers
	if len(layers) != 2 || len(layers[0].Boxes) != 1 || layers[0].ClassName(2) != "sky" || layers[1].ClassName(2) != "sky" {
		t.Errorf("layers in a cell are %+v", layers)
	}
	if paths := fmt.Sprint(page.Paths()); paths != "[media/m.png p.png]" {
		t.Errorf("its files are %s", paths)
	}
}
