package e2e

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// logsEverything logs each kind of thing that needs nothing but the client.
const logsEverything = `
import json, math, struct, wave
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
table = wandb.Table(columns=["what", "n"], data=[["<b>one</b>", 1.5], ["two", float("nan")]])
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
tell(run=run.id)
`

// What the client logs besides numbers is all on the page, figures drawn without eval and pages kept out of everything.
func TestMedia(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada := s.newPerson("ada")
	team := s.newTeam("vision", ada)
	run := told[said](t, s, ada, logsEverything, "WANDB_ENTITY="+team)["run"].(string)
	at := s.url + "/" + team + "/media/runs/" + run
	p := s.signInAs(ada)
	p.expect(`normalize\.css`) // which the client puts into every page, and the sandbox keeps out
	p.open(at + "/media")
	p.shows("2 of 3 right.", "2 rows, 2 columns", "<b>one</b>", "None", "logged at 3 steps", "a tone", "Two", "Greenroom has no drawing called me/mine/v0")
	if n := ask(p, chromedp.Evaluate[int](`document.querySelectorAll("svg.plot").length`)); n != 6 {
		t.Errorf("%d plots are drawn, want 6", n)
	}
	accessible(t, p)

	p.do(chromedp.Evaluate[chromedp.Void](`{
		const slider = document.querySelector(".steptrack input");
		slider.value = 0;
		for (const name of ["input", "change"]) slider.dispatchEvent(new Event(name, {bubbles: true}));
	}`))
	p.until("the slider leads nowhere", `document.querySelector("media-steps").getAttribute("at") === "0" && document.querySelector("input[name=step]").value === "0"`)

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
}
