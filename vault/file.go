package vault

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"greenroom/blob"
	"greenroom/registry"
)

// What signed downloads are of; each is followed by an ID and a path.
const (
	ofArtifacts = files + "artifacts/"
	ofManifests = files + "manifests/"
	ofRuns      = files + "runs/"
)

// manifestName is how clients call a full manifest.
const manifestName = "wandb_manifest.json"

// FileURL returns where to get a file of an artifact or a run for the next day:
// an absolute, signed address, or where a reference points. It is for those who
// may download the file: see FileList.MayDownload.
func (v *Vault) FileURL(f registry.File) string {
	switch {
	case f.IsReference():
		return f.Ref
	case f.RunID != 0:
		return v.sign(http.MethodGet, ofRuns+strconv.FormatInt(f.RunID, 10)+"/"+f.Path)
	}
	return v.sign(http.MethodGet, ofArtifacts+strconv.FormatInt(f.ArtifactID, 10)+"/"+f.Path)
}

// ManifestURL returns where to get the full manifest of an artifact for the next
// day: an absolute, signed address for those who may download the artifact.
func (v *Vault) ManifestURL(artifactID int64) string {
	return v.sign(http.MethodGet, ofManifests+strconv.FormatInt(artifactID, 10)+"/"+manifestName)
}

// File is an open file. Close it.
type File struct {
	io.ReadSeekCloser
	registry.Content
}

// OpenFile opens a file of a version. Returns NotFound for what the version's
// manifest does not list, Denied to those who may only look.
func (v *Vault) OpenFile(ctx context.Context, by registry.Actor, ref registry.VersionRef, path string) (*File, error) {
	c, err := v.db.Content(ctx, by, ref, path)
	if err != nil {
		return nil, err
	}
	return v.open(ctx, c)
}

// OpenRunFile opens a file of a run. Returns NotFound for what has not arrived,
// Denied to those who may only look.
func (v *Vault) OpenRunFile(ctx context.Context, by registry.Actor, ref registry.RunRef, name string) (*File, error) {
	c, err := v.db.RunContent(ctx, by, ref, name)
	if err != nil {
		return nil, err
	}
	return v.open(ctx, c)
}

func (v *Vault) open(ctx context.Context, c registry.Content) (*File, error) {
	f, _, err := v.store.Open(ctx, c.SHA256)
	if errors.Is(err, blob.ErrNotFound) {
		return nil, fmt.Errorf("vault: the bytes of %s are lost: %w", c.Path, err)
	}
	if err != nil {
		return nil, fmt.Errorf("vault: open %s: %w", c.Path, err)
	}
	return &File{f, c}, nil
}

// sandbox is what a file may do in a browser. What people upload must never act
// as a part of this site: it has an origin of its own, runs no script, sends no
// form and loads nothing but what it brings along.
const sandbox = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'self'"

// Send answers a request with the file and closes it. Browsers store it rather
// than show it.
func (f *File) Send(c echo.Context) error { return f.serve(c, "attachment", sandbox) }

// Show is Send for a page of ours that shows the file, and for those who open it
// in a tab: browsers show what they can, in the sandbox.
func (f *File) Show(c echo.Context) error { return f.serve(c, "inline", sandbox) }

// page is the sandbox of what a script logged as a page of its own: it may run
// what it brings along. It reaches neither this site nor any other.
const page = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; media-src data: blob:; " +
	"sandbox allow-scripts; frame-ancestors 'self'"

// ShowPage is Show for a page of HTML whose own scripts are to run.
func (f *File) ShowPage(c echo.Context) error { return f.serve(c, "inline", page) }

func (f *File) serve(c echo.Context, disposition, policy string) error {
	defer f.Close()
	h := c.Response().Header()
	h.Set("Content-Type", contentType(f.Path))
	h.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": registry.FileName(f.Path)}))
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("ETag", `"`+hex.EncodeToString(f.MD5)+`"`)
	h.Set("Cache-Control", "private, no-cache")
	// A large file on a slow line takes longer than any answer should.
	_ = http.NewResponseController(c.Response().Writer).SetWriteDeadline(time.Time{})
	http.ServeContent(direct{c.Response().Writer, c.Response()}, c.Request(), "", f.At, f.ReadSeekCloser)
	c.Response().Committed = true
	return nil
}

// direct answers without Echo's own writer, which hides that the kernel can send
// files, and tells it what was sent, for the log.
type direct struct {
	http.ResponseWriter
	answer *echo.Response
}

func (d direct) WriteHeader(status int) {
	d.answer.Status = status
	d.ResponseWriter.WriteHeader(status)
}

func (d direct) Write(p []byte) (n int, err error) {
	n, err = d.ResponseWriter.Write(p)
	d.answer.Size += int64(n)
	return n, err
}

