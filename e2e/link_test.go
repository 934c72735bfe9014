package e2e

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// linking links versions into a team's own registry, the organization's and a plain project, tries what must be refused,
// uses what is linked, and tells what the public API says of it all. TEAM and MODEL name the team and the model; in what
// is told they are T and M.
const linking = `
import os, pathlib, time
team, model = os.environ["TEAM"], os.environ["MODEL"]
new, old = not wandb.__version__.startswith("0.1"), wandb.__version__.startswith("0.16")
own, org, plain = f"{team}/model-registry/{model}", f"wandb-registry-model/{model}", f"{team}/shelf/{model}"
told = {}
def remember(**what):
    told.update(json.loads(json.dumps(what).replace(team, "T").replace(model, "M")))

file = pathlib.Path("net.bin")
def logged(text, name="net", type="model"):
    file.write_text(text)
    art = wandb.Artifact(name, type, metadata={"text": text})
    art.add_file("net.bin")
    return run.log_artifact(art).wait()
returned = []
def link(art, target, aliases=None):
    art = run.link_artifact(art, target, aliases)
    returned.append(None if old else [art.qualified_name, " ".join(sorted(art.aliases))])
refused = {}
def refuse(what, art, target, aliases=None):
    began = time.time()
    try:
        run.link_artifact(art, target, aliases)
        refused[what] = ""
    except Exception as e:
        refused[what] = str(e)
    if time.time() - began > 60:
        refused[what] = f"too late, after {time.time() - began} s"

run = wandb.init(entity=team, project="birds", id="maker")
one = logged("one")
for alias in ["staging", "again"]:
    link(one, own, [alias])
    link(one, org, [alias])
    link(one, plain, [alias])
two = logged("two")
link(two, own, ["staging"])
link(two, "greenroom/" + org, ["staging"])
two.link(plain)
rows = logged("rows", "rows", "dataset")
gone = logged("gone", "gone")
wandb.Api().artifact(f"{team}/birds/gone:v0").delete(delete_aliases=True)
refuse("no registry", one, "wandb-registry-nowhere/Fresh")
refuse("accepts", rows, "wandb-registry-model/Fresh" + model)
refuse("type", rows, own)
refuse("source", one, f"{team}/birds/rows")
refuse("name", one, f"{team}/model-registry/a?b")
refuse("none", one, f"{team}/model-registry/None")
refuse("long", one, f"{team}/model-registry/" + "x" * 129)
refuse("alias", one, f"{team}/model-registry/Fresh", ["a/b"])
refuse("number", one, f"{team}/model-registry/Fresh", ["v7"])
refuse("no entity", one, "nobody-of-that-name/model-registry/Fresh")
refuse("no project", one, "nobody-of-that-name/shelf/Fresh")
refuse("gone", gone, own)
file.write_text("three")
run.link_model("net.bin", model, name="net", aliases=["three"])
run.finish()
remember(returned=returned, refused=refused)

run = wandb.init(entity=team, project="birds", id="user")
def bytes(path):
    return pathlib.Path(run.use_artifact(path).download(), "net.bin").read_text()
remember(bytes={path: bytes(path) for path in [own + ":again", org + ":staging", "greenroom/" + org + ":v0", plain + ":latest", own + ":three"]})
run.link_artifact(run.use_artifact(org + ":v0"), f"{team}/model-registry/{model}-copy")
run.finish()

api, urls = wandb.Api(), []
def say(path):
    art = api.artifact(path)
    said = [art.qualified_name.split("/", 1)[1], art.metadata.get("text", ""), " ".join(sorted(art.aliases)), f"{art.source_entity}/{art.source_project}/{art.source_name}", art.source_version]
    if not old:
        said.append(art.is_link)
        urls.append(art.url)
    if new:
        said.append(art.source_artifact.qualified_name)
    return said
remember(seen=[say(f"{path}:v{n}") for path in [own, org, plain] for n in range(3 if path == own else 2)] + [say(f"{team}/model-registry/{model}-copy:latest")])
remember(by_alias=[api.artifact(path + alias).version for alias in [":latest", ":staging"] for path in [own, org, plain]])
source = api.artifact(f"{team}/birds/net:v0")
remember(lineage=[source.logged_by().id, [r.id for r in source.used_by()], sorted(a.name for a in api.run(f"{team}/birds/user").used_artifacts())])
if new:
    remember(linked=[a.qualified_name for a in source.linked_artifacts], linked_of_a_link=[a.qualified_name for a in api.artifact(own + ":v0").linked_artifacts])
    shelves = api.registries(filter={"name": "model"}).collections(filter={"name": model})
    remember(found=[[c.name for c in shelves], sorted(v.name for v in shelves.versions()), [v.version for v in shelves.versions(filter={"alias": "staging"})]])

edited = api.artifact(org + ":v0")
edited.aliases.remove("again")
edited.aliases.append("careful")
edited.save()
remember(edited=[sorted(api.artifact(path + ":v0").aliases) for path in [org, own]])
if not old:
    api.artifact(org + ":v1").unlink()
    try:
        source.unlink()
    except Exception as e:
        refused["unlink"] = str(e)
    remember(unlinked=[api.artifact(org + ":latest").version, api.artifact_exists(org + ":v1"), api.artifact_exists(own + ":v1"), api.artifact_exists(f"{team}/birds/net:v1"), "not a linked artifact" in refused["unlink"]])
if new:
    remember(relinked=api.artifact(f"{team}/birds/net:v1").link(org).version)
tell(urls=urls, **told)
`

