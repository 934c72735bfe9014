package registry

import (
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// RunFilter is what somebody asks of a project's runs, as they type it:
//
//	config.lr < 0.01 state: running, failed tag: cutout "a word"
//
// Every condition must hold, and every word must stand somewhere a person would
// look. The zero RunFilter lets every run through.
type RunFilter struct {
	Conditions []RunCondition
	Words      []string
}

// RunCondition is one condition of a RunFilter. Values are alternatives: one must
// hold; with !=, none may.
type RunCondition struct {
	Field  string // config.<key>, summary.<key> or one of FilterFields
	Op     RunOp
	Values []string
}

// RunOp is how a condition compares.
type RunOp string

// The operators. Is reads like Equal, and finds parts of names.
const (
	Is       RunOp = ":"
	Equal    RunOp = "="
	NotEqual RunOp = "!="
	Less     RunOp = "<"
	AtMost   RunOp = "<="
	More     RunOp = ">"
	AtLeast  RunOp = ">="
)

// Orders reports whether the operator asks for more or less rather than for the
// same.
func (o RunOp) Orders() bool { return o == Less || o == AtMost || o == More || o == AtLeast }

// FilterFields are the fields of a run that conditions can be about, beside its
// values, with an example of each.
var FilterFields = []struct{ Name, Example string }{
	{"state", "state: running, failed"},
	{"tag", "tag: baseline"},
	{"name", "name: river"},
	{"by", "by: me"},
	{"group", "group: sweep-3"},
	{"job", "job: eval"},
	{"created", "created > 2026-11-01"},
	{"runtime", "runtime > 1h30m"},
	{"has", "has: summary.val/acc"},
	{"no", "no: config.seed"},
}

// otherNames are what clients and other servers call some fields.
var otherNames = map[string]string{
	"tags": "tag", "user": "by", "username": "by", "author": "by", "display_name": "name", "displayname": "name", "id": "name",
	"job_type": "job", "jobtype": "job", "created_at": "created", "createdat": "created", "duration": "runtime",
}

// How much one filter may ask.
const (
	maxConditions = 16
	maxAnyOf      = 50
	maxFilterText = 4096 // bytes
)

// IsValue reports whether the field is a value of config or summary.
func (c RunCondition) IsValue() bool { return isValueName(c.Field) }

func isValueName(name string) bool {
	for _, prefix := range []string{ConfigColumn, SummaryColumn} {
		if key, ok := strings.CutPrefix(name, prefix); ok && key != "" {
			return true
		}
	}
	return false
}

// ParseRunFilter reads a filter. Returns Invalid, in the field "q", for what
// cannot be: a condition that is not finished, an unknown field, a value that the
// field cannot have.
func ParseRunFilter(text string) (RunFilter, error) {
	f, _, err := readFilter(text)
	return f, err
}

// And is the filter that asks for what both ask. Returns Invalid if that is too
// much.
func (f RunFilter) And(g RunFilter) (RunFilter, error) {
	all := RunFilter{Conditions: slices.Concat(f.Conditions, g.Conditions), Words: slices.Concat(f.Words, g.Words)}
	if len(all.Conditions) > maxConditions || len(all.Words) > maxWords {
		return f, InField("q", "The filter asks for more than %d things at once.", maxConditions)
	}
	return all, nil
}

// Without is the filter without its ith condition.
func (f RunFilter) Without(i int) RunFilter {
	f.Conditions = slices.Delete(slices.Clone(f.Conditions), i, i+1)
	return f
}

// With is the filter with another condition, once.
func (f RunFilter) With(c RunCondition) RunFilter {
	same := func(d RunCondition) bool { return d.String() == c.String() }
	if !slices.ContainsFunc(f.Conditions, same) {
		f.Conditions = append(slices.Clone(f.Conditions), c)
	}
	return f
}

// TypedRunFilter reads a filter that somebody is typing: as far as it goes
// already, without a word at its end that may become a condition.
func TypedRunFilter(text string) RunFilter {
	f, last, err := readFilter(text)
	if n := len(f.Words); err == nil && n > 0 && f.Words[n-1] == last && becomesField(last) {
		f.Words = f.Words[:n-1]
	}
	return f
}

// becomesField reports whether a word may be the beginning of a condition.
func becomesField(word string) bool {
	if strings.HasPrefix(word, ConfigColumn) || strings.HasPrefix(word, SummaryColumn) {
		return true
	}
	names := append(fieldNames(), ConfigColumn, SummaryColumn)
	return len(word) > 1 && slices.ContainsFunc(names, func(name string) bool { return strings.HasPrefix(name, word) })
}

// readFilter reads a filter as far as it can, and returns its last term as it is
// written, "" if that is followed by a space.
func readFilter(text string) (f RunFilter, last string, err error) {
	if len(text) > maxFilterText {
		return f, "", InField("q", "The filter is too long. Use at most %d characters.", maxFilterText)
	}
	r := filterReader{rest: text}
	for {
		if r.space(); r.rest == "" {
			if strings.TrimRightFunc(text, isSpace) != text {
				last = ""
			}
			return f, last, nil
		}
		last = r.rest
		if err := r.term(&f); err != nil {
			return f, last, err
		}
		last = strings.TrimSuffix(last, r.rest)
	}
}

// term reads a condition or a word into f.
func (r *filterReader) term(f *RunFilter) error {
	word, quoted, err := r.word(func(rest string) bool { return operatorAt(rest) != "" })
	if err != nil {
		return err
	}
	op := r.operator()
	switch {
	case op != "" && word != "":
		c, err := r.condition(word, op)
		if err != nil {
			return err
		}
		if len(f.Conditions) == maxConditions {
			return InField("q", "The filter has more than %d conditions.", maxConditions)
		}
		f.Conditions = append(f.Conditions, c)
	case op != "":
		return InField("q", "Nothing stands before %s. Say what to compare: config.lr < 0.01", op)
	case !quoted && isValueName(word):
		return InField("q", "%s is not compared with anything. Write %s = 1, or has: %s", word, word, word)
	case word != "":
		if len(f.Words) == maxWords {
			return InField("q", "The filter has more than %d words.", maxWords)
		}
		f.Words = append(f.Words, word)
	}
	return nil
}

// condition reads the values of a condition.
func (r *filterReader) condition(field string, op RunOp) (c RunCondition, err error) {
	c = RunCondition{Field: field, Op: op}
	if !c.IsValue() {
		c.Field = strings.ToLower(field)
		if name, ok := otherNames[c.Field]; ok {
			c.Field = name
		}
	}
	for {
		r.space()
		value, quoted, err := r.word(func(rest string) bool { return rest[0] == ',' })
		if err != nil {
			return c, err
		}
		if value == "" && !quoted {
			return c, InField("q", "%s %s is not finished. Say what to compare with.", field, op)
		}
		c.Values = append(c.Values, value)
		if r.space(); !strings.HasPrefix(r.rest, ",") {
			break
		}
		r.rest = r.rest[1:]
	}
	return c, c.check()
}

// check returns Invalid for what cannot be asked of the field.
func (c RunCondition) check() error {
	if len(c.Values) > maxAnyOf {
		return InField("q", "%s has more than %d alternatives.", c.Field, maxAnyOf)
	}
	if c.Op.Orders() && len(c.Values) > 1 {
		return InField("q", "%s %s takes one value.", c.Field, c.Op)
	}
	if c.IsValue() {
		return nil
	}
	i := slices.IndexFunc(FilterFields, func(f struct{ Name, Example string }) bool { return f.Name == c.Field })
	if i < 0 {
		return InField("q", "There is nothing called %s to filter by. Begin with config. or summary., or with one of %s. Put it in quotes if you look for the words.", c.Field, strings.Join(fieldNames(), ", "))
	}
	ordered := c.Field == "created" || c.Field == "runtime"
	if c.Op.Orders() && !ordered || (c.Field == "has" || c.Field == "no") && c.Op != Is {
		return InField("q", "%s cannot be compared by %s. Write %s", c.Field, c.Op, FilterFields[i].Example)
	}
	for _, v := range c.Values {
		var err error
		switch c.Field {
		case "state":
			err = new(RunState).UnmarshalText([]byte(v))
		case "created":
			_, _, err = Moment(v)
		case "runtime":
			_, err = Length(v)
		case "has", "no":
			if !isValueName(v) {
				err = InField("q", "%s: takes the name of a value, such as summary.val/acc.", c.Field)
			}
		}
		if e, ok := errors.AsType[*Error](err); ok {
			return InField("q", "%s", e.Message)
		}
	}
	return nil
}

func fieldNames() (names []string) {
	for _, f := range FilterFields {
		names = append(names, f.Name)
	}
	return names
}

// Number reads a value as a number; ok is false for NaN, which is none, and for
// what numbers never are.
func Number(value string) (n float64, ok bool) {
	n, err := strconv.ParseFloat(value, 64)
	return n, err == nil && !math.IsNaN(n)
}

// Moment reads a day or a moment as somebody writes it, in UTC unless it says
// otherwise, and returns where it begins and where the next one does.
func Moment(text string) (from, to time.Time, err error) {
	for _, l := range []struct {
		layout string
		next   func(time.Time) time.Time
	}{
		{time.DateOnly, func(t time.Time) time.Time { return t.AddDate(0, 0, 1) }},
		{"2006-01", func(t time.Time) time.Time { return t.AddDate(0, 1, 0) }},
		{"2006", func(t time.Time) time.Time { return t.AddDate(1, 0, 0) }},
		{"2006-01-02T15:04", func(t time.Time) time.Time { return t.Add(time.Minute) }},
		{"2006-01-02 15:04", func(t time.Time) time.Time { return t.Add(time.Minute) }},
		{time.RFC3339, func(t time.Time) time.Time { return t.Add(time.Second) }},
	} {
		if at, err := time.Parse(l.layout, text); err == nil && at.Year() > 0 {
			return at.UTC(), l.next(at).UTC(), nil
		}
	}
	return from, to, Errorf(Invalid, "%q is not a day. Write created > 2026-11-01, or \"2026-11-01 15:30\".", text)
}

// Length reads how long something took: 90 (seconds), 5m, 1h30m, 2d.
func Length(text string) (time.Duration, error) {
	wrong := Errorf(Invalid, "%q is not a length of time. Write 90s, 5m, 1h30m or 2d.", text)
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.ParseFloat(days, 64); err == nil && n >= 0 && n < 100_000 {
			return time.Duration(n * float64(24*time.Hour)), nil
		}
		return 0, wrong
	}
	if n, err := strconv.ParseFloat(text, 64); err == nil && n >= 0 && n < 9e9 {
		return time.Duration(n * float64(time.Second)), nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0, wrong
	}
	return d, nil
}

