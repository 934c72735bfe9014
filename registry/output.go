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
	at, err := time.Parse(outputTime, stamp)
	if err != nil {
		return nil
	}
	return &at
}
