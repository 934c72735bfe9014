package vault_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"greenroom/blob"
	"greenroom/registry"
	"greenroom/vault"
)

func TestSignedAddresses(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := contents{"a.txt": "hello"}
	d := h.create(t, h.Bob, registry.NewArtifact{}, c)
	given, err := h.Vault.ReserveArtifactFiles(t.Context(), h.Bob, c.specs(d.Artifact.ID))
	if err != nil {
		t.Fatal(err)
	}
	u := given[0]
	forged := func(old, new string) vault.Upload {
		f := u
		f.URL = strings.Replace(u.URL, old, new, 1)
		if f.URL == u.URL {
			t.Fatalf("%s is not in %s", old, u.URL)
		}
		return f
	}
	for name, u := range map[string]vault.Upload{
		"another file":   forged("/a.txt", "/b.txt"),
		"another upload": forged("/-/uploads/", "/-/uploads/1"),
		"later":          forged("?e=", "?e=9"),
		"unsigned":       forged("&s=", "&x="),
		"nothing at all": forged("?", "#"),
	} {
		if status, body := put(t, u, "hello"); status != http.StatusForbidden {
			t.Errorf("%s: PUT = %d %s, want 403", name, status, body)
		}
	}
	if status, body := get(t, u.URL); status == http.StatusOK {
		t.Errorf("an upload's address gave %s", body)
	}
	for what, text := range map[string]string{"other bytes": "HELLO", "fewer bytes": "hell", "more bytes": "hello!", "no bytes": ""} {
		status, body := put(t, u, text)
		if status != http.StatusBadRequest || !strings.Contains(body, "a.txt") {
			t.Errorf("%s: PUT = %d %s, want 400 naming the file", what, status, body)
		}
	}
	if kept := h.kept(t); kept != 0 {
		t.Errorf("%d files were kept of what was refused", kept)
	}
	for range 2 { // clients send again when the answer was lost
		if status, body := put(t, u, "hello"); status != http.StatusOK {
			t.Fatalf("PUT = %d %s", status, body)
		}
	}
	h.sendManifest(t, h.Bob, registry.NewManifest{Artifact: registry.ArtifactRef{ID: d.Artifact.ID}}, c.manifest(), http.StatusOK)
	if _, err := h.Vault.CommitArtifact(t.Context(), h.Bob, registry.ArtifactRef{ID: d.Artifact.ID}); err != nil {
		t.Fatal(err)
	}
	if status, body := put(t, u, "hello"); status != http.StatusConflict {
		t.Errorf("PUT after the commit = %d %s, want 409", status, body)
	}
	url := h.FileURL(registry.File{ArtifactID: d.Artifact.ID, Path: "a.txt"})
	for name, url := range map[string]string{
		"another file":     strings.Replace(url, "a.txt", "b.txt", 1),
		"another artifact": strings.Replace(url, "artifacts/", "artifacts/9", 1),
		"another kind":     strings.Replace(url, "artifacts/", "runs/", 1),
		"unsigned":         strings.Replace(url, "&s=", "&s=a", 1),
		"nothing":          h.URL + "/-/files/x",
	} {
		if status, body := get(t, url); status != http.StatusForbidden {
			t.Errorf("%s: GET = %d %s, want 403", name, status, body)
		}
	}
	if status, _ := get(t, h.FileURL(registry.File{ArtifactID: d.Artifact.ID, Path: "no.txt"})); status != http.StatusNotFound {
		t.Errorf("GET of what no manifest names = %d, want 404", status)
	}
}

