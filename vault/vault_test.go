package vault_test

import (
	"crypto/md5"
	"encoding/base64"
	"encoding/json"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"greenroom/blob"
	"greenroom/db"
	"greenroom/db/dbtest"
	"greenroom/registry"
	"greenroom/vault"
)

// A house with a vault that is served at URL.
type house struct {
	dbtest.House
	*db.DB
	*vault.Vault
	URL string
	Dir string
}

func open(t *testing.T) house {
	t.Helper()
	d := dbtest.Open(t)
	h := house{House: dbtest.Furnish(t, d), DB: d, Dir: t.TempDir()}
	store, err := blob.NewLocal(h.Dir)
	if err != nil {
		t.Fatal(err)
	}
	e := echo.New()
	server := httptest.NewServer(e)
	t.Cleanup(server.Close)
	h.URL = server.URL
	h.Vault = vault.New(d, store, vault.Config{BaseURL: h.URL + "/", Key: []byte("key of the test"), Log: slog.New(slog.DiscardHandler)})
	h.Mount(e)
	if _, _, err := d.UpsertRun(t.Context(), h.Bob, registry.RunEdit{Run: run}); err != nil {
		t.Fatal(err)
	}
	return h
}

var (
	project = registry.Project("vision", "digits")
	run     = registry.RunRef{Place: project, Name: "z7eqws1c"}
	models  = registry.Registry("vision", registry.OwnRegistry)
)

// put uploads text and returns the status and the body of the answer.
func put(t *testing.T, u vault.Upload, text string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, u.URL, strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	for _, header := range u.Headers {
		name, value, _ := strings.Cut(header, ":")
		req.Header.Set(name, value)
	}
	return answer(t, req)
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return answer(t, req)
}

