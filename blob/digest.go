package blob

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"sync"
)

const (
	chunkSize = 1 << 20
	// chunks is how far reading may run ahead of the slowest of the three that use each chunk: MD5, SHA-256, the disk.
	chunks = 4
)

type chunk struct {
	space *[chunkSize]byte
	bytes []byte
	busy  sync.WaitGroup // whoever still reads bytes
}

// hasher computes one digest in a goroutine of its own. MD5 has no hardware help and is the slowest part of an upload;
// beside SHA-256 instead of after it, the upload takes as long as MD5 alone.
type hasher struct {
	hash.Hash
	work chan *chunk
	done chan struct{}
}

func startHasher(h hash.Hash) *hasher {
	x := &hasher{Hash: h, work: make(chan *chunk, chunks), done: make(chan struct{})}
	go func() {
		defer close(x.done)
		for c := range x.work {
			x.Write(c.bytes)
			c.busy.Done()
		}
	}()
	return x
}

func (x *hasher) sum() []byte {
	close(x.work)
	<-x.done
	return x.Sum(nil)
}

// copyHashed copies r to w and says what the content was. It holds at most a few chunks of it, from spaces.
func copyHashed(ctx context.Context, w io.Writer, r io.Reader, want Want, spaces *sync.Pool) (Blob, error) {
	var (
		ring   [chunks]chunk
		md5sum = startHasher(md5.New())
		shasum = startHasher(sha256.New())
		size   int64
		err    error
	)
	for i := 0; err == nil; i = (i + 1) % chunks {
		c := &ring[i]
		c.busy.Wait()
		if c.space == nil {
			c.space = spaces.Get().(*[chunkSize]byte)
		}
		var n int
		n, err = fill(ctx, r, c.space[:])
		if n == 0 {
			continue
		}
		if size += int64(n); want.Size >= 0 && size > want.Size {
			err = fmt.Errorf("blob: put: %w: more than the announced %d bytes", ErrMismatch, want.Size)
			continue
		}
		c.bytes = c.space[:n]
		c.busy.Add(2)
		md5sum.work <- c
		shasum.work <- c
		if _, werr := w.Write(c.bytes); werr != nil {
			err = fmt.Errorf("blob: put: %w", full(werr))
		}
	}
	b := Blob{SHA256: shasum.sum(), MD5: md5sum.sum(), Size: size}
	for i := range ring {
		if ring[i].space != nil {
			spaces.Put(ring[i].space)
		}
	}
	if errors.Is(err, errEnd) {
		return b, nil
	}
	return Blob{}, err
}

// errEnd is a clean end of the content; io.EOF inside another reader's error is not.
var errEnd = errors.New("end of content")

// fill reads until p is full or r ends. Network readers give a few kilobytes at a time; digests want more.
func fill(ctx context.Context, r io.Reader, p []byte) (n int, err error) {
	for n < len(p) {
		if err := context.Cause(ctx); err != nil {
			return n, fmt.Errorf("blob: put: %w", err)
		}
		m, err := r.Read(p[n:])
		n += m
		if err == io.EOF {
			return n, errEnd
		}
		if err != nil {
			return n, fmt.Errorf("blob: put: read: %w", err)
		}
	}
	return n, nil
}
