package local_test

import (
	"fmt"
	"syscall"
	"testing"
	"time"
)

// Nobody wants a database to go on by itself on their machine: it ends, in good order, with whoever started it.
func TestPostgresEndsWithItsOwner(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	owner := spawn(t, dir, nil)
	pid := postmaster(t, dir)
	exec(t, owner.url, `create table kept (n int)`)
	open := connect(t, owner.url)
	if err := open.PingContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	owner.kill(t)
	within(t, 20*time.Second, func() error {
		if err := syscall.Kill(pid, 0); err != syscall.ESRCH {
			return fmt.Errorf("process %d is still there (%w)", pid, err)
		}
		return nil
	})
}
