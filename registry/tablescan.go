package registry

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// errGarbage says that what was read is not JSON.
var errGarbage = errors.New("garbage")

// scanner reads JSON from a file piece by piece. It balances brackets and finds
// the ends of strings; values are looked at by those who want them.
type scanner struct {
	r    io.ReadSeeker
	buf  []byte
	i    int
	base int64 // where buf stands in the file
	keep *[]byte
	most int
	cut  bool
}

const scanPiece = 64 << 10

// at returns where in the file the next byte stands.
func (s *scanner) at() int64 { return s.base + int64(s.i) }

func (s *scanner) jump(to int64) error {
	if _, err := s.r.Seek(to, io.SeekStart); err != nil {
		return fmt.Errorf("registry: read table: %w", err)
	}
	s.buf, s.i, s.base = s.buf[:0], 0, to
	return nil
}

// fill makes sure that there is a byte to read.
func (s *scanner) fill() error {
	if s.i < len(s.buf) {
		return nil
	}
	s.base += int64(len(s.buf))
	s.i = 0
	if cap(s.buf) == 0 {
		s.buf = make([]byte, 0, scanPiece)
	}
	n, err := s.r.Read(s.buf[:scanPiece])
	for n == 0 && err == nil {
		n, err = s.r.Read(s.buf[:scanPiece])
	}
	s.buf = s.buf[:n]
	switch {
	case n > 0:
		return nil
	case errors.Is(err, io.EOF):
		return io.ErrUnexpectedEOF
	}
	return fmt.Errorf("registry: read table: %w", err)
}

// pass keeps the bytes up to n, where they are wanted, and goes on behind them.
func (s *scanner) pass(n int) {
	if s.keep != nil {
		room := max(0, s.most-len(*s.keep))
		if n-s.i > room {
			s.cut = true
		}
		*s.keep = append(*s.keep, s.buf[s.i:min(n, s.i+room)]...)
	}
	s.i = n
}

// peek skips white space and returns the byte behind it.
func (s *scanner) peek() (byte, error) {
	for {
		if err := s.fill(); err != nil {
			return 0, err
		}
		c := s.buf[s.i]
		if c > ' ' {
			return c, nil
		}
		s.pass(s.i + 1)
	}
}

// open reads a bracket.
func (s *scanner) open(bracket byte) error {
	c, err := s.peek()
	if err != nil {
		return err
	}
	if c != bracket {
		return errGarbage
	}
	s.pass(s.i + 1)
	return nil
}

// nextItem reads up to item n of a list, or behind its end.
func (s *scanner) nextItem(n int) (more bool, err error) { return s.next(n, ']') }

func (s *scanner) next(n int, end byte) (more bool, err error) {
	c, err := s.peek()
	switch {
	case err != nil:
		return false, err
	case c == end:
		s.pass(s.i + 1)
		return false, nil
	case n == 0:
		return true, nil
	case c != ',':
		return false, errGarbage
	}
	s.pass(s.i + 1)
	_, err = s.peek()
	return true, err
}

// nextKey reads the name of member n of an object and its colon.
func (s *scanner) nextKey(n int) (key string, more bool, err error) {
	if more, err = s.next(n, '}'); err != nil || !more {
		return "", more, err
	}
	raw, cut, err := s.value(tableCell)
	if err != nil {
		return "", false, err
	}
	if raw == "" || raw[0] != '"' {
		return "", false, errGarbage
	}
	return ReadCell(raw, cut).Text, true, s.open(':')
}

// value reads a value of any length and returns so many bytes of it.
func (s *scanner) value(most int) (raw string, cut bool, err error) {
	if _, err := s.peek(); err != nil {
		return "", false, err
	}
	var kept []byte
	s.keep, s.most, s.cut = &kept, most, false
	err = s.skip()
	s.keep = nil
	return string(kept), s.cut, err
}

// cell reads a value that is shown; one that may be media is read further.
func (s *scanner) cell() (raw string, cut bool, err error) {
	c, err := s.peek()
	if err != nil {
		return "", false, err
	}
	if c == '{' {
		return s.value(tableObject)
	}
	return s.value(tableCell)
}

// skip passes over a value.
func (s *scanner) skip() error {
	depth := 0
	for {
		c, err := s.peek()
		if err != nil {
			return err
		}
		switch c {
		case '"':
			err = s.text()
		case '[', '{':
			depth++
			s.pass(s.i + 1)
		case ']', '}', ',', ':':
			if depth == 0 {
				return errGarbage
			}
			if c == ']' || c == '}' {
				depth--
			}
			s.pass(s.i + 1)
		default:
			err = s.word()
		}
		if err != nil {
			return err
		}
		if depth == 0 {
			return nil
		}
	}
}

// text passes over a string.
func (s *scanner) text() error {
	s.pass(s.i + 1)
	for {
		if err := s.fill(); err != nil {
			return err
		}
		rest := s.buf[s.i:]
		n := bytes.IndexAny(rest, `"\`)
		switch {
		case n < 0:
			s.pass(len(s.buf))
		case rest[n] == '"':
			s.pass(s.i + n + 1)
			return nil
		default: // of what is escaped the first byte is enough
			s.pass(s.i + n + 1)
			if err := s.fill(); err != nil {
				return err
			}
			s.pass(s.i + 1)
		}
	}
}

// word passes over a number, a boolean, null or a word for what is no number.
func (s *scanner) word() error {
	for {
		if err := s.fill(); err != nil {
			return err
		}
		n := s.i
		for n < len(s.buf) && (s.buf[n] >= '0' && s.buf[n] <= '9' || s.buf[n]|0x20 >= 'a' && s.buf[n]|0x20 <= 'z' || s.buf[n] == '.' || s.buf[n] == '-' || s.buf[n] == '+') {
			n++
		}
		if n == s.i {
			return errGarbage
		}
		s.pass(n)
		if s.i < len(s.buf) {
			return nil
		}
		// The word may go on in the next piece; a file that ends here is none.
		if err := s.fill(); err != nil {
			return err
		}
		if c := s.buf[s.i]; c <= ' ' || bytes.IndexByte([]byte(`,]}:"[{`), c) >= 0 {
			return nil
		}
	}
}
