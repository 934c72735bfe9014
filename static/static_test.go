package static_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"greenroom/static"
)

func get(t *testing.T, url string, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	static.Handler().ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r io.Reader) string {
	t.Helper()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestFilesAreServedWithTheirKindAndKeptForGood(t *testing.T) {
	t.Parallel()
	for name, mime := range map[string]string{
		"app.css":                              "text/css; charset=utf-8",
		"metric-chart.js":                      "text/javascript; charset=utf-8",
		"vendor/htmx.js":                       "text/javascript; charset=utf-8",
		"vendor/htmx.LICENSE":                  "text/plain; charset=utf-8",
		"mark.svg":                             "image/svg+xml",
		"vendor/inter-latin-wght-normal.woff2": "font/woff2",
	} {
		res := get(t, static.Path(name))
		if res.StatusCode != http.StatusOK {
			t.Errorf("%s: status %d", name, res.StatusCode)
		}
		if got := res.Header.Get("Content-Type"); got != mime {
			t.Errorf("%s: type %q, want %q", name, got, mime)
		}
		if got := res.Header.Get("Cache-Control"); !strings.Contains(got, "immutable") {
			t.Errorf("%s: cache %q", name, got)
		}
	}
}

func TestOnlyTheRightVersionIsServed(t *testing.T) {
	t.Parallel()
	right := static.Path("app.css")
	version := strings.Split(right, "/")[2]
	for _, url := range []string{
		strings.Replace(right, version, "000000000000", 1),
		"/static/app.css",
		"/static/" + version + "/",
		"/static/" + version + "/static.go",
		"/static/" + version + "/../static.go",
		"/static/" + version + "/vendor",
	} {
		if res := get(t, url); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: status %d, want 404", url, res.StatusCode)
		}
	}
}

func TestTextIsCompressedForThoseWhoAsk(t *testing.T) {
	t.Parallel()
	plain := get(t, static.Path("app.css"))
	zipped := get(t, static.Path("app.css"), "Accept-Encoding", "br, gzip")
	if zipped.Header.Get("Content-Encoding") != "gzip" || plain.Header.Get("Content-Encoding") != "" {
		t.Fatalf("encodings %q and %q", zipped.Header.Get("Content-Encoding"), plain.Header.Get("Content-Encoding"))
	}
	z, err := gzip.NewReader(zipped.Body)
	if err != nil {
		t.Fatal(err)
	}
	if body(t, z) != body(t, plain.Body) {
		t.Error("compressed and plain differ")
	}
	if font := get(t, static.Path("vendor/inter-latin-wght-normal.woff2"), "Accept-Encoding", "gzip"); font.Header.Get("Content-Encoding") != "" {
		t.Error("a font is compressed already")
	}
}

// What the stylesheet and the scripts name by relative addresses must be there.
func TestRelativeAddressesResolve(t *testing.T) {
	t.Parallel()
	named := regexp.MustCompile(`url\(([^)]+\.woff2)\)|(?:import\(|from )'\./([^']+)'`)
	found := 0
	for _, file := range []string{"app.css", "metric-chart.js", "metric-drawing.js"} {
		for _, m := range named.FindAllStringSubmatch(body(t, get(t, static.Path(file)).Body), -1) {
			found++
			if res := get(t, static.Path(m[1]+m[2])); res.StatusCode != http.StatusOK {
				t.Errorf("%s names %s: status %d", file, m[1]+m[2], res.StatusCode)
			}
		}
	}
	if found < 5 {
		t.Errorf("found only %d relative addresses", found)
	}
}
