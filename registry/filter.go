package registry

import (
	"encoding/json"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Filter is a condition on named fields, read from the Mongo-like JSON that W&B
// clients send. The zero Filter lets everything through.
type Filter struct {
	match  func(value func(field string) any) bool
	fields []string
}

// ParseFilter reads a filter. "", "null" and "{}" are the zero Filter. Returns
// Invalid for an operator that is not known or a condition that cannot be.
func ParseFilter(text string) (f Filter, err error) {
	if strings.TrimSpace(text) == "" {
		return f, nil
	}
	var condition map[string]any
	if err := json.Unmarshal([]byte(text), &condition); err != nil {
		return f, Errorf(Invalid, "The filter is not a JSON object.")
	}
	f.match, err = f.object(condition, 0)
	return f, err
}

// Match reports whether the thing whose fields value returns passes. A value is
// nil, a bool, a float64, a string, a time.Time or a []string; a list is equal
// to each of its elements.
func (f Filter) Match(value func(field string) any) bool { return f.match == nil || f.match(value) }

// Fields returns the names of the fields that the filter asks for.
func (f Filter) Fields() []string { return f.fields }

type condition = func(value func(string) any) bool

const maxFilterDepth = 16

func (f *Filter) object(o map[string]any, depth int) (condition, error) {
	if depth > maxFilterDepth {
		return nil, Errorf(Invalid, "The filter is nested more than %d deep.", maxFilterDepth)
	}
	var all []condition
	for name, operand := range o {
		var c condition
		var err error
		switch name {
		case "$and", "$or", "$nor":
			c, err = f.several(name, operand, depth)
		case "$not":
			c, err = f.negated(operand, depth)
		default:
			if strings.HasPrefix(name, "$") {
				return nil, Errorf(Invalid, "The filter has an operator %s, which Greenroom does not know.", name)
			}
			f.fields = append(f.fields, name)
			c, err = f.field(name, operand)
		}
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return func(value func(string) any) bool {
		return !slices.ContainsFunc(all, func(c condition) bool { return !c(value) })
	}, nil
}

func (f *Filter) several(operator string, operand any, depth int) (condition, error) {
	list, ok := operand.([]any)
	if !ok {
		return nil, Errorf(Invalid, "The filter's %s takes a list of conditions.", operator)
	}
	var parts []condition
	for _, e := range list {
		o, ok := e.(map[string]any)
		if !ok {
			return nil, Errorf(Invalid, "The filter's %s takes a list of conditions.", operator)
		}
		c, err := f.object(o, depth+1)
		if err != nil {
			return nil, err
		}
		parts = append(parts, c)
	}
	return func(value func(string) any) bool {
		some := slices.ContainsFunc(parts, func(c condition) bool { return c(value) })
		every := !slices.ContainsFunc(parts, func(c condition) bool { return !c(value) })
		switch operator {
		case "$and":
			return every
		case "$or":
			return some
		}
		return !some
	}, nil
}

func (f *Filter) negated(operand any, depth int) (condition, error) {
	o, ok := operand.(map[string]any)
	if !ok {
		return nil, Errorf(Invalid, "The filter's $not takes a condition.")
	}
	c, err := f.object(o, depth+1)
	return func(value func(string) any) bool { return !c(value) }, err
}

// field is one field's condition: a plain value, or an object of operators.
func (f *Filter) field(name string, operand any) (condition, error) {
	test, err := operators(operand)
	if err != nil {
		return nil, err
	}
	return func(value func(string) any) bool { return test(value(name)) }, nil
}

func operators(operand any) (func(any) bool, error) {
	o, ok := operand.(map[string]any)
	if !ok {
		return func(v any) bool { return same(v, operand) }, nil
	}
	var tests []func(any) bool
	for name, operand := range o {
		test, err := operator(name, operand)
		if err != nil {
			return nil, err
		}
		tests = append(tests, test)
	}
	return func(v any) bool {
		return !slices.ContainsFunc(tests, func(test func(any) bool) bool { return !test(v) })
	}, nil
}

func operator(name string, operand any) (func(any) bool, error) {
	switch name {
	case "$eq":
		return func(v any) bool { return same(v, operand) }, nil
	case "$ne":
		return func(v any) bool { return !same(v, operand) }, nil
	case "$gt":
		return func(v any) bool { c, ok := Compare(v, operand); return ok && c > 0 }, nil
	case "$gte":
		return func(v any) bool { c, ok := Compare(v, operand); return ok && c >= 0 }, nil
	case "$lt":
		return func(v any) bool { c, ok := Compare(v, operand); return ok && c < 0 }, nil
	case "$lte":
		return func(v any) bool { c, ok := Compare(v, operand); return ok && c <= 0 }, nil
	case "$exists":
		return func(v any) bool { return (v != nil) == (operand != false) }, nil
	case "$not":
		test, err := operators(operand)
		return func(v any) bool { return !test(v) }, err
	case "$in", "$nin", "$all":
		return listOperator(name, operand)
	case "$regex":
		return regexOperator(operand)
	case "$contains":
		part, _ := operand.(string)
		return func(v any) bool { return someString(v, func(s string) bool { return strings.Contains(s, part) }) }, nil
	case "$size":
		return func(v any) bool {
			list, ok := v.([]string)
			return ok && same(float64(len(list)), operand)
		}, nil
	}
	return nil, Errorf(Invalid, "The filter has an operator %s, which Greenroom does not know.", name)
}

func listOperator(name string, operand any) (func(any) bool, error) {
	list, ok := operand.([]any)
	if !ok {
		return nil, Errorf(Invalid, "The filter's %s takes a list.", name)
	}
	in := func(v any) bool { return slices.ContainsFunc(list, func(e any) bool { return same(v, e) }) }
	switch name {
	case "$in":
		return in, nil
	case "$nin":
		return func(v any) bool { return !in(v) }, nil
	}
	return func(v any) bool { return !slices.ContainsFunc(list, func(e any) bool { return !same(v, e) }) }, nil
}

func regexOperator(operand any) (func(any) bool, error) {
	pattern, _ := operand.(string)
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil, Errorf(Invalid, "The filter's $regex %q is not a regular expression.", pattern)
	}
	return func(v any) bool { return someString(v, re.MatchString) }, nil
}

func someString(v any, test func(string) bool) bool {
	switch v := v.(type) {
	case string:
		return test(v)
	case []string:
		return slices.ContainsFunc(v, test)
	}
	return false
}

// same reports whether a field's value is what a filter names.
func same(v, operand any) bool {
	if list, ok := v.([]string); ok {
		name, ok := operand.(string)
		return ok && slices.Contains(list, name)
	}
	if c, ok := Compare(v, operand); ok {
		return c == 0
	}
	return reflect.DeepEqual(v, operand)
}

// Compare orders two values of one kind: numbers, words, times (one of which may
// be written out), false before true. ok is false for values that have no order.
func Compare(a, b any) (order int, ok bool) {
	switch a := a.(type) {
	case float64:
		b, ok := b.(float64)
		switch {
		case !ok || a != a || b != b:
			return 0, false
		case a < b:
			return -1, true
		case a > b:
			return 1, true
		}
		return 0, true
	case string:
		b, ok := b.(string)
		return strings.Compare(a, b), ok
	case bool:
		b, ok := b.(bool)
		if !ok || a == b {
			return 0, ok
		}
		if a {
			return 1, true
		}
		return -1, true
	case time.Time:
		at, ok := b.(time.Time)
		if text, written := b.(string); written {
			at, ok = parseTime(text)
		}
		return a.Compare(at), ok
	}
	return 0, false
}

func parseTime(text string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999", "2006-01-02 15:04:05", time.DateOnly} {
		if at, err := time.Parse(layout, text); err == nil {
			return at, true
		}
	}
	return time.Time{}, false
}
