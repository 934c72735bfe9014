package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
)

// An nginx serves the files in a folder, and takes what is put below put/ in it.
type nginx struct {
	*process
	url  string // without a slash at the end
	root string // the folder
	who  string // for the report
}

// nginxSettings are those of Debian's package, as far as they bear on a file that is sent; what is left out is as nginx
// has it. Only where it writes is ours, and that it takes files of any size.
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
	server {
		listen %[2]s;
		root %[1]s/root;
		location /put/ {
			client_max_body_size 0;
			dav_methods PUT;
			create_full_put_path on;
		}
	}
}
`

// nginx starts one on a folder of its own.
func (b *bed) nginx(ctx context.Context) (*nginx, error) {
	program := nginxProgram()
	said, err := exec.CommandContext(ctx, program, "-v").CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("there is no nginx; `build/need nginx` gets it: %w", err)
	}
	version := regexp.MustCompile(`nginx/([\d.]+)`).FindSubmatch(said)
	if version == nil {
		return nil, fmt.Errorf("nginx says %q about its version", said)
	}
	b.using("nginx", string(version[1]))
	dir, err := b.folder("nginx")
	if err != nil {
		return nil, err
	}
	addr, err := freeAddr(ctx)
	if err != nil {
		return nil, err
	}
	n := &nginx{url: "http://" + addr, root: filepath.Join(dir, "root"), who: "nginx " + string(version[1])}
	if err := n.lay(); err != nil {
		return nil, err
	}
	conf := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(conf, fmt.Appendf(nil, nginxSettings, dir, addr), 0o644); err != nil {
		return nil, err
	}
	cmd := exec.Command(program, "-p", dir, "-c", conf, "-e", filepath.Join(dir, "error.log")) //nolint:noctx // it ends by stop, in good order
	if n.process, err = b.start("nginx", cmd); err != nil {
		return nil, err
	}
	return n, n.await(ctx, func(ctx context.Context) error { return answers(ctx, n.url+"/small") })
}

// lay makes the folder. Started by root, nginx writes as another user, who must get in.
func (n *nginx) lay() error {
	put := filepath.Join(n.root, "put")
	if err := os.MkdirAll(put, 0o755); err != nil {
		return err
	}
	if err := os.Chmod(put, 0o777); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(n.root, "small"), []byte("small\n"), 0o644)
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
