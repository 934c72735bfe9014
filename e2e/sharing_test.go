package e2e

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
)

// A hall is a server with two organizations. In one, greenroom, ada's team has linked a version of its own into the
// organization's registry. Everything that must not be seen through the link holds the word hush.
type hall struct {
	*server
	team, model string
	ada         person // of the team
	vera        person // a viewer of the team
	bob         person // of another team of the same organization
	both        person // of the team and of one of the other organization, rivals
	olga        person // of the other organization
	eve         person // of none
	first, next *draft // the version that is linked, and one that is not
}

const (
	hushProject = "hush-project"
	hushRun     = "hush-run"
	linkedFile  = "net.bin"
)

func openHall(t *testing.T) *hall {
	t.Helper()
	s := startServer(t)
	h := &hall{server: s, model: "Birds", ada: s.newPerson("ada"), bob: s.newPerson("bob"), vera: s.newPerson("vera"), both: s.newPerson("both")}
	h.eve, h.olga = s.newPerson("eve", "--no-org"), s.newPerson("olga", "--no-org")
	h.team = fresh("hush-team")
	greenroom(t, s.data, "team", "add", h.team, "--member", h.ada.name+"=admin", "--member", h.vera.name+"=viewer", "--member", h.both.name+"=member")
	s.newTeam("speech", h.bob)
	greenroom(t, s.data, "org", "add", "rivals")
	greenroom(t, s.data, "team", "add", "rival-team", "--org", "rivals", "--member", h.olga.name+"=admin", "--member", h.both.name+"=member")

	w := wire{t, s, h.ada.key}
	in := object{"entityName": h.team, "modelName": hushProject, "name": hushRun, "displayName": "hush owl", "notes": "hush note", "tags": []string{"hush-tag"}, "config": `{"hush_lr":{"value":0.1}}`}
	if r := w.upsertRun(in); len(r.errors()) > 0 {
		t.Fatal(r)
	}
	if r := w.stream(h.team, hushProject, hushRun, `{"files":{"wandb-history.jsonl":{"offset":0,"content":["{\"_step\":0,\"acc\":0.75}"]},"wandb-summary.json":{"offset":0,"content":["{\"acc\":0.75}"]},"output.log":{"offset":0,"content":["hush line"]}}}`); r.status != 200 {
		t.Fatal(r)
	}
	h.first = w.made(h.team, hushProject, hushRun, "net", linkedFile, "the weights")
	w.answer(`mutation($in: UpdateArtifactInput!) { updateArtifact(input: $in) { artifact { id } } }`,
		object{"in": object{"artifactID": h.first.id, "description": "For everyone.", "metadata": `{"layers":3}`, "aliases": nil}})
	h.next = w.made(h.team, hushProject, hushRun, "net", "hush.bin", "hush weights")
	if r := w.link(h.first, "greenroom/wandb-registry-model/"+h.model, "staging"); len(r.errors()) > 0 {
		t.Fatal(r)
	}
	return h
}

// link links a draft that is committed.
func (w wire) link(d *draft, target string, aliases ...string) reply {
	w.t.Helper()
	at := strings.Split(target, "/")
	var named []object
	for _, a := range aliases {
		named = append(named, object{"artifactCollectionName": at[2], "alias": a})
	}
	return w.ask(`mutation($in: LinkArtifactInput!) { linkArtifact(input: $in) { versionIndex } }`, object{"in": object{
		"artifactID": d.id, "entityName": at[0], "projectName": at[1], "artifactPortfolioName": at[2], "aliases": named}})
}

// looking reads what is linked and tries to get at what is behind. TEAM, MODEL and ALIAS name the team it comes from,
// the model and an alias to set.
const looking = `
import os, pathlib
team, model, alias = os.environ["TEAM"], os.environ["MODEL"], os.environ["ALIAS"]
old = wandb.__version__.startswith("0.16")
api = wandb.Api()
art = api.artifact(f"greenroom/wandb-registry-model/{model}:staging")
told = dict(
    metadata=dict(art.metadata), about=art.description, size=art.size, source=[art.source_entity, art.source_project, art.source_name],
    files=list(art.manifest.entries) if old else [f.name for f in art.files()], bytes=pathlib.Path(art.download(), "net.bin").read_text(),
    made_by=art.logged_by(), used_by=art.used_by(), linked=getattr(art, "linked_artifacts", []))
art.aliases.append(alias)
art.save()
told["alias"] = api.artifact(f"greenroom/wandb-registry-model/{model}:{alias}").version
got = {}
def reach(what, how):
    try:
        got[what] = repr(how())
    except Exception as e:
        pass
reach("source", lambda: art.source_artifact)
reach("run", lambda: api.run(f"{team}/hush-project/hush-run"))
reach("runs", lambda: list(api.runs(f"{team}/hush-project")))
reach("projects", lambda: list(api.projects(team)))
reach("project", lambda: api.project("hush-project", team).id)
for name in ["net:v0", "net:v1", "net:latest"]:
    reach(name, lambda: api.artifact(f"{team}/hush-project/{name}"))
reach("versions", lambda: list(api.artifacts("model", f"{team}/hush-project/net")))
reach("collections", lambda: list(api.artifact_type("model", f"{team}/hush-project").collections()))
told["others"] = len(list(api.artifacts("model", f"greenroom/wandb-registry-model/{model}")))
def edit():
    art.metadata["layers"] = 4
    art.description = "Mine."
    art.save()
reach("metadata", edit)
art = api.artifact(f"greenroom/wandb-registry-model/{model}:staging")
told["after"] = [art.metadata, art.description]
tell(got=got, **told)
`

