package wandb

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"
	"github.com/tidwall/gjson"

	"greenroom/blob"
	"greenroom/db"
	"greenroom/db/dbtest"
	"greenroom/registry"
	"greenroom/vault"
)

// A client asks a door of its own, with the documents of the newest SDK.
type client struct {
	d         *db.DB
	h         dbtest.House
	url       string
	log       *bytes.Buffer
	documents map[string]string // by the operation's name
	keys      map[string]string // by the person's name
}

var operation = regexp.MustCompile(`^\s*(?:query|mutation) (\w+)`)

func newClient(tb testing.TB) *client {
	tb.Helper()
	c := &client{d: dbtest.Open(tb), log: &bytes.Buffer{}, documents: map[string]string{}, keys: map[string]string{}}
	c.h = dbtest.Furnish(tb, c.d)
	for _, who := range []registry.Actor{c.h.Ada, c.h.Bob, c.h.Vera, c.h.Olga, c.h.Eve} {
		c.keys[who.Name] = dbtest.Key(tb, c.d, who)
	}
	for _, document := range documents(tb, "0.31.0") {
		m := operation.FindStringSubmatch(document)
		if m == nil {
			continue
		}
		// Some operations are sent by the sidecar, which indents by tabs, and by the
		// public API in Python.
		sidecar := strings.Contains(document, "\n\t")
		if !sidecar {
			c.documents["public "+m[1]] = document
		}
		if sidecar || c.documents[m[1]] == "" {
			c.documents[m[1]] = document
		}
	}
	store, err := blob.NewLocal(tb.TempDir())
	if err != nil {
		tb.Fatal(err)
	}
	e := echo.New()
	server := httptest.NewServer(e)
	tb.Cleanup(server.Close)
	c.url = server.URL
	log := slog.New(slog.NewTextHandler(c.log, nil))
	v := vault.New(c.d, store, vault.Config{BaseURL: c.url, Key: []byte("a key for tests"), Log: log})
	v.Mount(e)
	Mount(e, Deps{DB: c.d, Vault: v, Log: log})
	return c
}

// post sends any body as somebody and returns the status and the answer.
func (c *client) post(tb testing.TB, who, path string, body any) (int, gjson.Result) {
	tb.Helper()
	raw, ok := body.(string)
	if !ok {
		encoded, err := json.Marshal(body)
		if err != nil {
			tb.Fatal(err)
		}
		raw = string(encoded)
	}
	r, err := http.NewRequestWithContext(tb.Context(), http.MethodPost, c.url+path, strings.NewReader(raw))
	if err != nil {
		tb.Fatal(err)
	}
	key, known := c.keys[who]
	if !known {
		key = who
	}
	if key != "" {
		r.SetBasicAuth("api", key)
	}
	return send(tb, r)
}

func send(tb testing.TB, r *http.Request) (int, gjson.Result) {
	tb.Helper()
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		tb.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		tb.Fatal(err)
	}
	return answer.StatusCode, gjson.ParseBytes(text)
}

// ask sends a document, or the SDK's operation of a name.
func (c *client) ask(tb testing.TB, who, document string, variables map[string]any) (int, gjson.Result) {
	tb.Helper()
	if known, ok := c.documents[document]; ok {
		document = known
	} else if !strings.ContainsAny(document, "{}") {
		tb.Fatalf("the SDK has no operation %s", document)
	}
	return c.post(tb, who, "/graphql", map[string]any{"query": document, "variables": variables})
}

// data is ask where nothing may go wrong; it returns what stands at path.
func (c *client) data(tb testing.TB, who, document string, variables map[string]any, path string) gjson.Result {
	tb.Helper()
	status, answer := c.ask(tb, who, document, variables)
	if status != http.StatusOK || answer.Get("errors").Exists() {
		tb.Fatalf("%s: %d %s", document, status, answer.Raw)
	}
	return answer.Get("data." + path)
}

