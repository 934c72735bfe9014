package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// frameOf finds the address of the frame in a section of the page.
func frameOf(key string) string {
	return fmt.Sprintf(`[...document.querySelectorAll("section.media")].find(s => s.querySelector("h2").innerText === %q).querySelector("iframe").src`, key)
}

// A point cloud and a mesh are drawn, in the colours of their points, and what browsers cannot show is offered by its name, its
// format and its size.
func TestShapes(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada := s.newPerson("ada")
	tale[said](deskOf(t, s, ada, newest).run(preamble + `
import json
json.dump({"type": "lidar/beta", "points": [[i % 10, i // 10, 0, 255, 0, 0] for i in range(100)],
    "boxes": [{"corners": [[x, y, z] for x in (0, 5) for y in (0, 5) for z in (0, 5)], "label": "<b>car</b>", "color": [0, 0, 255]}]}, open("cloud.pts.json", "w"))
open("mesh.obj", "w").write("v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 1\nf 1 2 3 4\n")
open("empty.obj", "w").write("# nothing\n")
open("scene.babylon", "wb").write(bytes(2004))
open("virus.mmtf", "w").write("HEADER\n")
run = wandb.init(project="shapes", id="shapes")
run.log({"cloud": wandb.Object3D("cloud.pts.json", caption="from above"), "mesh": wandb.Object3D("mesh.obj"), "empty": wandb.Object3D("empty.obj"),
    "scene": wandb.Object3D("scene.babylon"), "molecule": wandb.Molecule("virus.mmtf")})
run.finish()
tell(done=True)
`).told())
	at := s.url + "/" + ada.name + "/shapes/runs/shapes/media"
	p := s.signInAs(ada)
	p.expect(`422`) // of the shape that is none
	p.open(at)
	text := strings.Join(strings.Fields(p.text()), " ")
	for _, want := range []string{".babylon BABYLON, 2.0 kB", ".mmtf MMTF, 7 B", "Browsers cannot show this by themselves."} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q: %s", want, text)
		}
	}
	accessible(t, p)
	for title, drawn := range map[string]string{
		"cloud": `document.getElementById("drawing").data.map(d => d.type).join() === "scatter3d,mesh3d"`,
		"mesh":  `document.getElementById("drawing").data.map(d => d.i.length).join() === "2"`,
	} {
		p.open(at)
		url := ask(p, chromedp.Evaluate[string](frameOf(title)))
		p.open(url)
		p.until(title+" is not drawn", `document.querySelector("#drawing .gl-container canvas")?.width > 100 && `+drawn)
	}
	p.open(at)
	p.open(ask(p, chromedp.Evaluate[string](frameOf("empty"))))
	p.shows("There is no shape in this file that could be drawn.")
}
