package e2e

import (
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"sync"
	"testing"
)

// Several who write the same thing at the same moment: each gets what it asked for, nothing is lost, nothing is there twice.

// atOnce does something several times at the same moment.
func atOnce(n int, do func(i int)) {
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		all.Go(func() {
			<-start
			do(i)
		})
	}
	close(start)
	all.Wait()
}

// complete is an artifact that is all there and only waits to be committed.
func (w wire) complete(entity, project, run, name, text string) *draft {
	w.t.Helper()
	files := map[string]string{"net.bin": text}
	d := w.draftOf(entity, project, run, name, files)
	var stored any
	if edges, _ := w.answer(`mutation($in: CreateArtifactFilesInput!) { createArtifactFiles(input: $in) { files { edges { node { uploadUrl } } } } }`,
		object{"in": object{"storageLayout": "V2", "artifactFiles": []object{{"artifactID": d.id, "artifactManifestID": d.manifest, "name": "net.bin", "md5": base64MD5(text)}}}},
		"createArtifactFiles", "files", "edges").([]any); len(edges) == 1 {
		stored = edges[0].(object)["node"].(object)["uploadUrl"]
	}
	if at, _ := stored.(string); at != "" {
		if r := d.send("PUT", at, text); r.status != http.StatusOK {
			w.t.Fatal(r)
		}
	}
	if r := d.sendManifest(files); r.status != http.StatusOK {
		w.t.Fatal(r)
	}
	return d
}

// standing is a version as a collection lists it.
type standing struct {
	version string
	digest  string
	aliases []string
}

// standings are the versions of a collection, oldest first.
func (w wire) standings(entity, project, name string) (all []standing) {
	w.t.Helper()
	edges, _ := w.answer(`query($e: String, $p: String, $n: String!) { project(name: $p, entityName: $e) { artifactCollection(name: $n) { artifactMemberships(first: 1000) { edges { node { versionIndex aliases { alias } artifact { digest } } } } } } }`,
		object{"e": entity, "p": project, "n": name}, "project", "artifactCollection", "artifactMemberships", "edges").([]any)
	for _, e := range edges {
		node := e.(object)["node"].(object)
		s := standing{version: fmt.Sprintf("v%v", node["versionIndex"]), digest: node["artifact"].(object)["digest"].(string)}
		for _, a := range node["aliases"].([]any) {
			if alias := a.(object)["alias"].(string); alias != s.version {
				s.aliases = append(s.aliases, alias)
			}
		}
		slices.Sort(s.aliases)
		all = append(all, s)
	}
	slices.Reverse(all)
	return all
}

const rounds = 20

