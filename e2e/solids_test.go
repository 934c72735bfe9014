//go:build sdks

package e2e

import (
	"bytes"
	"fmt"
	"image/png"
	"testing"

	"github.com/chromedp/chromedp"
)

// logsSolids logs files of each format that holds a solid or a molecule, some that are none, and some of formats that are not drawn.
const logsSolids = `
import base64, io, json, struct
from PIL import Image

def gltf(uri=None, **more):
    corners = struct.pack("<12f", 0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0)
    ways = struct.pack("<8f", 0, 0, 1, 0, 1, 1, 0, 1)
    faces = struct.pack("<6H", 0, 1, 2, 0, 2, 3)
    picture = io.BytesIO()
    Image.new("RGB", (2, 2), (255, 0, 0)).save(picture, "PNG")
    parts = [corners, ways, faces, picture.getvalue()]
    whole, views = b"", []
    for part in parts:
        views.append({"buffer": 0, "byteOffset": len(whole), "byteLength": len(part)})
        whole += part + bytes(-len(part) % 4)
    scene = {"asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": [0, 1]}],
        "nodes": [{"mesh": 0}, {"mesh": 0, "translation": [0, 0, 1], "rotation": [0, 1, 0, 0]}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0, "TEXCOORD_0": 1}, "indices": 2, "material": 0}]}],
        "materials": [{"doubleSided": True, "pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}}],
        "textures": [{"source": 0}], "images": [{"bufferView": 3, "mimeType": "image/png"}],
        "bufferViews": views, "buffers": [{"byteLength": len(whole)}],
        "accessors": [{"bufferView": 0, "componentType": 5126, "count": 4, "type": "VEC3", "min": [0, 0, 0], "max": [1, 1, 0]},
            {"bufferView": 1, "componentType": 5126, "count": 4, "type": "VEC2"}, {"bufferView": 2, "componentType": 5123, "count": 6, "type": "SCALAR"}], **more}
    return scene, whole

scene, whole = gltf()
said = json.dumps(scene).encode()
said += b" " * (-len(said) % 4)
glb = struct.pack("<4sII", b"glTF", 2, 28 + len(said) + len(whole)) + struct.pack("<I4s", len(said), b"JSON") + said + struct.pack("<I4s", len(whole), b"BIN\0") + whole
open("scene.glb", "wb").write(glb)
open("broken.glb", "wb").write(glb[:900])
scene["buffers"][0]["uri"] = "data:application/octet-stream;base64," + base64.b64encode(whole).decode()
open("scene.gltf", "w").write(json.dumps(scene))
scene["buffers"][0]["uri"] = "https://example.com/scene.bin"
open("apart.gltf", "w").write(json.dumps(scene))
corners = [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)]
sides = [[corners[i] for i in side] for side in ((0, 2, 1), (0, 1, 3), (1, 2, 3), (0, 3, 2))]
open("binary.stl", "wb").write(bytes(80) + struct.pack("<I", 4) + b"".join(struct.pack("<12fH", 0, 0, 0, *sum(s, ()), 0) for s in sides))
open("text.stl", "w").write("solid s\n" + "".join("facet normal 0 0 0\nouter loop\n" + "".join("vertex %g %g %g\n" % c for c in s) + "endloop\nendfacet\n" for s in sides) + "endsolid s\n")
open("empty.stl", "w").write("solid nothing\nendsolid nothing\n")
open("scene.babylon", "w").write("{}")

atoms = [("C", -.75, 0, 0), ("C", .75, 0, 0), ("O", 1.3, 1.3, 0)]
open("ethanol.pdb", "w").write("".join("HETATM%5d %-4s UNL     1    %8.3f%8.3f%8.3f  1.00  0.00          %2s  \n" % (i + 1, f" {e}{i + 1}", x, y, z, e) for i, (e, x, y, z) in enumerate(atoms)) + "CONECT    1    2\nCONECT    2    3\nEND\n")
open("ethanol.sdf", "w").write("ethanol\n  test\n\n  3  2  0  0  0  0  0  0  0  0999 V2000\n" + "".join("%10.4f%10.4f%10.4f %-3s 0  0  0  0  0  0  0  0  0  0  0  0\n" % (x, y, z, e) for e, x, y, z in atoms) + "  1  2  1  0\n  2  3  1  0\nM  END\n$$$$\n")
open("ethanol.mmcif", "w").write("data_x\nloop_\n" + "".join("_atom_site." + f + "\n" for f in "group_PDB id type_symbol label_atom_id label_comp_id label_asym_id label_seq_id Cartn_x Cartn_y Cartn_z".split())
    + "".join(f"HETATM {i + 1} {e} {e}{i + 1} UNL A 1 {x} {y} {z}\n" for i, (e, x, y, z) in enumerate(atoms)))
open("ethanol.mol2", "w").write("@<TRIPOS>MOLECULE\nx\n 3 2 1 0 0\nSMALL\nNO_CHARGES\n\n@<TRIPOS>ATOM\n" + "".join(f"{i + 1} {e}{i + 1} {x} {y} {z} {e}.3 1 UNL 0\n" for i, (e, x, y, z) in enumerate(atoms)) + "@<TRIPOS>BOND\n1 1 2 1\n2 2 3 1\n")
open("ethanol.gro", "w").write("x\n3\n" + "".join("%5d%-5s%5s%5d%8.3f%8.3f%8.3f\n" % (1, "UNL", e + str(i + 1), i + 1, x / 10, y / 10, z / 10) for i, (e, x, y, z) in enumerate(atoms)) + "   1.0   1.0   1.0\n")
open("ethanol.pqr", "w").write("".join("HETATM%5d  %-3s UNL     1    %8.3f%8.3f%8.3f  0.0000 1.5000\n" % (i + 1, e + str(i + 1), x, y, z) for i, (e, x, y, z) in enumerate(atoms)))
open("chain.pdb", "w").write("".join("ATOM  %5d  %-3s GLY A%4d    %8.3f%8.3f%8.3f  1.00  0.00          %2s  \n" % (4 * r + i + 1, n, r + 1, 3.5 * r + x, y + r % 2, 0, n[0])
    for r in range(8) for i, (n, x, y) in enumerate([("N", 0, 0), ("CA", 1.4, .5), ("C", 2.5, -.3), ("O", 2.5, -1.5)])) + "END\n")
open("broken.pdb", "w").write("HEADER\n")
open("virus.mmtf", "wb").write(bytes(9))
run = wandb.init(project="solids", id="solids")
run.log({f: (wandb.Object3D if f.split(".")[1] in ("glb", "gltf", "stl", "babylon") else wandb.Molecule)(f, caption="Seen at " + f) for f in """
    scene.glb broken.glb scene.gltf apart.gltf binary.stl text.stl empty.stl scene.babylon
    ethanol.pdb ethanol.sdf ethanol.mmcif ethanol.mol2 ethanol.gro ethanol.pqr chain.pdb broken.pdb virus.mmtf""".split()})
run.finish()
tell(done=True)
`

