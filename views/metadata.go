package views

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"greenroom/views/ui"
)

// value is one value of a JSON document as a page shows it: an object or an
// array with its members in their order, or a leaf.
type value struct {
	Key     string
	Text    string // of a leaf
	IsText  bool   // a string rather than a number, a truth value or null
	Members []value
	Left    int // how many members are left out
	Branch  bool
	Array   bool
}

// What a page shows of metadata. The rest is in the JSON below it.
const (
	metadataShown = 400    // values
	metadataAll   = 20_000 // values, for those who ask for all
	metadataDepth = 12     // levels
	metadataText  = 2000   // characters of one value
)

// readMetadata reads a JSON document for showing. ok is false for what is no
// object or has nothing in it.
func readMetadata(raw json.RawMessage) (v value, ok bool) {
	v, _, ok = readMost(raw, metadataShown)
	return v, ok
}

// readMost is readMetadata for at most so many values. more says that there are
// others.
func readMost(raw json.RawMessage, most int) (v value, more, ok bool) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	r := metadataReader{Decoder: d, left: metadataAll}
	v, err := r.value("", 0)
	if err != nil || !v.Branch || v.size() == 0 {
		return v, false, false
	}
	return v, !v.keep(most) || r.left < 0, true
}

// keep leaves of a tree at most so many values, the outer ones, and those of small
// branches before those of large ones: one long list does not hide what stands after
// it. Returns whether that is all.
func (v *value) keep(most int) (all bool) {
	all = true
	for level := []*value{v}; len(level) > 0; {
		slices.SortStableFunc(level, func(a, b *value) int { return len(a.Members) - len(b.Members) })
		var inner []*value
		for _, branch := range level {
			if n := len(branch.Members) - most; n > 0 {
				branch.Members, branch.Left, all = branch.Members[:most], branch.Left+n, false
			}
			most -= len(branch.Members)
			for i := range branch.Members {
				if branch.Members[i].Branch {
					inner = append(inner, &branch.Members[i])
				}
			}
		}
		level = inner
	}
	return all
}

// found leaves of a document what a search finds in paths and values, at most
// left of it.
func (v value) found(words, path string, left *int) (value, bool) {
	if path != "" {
		path += "."
	}
	path += strings.ToLower(v.Key)
	if !v.Branch {
		if *left <= 0 || !strings.Contains(path, words) && !strings.Contains(strings.ToLower(v.Text), words) {
			return v, false
		}
		*left--
		return v, true
	}
	kept := v.Members
	v.Members, v.Left = nil, 0
	for _, m := range kept {
		if m, ok := m.found(words, path, left); ok {
			v.Members = append(v.Members, m)
		}
	}
	return v, len(v.Members) > 0
}

type metadataReader struct {
	*json.Decoder
	left int
}

func (r *metadataReader) value(key string, depth int) (value, error) {
	token, err := r.Token()
	if err != nil {
		return value{}, err
	}
	v := value{Key: key}
	switch t := token.(type) {
	case json.Delim:
		v.Branch, v.Array = true, t == '['
		if err := r.members(&v, depth); err != nil {
			return value{}, err
		}
		if v.size() == 0 {
			v.Branch, v.Text = false, map[bool]string{false: "{}", true: "[]"}[v.Array]
		}
	case string:
		v.Text, v.IsText = cut(t, metadataText), true
	case json.Number:
		v.Text = t.String()
	case bool:
		v.Text = strconv.FormatBool(t)
	case nil:
		v.Text = "null"
	}
	return v, nil
}

func (r *metadataReader) members(v *value, depth int) error {
	for i := 0; r.More(); i++ {
		key := strconv.Itoa(i)
		if !v.Array {
			token, err := r.Token()
			if err != nil {
				return err
			}
			key, _ = token.(string)
		}
		if r.left--; r.left < 0 || depth >= metadataDepth {
			v.Left++
			if err := r.skip(); err != nil {
				return err
			}
			continue
		}
		member, err := r.value(key, depth+1)
		if err != nil {
			return err
		}
		v.Members = append(v.Members, member)
	}
	_, err := r.Token()
	return err
}

func (r *metadataReader) skip() error {
	var passed json.RawMessage
	return r.Decode(&passed)
}

// inline writes a short array of plain values in one line; ok is false for any
// other.
func (v value) inline() (line string, ok bool) {
	if !v.Array || v.size() > 12 || v.Left > 0 {
		return "", false
	}
	texts := make([]string, len(v.Members))
	for i, m := range v.Members {
		if m.Branch || len(m.Text) > 40 {
			return "", false
		}
		texts[i] = m.Text
	}
	return "[" + strings.Join(texts, ", ") + "]", true
}

// size is how much is in a branch.
func (v value) size() int { return len(v.Members) + v.Left }

// sizeWords says how much is in a branch.
func (v value) sizeWords() string {
	if v.Array {
		return ui.Plural(v.size(), "item", "items")
	}
	return ui.Plural(v.size(), "key", "keys")
}

// rawShown is the most JSON that a page carries along, in bytes.
const rawShown = 256 << 10

// indented writes a JSON document over several lines; ok is false for one that
// is too large for a page.
func indented(raw json.RawMessage) (text string, ok bool) {
	var b bytes.Buffer
	if err := json.Indent(&b, raw, "", "  "); err != nil || b.Len() > rawShown {
		return "", false
	}
	return b.String(), true
}