func TestTwoWritersOfOneVersion(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada := s.newPerson("ada")
	w := wire{t, s, ada.key}
	for _, run := range []string{"one", "two"} {
		if r := w.upsertRun(object{"modelName": "cats", "name": run}); len(r.errors()) > 0 {
			t.Fatal(r)
		}
	}

	t.Run("different content", func(t *testing.T) {
		var want []string
		for round := range rounds {
			texts := []string{fmt.Sprint("a", round), fmt.Sprint("b", round)}
			both := []*draft{w.complete(ada.name, "cats", "one", "net", texts[0]), w.complete(ada.name, "cats", "two", "net", texts[1])}
			atOnce(2, func(i int) {
				if r := both[i].commit(); r.status != http.StatusOK || len(r.errors()) > 0 {
					t.Errorf("round %d: writer %d is answered %s", round, i, r)
				}
			})
			want = append(want, hexDigest(map[string]string{"net.bin": texts[0]}), hexDigest(map[string]string{"net.bin": texts[1]}))
		}
		got := w.standings(ada.name, "cats", "net")
		if len(got) != 2*rounds {
			t.Fatalf("there are %d versions, want %d", len(got), 2*rounds)
		}
		for i, v := range got {
			if v.version != fmt.Sprint("v", i) || i+1 < len(got) && v.aliases != nil || i+1 == len(got) && !slices.Equal(v.aliases, []string{"latest"}) {
				t.Errorf("number %d is %s with %s", i, v.version, v.aliases)
			}
			if pair := want[i/2*2 : i/2*2+2]; !slices.Contains(pair, v.digest) || i%2 == 1 && got[i-1].digest == v.digest {
				t.Errorf("%s has not the content of its round", v.version)
			}
		}
	})

	t.Run("the same content", func(t *testing.T) {
		for round := range rounds {
			text := fmt.Sprint("same ", round)
			both := []*draft{w.complete(ada.name, "cats", "one", "twin", text), w.complete(ada.name, "cats", "two", "twin", text)}
			atOnce(2, func(i int) {
				if r := both[i].commit(); r.status != http.StatusOK || len(r.errors()) > 0 {
					t.Errorf("round %d: writer %d is answered %s", round, i, r)
				}
			})
			ids := map[any]bool{}
			for _, d := range both {
				ids[w.answer(`query($id: ID!) { artifact(id: $id) { id } }`, object{"id": d.id}, "artifact", "id")] = true
			}
			if len(ids) != 1 {
				t.Errorf("round %d: the two are %v, want one artifact", round, ids)
			}
		}
		if got := w.standings(ada.name, "cats", "twin"); len(got) != rounds || got[rounds-1].version != fmt.Sprint("v", rounds-1) || !slices.Equal(got[rounds-1].aliases, []string{"latest"}) {
			t.Errorf("there are %d versions, %v; want one a round", len(got), got)
		}
		for _, run := range []string{"one", "two"} {
			made, _ := w.answer(`query($e: String, $r: String!) { project(name: "cats", entityName: $e) { run(name: $r) { outputArtifacts(first: 1000) { edges { node { artifactSequence { name } } } } } } }`,
				object{"e": ada.name, "r": run}, "project", "run", "outputArtifacts", "edges").([]any)
			if len(made) != 2*rounds {
				t.Errorf("run %s has made %d versions, want %d", run, len(made), 2*rounds)
			}
		}
	})

	t.Run("links", func(t *testing.T) {
		sources := w.versionIDs(ada.name, "cats", "net")
		at := ada.name + "/model-registry/Net"
		link := func(id string, aliases ...string) reply { return w.link(&draft{id: id}, at, aliases...) }
		for round := range rounds {
			pair := sources[2*round : 2*round+2]
			atOnce(4, func(i int) { // each of the two twice
				if r := link(pair[i%2], "best", fmt.Sprint("round-", round, "-", i%2)); r.status != http.StatusOK || len(r.errors()) > 0 {
					t.Errorf("round %d: link %d is answered %s", round, i, r)
				}
			})
		}
		got, latest, best := w.standings(ada.name, "model-registry", "Net"), 0, 0
		for i, v := range got {
			if slices.Contains(v.aliases, "latest") {
				latest++
			}
			if slices.Contains(v.aliases, "best") {
				best++
			}
			if v.version != fmt.Sprint("v", i) || !slices.ContainsFunc(v.aliases, func(a string) bool {
				return a == fmt.Sprint("round-", i/2, "-0") || a == fmt.Sprint("round-", i/2, "-1")
			}) {
				t.Errorf("number %d is %s with %s", i, v.version, v.aliases)
			}
		}
		if len(got) != 2*rounds || latest != 1 || best != 1 || !slices.Contains(got[len(got)-1].aliases, "latest") {
			t.Errorf("%d links, latest on %d, best on %d; want %d, latest on the last and best on one", len(got), latest, best, 2*rounds)
		}
	})

	t.Run("aliases", func(t *testing.T) {
		sources := w.versionIDs(ada.name, "cats", "net")[:4]
		for round := range rounds {
			name := fmt.Sprint("champion-", round)
			atOnce(len(sources), func(i int) {
				r := w.ask(`mutation($in: AddAliasesInput!) { addAliases(input: $in) { success } }`, object{"in": object{"artifactID": sources[i], "aliases": []object{
					{"entityName": ada.name, "projectName": "cats", "artifactCollectionName": "net", "alias": name}}}})
				if r.status != http.StatusOK || len(r.errors()) > 0 {
					t.Errorf("round %d: alias %d is answered %s", round, i, r)
				}
			})
		}
		held := map[string]int{}
		for _, v := range w.standings(ada.name, "cats", "net") {
			for _, a := range v.aliases {
				held[a]++
			}
		}
		want := map[string]int{"latest": 1}
		for round := range rounds {
			want[fmt.Sprint("champion-", round)] = 1
		}
		if !reflect.DeepEqual(held, want) {
			t.Errorf("aliases stand %v times", held)
		}
	})
}