func answer(t *testing.T, req *http.Request) (int, string) {
	t.Helper()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

// kept counts the files in the store, unfinished ones included.
func (h house) kept(t *testing.T) (n int) {
	t.Helper()
	err := filepath.WalkDir(h.Dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// contents are the files of an artifact, by path.
type contents map[string]string

// digest is what a client announces.
func (c contents) digest() string {
	var m registry.Manifest
	for path, text := range c {
		m.Entries = append(m.Entries, registry.ManifestEntry{Path: path, Digest: base64MD5(text)})
	}
	return m.Digest()
}

func (c contents) manifest() string {
	entries := map[string]any{}
	for path, text := range c {
		entries[path] = map[string]any{"digest": base64MD5(text), "size": len(text), "local_path": "/staging/" + path, "skip_cache": false}
	}
	raw, err := json.Marshal(map[string]any{
		"version": 1, "storagePolicy": "wandb-storage-policy-v1",
		"storagePolicyConfig": map[string]any{"storageLayout": "V2"}, "contents": entries,
	})
	if err != nil {
		panic(err)
	}
	return string(raw)
}

func (c contents) specs(id int64) (specs []registry.FileSpec) {
	for path, text := range c {
		specs = append(specs, registry.FileSpec{Artifact: registry.ArtifactRef{ID: id}, Path: path, MD5: sum(text)})
	}
	slices.SortFunc(specs, func(a, b registry.FileSpec) int { return strings.Compare(a.Path, b.Path) })
	return specs
}

func sum(text string) []byte {
	s := md5.Sum([]byte(text))
	return s[:]
}

func base64MD5(text string) string { return base64.StdEncoding.EncodeToString(sum(text)) }

// log does what an SDK does to log an artifact, and returns it committed.
func (h house) log(t *testing.T, by registry.Actor, n registry.NewArtifact, c contents) registry.VersionDetail {
	t.Helper()
	d := h.create(t, by, n, c)
	if d.Artifact.State == registry.Committed {
		return d
	}
	h.upload(t, by, d.Artifact.ID, c)
	h.sendManifest(t, by, registry.NewManifest{Artifact: registry.ArtifactRef{ID: d.Artifact.ID}}, c.manifest(), http.StatusOK)
	d, err := h.Vault.CommitArtifact(t.Context(), by, registry.ArtifactRef{ID: d.Artifact.ID})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (h house) create(t *testing.T, by registry.Actor, n registry.NewArtifact, c contents) registry.VersionDetail {
	t.Helper()
	if n.Place == (registry.PlaceRef{}) {
		n.Place = project
	}
	if n.Collection == "" {
		n.Collection = "churn"
	}
	if n.Type == "" {
		n.Type = "model"
	}
	n.Digest = c.digest()
	d, err := h.CreateArtifact(t.Context(), by, n)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// upload sends the files that are not there yet and returns how many it sent.
func (h house) upload(t *testing.T, by registry.Actor, id int64, c contents) (sent int) {
	t.Helper()
	specs := c.specs(id)
	given, err := h.Vault.ReserveArtifactFiles(t.Context(), by, specs)
	if err != nil {
		t.Fatal(err)
	}
	for i, u := range given {
		if u.Name != specs[i].Path {
			t.Fatalf("upload %d is of %s, want %s", i, u.Name, specs[i].Path)
		}
		if u.URL == "" {
			continue
		}
		sent++
		if status, body := put(t, u, c[u.Name]); status != http.StatusOK {
			t.Fatalf("PUT %s = %d %s", u.Name, status, body)
		}
	}
	return sent
}

// sendManifest announces a manifest and sends it.
func (h house) sendManifest(t *testing.T, by registry.Actor, m registry.NewManifest, text string, want int) string {
	t.Helper()
	if m.Name == "" {
		m.Name, m.Kind = "wandb_manifest.json", registry.Full
	}
	first, _, err := h.Vault.AnnounceManifest(t.Context(), by, m)
	if err != nil {
		t.Fatal(err)
	}
	m.MD5 = sum(text)
	id, u, err := h.Vault.AnnounceManifest(t.Context(), by, m)
	if err != nil {
		t.Fatal(err)
	}
	if id != first {
		t.Errorf("the second announcement has ID %d, the first %d", id, first)
	}
	status, body := put(t, u, text)
	if status != want {
		t.Fatalf("PUT %s = %d %s, want %d", m.Name, status, body, want)
	}
	return body
}

func TestLogLinkUse(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	c := contents{"my_model.h5": "weights", "ä b/labels #1?.txt": "one\ntwo", "empty": ""}

	d := h.log(t, h.Bob, registry.NewArtifact{
		Collection: "run-z7eqws1c-my_model.h5", RunName: run.Name, Aliases: []string{"latest", "best"},
		ClientID: "client", CollectionClientID: "sequence", Metadata: json.RawMessage(`{ "acc": 0.9 }`),
	}, c)
	if d.Name() != "v0" || d.Artifact.State != registry.Committed || d.Artifact.Size != 14 || d.Artifact.FileCount != 3 {
		t.Errorf("committed %s %s, %d bytes in %d files", d.Name(), d.Artifact.State, d.Artifact.Size, d.Artifact.FileCount)
	}
	if d.Run == nil || d.Run.Name != run.Name || string(d.Artifact.Metadata) != `{"acc":0.9}` || names(d.Aliases) != "latest best" {
		t.Errorf("run %v, metadata %s, aliases %s", d.Run, d.Artifact.Metadata, names(d.Aliases))
	}
	again, err := h.Vault.CommitArtifact(ctx, h.Bob, registry.ArtifactRef{ClientID: "client"})
	if err != nil || again.ID != d.ID {
		t.Errorf("committing again = %v, %v", again.Version, err)
	}

	link, err := h.LinkVersion(ctx, h.Bob, registry.NewLink{
		Artifact: registry.ArtifactRef{ID: d.Artifact.ID}, Collection: registry.CollectionRef{Place: models, Name: "MNIST"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if link.Name() != "v0" || link.Collection.Kind != registry.Model || link.Source.Collection.Name != "run-z7eqws1c-my_model.h5" || names(link.Aliases) != "latest" || len(link.Standings) != 2 {
		t.Errorf("linked as %+v", link.Standing)
	}
	used, err := h.UseArtifact(ctx, h.Bob, registry.Use{Run: run, Artifact: registry.ArtifactRef{ID: d.Artifact.ID}, Through: models})
	if err != nil || used.Artifact.ID != d.Artifact.ID {
		t.Errorf("UseArtifact = %v", err)
	}

	// What was logged comes back byte for byte, by manifest and by file.
	status, text := get(t, h.ManifestURL(d.Artifact.ID))
	served, err := registry.ReadManifest(strings.NewReader(text))
	if status != http.StatusOK || err != nil || served.Digest() != c.digest() {
		t.Errorf("manifest = %d %s: %v", status, text, err)
	}
	list, err := h.Files(ctx, h.Vera, registry.ArtifactRef{ID: link.Artifact.ID}, registry.FileRange{First: 5000})
	if err != nil || list.Total != 3 || !list.MayDownload {
		t.Fatalf("Files = %+v, %v", list, err)
	}
	for _, f := range list.Files {
		if status, body := get(t, h.FileURL(f)); status != http.StatusOK || body != c[f.Path] {
			t.Errorf("GET %s = %d %q", h.FileURL(f), status, body)
		}
	}
	f, err := h.OpenFile(ctx, h.Vera, registry.VersionRef{Collection: registry.CollectionRef{Place: models, Name: "MNIST"}, Alias: "v0"}, "my_model.h5")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if body, err := io.ReadAll(f); err != nil || string(body) != "weights" {
		t.Errorf("OpenFile = %q, %v", body, err)
	}
}

func names(aliases []registry.Alias) string {
	var found []string
	for _, a := range aliases {
		found = append(found, a.Name)
	}
	return strings.Join(found, " ")
}