func TestSharing(t *testing.T) {
	t.Parallel()
	h := openHall(t)
	t.Run("clients", h.lookWithClients)
	t.Run("wire", h.lookOnTheWire)
	t.Run("browser", h.lookInTheBrowser)
	t.Run("rights", h.linkWithoutRight)
	t.Run("strangers", h.showStrangersNothing)
	t.Run("unlinked", h.unlinkAndLookAgain)
}

// as is the hall as one test sees it.
func (h *hall) as(t *testing.T, who person) wire {
	s := *h.server
	s.t = t
	return wire{t, &s, who.key}
}

func (h *hall) lookWithClients(t *testing.T) {
	eachGeneration(t, func(t *testing.T, client string) {
		got := tale[said](deskOf(t, h.server, h.bob, client, "TEAM="+h.team, "MODEL="+h.model, "ALIAS=seen-"+client).run(preamble + looking).told())
		if client == newest { // skips by itself what it may not change, and says so
			delete(got["got"].(said), "metadata")
		}
		want := said{
			"metadata": said{"layers": 3.0}, "about": "For everyone.", "size": 11.0, "source": []any{"", "", "net:v0"}, "files": []any{"net.bin"},
			"bytes": "the weights", "made_by": nil, "used_by": []any{}, "linked": []any{}, "alias": "v0", "others": 1.0, "got": said{},
			"after": []any{said{"layers": 3.0}, "For everyone."},
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("bob sees %v\nwant %v", got, want)
		}
	})
}

// everything is all that can be asked of a version at once.
const everything = `query($e: String!, $p: String!, $n: String!) { project(name: $p, entityName: $e) {
	artifactCollections { edges { node { name description tags { edges { node { name } } } } } }
	artifactCollectionMembership(name: $n) { versionIndex aliases { alias } artifactCollection { name project { name entity { name } } }
		files { edges { node { name url directUrl artifact { id } } } }
		artifact { id description metadata labels digest historyStep tags { name } versionIndex
			artifactType { name artifactCollections { edges { node { name } } } }
			aliases { alias artifactCollectionName artifactCollection { name project { name entity { name } } } }
			artifactCollections { edges { node { name project { name entity { name } } } } }
			artifactMemberships { edges { node { versionIndex aliases { alias } artifactCollection { name project { name } } } } }
			artifactSequence { name description state project { id name entity { name } } tags { edges { node { name } } } latestArtifact { digest metadata } artifactMembership(aliasName: "v1") { versionIndex artifact { digest } } }
			files { edges { node { name directUrl } } } currentManifest { digest file { directUrl } }
			usedBy { totalCount edges { node { name displayName project { name } } } }
			createdBy { ... on Run { name displayName config summaryMetrics project { name } } ... on User { name } } } } } }`

// Whatever bob asks of the version, what is hushed is not in the answer, and its file and manifest are.
func (h *hall) lookOnTheWire(t *testing.T) {
	w := h.as(t, h.bob)
	r := w.ask(everything, object{"e": "greenroom", "p": "wandb-registry-model", "n": h.model + ":v0"})
	if len(r.errors()) > 0 || !contains(r.body, linkedFile, "For everyone.", "layers") || strings.Contains(r.body, "hush") {
		t.Errorf("bob is answered %s", r.body)
	}
	version := []string{"project", "artifactCollectionMembership", "artifact"}
	in := object{"e": "greenroom", "p": "wandb-registry-model", "n": h.model + ":v0"}
	files, _ := w.answer(everything, in, append(version, "files", "edges")...).([]any)
	file, _ := files[0].(object)["node"].(object)["directUrl"].(string)
	if got := w.send("GET", file, ""); got.body != "the weights" {
		t.Errorf("the file at %s is %s", file, got)
	}
	manifest, _ := w.answer(everything, in, append(version, "currentManifest", "file", "directUrl")...).(string)
	if got := w.send("GET", manifest, ""); !contains(got.body, linkedFile) || strings.Contains(got.body, "hush") {
		t.Errorf("the manifest is %s", got)
	}
	for _, at := range h.addresses(h.first, "the weights", linkedFile, "greenroom/wandb-registry-model/"+h.model) {
		if got := w.send("GET", at, ""); got.status != http.StatusOK || got.body != "the weights" {
			t.Errorf("%s answers bob %s", at, got)
		}
	}
	h.hidesTheSource(t, h.bob)
	for _, q := range []string{
		`query($e: String!) { entity(name: $e) { name } }`,
		`query($e: String!) { models(entityName: $e) { edges { node { name } } } }`,
	} {
		if r := w.ask(q, object{"e": h.team}); strings.Contains(r.body, "hush") {
			t.Errorf("bob is answered %s", r.body)
		}
	}
}

