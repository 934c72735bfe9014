package blob

import (
	"bytes"
	"errors"
	"os"
	"sync"
	"testing"
)

func TestFullDisk(t *testing.T) {
	t.Parallel()
	disk, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer disk.Close()
	spaces := &sync.Pool{New: func() any { return new([chunkSize]byte) }}
	if _, err := copyHashed(t.Context(), disk, bytes.NewReader(make([]byte, 3<<20)), Want{Size: -1}, spaces); !errors.Is(err, ErrFull) {
		t.Fatalf("got %v, want ErrFull", err)
	}
}
