//go:build !linux

package blob

import (
	"errors"
	"os"
)

// setDirect says whether writes to f go past the page cache; here they never do.
func setDirect(_ *os.File, direct bool) error {
	if direct {
		return errors.ErrUnsupported
	}
	return nil
}
