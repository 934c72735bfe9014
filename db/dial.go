package db

import (
	"context"
	"net"
	"time"

	"github.com/lib/pq"
)

const (
	// reach is how long making a connection may take.
	reach = 5 * time.Second
	// patience is how long a statement may take. Postgres does not answer later
	// than that unless something is wrong with it or with the way to it, and the
	// driver alone would wait for as long as the kernel does: a quarter of an hour.
	patience = time.Minute
)

// dialer makes connections that give up on an answer.
type dialer struct {
	pq.Dialer // its methods are not called where there is DialContext
	patience  time.Duration
}

// DialContext implements pq.DialerContext.
func (d dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	c, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &impatient{Conn: c, patience: d.patience}, nil
}

// impatient is a connection whose reads and writes fail when the other side is
// silent for too long. The driver reads only while it waits for an answer.
type impatient struct {
	net.Conn
	patience time.Duration
	bounded  bool // by a deadline of the driver's own, for the handshake
}

func (c *impatient) SetDeadline(t time.Time) error {
	c.bounded = !t.IsZero()
	return c.Conn.SetDeadline(t)
}

func (c *impatient) Read(b []byte) (int, error) {
	if !c.bounded {
		if err := c.SetReadDeadline(time.Now().Add(c.patience)); err != nil {
			return 0, err
		}
	}
	return c.Conn.Read(b)
}

func (c *impatient) Write(b []byte) (int, error) {
	if !c.bounded {
		if err := c.SetWriteDeadline(time.Now().Add(c.patience)); err != nil {
			return 0, err
		}
	}
	return c.Conn.Write(b)
}
