package main

import (
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"greenroom/blob"
	"greenroom/db/dbtest"
	"greenroom/registry"
	"greenroom/vault"
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

// handed counts the files that the kernel is asked to send.
type handed struct {
	net.Listener
	files atomic.Int64
}

func (h *handed) Accept() (net.Conn, error) {
	c, err := h.Listener.Accept()
	return &handedConn{c, h}, err
}

type handedConn struct {
	net.Conn
	to *handed
}

func (c *handedConn) ReadFrom(r io.Reader) (int64, error) {
	if part, ok := r.(*io.LimitedReader); ok {
		if _, ok := part.R.(*os.File); ok {
			c.to.files.Add(1)
		}
	}
	return io.Copy(c.Conn, r)
}

// Between a file and the kernel stands everything that wraps an answer.
func TestKernelSendsFiles(t *testing.T) {
	t.Parallel()
	ctx, d := t.Context(), dbtest.Open(t)
	who := dbtest.Furnish(t, d)
	files, err := blob.NewLocal(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	log := &terminal{lines: make(chan string, 100)}
	server := httptest.NewUnstartedServer(nil)
	h := &handed{Listener: server.Listener}
	set := settings{url: "http://" + h.Addr().String(), secret: "a secret for tests", log: slog.New(slog.NewTextHandler(log, nil))}
	server.Listener, server.Config.Handler = h, newDoors(&house{db: d, files: files}, set)
	server.Start()
	t.Cleanup(server.Close)

	// A file of a run that is sent in two pieces.
	text := strings.Repeat("0123456789", 10_000)
	v := vault.New(d, files, vault.Config{BaseURL: set.url, Key: derive(set.secret, "addresses"), Log: set.log})
	run := registry.RunRef{Place: registry.Project("vision", "digits"), Name: "z7eqws1c"}
	if _, _, err := d.UpsertRun(ctx, who.Bob, registry.RunEdit{Run: run}); err != nil {
		t.Fatal(err)
	}
	uploads, err := v.ReserveRunFiles(ctx, who.Bob, run, []string{"weights.bin"})
	if err != nil {
		t.Fatal(err)
	}
	put, err := http.NewRequestWithContext(ctx, http.MethodPut, uploads[0].URL, strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(put)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("PUT = %+v, %v", res, err)
	}
	res.Body.Close()
	list, err := d.RunFiles(ctx, who.Bob, run, registry.FileRange{First: 1})
	if err != nil || len(list.Files) != 1 {
		t.Fatalf("RunFiles = %+v, %v", list, err)
	}

	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar}
	if err := d.MakeSignInLink(ctx, atTheTerminal, "bob", "a token for tests"); err != nil {
		t.Fatal(err)
	}
	if status, at, body := get(t, browser, set.url+"/login/a%20token%20for%20tests"); status != http.StatusOK || at == "/login" {
		t.Fatalf("sign-in leads to %s, %d %s", at, status, body)
	}
	for name, c := range map[string]struct {
		client *http.Client
		url    string
	}{
		"signed address": {http.DefaultClient, v.FileURL(list.Files[0])},
		"page":           {browser, set.url + "/vision/digits/runs/z7eqws1c/files/weights.bin"},
	} {
		before := h.files.Load()
		if status, _, body := get(t, c.client, c.url); status != http.StatusOK || body != text {
			t.Errorf("%s: %d, %d bytes", name, status, len(body))
		}
		if h.files.Load() != before+2 {
			t.Errorf("%s: the kernel is not asked to send the file", name)
		}
		for line := range log.lines { // it is written after the answer
			if !strings.Contains(line, "/files/") {
				continue
			}
			if !strings.Contains(line, "status=200 bytes=100000 ") {
				t.Errorf("%s: the log says %s", name, line)
			}
			break
		}
	}
}

// Whoever asks too often is told when to come back: programs in JSON, clients in
// their form. Keys that are right are not kept out with those that are wrong.
func TestRatesOfTheDoors(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	key, other := dbtest.Key(t, d, h.Ada), dbtest.Key(t, d, h.Bob)
	doors := newDoors(&house{db: d}, settings{url: "http://greenroom.test", secret: "a secret for tests", keyRate: 1, addressRate: 1})
	ask := func(method, path, key string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(`{"query":"{ viewer { username } }"}`))
		r.Header.Set("Accept", "application/json")
		if key != "" {
			r.SetBasicAuth("api", key)
		}
		w := httptest.NewRecorder()
		doors.ServeHTTP(w, r)
		return w
	}
	// until asks until it is told to wait; buckets fill while it does.
	until := func(method, path, key string, before int, words string) {
		t.Helper()
		for range 1000 {
			w := ask(method, path, key)
			if w.Code == before {
				continue
			}
			if after := w.Header().Get("Retry-After"); w.Code != http.StatusTooManyRequests || after != "1" || !strings.Contains(w.Body.String(), words) {
				t.Errorf("%s: %d, Retry-After %q, %s", path, w.Code, after, w.Body)
			}
			return
		}
		t.Errorf("%s: nobody is told to wait", path)
	}
	until("POST", "/graphql", strings.Repeat("0", 40), http.StatusUnauthorized, `{"errors":[{"message":"This address asks more than 1 times a second.`)
	until("GET", "/login", "", http.StatusOK, `"detail":"This address asks more than 1 times a second.`)
	until("POST", "/graphql", key, http.StatusOK, `{"errors":[{"message":"This key asks more than 1 times a second.`)
	until("POST", "/files/vision/none/r1/file_stream", key, http.StatusNotFound, `{"errors":[{"message":"This key asks`)
	if w := ask("POST", "/graphql", other); w.Code != http.StatusOK {
		t.Errorf("another key: %d %s", w.Code, w.Body)
	}
}