// piece is how much of a file the kernel is asked to send at once: fifteen pages,
// which fit into the largest packet it builds. Asked for more it puts the end of
// one page and the beginning of another into each packet, and where the receiver
// keeps up, on this machine or a fast network, the download takes half as long
// again or more.
const piece = 15 << 12

// ReadFrom lets the kernel send a file where that is possible.
func (d direct) ReadFrom(r io.Reader) (n int64, err error) {
	defer func() { d.answer.Size += n }()
	all, ok := r.(*io.LimitedReader)
	if !ok {
		return io.Copy(d.ResponseWriter, r)
	}
	for all.N > 0 && err == nil {
		// The kernel's help is had for a file behind one limit, not behind two.
		part := &io.LimitedReader{R: all.R, N: min(all.N, piece)}
		var sent int64
		sent, err = io.Copy(d.ResponseWriter, part)
		n += sent
		all.N -= sent
		if part.N > 0 {
			break // the file is shorter than it was
		}
	}
	return n, err
}

// contentType names what a file is by its extension. It is never guessed from
// the bytes.
func contentType(name string) string {
	if t := mime.TypeByExtension(strings.ToLower(path.Ext(name))); t != "" {
		return t
	}
	return "application/octet-stream"
}

// send serves signed downloads.
func (v *Vault) send(c echo.Context) error {
	r := c.Request()
	allowAnyOrigin(c.Response().Header())
	for prefix, find := range map[string]func(context.Context, int64, string) (registry.Content, error){
		ofArtifacts: func(ctx context.Context, id int64, path string) (registry.Content, error) {
			return v.db.ArtifactContent(ctx, bearer, registry.ArtifactRef{ID: id}, path)
		},
		ofRuns: func(ctx context.Context, id int64, name string) (registry.Content, error) {
			return v.db.RunContent(ctx, bearer, registry.RunRef{ID: id}, name)
		},
	} {
		if !strings.HasPrefix(r.URL.Path, prefix) {
			continue
		}
		id, path, err := v.checkSigned(r, prefix)
		if err != nil {
			return err
		}
		content, err := find(r.Context(), id, path)
		if err != nil {
			return err
		}
		f, err := v.open(r.Context(), content)
		if err != nil {
			return err
		}
		return f.Send(c)
	}
	return v.sendManifest(c)
}

// sendManifest serves a full manifest, whatever its parts arrived as.
func (v *Vault) sendManifest(c echo.Context) error {
	id, _, err := v.checkSigned(c.Request(), ofManifests)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	first, err := v.manifestPart(ctx, id, "")
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set("Content-Type", "application/json")
	h.Set("X-Content-Type-Options", "nosniff")
	if c.Request().Method == http.MethodHead {
		return c.NoContent(http.StatusOK)
	}
	err = registry.WriteManifest(c.Response(), id, v.manifestEntries(ctx, id, first))
	if err != nil && c.Response().Committed {
		v.log.ErrorContext(ctx, "manifest broke off", "artifact", id, "err", err)
		panic(http.ErrAbortHandler) // only a broken connection still tells the client
	}
	return err
}

// manifestAtOnce is how many entries are read at a time, so that no transaction
// waits for a slow client.
const manifestAtOnce = 10_000

func (v *Vault) manifestPart(ctx context.Context, id int64, after string) ([]registry.ManifestEntry, error) {
	return v.db.ManifestEntries(ctx, bearer, id, after, manifestAtOnce)
}

func (v *Vault) manifestEntries(ctx context.Context, id int64, part []registry.ManifestEntry) iter.Seq2[registry.ManifestEntry, error] {
	return func(yield func(registry.ManifestEntry, error) bool) {
		for {
			for _, e := range part {
				if !yield(e, nil) {
					return
				}
			}
			if len(part) < manifestAtOnce {
				return
			}
			var err error
			if part, err = v.manifestPart(ctx, id, part[len(part)-1].Path); err != nil {
				yield(registry.ManifestEntry{}, err)
				return
			}
		}
	}
}

// allowAnyOrigin lets pages of other sites read what the address proves a right
// to, such as a viewer that plots a table. No cookie is involved.
func allowAnyOrigin(h http.Header) {
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Expose-Headers", "Accept-Ranges, Content-Disposition, Content-Length, Content-Range, ETag")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
}

func (v *Vault) preflight(c echo.Context) error {
	h := c.Response().Header()
	allowAnyOrigin(h)
	h.Set("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS")
	h.Set("Access-Control-Allow-Headers", "Range, If-None-Match, If-Range")
	h.Set("Access-Control-Max-Age", "86400")
	return c.NoContent(http.StatusNoContent)
}
