package blob

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"sync"
)

const (
	// chunkSize is how much is read, hashed and written at once. It is a power of two above the size of a page, so the
	// disk can take a chunk straight from memory; see sink.
	chunkSize = 1 << 20
	// chunks is how far reading may run ahead of the slowest of the three that use each chunk: MD5, SHA-256, the disk.
	chunks = 4
)

// spaces lends out the memory that content passes through.
type spaces struct{ pool sync.Pool }

func (s *spaces) take() *[chunkSize]byte {
	if space, ok := s.pool.Get().(*[chunkSize]byte); ok {
		return space
	}
	return new([chunkSize]byte)
}

func (s *spaces) give(space *[chunkSize]byte) { s.pool.Put(space) }

type chunk struct {
	space *[chunkSize]byte
	bytes []byte
	busy  sync.WaitGroup // whoever still reads bytes
}

// A worker does something with every chunk, in order and in a goroutine of its own. MD5 has no hardware help and takes
// the longest; with the others beside it instead of before it, an upload takes as long as MD5 alone.
type worker struct {
	work   chan *chunk
	failed chan struct{} // closed at the first error; nothing more is done then
	done   chan struct{} // closed when all is done
	err    error         // to be read when failed or done is closed
}

func startWorker(w io.Writer) *worker {
	x := &worker{work: make(chan *chunk, chunks), failed: make(chan struct{}), done: make(chan struct{})}
	go func() {
		defer close(x.done)
		for c := range x.work {
			if x.err == nil {
				if _, x.err = w.Write(c.bytes); x.err != nil {
					close(x.failed)
				}
			}
			c.busy.Done()
		}
	}()
	return x
}

func (x *worker) wait() error {
	close(x.work)
	<-x.done
	return x.err
}

// copyHashed copies r to w and says what the content was. It holds at most a few chunks of it, from spaces.
func copyHashed(ctx context.Context, w io.Writer, r io.Reader, want Want, spaces *spaces) (Blob, error) {
	if want.Size >= 0 && want.Size < chunkSize {
		return copySmall(ctx, w, r, want.Size)
	}
	return copyLarge(ctx, w, r, want, spaces)
}

// copySmall copies content of an announced size in one piece: the many small files of an artifact arrive at once, and
// should take no more memory than they are long.
func copySmall(ctx context.Context, w io.Writer, r io.Reader, size int64) (Blob, error) {
	p := make([]byte, size+1) // the byte too many shows that there is one
	n, err := fill(ctx, r, p)
	if err == nil {
		return Blob{}, tooLong(size)
	}
	if !errors.Is(err, errEnd) {
		return Blob{}, err
	}
	p = p[:n]
	if _, err := w.Write(p); err != nil {
		return Blob{}, fmt.Errorf("blob: put: %w", full(err))
	}
	shasum, md5sum := sha256.Sum256(p), md5.Sum(p)
	return Blob{SHA256: shasum[:], MD5: md5sum[:], Size: int64(n)}, nil
}

func copyLarge(ctx context.Context, w io.Writer, r io.Reader, want Want, spaces *spaces) (Blob, error) {
	var (
		ring    [chunks]chunk
		md5sum  = md5.New()
		shasum  = sha256.New()
		disk    = startWorker(w)
		workers = []*worker{disk, startWorker(md5sum), startWorker(shasum)}
		size    int64
		err     error
	)
	for i := 0; err == nil; i = (i + 1) % chunks {
		c := &ring[i]
		c.busy.Wait()
		if c.space == nil {
			c.space = spaces.take()
		}
		var n int
		n, err = fill(ctx, r, c.space[:])
		if size += int64(n); want.Size >= 0 && size > want.Size {
			err = tooLong(want.Size)
		}
		select {
		case <-disk.failed:
			err = errEnd // of what can be kept; why is told below
		default:
		}
		if n == 0 || err != nil && !errors.Is(err, errEnd) {
			continue
		}
		c.bytes = c.space[:n]
		c.busy.Add(len(workers))
		for _, x := range workers {
			x.work <- c
		}
	}
	for _, x := range workers {
		if werr := x.wait(); werr != nil && errors.Is(err, errEnd) {
			err = fmt.Errorf("blob: put: %w", full(werr))
		}
	}
	for i := range ring {
		if ring[i].space != nil {
			spaces.give(ring[i].space)
		}
	}
	if !errors.Is(err, errEnd) {
		return Blob{}, err
	}
	return Blob{SHA256: shasum.Sum(nil), MD5: md5sum.Sum(nil), Size: size}, nil
}

func tooLong(announced int64) error {
	return fmt.Errorf("blob: put: %w: more than the announced %d bytes", ErrMismatch, announced)
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