// addresses are where clients look for a file of a version when its signed address fails.
func (h *hall) addresses(d *draft, text, name, through string) []string {
	sum, _ := base64.StdEncoding.DecodeString(base64MD5(text))
	digits, id := hex.EncodeToString(sum), url.PathEscape(d.id)
	entity, _, _ := strings.Cut(through, "/")
	return []string{
		"/artifactsV2/default/" + entity + "/" + id + "/" + digits,
		"/artifactsV2/default/" + through + "/" + id + "/" + digits + "/" + name,
		"/artifactsV2/default/" + through + "/" + id + "/" + id + "/" + digits + "/" + name,
	}
}

// sourcePages are those of the source, where bob must find nothing.
func (h *hall) sourcePages() []string {
	source := "/" + h.team + "/" + hushProject
	return []string{
		"/" + h.team, source, source + "/runs/" + hushRun, source + "/runs/" + hushRun + "/overview", source + "/runs/" + hushRun + "/logs", source + "/runs/" + hushRun + "/metrics?key=acc",
		source + "/artifacts", source + "/artifacts/model/net", source + "/artifacts/model/net/v0", source + "/artifacts/model/net/v0/files/" + linkedFile,
		source + "/artifacts/model/net/v1", source + "/artifacts/model/net/v1/files/hush.bin", "/" + h.team + "/model-registry",
		"/greenroom/registry/model/" + h.model + "/v1", "/greenroom/registry/model/" + h.model + "/v0/files/hush.bin", "/greenroom/wandb-registry-model/artifacts/model/net/v1",
	}
}

func (h *hall) lookInTheBrowser(t *testing.T) {
	w := h.as(t, h.bob)
	p := w.s.signInAs(h.bob)
	p.expect("404")
	shared := w.s.url + "/greenroom/registry/model/" + h.model
	p.open(shared + "/v0")
	p.shows(linkedFile, "For everyone.", "acc", "0.75", "greenroom/wandb-registry-model/"+h.model+":v0")
	p.shot("through-a-link")
	if got := p.bytes(p.download(linkedFile)); got != "the weights" {
		t.Errorf("bob's browser gets %q", got)
	}
	p.open(shared + "/v0/metadata")
	p.shows("layers")
	for _, path := range []string{shared, shared + "/v0", shared + "/v0/metrics", shared + "/v0/metadata", shared + "/v0/files", shared + "/v0/usage", shared + "/v0/history", shared + "?tab=card", shared + "?tab=use", w.s.url + "/", w.s.url + "/?q=hush", w.s.url + "/projects", w.s.url + "/greenroom/registry/model", w.s.url + "/greenroom"} {
		if html := p.bytes(path); strings.Contains(strings.ReplaceAll(html, "?q=hush", ""), "hush-") || strings.Contains(html, "hush owl") {
			t.Errorf("%s tells bob what is hushed:\n%s", path, html)
		}
	}
	missing := p.answer(w.s.url + "/no-team/no-project")
	for _, path := range h.sourcePages() {
		if got := p.answer(w.s.url + path); got != missing {
			t.Errorf("%s answers bob %.300s\nand a page that is not there %.300s", path, got, missing)
		}
	}
}

// answer is the status and the text of what the browser gets at an address.
func (p *page) answer(url string) string {
	p.t.Helper()
	return fmt.Sprint(p.status(url), " ", p.text())
}

