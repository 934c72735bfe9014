package e2e

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// The main road: start on an empty folder, open the printed link, copy the key, run the script that one has already, and
// find the model in the registry with its metric, its file and the code to use it.
func TestFromTheFirstStartToTheRegistry(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	p := browser(t)
	p.open(s.signIn)
	p.shows("Welcome to Greenroom")
	p.shows("Waiting for the first run", "export WANDB_BASE_URL="+s.url)
	p.shot("1-welcome")
	key := regexp.MustCompile(`WANDB_API_KEY=(\w+)`).FindStringSubmatch(p.text())
	if key == nil {
		t.Fatalf("the welcome page shows no key:\n%s", p.text())
	}
	script, err := os.ReadFile("testdata/quickstart.py")
	if err != nil {
		t.Fatal(err)
	}
	d := newDesk(t, "WANDB_BASE_URL="+s.url, "WANDB_API_KEY="+key[1])
	printed, code := d.run(string(script)).wait()
	if code != 0 {
		t.Fatalf("the script ended with %d:\n%s", code, printed)
	}
	if strings.Contains(strings.ToLower(printed), "warn") || strings.Contains(strings.ToLower(printed), "error") {
		t.Errorf("the script complains:\n%s", printed)
	}
	weights, err := os.ReadFile(d.dir + "/my_model.h5")
	if err != nil {
		t.Fatal(err)
	}

	got := tale[struct {
		Entity, State, Run, RunURL, Artifact, Linked string
		Acc                                          float64
	}](d.run(preamble + `
api = wandb.Api()
run = api.runs("models_quickstart")[0]
art = run.logged_artifacts()[0]
link = api.artifact(f"{run.entity}/model-registry/MNIST:latest")
tell(entity=run.entity, state=run.state, run=run.id, runURL=run.url, acc=run.summary["acc"], artifact=art.name, linked=f"{link.collection.name}:{link.version}")
`).told())
	if got.State != "finished" || got.Acc <= 0 || got.Acc >= 1 || got.Artifact != "run-"+got.Run+"-my_model.h5:v0" || got.Linked != "MNIST:v0" {
		t.Errorf("the public API tells %+v", got)
	}
	if got.Entity != "team" {
		t.Errorf("a script without entity= logs to %s, want the team that everybody sees", got.Entity)
	}

	p.shows("team/models_quickstart") // the page that was open all the time has seen the run arrive
	p.shot("2-arrived")
	p.open(s.url)
	acc := strconv.FormatFloat(got.Acc, 'f', 4, 64) // as the page shows it
	if got.Acc < 0.001 {
		acc = strconv.FormatFloat(got.Acc, 'e', 2, 64)[:len("1.23")] // and a power of ten
	}
	p.shows("MNIST", "acc", acc, "v0")
	p.shot("3-registry")
	p.press("MNIST")
	p.shows("v0", "latest", acc)
	p.shot("4-model")
	p.press("Use")
	p.shows("use_model(")
	p.open(s.url + "/team/model-registry/MNIST")
	p.press("v0")
	p.shows("my_model.h5", "run.use_model(", "team/model-registry/MNIST:v0")
	p.shot("5-version")
	if got := p.bytes(p.download("my_model.h5")); got != string(weights) {
		t.Errorf("the browser gets %q, want %q", got, weights)
	}
	runs := s.url + "/team/models_quickstart/runs/" + got.Run
	p.open(runs)
	p.shows("finished", "acc", acc)
	p.see("main canvas, main svg.chart")
	p.shot("6-run")
	p.click(`main a[href*="artifacts"]`)
	p.shows("run-" + got.Run + "-my_model.h5")
	p.open(s.url + "/team/models_quickstart")
	p.shows("finished", "acc")
	p.shot("7-runs")

	urls := regexp.MustCompile(`https?://[^\s'"\x1b]+`).FindAllString(printed, -1)
	if !contains(strings.Join(urls, " "), runs, s.url+"/team/models_quickstart") {
		t.Errorf("the script prints the addresses %q, without that of the run", urls)
	}
	for _, url := range urls {
		url = strings.TrimRight(url, ".,")
		if !strings.HasPrefix(url, s.url) {
			t.Errorf("the script prints %s, which is not ours:\n%s", url, printed)
			continue
		}
		if status := p.status(url); status != 200 || !contains(p.text(), "models_quickstart") && !contains(p.text(), "MNIST") {
			t.Errorf("%s, which the script prints, answers %d and shows:\n%s", url, status, p.text())
		}
	}
}

// download is where the page's link to a file leads.
func (p *page) download(name string) string {
	p.t.Helper()
	for _, link := range p.links() {
		if strings.HasSuffix(link, "/"+name) && strings.Contains(link, "/files/") {
			return link
		}
	}
	p.t.Fatalf("No link leads to the file %s: %q", name, p.links())
	return ""
}
