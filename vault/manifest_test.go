package vault_test

import (
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"greenroom/registry"
	"greenroom/vault"
)

func TestManifestNamesFilesThatNeverCame(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := contents{"a": "1", "b": "2", "c": "3", "d": "4", "e": "5"}
	d := h.create(t, h.Bob, registry.NewArtifact{}, c)
	ref := registry.ArtifactRef{ID: d.Artifact.ID}
	_, err := h.Vault.CommitArtifact(t.Context(), h.Bob, ref)
	wantInvalid(t, err, "manifest")
	h.upload(t, h.Bob, d.Artifact.ID, contents{"a": "1"})
	h.sendManifest(t, h.Bob, registry.NewManifest{Artifact: ref}, c.manifest(), http.StatusOK)
	_, err = h.Vault.CommitArtifact(t.Context(), h.Bob, ref)
	wantInvalid(t, err, "b, c, d, and 1 more")
	if _, err := h.Version(t.Context(), h.Bob, registry.VersionRef{Collection: registry.CollectionRef{Place: project, Name: "churn"}}); registry.KindOf(err) != registry.NotFound {
		t.Errorf("a version came of it: %v", err)
	}
	h.upload(t, h.Bob, d.Artifact.ID, c)
	if _, err := h.Vault.CommitArtifact(t.Context(), h.Bob, ref); err != nil {
		t.Errorf("with all files there: %v", err)
	}
}

func wantInvalid(t *testing.T, err error, part string) {
	t.Helper()
	if registry.KindOf(err) != registry.Invalid || !strings.Contains(err.Error(), part) {
		t.Errorf("%v, want Invalid with %q", err, part)
	}
}

func TestManifestRefused(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := contents{"a": "1"}
	d := h.create(t, h.Bob, registry.NewArtifact{}, c)
	h.upload(t, h.Bob, d.Artifact.ID, c)
	before := h.kept(t)
	m := registry.NewManifest{Artifact: registry.ArtifactRef{ID: d.Artifact.ID}}
	for name, text := range map[string]string{
		"another digest": contents{"a": "2"}.manifest(),
		"a path outside": contents{"../a": "1"}.manifest(),
		"no JSON":        strings.Repeat("hello ", 1<<20),
		"nothing":        "",
		"cut off":        c.manifest()[:60],
	} {
		if body := h.sendManifest(t, h.Bob, m, text, http.StatusBadRequest); !strings.Contains(body, "Log the artifact again") && !strings.Contains(body, "../a") {
			t.Errorf("%s: %s", name, body)
		}
	}
	if kept := h.kept(t); kept != before {
		t.Errorf("%d files were kept of what was refused", kept-before)
	}
	_, err := h.Vault.CommitArtifact(t.Context(), h.Bob, m.Artifact)
	wantInvalid(t, err, "manifest")

	m.MD5 = sum("another manifest")
	m.Name, m.Kind = "wandb_manifest.json", registry.Full
	_, u, err := h.Vault.AnnounceManifest(t.Context(), h.Bob, m)
	if err != nil {
		t.Fatal(err)
	}
	if status, body := put(t, u, c.manifest()); status != http.StatusBadRequest {
		t.Errorf("a manifest with another MD5: %d %s", status, body)
	}
}

