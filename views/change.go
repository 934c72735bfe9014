package views

import (
	"bytes"
	"encoding/json"
	"strings"

	"greenroom/registry"
)

// change is what the words about an event need of its payload.
type change struct {
	Version    string  `json:"version"`
	Collection string  `json:"collection"`
	From       string  `json:"from"`
	Alias      string  `json:"alias"`
	Before     changed `json:"before"`
	After      changed `json:"after"`
}

// changed are the parts of a thing that a change replaced.
type changed struct {
	Name        *string         `json:"name"`
	Description *string         `json:"description"`
	Tags        *[]string       `json:"tags"`
	Metadata    json.RawMessage `json:"metadata"`
}

// changeWords says what a log entry about a model tells, after the name of who
// did it and beside the model's: "linked v15".
func changeWords(e registry.Entry) string {
	verb, version := changeVerb(e)
	switch {
	case version != "":
		return verb + " " + version
	case strings.HasSuffix(verb, " of"):
		return strings.TrimSuffix(verb, " of")
	}
	return verb + " it"
}

// changeVerb says what a log entry tells, before the name of what it is about, and
// of which version, if it is about one.
func changeVerb(e registry.Entry) (verb, version string) {
	var c change
	if err := json.Unmarshal(e.Payload, &c); err != nil {
		return "changed", ""
	}
	if at := strings.LastIndexByte(c.Version, ':'); at >= 0 {
		version = c.Version[at+1:]
	}
	switch e.Name {
	case "collection.created":
		return "created", ""
	case "collection.deleted":
		return "deleted", ""
	case "version.linked":
		return "linked", version
	case "version.unlinked":
		return "unlinked", version
	case "artifact.committed":
		return "logged", version
	case "artifact.updated":
		return c.edited(), version
	case "artifact.deleted":
		return "deleted", version
	case "alias.set":
		return "set " + c.Alias + " on", version
	case "alias.moved":
		return "moved " + c.Alias + " to", version
	case "alias.removed":
		return "took " + c.Alias + " from", version
	case "collection.updated":
		return c.updated(), ""
	}
	return "changed", ""
}

func (c change) updated() string {
	switch {
	case c.After.Name != nil:
		return "renamed"
	case c.After.Description != nil:
		return "edited the card of"
	case c.After.Tags != nil:
		return "changed the tags of"
	}
	return "changed"
}

// changedThing names what a change is about, as people find it today, and says
// where: url is "" where it is gone.
func changedThing(c registry.Change) (name, url string) {
	_, version := changeVerb(c.Entry)
	if c.Model == "" {
		return strings.TrimSpace(goneModel(c.Entry) + " " + version), ""
	}
	name, url = strings.TrimSpace(c.Model+" "+version), CollectionURL(c.Place, c.Type, c.Model)
	if number, ok := registry.VersionNumber(version); ok && c.Name != (registry.VersionUnlinked{}).EventName() {
		url = VersionURL(c.Place, c.Type, c.Model, number)
	}
	return name, url
}

// goneModel is what a model was called that is no more: the end of the address in
// the log.
func goneModel(e registry.Entry) string {
	var c change
	if err := json.Unmarshal(e.Payload, &c); err != nil {
		return ""
	}
	address := c.Collection
	if address == "" {
		address, _, _ = strings.Cut(c.Version, ":")
	}
	return address[strings.LastIndexByte(address, '/')+1:]
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
		return "described"
	case c.After.Tags != nil:
		return "changed the tags of"
	case c.After.Metadata != nil:
		return "changed the metadata of"
	}
	return "edited"
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
	if tree, ok := readMetadata(c.Metadata); ok {
		var values []string
		for _, v := range tree.leaves() {
			values = append(values, v.Key+" "+v.chosen())
		}
		words = append(words, strings.Join(values, ", "))
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
