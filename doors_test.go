package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"greenroom/blob"
	"greenroom/db/dbtest"
)

func TestReadyTellsStrangersNoPaths(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "files")
	files, err := blob.NewLocal(dir)
	if err != nil {
		t.Fatal(err)
	}
	doors := newDoors(&house{db: dbtest.Open(t), files: files}, settings{url: "http://greenroom.test", secret: "a secret for tests"})
	ask := func() (int, string) {
		w := httptest.NewRecorder()
		doors.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/ready", nil))
		return w.Code, w.Body.String()
	}
	if status, body := ask(); status != http.StatusOK {
		t.Fatalf("%d %s", status, body)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if status, body := ask(); status != http.StatusServiceUnavailable || strings.Contains(body, "/") {
		t.Errorf("%d %q", status, body)
	}
}
