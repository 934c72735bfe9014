package registry

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// What follows is the part of LineReader that knows JSON, with the three words
// that W&B adds to it.

// skip reads any value.
func (r *LineReader) skip() error {
	r.space()
	if r.i >= len(r.s) {
		return errLine
	}
	switch c := r.s[r.i]; {
	case c == '"':
		_, err := r.text()
		return err
	case c == '{':
		return r.object((*LineReader).pass)
	case c == '[':
		return r.list()
	case c == 't' && strings.HasPrefix(r.s[r.i:], "true"), c == 'n' && strings.HasPrefix(r.s[r.i:], "null"):
		r.i += 4
		return nil
	case c == 'f' && strings.HasPrefix(r.s[r.i:], "false"):
		r.i += 5
		return nil
	}
	_, err := r.number()
	return err
}

func (r *LineReader) list() error {
	if !r.take('[') || r.depth >= maxDepth {
		return errLine
	}
	r.depth++
	defer func() { r.depth-- }()
	if r.take(']') {
		return nil
	}
	for {
		if err := r.skip(); err != nil {
			return err
		}
		if r.take(']') {
			return nil
		}
		if !r.take(',') {
			return errLine
		}
	}
}

// number reads a number or one of the words for what is none.
func (r *LineReader) number() (float64, error) {
	rest := r.s[r.i:]
	if n := wordAt(rest); n > 0 {
		r.i += n
		return strconv.ParseFloat(rest[:n], 64)
	}
	n := 0
	for n < len(rest) && (rest[n] >= '0' && rest[n] <= '9' || rest[n] == '.' || rest[n] == '-' || rest[n] == '+' || rest[n]|0x20 == 'e') {
		n++
	}
	v, err := strconv.ParseFloat(rest[:n], 64)
	// What is out of range comes back as ±Inf, which is the nearest there is.
	if err != nil && !math.IsInf(v, 0) {
		return 0, errLine
	}
	r.i += n
	return v, nil
}

// wordAt returns the length of the word for no number that s begins with, 0 if
// it begins with something else.
func wordAt(s string) int {
	if s == "" || s[0] != 'N' && s[0] != 'I' && s[0] != '-' {
		return 0
	}
	for _, word := range [...]string{"NaN", "Infinity", "-Infinity"} {
		if strings.HasPrefix(s, word) {
			return len(word)
		}
	}
	return 0
}

// key reads a string, unescaped.
func (r *LineReader) key() (string, error) {
	r.space()
	raw, err := r.text()
	if err != nil {
		return "", err
	}
	if strings.IndexByte(raw, '\\') < 0 {
		return raw[1 : len(raw)-1], nil
	}
	var key string
	if err := json.Unmarshal([]byte(raw), &key); err != nil {
		return "", errLine
	}
	return key, nil
}

// text reads a string with its quotes.
func (r *LineReader) text() (string, error) {
	if r.i >= len(r.s) || r.s[r.i] != '"' {
		return "", errLine
	}
	from := r.i
	r.i = closing(r.s, from)
	if r.i > len(r.s) {
		return "", errLine
	}
	return r.s[from:r.i], nil
}

// closing returns the index behind the string that begins at i, one more than
// there are bytes if it does not end.
func closing(s string, i int) int {
	for i++; i < len(s); i++ {
		switch s[i] {
		case '"':
			return i + 1
		case '\\':
			i++
		}
	}
	return len(s) + 1
}

func (r *LineReader) space() {
	for r.i < len(r.s) && r.s[r.i] <= ' ' {
		r.i++
	}
}

// take skips white space and reads c, if it is there.
func (r *LineReader) take(c byte) bool {
	r.space()
	if r.i < len(r.s) && r.s[r.i] == c {
		r.i++
		return true
	}
	return false
}
