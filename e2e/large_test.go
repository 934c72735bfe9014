package e2e

import (
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// tooLarge logs 20 MB where a few values belong, and tells what it read and what is there afterwards.
const tooLarge = `
import pathlib
old = wandb.__version__.startswith("0.16") # it takes a minute to write such a config into a file of its own
big = "x" * 20_000_000
read = {}
def attempt(what, how):
    try:
        read[what] = repr(how())
    except Exception as e:
        read[what] = str(e).strip()
pathlib.Path("net.bin").write_text("one")
run = wandb.init(project="big", id="r1", config={"lr": 0.1})
def log(name, size):
    art = wandb.Artifact(name, "model", metadata={"blob": "x" * size, "lr": 1})
    art.add_file("net.bin")
    return run.log_artifact(art).wait().version
attempt("metadata", lambda: log("refused", 20_000_000))
attempt("less metadata", lambda: log("net", 3_000_000))
def edit():
    art = wandb.Api().artifact(f"{run.entity}/big/net:v0")
    art.metadata["more"] = big
    art.save()
attempt("edit", edit)
run.log({"acc": 0.5})
if not old:
    run.config.update({"blob": big})
run.log({"big": big, "acc": 0.6})
run.log({"acc": 0.7})
run.finish()
if not old:
    attempt("init", lambda: wandb.init(project="big", id="r2", config={"blob": big}))
api = wandb.Api()
run = api.run(f"{api.default_entity}/big/r1")
art = api.artifact(f"{api.default_entity}/big/net:v0")
tell(read=read, config=run.config, state=run.state, acc=[row["acc"] for row in run.scan_history(keys=["acc"])],
    metadata=[len(art.metadata["blob"]), sorted(art.metadata)], runs=[r.id for r in api.runs(f"{api.default_entity}/big")])
`

func TestValuesThatAreTooLarge(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	for _, client := range []string{newest, "0.16.6"} {
		t.Run(client, func(t *testing.T) {
			h := *s
			h.t = t
			ada := h.newPerson("ada")
			w := wire{t, &h, ada.key}
			got := meanwhile(w, ada, func() said { return tale[said](deskOf(t, &h, ada, client).run(preamble + tooLarge).told()) })
			read, _ := got["read"].(said)
			for what, sentence := range map[string]string{
				"metadata": "Metadata of more than 4 MiB do not fit. Put them into a file of the artifact.", "less metadata": "v0",
				"edit": "Metadata of more than 4 MiB do not fit. Put them into a file of the artifact.",
				"init": "The run's config is larger than 16 MiB. Log it as a file or an artifact.",
			} {
				if text, _ := read[what].(string); (what != "init" || client == newest) && !contains(text, sentence) || strings.Contains(text, "\n") {
					t.Errorf("%s: the script reads %q, want %q", what, text, sentence)
				}
			}
			delete(got, "read")
			want := said{"config": said{"lr": 0.1}, "state": "finished", "acc": []any{0.5, 0.7}, "metadata": []any{3e6, []any{"blob", "lr"}}, "runs": []any{"r1"}}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("there is %v\nwant %v", got, want)
			}
			if made := w.collections(ada.name + "/big"); slices.Contains(made, "refused") {
				t.Errorf("what was refused left %v", made)
			}
			if client == newest {
				h.opens(ada, map[string]string{"/big/runs/r1": "A config was dropped. The run's config is larger than 16 MiB.", "/big/artifacts/model/net/v0": "net.bin"})
			}
		})
	}

	// As large as may be.
	h := *s
	h.t = t
	ada := h.newPerson("ada")
	w := wire{t, &h, ada.key}
	blob := strings.Repeat("y", 9_000_000)
	for i := range 2 {
		run := fmt.Sprint("r", i)
		if r := w.upsertRun(object{"modelName": "big", "name": run, "config": `{"blob":{"value":"` + blob + `"},"lr":{"value":0.1}}`}); len(r.errors()) > 0 {
			t.Fatal(r)
		}
		if r := w.stream(ada.name, "big", run, `{"files":{"wandb-summary.json":{"offset":0,"content":["{\"blob\":\"`+blob+`\",\"acc\":0.75}"]}}}`); r.status != 200 {
			t.Fatal(r)
		}
	}
	h.opens(ada, map[string]string{"/big": "r1", "/big/runs/r0": "0.75", "/big/runs/r0/overview": "0.1", "": "big"})
	if peak := h.peak(); peak > 800<<20 {
		t.Errorf("the server took %d MiB", peak>>20)
	}
}

// meanwhile does something and demands that somebody else's questions are answered as long as it takes.
func meanwhile[T any](w wire, who person, do func() T) T {
	w.t.Helper()
	var others sync.WaitGroup
	over, answered := make(chan struct{}), 0
	others.Go(func() {
		again := time.NewTicker(200 * time.Millisecond)
		defer again.Stop()
		for {
			select {
			case <-over:
				return
			case <-again.C:
				if r := w.ask(whoAmI, nil); r.status == http.StatusOK && contains(r.body, who.name) {
					answered++
				} else {
					w.t.Errorf("meanwhile others are answered %s", r)
				}
			}
		}
	})
	defer func() {
		close(over)
		if others.Wait(); answered == 0 {
			w.t.Error("meanwhile nobody was answered")
		}
	}()
	return do()
}

// opens demands that pages of somebody's show something and are not as large as what they tell of.
func (s *server) opens(who person, pages map[string]string) {
	s.t.Helper()
	p := s.signInAs(who)
	for path, shows := range pages {
		at := s.url + "/" + who.name + path
		if html := p.bytes(at); len(html) > 1<<20 {
			s.t.Errorf("%s is %d bytes", at, len(html))
		}
		p.open(at)
		p.shows(shows)
	}
}
