// Package blob keeps bytes. Content is named by its SHA-256, so the same file is kept once however often it is
// uploaded, and a name can never come to mean other bytes. Who may read what, and which content is still wanted, is
// written down elsewhere: a store knows neither people nor files, only content.
package blob

import (
	"context"
	"errors"
	"io"
)

var (
	// ErrNotFound says that the store holds no such content.
	ErrNotFound = errors.New("no such content")
	// ErrMismatch says that the bytes that arrived are not the bytes that were announced.
	ErrMismatch = errors.New("the content is not what was announced")
	// ErrFull says that the store has no room left.
	ErrFull = errors.New("the store is full")
)

// Blob is what content turned out to be once it was read to its end.
type Blob struct {
	SHA256 []byte // 32 bytes; the name of the content
	MD5    []byte // 16 bytes; for clients that name files by it
	Size   int64  // in bytes
}

// Want is what the sender announced. Size -1 and a nil MD5 accept anything.
type Want struct {
	Size int64
	MD5  []byte
}

// Store keeps content. All methods may be called from many goroutines and many processes at once.
type Store interface {
	// Put reads r to its end, keeps it under its SHA-256 and returns what it is. When Put returns without error the
	// bytes survive a power cut. Content that is already there is not kept twice. An error leaves nothing behind:
	// ErrMismatch when the content is not what want says, ErrFull when there is no room, the reader's own error (also
	// io.ErrUnexpectedEOF) when reading fails, ctx's when it ends first; a Read that blocks is not interrupted.
	Put(ctx context.Context, r io.Reader, want Want) (Blob, error)

	// Open returns the content and its size in bytes, or ErrNotFound. The reader may be given to http.ServeContent;
	// where the content is a file it is an *os.File, so that the kernel can send it. It stays readable until closed,
	// also when the content is deleted meanwhile.
	Open(ctx context.Context, sha256 []byte) (io.ReadSeekCloser, int64, error)

	// Delete forgets the content. Content that is not there is no error.
	Delete(ctx context.Context, sha256 []byte) error

	// Ready says whether the store can take a byte now.
	Ready(ctx context.Context) error
}
