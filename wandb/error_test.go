package wandb

import (
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"greenroom/registry"
)

func names(list []gjson.Result) string {
	var all []string
	for _, n := range list {
		all = append(all, n.String())
	}
	return strings.Join(all, " ")
}

// TestStatuses holds the door to its table: what will not heal is never answered
// with a status that clients repeat.
func TestStatuses(t *testing.T) {
	t.Parallel()
	want := map[registry.Kind]int{
		registry.Invalid: 200, registry.Denied: 200, registry.NotFound: 200, registry.Conflict: 200, registry.Gone: 200,
		registry.Unsupported: 200, registry.Unauthenticated: 401, registry.Busy: 503, registry.Limited: 429, registry.Internal: 500,
	}
	for kind, status := range statuses {
		if got := graphqlStatus(kind); got != want[kind] {
			t.Errorf("%s is a %d, want %d", kind, got, want[kind])
		}
		heals := kind == registry.Busy || kind == registry.Limited || kind == registry.Internal
		if !heals && (status == 422 || status == 429 || status >= 500) {
			t.Errorf("%s is a %d outside GraphQL, which clients repeat", kind, status)
		}
	}
	if len(want) != len(statuses) {
		t.Errorf("%d kinds, %d statuses", len(want), len(statuses))
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	for _, key := range []string{"", "nobody", strings.Repeat("0", 40)} {
		status, answer := c.post(t, key, "/graphql", `{"query":"{ viewer { id } }"}`)
		if status != http.StatusUnauthorized || !strings.HasSuffix(answer.Get("errors.0.message").Str, ".") {
			t.Errorf("key %q: %d %s", key, status, answer.Raw)
		}
	}
	keys, err := c.d.Keys(t.Context(), c.h.Bob)
	if err != nil {
		t.Fatal(err)
	}
	if got := c.data(t, "bob", "{ viewer { username } }", nil, "viewer.username").Str; got != "bob" {
		t.Errorf("bob is %q", got)
	}
	if err := c.d.RevokeKey(t.Context(), c.h.Bob, keys[0].ID); err != nil {
		t.Fatal(err)
	}
	if status, _ := c.ask(t, "bob", "{ viewer { id } }", nil); status != http.StatusUnauthorized {
		t.Errorf("a revoked key: %d", status)
	}
}

// TestMistakes holds every mistake to a 200 and a sentence, and to leaving
// nothing behind.
func TestMistakes(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	c.data(t, "bob", "UpsertBucket", vars{"name": "r", "project": "p"}, "upsertBucket")
	artifact := c.logModel(t, "bob", "p", "r", "m", "content")
	link := func(name, entity, project string, aliases ...string) vars {
		list := []vars{}
		for _, a := range aliases {
			list = append(list, vars{"artifactCollectionName": name, "alias": a})
		}
		return vars{"input": vars{"artifactID": artifact, "artifactPortfolioName": name, "entityName": entity, "projectName": project, "aliases": list}}
	}
	type mistake struct {
		who, document string
		variables     vars
		says          string
	}
	mistakes := []mistake{
		{"bob", "{ nothing }", nil, `Cannot query field "nothing" on type "Query".`},
		{"bob", "{ serverInfo { nothing } }", nil, `Cannot query field "nothing" on type "ServerInfo".`},
		{"bob", "mutation { upsertSweep(input:{}) { sweep { id } } }", nil, "Greenroom does not support sweeps yet."},
		{"bob", "{ viewer { id }", nil, "syntax error"},
		{"bob", "mutation { deleteTrigger(input:{triggerID:\"x\"}) { success } }", nil, "Greenroom does not support automations yet."},
		{"vera", "UpsertBucket", vars{"name": "v", "project": "p"}, "Your role here does not let you"},
		{"eve", "UpsertBucket", vars{"name": "v", "project": "p", "entity": "vision"}, "There is nobody and no team called vision that you may log runs for."},
		{"eve", "UpsertBucket", vars{"name": "v", "project": "p", "entity": "nobody"}, "There is nobody and no team called nobody that you may log runs for."},
		{"bob", "UpsertBucket", vars{"name": "v", "project": "model-registry"}, "is the name of a registry"},
		{"bob", "UpsertBucket", vars{"name": "v", "project": "wandb-registry-model"}, "is the name of a registry"},
		{"bob", "UpsertBucket", vars{"name": "v", "project": "p", "config": "no"}, "is not a JSON object"},
		{"bob", "UpsertBucket", vars{"name": "v\x00", "project": "p"}, "control character"},
		{"bob", "UpsertBucket", vars{"id": "UnVuOjk5OTk="}, "There is nothing"},
		{"bob", "UpsertBucket", vars{"id": "not base64"}, "There is nothing with this ID"},
		{"bob", "public LinkArtifact", link("m", "vision", "p"), "is an artifact here"},
		{"bob", "public LinkArtifact", link("None", "vision", "model-registry"), "Nothing can be called None"},
		{"bob", "public LinkArtifact", link("M", "vision", "model-registry", "good", "v7"), "kept for version numbers"},
		{"bob", "public LinkArtifact", link("M", "acme", "wandb-registry-dataset"), "takes artifacts of type dataset"},
		{"bob", "public LinkArtifact", link("M", "acme", "wandb-registry-nowhere"), "There is no registry"},
		{"eve", "public LinkArtifact", link("M", "", "model-registry"), "There is no such version to link, or you may not see it."},
		{"vera", "public LinkArtifact", link("M", "vision", "model-registry"), "Your role here does not let you"},
	}
	for _, name := range []string{"a/b", "a:b", "..", " ", "a#b", strings.Repeat("a", 200), "a\nb"} {
		mistakes = append(mistakes,
			mistake{"bob", "UpsertBucket", vars{"name": "v", "project": name}, "The name of the project"},
			mistake{"bob", "UpsertBucket", vars{"name": name, "project": "p"}, "The name of the run"},
			mistake{"bob", "public LinkArtifact", link(name, "vision", "model-registry"), "The name of the artifact or model"},
			mistake{"bob", "CreateArtifact", vars{"input": vars{
				"entityName": "vision", "projectName": "p", "artifactTypeName": "model", "artifactCollectionName": name,
				"digest": strings.Repeat("0", 32), "digestAlgorithm": "MANIFEST_MD5",
			}}, "The name of the artifact or model"},
		)
	}
	for _, m := range mistakes {
		status, answer := c.ask(t, m.who, m.document, m.variables)
		message := answer.Get("errors.0.message").Str
		if status != http.StatusOK || !strings.Contains(message, m.says) {
			t.Errorf("%s %s %v: %d %s, want %q", m.who, m.document, m.variables, status, answer.Raw, m.says)
		}
	}
	left := c.data(t, "bob", `{ models { edges { node { name runs { totalCount } artifactCollections { totalCount } } } } entity(name:"vision") { project(name:"model-registry") { artifactCollections { totalCount } } } }`, nil, "@this")
	if got := left.Get("models.edges.#").Int(); got != 1 {
		t.Errorf("mistakes left projects behind: %s", left)
	}
	if left.Get("models.edges.0.node.runs.totalCount").Int() != 1 || left.Get("models.edges.0.node.artifactCollections.totalCount").Int() != 1 ||
		left.Get("entity.project.artifactCollections.totalCount").Int() != 0 {
		t.Errorf("mistakes left something behind: %s", left)
	}
}

func TestWhatIsNotThere(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	c.data(t, "bob", "UpsertBucket", vars{"name": "r", "project": "p"}, "upsertBucket")
	artifact := c.logModel(t, "bob", "p", "r", "m", "content")
	for _, tc := range []struct{ who, document, path string }{
		{"eve", `{project(name:"p",entityName:"vision"){id}}`, "project"},
		{"eve", `{project(name:"p",entityName:"vision"){artifact(name:"m:v0"){id}}}`, "project.artifact"},
		{"eve", `{project(name:"p",entityName:"vision"){artifact(name:"m:v0"){id} id}}`, "project"},
		{"eve", `{project(name:"p",entityName:"vision"){__typename}}`, "project"},
		{"eve", `{model(name:"p",entityName:"vision"){id bucket(name:"r",missingOk:true){id}}}`, "model"},
		{"eve", `{models(entityName:"nobody"){edges{node{id}}}}`, "models"},
		{"eve", `{entity(name:"vision"){id}}`, "entity"},
		{"eve", `{organization(name:"acme"){id}}`, "organization"},
		{"eve", `{artifact(id:"` + artifact + `"){id}}`, "artifact"},
		{"bob", `{artifact(id:"x"){id}}`, "artifact"},
		{"bob", `{artifactCollection(id:"QXJ0aWZhY3RDb2xsZWN0aW9uOjk5"){id}}`, "artifactCollection"},
		{"bob", `{clientIDMapping(clientID:"x"){serverID}}`, "clientIDMapping"},
		{"bob", `{node(id:"UnVuOjk5"){id}}`, "node"},
		{"bob", `{project(name:"q"){id}}`, "project"},
		{"bob", `{project(name:"p"){run(name:""){id}}}`, "project.run"},
		{"bob", `{project(name:"p"){run(name:"x"){id}}}`, "project.run"},
		{"bob", `{project(name:"p"){artifactType(name:"x"){id}}}`, "project.artifactType"},
		{"bob", `{project(name:"p"){artifactType(name:"dataset"){artifactCollection(name:"m"){id}}}}`, "project.artifactType"},
		{"bob", `{project(name:"p"){artifactCollection(name:"x"){id}}}`, "project.artifactCollection"},
		{"bob", `{project(name:"p"){artifact(name:"m:nope"){id}}}`, "project.artifact"},
		{"bob", `{entity(name:"acme"){project(name:"wandb-registry-x"){id}}}`, "entity.project"},
	} {
		if got := c.data(t, tc.who, tc.document, nil, tc.path); got.Raw != "null" {
			t.Errorf("%s sees %s: %s", tc.who, tc.document, got)
		}
	}
}

func TestDeletedRun(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	id := c.data(t, "bob", "UpsertBucket", vars{"name": "r", "project": "p"}, "upsertBucket.bucket.id").Str
	const remove = `mutation($id: ID!) { deleteRun(input: {id: $id}) { clientMutationId } }`
	for range 2 {
		c.data(t, "bob", remove, vars{"id": id, "deleteArtifacts": false}, "deleteRun")
	}
	status, answer := c.ask(t, "bob", "UpsertBucket", vars{"name": "r", "project": "p"})
	if status != http.StatusGone || !strings.Contains(answer.Get("errors.0.message").Str, "was deleted") {
		t.Errorf("%d %s", status, answer.Raw)
	}
}

// A failure of ours is logged once, and shown as a reference into the log.
func TestInternalErrors(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	var log strings.Builder
	d := &door{Deps: Deps{Log: slog.New(slog.NewTextHandler(&log, nil))}}
	shown := d.known(t.Context(), errors.New("db: secret detail"))
	reference := shown.Message[len(shown.Message)-9 : len(shown.Message)-1]
	if shown.Kind != registry.Internal || strings.Contains(shown.Message, "secret") || strings.Count(log.String(), reference) != 1 {
		t.Errorf("shown %q, logged %q", shown.Message, log.String())
	}
	made := panics{d}.MakePanicError(t.Context(), "no such luck")
	if made.ResolverError == nil {
		t.Error("a panic is no error of ours")
	}

	// A variable of ten million characters is no reason to fail.
	long := strings.Repeat("x", 10_000_000)
	got := c.data(t, "bob", `query($d: String){project(entityName:"nobody",name:"x"){run(name:"",desc:$d){name}}}`, vars{"d": long}, "project")
	if got.Raw != "null" {
		t.Errorf("project = %s", got)
	}
	for _, body := range []string{"", "{", "[]", `{"query":""}`, `{"query":1}`} {
		if status, answer := c.post(t, "bob", "/graphql", body); status != http.StatusBadRequest {
			t.Errorf("%q: %d %s", body, status, answer.Raw)
		}
	}
}

func TestNumbersKeepTheirDigits(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	c.data(t, "bob", "UpsertBucket", vars{"name": "r", "project": "p"}, "upsertBucket")
	input := vars{
		"entityName": "vision", "projectName": "p", "artifactTypeName": "model", "artifactCollectionName": "m", "runName": "r",
		"digest": strings.Repeat("0", 32), "digestAlgorithm": "MANIFEST_MD5", "historyStep": int64(1<<53 + 1),
		"aFieldOfTheFuture": nil,
	}
	step := c.data(t, "bob", `mutation($input: CreateArtifactInput!){createArtifact(input:$input){artifact{historyStep}}}`, vars{"input": input}, "createArtifact.artifact.historyStep")
	if step.Raw != "9007199254740993" {
		t.Errorf("historyStep = %s", step.Raw)
	}
}