// colours counts the pixels of a picture of the page in which red, green or blue stands out.
func (p *page) colours() (n int) {
	p.t.Helper()
	shot, err := png.Decode(bytes.NewReader(ask(p, chromedp.FullScreenshot(100))))
	if err != nil {
		p.t.Fatal(err)
	}
	for y := range shot.Bounds().Dy() {
		for x := range shot.Bounds().Dx() {
			r, g, b, _ := shot.At(x, y).RGBA()
			if max(r, g, b)-min(r, g, b) > 0x0800 {
				n++
			}
		}
	}
	return n
}

// Solids and molecules are drawn and named to those who do not see them, turn by keys, and say in their place why they cannot be drawn.
func TestSolids(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada := s.newPerson("ada")
	tale[said](deskOf(t, s, ada, newest).run(preamble + logsSolids).told())
	at := s.url + "/" + ada.name + "/solids/runs/solids/media"
	p := s.signInAs(ada)
	p.expect(`example\.com/scene\.bin`) // which the page may not fetch
	p.expect(`Couldn't load texture`)   // of the scene whose parts are elsewhere
	p.open(at + "?q=.babylon")
	p.shows("scene.babylon", "BABYLON, 2 B", "Browsers cannot show this by themselves.")
	p.open(at + "?q=.mmtf")
	p.shows("virus.mmtf", "MMTF, 9 B", "Browsers cannot show this by themselves.")
	p.open(at + "?q=scene")
	accessible(t, p)
	for name, words := range map[string]string{
		"scene.glb": "a shape of 4 triangles", "scene.gltf": "a shape of 4 triangles", "binary.stl": "a shape of 4 triangles", "text.stl": "a shape of 4 triangles",
		"ethanol.pdb": ethanol, "ethanol.sdf": ethanol, "ethanol.mmcif": ethanol, "ethanol.mol2": ethanol, "ethanol.gro": ethanol, "ethanol.pqr": ethanol,
		"chain.pdb": "a molecule of 32 atoms: N 8, C 16, O 8",
	} {
		p.opensFrame(at, name)
		p.until(name+" is not drawn", fmt.Sprintf(`document.querySelector("#drawing canvas")?.width > 100 && document.getElementById("drawing").ariaLabel?.includes(%q)`, words))
		if n := p.colours(); n < 500 {
			t.Errorf("%s: %d pixels have a colour", name, n)
		}
		p.shot(name)
		p.do(chromedp.Evaluate[chromedp.Void](`document.getElementById("drawing").focus()`))
		before := ask(p, chromedp.CaptureScreenshot())
		p.hit("ArrowRight")
		if bytes.Equal(before, ask(p, chromedp.CaptureScreenshot())) {
			t.Errorf("%s does not turn", name)
		}
	}
	for name, words := range map[string]string{
		"broken.glb": "This file cannot be drawn: it is broken, compressed, or keeps parts of itself in other files.",
		"apart.gltf": "This file cannot be drawn: it is broken, compressed, or keeps parts of itself in other files.",
		"empty.stl":  "There is no shape in this file that could be drawn.",
		"broken.pdb": "There is no molecule in this file that could be drawn.",
	} {
		p.opensFrame(at, name)
		p.shows(words)
	}
	p.size(390, 844)
	p.open(at + "?q=.glb")
	p.shot("phone")
	p.theme("dark")
	p.open(at + "?q=e")
	p.shot("dark")
}

// ethanol is what the page says of the atoms in all its files.
const ethanol = "a molecule of 3 atoms: C 2, O 1"

// opensFrame opens what stands in the frame of a thing by itself.
func (p *page) opensFrame(at, key string) {
	p.t.Helper()
	p.open(at + "?key=" + key)
	p.open(ask(p, chromedp.Evaluate[string](frameOf(key))))
}
