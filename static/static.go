// Package static holds the files that browsers load: the stylesheet, fonts, vendored scripts and our small custom
// elements. They are part of the binary and stand under an address that changes with their content, so a browser
// may keep them for good.
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
)

//go:embed *.css *.js *.svg vendor
var files embed.FS

// Prefix is where Handler is to be mounted.
const Prefix = "/static/"

// One version over all files rather than one for each: the stylesheet names fonts, and scripts name each other, by
// relative addresses, and those must resolve below the same version.
var version = sync.OnceValue(func() string {
	h := sha256.New()
	_ = fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := files.ReadFile(name)
		h.Write([]byte(name))
		h.Write([]byte{0})
		h.Write(body)
		return err
	})
	return hex.EncodeToString(h.Sum(nil))[:12]
})

// Path returns the address of a file of this package, such as "app.css" or "vendor/htmx.js", good as long as the
// file stays as it is.
func Path(name string) string { return Prefix + version() + "/" + name }

type asset struct {
	body, zipped []byte
	mime         string
}

// Handler serves the files of this package under the addresses that Path gives, for ever cacheable, and answers 404
// to every other address, an outdated version among them. Text is compressed once, when Handler is called.
func Handler() http.Handler {
	assets := load()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, ok := strings.CutPrefix(r.URL.Path, Prefix+version()+"/")
		a, found := assets[name]
		if !ok || !found {
			http.NotFound(w, r)
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "This is a file: read it with GET.", http.StatusMethodNotAllowed)
			return
		}
		a.serve(w, r)
	})
}

func (a asset) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", a.mime)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("X-Content-Type-Options", "nosniff")
	body := a.body
	if a.zipped != nil {
		h.Set("Vary", "Accept-Encoding")
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			h.Set("Content-Encoding", "gzip")
			body = a.zipped
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodGet {
		_, _ = w.Write(body) // the reader has gone: nobody is left to tell
	}
}

// load reads every file; reading what is embedded cannot fail.
func load() map[string]asset {
	assets := map[string]asset{}
	_ = fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := files.ReadFile(name)
		a := asset{body: body, mime: mimeOf(name)}
		if !strings.HasSuffix(name, ".woff2") {
			a.zipped = zip(body)
		}
		assets[name] = a
		return err
	})
	return assets
}

// mimeOf knows the kinds of files kept here; the machine's own table may lack some.
func mimeOf(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	default:
		return "text/plain; charset=utf-8"
	}
}

func zip(body []byte) []byte {
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	_, _ = z.Write(body) // a buffer takes everything
	_ = z.Close()
	return b.Bytes()
}
