package vault_test

import (
	"bytes"
	"encoding/hex"
	"net/http"
	"testing"

	"greenroom/registry"
)

func TestDownloadsAreSafeAndPartial(t *testing.T) {
	t.Parallel()
	h := open(t)
	d := h.log(t, h.Bob, registry.NewArtifact{}, contents{"x/page.html": "<script>alert(1)</script>"})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.FileURL(registry.File{ArtifactID: d.Artifact.ID, Path: "x/page.html"}), nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Range", "bytes=1-6")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var body bytes.Buffer
	if _, err := body.ReadFrom(resp.Body); err != nil || resp.StatusCode != http.StatusPartialContent || body.String() != "script" {
		t.Errorf("GET of a range = %d %q, %v", resp.StatusCode, &body, err)
	}
	for name, want := range map[string]string{
		"Content-Disposition":         `attachment; filename=page.html`,
		"Content-Security-Policy":     "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'self'",
		"X-Content-Type-Options":      "nosniff",
		"Access-Control-Allow-Origin": "*",
		"Content-Type":                "text/html; charset=utf-8",
		"Content-Range":               "bytes 1-6/25",
		"ETag":                        `"` + hex.EncodeToString(sum("<script>alert(1)</script>")) + `"`,
	} {
		if got := resp.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	req.Method = http.MethodOptions
	if status, _ := answer(t, req); status != http.StatusNoContent {
		t.Errorf("OPTIONS = %d", status)
	}
}
