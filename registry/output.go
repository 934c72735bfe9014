package registry

import (
	"encoding/json"
	"strings"
	"time"
)

// outputTime is how clients write the time of a line, in UTC.
const outputTime = "2006-01-02T15:04:05.999999"

// ParseOutput reads a line that a script printed, as its client sent it: a JSON
// object, "ERROR time text", "time text", or anything else, which is the text.
func ParseOutput(number int64, raw string) OutputLine {
	l := OutputLine{Number: number}
	raw = strings.TrimSuffix(raw, "\n")
	if strings.HasPrefix(raw, "{") {
		var sent struct {
			Level, TS, Label string
			Content          *string
		}
		if json.Unmarshal([]byte(raw), &sent) == nil && sent.Content != nil && sent.TS != "" {
			l.At, l.Level, l.Label = outputAt(sent.TS), sent.Level, sent.Label
			l.Text = strings.TrimSuffix(*sent.Content, "\n")
			return l
		}
	}
	rest, isError := strings.CutPrefix(raw, "ERROR ")
	stamp, text, _ := strings.Cut(rest, " ")
	if l.At = outputAt(stamp); l.At == nil {
		l.Text = raw
		return l
	}
	if l.Text = text; isError {
		l.Level = "error"
	}
	return l
}

func outputAt(stamp string) *time.Time {
	if len(stamp) < len("2006-01-02T15:04:05") || stamp[0] < '0' || stamp[0] > '9' { // the first word of most lines
		return nil
	}
	at, ok := plainTime(stamp)
	if !ok {
		var err error
		if at, err = time.Parse(outputTime, stamp); err != nil {
			return nil
		}
	}
	return &at
}

// plainTime reads a time as nearly all are written, several times as fast as
// time.Parse; ok is false for what is to be read with care.
func plainTime(stamp string) (at time.Time, ok bool) {
	const layout = "0000-00-00T00:00:00.000000"
	if len(stamp) != len(layout) {
		return at, false
	}
	for i := range len(layout) {
		if c := stamp[i]; c != layout[i] && (layout[i] != '0' || c < '0' || c > '9') {
			return at, false
		}
	}
	number := func(from, to int) (n int) {
		for _, c := range []byte(stamp[from:to]) {
			n = n*10 + int(c-'0')
		}
		return n
	}
	month, day, hour, minute, second := number(5, 7), number(8, 10), number(11, 13), number(14, 16), number(17, 19)
	if month < 1 || month > 12 || day < 1 || day > 28 || hour > 23 || minute > 59 || second > 59 {
		return at, false
	}
	return time.Date(number(0, 4), time.Month(month), day, hour, minute, second, number(20, 26)*1000, time.UTC), true
}