func (c *client) put(tb testing.TB, target gjson.Result, content string) {
	tb.Helper()
	r, err := http.NewRequestWithContext(tb.Context(), http.MethodPut, target.Get("uploadUrl").Str, strings.NewReader(content))
	if err != nil {
		tb.Fatal(err)
	}
	for _, h := range target.Get("uploadHeaders").Array() {
		name, value, _ := strings.Cut(h.Str, ":")
		r.Header.Set(name, value)
	}
	if status, answer := send(tb, r); status != http.StatusOK {
		tb.Fatalf("PUT %s: %d %s", r.URL, status, answer.Raw)
	}
}

func (c *client) get(tb testing.TB, url string) string {
	tb.Helper()
	r, err := http.NewRequestWithContext(tb.Context(), http.MethodGet, url, nil)
	if err != nil {
		tb.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		tb.Fatal(err)
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		tb.Fatalf("GET %s: %d %s, %v", url, answer.StatusCode, content, err)
	}
	return string(content)
}

type vars = map[string]any

// logModel logs a file as an artifact, the way the SDK does, and returns its ID.
func (c *client) logModel(tb testing.TB, who, project, run, name, content string, aliases ...string) string {
	tb.Helper()
	sum := md5Base64(content)
	digest := registry.Manifest{Entries: []registry.ManifestEntry{{Path: "model.h5", Digest: sum}}}
	wanted := []vars{{"artifactCollectionName": name, "alias": "latest"}}
	for _, a := range aliases {
		wanted = append(wanted, vars{"artifactCollectionName": name, "alias": a})
	}
	made := c.data(tb, who, "CreateArtifact", vars{"input": vars{
		"entityName": "vision", "projectName": project, "artifactTypeName": "model", "artifactCollectionName": name, "runName": run,
		"digest": digest.Digest(), "digestAlgorithm": "MANIFEST_MD5", "aliases": wanted, "enableDigestDeduplication": true,
		"clientID": name + content, "sequenceClientID": "sequence " + name, "clientMutationId": nil, "labels": nil, "historyStep": nil,
	}}, "createArtifact.artifact")
	artifact := made.Get("id").Str
	if made.Get("state").Str == "COMMITTED" {
		return artifact
	}
	manifest := vars{
		"artifactID": artifact, "baseArtifactID": nil, "name": "wandb_manifest.json", "digest": "", "entityName": "vision",
		"projectName": project, "runName": run, "manifestType": "FULL", "includeUpload": false,
	}
	first := c.data(tb, who, "CreateArtifactManifest", manifest, "createArtifactManifest.artifactManifest.id").Str
	edges := c.data(tb, who, "CreateArtifactFiles", vars{"input": vars{"storageLayout": "V2", "clientMutationId": nil, "artifactFiles": []vars{
		{"artifactID": artifact, "name": "model.h5", "md5": sum, "mimetype": nil, "artifactManifestID": first, "uploadPartsInput": nil},
	}}}, "createArtifactFiles.files.edges")
	if node := edges.Get("0.node"); node.Get("uploadUrl").Str != "" {
		c.put(tb, node, content)
	}
	text := fmt.Sprintf(`{"version":1,"storagePolicy":"wandb-storage-policy-v1","storagePolicyConfig":{"storageLayout":"V2"},
		"contents":{"model.h5":{"digest":%q,"size":%d,"birthArtifactID":%q}}}`, sum, len(content), edges.Get("0.node.artifact.id").Str)
	manifest["digest"], manifest["includeUpload"] = md5Base64(text), true
	second := c.data(tb, who, "CreateArtifactManifest", manifest, "createArtifactManifest.artifactManifest")
	if second.Get("id").Str != first {
		tb.Errorf("announcing a manifest again gave %s after %s", second.Get("id"), first)
	}
	c.put(tb, second.Get("file"), text)
	if got := c.data(tb, who, "CommitArtifact", vars{"artifactID": artifact}, "commitArtifact.artifact.id").Str; got != artifact {
		tb.Errorf("committed %s instead of %s", got, artifact)
	}
	return artifact
}
