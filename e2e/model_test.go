package e2e

import (
	"reflect"
	"strings"
	"testing"
)

// The versions of a model: the same content again is no new one, another content is, and each gives back its own bytes.
func TestModelVersions(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada := s.newPerson("ada")
	got := told[said](t, s, ada, `
import pathlib
file = pathlib.Path("net.bin")
run = wandb.init(project="cats", id="maker")
file.write_text("one")
first = run.log_model("net.bin", name="net", aliases=["good"])
linked = [run.link_model("net.bin", "Cats", name="net", aliases=["staging"]).version for _ in range(2)]
file.write_text("two")
linked.append(run.link_model("net.bin", "Cats", name="net", aliases=["best"]).version)
run.finish()

run = wandb.init(project="cats", id="user")
model = f"{run.entity}/model-registry/Cats"
bytes = {name: pathlib.Path(run.use_model(name)).read_text() for name in [
    "net:v0", "net:good", "net:latest", model + ":v0", model + ":staging", model + ":latest", model + ":best"]}
run.finish()

api = wandb.Api()
v0 = api.artifact(model + ":v0")
v0.aliases.append("careful")
v0.aliases.remove("staging")
v0.description = "Do not use at night."
v0.save()
v0 = api.artifact(model + ":careful")
source = api.artifact(f"{run.entity}/cats/net:v0")
tell(linked=linked, bytes=bytes, aliases=sorted(v0.aliases), about=source.description, digest=v0.digest == source.digest,
    name=v0.version, source=v0.source_name, type=v0.type, size=v0.size, made=source.logged_by().id,
    used=[r.id for r in source.used_by()], versions=sorted(a.version for a in api.artifacts("model", model)),
    of_run=sorted(a.name for a in api.run(f"{run.entity}/cats/maker").logged_artifacts()),
    for_run=sorted(a.name for a in api.run(f"{run.entity}/cats/user").used_artifacts()))
`)
	for key, want := range (said{
		"linked": []any{"v0", "v0", "v1"},
		"bytes": said{
			"net:v0": "one", "net:good": "one", "net:latest": "two",
			ada.name + "/model-registry/Cats:v0": "one", ada.name + "/model-registry/Cats:staging": "one",
			ada.name + "/model-registry/Cats:latest": "two", ada.name + "/model-registry/Cats:best": "two",
		},
		"aliases": []any{"careful"}, "about": "Do not use at night.", "digest": true, "name": "v0", "source": "net:v0", "type": "model",
		"size": 3.0, "made": "maker", "used": []any{"user"}, "versions": []any{"v0", "v1"}, "of_run": []any{"net:v0", "net:v1"},
	}) {
		if !reflect.DeepEqual(got[key], want) {
			t.Errorf("%s is %v, want %v", key, got[key], want)
		}
	}
	if all, _ := got["for_run"].([]any); len(all) != 2 {
		t.Errorf("the using run has used %v, want both versions once", got["for_run"])
	}

	p := s.signInAs(ada)
	p.open(s.url + "/" + ada.name + "/model-registry/Cats")
	p.shows("v0", "v1", "careful", "best")
	p.open(s.url + "/" + ada.name + "/model-registry/Cats/v0")
	p.shows("careful", "Do not use at night.", "net.bin", ada.name+"/model-registry/Cats:v0")
	p.open(s.url + "/" + ada.name + "/cats/artifacts/model/net/v0")
	p.shows("good", "net.bin")
	p.shot("source")
}

// What the user did wrong reaches them as one sentence, at once, and leaves nothing behind.
func TestModelsThatCannotBeLinked(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada := s.newPerson("ada")
	got := told[map[string]string](t, s, ada, `
import pathlib, time
pathlib.Path("net.bin").write_text("one")
run = wandb.init(project="cats")
data = wandb.Artifact("rows", "dataset")
data.add_file("net.bin")
run.log_artifact(data).wait()
def refused(what):
    began = time.time()
    try:
        what()
        answer = "nothing"
    except Exception as e:
        answer = str(e)
    return answer if time.time() - began < 60 else "too late: " + answer
answers = dict(
    type=refused(lambda: run.link_model("net.bin", "Cats", name="rows")),
    path=refused(lambda: run.link_model("net.bin", "Cats/big", name="net")),
    colon=refused(lambda: run.link_model("net.bin", "Cats:v0", name="net")),
    none=refused(lambda: run.link_model("net.bin", "None", name="net")),
    alias=refused(lambda: run.link_model("net.bin", "Dogs", name="net", aliases=["a/b"])),
    missing=refused(lambda: run.use_model("nothing:latest")),
    registry=refused(lambda: run.link_artifact(data, "wandb-registry-nowhere/Cats")),
)
run.finish()
tell(**answers)
`)
	for what, words := range map[string][]string{
		"type": {"'model' artifact"}, "path": {"registered model"}, "colon": {":"}, "none": {"None"}, "alias": {"/"}, "missing": {"nothing:latest"}, "registry": {},
	} {
		if answer := got[what]; !contains(answer, words...) || answer == "nothing" || strings.Contains(answer, "too late") || strings.Contains(strings.TrimSpace(answer), "\n") {
			t.Errorf("%s: the script reads %q, want one sentence with %q", what, answer, words)
		}
	}
	p := s.signInAs(ada)
	p.open(s.url + "/" + ada.name + "/model-registry")
	if text := p.text(); strings.Contains(text, "Cats") || strings.Contains(text, "Dogs") {
		t.Errorf("what was refused left a model:\n%s", text)
	}
}

