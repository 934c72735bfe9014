package vault

import (
	"archive/zip"
	"context"
	"io"
	"iter"
	"mime"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"greenroom/registry"
)

// archiveAtOnce is how many entries are read at a time.
const archiveAtOnce = 1000

// SendArchive answers a request with all files of a version as a ZIP file, made
// while it is sent: neither memory nor disk holds it. References to what is kept
// elsewhere, or not for the actor to have, are left out and listed in a file of their own. Returns Denied to those who may only look.
func (v *Vault) SendArchive(c echo.Context, by registry.Actor, ref registry.VersionRef) error {
	ctx := c.Request().Context()
	version, err := v.db.Version(ctx, by, ref)
	if err != nil {
		return err
	}
	ref = registry.VersionRef{ID: version.ID}
	first, err := v.db.ArchiveEntries(ctx, by, ref, "", archiveAtOnce)
	if err != nil {
		return err
	}
	name := registry.ArchiveName(version.Collection.Name, version.Version)
	h := c.Response().Header()
	h.Set("Content-Type", "application/zip")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name + ".zip"}))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "private, no-cache")
	_ = http.NewResponseController(c.Response().Writer).SetWriteDeadline(time.Time{})
	a := archive{Vault: v, zip: zip.NewWriter(c.Response()), folder: name}
	if err := a.write(ctx, v.archiveEntries(ctx, by, ref, first)); err != nil {
		v.log.ErrorContext(ctx, "archive broke off", "version", version.Ref().String(), "err", err)
		panic(http.ErrAbortHandler) // only a broken connection still tells the client
	}
	return nil
}

// archiveEntries are all of a version, the first of which are there.
func (v *Vault) archiveEntries(ctx context.Context, by registry.Actor, ref registry.VersionRef, part []registry.ArchiveEntry) iter.Seq2[registry.ArchiveEntry, error] {
	return func(yield func(registry.ArchiveEntry, error) bool) {
		part := part
		for {
			for _, e := range part {
				if !yield(e, nil) {
					return
				}
			}
			if len(part) < archiveAtOnce {
				return
			}
			var err error
			if part, err = v.db.ArchiveEntries(ctx, by, ref, part[len(part)-1].Path, archiveAtOnce); err != nil {
				yield(registry.ArchiveEntry{}, err)
				return
			}
		}
	}
}

// An archive is a ZIP file that is being sent.
type archive struct {
	*Vault
	zip    *zip.Writer
	folder string
}

// referenceList is the file that lists what is kept elsewhere. No file of a
// version can be called so: its name begins outside of their folder.
const referenceList = "references.txt"

func (a archive) write(ctx context.Context, entries iter.Seq2[registry.ArchiveEntry, error]) error {
	references := false
	for e, err := range entries {
		if err != nil {
			return err
		}
		if e.Ref != "" {
			references = true
			continue
		}
		if err := a.add(ctx, e); err != nil {
			return err
		}
	}
	if references {
		if err := a.list(entries); err != nil {
			return err
		}
	}
	return a.zip.Close()
}

func (a archive) add(ctx context.Context, e registry.ArchiveEntry) error {
	f, err := a.open(ctx, e.Content)
	if err != nil {
		return err
	}
	defer f.Close()
	h := &zip.FileHeader{Name: registry.ArchivePath(a.folder, e.Path), Modified: e.At, Method: zip.Deflate}
	if registry.Packed(e.Path) {
		h.Method = zip.Store
	}
	w, err := a.zip.CreateHeader(h)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, f.ReadSeekCloser)
	return err
}

// list goes over the entries once more, so that no memory holds the references.
func (a archive) list(entries iter.Seq2[registry.ArchiveEntry, error]) error {
	w, err := a.zip.CreateHeader(&zip.FileHeader{Name: a.folder + "-" + referenceList, Method: zip.Deflate})
	if err != nil {
		return err
	}
	for e, err := range entries {
		if err != nil {
			return err
		}
		if e.Ref == "" {
			continue
		}
		if _, err := io.WriteString(w, e.Path+"\t"+e.Ref+"\n"); err != nil {
			return err
		}
	}
	return nil
}
