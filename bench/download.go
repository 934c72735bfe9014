package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

var download = work{
	name:  "download",
	title: "Download of a large file",
	about: `A file of 1 GiB is downloaded over a loopback connection by the same client, which throws it away: from the signed address that
the W&B SDK is given, from the link on the run's page, and from nginx with sendfile on and as many workers as processors. Both
servers send the very same file, which is in the page cache.`,
	run: measureDownload,
}

func measureDownload(ctx context.Context, b *bed) ([]figure, error) {
	const project, run = "download", "big"
	g, err := b.serve(ctx)
	if err != nil {
		return nil, err
	}
	c, err := g.client()
	if err != nil {
		return nil, err
	}
	big, err := b.bigFile(1)
	if err != nil {
		return nil, err
	}
	defer big.remove()
	address, err := c.bigAddress(ctx, project, run)
	if err != nil {
		return nil, err
	}
	if err := c.putBig(ctx, address, big); err != nil {
		return nil, err
	}
	signed, err := c.bigURL(ctx, project, run)
	if err != nil {
		return nil, err
	}
	browser, err := g.browser(ctx)
	if err != nil {
		return nil, err
	}
	n, err := b.nginx(ctx)
	if err != nil {
		return nil, err
	}
	if err := g.share(n.root); err != nil {
		return nil, err
	}
	peer := downloader{newHTTP(), n.url + "/" + bigName}
	ours := []downloader{{c.http, signed}, {browser, fmt.Sprintf("%s/%s/%s/runs/%s/files/%s", g.url, team, project, run, bigName)}}
	figures := []figure{{what: "signed address"}, {what: "link on the page"}}
	for _, d := range append(ours, peer) { // which warms the page cache, too
		if err := checkBig(ctx, d.over, d.url, big); err != nil {
			return nil, err
		}
	}
	for round := range b.rounds {
		for i, d := range ours {
			f := &figures[i]
			f.unit, f.who, f.bounds = "MB/s", n.who, []bound{ratioAtLeast(1)}
			mine, err := d.speed(ctx)
			if err != nil {
				return nil, err
			}
			theirs, err := peer.speed(ctx)
			if err != nil {
				return nil, err
			}
			f.ours, f.peer = append(f.ours, mine), append(f.peer, theirs)
			b.logf("download: round %d of %d, %s: %.0f and %.0f MB/s", round+1, b.rounds, f.what, mine, theirs)
		}
	}
	return figures, nil
}

// A downloader gets the large file from one place.
type downloader struct {
	over *http.Client
	url  string
}

// speed is that of one download, in MB/s.
func (d downloader) speed(ctx context.Context) (float64, error) {
	began := time.Now()
	err := getBig(ctx, d.over, d.url, io.Discard)
	return bigMB / time.Since(began).Seconds(), err
}

// share gives the stored file another name in a folder, for whoever may read it there.
func (g *greenroom) share(dir string) error {
	path, err := g.stored()
	if err != nil {
		return err
	}
	if err := os.Chmod(path, 0o644); err != nil {
		return err
	}
	return os.Link(path, filepath.Join(dir, bigName))
}
