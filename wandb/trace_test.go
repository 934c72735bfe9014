package wandb

import (
	"crypto/md5"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
)

func md5Base64(s string) string {
	sum := md5.Sum([]byte(s))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// TestFirstScript replays what the SDK sends for the script of every
// introduction: init, log, link_model, finish; then uses the model.
func TestFirstScript(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	viewer := c.data(t, "bob", "Viewer", nil, "viewer")
	if viewer.Get("entity").Str != "vision" || viewer.Get("username").Str != "bob" || viewer.Get("flags").Str != "{}" || viewer.Get("teams.edges.#").Int() != 2 {
		t.Errorf("Viewer = %s", viewer)
	}
	if features := c.data(t, "bob", "ServerFeaturesQuery", nil, "serverInfo.features"); features.Get("#").Int() < 10 {
		t.Errorf("features = %s", features)
	}
	bucket := c.data(t, "bob", "UpsertBucket", vars{
		"name": "z7eqws1c", "project": "models_quickstart", "entity": nil, "groupName": nil, "notes": nil, "tags": nil,
		"config": `{"_wandb":{"value":{"t":{"1":[1]}}},"lr":{"value":NaN}}`,
	}, "upsertBucket")
	if !bucket.Get("inserted").Bool() || bucket.Get("bucket.project.entity.name").Str != "vision" || bucket.Get("bucket.displayName").Str == "" {
		t.Errorf("UpsertBucket = %s", bucket)
	}
	if id := c.data(t, "bob", "OrganizationCoreWeaveOrganizationID", vars{"entityName": "vision"}, "entity.organization.coreWeaveOrganizationId"); id.Str != "" {
		t.Errorf("an ID of another company: %s", id)
	}
	if status, answer := c.post(t, "bob", "/files/vision/models_quickstart/z7eqws1c/file_stream",
		`{"files":{"wandb-history.jsonl":{"offset":0,"content":["{\"_step\":0,\"acc\":0.9}"]}}}`); status != http.StatusOK {
		t.Fatalf("file_stream: %d %s", status, answer.Raw)
	}
	place := vars{"entity": "vision", "project": "models_quickstart"}
	for _, name := range []string{"None:latest", "run-z7eqws1c-my_model.h5:latest", "a/b", "..", ""} {
		if got := c.data(t, "bob", "ArtifactMembershipByName", with(place, "name", name), "project.artifactCollectionMembership"); got.Raw != "null" {
			t.Errorf("%s is there: %s", name, got)
		}
	}
	if got := c.data(t, "bob", "ArtifactType", with(place, "name", "run-z7eqws1c-my_model.h5:latest"), "project.artifact"); got.Raw != "null" {
		t.Errorf("there is an artifact before the first: %s", got)
	}

	artifact := c.logModel(t, "bob", "models_quickstart", "z7eqws1c", "run-z7eqws1c-my_model.h5", "Model: 0.5")
	if again := c.logModel(t, "bob", "models_quickstart", "z7eqws1c", "run-z7eqws1c-my_model.h5", "Model: 0.5"); again != artifact {
		t.Errorf("the same content again is %s, not %s", again, artifact)
	}
	logged := c.data(t, "bob", "ArtifactByID", vars{"id": artifact}, "artifact")
	if got := names(logged.Get("aliases.#.alias").Array()); got != "v0 latest" {
		t.Errorf("aliases %s", got)
	}
	link := vars{"input": vars{
		"artifactID": artifact, "artifactPortfolioName": "MNIST", "entityName": "vision", "projectName": "model-registry", "aliases": []vars{},
		"clientID": nil, "clientMutationId": nil,
	}}
	for range 2 {
		m := c.data(t, "bob", "public LinkArtifact", link, "result.artifactMembership")
		if m.Get("versionIndex").Int() != 0 || m.Get("artifactCollection.name").Str != "MNIST" || m.Get("artifactCollection.__typename").Str != "ArtifactPortfolio" {
			t.Errorf("LinkArtifact = %s", m)
		}
	}
	files := c.data(t, "bob", "CreateRunFiles", with(place, "run", "z7eqws1c", "files", []string{"config.yaml", "output.log"}), "createRunFiles.files")
	for i, name := range []string{"config.yaml", "output.log"} {
		if files.Get("#").Int() != 2 || files.Get("0.name").Str == "" {
			t.Fatalf("CreateRunFiles = %s", files)
		}
		c.put(t, files.Array()[i], "content of "+name)
	}
	if status, _ := c.post(t, "bob", "/files/vision/models_quickstart/z7eqws1c/file_stream", `{"complete":true,"exitcode":0}`); status != http.StatusOK {
		t.Errorf("the end: %d", status)
	}

	run := c.data(t, "vera", `query($p:String!){project(name:$p,entityName:"vision"){run(name:"z7eqws1c"){state historyLineCount fileCount config user{username}}}}`,
		vars{"p": "models_quickstart"}, "project.run")
	if run.Get("state").Str != "finished" || run.Get("historyLineCount").Int() != 1 || run.Get("fileCount").Int() != 2 || run.Get("user.username").Str != "bob" {
		t.Errorf("the run is %s", run)
	}
	saved := c.data(t, "vera", `{project(name:"models_quickstart"){run(name:"z7eqws1c"){files(names:["./config.yaml"]){totalCount edges{node{directUrl}}}}}}`, nil, "project.run.files")
	if saved.Get("totalCount").Int() != 1 || c.get(t, saved.Get("edges.0.node.directUrl").Str) != "content of config.yaml" {
		t.Errorf("the run's file is %s", saved)
	}
	c.useModel(t)
}

// useModel replays use_model of the linked version by its three sorts of name.
func (c *client) useModel(t *testing.T) {
	t.Helper()
	registryPlace := vars{"entity": "vision", "project": "model-registry"}
	for _, alias := range []string{"latest", "v0"} {
		m := c.data(t, "vera", "ArtifactMembershipByName", with(registryPlace, "name", "MNIST:"+alias), "project.artifactCollectionMembership")
		id := m.Get("artifact.id").Str
		if id == "" {
			t.Fatalf("MNIST:%s is not there: %s", alias, m)
		}
		manifest := c.get(t, c.data(t, "vera", "FetchArtifactManifest", vars{"id": id}, "artifact.currentManifest.file.directUrl").Str)
		if !strings.Contains(manifest, md5Base64("Model: 0.5")) {
			t.Errorf("the manifest is %s", manifest)
		}
		urls := c.data(t, "vera", "GetArtifactMembershipFileUrls", with(registryPlace, "collection", "MNIST", "alias", "v0", "perPage", 5000),
			"project.artifactCollection.artifactMembership.files.edges")
		if got := c.get(t, urls.Get("0.node.directUrl").Str); got != "Model: 0.5" {
			t.Errorf("downloaded %q", got)
		}
	}
	input := vars{"entityName": "vision", "projectName": "models_quickstart", "runName": "z7eqws1c", "usedAs": nil}
	input["artifactID"] = c.logModel(t, "bob", "models_quickstart", "z7eqws1c", "other", "other model")
	c.data(t, "bob", "UpsertBucket", vars{"name": "user", "project": "models_quickstart"}, "upsertBucket")
	input["runName"] = "user"
	c.data(t, "bob", "UseArtifact", vars{"input": input}, "useArtifact.artifact.id")
	if used := c.data(t, "bob", "ArtifactUsedBy", vars{"id": input["artifactID"]}, "artifact.usedBy.edges.#.node.name"); names(used.Array()) != "user" {
		t.Errorf("used by %s", used)
	}
}

func with(base vars, pairs ...any) vars {
	all := vars{}
	for k, v := range base {
		all[k] = v
	}
	for i := 0; i < len(pairs); i += 2 {
		all[pairs[i].(string)] = pairs[i+1]
	}
	return all
}