func TestIncrementalManifest(t *testing.T) {
	t.Parallel()
	h := open(t)
	base := h.log(t, h.Bob, registry.NewArtifact{}, contents{"kept": "1", "changed": "2"})
	added := contents{"changed": "3", "new": "4"}
	d := h.create(t, h.Bob, registry.NewArtifact{}, added)
	if d.LatestArtifactID != base.Artifact.ID {
		t.Errorf("the client is told of base %d, want %d", d.LatestArtifactID, base.Artifact.ID)
	}
	m := registry.NewManifest{
		Artifact: registry.ArtifactRef{ID: d.Artifact.ID}, Name: "wandb_manifest.incremental.json", Kind: registry.Incremental, BaseID: base.Artifact.ID,
	}
	id, _, err := h.Vault.AnnounceManifest(t.Context(), h.Bob, m)
	if err != nil {
		t.Fatal(err)
	}
	h.upload(t, h.Bob, d.Artifact.ID, added)
	u, err := h.Vault.AmendManifest(t.Context(), h.Bob, id, sum(added.manifest()), 0)
	if err != nil {
		t.Fatal(err)
	}
	if status, body := put(t, u, added.manifest()); status != http.StatusOK {
		t.Fatalf("PUT = %d %s", status, body)
	}
	d, err = h.Vault.CommitArtifact(t.Context(), h.Bob, m.Artifact)
	whole := contents{"kept": "1", "changed": "3", "new": "4"}
	if err != nil || d.Artifact.FileCount != 3 || d.Artifact.Digest != whole.digest() || d.Name() != "v1" {
		t.Fatalf("committed %+v, %v", d.Artifact, err)
	}
	for path, want := range whole {
		if status, body := get(t, h.FileURL(registry.File{ArtifactID: d.Artifact.ID, Path: path})); status != http.StatusOK || body != want {
			t.Errorf("GET %s = %d %q", path, status, body)
		}
	}
	if v := h.log(t, h.Bob, registry.NewArtifact{}, whole).Name(); v != "v1" {
		t.Errorf("the same files at once are %s", v)
	}
	if v := h.log(t, h.Bob, registry.NewArtifact{}, added).Name(); v != "v2" {
		t.Errorf("what was added, alone, is %s", v)
	}
	m.Artifact.ID = h.create(t, h.Bob, registry.NewArtifact{Collection: "other"}, added).Artifact.ID
	_, _, err = h.Vault.AnnounceManifest(t.Context(), h.Bob, m)
	wantInvalid(t, err, "based on")
}

// Each maker knows only a part, and none of them may pass for the whole.
func TestSeveralMakers(t *testing.T) {
	t.Parallel()
	h := open(t)
	other := registry.RunRef{Place: project, Name: "other"}
	if _, _, err := h.UpsertRun(t.Context(), h.Bob, registry.RunEdit{Run: other}); err != nil {
		t.Fatal(err)
	}
	parts := []contents{{"a": "1"}, {"b": "2"}}
	makers := []registry.NewArtifact{
		{DistributedID: "group", RunName: run.Name, Aliases: []string{"latest", "half"}},
		{DistributedID: "group", RunName: other.Name, Aliases: []string{"done", "half"}},
	}
	for round := range 2 {
		ref := registry.ArtifactRef{ID: h.create(t, h.Bob, makers[0], parts[0]).Artifact.ID}
		if id := h.create(t, h.Ada, makers[1], parts[1]).Artifact.ID; id != ref.ID {
			t.Fatalf("two makers got artifacts %d and %d", ref.ID, id)
		}
		patch := registry.NewManifest{Artifact: ref, Name: "wandb_manifest.patch.json", Kind: registry.Patch}
		for _, c := range parts {
			h.upload(t, h.Bob, ref.ID, c)
			h.sendManifest(t, h.Bob, patch, c.manifest(), http.StatusOK)
		}
		d, err := h.Vault.CommitArtifact(t.Context(), h.Bob, ref)
		if err != nil || d.Artifact.FileCount != 2 || d.Number != 2*round || d.Artifact.Digest != (contents{"a": "1", "b": "2"}).digest() || names(d.Aliases) != "latest half done" {
			t.Errorf("committed %+v with %s, %v", d.Artifact, names(d.Aliases), err)
		}
		for _, maker := range []registry.RunRef{run, other} {
			made, err := h.RunArtifacts(t.Context(), h.Bob, maker, registry.Made, registry.LineageRange{First: 10})
			if err != nil || made.Total != round+1 {
				t.Errorf("%s has made %d versions, want %d (%v)", maker.Name, made.Total, round+1, err)
			}
		}
		if v := h.log(t, h.Bob, registry.NewArtifact{}, parts[0]).Number; v != 2*round+1 {
			t.Errorf("a part alone is v%d, want a version of its own", v)
		}
	}
	begun := registry.ArtifactRef{ID: h.create(t, h.Bob, makers[0], parts[0]).Artifact.ID}
	h.create(t, h.Bob, makers[1], parts[1])
	if _, err := h.DeleteArtifact(t.Context(), h.Bob, begun, false); err != nil {
		t.Errorf("what two makers began is not deleted: %v", err)
	}
}

