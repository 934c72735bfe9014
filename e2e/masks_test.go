package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// logsLayers logs pictures of 80 by 40 pixels with boxes and a mask over them, whose right half is class 1 and whose upper left
// corner class 11. drawn makes what the client takes for a mask from a picture of grey levels.
const logsLayers = `
from PIL import Image
plain = Image.new("RGB", (80, 40), (128, 128, 128))
def mask(width=80, height=40):
    m = Image.new("L", (width, height), 0)
    m.paste(1, (width // 2, 0, width, height))
    m.paste(11, (0, 0, width // 4, height // 2))
    return {"truth": drawn(m)}
def box(x0, x1, y0, y1, **more):
    return {"position": {"minX": x0, "maxX": x1, "minY": y0, "maxY": y1}, "class_id": 1, **more}
def boxes(data):
    return {"guess": {"box_data": data, "class_labels": {1: "<b>car</b>", 2: "dog"}}}
def picture(**more):
    return wandb.Image(plain, caption="a street", masks=mask(), boxes=boxes([
        box(0.25, 0.75, 0.5, 1, box_caption="mine", scores={"acc": 0.5}),
        {"position": {"middle": [20, 10], "width": 20, "height": 20}, "domain": "pixel", "class_id": 2}]), **more)
run = wandb.init(project="layers", id="layers")
run.log({
    "street": picture(),
    "streets": [picture(), wandb.Image(plain, masks=mask(8, 8)), wandb.Image(plain)],
    "crowd": wandb.Image(plain, boxes=boxes([box(i / 20000, 0.5 + i / 20000, 0, 1) for i in range(10000)])),
    "seen": wandb.Table(columns=["picture"], data=[[picture(classes=wandb.Classes([{"id": 1, "name": "<b>car</b>"}, {"id": 2, "name": "dog"}]))]]),
})
run.finish()
tell(done=True)
`

// From arrays, as most have their masks; for this the client needs NumPy, which it does not bring along.
const fromArrays = `
import numpy
def drawn(picture):
    return {"mask_data": numpy.array(picture), "class_labels": {1: "<i>road</i>"}}
`

// From pictures, which the client knows no names of classes for.
const fromPictures = `
import tempfile
def drawn(picture):
    path = tempfile.mkstemp(suffix=".png")[1]
    picture.save(path)
    return {"path": path}
`

// layerTools find, in a section of the page, where a box lies in its picture, which colour a mask has at a place, and a switch.
const layerTools = `
	const section = key => [...document.querySelectorAll("section.media")].find(s => s.querySelector("h2").innerText === key);
	const within = (key, n, i) => {
		const stack = section(key).querySelectorAll(".stack")[n], img = stack.querySelector("img").getBoundingClientRect();
		const box = stack.querySelectorAll("rect")[i].getBoundingClientRect();
		return [(box.left - img.left) / img.width, (box.right - img.left) / img.width, (box.top - img.top) / img.height, (box.bottom - img.top) / img.height].map(v => v.toFixed(2)).join(" ");
	};
	const pixel = (key, n, x, y) => {
		const canvas = section(key)?.querySelectorAll(".stack")[n]?.querySelector("canvas");
		return canvas ? [...canvas.getContext("2d").getImageData(x * canvas.width, y * canvas.height, 1, 1).data].join(" ") : "none";
	};
	const legend = key => [...section(key).querySelectorAll(".layerlegend button:not([hidden])")].map(b => b.innerText.trim()).join(", ");
	const turn = (key, name) => [...section(key).querySelectorAll(".layerlegend button")].find(b => b.innerText.trim() === name);
	const drawn = key => [...section(key).querySelectorAll("rect")].filter(r => r.getBoundingClientRect().width > 0).length;
`

func layers(expression string) string {
	return fmt.Sprintf("(() => { %s; return %s })()", layerTools, expression)
}

func (p *page) layer(expression string) string {
	p.t.Helper()
	return ask(p, chromedp.Evaluate[string](layers("String("+expression+")")))
}

// What the two classes of the mask wear in the light theme, and what is no class.
const worn1, worn11, bare = "86 49 97 255", "40 54 175 255", "0 0 0 0"

