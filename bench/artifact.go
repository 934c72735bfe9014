package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"path/filepath"
	"syscall"
)

const (
	artifactFiles = 1000
	artifactSize  = 64 << 10 // bytes of a file
)

var artifact = work{
	name:  "artifact",
	title: "An artifact of 1,000 files",
	about: `A Python script with the W&B SDK logs an artifact of 1,000 files of 64 KiB each, another one downloads it to an empty folder with
nothing cached. What counts is the time from ` + "`log_artifact`" + ` until ` + "`wait`" + ` returns, and that of ` + "`download`" + `. Both sides ask the same
Greenroom through the same relay, which for the peer replaces the signed addresses of the files by addresses of an nginx: there the
files go, and from there they come. Greenroom syncs every file to the disk before it answers, nginx does not. The peer's artifact has
the content that Greenroom got just before, so that Greenroom can make a version of it, too; for the client that is no difference.
After each round the downloads, and what nginx was given, are compared with the files byte for byte.`,
	run: measureArtifact,
}

// upScript takes the name of an artifact and the folder whose files it gets.
const upScript script = `
import json, sys, time, wandb
with wandb.init(project="artifact") as run:
    made = wandb.Artifact(sys.argv[1], type="dataset")
    made.add_dir(sys.argv[2])
    began = time.perf_counter()
    run.log_artifact(made).wait()
    took = time.perf_counter() - began
print(json.dumps(took))
`

// downScript takes the address of an artifact and a folder to put its files in.
const downScript script = `
import json, sys, time, wandb
made = wandb.Api(timeout=60).artifact(sys.argv[1])
began = time.perf_counter()
made.download(root=sys.argv[2])
took = time.perf_counter() - began
print(json.dumps(took))
`

func measureArtifact(ctx context.Context, b *bed) ([]figure, error) {
	g, err := b.serve(ctx)
	if err != nil {
		return nil, err
	}
	n, err := b.nginx(ctx)
	if err != nil {
		return nil, err
	}
	up := figure{what: "logged", unit: "s", better: less, who: "files through " + n.who, bounds: []bound{within(1.2)}}
	down := figure{what: "downloaded", unit: "s", better: less, who: "files through " + n.who, bounds: []bound{within(1.2)}}
	for round := range b.rounds {
		files, err := b.manyFiles(byte(round))
		if err != nil {
			return nil, err
		}
		ours, err := g.carry(ctx, fmt.Sprintf("ours-%d", round), files, detour{source: g.url})
		if err != nil {
			return nil, err
		}
		put := fmt.Sprintf("put/%d", round)
		theirs, err := g.carry(ctx, fmt.Sprintf("peer-%d", round), files, detour{g.url, n.url + "/" + put + "/"})
		if err != nil {
			return nil, fmt.Errorf("nginx: %w", err)
		}
		given := filepath.Join(n.root, put)
		if err := errors.Join(sameFiles(files, given), os.RemoveAll(given), os.RemoveAll(files)); err != nil {
			return nil, err
		}
		up.ours, up.peer = append(up.ours, ours.up), append(up.peer, theirs.up)
		down.ours, down.peer = append(down.ours, ours.down), append(down.peer, theirs.down)
		b.logf("artifact: round %d of %d: %.2f and %.2f s up, %.2f and %.2f s down", round+1, b.rounds, ours.up, theirs.up, ours.down, theirs.down)
	}
	return []figure{up, down}, nil
}

// A carried is how many seconds the way up and the way down took.
type carried struct{ up, down float64 }

// carry logs a folder as an artifact and downloads that again, and demands that it comes as it went.
func (g *greenroom) carry(ctx context.Context, name, files string, way detour) (took carried, err error) {
	between := httptest.NewServer(way)
	defer between.Close()
	syscall.Sync() // the disk is idle when either begins
	if _, err := upScript.run(ctx, g, between.URL, &took.up, name, files); err != nil {
		return took, err
	}
	into, err := g.bed.folder("down")
	if err != nil {
		return took, err
	}
	if _, err := downScript.run(ctx, g, between.URL, &took.down, fmt.Sprintf("%s/artifact/%s:v0", team, name), into); err != nil {
		return took, err
	}
	return took, errors.Join(sameFiles(files, into), os.RemoveAll(into))
}

// manyFiles makes a folder of files that no machine can compress, new with each seed.
func (b *bed) manyFiles(seed byte) (string, error) {
	dir, err := b.folder("files")
	if err != nil {
		return "", err
	}
	noise := rand.NewChaCha8([32]byte{seed})
	content := make([]byte, artifactSize)
	for i := range artifactFiles {
		if _, err := io.ReadFull(noise, content); err != nil {
			return "", err
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("part-%04d.bin", i)), content, 0o644); err != nil {
			return "", err
		}
	}
	return dir, nil
}

// sameFiles demands that a folder has the files of another one, byte for byte, and no others.
func sameFiles(want, got string) error {
	files, err := os.ReadDir(want)
	if err != nil {
		return err
	}
	there, err := os.ReadDir(got)
	if err != nil {
		return err
	}
	if len(there) != len(files) || len(files) != artifactFiles {
		return fmt.Errorf("%d files came of %d", len(there), len(files))
	}
	for _, f := range files {
		a, err := os.ReadFile(filepath.Join(want, f.Name()))
		if err != nil {
			return err
		}
		b, err := os.ReadFile(filepath.Join(got, f.Name()))
		if err != nil {
			return err
		}
		if !bytes.Equal(a, b) {
			return fmt.Errorf("%s is not what it was", f.Name())
		}
	}
	return nil
}