// A team's models stand in the registry of its organization, where every member finds them.
func TestModelInTheRegistryOfTheOrganization(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada, bob := s.newPerson("ada"), s.newPerson("bob")
	team := s.newTeam("vision", ada)
	name := fresh("Birds")
	got := told[said](t, s, ada, `
import pathlib
pathlib.Path("net.bin").write_text("one")
run = wandb.init(entity="`+team+`", project="birds", id="maker")
art = wandb.Artifact("net", "model", metadata={"layers": 3})
art.add_file("net.bin")
art = run.log_artifact(art).wait()
linked = run.link_artifact(art, "wandb-registry-model/`+name+`", aliases=["staging"])
run.finish()
tell(linked=linked.qualified_name, url=linked.url, same=run.entity)
`)
	if got["same"] != team || got["linked"] != "greenroom/wandb-registry-model/"+name+":v0" {
		t.Errorf("linked: %v", got)
	}
	other := told[said](t, s, bob, `
import pathlib
run = wandb.init(project="mine", id="user")
path = run.use_model("wandb-registry-model/`+name+`:staging")
run.finish()
art = wandb.Api().artifact("wandb-registry-model/`+name+`:v0")
tell(bytes=pathlib.Path(path).read_text(), layers=art.metadata["layers"], aliases=sorted(art.aliases),
    registries=sorted(r.name for r in wandb.Api().registries()),
    found=[v.name for v in wandb.Api().registries(filter={"name": "model"}).collections(filter={"name": "`+name+`"}).versions()])
`)
	want := said{"bytes": "one", "layers": 3.0, "aliases": []any{"latest", "staging"}, "registries": []any{"dataset", "model"}, "found": []any{name + ":v0"}}
	if !reflect.DeepEqual(other, want) {
		t.Errorf("bob finds %v\nwant %v", other, want)
	}

	p := s.signInAs(bob)
	p.open(got["url"].(string))
	p.shows(name, "v0", "staging", "net.bin")
	if want := s.url + "/greenroom/registry/model/" + name + "/v0"; p.where() != want {
		t.Errorf("the address that the client prints leads to %s, want %s", p.where(), want)
	}
	p.open(s.url + "/?q=" + name)
	p.shows(name, "staging")
}

func TestVersionsGo(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada := s.newPerson("ada")
	got := told[said](t, s, ada, `
import pathlib
run = wandb.init(project="cats")
for text in ["one", "two"]:
    pathlib.Path("net.bin").write_text(text)
    run.link_model("net.bin", "Cats", name="net")
run.finish()
api = wandb.Api()
model = f"{run.entity}/model-registry/Cats"
api.artifact(model + ":v1").unlink()
after_unlink = [a.name for a in api.artifacts("model", model)]
latest = api.artifact(model + ":latest").version
source = api.artifact_exists(f"{run.entity}/cats/net:v1")
try:
    api.artifact(f"{run.entity}/cats/net:v1").delete()
    kept = False
except Exception as e:
    kept = True
api.artifact(f"{run.entity}/cats/net:v1").delete(delete_aliases=True)
tell(unlinked=after_unlink, latest=latest, source=source, kept=kept, gone=not api.artifact_exists(f"{run.entity}/cats/net:v1"),
    newest=api.artifact(f"{run.entity}/cats/net:latest").version)
`)
	want := said{"unlinked": []any{"Cats:v0"}, "latest": "v0", "source": true, "kept": true, "gone": true, "newest": "v0"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("unlinked and deleted: %v\nwant %v", got, want)
	}
	p := s.signInAs(ada)
	p.expect("404|410")
	if got := p.status(s.url + "/" + ada.name + "/model-registry/Cats/v1"); got != 404 && got != 410 {
		t.Errorf("the page of the unlinked version answers %d", got)
	}
	if got := p.status(s.url + "/" + ada.name + "/model-registry/Cats/v0"); got != 200 {
		t.Errorf("the page of the version that is left answers %d", got)
	}
}
