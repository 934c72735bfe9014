package db

import (
	"database/sql"
	"io"
	"net"
	"testing"
	"time"

	"github.com/lib/pq"

	"greenroom/registry"
)

// peer listens as a Postgres would, and does something else with whoever comes.
func peer(t *testing.T, with func(net.Conn)) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				with(c)
			}()
		}
	}()
	return "postgres://someone@" + l.Addr().String() + "/something?sslmode=disable"
}

// mute is all that a client hears of a Postgres that lets it in and then hangs.
func mute(c net.Conn) {
	_, _ = c.Read(make([]byte, 1<<10))
	_, _ = c.Write([]byte("R\x00\x00\x00\x08\x00\x00\x00\x00Z\x00\x00\x00\x05I")) // authentication is fine; ready for a query
	_, _ = io.Copy(io.Discard, c)
}

// Whatever is wrong with Postgres or the way to it, it is something that may heal, and nobody waits for longer than told.
func TestPostgresThatIsNone(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		with   func(net.Conn)
		params string
	}{
		"hangs up":          {func(net.Conn) {}, ""},
		"says nothing":      {func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }, ""},
		"never lets in":     {func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }, "&connect_timeout=1"},
		"stops answering":   {mute, ""},
		"did so long ago":   {mute, "&connect_timeout=5"},
		"breaks off":        {func(c net.Conn) { _, _ = c.Read(make([]byte, 8)) }, ""},
		"breaks off inside": {func(c net.Conn) { _, _ = c.Write([]byte("R\x00\x00")); _, _ = c.Read(make([]byte, 1<<10)) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			connector, err := pq.NewConnector(peer(t, c.with) + c.params)
			if err != nil {
				t.Fatal(err)
			}
			connector.Dialer(dialer{patience: 100 * time.Millisecond})
			pool := sql.OpenDB(connector)
			defer pool.Close()
			answered := make(chan error, 1)
			go func() {
				_, err := pool.ExecContext(t.Context(), "select 1")
				answered <- err
			}()
			select {
			case err := <-answered:
				if registry.KindOf(kinded(err)) != registry.Busy {
					t.Errorf("%v is not known as what may heal", err)
				}
			case <-time.After(time.Minute):
				t.Error("waits for ever")
			}
		})
	}
}