func TestReferencesAreListed(t *testing.T) {
	t.Parallel()
	h := open(t)
	m := registry.Manifest{Entries: []registry.ManifestEntry{{Path: "data.bin", Digest: "etag", Size: 1 << 40, Ref: "s3://bucket/data.bin"}}}
	d, err := h.CreateArtifact(t.Context(), h.Bob, registry.NewArtifact{Place: project, Collection: "refs", Type: "dataset", Digest: m.Digest()})
	if err != nil {
		t.Fatal(err)
	}
	ref := registry.ArtifactRef{ID: d.Artifact.ID}
	h.sendManifest(t, h.Bob, registry.NewManifest{Artifact: ref},
		`{"version":1,"storagePolicy":"wandb-storage-policy-v1","contents":{"data.bin":{"digest":"etag","size":1099511627776,"ref":"s3://bucket/data.bin","extra":{"versionID":"7"}}}}`, http.StatusOK)
	if d, err = h.Vault.CommitArtifact(t.Context(), h.Bob, ref); err != nil || d.Artifact.Size != 1<<40 {
		t.Fatalf("committed %+v, %v", d.Artifact, err)
	}
	list, err := h.Files(t.Context(), h.Vera, ref, registry.FileRange{First: 10})
	if err != nil || len(list.Files) != 1 || h.FileURL(list.Files[0]) != "s3://bucket/data.bin" {
		t.Errorf("Files = %+v, %v", list, err)
	}
	if status, body := get(t, h.ManifestURL(d.Artifact.ID)); status != http.StatusOK || !strings.Contains(body, `"extra":{"versionID":"7"}`) {
		t.Errorf("manifest = %d %s", status, body)
	}
	if _, err := h.OpenFile(t.Context(), h.Bob, registry.VersionRef{ID: d.ID}, "data.bin"); registry.KindOf(err) != registry.NotFound {
		t.Errorf("opening a reference = %v, want NotFound", err)
	}
}

// A manifest is served in parts; none is lost where they meet.
func TestLargeManifest(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := contents{}
	for i := range 20_001 {
		c[fmt.Sprintf("images/%d.png", i)] = "the same picture"
	}
	h.log(t, h.Bob, registry.NewArtifact{}, contents{"one.png": "the same picture"})
	d := h.create(t, h.Bob, registry.NewArtifact{}, c)
	if sent := h.upload(t, h.Bob, d.Artifact.ID, c); sent != 0 {
		t.Errorf("%d files were sent that the owner has", sent)
	}
	ref := registry.ArtifactRef{ID: d.Artifact.ID}
	h.sendManifest(t, h.Bob, registry.NewManifest{Artifact: ref}, c.manifest(), http.StatusOK)
	d, err := h.Vault.CommitArtifact(t.Context(), h.Bob, ref)
	if err != nil || d.Artifact.FileCount != 20_001 {
		t.Fatalf("committed %+v, %v", d.Artifact, err)
	}
	_, text := get(t, h.ManifestURL(d.Artifact.ID))
	m, err := registry.ReadManifest(strings.NewReader(text))
	if err != nil || m.Digest() != c.digest() {
		t.Errorf("%d entries, %v", len(m.Entries), err)
	}
	seen, after := 0, ""
	for {
		list, err := h.Files(t.Context(), h.Bob, ref, registry.FileRange{After: after, First: 5000})
		if err != nil || list.Total != 20_001 {
			t.Fatalf("%d files, %v", list.Total, err)
		}
		seen += len(list.Files)
		if !list.More {
			break
		}
		after = list.Files[len(list.Files)-1].Path
	}
	if seen != 20_001 {
		t.Errorf("%d files in the pages", seen)
	}
}

