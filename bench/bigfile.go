package main

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
)

const (
	bigSize = 1 << 30 // bytes
	bigName = "model.safetensors"
	bigMB   = float64(bigSize) / 1e6
)

// A bigFile is content of a gigabyte that no machine can compress, all of it in the page cache.
type bigFile struct {
	path   string
	sha256 string // in hex
	etag   string // as Greenroom answers it
}

// bigFile makes one, new with each seed.
func (b *bed) bigFile(seed byte) (*bigFile, error) {
	f, err := os.CreateTemp(b.dir, "big-")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	sha, md := sha256.New(), md5.New()
	noise := rand.NewChaCha8([32]byte{seed})
	if _, err := io.Copy(io.MultiWriter(f, sha, md), io.LimitReader(noise, bigSize)); err != nil {
		return nil, errors.Join(err, os.Remove(f.Name()))
	}
	return &bigFile{f.Name(), hex.EncodeToString(sha.Sum(nil)), `"` + hex.EncodeToString(md.Sum(nil)) + `"`}, f.Close()
}

// remove makes room; what cannot be removed goes with the scratch folder.
func (f *bigFile) remove() { _ = os.Remove(f.path) }

// bigAddress is where the SDK is told to put a file of a run.
func (c *client) bigAddress(ctx context.Context, project, run string) (string, error) {
	if err := c.upsertRun(ctx, project, run); err != nil {
		return "", err
	}
	var given struct {
		CreateRunFiles struct {
			Files []struct{ UploadURL string }
		}
	}
	in := map[string]any{"entity": team, "project": project, "run": run, "files": []string{bigName}}
	if err := c.ask(ctx, "CreateRunFiles", in, &given); err != nil {
		return "", err
	}
	if n := len(given.CreateRunFiles.Files); n != 1 {
		return "", fmt.Errorf("%d places for one file", n)
	}
	return given.CreateRunFiles.Files[0].UploadURL, nil
}

// putBig uploads the file and demands that the server says what it was.
func (c *client) putBig(ctx context.Context, address string, big *bigFile) error {
	f, err := os.Open(big.path)
	if err != nil {
		return err
	}
	defer f.Close()
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, address, f)
	if err != nil {
		return err
	}
	req.ContentLength = bigSize
	res, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if text, err := io.ReadAll(res.Body); err != nil || res.StatusCode != http.StatusOK {
		return fmt.Errorf("PUT answers %s: %s, %w", res.Status, text, err)
	}
	if got := res.Header.Get("ETag"); got != big.etag {
		return fmt.Errorf("the server took %s for %s", big.etag, got)
	}
	return nil
}

// getBig downloads a gigabyte and throws it away, or lets sum see it.
func getBig(ctx context.Context, over *http.Client, address string, sum io.Writer) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	res, err := over.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("GET answers %s", res.Status)
	}
	into := struct{ io.Writer }{sum} // without the shortcuts of io.Discard, so that both sides are read alike
	n, err := io.CopyBuffer(into, struct{ io.Reader }{res.Body}, make([]byte, 1<<20))
	if err == nil && n != bigSize {
		err = fmt.Errorf("%d bytes came instead of %d", n, bigSize)
	}
	return err
}

// checkBig demands that a download is the file.
func checkBig(ctx context.Context, over *http.Client, address string, big *bigFile) error {
	sum := sha256.New()
	if err := getBig(ctx, over, address, sum); err != nil {
		return err
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != big.sha256 {
		return fmt.Errorf("%s is %s instead of %s", address, got, big.sha256)
	}
	return nil
}

// stored is the file in which the server keeps content of that size, found without knowing how it names files.
func (g *greenroom) stored() (path string, err error) {
	err = filepath.WalkDir(filepath.Join(g.data, "files"), func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Size() == bigSize {
			path = p
		}
		return err
	})
	if err == nil && path == "" {
		err = errors.New("the server keeps no file of that size")
	}
	return path, err
}

// forget removes what was stored, so that scratch space does not grow with the rounds, and waits until the disk is idle.
func (g *greenroom) forget() error {
	path, err := g.stored()
	if err != nil {
		return err
	}
	if err := os.Remove(path); err != nil {
		return err
	}
	syscall.Sync()
	return nil
}

// bigURL is the signed address from which the SDK downloads the file.
func (c *client) bigURL(ctx context.Context, project, run string) (string, error) {
	const q = `query RunFiles($entity: String!, $project: String!, $run: String!, $names: [String!]) {
		project(name: $project, entityName: $entity) { run(name: $run) { files(names: $names) { edges { node { directUrl } } } } } }`
	var got struct {
		Data struct {
			Project struct {
				Run struct {
					Files struct {
						Edges []struct{ Node struct{ DirectURL string } }
					}
				}
			}
		}
	}
	in := map[string]any{"entity": team, "project": project, "run": run, "names": []string{bigName}}
	if err := c.post(ctx, "/graphql", map[string]any{"query": q, "variables": in}, &got); err != nil {
		return "", err
	}
	edges := got.Data.Project.Run.Files.Edges
	if len(edges) != 1 {
		return "", fmt.Errorf("the run has %d files of that name", len(edges))
	}
	return edges[0].Node.DirectURL, nil
}
