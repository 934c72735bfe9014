package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

var upload = work{
	name:  "upload",
	title: "Upload of a large file",
	about: `A file of 1 GiB is uploaded over a loopback connection to the signed address that the W&B SDK is given. When Greenroom answers,
it knows the file's SHA-256 and MD5 and the file is synced to the disk. Beside it ` + "`cp`, `sha256sum` of the copy and `sync`" + ` run one
after the other, which compute no MD5 and cross no network. The file is in the page cache and new to both in each round; the
disk is idle when either begins.`,
	run: measureUpload,
}

func measureUpload(ctx context.Context, b *bed) ([]figure, error) {
	g, err := b.serve(ctx)
	if err != nil {
		return nil, err
	}
	c, err := g.client()
	if err != nil {
		return nil, err
	}
	who := "cp + sha256sum + sync, " + coreutils(ctx)
	f := figure{what: "taken, hashed and synced", unit: "s", better: less, who: who, bounds: []bound{ratioAtLeast(1.5)}}
	for round := range b.rounds {
		ours, peer, err := uploadRound(ctx, b, g, c, round)
		if err != nil {
			return nil, err
		}
		f.ours, f.peer = append(f.ours, ours), append(f.peer, peer)
		b.logf("upload: round %d of %d: %.2f and %.2f s", round+1, b.rounds, ours, peer)
	}
	return []figure{f}, nil
}

// uploadRound returns how many seconds each side took.
func uploadRound(ctx context.Context, b *bed, g *greenroom, c *client, round int) (ours, peer float64, err error) {
	const project = "upload"
	run := fmt.Sprintf("big-%d", round)
	big, err := b.bigFile(byte(round))
	if err != nil {
		return 0, 0, err
	}
	defer big.remove()
	address, err := c.bigAddress(ctx, project, run)
	if err != nil {
		return 0, 0, err
	}
	syscall.Sync()
	began := time.Now()
	if err := c.putBig(ctx, address, big); err != nil {
		return 0, 0, err
	}
	ours = time.Since(began).Seconds()
	if round == 0 {
		url, err := c.bigURL(ctx, project, run)
		if err != nil {
			return 0, 0, err
		}
		if err := checkBig(ctx, c.http, url, big); err != nil {
			return 0, 0, err
		}
	}
	if err := g.forget(); err != nil {
		return 0, 0, err
	}
	peer, err = copyBig(ctx, filepath.Join(g.data, "copy"), big)
	return ours, peer, err
}

// copyBig does with the system's programs what an upload does, and returns how many seconds they took together.
func copyBig(ctx context.Context, to string, big *bigFile) (float64, error) {
	began := time.Now()
	if out, err := exec.CommandContext(ctx, "cp", big.path, to).CombinedOutput(); err != nil {
		return 0, fmt.Errorf("cp: %w: %s", err, out)
	}
	sum, err := exec.CommandContext(ctx, "sha256sum", to).Output()
	if err != nil {
		return 0, fmt.Errorf("sha256sum: %w", err)
	}
	if err := exec.CommandContext(ctx, "sync").Run(); err != nil {
		return 0, fmt.Errorf("sync: %w", err)
	}
	took := time.Since(began).Seconds()
	if !strings.HasPrefix(string(sum), big.sha256+" ") {
		return 0, fmt.Errorf("sha256sum says %s, not %s", sum, big.sha256)
	}
	if err := os.Remove(to); err != nil {
		return 0, err
	}
	syscall.Sync()
	return took, nil
}

// coreutils is the edition of the system's programs.
func coreutils(ctx context.Context) string {
	out, err := exec.CommandContext(ctx, "sha256sum", "--version").Output()
	if err != nil {
		return "of the system"
	}
	line, _, _ := strings.Cut(string(out), "\n") // sha256sum (GNU coreutils) 9.1
	_, edition, _ := strings.Cut(line, "(")
	return strings.ReplaceAll(edition, ")", "")
}