func TestLinks(t *testing.T) {
	t.Parallel()
	shared := sharedServer(t)
	eachGeneration(t, func(t *testing.T, client string) {
		s := *shared
		s.t = t
		ada := s.newPerson("ada")
		team, model := s.newTeam("vision", ada), fresh("Net")
		d := deskOf(t, &s, ada, client, "TEAM="+team, "MODEL="+model)
		printed, code := d.run(preamble + linking).wait()
		got := tale[said](t, printed, code)
		for what, want := range linksSaid(client) {
			if !reflect.DeepEqual(got[what], want) {
				t.Errorf("%s: %v\nwant %v", what, got[what], want)
			}
		}

		for what, sentence := range map[string]string{
			"no registry": "There is no registry greenroom/registry/nowhere, or you may not see it.",
			"accepts":     "The registry model takes artifacts of type model, not dataset.",
			"type":        `"` + model + `" holds artifacts of type model, not dataset.`,
			"source":      `"rows" is an artifact here, not a registered model.`,
			"name":        "The name of the artifact or model cannot contain any of",
			"none":        "Nothing can be called None",
			"long":        "longer than 128 characters.",
			"alias":       "'/'",
			"number":      "The alias v7 is kept for version numbers.",
			"no entity":   "There is no registry nobody-of-that-name/model-registry, or you may not see it.",
			"no project":  "There is no project nobody-of-that-name/shelf, or you may not see it.",
			"gone":        "There is no such version to link, or you may not see it.",
		} {
			text, _ := got["refused"].(said)[what].(string)
			switch client {
			case newest:
				if !contains(text, strings.ReplaceAll(sentence, model, "M")) || strings.Contains(strings.TrimSpace(text), "\n") {
					t.Errorf("%s: the script reads %q, want %q", what, text, sentence)
				}
				continue
			case "0.16.6": // says nothing at the terminal of what cannot be linked, only in its log
				logs, _ := filepath.Glob(d.dir + "/wandb/run-*-maker/logs/debug-internal.log")
				for _, log := range logs {
					b, _ := os.ReadFile(log)
					printed += string(b)
				}
				if what == "no registry" {
					sentence = strings.Replace(sentence, "greenroom", team, 1) // it knows nothing of organizations
				}
			}
			if what == "alias" {
				sentence = "The name of the alias cannot contain any of / :."
			}
			if text != "" || !contains(printed, sentence) {
				t.Errorf("%s: the script reads %q and the terminal does not show %q", what, text, sentence)
			}
		}
		w := wire{t, &s, ada.key}
		for place, want := range map[string][]string{team + "/model-registry": {model, model + "-copy"}, team + "/shelf": {model}, team + "/birds": {"net", "rows", "gone"}} {
			if made := w.collections(place); !reflect.DeepEqual(made, want) {
				t.Errorf("%s holds %s, want %s", place, made, want)
			}
		}
		if made := w.collections("greenroom/wandb-registry-model"); slices.Contains(made, "Fresh"+model) {
			t.Error("what was refused left a model in the organization's registry")
		}
		if client != newest {
			return
		}
		p := s.signInAs(ada)
		for _, url := range got["urls"].([]any) {
			if strings.Contains(url.(string), "wandb-registry-model") && strings.HasSuffix(url.(string), "v1") {
				continue // was unlinked, and another took its place
			}
			p.open(url.(string))
			p.shows(model, "net.bin", "birds")
		}
		p.open(s.url + "/" + team + "/birds/artifacts/model/net/v0")
		p.shows("Linked to", team+" / "+model, "model / "+model, "shelf / "+model, team+" / "+model+"-copy")
	})
}

