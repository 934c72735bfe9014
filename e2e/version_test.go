package e2e

import (
	"archive/zip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// grin is a model with a file of several kinds, two of which try to act, linked into a registry twice.
const grin = `
import os
base = os.getcwd()
def put(name, text):
    path = os.path.join(base, "grin", name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        f.write(text)
trick = "try { document.title = 'ran'; new Image().src = '/login?leak=' + document.cookie } catch (e) {}"
put("README.md", "# Grin\n\nA *cat* that fades.")
put("data/rows.csv", "name,score\nCheshire,0.5\nDinah,0.75\n")
put("data/it's a <b>.txt", "odd\n")
put("draw/trick.svg", '<svg xmlns="http://www.w3.org/2000/svg" width="80" height="40"><rect width="80" height="40" fill="teal"/><script>' + trick + "</script></svg>")
put("draw/trick.html", "<p>A page</p><script>" + trick + "</script>")
with wandb.init(project="cats", id="r1") as run:
    for step in range(5):
        run.log({"val/acc": step / 10})
    art = wandb.Artifact("grin", type="model", metadata={"net": {"layers": [1, 2], "width": 64}, "optimizer": "adam"})
    art.add_dir("grin")
    run.log_artifact(art)
    art.wait()
    run.link_artifact(art, "model-registry/Grin", aliases=["candidate", "production"])
    for step in range(5, 10):
        run.log({"val/acc": step / 10})
    more = wandb.Artifact("grin", type="model")
    more.add_dir("grin", name="again")
    run.log_artifact(more)
    more.wait()
    run.link_artifact(more, "model-registry/Grin")
tell(entity=run.entity)
`

// A version is worked on where it stands: names move and come back, metadata are searched, files are looked into, and
// nothing in a file acts as the site it is shown on.
func TestVersion(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada := s.newPerson("ada")
	entity := told[struct{ Entity string }](t, s, ada, grin).Entity
	model := s.url + "/" + entity + "/model-registry/Grin"
	p := s.signInAs(ada)
	p.expect("422") // the alias that cannot be

	p.open(model + "/v1")
	p.press("Alias")
	p.fill("alias", "candidate")
	p.press("Add")
	p.shows("Moved candidate from v0 to v1.")
	p.press("Undo")
	p.shows("Moved candidate from v1 to v0.")
	p.press("Tag")
	p.fill("tag", "fades away")
	p.press("Add")
	p.shows("Added the tag fades away.")
	p.press("Take fades away off v1")
	p.shows("Took the tag fades away away.")
	p.press("Alias")
	p.fill("alias", "v7")
	p.press("Add")
	p.shows("Greenroom keeps v7 itself.")
	accessible(t, p)
	p.open(model + "/v0?edit=description")
	p.do(chromedp.SendKeys(chromedp.CSS("textarea"), "Fades **slowly**."))
	p.press("Preview")
	p.see(".mdout strong")
	p.press("Save")
	p.shows("Saved the description.", "Fades slowly.")

	p.open(model + "/v0/metrics")
	p.shows("at step 4 of 9")
	p.until("the curve does not say where the version was made", `document.querySelector(".chart-area").getAttribute("aria-label").endsWith("; v0 at step 4")`)
	p.until("the curve does not show where the version was made", `(() => {
		const { ctx, bbox, valToPos } = document.querySelector("metric-chart").plot
		const column = step => ctx.getImageData(Math.round(valToPos(step, "x", true)), bbox.top + 1, 1, bbox.height / 2).data.filter((_, i) => i % 4 === 3)
		return column(4).every(alpha => alpha) && !column(6).every(alpha => alpha)
	})()`)
	accessible(t, p)
	p.open(model + "/v1")
	p.click(`.actions a[title="v0 is on production"]`)
	p.shows("Compare Grin", "v0", "baseline", "v1 is better than production on 1 of 1 metric")
	if where := p.where(); !strings.HasSuffix(where, "/Grin/compare?v=0&v=1") {
		t.Errorf("compared at %s", where)
	}

	p.open(s.url + "/" + entity + "/cats/artifacts/model/grin/v1")
	p.see(`.side .thing a[href$="/model-registry/Grin/v1"]`)
	p.press("Link to a registered model")
	p.click(`#sheet[open] .vers a[href*="owner=` + entity + `"]`)
	p.click(`#sheet .vers a[href*="model=Grin"]`)
	p.shows("It stands here already, as v1.")
	p.press("Choose another")
	p.fill("model", "Smile")
	p.press("Take this name")
	p.press("Link version")
	p.shows("Linked grin v1 as v0 of Smile.", "Also linked to")
	p.see(`.side .thing a[href$="/model-registry/Grin/v1"]`)

	p.open(model + "/v0/metadata")
	p.fill("find", "WIDTH")
	p.until("the search hides nothing", `[...document.querySelectorAll(".tree .key")].filter(e => e.checkVisibility()).map(e => e.innerText).join() === "net,width"`)
	p.fill("find", "tiger")
	p.until("the search finds what is not there", `![...document.querySelectorAll(".tree .key")].some(e => e.checkVisibility())`)
	p.do(chromedp.SendKeys(chromedp.CSS(`[name="find"]`), kb.Enter))
	p.shows("No path and no value has “tiger” in it.")
	p.press("All metadata")
	p.shows("width", "adam")
	p.open(model + "/v0/metadata?find=adam")
	p.until("the server finds another value", `document.querySelector(".tree").innerText.trim().startsWith("optimizer")`)

	p.open(model + "/v0/files")
	p.shows("README.md", "A cat that fades.")
	p.press("data/")
	p.press("rows.csv")
	p.shows("Cheshire", "0.75", "2 rows")
	p.press("it's a <b>.txt")
	p.see(`#L1 .t`)
	p.shot("version-files")
	for _, trick := range []string{"trick.svg", "trick.html"} {
		at := model + "/v0/files/draw/" + trick
		p.expect("Blocked script execution|sandbox|Content Security Policy")
		p.open(at)
		p.see(map[string]string{"trick.svg": ".fileview img", "trick.html": ".fileview iframe"}[trick])
		accessible(t, p)
		for _, raw := range []string{at, at + "?raw=1"} {
			p.open(raw)
			if title := ask(p, chromedp.Evaluate[string]("document.title")); title == "ran" {
				t.Errorf("the script in %s ran", raw)
			}
		}
		const reach = `(() => { try { return document.cookie + localStorage.length } catch (e) { return self.origin + " " + e.name } })()`
		if got := ask(p, chromedp.Evaluate[string](reach)); got != "null SecurityError" {
			t.Errorf("%s, opened by itself, reaches %q", trick, got)
		}
	}
}

// What the page of a version offers to paste does what it says.
func TestSnippets(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada := s.newPerson("ada")
	entity := told[struct{ Entity string }](t, s, ada, grin).Entity
	p := s.signInAs(ada)
	p.open(s.url + "/" + entity + "/model-registry/Grin/v0/usage")
	p.shows("Used by")
	code := ask(p, chromedp.Evaluate[[]string](`[...document.querySelectorAll("main pre.code")].map(e => e.innerText)`))
	if len(code) != 3 {
		t.Fatalf("there are %d snippets: %q", len(code), code)
	}
	d := deskOf(t, s, ada, newest)
	d.env = append(d.env, "PATH="+filepath.Dir(interpreter(t, newest))+":"+os.Getenv("PATH"))
	for name, script := range map[string]string{"snippet.py": code[0], "command.sh": "set -e\n" + code[1], "curl.sh": "set -e\n" + code[2]} {
		if err := os.WriteFile(filepath.Join(d.dir, name), []byte(script), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, run := range []*running{d.start("sh", "curl.sh"), d.start("sh", "command.sh"), d.start(interpreter(t, newest), "snippet.py")} {
		if out, code := run.wait(); code != 0 {
			t.Errorf("a snippet ends with %d and prints:\n%s", code, out)
		}
	}
	for _, file := range []string{"README.md", "Grin/data/rows.csv", "artifacts/grin:v0/data/rows.csv"} {
		if _, err := os.Stat(filepath.Join(d.dir, file)); err != nil {
			t.Error(err)
		}
	}
	z, err := zip.OpenReader(filepath.Join(d.dir, "Grin-v0.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	var names []string
	for _, f := range z.File {
		names = append(names, f.Name)
	}
	if got := fmt.Sprint(len(names), strings.Contains(strings.Join(names, " "), "Grin-v0/data/rows.csv")); got != "5 true" {
		t.Errorf("the archive holds %q", names)
	}
	p.open(s.url + "/" + entity + "/model-registry/Grin/v0/usage")
	p.see(".thing") // the run of the first snippet used it
}
