package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// logsEverything logs each kind of thing that needs nothing but the client and, for pictures, Pillow. The picture of a step is
// as wide as the step says.
const logsEverything = `
import json, math, struct, wave
from PIL import Image
def picture(width, **more):
    return wandb.Image(Image.new("RGB", (width, 6), (200, 40, 10 * width)), **more)
Image.new("L", (7, 7)).save("film.gif", save_all=True, append_images=[Image.new("L", (7, 7), 255)])
with wave.open("tone.wav", "wb") as w:
    w.setnchannels(1), w.setsampwidth(2), w.setframerate(8000)
    w.writeframes(b"".join(struct.pack("<h", int(9000 * math.sin(i / 5))) for i in range(800)))
open("mesh.obj", "w").write("v 0 0 0\n")
class Figure:  # what the client takes for one of Plotly's
    to_plotly_json = lambda self: {"data": [{"type": "heatmap", "z": [[1, 2], [3, 4]]}, {"type": "scatter", "y": [1, 3, 2]}], "layout": {"title": {"text": "A figure"}}}
Figure.__module__ = "plotly.graph_objs"
json.dump({"$schema": "https://vega.github.io/schema/vega-lite/v5.json", "data": {"values": [{"a": 1, "b": 2}, {"a": 2, "b": 5}]},
    "transform": [{"calculate": "datum.b * 2", "as": "c"}], "mark": "bar", "encoding": {"x": {"field": "a", "type": "ordinal"}, "y": {"field": "c", "type": "quantitative"}}}, open("bars.vl.json", "w"))
run = wandb.init(project="media")
run.save("bars.vl.json")
for step in range(3):
    run.log({"weights": wandb.Histogram(np_histogram=([1, 5, step], [0, 1, 2, 3]))}, step=step)
table = wandb.Table(columns=["what", "n", "seen"], data=[["<b>one</b>", 1.5, picture(31)], ["two", float("nan"), picture(32, caption="second")]])
run.log({
    "rows": table,
    "page": wandb.Html("<p id=p>none</p><script>try { document.getElementById('p').textContent = 'read ' + document.cookie } catch { document.getElementById('p').textContent = 'kept out' }</script>"),
    "figure": wandb.Plotly(Figure()),
    "tone": wandb.Audio("tone.wav", caption="a tone"),
    "mesh": wandb.Object3D(open("mesh.obj")),
    "confusion": wandb.plot_table("wandb/confusion_matrix/v1", wandb.Table(columns=["Actual", "Predicted", "nPredictions"],
        data=[["cat", "cat", 1], ["cat", "dog", 0], ["dog", "cat", 1], ["dog", "dog", 1]]), {f: f for f in ["Actual", "Predicted", "nPredictions"]}),
    "lines": wandb.plot.line_series(xs=[0, 1, 2], ys=[[1, 2, 3], [3, 1, 2]], keys=["up", "down"], title="Two", xname="x"),
    "bars": wandb.plot.bar(wandb.Table(columns=["l", "v"], data=[["a", 1], ["b", -2]]), "l", "v"),
    "points": wandb.plot.scatter(wandb.Table(columns=["x", "y"], data=[[1, 2], [3, 4]]), "x", "y"),
    "spread": wandb.plot.histogram(wandb.Table(columns=["v"], data=[[1], [2], [2]]), "v"),
    "custom": wandb.plot_table("me/mine/v0", wandb.Table(columns=["x"], data=[[1]]), {"x": "x"}),
}, step=3)
run.finish()
shots = wandb.init(project="media")
for step in range(3):
    shots.log({"shots": [picture(10 + step, caption=f"at <i>{step}</i>"), picture(20 + step)]}, step=step)
shots.log({"film": wandb.Video("film.gif", caption="a film")})
shots.finish()
tell(run=run.id, shots=shots.id)
`

