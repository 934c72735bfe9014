package blob

import (
	"errors"
	"os"
	"syscall"
)

// pastCache is from which byte on a file goes to the disk without passing through the system's page cache. Copying
// gigabytes into the cache takes as long as hashing them, all of it has to be on the disk before the upload is answered
// anyway, and it would push out what the database wants to find there. Files that end before are likely to be looked at
// soon, and stay in the cache.
const pastCache = 16 * chunkSize

// A sink writes a file from its beginning to its end, past the page cache where it is worth it and the file system can.
// The disk takes whole chunks only, so the end of the file goes through the cache in any case. What was written is on
// the disk after a Sync, not before.
type sink struct {
	file    *os.File
	written int64
	direct  bool // the file is open for writing past the cache
	refused bool // the file system cannot do that
}

func (s *sink) Write(p []byte) (n int, err error) {
	if err := s.aim(s.written >= pastCache && len(p) == chunkSize && !s.refused); err != nil {
		return 0, err
	}
	n, err = s.file.Write(p)
	if s.direct && errors.Is(err, syscall.EINVAL) {
		// Some file systems take the wish and then no write of this size or from this address.
		s.refused = true
		if err = s.aim(false); err == nil {
			var more int
			more, err = s.file.Write(p[n:])
			n += more
		}
	}
	s.written += int64(n)
	return n, err
}

// aim makes writes go past the cache or through it.
func (s *sink) aim(direct bool) error {
	if direct == s.direct {
		return nil
	}
	err := setDirect(s.file, direct)
	if err == nil {
		s.direct = direct
	} else if direct {
		s.refused = true
		return nil
	}
	return err
}
