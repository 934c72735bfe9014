package registry

import (
	"encoding/json"
	"iter"
	"math"
	"strconv"
	"strings"
)

// maxDepth is how deep the values of a line may be nested, and flattenDepth how
// deep numbers are looked for.
const (
	maxDepth     = 500
	flattenDepth = 16
)

const space = " \t\r\n"

// LineReader reads the lines that W&B clients log: JSON objects that may hold
// the bare words NaN, Infinity and -Infinity. The zero LineReader is ready; one
// that is used again allocates little.
type LineReader struct {
	s     string
	i     int
	depth int

	path   []byte // of the object being read, with a dot at its end
	names  []byte // of the numbers found, one after the other
	found  []number
	seen   []mediaAt
	step   float64
	more   bool   // numbers than are looked at
	long   bool   // the name of a number, so that it is not looked at
	media  string // the type of picture, table, … that the object being read describes
	wanted []string
	row    HistoryRow
}

type number struct {
	from, to int // in names
	value    float64
}

type mediaAt struct{ name, wbType string }

// Read finds the numbers of a line, those in nested objects under dotted names.
// Strings, booleans, lists and media are no numbers. Returns Invalid for what is
// not an object.
func (r *LineReader) Read(line string) error {
	r.start(line)
	r.path, r.names, r.found, r.step = r.path[:0], r.names[:0], r.found[:0], math.NaN()
	r.seen, r.media, r.more, r.long = r.seen[:0], "", false, false
	if err := r.object((*LineReader).member); err != nil {
		return err
	}
	return r.end()
}

// Numbers returns what Read found, in the order of the line. A name may come
// twice; the last one counts. The names are good until the next Read.
func (r *LineReader) Numbers() iter.Seq2[[]byte, float64] {
	return func(yield func([]byte, float64) bool) {
		for _, n := range r.found {
			if !yield(r.names[n.from:n.to], n.value) {
				return
			}
		}
	}
}

// Media returns the names of pictures, tables, histograms and the like that Read
// found, with their types in W&B's words.
func (r *LineReader) Media() iter.Seq2[string, string] {
	return func(yield func(name, wbType string) bool) {
		for _, m := range r.seen {
			if !yield(m.name, m.wbType) {
				return
			}
		}
	}
}

// More reports whether the line holds more numbers than MaxNumbers; Numbers
// leaves those out.
func (r *LineReader) More() bool { return r.more }

// Long reports whether the name of a number is longer than MaxMetricName; Numbers
// leaves that out.
func (r *LineReader) Long() bool { return r.long }

// Step returns the line's own step, false if it has none that is a number of
// reasonable size.
func (r *LineReader) Step() (int64, bool) {
	if !(math.Abs(r.step) < 1<<53) {
		return 0, false
	}
	return int64(math.Floor(r.step)), true
}

// StepOf is Read and Step for a line that was read before and found to be right:
// mostly its step can be seen without reading all of it.
func (r *LineReader) StepOf(line string) (int64, bool) {
	if step, ok := plainStep(line); ok {
		return step, true
	}
	if r.Read(line) != nil {
		return 0, false
	}
	return r.Step()
}

// plainStep finds the step of a line that holds no other object, no name that
// could mean the step under another spelling, and only one step, in digits.
func plainStep(line string) (step int64, ok bool) {
	const name = `"_step":`
	at := strings.Index(line, name)
	if at < 0 || strings.LastIndexByte(line, '{') > 0 || strings.IndexByte(line, '\\') >= 0 {
		return 0, false
	}
	rest := line[at+len(name):]
	n := 0
	for n < len(rest) && n < 15 && rest[n] >= '0' && rest[n] <= '9' {
		step = step*10 + int64(rest[n]-'0')
		n++
	}
	return step, n > 0 && n < len(rest) && (rest[n] == ',' || rest[n] == '}') && !strings.Contains(rest, name)
}

// Pick returns the values of keys in a line that holds all of them, and nil for
// one that does not. Dotted keys reach into nested objects.
func (r *LineReader) Pick(line string, keys []string) (HistoryRow, error) {
	r.start(line)
	r.path, r.wanted, r.row = r.path[:0], keys, HistoryRow{}
	if err := r.object((*LineReader).pick); err != nil {
		return nil, err
	}
	if err := r.end(); err != nil {
		return nil, err
	}
	for _, key := range keys { // some of which clients name twice
		if _, ok := r.row[key]; !ok {
			return nil, nil
		}
	}
	return r.row, nil
}

// CheckObject returns Invalid unless text is a JSON object, of the tolerant kind.
func (r *LineReader) CheckObject(text string) error {
	r.start(text)
	if err := r.object((*LineReader).pass); err != nil {
		return err
	}
	return r.end()
}

// WithStep returns a line, which is an object, with a step in place of its own:
// of members that have the same name the last one counts.
func WithStep(line string, step int64) string {
	head := strings.TrimSuffix(strings.TrimRight(line, space), "}")
	comma := ","
	if strings.Trim(head, space) == "{" {
		comma = ""
	}
	return head + comma + `"_step":` + strconv.FormatInt(step, 10) + "}"
}

