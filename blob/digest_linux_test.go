package blob

import (
	"bytes"
	"errors"
	"os"
	"testing"
)

func TestFullDisk(t *testing.T) {
	t.Parallel()
	disk, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer disk.Close()
	for _, size := range []int{1, 3 * chunkSize, 100 * chunkSize} {
		for _, want := range []Want{{Size: -1}, {Size: int64(size)}} {
			if _, err := copyHashed(t.Context(), disk, bytes.NewReader(make([]byte, size)), want, new(spaces)); !errors.Is(err, ErrFull) {
				t.Errorf("%d bytes, announced as %d: got %v, want ErrFull", size, want.Size, err)
			}
		}
	}
}
