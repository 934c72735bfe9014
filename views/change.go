package views

import (
	"bytes"
	"encoding/json"
	"strings"

	"greenroom/registry"
)

// change is what the words about an event need of its payload.
type change struct {
	Version string  `json:"version"`
	From    string  `json:"from"`
	Alias   string  `json:"alias"`
	Before  changed `json:"before"`
	After   changed `json:"after"`
}

// changed are the parts of a thing that a change replaced.
type changed struct {
	Name        *string         `json:"name"`
	Description *string         `json:"description"`
	Tags        *[]string       `json:"tags"`
	Metadata    json.RawMessage `json:"metadata"`
}

// changeWords says what a log entry about a model tells, after the name of who
// did it: "linked v15".
func changeWords(e registry.Entry) string {
	var c change
	if err := json.Unmarshal(e.Payload, &c); err != nil {
		return "changed it"
	}
	version := c.Version[strings.LastIndexByte(c.Version, ':')+1:]
	switch e.Name {
	case "collection.created":
		return "created it"
	case "version.linked":
		return "linked " + version
	case "version.unlinked":
		return "unlinked " + version
	case "artifact.committed":
		return "logged " + version
	case "artifact.updated":
		return c.edited() + version
	case "artifact.deleted":
		return "deleted " + version
	case "alias.set":
		return "set " + c.Alias + " on " + version
	case "alias.moved":
		return "moved " + c.Alias + " to " + version
	case "alias.removed":
		return "took " + c.Alias + " from " + version
	case "collection.updated":
		return c.updated()
	}
	return "changed it"
}

func (c change) updated() string {
	switch {
	case c.After.Name != nil:
		return "renamed it"
	case c.After.Description != nil:
		return "edited the card"
	case c.After.Tags != nil:
		return "changed its tags"
	}
	return "changed it"
}

// changeShown is how much of a value a log entry shows, in characters.
const changeShown = 160

// changeValues are what a log entry replaced and by what, "" where it does not
// say.
func changeValues(e registry.Entry) (before, after string) {
	var c change
	if err := json.Unmarshal(e.Payload, &c); err != nil {
		return "", ""
	}
	if c.Before.Metadata != nil {
		c.Before.Metadata, c.After.Metadata = differing(c.Before.Metadata, c.After.Metadata)
	}
	if e.Name == "alias.moved" {
		return c.From, c.Version[strings.LastIndexByte(c.Version, ':')+1:]
	}
	return c.Before.words(), c.After.words()
}

// edited says which part of a version was edited.
func (c change) edited() string {
	switch {
	case c.After.Description != nil:
		return "described "
	case c.After.Tags != nil:
		return "changed the tags of "
	case c.After.Metadata != nil:
		return "changed the metadata of "
	}
	return "edited "
}

// differing leaves of two JSON objects the values that are not the same in both.
func differing(a, b json.RawMessage) (json.RawMessage, json.RawMessage) {
	var was, is map[string]json.RawMessage
	if json.Unmarshal(a, &was) != nil || json.Unmarshal(b, &is) != nil {
		return a, b
	}
	for key, value := range was {
		if bytes.Equal(is[key], value) {
			delete(was, key)
			delete(is, key)
		}
	}
	before, errBefore := json.Marshal(was)
	after, errAfter := json.Marshal(is)
	if errBefore != nil || errAfter != nil {
		return a, b
	}
	return before, after
}

func (c changed) words() string {
	var words []string
	for _, text := range []*string{c.Name, c.Description} {
		if text != nil {
			words = append(words, *text)
		}
	}
	if c.Tags != nil {
		words = append(words, joined(*c.Tags))
	}
	if c.Metadata != nil && string(c.Metadata) != "{}" {
		words = append(words, string(c.Metadata))
	}
	return cut(strings.Join(words, " · "), changeShown)
}

// doorWords says how a change came in.
func doorWords(d registry.Door) string {
	if d == registry.WandB {
		return "SDK"
	}
	return string(d)
}