// versionIDs are the artifacts of a collection, oldest first.
func (w wire) versionIDs(entity, project, name string) (ids []string) {
	w.t.Helper()
	edges, _ := w.answer(`query($e: String, $p: String, $n: String!) { project(name: $p, entityName: $e) { artifactCollection(name: $n) { artifactMemberships(first: 1000) { edges { node { artifact { id } } } } } } }`,
		object{"e": entity, "p": project, "n": name}, "project", "artifactCollection", "artifactMemberships", "edges").([]any)
	for _, e := range edges {
		ids = append(ids, e.(object)["node"].(object)["artifact"].(object)["id"].(string))
	}
	slices.Reverse(ids)
	return ids
}

// Two scripts log the same name at the same moment, with the client: first each its own content, then both the same.
func TestTwoScriptsOfOneVersion(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada := s.newPerson("ada")
	const script = `
import os, pathlib
me = os.environ["ME"]
run = wandb.init(project="cats", id=me)
def log(text, alias):
    pathlib.Path("net.bin").write_text(text)
    art = wandb.Artifact("net", "model")
    art.add_file("net.bin")
    print("READY", alias, flush=True)
    input()
    art = run.log_artifact(art, aliases=["latest", alias]).wait()
    return [art.version, run.link_artifact(art, "model-registry/Net", [alias]).version, pathlib.Path(art.download(), "net.bin").read_text()]
own = log("of " + me, me)
same = log("of both", "both-" + me)
run.finish()
tell(own=own, same=same)
`
	var scripts []*running
	for _, me := range []string{"one", "two"} {
		scripts = append(scripts, deskOf(t, s, ada, newest, "ME="+me).run(preamble+script))
	}
	for _, prefix := range []string{"READY ", "READY both-"} {
		for i, r := range scripts {
			r.says(prefix + []string{"one", "two"}[i] + "\n")
		}
		for _, r := range scripts {
			r.goOn()
		}
	}
	var own, same []string
	for i, r := range scripts {
		got := tale[struct{ Own, Same []string }](r.told())
		own, same = append(own, got.Own[0]), append(same, got.Same[0])
		if want := "of " + []string{"one", "two"}[i]; got.Own[2] != want || got.Same[2] != "of both" {
			t.Errorf("script %d gets %q and %q, want %q and that of both", i, got.Own[2], got.Same[2], want)
		}
	}
	slices.Sort(own)
	if !slices.Equal(own, []string{"v0", "v1"}) || !slices.Equal(same, []string{"v2", "v2"}) {
		t.Errorf("the two logged %s, and then both %s; want v0 and v1, and v2 twice", own, same)
	}
	w := wire{t, s, ada.key}
	for _, place := range []string{"cats/net", "model-registry/Net"} {
		var versions []standing
		if place == "cats/net" {
			versions = w.standings(ada.name, "cats", "net")
		} else {
			versions = w.standings(ada.name, "model-registry", "Net")
		}
		if len(versions) != 3 || !slices.Equal(versions[2].aliases, []string{"both-one", "both-two", "latest"}) || len(versions[0].aliases)+len(versions[1].aliases) != 2 {
			t.Errorf("%s holds %v", place, versions)
		}
	}
}
