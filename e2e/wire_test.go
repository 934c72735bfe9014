package e2e

import (
	"bytes"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// A wire speaks the client's protocol by hand, to say what no client says.
type wire struct {
	t   *testing.T
	s   *server
	key string
}

// reply is what came back.
type reply struct {
	status int
	body   string
}

func (r reply) String() string { return fmt.Sprintf("%d %.500s", r.status, r.body) }

// errors are the messages for the person at the terminal.
func (r reply) errors() []string {
	var body struct {
		Errors []struct{ Message string }
		Error  string
	}
	_ = json.Unmarshal([]byte(r.body), &body)
	var messages []string
	for _, e := range body.Errors {
		messages = append(messages, e.Message)
	}
	if body.Error != "" {
		messages = append(messages, body.Error)
	}
	return messages
}

// refused demands a status that no client repeats, no server error, and one message that is a sentence and holds all of
// words. Sentences say what to do; they never tell of the machinery behind.
func (r reply) refused(t *testing.T, words ...string) {
	t.Helper()
	switch r.status {
	case http.StatusOK, http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusGone:
	default:
		t.Errorf("answered %d, which clients repeat: %s", r.status, r.body)
	}
	messages := r.errors()
	if len(messages) != 1 {
		t.Errorf("answered %d with %d errors, want one: %s", r.status, len(messages), r.body)
		return
	}
	m := messages[0]
	if !contains(m, words...) {
		t.Errorf("answered %q, without %q", m, words)
	}
	for _, leak := range []string{"pq:", "db:", "sql", "panic", "goroutine", "runtime error", "Something went wrong"} {
		if strings.Contains(m, leak) {
			t.Errorf("answered %q, which tells of what is behind (%s)", m, leak)
		}
	}
}

// send makes a request with the key, if there is one.
func (w wire) send(method, path, body string) reply {
	w.t.Helper()
	if !strings.HasPrefix(path, "http") {
		path = w.s.url + path
	}
	r, err := http.NewRequestWithContext(w.t.Context(), method, path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	if w.key != "" && !strings.Contains(path, "/-/") {
		r.SetBasicAuth("api", w.key)
	}
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return reply{answer.StatusCode, string(text)}
}

type object = map[string]any

// ask sends a GraphQL document.
func (w wire) ask(query string, variables object) reply {
	w.t.Helper()
	b, err := json.Marshal(object{"query": query, "variables": variables})
	if err != nil {
		w.t.Fatal(err)
	}
	return w.send("POST", "/graphql", string(b))
}

// answer is ask where there has to be an answer: what stands at path in the data, nil where something is null on the way.
func (w wire) answer(query string, variables object, path ...string) any {
	w.t.Helper()
	r := w.ask(query, variables)
	var body struct{ Data any }
	if err := json.Unmarshal([]byte(r.body), &body); err != nil || r.status != http.StatusOK || len(r.errors()) > 0 {
		w.t.Fatalf("%s %v answers %s", query, variables, r)
	}
	v := body.Data
	for _, name := range path {
		o, ok := v.(object)
		if !ok {
			return nil
		}
		v = o[name]
	}
	return v
}

// upsertRun makes a run, or does what else the input says to one.
func (w wire) upsertRun(input object) reply {
	w.t.Helper()
	return w.ask(`mutation($in: UpsertBucketInput!) { upsertBucket(input: $in) { inserted bucket { id name project { name entity { name } } } } }`, object{"in": input})
}

// stream sends lines of a run.
func (w wire) stream(entity, project, run, body string) reply {
	w.t.Helper()
	return w.send("POST", "/files/"+entity+"/"+project+"/"+run+"/file_stream", body)
}

// history is what a run has logged, as raw lines, and nil for a run that is not there.
func (w wire) history(entity, project, run string) []any {
	w.t.Helper()
	lines, _ := w.answer(`query($e: String, $p: String, $r: String!) { project(name: $p, entityName: $e) { run(name: $r) { history(samples: 1000) } } }`,
		object{"e": entity, "p": project, "r": run}, "project", "run", "history").([]any)
	return lines
}

// A draft is an artifact on its way in.
type draft struct {
	wire
	entity, project, name string
	id, manifest          string
}

// draft begins an artifact with the digest that its files will have.
func (w wire) draft(entity, project, name string, files map[string]string) *draft {
	w.t.Helper()
	return w.draftOf(entity, project, "", name, files)
}

func (w wire) draftOf(entity, project, run, name string, files map[string]string) *draft {
	w.t.Helper()
	d := &draft{wire: w, entity: entity, project: project, name: name}
	in := object{"entityName": entity, "projectName": project, "artifactTypeName": "model", "artifactCollectionName": name,
		"digest": hexDigest(files), "digestAlgorithm": "MANIFEST_MD5", "enableDigestDeduplication": true}
	if run != "" {
		in["runName"] = run
	}
	r := w.createArtifact(in)
	var body struct {
		Data struct {
			CreateArtifact struct{ Artifact struct{ ID, State string } }
		}
	}
	_ = json.Unmarshal([]byte(r.body), &body)
	if d.id = body.Data.CreateArtifact.Artifact.ID; d.id == "" || body.Data.CreateArtifact.Artifact.State != "PENDING" {
		w.t.Fatalf("createArtifact answers %s", r)
	}
	d.manifest, _ = d.announce("", false)["id"].(string)
	return d
}

func (w wire) createArtifact(input object) reply {
	w.t.Helper()
	return w.ask(`mutation($in: CreateArtifactInput!) { createArtifact(input: $in) { artifact { id state } } }`, object{"in": input})
}

// announce announces the manifest; with its digest also where it goes.
func (d *draft) announce(digest string, upload bool) object {
	d.t.Helper()
	m, _ := d.answer(`mutation($in: CreateArtifactManifestInput!, $up: Boolean!) {
		createArtifactManifest(input: $in) { artifactManifest { id file { id uploadUrl @include(if: $up) uploadHeaders @include(if: $up) } } } }`,
		object{"up": upload, "in": object{"artifactID": d.id, "name": "wandb_manifest.json", "digest": digest, "entityName": d.entity, "projectName": d.project, "runName": "by-hand", "type": "FULL"}},
		"createArtifactManifest", "artifactManifest").(object)
	return m
}

// reserve asks where a file goes that has the MD5 of text.
func (d *draft) reserve(name, text string) reply {
	d.t.Helper()
	return d.ask(`mutation($in: CreateArtifactFilesInput!) { createArtifactFiles(input: $in) { files { edges { node { name uploadUrl uploadHeaders } } } } }`,
		object{"in": object{"storageLayout": "V2", "artifactFiles": []object{{"artifactID": d.id, "artifactManifestID": d.manifest, "name": name, "md5": base64MD5(text)}}}})
}

// address is where reserve says that the file goes.
func (d *draft) address(name, text string) string {
	d.t.Helper()
	r := d.reserve(name, text)
	var body struct {
		Data struct {
			CreateArtifactFiles struct {
				Files struct {
					Edges []struct{ Node struct{ UploadURL string } }
				}
			}
		}
	}
	_ = json.Unmarshal([]byte(r.body), &body)
	edges := body.Data.CreateArtifactFiles.Files.Edges
	if len(edges) != 1 || edges[0].Node.UploadURL == "" {
		d.t.Fatalf("createArtifactFiles answers %s", r)
	}
	return edges[0].Node.UploadURL
}

// sendManifest uploads a manifest that names the files.
func (d *draft) sendManifest(files map[string]string) reply {
	d.t.Helper()
	contents := object{}
	for name, text := range files {
		contents[name] = object{"digest": base64MD5(text), "size": len(text), "birthArtifactID": d.id}
	}
	b, err := json.Marshal(object{"version": 1, "storagePolicy": "wandb-storage-policy-v1", "storagePolicyConfig": object{"storageLayout": "V2"}, "contents": contents})
	if err != nil {
		d.t.Fatal(err)
	}
	file, _ := d.announce(base64MD5(string(b)), true)["file"].(object)
	url, _ := file["uploadUrl"].(string)
	return d.send("PUT", url, string(b))
}

func (d *draft) commit() reply {
	d.t.Helper()
	return d.ask(`mutation($in: CommitArtifactInput!) { commitArtifact(input: $in) { artifact { id digest } } }`, object{"in": object{"artifactID": d.id}})
}

// version is the number of what the name leads to now, nil when there is nothing.
func (d *draft) version() any {
	d.t.Helper()
	return d.answer(`query($e: String, $p: String, $n: String!) { project(name: $p, entityName: $e) { artifactCollectionMembership(name: $n) { versionIndex } } }`,
		object{"e": d.entity, "p": d.project, "n": d.name}, "project", "artifactCollectionMembership", "versionIndex")
}

// committed is an artifact with one file.
func (w wire) committed(entity, project, name, file, text string) *draft {
	w.t.Helper()
	return w.made(entity, project, "", name, file, text)
}

// made is an artifact with one file that a run has made.
func (w wire) made(entity, project, run, name, file, text string) *draft {
	w.t.Helper()
	files := map[string]string{file: text}
	d := w.draftOf(entity, project, run, name, files)
	if r := d.send("PUT", d.address(file, text), text); r.status != http.StatusOK {
		w.t.Fatal(r)
	}
	if r := d.sendManifest(files); r.status != http.StatusOK {
		w.t.Fatal(r)
	}
	if r := d.commit(); len(r.errors()) > 0 {
		w.t.Fatal(r)
	}
	return d
}

func base64MD5(text string) string {
	sum := md5.Sum([]byte(text))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// hexDigest is the digest of an artifact with one file or none.
func hexDigest(files map[string]string) string {
	var b bytes.Buffer
	b.WriteString("wandb-artifact-manifest-v1\n")
	for name, text := range files {
		b.WriteString(name + ":" + base64MD5(text) + "\n")
	}
	sum := md5.Sum(b.Bytes())
	return hex.EncodeToString(sum[:])
}
