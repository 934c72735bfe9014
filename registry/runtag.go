package registry

import (
	"slices"
	"strings"
)

// RunTag is a tag to give to some runs of a project, or to take from them.
type RunTag struct {
	Place PlaceRef
	Runs  []string // by name
	Tag   string
	Off   bool // take it from them
}

// maxTicked is how many runs can be changed at once.
const maxTicked = 200

// Check returns Invalid unless that can be done.
func (t RunTag) Check() error {
	switch {
	case len(t.Runs) == 0:
		return InField("run", "No run is ticked. Tick those that are to have the tag.")
	case len(t.Runs) > maxTicked:
		return InField("run", "At most %d runs can be changed at once.", maxTicked)
	}
	return RunEdit{Tags: &[]string{t.Tag}}.Check()
}

// Of returns the tags of a run with the tag, or without it. changed is false if
// they are so already.
func (t RunTag) Of(tags []string) (then []string, changed bool) {
	has := slices.Contains(tags, t.Tag)
	switch {
	case has != t.Off:
		return tags, false
	case has:
		return slices.DeleteFunc(slices.Clone(tags), func(tag string) bool { return tag == t.Tag }), true
	}
	return append(slices.Clone(tags), t.Tag), true
}

// NewRunTag is what somebody typed as a tag for some runs.
func NewRunTag(place PlaceRef, runs []string, tag string, off bool) RunTag {
	runs = slices.Clone(runs)
	slices.Sort(runs) // so that two who tag the same wait in one order
	return RunTag{Place: place, Runs: slices.Compact(runs), Tag: strings.TrimPrefix(strings.TrimSpace(tag), "#"), Off: off}
}