// strict returns a value as JSON that every parser reads: NaN and ±Infinity
// become strings, and what cannot be saved null.
func strict(raw string) json.RawMessage {
	if strict := quoteWords(raw); json.Valid(strict) {
		return strict
	}
	return json.RawMessage("null")
}

func quoteWords(raw string) []byte {
	if !strings.ContainsAny(raw, "NI") {
		return []byte(raw)
	}
	var b []byte
	for i := 0; i < len(raw); {
		if raw[i] == '"' {
			end := min(closing(raw, i), len(raw))
			b = append(b, raw[i:end]...)
			i = end
		} else if n := wordAt(raw[i:]); n > 0 {
			b = append(append(append(b, '"'), raw[i:i+n]...), '"')
			i += n
		} else {
			b = append(b, raw[i])
			i++
		}
	}
	return b
}

var errLine = Errorf(Invalid, "The line is not a JSON object.")

func (r *LineReader) start(line string) { r.s, r.i, r.depth = line, 0, 0 }

func (r *LineReader) end() error {
	r.space()
	if r.i < len(r.s) {
		return errLine
	}
	return nil
}

// object reads an object; member is called behind each colon and reads the value.
func (r *LineReader) object(member func(r *LineReader, key string) error) error {
	if !r.take('{') || r.depth >= maxDepth {
		return errLine
	}
	r.depth++
	defer func() { r.depth-- }()
	if r.take('}') {
		return nil
	}
	for {
		key, err := r.key()
		if err != nil || !r.take(':') {
			return errLine
		}
		r.space()
		if err := member(r, key); err != nil {
			return err
		}
		if r.take('}') {
			return nil
		}
		if !r.take(',') {
			return errLine
		}
	}
}

// member reads one value of an object and keeps the numbers in it.
func (r *LineReader) member(key string) error {
	if r.i >= len(r.s) {
		return errLine
	}
	switch c := r.s[r.i]; {
	case c == '"' && key == "_type":
		text, err := r.text()
		if err == nil {
			r.media = typeIn(text)
		}
		return err
	case c == '"':
		return r.skip()
	case c == '{' && len(r.path) == 0 && key == "_wandb":
		return r.skip()
	case c == '{' && r.depth < flattenDepth && len(r.path)+len(key) < MaxMetricName:
		return r.nested(key)
	case c == '-' || c >= '0' && c <= '9' || c == 'N' || c == 'I':
		v, err := r.number()
		if err != nil {
			return err
		}
		if len(r.path) == 0 && key == "_step" {
			r.step = v
		}
		if len(r.path)+len(key) > MaxMetricName {
			r.long = true
			return nil
		}
		if r.more = len(r.found) >= MaxNumbers; r.more {
			return nil
		}
		from := len(r.names)
		r.names = append(append(r.names, r.path...), key...)
		r.found = append(r.found, number{from, len(r.names), v})
		return nil
	}
	return r.skip()
}

// nested reads an object in an object. One with a _type describes media: what
// it measures is no metric, and what is in it no other media.
func (r *LineReader) nested(key string) error {
	path, names, found, seen := len(r.path), len(r.names), len(r.found), len(r.seen)
	r.path = append(append(r.path, key...), '.')
	outer := r.media
	r.media = ""
	err := r.object((*LineReader).member)
	if r.media != "" {
		r.names, r.found, r.seen = r.names[:names], r.found[:found], r.seen[:seen]
		if name := string(r.path[:len(r.path)-1]); len(name) <= MaxMetricName {
			r.seen = append(r.seen, mediaAt{name, r.media})
		}
	}
	r.path = r.path[:path]
	r.media = outer
	return err
}

// typeIn returns the type that a string in quotes names, the same string for the
// usual ones.
func typeIn(quoted string) string {
	name := quoted[1 : len(quoted)-1]
	for known := range mediaKinds {
		if known == name {
			return known
		}
	}
	if name == "" || len(name) > 64 {
		return "object"
	}
	return Printable(name)
}

// pick keeps a value that is wanted, or looks into it for one that is.
func (r *LineReader) pick(key string) error {
	path := len(r.path)
	name := string(r.path) + key
	inside := false
	for _, w := range r.wanted {
		if w == name {
			from := r.i
			if err := r.skip(); err != nil {
				return err
			}
			r.row[name] = strict(r.s[from:r.i])
			return nil
		}
		inside = inside || len(w) > len(name) && w[len(name)] == '.' && strings.HasPrefix(w, name)
	}
	if !inside || r.i >= len(r.s) || r.s[r.i] != '{' {
		return r.skip()
	}
	r.path = append(append(r.path, key...), '.')
	err := r.object((*LineReader).pick)
	r.path = r.path[:path]
	return err
}

// pass reads a value that nobody asked for.
func (r *LineReader) pass(string) error { return r.skip() }
