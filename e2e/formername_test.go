package e2e

import (
	"reflect"
	"strings"
	"testing"
)

// renaming gives a registered model another name and goes on with the old one, as scripts do that nobody changed.
const renaming = `
import os, pathlib
team, model = os.environ["TEAM"], os.environ["MODEL"]
path = f"greenroom/wandb-registry-model/{model}"
file = pathlib.Path("net.bin")
run = wandb.init(entity=team, project="birds", id="maker")
def link(text, aliases):
    file.write_text(text)
    art = wandb.Artifact("net", "model")
    art.add_file("net.bin")
    run.link_artifact(run.log_artifact(art).wait(), path, aliases)
link("one", ["production"])
collection = wandb.Api().artifact_collection("model", path)
collection.name = model + "-renamed"
collection.save()
link("two", ["staging"])
used = pathlib.Path(run.use_artifact(path + ":production").download(), "net.bin").read_text()
run.finish()

api = wandb.Api()
def say(version):
    art = api.artifact(f"{path}:{version}")
    return [art.version, pathlib.Path(art.download(), "net.bin").read_text()]
tell(used=used, said=[say(version) for version in ["v0", "staging", "latest"]],
    there=[api.artifact_exists(path + ":v1"), api.artifact_exists(path + ":v2"), api.artifact_collection_exists(path, "model")],
    new=[v.version for v in api.artifacts("model", path + "-renamed")])
`

// A renamed model is found under its old name by scripts, which go on linking into it, and in the browser.
func TestFormerNameOfAModel(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada := s.newPerson("ada")
	team, model := s.newTeam("vision", ada), fresh("Net")
	got := told[said](t, s, ada, renaming, "TEAM="+team, "MODEL="+model)
	want := said{
		"used": "one", "said": []any{[]any{"v0", "one"}, []any{"v1", "two"}, []any{"v1", "two"}},
		"there": []any{true, false, true}, "new": []any{"v1", "v0"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%v\nwant %v", got, want)
	}
	p := s.signInAs(ada)
	at := "/greenroom/registry/model/" + model
	for _, path := range []string{"", "/v0/usage", "/card"} {
		p.open(s.url + at + path)
		if where := p.where(); !strings.HasPrefix(where, s.url+at+"-renamed"+path) {
			t.Errorf("%s%s leads to %s", at, path, where)
		}
	}
	p.shows(model + "-renamed")
}
