package main

import (
	"context"
	"net/http"
	"net/http/cookiejar"
)

// browser is the administrator's, signed in by a link from the terminal.
func (g *greenroom) browser(ctx context.Context) (*http.Client, error) {
	out, err := g.bed.command(ctx, g.data, "user", "link", admin, "--url", g.url)
	if err != nil {
		return nil, err
	}
	c := newHTTP()
	if c.Jar, err = cookiejar.New(nil); err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, lastLine(out), nil)
	if err != nil {
		return nil, err
	}
	return c, exchange(c, req, new([]byte))
}
