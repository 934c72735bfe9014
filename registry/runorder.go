package registry

import (
	"slices"
	"strconv"
	"strings"
)

// RunOrder is what a table of runs is sorted by. The zero RunOrder is the newest
// first.
type RunOrder struct {
	Field  string // config.<key>, summary.<key>, ByName, ByState or ByRuntime; "" for when they began
	Rising bool   // the least first
}

// What runs can be sorted by beside their values and when they began.
const (
	ByName    = "name"
	ByState   = "state"
	ByRuntime = "runtime"

	byCreated = "created"
)

// ParseRunOrder reads an order as addresses have it: "-summary.val/acc" falls,
// "name" rises. Returns Invalid for what runs cannot be sorted by.
func ParseRunOrder(text string) (o RunOrder, err error) {
	if text == "" {
		return o, nil
	}
	field, falling := strings.CutPrefix(text, "-")
	o = RunOrder{Field: field, Rising: !falling}
	switch {
	case field == byCreated:
		o.Field = ""
	case len(field) > MaxValueName || !isValueName(field) && !slices.Contains([]string{ByName, ByState, ByRuntime}, field):
		return o, Errorf(Invalid, "Runs cannot be sorted by %q. Use created, name, state, runtime, or a value such as summary.val/acc.", field)
	}
	return o, nil
}

// String writes the order for an address, "" for the zero RunOrder.
func (o RunOrder) String() string {
	field := o.Field
	switch {
	case o == RunOrder{}:
		return ""
	case field == "":
		field = byCreated
	}
	if o.Rising {
		return field
	}
	return "-" + field
}

// By is the order that a click on the head of a column asks for: turned round if
// it is the order already; otherwise names and settings rise, and figures begin
// with the best.
func (o RunOrder) By(field string) RunOrder {
	if o.Field == field {
		return RunOrder{Field: field, Rising: !o.Rising}
	}
	key, figure := strings.CutPrefix(field, SummaryColumn)
	return RunOrder{Field: field, Rising: figure && LowerIsBetter(key) || !figure && field != "" && field != ByRuntime}
}

// IsValue reports whether the order is by a value of config or summary.
func (o RunOrder) IsValue() bool { return isValueName(o.Field) }

// RunMark marks where a page of a table of runs, or of their groups, ends.
type RunMark struct {
	Part  RunPartOf
	Value string // of what it is sorted by
	ID    int64  // of the run, 0 of a group
}

// RunPartOf is a part of a sorted list.
type RunPartOf string

// The parts, in this order whichever way the list is sorted: what has numbers,
// what has texts, what has nothing.
const (
	WithNumber  RunPartOf = "n"
	WithText    RunPartOf = "t"
	WithNothing RunPartOf = "z"
)

// String writes the mark for an address.
func (m RunMark) String() string { return strconv.FormatInt(m.ID, 10) + string(m.Part) + m.Value }

// ReadRunMark reads a mark from an address; ok is false for "". Returns Invalid
// for anything that is no mark.
func ReadRunMark(text string) (m RunMark, ok bool, err error) {
	if text == "" {
		return m, false, nil
	}
	i := strings.IndexAny(text, "ntz")
	if i > 0 {
		m.Part, m.Value = RunPartOf(text[i:i+1]), text[i+1:]
		if m.ID, err = strconv.ParseInt(text[:i], 10, 64); err == nil && (m.Part != WithNumber || readable(m.Value)) {
			return m, true, nil
		}
	}
	return RunMark{}, false, Errorf(Invalid, "This address does not lead to a page of the list. Start again from the first one.")
}

func readable(number string) bool {
	_, ok := Number(number)
	return ok
}
