package blob_test

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"greenroom/blob"
)

var _ blob.Store = (*blob.Local)(nil)

// anything accepts whatever comes.
func anything() blob.Want { return blob.Want{Size: -1} }

func open(tb testing.TB) (*blob.Local, string) {
	tb.Helper()
	dir := filepath.Join(tb.TempDir(), "blobs")
	l, err := blob.NewLocal(dir)
	if err != nil {
		tb.Fatal(err)
	}
	return l, dir
}

// files lists every file below dir, also unfinished ones.
func files(t *testing.T, dir string) (found []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			found = append(found, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	const mib = 1 << 20
	for name, size := range map[string]int{
		"empty": 0, "one byte": 1, "below a chunk": mib - 1, "a chunk": mib, "above a chunk": mib + 1,
		"the whole ring": 4 * mib, "around the ring": 9*mib + 5, "past the cache": 19*mib + 5, "whole chunks past the cache": 18 * mib,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, dir := open(t)
			content := make([]byte, size)
			_, _ = rand.NewChaCha8([32]byte{}).Read(content) // never fails
			sha, md := sha256.Sum256(content), md5.Sum(content)

			b, err := l.Put(t.Context(), bytes.NewReader(content), blob.Want{Size: int64(size), MD5: md[:]})
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(b.SHA256, sha[:]) || !bytes.Equal(b.MD5, md[:]) || b.Size != int64(size) {
				t.Fatalf("got %x %x %d, want %x %x %d", b.SHA256, b.MD5, b.Size, sha, md, size)
			}
			r, n, err := l.Open(t.Context(), b.SHA256)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			got, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			if n != int64(size) || !bytes.Equal(got, content) {
				t.Fatalf("read %d bytes, said to be %d, that differ from the %d put", len(got), n, size)
			}
			if found := files(t, dir); len(found) != 1 {
				t.Fatalf("one content left %d files: %v", len(found), found)
			}
		})
	}
}

// A reader that gives a few bytes at a time, as a network does, and ends together with its last bytes.
func TestPutFromDribblingReader(t *testing.T) {
	t.Parallel()
	l, _ := open(t)
	content := bytes.Repeat([]byte("history line\n"), 20_000)
	b, err := l.Put(t.Context(), iotest.DataErrReader(iotest.HalfReader(bytes.NewReader(content))), anything())
	if err != nil {
		t.Fatal(err)
	}
	if want := sha256.Sum256(content); !bytes.Equal(b.SHA256, want[:]) {
		t.Fatalf("got %x, want %x", b.SHA256, want)
	}
}

func TestPutThatFailsLeavesNothing(t *testing.T) {
	t.Parallel()
	broken := errors.New("connection reset")
	content, large := bytes.Repeat([]byte("x"), 3<<20), bytes.Repeat([]byte("y"), 19<<20)
	right := md5.Sum(content)
	for name, c := range map[string]struct {
		r    io.Reader
		want blob.Want
		err  error
	}{
		"too short":            {bytes.NewReader(content), blob.Want{Size: int64(len(content)) + 1}, blob.ErrMismatch},
		"too long":             {bytes.NewReader(content), blob.Want{Size: int64(len(content)) - 1}, blob.ErrMismatch},
		"not empty":            {bytes.NewReader(content), blob.Want{}, blob.ErrMismatch},
		"other MD5":            {bytes.NewReader(content), blob.Want{Size: -1, MD5: make([]byte, 16)}, blob.ErrMismatch},
		"cut off":              {io.MultiReader(bytes.NewReader(content[:2<<20]), iotest.ErrReader(io.ErrUnexpectedEOF)), blob.Want{Size: -1, MD5: right[:]}, io.ErrUnexpectedEOF},
		"broken at once":       {iotest.ErrReader(broken), anything(), broken},
		"broken inside chunk":  {io.MultiReader(bytes.NewReader(content[:100]), iotest.ErrReader(broken)), anything(), broken},
		"announced but absent": {bytes.NewReader(nil), blob.Want{Size: 5}, blob.ErrMismatch},
		"small and too short":  {bytes.NewReader(content[:10]), blob.Want{Size: 11}, blob.ErrMismatch},
		"small and too long":   {bytes.NewReader(content[:10]), blob.Want{Size: 9}, blob.ErrMismatch},
		"small and cut off":    {io.MultiReader(bytes.NewReader(content[:10]), iotest.ErrReader(io.ErrUnexpectedEOF)), blob.Want{Size: 20}, io.ErrUnexpectedEOF},
		"large and too short":  {bytes.NewReader(large), blob.Want{Size: int64(len(large)) + 1}, blob.ErrMismatch},
		"large and too long":   {bytes.NewReader(large), blob.Want{Size: int64(len(large)) - 1}, blob.ErrMismatch},
		"large, other MD5":     {bytes.NewReader(large), blob.Want{Size: int64(len(large)), MD5: right[:]}, blob.ErrMismatch},
		"large and cut off":    {io.MultiReader(bytes.NewReader(large), iotest.ErrReader(io.ErrUnexpectedEOF)), blob.Want{Size: 1 << 30}, io.ErrUnexpectedEOF},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, dir := open(t)
			if _, err := l.Put(t.Context(), c.r, c.want); !errors.Is(err, c.err) {
				t.Fatalf("got %v, want %v", err, c.err)
			}
			if found := files(t, dir); len(found) != 0 {
				t.Fatalf("left behind: %v", found)
			}
		})
	}
}