// String writes the filter so that it is read the same.
func (f RunFilter) String() string {
	var parts []string
	for _, c := range f.Conditions {
		parts = append(parts, c.String())
	}
	for _, w := range f.Words {
		parts = append(parts, quoteWord(w))
	}
	return strings.Join(parts, " ")
}

// Text writes the words alone.
func (f RunFilter) Text() string { return RunFilter{Words: f.Words}.String() }

// String writes the condition so that it is read the same.
func (c RunCondition) String() string { return c.Name() + c.Rest() }

// Name is the condition's field as it is typed.
func (c RunCondition) Name() string { return quoteWord(c.Field) }

// Rest is what follows the condition's field.
func (c RunCondition) Rest() string {
	values := make([]string, len(c.Values))
	for i, v := range c.Values {
		values[i] = quoteWord(v)
	}
	if c.Op == Is {
		return ": " + strings.Join(values, ", ")
	}
	return " " + string(c.Op) + " " + strings.Join(values, ", ")
}

// quoteWord quotes what would not be read as one word.
func quoteWord(word string) string {
	if word != "" && !strings.ContainsFunc(word, func(r rune) bool { return isSpace(r) || strings.ContainsRune("<>=!:,\"\\", r) }) {
		return word
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(word) + `"`
}

func isSpace(r rune) bool { return r == ' ' || r == '\t' || r == '\n' || r == '\r' || r == '\u00a0' }

// filterReader reads a filter from left to right.
type filterReader struct{ rest string }

func (r *filterReader) space() { r.rest = strings.TrimLeftFunc(r.rest, isSpace) }

// word reads up to a space or to what ends it. Quotes, anywhere in it, hold
// together what they enclose; in them, a backslash takes the next byte as it is.
func (r *filterReader) word(ends func(rest string) bool) (word string, quoted bool, err error) {
	var b strings.Builder
	inside := false
	for i := 0; i < len(r.rest); i++ {
		c := r.rest[i]
		switch {
		case inside && c == '\\' && i+1 < len(r.rest):
			i++
			b.WriteByte(r.rest[i])
		case c == '"':
			inside, quoted = !inside, true
		case !inside && (ends(r.rest[i:]) || strings.IndexFunc(r.rest[i:], isSpace) == 0):
			r.rest = r.rest[i:]
			return b.String(), quoted, nil
		default:
			b.WriteByte(c)
		}
	}
	if r.rest = ""; inside {
		return "", true, InField("q", "A quotation mark is opened and not closed.")
	}
	return b.String(), quoted, nil
}

// operator reads an operator, "" if there is none.
func (r *filterReader) operator() RunOp {
	rest := strings.TrimLeftFunc(r.rest, isSpace)
	written := operatorAt(rest)
	if written == "" {
		return ""
	}
	r.rest = rest[len(written):]
	if written == "==" {
		return Equal
	}
	return RunOp(written)
}

// operatorAt returns the operator that a text begins with, "" if there is none.
func operatorAt(text string) string {
	for _, written := range []string{"==", "!=", "<=", ">=", ":", "=", "<", ">"} {
		if strings.HasPrefix(text, written) {
			return written
		}
	}
	return ""
}
