package views

import (
	"encoding/json"
	"strings"

	"greenroom/registry"
)

// change is what the words about an event need of its payload.
type change struct {
	Version string `json:"version"`
	Alias   string `json:"alias"`
	After   struct {
		Name        *string   `json:"name"`
		Description *string   `json:"description"`
		Tags        *[]string `json:"tags"`
	} `json:"after"`
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
		return "edited " + version
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
