package vault_test

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"greenroom/registry"
)

// A manifest is held in memory while it is read, so one without an end is
// refused before it comes.
func TestManifestHasAnEnd(t *testing.T) {
	t.Parallel()
	h := open(t)
	d := h.create(t, h.Bob, registry.NewArtifact{}, contents{"a": "1"})
	m := registry.NewManifest{Artifact: registry.ArtifactRef{ID: d.Artifact.ID}, Name: "wandb_manifest.json", Kind: registry.Full, MD5: sum("endless")}
	_, u, err := h.Vault.AnnounceManifest(t.Context(), h.Bob, m)
	if err != nil {
		t.Fatal(err)
	}
	to, err := url.Parse(u.URL)
	if err != nil {
		t.Fatal(err)
	}
	c, err := net.Dial("tcp", to.Host)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	_, err = fmt.Fprintf(c, "PUT %s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\nContent-MD5: %s\r\n\r\n{",
		to.RequestURI(), to.Host, int64(1)<<40, base64.StdEncoding.EncodeToString(m.MD5))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if body, err := io.ReadAll(answer.Body); err != nil || answer.StatusCode != http.StatusBadRequest || !strings.Contains(string(body), "512 MiB") {
		t.Errorf("%d %s, %v", answer.StatusCode, body, err)
	}
}
