package e2e

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
)

const logsTables = `
import math, struct, wave
from PIL import Image
Image.new("L", (7, 7)).save("film.gif", save_all=True, append_images=[Image.new("L", (7, 7), 255)])
with wave.open("tone.wav", "wb") as w:
    w.setnchannels(1), w.setsampwidth(2), w.setframerate(8000)
    w.writeframes(b"".join(struct.pack("<h", int(9000 * math.sin(i / 5))) for i in range(800)))
class Figure:  # what the client takes for one of Plotly's
    to_plotly_json = lambda self: {"data": [{"type": "scatter", "y": [1, 3, 2]}], "layout": {}}
Figure.__module__ = "plotly.graph_objs"
run = wandb.init(project="tables", id="tables")
grows = wandb.Table(columns=["n", "picture"], log_mode="INCREMENTAL")
changes = wandb.Table(columns=["n"], data=[[0]], log_mode="MUTABLE")
for step in range(4):
    for i in range(2):
        grows.add_data(10 * step + i, wandb.Image(Image.new("RGB", (20 + step, 6), (10 * step, 10 * i, 99))))
    changes.add_data(step + 1)
    run.log({"grows": grows, "changes": changes}, step=step)
run.log({
    "mixed": wandb.Table(columns=["picture", "tone", "film", "page", "figure"], data=[[wandb.Image(Image.new("RGB", (31, 6))), wandb.Audio("tone.wav"),
        wandb.Video("film.gif"), wandb.Html("<p id=p>read</p>"), wandb.Plotly(Figure())]]),
    "joined": wandb.JoinedTable(wandb.Table(columns=["id", "guess"], data=[[1, "cat"], [2, "dog"], [3, "cow"]]),
        wandb.Table(columns=["truth", "id"], data=[["dog", 2], ["<b>cat</b>", 1]]), "id"),
}, step=4)
parts = wandb.Artifact("parts", "dataset")
for i in range(3):
    parts.add(wandb.Table(columns=["n"], data=[[10 * i], [10 * i + 1]]), f"parts/{i}")
parts.add(wandb.data_types.PartitionedTable("parts"), "all")
run.log_artifact(parts)
run.finish()
tell(done=True)
`

// tableRows are the rows of the tables in a part of the page, without blanks.
func (p *page) tableRows(css string) string {
	p.t.Helper()
	return ask(p, chromedp.Evaluate[string](fmt.Sprintf(`[...document.querySelectorAll(%q + " tbody tr")].map(r => [...r.cells].map(c => c.innerText.trim()).join(",")).join(" ")`, css)))
}

// Tables in increments stand as one, those that change as they were at each step, those of two or of many parts as if they were
// one, and what is in cells is shown as what it is.
func TestTables(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada := s.newPerson("ada")
	tale[said](deskOf(t, s, ada, newest).run(preamble + logsTables).told())
	at := s.url + "/" + ada.name + "/tables/"
	media := at + "runs/tables/media"
	p := s.signInAs(ada)
	for _, tc := range []struct{ url, want string }{
		{media + "?key=grows", "0, 1, 10, 11, 20, 21, 30, 31,"},
		{media + "?key=grows&sort=n&desc=1", "31, 30, 21, 20, 11, 10, 1, 0,"},
		{media + "?key=grows&step=1", "0, 1, 10, 11,"},
		{media + "?key=changes", "0 1 2 3 4"},
		{media + "?key=changes&step=1", "0 1 2"},
		{media + "?key=joined", "1,cat,<b>cat</b> 2,dog,dog 3,cow,None"},
		{at + "artifacts/dataset/parts/v0/files/all.partitioned-table.json", "0 1 10 11 20 21"},
		{at + "artifacts/dataset/parts/v0/files/all.partitioned-table.json?sort=n&desc=1", "21 20 11 10 1 0"},
	} {
		p.open(tc.url)
		if got := p.tableRows(".logtable"); got != tc.want {
			t.Errorf("%s has %s, want %s", tc.url, got, tc.want)
		}
	}
	p.open(media + "?key=grows")
	p.shows("8 rows, 2 columns", "logged at 4 steps")
	p.pictures("20,20,21,21,22,22,23,23", "td img")
	accessible(t, p)
	p.open(media + "?key=joined")
	p.shows("Two tables: beside each row of the first, the first row of the second that belongs to it.")
	accessible(t, p)

	p.expect(`normalize\.css`) // as in TestMedia
	p.open(media + "?key=mixed")
	p.pictures("31,7", "td img")
	p.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("audio").preload = "auto"; document.querySelector("audio").load()`))
	p.until("the tone cannot be played", `document.querySelector("audio").duration === 0.1`)
	accessible(t, p)
	frames := ask(p, chromedp.Evaluate[[]string](`[...document.querySelectorAll("td iframe[sandbox=allow-scripts]")].map(f => f.src)`))
	if len(frames) != 2 {
		t.Fatalf("the page and the figure stand at %q", frames)
	}
	for i, drawn := range []string{`document.getElementById("p").textContent === "read"`, `document.querySelectorAll("#drawing .scatterlayer path").length > 0`} {
		p.open(frames[i])
		p.until("nothing is drawn at "+frames[i], drawn)
	}
	p.open(media)
	p.size(390, 844)
	p.fits(media)
}