// showsLayers holds a run's page to what logsLayers logged.
func (p *page) showsLayers(at string) {
	p.t.Helper()
	p.size(1280, 3000)
	p.open(at)
	for _, key := range []string{"street", "streets", "seen"} {
		p.until(key+": no mask is painted", layers(fmt.Sprintf(`pixel(%q, 0, 0.75, 0.5) !== "none"`, key)))
		for i, want := range []string{"0.25 0.75 0.50 1.00", "0.13 0.38 0.00 0.50"} {
			if got := p.layer(fmt.Sprintf("within(%q, 0, %d)", key, i)); got != want {
				p.t.Errorf("%s: box %d lies at %s, want %s", key, i, got, want)
			}
		}
		for place, want := range map[string]string{"0.75, 0.5": worn1, "0.1, 0.25": worn11, "0.4, 0.75": bare} {
			if got := p.layer(fmt.Sprintf("pixel(%q, 0, %s)", key, place)); got != want {
				p.t.Errorf("%s: the mask is %s at %s, want %s", key, got, place, want)
			}
		}
	}
	p.until("the mask of another size is not painted", layers(fmt.Sprintf(`pixel("streets", 1, 0.75, 0.5) === %q`, worn1)))
	if size := p.layer(`["img", "canvas"].map(e => section("streets").querySelectorAll(".stack")[1].querySelector(e).getBoundingClientRect()).map(r => Math.round(r.width) + "x" + Math.round(r.height)).join(" ")`); size == "" || size[:len(size)/2] != size[len(size)/2+1:] {
		p.t.Errorf("a picture and its small mask are %s", size)
	}
	p.shows("The first 200 of 10,000 boxes.")
	if n := p.layer(`drawn("crowd")`); n != "200" {
		p.t.Errorf("%s of 10,000 boxes are drawn", n)
	}
	accessible(p.t, p)
}

// turns switches something in a legend by keyboard.
func (p *page) turns(key, name string) {
	p.t.Helper()
	p.do(chromedp.Evaluate[chromedp.Void](layers(fmt.Sprintf("turn(%q, %q).focus()", key, name))))
	p.do(chromedp.KeyEvent(" "))
}

// Boxes and masks lie over their pictures where the script put them, each class in its colour and by its name, and are switched
// off and on by keyboard.
func TestLayers(t *testing.T) {
	t.Parallel()
	python := absolute(t, "..", "examples", ".venv", "bin", "python")
	if !exists(python) {
		without(t, "There is no Python with NumPy here.")
	}
	s := sharedServer(t)
	ada := s.newPerson("ada")
	d := deskOf(t, s, ada, newest)
	file := filepath.Join(d.dir, "layers.py")
	if err := os.WriteFile(file, []byte(preamble+fromArrays+logsLayers), 0o600); err != nil {
		t.Fatal(err)
	}
	tale[said](d.start(python, file).told())
	p := s.signInAs(ada)
	at := s.url + "/" + ada.name + "/layers/runs/layers/media"
	p.showsLayers(at)
	for key, want := range map[string]string{
		"street": "guess boxes, <b>car</b>, dog, truth mask, <i>road</i>, class 11", "seen": "guess boxes, <b>car</b>, dog, truth mask, <b>car</b>, class 11",
	} {
		if got := p.layer(fmt.Sprintf("legend(%q)", key)); got != want {
			t.Errorf("the legend of %s is %s, want %s", key, got, want)
		}
	}
	for _, step := range []struct{ name, pixel, boxes string }{
		{"dog", worn1, "1"}, {"<i>road</i>", bare, "1"}, {"guess boxes", bare, "0"}, {"<i>road</i>", worn1, "0"}, {"guess boxes", worn1, "1"},
	} {
		p.turns("street", step.name)
		p.until("switching "+step.name+" does not leave "+step.boxes+" boxes and the mask "+step.pixel,
			layers(fmt.Sprintf(`drawn("street") === %s && pixel("street", 0, 0.75, 0.5) === %q`, step.boxes, step.pixel)))
	}
	p.theme("dark")
	p.until("the mask keeps its light colours in the dark", layers(`pixel("street", 0, 0.75, 0.5) === "237 194 251 255"`))
	p.size(390, 844)
	p.fits(at)
	p.open(at + "?key=streets")
	p.until("alone, no mask is painted", layers(`pixel("streets", 1, 0.75, 0.5) !== "none"`))
	accessible(t, p)
}

// Every generation describes them in its own words.
func TestLayersOfGenerations(t *testing.T) {
	t.Parallel()
	eachGeneration(t, func(t *testing.T, client string) {
		s := *sharedServer(t)
		s.t = t
		ada := s.newPerson("ada")
		tale[said](deskOf(t, &s, ada, client).run(preamble + fromPictures + logsLayers).told())
		p := s.signInAs(ada)
		p.showsLayers(s.url + "/" + ada.name + "/layers/runs/layers/media")
	})
}
