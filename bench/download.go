package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
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
	n, err := b.nginx(ctx, g)
	if err != nil {
		return nil, err
	}
	peer := downloader{newHTTP(), n.url}
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

// An nginx serves the large file that a Greenroom keeps.
type nginx struct {
	*process
	url string
	who string // for the report
}

// nginxSettings are those of Debian's package, as far as they bear on a file that is sent; what is left out is as nginx
// has it. Only where it writes is ours.
const nginxSettings = `worker_processes auto;
pid %[1]s/pid;
daemon off;
events { worker_connections 768; }
http {
	sendfile on;
	tcp_nopush on;
	types_hash_max_size 2048;
	default_type application/octet-stream;
	gzip on;
	access_log %[1]s/access.log;
	client_body_temp_path %[1]s/body;
	proxy_temp_path %[1]s/proxy;
	fastcgi_temp_path %[1]s/fastcgi;
	uwsgi_temp_path %[1]s/uwsgi;
	scgi_temp_path %[1]s/scgi;
	server { listen %[2]s; root %[1]s/root; }
}
`

func (b *bed) nginx(ctx context.Context, g *greenroom) (*nginx, error) {
	program := nginxProgram()
	said, err := exec.CommandContext(ctx, program, "-v").CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("there is no nginx; `build/need nginx` gets it: %w", err)
	}
	version := regexp.MustCompile(`nginx/([\d.]+)`).FindSubmatch(said)
	if version == nil {
		return nil, fmt.Errorf("nginx says %q about its version", said)
	}
	n := &nginx{who: "nginx " + string(version[1])}
	b.using("nginx", string(version[1]))
	dir, err := b.folder("nginx")
	if err != nil {
		return nil, err
	}
	if err := g.share(filepath.Join(dir, "root")); err != nil {
		return nil, err
	}
	addr, err := freeAddr(ctx)
	if err != nil {
		return nil, err
	}
	n.url = "http://" + addr + "/" + bigName
	conf := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(conf, fmt.Appendf(nil, nginxSettings, dir, addr), 0o644); err != nil {
		return nil, err
	}
	cmd := exec.Command(program, "-p", dir, "-c", conf, "-e", filepath.Join(dir, "error.log")) //nolint:noctx // it ends by stop, in good order
	if n.process, err = b.start("nginx", cmd); err != nil {
		return nil, err
	}
	return n, n.await(ctx, func(ctx context.Context) error { return answers(ctx, "http://"+addr+"/small") })
}

// nginxProgram is the system's, or the one that build/need has unpacked.
func nginxProgram() string {
	for _, path := range []string{"/usr/sbin/nginx", ".nginx/usr/sbin/nginx"} {
		if full, err := filepath.Abs(path); err == nil {
			if _, err := os.Stat(full); err == nil {
				return full
			}
		}
	}
	return "nginx"
}

// share gives the stored file another name in a new folder, for whoever may read it there.
func (g *greenroom) share(dir string) error {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	path, err := g.stored()
	if err != nil {
		return err
	}
	if err := os.Chmod(path, 0o644); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "small"), []byte("small\n"), 0o644); err != nil {
		return err
	}
	return os.Link(path, filepath.Join(dir, bigName))
}
