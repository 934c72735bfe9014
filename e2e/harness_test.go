package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The tests of this file show that the harness sees what it is there to see.

func pages(t *testing.T, byPath map[string]string) string {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		html, found := byPath[r.URL.Path]
		if !found {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "default-src 'self'; img-src data:")
		fmt.Fprintf(w, "<!doctype html><html lang=en><head><title>A page</title></head><body><main><h1>Hello</h1>%s</main></body></html>", html)
	}))
	t.Cleanup(srv.Close)
	return srv.URL
}

func TestBrowserOpensAndTakesPictures(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("E2E_SCREENSHOTS", dir)
	url := pages(t, map[string]string{"/": "<p>A <a href=/room>green room</a>.</p>", "/room": "<p id=room>Come in.</p>", "/favicon.ico": ""})
	p := browser(t)
	p.open(url)
	if got := p.see("h1"); got != "Hello" {
		t.Errorf("the heading is %q", got)
	}
	accessible(t, p)
	p.shot("hello")
	p.click("a")
	if got := p.see("#room"); got != "Come in." || p.where() != url+"/room" {
		t.Errorf("%s says %q", p.where(), got)
	}
	png, err := os.ReadFile(filepath.Join(dir, t.Name(), "hello.png"))
	if err != nil || !strings.HasPrefix(string(png), "\x89PNG") {
		t.Errorf("no picture: %v", err)
	}
}

func TestBrowserSeesWhatIsWrong(t *testing.T) {
	t.Parallel()
	url := pages(t, map[string]string{
		"/favicon.ico": "",
		"/inline":      "<script>document.title = 'run'</script>",
		"/style":       "<p style='color: red'>red</p>",
		"/image":       `<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">`,
	})
	for path, want := range map[string]string{
		"/inline": "violates the following Content Security Policy",
		"/style":  "violates the following Content Security Policy",
		"/gone":   "404",
	} {
		p := browser(t)
		p.open(url + path)
		await(t, patience, path+": the console shows "+want, func() bool { return contains(strings.Join(p.unexpected(), "\n"), want) })
		p.expect(want)
	}
	p := browser(t)
	p.open(url + "/image")
	if got := strings.Join(p.violations(), "\n"); !strings.HasPrefix(got, "image-alt: ") {
		t.Errorf("axe finds %q, want image-alt", got)
	}
}