// collections are the names of what stands in a place, oldest first.
func (w wire) collections(place string) (names []string) {
	w.t.Helper()
	entity, project, _ := strings.Cut(place, "/")
	edges, _ := w.answer(`query($e: String, $p: String) { project(name: $p, entityName: $e) { artifactCollections(first: 1000, order: "created_at") { edges { node { name } } } } }`,
		object{"e": entity, "p": project}, "project", "artifactCollections", "edges").([]any)
	for _, e := range edges {
		names = append(names, e.(object)["node"].(object)["name"].(string))
	}
	return names
}

// linksSaid is what the script tells of links with a client.
func linksSaid(client string) said {
	var returned, seen []any
	link := func(name, aliases string) {
		if client == "0.16.6" { // link_artifact returned nothing
			returned = append(returned, nil)
			return
		}
		returned = append(returned, []any{name, aliases})
	}
	for _, aliases := range []string{"latest staging", "again latest staging"} {
		link("T/model-registry/M:v0", aliases)
		link("greenroom/wandb-registry-model/M:v0", aliases)
		link("T/shelf/M:v0", aliases)
	}
	link("T/model-registry/M:v1", "latest staging")
	link("greenroom/wandb-registry-model/M:v1", "latest staging")
	see := func(name, text, aliases, source string) {
		is := []any{name, text, aliases, "T/birds/" + source, source[strings.IndexByte(source, ':')+1:]}
		if client != "0.16.6" {
			is = append(is, true)
		}
		if client == newest {
			is = append(is, "T/birds/"+source)
		}
		seen = append(seen, is)
	}
	see("model-registry/M:v0", "one", "again", "net:v0")
	see("model-registry/M:v1", "two", "staging", "net:v1")
	see("model-registry/M:v2", "", "latest three", "net:v2")
	see("wandb-registry-model/M:v0", "one", "again", "net:v0")
	see("wandb-registry-model/M:v1", "two", "latest staging", "net:v1")
	see("shelf/M:v0", "one", "again staging", "net:v0")
	see("shelf/M:v1", "two", "latest", "net:v1")
	see("model-registry/M-copy:latest", "one", "latest", "net:v0")
	want := said{
		"returned": returned, "seen": seen, "by_alias": []any{"v2", "v1", "v1", "v1", "v1", "v0"}, "edited": []any{[]any{"careful"}, []any{"again"}},
		"bytes": said{
			"T/model-registry/M:again": "one", "wandb-registry-model/M:staging": "two", "greenroom/wandb-registry-model/M:v0": "one",
			"T/shelf/M:latest": "two", "T/model-registry/M:three": "three",
		},
		"lineage": []any{"maker", []any{"user"}, []any{"net:v0", "net:v1", "net:v2"}},
	}
	if client != "0.16.6" {
		want["unlinked"] = []any{"v0", false, true, true, true}
	}
	if client == newest {
		want["relinked"] = "v2" // a number is never given twice
		want["linked"] = []any{"T/model-registry/M:v0", "greenroom/wandb-registry-model/M:v0", "T/shelf/M:v0", "T/model-registry/M-copy:v0"}
		want["linked_of_a_link"] = []any{}
		want["found"] = []any{[]any{"M"}, []any{"M:v0", "M:v1"}, []any{"v1"}}
	}
	return want
}