func TestPutStopsWhenCancelled(t *testing.T) {
	t.Parallel()
	for _, after := range []int{0, 3 << 20, 18 << 20} {
		l, dir := open(t)
		ctx, cancel := context.WithCancel(t.Context())
		var read int
		endless := readerFunc(func(p []byte) (int, error) {
			if read += len(p); read > after {
				cancel()
			}
			return len(p), nil
		})
		if _, err := l.Put(ctx, endless, anything()); !errors.Is(err, context.Canceled) {
			t.Fatalf("got %v, want context.Canceled", err)
		}
		if found := files(t, dir); len(found) != 0 {
			t.Fatalf("left behind: %v", found)
		}
	}
}

func TestPutOfSameContentAtOnce(t *testing.T) {
	t.Parallel()
	l, dir := open(t)
	content := bytes.Repeat([]byte("weights"), 300_000)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			b, err := l.Put(t.Context(), bytes.NewReader(content), anything())
			if err != nil {
				t.Error(err)
				return
			}
			r, _, err := l.Open(t.Context(), b.SHA256)
			if err != nil {
				t.Error(err)
				return
			}
			defer r.Close()
			if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, content) {
				t.Errorf("read other content: %v", err)
			}
		})
	}
	wg.Wait()
	if found := files(t, dir); len(found) != 1 {
		t.Fatalf("kept %d times: %v", len(found), found)
	}
}

func TestPutKeepsWhatIsThereAndHealsWhatIsDamaged(t *testing.T) {
	t.Parallel()
	l, dir := open(t)
	put := func() os.FileInfo {
		t.Helper()
		if _, err := l.Put(t.Context(), bytes.NewReader([]byte("weights")), anything()); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(files(t, dir)[0])
		if err != nil {
			t.Fatal(err)
		}
		return info
	}
	first := put()
	if second := put(); !os.SameFile(first, second) {
		t.Fatal("content that was there was written again")
	}
	if err := os.Truncate(files(t, dir)[0], 3); err != nil {
		t.Fatal(err)
	}
	if healed := put(); healed.Size() != 7 {
		t.Fatalf("damaged content stayed at %d bytes", healed.Size())
	}
}