// linkWithoutRight: a viewer of the team and those who may not link across read one sentence each, and nothing is made.
func (h *hall) linkWithoutRight(t *testing.T) {
	const role = "Your role here does not let you "
	got := told[map[string]string](t, h.server, h.vera, `
import os
api, team = wandb.Api(), os.environ["TEAM"]
art = api.artifact(f"{team}/hush-project/net:v1")
def answer(how):
    try:
        return repr(how())
    except Exception as e:
        return str(e).strip()
def alias():
    art.aliases.append("mine")
    art.save()
tell(registry=answer(lambda: art.link(f"{team}/model-registry/Fresh")), project=answer(lambda: art.link(f"{team}/hush-project/Fresh")),
    new=answer(lambda: art.link(f"{team}/fresh/Fresh")), alias=answer(alias))
`, "TEAM="+h.team)
	for what, sentence := range map[string]string{
		"registry": role + "change models and links.", "project": role + "change models and links.", "new": role + "log runs and artifacts.", "alias": role + "change models and links.",
	} {
		if !contains(got[what], sentence) || strings.Contains(got[what], "\n") {
			t.Errorf("%s: a viewer reads %q, want %q", what, got[what], sentence)
		}
	}
	both, bob := h.as(t, h.both), h.as(t, h.bob)
	both.link(h.next, "rivals/wandb-registry-model/Fresh").refused(t, "organization greenroom", "rivals")
	bob.link(h.first, h.team+"/model-registry/Fresh").refused(t, "There is no registry "+h.team+"/model-registry, or you may not see it.")
	bob.link(h.first, h.team+"/fresh/Fresh").refused(t, "There is no project "+h.team+"/fresh, or you may not see it.")
	w := h.as(t, h.ada)
	for place, want := range map[string][]string{h.team + "/model-registry": nil, h.team + "/fresh": nil, h.team + "/" + hushProject: {"net"}} {
		if made := w.collections(place); !reflect.DeepEqual(made, want) {
			t.Errorf("what was refused left %v in %s, want %v", made, place, want)
		}
	}
	if got := projectID(both, "rivals", "wandb-registry-model"); got == nil || both.collections("rivals/wandb-registry-model") != nil {
		t.Errorf("what was refused left %v in the registry of the other organization", both.collections("rivals/wandb-registry-model"))
	}
}

// unlinkAndLookAgain: when the link is gone, so is what bob saw through it.
func (h *hall) unlinkAndLookAgain(t *testing.T) {
	w, bob := h.as(t, h.ada), h.as(t, h.bob)
	if r := bob.upsertRun(object{"entityName": h.bob.name, "modelName": "mine", "name": "user"}); len(r.errors()) > 0 {
		t.Fatal(r)
	}
	used := func() reply {
		return bob.ask(`query($e: String) { project(name: "mine", entityName: $e) { run(name: "user") { inputArtifacts { edges { node { id digest } } } } } }`, object{"e": h.bob.name})
	}
	if r := bob.ask(`mutation($in: UseArtifactInput!) { useArtifact(input: $in) { artifact { id } } }`,
		object{"in": object{"artifactID": h.first.id, "entityName": h.bob.name, "projectName": "mine", "runName": "user"}}); len(r.errors()) > 0 || !contains(used().body, h.first.id) {
		t.Fatal(r, used())
	}
	collection, _ := w.answer(`query($n: String!) { project(name: "wandb-registry-model", entityName: "greenroom") { artifactCollection(name: $n) { id } } }`, object{"n": h.model}, "project", "artifactCollection", "id").(string)
	w.answer(`mutation($in: UnlinkArtifactInput!) { unlinkArtifact(input: $in) { success } }`, object{"in": object{"artifactID": h.first.id, "artifactPortfolioID": collection}})

	there := h.names(t)
	there.org = "no-org" // bob belongs to his organization still: only the version is gone
	h.hidesTheSource(t, h.bob)
	h.hidesTheLink(t, h.bob, there)
	if r := bob.ask(everything, object{"e": "greenroom", "p": "wandb-registry-model", "n": h.model + ":v0"}); len(r.errors()) > 0 || contains(r.body, linkedFile) || contains(r.body, "hush") {
		t.Errorf("bob is answered %s", r)
	}
	if r := used(); len(r.errors()) > 0 || contains(r.body, h.first.id) {
		t.Errorf("what bob's run has used is answered %s", r)
	}
	for _, at := range h.addresses(h.first, "the weights", linkedFile, "greenroom/wandb-registry-model/"+h.model) {
		if got := bob.send("GET", at, ""); got.status != http.StatusNotFound {
			t.Errorf("%s answers bob %s", at, got)
		}
	}
	p := bob.s.signInAs(h.bob)
	p.expect("404")
	for _, path := range []string{"/v0", "/v0/files", "/v0/archive", "/latest", "/v0/files/" + linkedFile} {
		if got := p.status(bob.s.url + "/greenroom/registry/model/" + h.model + path); got != http.StatusNotFound {
			t.Errorf("%s answers bob %d", path, got)
		}
	}
	p.open(bob.s.url + "/" + h.bob.name + "/mine/runs/user/artifacts")
	if text := p.text(); strings.Contains(text, "net.bin") || strings.Contains(text, "hush") {
		t.Errorf("bob's run tells of what it used:\n%s", text)
	}
	if got := h.as(t, h.ada).answer(`query($id: ID!) { artifact(id: $id) { digest } }`, object{"id": h.first.id}, "artifact", "digest"); got == nil {
		t.Error("the source went with the link")
	}
}
