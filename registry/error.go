// Package registry is the product in plain Go: what a run, an artifact, a
// version, a stage and a permission are, and the rules between them. It does no
// I/O and imports nothing but the standard library.
package registry

import (
	"errors"
	"fmt"
	"time"
)

// Kind says what went wrong in terms every door understands.
type Kind string

// The kinds, from the caller's mistakes to ours. Each door maps them to its own
// statuses in one table.
const (
	Invalid         Kind = "invalid"         // what was sent cannot be right
	Unauthenticated Kind = "unauthenticated" // nobody we know is asking
	Denied          Kind = "denied"          // may look, may not do this
	NotFound        Kind = "not_found"       // not there, or not for the caller to see
	Conflict        Kind = "conflict"        // right once, but something else came first
	Gone            Kind = "gone"            // was there and has been deleted
	Busy            Kind = "busy"            // try again later
	Limited         Kind = "limited"         // asked too often, try again later
	Unsupported     Kind = "unsupported"     // Greenroom does not do this yet
	Internal        Kind = "internal"        // our fault
)

// Error is an error whose Message may be shown to whoever caused it. Message is
// a whole sentence that says what to do next; Fields holds one per form field.
type Error struct {
	Kind    Kind
	Message string
	Fields  map[string]string
	After   time.Duration // until it is worth trying again; 0 if nobody knows
}

// Error returns the kind and the message, for logs.
func (e *Error) Error() string { return string(e.Kind) + ": " + e.Message }

// Errorf makes an Error that is safe to show.
func Errorf(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

// InField makes an Invalid error that belongs to one field of a form.
func InField(field, format string, args ...any) *Error {
	e := Errorf(Invalid, format, args...)
	e.Fields = map[string]string{field: e.Message}
	return e
}

// KindOf returns the kind of err: "" for nil, Internal for anything that is not
// an *Error.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}

// ErrNothing is what strangers get: existence is information.
var ErrNothing = Errorf(NotFound, "There is nothing here that you may see.")
