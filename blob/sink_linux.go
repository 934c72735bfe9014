package blob

import (
	"os"

	"golang.org/x/sys/unix"
)

// setDirect says whether writes to f go past the page cache.
func setDirect(f *os.File, direct bool) error {
	conn, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var set error
	err = conn.Control(func(fd uintptr) {
		flags, err := unix.FcntlInt(fd, unix.F_GETFL, 0)
		if err != nil {
			set = err
			return
		}
		if flags &^= unix.O_DIRECT; direct {
			flags |= unix.O_DIRECT
		}
		_, set = unix.FcntlInt(fd, unix.F_SETFL, flags)
	})
	if err != nil {
		return err
	}
	return os.NewSyscallError("fcntl", set)
}
