package blob

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"unsafe"
)

// Whatever the file system thinks of being written past the cache, the file holds what was written.
func TestSink(t *testing.T) {
	t.Parallel()
	const tail = 1000
	space := make([]byte, chunkSize+1)
	for name, p := range map[string][]byte{
		"chunks as they come":              new(spaces).take()[:],
		"chunks that the disk cannot take": space[1:],
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _ = rand.NewChaCha8([32]byte{}).Read(p) // never fails
			f, err := os.Create(filepath.Join(t.TempDir(), "file"))
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			s := &sink{file: f}
			var want bytes.Buffer
			for i := range pastCache/chunkSize + 3 {
				p[0] = byte(i)
				want.Write(p)
				if n, err := s.Write(p); n != len(p) || err != nil {
					t.Fatalf("chunk %d: wrote %d bytes, %v", i, n, err)
				}
				if s.direct && i < pastCache/chunkSize {
					t.Errorf("chunk %d does not stay in the cache", i)
				}
				if i >= pastCache/chunkSize && !s.direct && !s.refused {
					t.Errorf("chunk %d goes through the cache although the file system did not refuse", i)
				}
			}
			want.Write(p[:tail])
			if n, err := s.Write(p[:tail]); n != tail || err != nil {
				t.Fatalf("tail: wrote %d bytes, %v", n, err)
			}
			got, err := os.ReadFile(f.Name())
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want.Bytes()) {
				t.Errorf("the file of %d bytes is not what was written, %d bytes", len(got), want.Len())
			}
		})
	}
}

// The disk takes chunks straight from memory only where they begin with a page. Nothing promises it, so this tells when
// it ends.
func TestSpacesBeginWithAPage(t *testing.T) {
	t.Parallel()
	s := new(spaces)
	for range 2 * chunks {
		if at := uintptr(unsafe.Pointer(s.take())); at%4096 != 0 {
			t.Errorf("a space begins at %#x", at)
		}
	}
}
