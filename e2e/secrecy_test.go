package e2e

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
)

// What somebody may not see is answered like what is not there.

// Names are of things that are there, or of things that are not.
type names struct{ team, project, run, org, model, artifact, next, collection string }

func (h *hall) names(t *testing.T) names {
	w := h.as(t, h.ada)
	id, _ := w.answer(`query($e: String!, $p: String!) { project(name: $p, entityName: $e) { artifactCollection(name: "net") { id } } }`,
		object{"e": h.team, "p": hushProject}, "project", "artifactCollection", "id").(string)
	return names{h.team, hushProject, hushRun, "greenroom", h.model, h.first.id, h.next.id, id}
}

func missing() names {
	id := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	return names{"no-team", "no-project", "no-run", "no-org", "No-model", id("Artifact:99999990"), id("Artifact:99999991"), id("ArtifactCollection:99999992")}
}

// normal is an answer with the names that were asked for left out.
func (n names) normal(r reply) string {
	v := reflect.ValueOf(n)
	for i := range v.NumField() {
		r.body = strings.ReplaceAll(r.body, v.Field(i).String(), "_")
	}
	return fmt.Sprint(r.status, " ", r.body)
}

// alike demands that every question about what is there is answered like the same about what is not.
func alike(t *testing.T, w wire, there names, questions map[string]func(names) reply) {
	t.Helper()
	for what, ask := range questions {
		is, want := there.normal(ask(there)), missing().normal(ask(missing()))
		if is != want {
			t.Errorf("%s: what is there answers\n\t%s\nand what is not\n\t%s", what, is, want)
		}
		if strings.HasPrefix(is, "5") || strings.HasPrefix(is, "429") || strings.HasPrefix(is, "422") {
			t.Errorf("%s is answered %s, which clients repeat", what, is)
		}
	}
}

// hidesTheSource demands that somebody finds nothing of the source.
func (h *hall) hidesTheSource(t *testing.T, who person) {
	t.Helper()
	w := h.as(t, who)
	query := func(q string, variables func(names) object) func(names) reply {
		return func(n names) reply { return w.ask(q, variables(n)) }
	}
	at := func(n names) object { return object{"e": n.team, "p": n.project} }
	questions := map[string]func(names) reply{
		"the project":    query(`query($e: String, $p: String) { project(name: $p, entityName: $e) { id name } }`, at),
		"the team":       query(`query($e: String, $p: String) { entity(name: $e) { id members { name } } models(entityName: $p) { edges { node { name } } } }`, at),
		"its runs":       query(`query($e: String, $p: String) { project(name: $p, entityName: $e) { runCount runs { edges { node { name } } } } }`, at),
		"its source":     query(`query($e: String, $p: String) { project(name: $p, entityName: $e) { artifactCollection(name: "net") { id } artifact(name: "net:v0") { id } } }`, at),
		"the other":      query(`query($id: ID!) { artifact(id: $id) { id } node(id: $id) { id } }`, func(n names) object { return object{"id": n.next} }),
		"the collection": query(`query($id: ID!) { artifactCollection(id: $id) { id } node(id: $id) { id } }`, func(n names) object { return object{"id": n.collection} }),
		"a run there": query(`mutation($in: UpsertBucketInput!) { upsertBucket(input: $in) { bucket { id } } }`, func(n names) object {
			return object{"in": object{"entityName": n.team, "modelName": n.project, "name": n.run}}
		}),
		"the other's use": query(`mutation($in: UseArtifactInput!) { useArtifact(input: $in) { artifact { id } } }`, func(n names) object {
			return object{"in": object{"artifactID": n.next, "entityName": who.name, "projectName": "mine", "runName": "user"}}
		}),
		"the other's link": query(`mutation($in: LinkArtifactInput!) { linkArtifact(input: $in) { versionIndex } }`,
			func(n names) object {
				return object{"in": object{"artifactID": n.next, "entityName": who.name, "projectName": "model-registry", "artifactPortfolioName": "Loot"}}
			}),
		"a link there": query(`mutation($in: LinkArtifactInput!) { linkArtifact(input: $in) { versionIndex } }`,
			func(n names) object {
				return object{"in": object{"artifactID": n.next, "entityName": n.team, "projectName": n.project, "artifactPortfolioName": "Loot"}}
			}),
		"the other's deletion": query(`mutation($in: DeleteArtifactInput!) { deleteArtifact(input: $in) { artifact { id } } }`, func(n names) object { return object{"in": object{"artifactID": n.next, "deleteAliases": true}} }),
		"the other's edit":     query(`mutation($in: UpdateArtifactInput!) { updateArtifact(input: $in) { artifact { id } } }`, func(n names) object { return object{"in": object{"artifactID": n.next, "description": "mine"}} }),
		"its lines":            func(n names) reply { return w.stream(n.team, n.project, n.run, `{}`) },
	}
	for i := range 3 {
		questions[fmt.Sprintf("the source's file %d", i)] = func(n names) reply {
			return w.send("GET", h.addresses(&draft{id: n.next}, "hush weights", "hush.bin", n.team+"/"+n.project+"/net")[i], "")
		}
		questions[fmt.Sprintf("the other's file %d through the registry", i)] = func(n names) reply {
			return w.send("GET", h.addresses(&draft{id: n.next}, "hush weights", "hush.bin", "greenroom/wandb-registry-model/"+h.model)[i], "")
		}
	}
	if r := w.upsertRun(object{"entityName": who.name, "modelName": "mine", "name": "user"}); len(r.errors()) > 0 {
		t.Fatal(r)
	}
	alike(t, w, h.names(t), questions)
}

