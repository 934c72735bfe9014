package registry

import (
	"strconv"
	"strings"
)

// A Notice tells whoever has a page open that there is something new on it. It
// says what in a word and not more: who is told asks for the rest as anybody
// would. The zero Notice says that anything may be new, after notices got lost.
type Notice struct {
	What  []string // the names of events, or of what a run has logged
	About []Subject
}

// What a run has logged, in notices: of that there are no events.
const (
	NewPoints  = "points"  // of its history
	NewSystem  = "system"  // of its machine
	NewOutput  = "console" // lines
	NewSummary = "summary" // or config
)

// maxNotice is the most that Postgres carries along, in bytes, and some room.
const maxNotice = 7000

// String writes a notice as it travels, "points,summary run:12". Of an event
// about very many things only the first are told.
func (n Notice) String() string {
	var b strings.Builder
	b.WriteString(strings.Join(n.What, ","))
	for _, s := range n.About {
		if s.ID != 0 && b.Len() < maxNotice {
			b.WriteString(" " + string(s.Kind) + ":" + strconv.FormatInt(s.ID, 10))
		}
	}
	return b.String()
}

// ParseNotice reads what String wrote. ok is false for anything else.
func ParseNotice(text string) (n Notice, ok bool) {
	fields := strings.Fields(text)
	if len(fields) < 2 {
		return n, false
	}
	n.What = strings.Split(fields[0], ",")
	for _, f := range fields[1:] {
		kind, id, _ := strings.Cut(f, ":")
		number, err := strconv.ParseInt(id, 10, 64)
		if err != nil {
			return Notice{}, false
		}
		n.About = append(n.About, SubjectKind(kind).Of(number))
	}
	return n, true
}
