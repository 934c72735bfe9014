package e2e

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

var (
	guidePages = regexp.MustCompile(`\]\((\w+)\.md\)`)
	guideCode  = regexp.MustCompile("(?s)```(\\w+)\n(.*?)```")
)

// Whoever follows the guide from its first page to its last, block by block, gets what it promises.
func TestGuide(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada := s.newPerson("ada")
	team := s.newTeam("guided", ada)
	python := interpreter(t, newest)
	d := newDesk(t, "GREENROOM_DATA="+s.data, "PATH="+filepath.Dir(python)+":"+os.Getenv("PATH"))
	if err := os.Symlink(program, filepath.Join(d.dir, "greenroom")); err != nil {
		t.Fatal(err)
	}
	index := guidePage(t, "index")
	exports := "" // what was exported stays so in a terminal
	blocks := 0
	for _, name := range guidePages.FindAllStringSubmatch(index, -1) {
		for _, block := range guideCode.FindAllStringSubmatch(guidePage(t, name[1]), -1) {
			code := strings.NewReplacer("http://127.0.0.1:8080", s.url, "your-key", ada.key, "your-team", team).Replace(block[2])
			script := exports + code
			switch block[1] {
			case "text":
				continue
			case "python":
				if name[1] == "frameworks" {
					continue // make test-sdks runs the scripts that these lines are of
				}
				if err := os.WriteFile(filepath.Join(d.dir, "block.py"), []byte(code), 0o600); err != nil {
					t.Fatal(err)
				}
				script = exports + "python block.py"
			case "sh":
				for line := range strings.Lines(code) {
					if strings.HasPrefix(line, "export ") {
						exports += line
					}
				}
			default:
				t.Fatalf("%s.md has a block of %s, which nothing runs", name[1], block[1])
			}
			blocks++
			if out, exit := d.start("sh", "-ec", script).wait(); exit != 0 {
				t.Fatalf("%s.md: exit code %d from\n%s\nIt printed:\n%s", name[1], exit, code, out)
			}
		}
	}
	if blocks == 0 {
		t.Fatal("the guide has no code")
	}

	got := told[said](t, s, ada, `
api = wandb.Api()
data = api.artifact("`+team+`/digits/digits-rows:v0")
shelf = api.artifact("wandb-registry-model/Digits:staging")
tell(nets=len(list(api.artifacts("model", "`+team+`/digits/digits-net"))), shelf=sorted(shelf.aliases), source=shelf.source_name,
    own=api.artifact("`+team+`/model-registry/Digits:latest").version, users=[r.job_type for r in data.used_by()],
    guesses=[r.summary["val/guesses"]["nrows"] for r in api.runs("`+team+`/digits") if "val/guesses" in r.summary],
    quick=[len(list(r.scan_history())) for r in api.runs("`+team+`/quickstart")])
`, "WANDB_ENTITY="+team)
	want := said{
		"nets": 5.0, "shelf": []any{"candidate", "latest", "staging"}, "source": "digits-net:v3", "own": "v0",
		"users": []any{"train"}, "guesses": []any{20.0}, "quick": []any{5.0},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the guide leaves %v, want %v", got, want)
	}
	if _, err := os.Stat(filepath.Join(d.dir, "model", "digits.json")); err != nil {
		t.Errorf("the model is not where the guide says: %v", err)
	}
	if out := greenroom(t, s.data, "user", "link", "robin"); !strings.Contains(out, "/login/") {
		t.Errorf("there is no robin: %s", out)
	}
}

// guidePage is a page of the guide.
func guidePage(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "docs", "guide", name+".md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The guide reads as a part of the product, with the address of the server that shows it.
func TestGuideInTheBrowser(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	p := browser(t)
	p.open(s.url + "/-/guide")
	p.press("Change one variable")
	p.shows("export WANDB_BASE_URL="+s.url, "Sign in")
	p.press("Next: Log a model")
	p.shows("run.log_model(")
	accessible(t, p)
	p.theme("dark")
	accessible(t, p)
	p.size(390, 844)
	p.fits("/-/guide/log")
	p.open(s.url + "/-/guide/find") // has wide tables
	p.fits("/-/guide/find")
	accessible(t, p)
	p.expect("404")
	if got := p.status(s.url + "/-/guide/nothing"); got != 404 {
		t.Errorf("a page that the guide lacks answers %d", got)
	}
}
