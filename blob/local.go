package blob

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// staleAfter is how long an unfinished upload may lie in tmp/. No request lives that long.
const staleAfter = 24 * time.Hour

// Local keeps content as files: ab/cdef…, the SHA-256 in hex. Unfinished uploads are in tmp/ of the same file system.
type Local struct {
	dir    string
	tmp    string
	spaces spaces
}

// NewLocal keeps content below dir, which it makes where needed. Uploads that a crash left unfinished are removed once
// they are a day old, so a second process may use the same folder.
func NewLocal(dir string) (*Local, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("blob: open %s: %w", dir, err)
	}
	l := &Local{dir: dir, tmp: filepath.Join(dir, "tmp")}
	if err := os.MkdirAll(l.tmp, 0o700); err != nil {
		return nil, fmt.Errorf("blob: open %s: %w", dir, full(err))
	}
	if err := l.sweep(time.Now().Add(-staleAfter)); err != nil {
		return nil, fmt.Errorf("blob: open %s: %w", dir, err)
	}
	return l, nil
}

func (l *Local) Put(ctx context.Context, r io.Reader, want Want) (Blob, error) {
	f, err := os.CreateTemp(l.tmp, "put-*")
	if err != nil {
		return Blob{}, fmt.Errorf("blob: put: %w", full(err))
	}
	defer f.Close()
	named := false
	defer func() {
		if !named {
			os.Remove(f.Name())
		}
	}()

	b, err := copyHashed(ctx, &sink{file: f}, r, want, &l.spaces)
	if err != nil {
		return Blob{}, err
	}
	if err := want.check(b); err != nil {
		return Blob{}, err
	}
	if named, err = l.keep(f, b); err != nil {
		return Blob{}, fmt.Errorf("blob: put: %w", full(err))
	}
	return b, nil
}

func (l *Local) Open(_ context.Context, sum []byte) (io.ReadSeekCloser, int64, error) {
	path, err := l.path(sum)
	if err != nil {
		return nil, 0, fmt.Errorf("blob: open: %w", err)
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, fmt.Errorf("blob: open %x: %w", sum, ErrNotFound)
	}
	if err != nil {
		return nil, 0, fmt.Errorf("blob: open: %w", err)
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, 0, fmt.Errorf("blob: open: %w", err)
	}
	return f, info.Size(), nil
}

func (l *Local) Delete(_ context.Context, sum []byte) error {
	path, err := l.path(sum)
	if err != nil {
		return fmt.Errorf("blob: delete: %w", err)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("blob: delete: %w", err)
	}
	return nil
}

func (l *Local) Ready(_ context.Context) error {
	f, err := os.CreateTemp(l.tmp, "ready-*")
	if err != nil {
		return fmt.Errorf("blob: ready: %w", full(err))
	}
	defer os.Remove(f.Name())
	_, err = f.Write([]byte{1})
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("blob: ready: %w", full(err))
	}
	return nil
}

// keep gives the finished file its name, in the order that survives a power cut: bytes, name, folder. Reports whether the
// file has it; content that is there already keeps its own.
func (l *Local) keep(f *os.File, b Blob) (named bool, err error) {
	path, err := l.path(b.SHA256)
	if err != nil {
		return false, err
	}
	folder := filepath.Dir(path)
	if err := os.Mkdir(folder, 0o700); err == nil {
		if err := syncFolder(l.dir); err != nil {
			return false, err
		}
	} else if !errors.Is(err, fs.ErrExist) {
		return false, err
	}
	// A file of another size under this name was damaged from outside; this copy heals it.
	if there, err := os.Stat(path); err != nil || there.Size() != b.Size {
		if err := f.Sync(); err != nil {
			return false, err
		}
		if err := f.Close(); err != nil {
			return false, err
		}
		if err := os.Rename(f.Name(), path); err != nil {
			return false, err
		}
		named = true
	}
	// Also for content that was there: whoever put it may not have come this far yet.
	return named, syncFolder(folder)
}

// path is where content is, or would be.
func (l *Local) path(sum []byte) (string, error) {
	if len(sum) != sha256.Size {
		return "", fmt.Errorf("%d bytes are not a SHA-256", len(sum))
	}
	name := hex.EncodeToString(sum)
	return filepath.Join(l.dir, name[:2], name[2:]), nil
}

// sweep removes uploads that were last written to before then.
func (l *Local) sweep(before time.Time) error {
	files, err := os.ReadDir(l.tmp)
	if err != nil {
		return err
	}
	for _, f := range files {
		info, err := f.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue // another process was faster
		}
		if err != nil {
			return err
		}
		if info.ModTime().Before(before) {
			if err := os.Remove(filepath.Join(l.tmp, f.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
	}
	return nil
}

func (w Want) check(b Blob) error {
	if w.Size >= 0 && w.Size != b.Size {
		return fmt.Errorf("blob: put: %w: %d bytes instead of %d", ErrMismatch, b.Size, w.Size)
	}
	if w.MD5 != nil && !bytes.Equal(w.MD5, b.MD5) {
		return fmt.Errorf("blob: put: %w: MD5 %x instead of %x", ErrMismatch, b.MD5, w.MD5)
	}
	return nil
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// full marks what the system says when there is no room as ErrFull.
func full(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	return err
}