func TestTruncatedUpload(t *testing.T) {
	t.Parallel()
	h := open(t)
	given, err := h.Vault.ReserveRunFiles(t.Context(), h.Bob, run, []string{"output.log"})
	if err != nil {
		t.Fatal(err)
	}
	e := echo.New()
	h.Mount(e)
	req := httptest.NewRequestWithContext(t.Context(), http.MethodPut, given[0].URL, io.MultiReader(strings.NewReader("half"), brokenOff{}))
	req.ContentLength = 100
	rec := httptest.NewRecorder()
	e.ServeHTTP(rec, req)
	if rec.Code != http.StatusBadRequest || !strings.Contains(rec.Body.String(), "broke off") {
		t.Errorf("PUT = %d %s", rec.Code, rec.Body)
	}
	if kept := h.kept(t); kept != 0 {
		t.Errorf("%d files were kept", kept)
	}
	list, err := h.RunFiles(t.Context(), h.Bob, run, registry.FileRange{First: 10})
	if err != nil || list.Total != 0 {
		t.Errorf("RunFiles = %+v, %v", list, err)
	}
}

// brokenOff is what a server reads when a client goes away.
type brokenOff struct{}

func (brokenOff) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestRunFilesAreReplaced(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	asked := []string{"wandb-summary.json", "media/ä 1.png", "config.yaml"}
	for _, text := range []string{"first", "second"} {
		given, err := h.Vault.ReserveRunFiles(ctx, h.Bob, run, asked)
		if err != nil {
			t.Fatal(err)
		}
		for i, u := range given {
			if u.Name != asked[i] || u.Headers == nil {
				t.Errorf("upload %d = %+v", i, u)
			}
			if status, body := put(t, u, text); status != http.StatusOK {
				t.Fatalf("PUT = %d %s", status, body)
			}
		}
	}
	list, err := h.RunFiles(ctx, h.Vera, run, registry.FileRange{Pattern: "media/%", First: 10})
	if err != nil || len(list.Files) != 1 || list.Files[0].Digest != base64MD5("second") {
		t.Fatalf("RunFiles = %+v, %v", list, err)
	}
	if status, body := get(t, h.FileURL(list.Files[0])); status != http.StatusOK || body != "second" {
		t.Errorf("GET = %d %s", status, body)
	}
	f, err := h.OpenRunFile(ctx, h.Vera, run, "config.yaml")
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
	if _, err := h.OpenRunFile(ctx, h.Eve, run, "config.yaml"); registry.KindOf(err) != registry.NotFound {
		t.Errorf("a stranger's OpenRunFile = %v", err)
	}
	for _, name := range []string{"", "/etc/passwd", "../a", "a/../../b", "a\x00b"} {
		if _, err := h.Vault.ReserveRunFiles(ctx, h.Bob, run, []string{name}); registry.KindOf(err) != registry.Invalid {
			t.Errorf("ReserveRunFiles(%q) = %v, want Invalid", name, err)
		}
	}
	if _, err := h.Vault.ReserveRunFiles(ctx, h.Vera, run, []string{"a"}); registry.KindOf(err) != registry.Denied {
		t.Errorf("a viewer's ReserveRunFiles = %v, want Denied", err)
	}
	if err := h.DeleteRunFiles(ctx, h.Bob, []int64{list.Files[0].ID}); err != nil {
		t.Fatal(err)
	}
	if status, _ := get(t, h.FileURL(list.Files[0])); status != http.StatusNotFound {
		t.Errorf("GET of a deleted file = %d", status)
	}
}

// fullStore is a disk without room.
type fullStore struct{ blob.Store }

func (fullStore) Put(context.Context, io.Reader, blob.Want) (blob.Blob, error) {
	return blob.Blob{}, fmt.Errorf("put: %w", blob.ErrFull)
}

// A full disk may be given room: the client is to try again.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	h := open(t)
	e := echo.New()
	v := vault.New(h.DB, fullStore{}, vault.Config{BaseURL: h.URL, Key: []byte("key"), Log: slog.New(slog.DiscardHandler)})
	v.Mount(e)
	given, err := v.ReserveRunFiles(t.Context(), h.Bob, run, []string{"a"})
	if err != nil {
		t.Fatal(err)
	}
	rec := httptest.NewRecorder()
	e.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodPut, given[0].URL, strings.NewReader("text")))
	if rec.Code != http.StatusServiceUnavailable || !strings.Contains(rec.Body.String(), "no room") {
		t.Errorf("PUT = %d %s", rec.Code, rec.Body)
	}
}
