//go:build sdks

package e2e

import (
	"io/fs"
	"path/filepath"
	"testing"
)

// A large file goes up and comes back byte for byte, whole or in pieces, is kept once, and never stands in the server's
// memory: with the newest client and the oldest, which move files in Go and in Python. One comes after the other: each needs
// twice the file's size on disk.
func TestArtifactOfAGibibyte(t *testing.T) {
	t.Parallel()
	for _, client := range []string{newest, "0.16.6"} {
		t.Run(client, func(t *testing.T) {
			s := startServer(t)
			d := deskOf(t, s, s.newPerson("ada"), client)
			got := tale[struct {
				Version  string
				Same     bool
				Size     int64
				Up, Down float64
			}](d.run(preamble + chapterTools + gibibyte).told())
			if got.Version != "v0" || !got.Same || got.Size != 1<<30 {
				t.Errorf("the script tells %+v", got)
			}
			if kept := s.kept(); kept < got.Size || kept > got.Size+1<<20 {
				t.Errorf("%d bytes are kept of %d", kept, got.Size)
			}
			peak := s.peak()
			if peak > 256<<20 {
				t.Errorf("the server took %d MiB of memory", peak>>20)
			}
			t.Logf("up in %.1f s (%.0f MB/s), down in %.1f s (%.0f MB/s), the server's memory at most %d MiB",
				got.Up, float64(got.Size)/1e6/got.Up, got.Down, float64(got.Size)/1e6/got.Down, peak>>20)
		})
	}
}

const gibibyte = `
with open("big.bin", "wb") as f: # full of holes on this side's disk, of the same size everywhere else
    for i in range(1024):
        f.seek(i << 20)
        f.write(i.to_bytes(8, "big") + os.urandom(4096))
    f.truncate(1 << 30)
run = wandb.init(project="cats")
art = wandb.Artifact("big", "dataset")
art.add_file("big.bin", policy="immutable", skip_cache=True)
began = time.monotonic()
run.log_artifact(art)
art.wait()
up = time.monotonic() - began
began = time.monotonic()
pieces = {"multipart": True} if wandb.__version__ == "0.31.0" else {}
root = run.use_artifact("big:latest").download("back", skip_cache=True, **pieces)
down = time.monotonic() - began
same = filecmp.cmp("big.bin", root + "/big.bin", shallow=False)
run.finish()
tell(version=art.version, same=same, size=art.size, up=up, down=down)
`

// kept is how many bytes the server's files have, not counting the database.
func (s *server) kept() (sum int64) {
	s.t.Helper()
	err := filepath.WalkDir(s.data, func(path string, f fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if path == filepath.Join(s.data, "postgres") {
			return fs.SkipDir
		}
		info, err := f.Info()
		if err == nil && info.Mode().IsRegular() {
			sum += info.Size()
		}
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return sum
}