// hidesTheLink demands that somebody finds nothing of what is linked either.
func (h *hall) hidesTheLink(t *testing.T, who person, there names) {
	t.Helper()
	w := h.as(t, who)
	query := func(q string, variables func(names) object) func(names) reply {
		return func(n names) reply { return w.ask(q, variables(n)) }
	}
	version := func(n names) object { return object{"e": n.org, "p": "wandb-registry-model", "n": n.model + ":v0"} }
	artifact := func(n names) object { return object{"id": n.artifact} }
	questions := map[string]func(names) reply{
		"the version":  query(everything, version),
		"the artifact": query(`query($id: ID!) { artifact(id: $id) { id digest } node(id: $id) { id } }`, artifact),
		"its use":      query(`mutation($id: ID!, $e: String!) { useArtifact(input: {artifactID: $id, entityName: $e, projectName: "mine", runName: "user"}) { artifact { id } } }`, func(n names) object { return object{"id": n.artifact, "e": who.name} }),
		"its alias": query(`mutation($id: ID!, $e: String!, $n: String!) { addAliases(input: {artifactID: $id, aliases: [{entityName: $e, projectName: "wandb-registry-model", artifactCollectionName: $n, alias: "mine"}]}) { success } }`,
			func(n names) object { return object{"id": n.artifact, "e": n.org, "n": n.model} }),
		"its edit": query(`mutation($id: ID!) { updateArtifact(input: {artifactID: $id}) { artifact { id } } }`, artifact),
		"its link": query(`mutation($id: ID!, $e: String!) { linkArtifact(input: {artifactID: $id, entityName: $e, projectName: "model-registry", artifactPortfolioName: "Loot"}) { versionIndex } }`,
			func(n names) object { return object{"id": n.artifact, "e": who.name} }),
	}
	for i := range 3 {
		questions[fmt.Sprintf("its file %d", i)] = func(n names) reply {
			return w.send("GET", h.addresses(&draft{id: n.artifact}, "the weights", linkedFile, n.org+"/wandb-registry-model/"+n.model)[i], "")
		}
	}
	alike(t, w, there, questions)
}

// sharedPages are those of what is linked.
var sharedPages = []string{"", "/v0", "/latest", "/v0/metrics", "/v0/metadata", "/v0/files", "/v0/usage", "/v0/history", "/v0/archive", "?tab=use", "/v0/files/" + linkedFile}

// showStrangersNothing: who is in no organization, or in another, is answered as if nothing were there.
func (h *hall) showStrangersNothing(t *testing.T) {
	for _, who := range []person{h.eve, h.olga} {
		w := h.as(t, who)
		h.hidesTheSource(t, who)
		h.hidesTheLink(t, who, h.names(t))
		p := w.s.signInAs(who)
		p.expect("404")
		missing := p.answer(w.s.url + "/no-org/registry/model/Birds/v0")
		for _, path := range sharedPages {
			if got := p.answer(w.s.url + "/greenroom/registry/model/" + h.model + path); got != missing {
				t.Errorf("%s answers %s %.300s\nand a page that is not there %.300s", path, who.name, got, missing)
			}
		}
	}
	if r := h.as(t, person{}).ask(everything, object{"e": "greenroom", "p": "wandb-registry-model", "n": h.model + ":v0"}); r.status != http.StatusUnauthorized {
		t.Errorf("nobody is answered %s", r)
	}
}