// What the client logs besides numbers is all on the page, figures drawn without eval and pages kept out of everything.
func TestMedia(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada := s.newPerson("ada")
	team := s.newTeam("vision", ada)
	got := told[struct{ Run, Shots string }](t, s, ada, logsEverything, "WANDB_ENTITY="+team)
	at := s.url + "/" + team + "/media/runs/" + got.Run
	p := s.signInAs(ada)
	p.expect(`normalize\.css`) // which the client puts into every page, and the sandbox keeps out
	p.open(at + "/media")
	p.shows("2 of 3 right.", "2 rows, 3 columns", "<b>one</b>", "None", "logged at 3 steps", "a tone", "Two", "Greenroom has no drawing called me/mine/v0")
	if n := ask(p, chromedp.Evaluate[int](`document.querySelectorAll("svg.plot").length`)); n != 6 {
		t.Errorf("%d plots are drawn, want 6", n)
	}
	accessible(t, p)
	p.pictures("31,32", `td img`)
	p.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("audio").preload = "auto"; document.querySelector("audio").load()`))
	p.until("the tone cannot be played", `document.querySelector("audio").duration === 0.1`)

	p.slide("weights", 0)

	framed := func(title string) string {
		return ask(p, chromedp.Evaluate[string](`document.querySelector("iframe[title=`+title+`]").src`))
	}
	page, figure := framed("page"), framed("figure")
	for url, drawn := range map[string]string{
		page:                                 `document.getElementById("p").textContent === "kept out"`,
		figure:                               `document.querySelectorAll("#drawing .heatmaplayer image, #drawing .scatterlayer path").length > 1`,
		at + "/files/bars.vl.json?draw=vega": `document.querySelectorAll("#drawing path").length > 2`,
	} {
		p.open(url)
		p.until("nothing is drawn at "+url, drawn)
	}

	shots := s.url + "/" + team + "/media/runs/" + got.Shots
	p.looksIntoFiles(shots)

	p.open(shots + "/media")
	p.shows("a film", "at <i>2</i>", "2 images, logged at 3 steps")
	p.pictures("7", `img.mediaframe`)
	p.pictures("12,22", `.shots img`)
	p.slide("shots", 1)
	p.shows("at <i>1</i>")
	p.pictures("11,21", `.shots img`)
	accessible(t, p)
}

// looksIntoFiles goes through the folders of a run to a picture and back to a text, and downloads that.
func (p *page) looksIntoFiles(run string) {
	p.t.Helper()
	p.open(run + "/files")
	p.shows("media/", "config.yaml", "requirements.txt")
	for _, folder := range []string{"media", "images", "media", "images"} {
		p.press(folder + "/")
		p.until(folder+" does not open", fmt.Sprintf(`[...document.querySelectorAll("nav.files .fold")].at(-1)?.innerText.trim() === "%s/"`, folder))
	}
	p.fits(run + "/files")
	p.click(`nav.files a[title$=".png"]`)
	p.until("there is no picture", `document.querySelector("main img.shot")?.naturalHeight === 6`)
	accessible(p.t, p)
	p.click(`nav.files .fold a`)
	p.press("requirements.txt")
	p.until("no line of the text names the client", `[...document.querySelectorAll("main .log .t")].some(e => e.innerText.startsWith("wandb=="))`)
	accessible(p.t, p)
	link := p.linkTo("/files/requirements.txt$")
	if has := ask(p, chromedp.Evaluate[bool](`document.querySelector("main a[download]").href.endsWith("/files/requirements.txt")`)); !has {
		p.t.Errorf("the page of the file offers no download of it")
	}
	if text := p.bytes(link); !strings.Contains(text, "wandb=="+newest) {
		p.t.Errorf("the file that is downloaded is %q", text)
	}
}

// slide moves the slider of something that was logged to the nth step, and waits until that is shown.
func (p *page) slide(key string, n int) {
	p.t.Helper()
	p.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`{
		const slider = document.querySelector("form:has([name=key][value=%s]) .steptrack input");
		slider.value = %d;
		for (const name of ["input", "change"]) slider.dispatchEvent(new Event(name, {bubbles: true}));
	}`, key, n)))
	p.until("the slider of "+key+" leads nowhere", fmt.Sprintf(`document.querySelector("form:has([name=key][value=%s]) media-steps")?.getAttribute("at") === "%d"`, key, n))
}

// pictures waits until all pictures that match are there, with their widths.
func (p *page) pictures(widths, css string) {
	p.t.Helper()
	p.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`document.querySelectorAll(%q).forEach(e => { e.loading = "eager" })`, css)))
	p.until(css+" do not show pictures of the widths "+widths, fmt.Sprintf(`[...document.querySelectorAll(%q)].map(e => e.complete && e.naturalWidth).join() === %q`, css, widths))
}
