package vault

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"greenroom/blob"
	"greenroom/registry"
)

// Upload is where to put the bytes of one file.
type Upload struct {
	Name    string
	URL     string   // absolute and signed, for one PUT or several; "" if the bytes are here already
	Headers []string // to send along, each as "Name:value"; never nil
	BirthID int64    // of files of artifacts: the artifact that the content first came with
}

// ReserveArtifactFiles gives out where to put the files of pending artifacts, in
// the order asked. See db.ReserveArtifactFiles.
func (v *Vault) ReserveArtifactFiles(ctx context.Context, by registry.Actor, specs []registry.FileSpec) ([]Upload, error) {
	reserved, err := v.db.ReserveArtifactFiles(ctx, by, specs)
	return v.uploads(reserved), err
}

// ReserveRunFiles gives out where to put files of a run, in the order asked. See
// db.ReserveRunFiles.
func (v *Vault) ReserveRunFiles(ctx context.Context, by registry.Actor, ref registry.RunRef, names []string) ([]Upload, error) {
	reserved, err := v.db.ReserveRunFiles(ctx, by, ref, names)
	return v.uploads(reserved), err
}

// AnnounceManifest writes down that a manifest is to come and gives out where to
// put it. See db.AnnounceManifest.
func (v *Vault) AnnounceManifest(ctx context.Context, by registry.Actor, m registry.NewManifest) (id int64, u Upload, err error) {
	reserved, err := v.db.AnnounceManifest(ctx, by, m)
	if err != nil {
		return 0, u, err
	}
	return reserved.ManifestID, v.upload(reserved), nil
}

// AmendManifest gives an announced manifest its digest and gives out where to put
// it. See db.AmendManifest.
func (v *Vault) AmendManifest(ctx context.Context, by registry.Actor, id int64, md5 []byte, baseID int64) (Upload, error) {
	reserved, err := v.db.AmendManifest(ctx, by, id, md5, baseID)
	if err != nil {
		return Upload{}, err
	}
	return v.upload(reserved), nil
}

func (v *Vault) uploads(reserved []registry.Upload) []Upload {
	given := make([]Upload, 0, len(reserved))
	for _, r := range reserved {
		given = append(given, v.upload(r))
	}
	return given
}

func (v *Vault) upload(r registry.Upload) Upload {
	u := Upload{Name: r.Name, Headers: []string{}, BirthID: r.BirthID}
	if !r.Stored {
		u.URL = v.sign(http.MethodPut, uploads+strconv.FormatInt(r.ID, 10)+"/"+r.Name)
	}
	if r.MD5 != nil {
		u.Headers = append(u.Headers, "Content-MD5:"+base64.StdEncoding.EncodeToString(r.MD5))
	}
	return u
}

// receive takes the bytes of an upload. Nothing is left of what breaks off or is
// not what was announced.
func (v *Vault) receive(c echo.Context) error {
	r := c.Request()
	id, _, err := v.checkSigned(r, uploads)
	if err != nil {
		return err
	}
	u, err := v.db.Upload(r.Context(), bearer, id)
	if err != nil {
		return err
	}
	if err := u.CheckOpen(); err != nil {
		return err
	}
	want := blob.Want{MD5: u.MD5, Size: r.ContentLength}
	if sent := r.Header.Get("Content-MD5"); want.MD5 == nil && sent != "" {
		if want.MD5, err = base64.StdEncoding.DecodeString(sent); err != nil || len(want.MD5) != 16 {
			return registry.Errorf(registry.Invalid, "The header Content-MD5 is not an MD5 in base64.")
		}
	}
	// A large file on a slow line takes longer than any request should.
	_ = http.NewResponseController(c.Response().Writer).SetReadDeadline(time.Time{})
	stored, err := v.keep(r.Context(), u, r.Body, want)
	if err != nil {
		return v.uploadError(r, u, err)
	}
	c.Response().Header().Set("ETag", `"`+hex.EncodeToString(stored.MD5)+`"`)
	return c.NoContent(http.StatusOK)
}

// keep stores the bytes, then the rows that name them.
func (v *Vault) keep(ctx context.Context, u registry.Upload, body io.Reader, want blob.Want) (s registry.Stored, err error) {
	if u.Purpose != registry.ForManifest {
		b, err := v.store.Put(ctx, body, want)
		if err != nil {
			return s, err
		}
		s = registry.Stored(b)
		return s, v.db.FileArrived(ctx, bearer, u.ID, s)
	}
	if want.Size > registry.MaxManifest {
		return s, registry.Errorf(registry.Invalid, "The manifest is larger than %d MiB. Log the files as several artifacts.", registry.MaxManifest>>20)
	}
	p := readBeside(io.LimitReader(body, registry.MaxManifest), u)
	defer p.stop()
	b, err := v.store.Put(ctx, p, want)
	if err != nil {
		return s, err
	}
	s = registry.Stored(b)
	return s, v.db.StageManifest(ctx, bearer, u.ID, s, p.manifest)
}

// uploadError says in a sentence why bytes were refused.
func (v *Vault) uploadError(r *http.Request, u registry.Upload, err error) error {
	switch {
	case registry.KindOf(err) != registry.Internal:
		return err
	case errors.Is(err, blob.ErrMismatch):
		return registry.Errorf(registry.Invalid, "The bytes of %s are not those that were announced: their MD5 or their length is another. Upload the file again.", u.Name)
	case errors.Is(err, io.ErrUnexpectedEOF), r.Context().Err() != nil:
		return registry.Errorf(registry.Invalid, "The upload of %s broke off. Upload the file again.", u.Name)
	}
	return err
}

// parsing hands bytes through and reads the manifest that they are on the way. At
// the end it fails unless they were one, so that nothing else is kept.
type parsing struct {
	body     io.Reader
	pipe     *io.PipeWriter
	done     chan struct{}
	manifest registry.Manifest
	err      error
}

func readBeside(body io.Reader, u registry.Upload) *parsing {
	out, in := io.Pipe()
	p := &parsing{body: body, pipe: in, done: make(chan struct{})}
	go func() {
		defer close(p.done)
		if p.manifest, p.err = registry.ReadManifest(out); p.err == nil {
			p.err = u.CheckManifest(p.manifest)
		}
		if p.err != nil {
			out.CloseWithError(p.err)
			return
		}
		_, _ = io.Copy(io.Discard, out)
	}()
	return p
}

func (p *parsing) Read(b []byte) (n int, err error) {
	n, err = p.body.Read(b)
	if _, werr := p.pipe.Write(b[:n]); werr != nil {
		return n, werr
	}
	if err == io.EOF {
		p.stop()
		if p.err != nil {
			return n, p.err
		}
	}
	return n, err
}

func (p *parsing) stop() {
	p.pipe.Close()
	<-p.done
}
