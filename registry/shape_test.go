package registry_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"greenroom/registry"
)

func TestDrawShape(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, text, want string }{
		{"a.pts.json", `[[1,2,3],[4,5,6]]`, "scatter3d [1 4] <nil>"},
		{"a.pts.json", `[[1,2,3,7],[4,5,NaN,7],[7,8,9,1]]`, "scatter3d [1 7] [7 1]"},
		{"a.pts.json", `[[1,2,3,255,0,300]]`, "scatter3d [1] [rgb(255,0,255)]"},
		{"a.pts.json", `{"type":"lidar/beta","points":[[0,0,0]],"boxes":[{"corners":[[0,0,0],[1,0,0],[0,1,0],[0,0,1],["x"]],"label":"<b>car</b>","color":[1,2,3]},{"corners":7}]}`, ""},
		{"a.pts.json", `{"points":[[0,0,0]],"boxes":[{"corners":[[0,0,0],[1,0,0],[0,1,0],[0,0,1]],"label":"car"}]}`, "scatter3d [0] <nil>, mesh3d [0 1 0 0] <nil>"},
		{"a.obj", "v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\n# no\nf 1/1 2//2 3 -1\nf 1 2 9\n", "mesh3d [0 1 1 0] <nil>"},
		{"a.obj", "v 0 0 0\n", "scatter3d [0] <nil>"},
		{"a.obj", "v 0 x 0\nv 0 0 0\n", ""},
		{"a.pts.json", `<html>`, ""}, {"a.pts.json", `[]`, ""}, {"a.obj", "", ""},
	} {
		figure, err := registry.DrawShape(tc.name, []byte(tc.text))
		if tc.want == "" {
			if registry.KindOf(err) != registry.Invalid {
				t.Errorf("%s: %s, %v", tc.text, figure, err)
			}
			continue
		}
		var drawn struct {
			Data []struct {
				Type   string
				X, I   []float64
				Marker struct{ Color any }
			}
		}
		if err := json.Unmarshal(figure, &drawn); err != nil {
			t.Fatalf("%s: %s, %v", tc.text, figure, err)
		}
		var got []string
		for _, d := range drawn.Data {
			got = append(got, fmt.Sprint(d.Type, " ", d.X, " ", d.Marker.Color))
			if strings.HasSuffix(tc.name, ".obj") && d.Type == "mesh3d" && len(d.I) != 2 {
				t.Errorf("a face of four corners is %d triangles", len(d.I))
			}
		}
		if strings.Join(got, ", ") != tc.want {
			t.Errorf("%s: %q, want %s", tc.text, got, tc.want)
		}
	}
	many := "[[0,0,0]" + strings.Repeat(",[0,0,0]", 250_000) + "]"
	if figure, err := registry.DrawShape("a.pts.json", []byte(many)); err != nil || strings.Count(string(figure), "0,") > 3*100_001 {
		t.Errorf("a quarter of a million points are %d bytes, %v", len(figure), err)
	}
}

func TestFormatsOfSolidsAndMolecules(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][2]string{
		"media/object3D/a.b.glb": {"glb", ""}, "a.gltf": {"gltf", ""}, "a.stl": {"stl", ""},
		"a.pdb": {"", "pdb"}, "a.pqr": {"", "pqr"}, "a.gro": {"", "gro"}, "a.mol2": {"", "mol2"},
		"a.cif": {"", "cif"}, "a.mcif": {"", "cif"}, "a.mmcif": {"", "cif"}, "a.sdf": {"", "sdf"}, "a.sd": {"", "sdf"},
		"a.obj": {}, "a.pts.json": {}, "a.babylon": {}, "a.mmtf": {}, "glb": {}, "": {}, "a.glb/b": {},
	} {
		if got := [2]string{registry.SolidFormat(name), registry.MoleculeFormat(name)}; got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