func TestDeduplicationEndsAtTheOwner(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := contents{"secret": "the weights of vision"}
	first := h.log(t, h.Bob, registry.NewArtifact{}, c)
	second := h.create(t, h.Bob, registry.NewArtifact{Collection: "copy"}, c)
	given, err := h.Vault.ReserveArtifactFiles(t.Context(), h.Bob, c.specs(second.Artifact.ID))
	if err != nil || given[0].URL != "" || given[0].BirthID != first.Artifact.ID {
		t.Errorf("within the owner: %+v, %v", given, err)
	}
	// Eve knows the MD5, but that is not having the file.
	theirs := h.create(t, h.Eve, registry.NewArtifact{Place: registry.Project("eve", "stolen")}, c)
	given, err = h.Vault.ReserveArtifactFiles(t.Context(), h.Eve, c.specs(theirs.Artifact.ID))
	if err != nil || given[0].URL == "" || given[0].BirthID != theirs.Artifact.ID {
		t.Errorf("across owners: %+v, %v", given, err)
	}
	ref := registry.ArtifactRef{ID: theirs.Artifact.ID}
	h.sendManifest(t, h.Eve, registry.NewManifest{Artifact: ref}, c.manifest(), http.StatusOK)
	_, err = h.Vault.CommitArtifact(t.Context(), h.Eve, ref)
	wantInvalid(t, err, "secret")
}

func TestByDigest(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := contents{"dir/a.txt": "hello"}
	d := h.log(t, h.Bob, registry.NewArtifact{}, c)
	link, err := h.LinkVersion(t.Context(), h.Bob, registry.NewLink{
		Artifact: registry.ArtifactRef{ID: d.Artifact.ID}, Collection: registry.CollectionRef{Place: registry.Registry("acme", "model"), Name: "MNIST"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if link.Source.Place.Name != "digits" {
		t.Errorf("source %+v", link.Source)
	}
	wire := vault.Wire{
		ArtifactID: func(s string) (int64, bool) {
			id, err := strconv.ParseInt(s, 10, 64)
			return id, err == nil
		},
		Place: func(entity, project string) registry.PlaceRef {
			if name, ok := strings.CutPrefix(project, "wandb-registry-"); ok {
				return registry.Registry(entity, name)
			}
			return registry.Project(entity, project)
		},
	}
	id, md5 := strconv.FormatInt(d.Artifact.ID, 10), hex.EncodeToString(sum("hello"))
	for _, tc := range []struct {
		name, path string
		by         registry.Actor
		want       registry.Kind
	}{
		{"by birth", "default/vision/" + id + "/" + md5, h.Vera, ""},
		{"by birth, another file", "default/vision/" + id + "/" + hex.EncodeToString(sum("other")), h.Vera, registry.NotFound},
		{"by birth, a stranger", "default/vision/" + id + "/" + md5, h.Eve, registry.NotFound},
		{"in its collection", "default/vision/digits/churn/" + id + "/" + md5 + "/a.txt", h.Vera, ""},
		{"in its collection, without birth", "default/vision/digits/churn//" + md5 + "/a.txt", h.Vera, ""},
		{"in its collection, another birth", "default/vision/digits/churn/99/" + md5 + "/a.txt", h.Vera, registry.NotFound},
		{"in its collection, a stranger", "default/vision/digits/churn/" + id + "/" + md5 + "/a.txt", h.Eve, registry.NotFound},
		{"linked", "default/acme/wandb-registry-model/MNIST/" + id + "/" + md5 + "/a.txt", h.Olga, ""},
		{"by artifact", "default/acme/wandb-registry-model/MNIST/" + id + "/" + id + "/" + md5 + "/a.txt", h.Olga, ""},
		{"by artifact, without either", "default/acme/wandb-registry-model/MNIST///" + md5 + "/a.txt", h.Olga, ""},
		{"no MD5", "default/vision/" + id + "/xyz", h.Vera, registry.NotFound},
		{"no ID", "default/vision/x/" + md5, h.Vera, registry.NotFound},
		{"too short", "default", h.Vera, registry.NotFound},
	} {
		t.Run(tc.name, func(t *testing.T) {
			rec := httptest.NewRecorder()
			req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/artifactsV2/"+tc.path, nil)
			err := h.ByDigest(echo.New().NewContext(req, rec), tc.by, wire)
			if got := registry.KindOf(err); got != tc.want {
				t.Fatalf("ByDigest = %v, want kind %q", err, tc.want)
			}
			if tc.want == "" && rec.Body.String() != "hello" {
				t.Errorf("got %q", rec.Body)
			}
		})
	}
}