func TestDelete(t *testing.T) {
	t.Parallel()
	l, _ := open(t)
	b, err := l.Put(t.Context(), bytes.NewReader([]byte("old weights")), anything())
	if err != nil {
		t.Fatal(err)
	}
	reading, _, err := l.Open(t.Context(), b.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	defer reading.Close()
	for range 2 {
		if err := l.Delete(t.Context(), b.SHA256); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := l.Open(t.Context(), b.SHA256); !errors.Is(err, blob.ErrNotFound) {
		t.Fatalf("open after delete: %v, want ErrNotFound", err)
	}
	if got, err := io.ReadAll(reading); err != nil || string(got) != "old weights" {
		t.Fatalf("a download that had begun broke off: %q, %v", got, err)
	}
}

func TestDigestOfWrongLength(t *testing.T) {
	t.Parallel()
	l, dir := open(t)
	if err := os.WriteFile(filepath.Join(dir, "secret"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, sum := range [][]byte{nil, {}, {1}, make([]byte, 31), make([]byte, 33)} {
		if r, _, err := l.Open(t.Context(), sum); err == nil {
			r.Close()
			t.Errorf("opened a digest of %d bytes", len(sum))
		}
		if err := l.Delete(t.Context(), sum); err == nil {
			t.Errorf("deleted a digest of %d bytes", len(sum))
		}
	}
}

func TestReady(t *testing.T) {
	t.Parallel()
	l, dir := open(t)
	if err := l.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	if found := files(t, dir); len(found) != 0 {
		t.Fatalf("asking left files: %v", found)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := l.Ready(t.Context()); err == nil {
		t.Fatal("ready although its folder is gone")
	}
}

func TestNewLocalSweepsOnlyStaleUploads(t *testing.T) {
	t.Parallel()
	_, dir := open(t)
	stale, fresh := filepath.Join(dir, "tmp", "put-1"), filepath.Join(dir, "tmp", "put-2")
	for path, age := range map[string]time.Duration{stale: 25 * time.Hour, fresh: 23 * time.Hour} {
		if err := os.WriteFile(path, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
		at := time.Now().Add(-age)
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := blob.NewLocal(dir); err != nil {
		t.Fatal(err)
	}
	if found := files(t, dir); len(found) != 1 || found[0] != fresh {
		t.Fatalf("left: %v, want only %s", found, fresh)
	}
}

// http.ServeContent can use sendfile only for an *os.File.
func TestServeContent(t *testing.T) {
	t.Parallel()
	l, _ := open(t)
	b, err := l.Put(t.Context(), bytes.NewReader([]byte("0123456789")), anything())
	if err != nil {
		t.Fatal(err)
	}
	r, _, err := l.Open(t.Context(), b.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, ok := r.(*os.File); !ok {
		t.Fatalf("Open returned a %T", r)
	}
	req := httptest.NewRequest(http.MethodGet, "/", nil)
	req.Header.Set("Range", "bytes=2-4")
	rec := httptest.NewRecorder()
	http.ServeContent(rec, req, "", time.Time{}, r)
	if rec.Code != http.StatusPartialContent || rec.Body.String() != "234" {
		t.Fatalf("got %d %q", rec.Code, rec.Body)
	}
}

// A large upload must not be held in memory. Not parallel: it measures what the whole process allocates.
func TestPutHoldsLittleInMemory(t *testing.T) {
	l, _ := open(t)
	const size = 200 << 20
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	b, err := l.Put(t.Context(), repeat(size), blob.Want{Size: size})
	if err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if b.Size != size {
		t.Fatalf("put %d bytes", b.Size)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 8<<20 {
		t.Fatalf("200 MiB took %d MiB of memory", used>>20)
	}
}

func BenchmarkPut(b *testing.B) {
	l, _ := open(b)
	const size = 256 << 20
	b.SetBytes(size)
	for b.Loop() {
		put, err := l.Put(b.Context(), repeat(size), blob.Want{Size: size})
		if err != nil {
			b.Fatal(err)
		}
		if err := l.Delete(b.Context(), put.SHA256); err != nil {
			b.Fatal(err)
		}
	}
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// repeat reads as size bytes of noise that repeats.
func repeat(size int64) io.Reader {
	noise := make([]byte, 64<<10)
	for i := range noise {
		noise[i] = byte(rand.Uint32())
	}
	return io.LimitReader(readerFunc(func(p []byte) (int, error) { return copy(p, noise), nil }), size)
}
