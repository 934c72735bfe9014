package views

import (
	"strings"

	"greenroom/registry"
	"greenroom/views/ui"
)

// HitURL is the page of something that was found.
func HitURL(kind registry.HitKind, h registry.Hit) string {
	switch kind {
	case registry.ModelHits, registry.ArtifactHits:
		return CollectionURL(h.Place, h.Type, h.Name)
	case registry.VersionHits:
		return VersionURL(h.Place, h.Type, h.Name, h.Number)
	case registry.RunHits:
		return RunURL(h.Place, h.Name)
	case registry.ProjectHits:
		return PlaceURL(h.Place)
	}
	return EntityURL(h.Name)
}

// hitWords are what a kind is called, and one of it; its drawing.
var hitWords = map[registry.HitKind]struct {
	many, one string
	icon      ui.Glyph
}{
	registry.ModelHits:    {"Models", "model", ui.IconPackage},
	registry.VersionHits:  {"Versions", "version", ui.IconBox},
	registry.ArtifactHits: {"Artifacts", "artifact", ui.IconDatabase},
	registry.RunHits:      {"Runs", "run", ui.IconActivity},
	registry.ProjectHits:  {"Projects", "project", ui.IconFlaskConical},
	registry.OwnerHits:    {"People and teams", "person", ui.IconUsers},
}

// hitName is what a hit is called, beside a version's number.
func hitName(h registry.Hit) string {
	if h.State != "" && h.Title != "" {
		return h.Title
	}
	return h.Name
}

// hitPlace says where a hit stands.
func hitPlace(kind registry.HitKind, h registry.Hit) string {
	switch kind {
	case registry.OwnerHits:
		if h.Title != "" {
			return h.Title
		}
		return string(h.Place.EntityKind)
	case registry.ProjectHits:
		return h.Place.EntityName
	case registry.RunHits:
		return h.Place.EntityName + " / " + h.Place.Name
	}
	if h.Place.Name == registry.OwnRegistry {
		return h.Place.EntityName
	}
	return h.Place.EntityName + " / " + h.Place.Name
}

// hitTags are the tags that were searched for, and as many others as there is
// room for.
func hitTags(h registry.Hit, words []string) []string {
	var fit, others []string
	for _, tag := range h.Tags {
		if len(marked(tag, words)) > 1 || wholly(tag, words) {
			fit = append(fit, tag)
		} else {
			others = append(others, tag)
		}
	}
	all := append(fit, others...)
	return all[:min(len(all), max(len(fit), 3))]
}

func wholly(text string, words []string) bool {
	pieces := marked(text, words)
	return len(pieces) == 1 && pieces[0].hit
}

// A piece of a text is one of the words searched for, or what stands between.
type piece struct {
	text string
	hit  bool
}

// marked cuts a text where some words, in lower case, stand in it.
func marked(text string, words []string) []piece {
	lower := strings.ToLower(text)
	if len(lower) != len(text) {
		return []piece{{text: text}}
	}
	var pieces []piece
	from := 0
	for from < len(text) {
		at, length := len(text), 0
		for _, w := range words {
			if i := strings.Index(lower[from:], w); i >= 0 && (from+i < at || from+i == at && len(w) > length) {
				at, length = from+i, len(w)
			}
		}
		if at > from {
			pieces = append(pieces, piece{text: text[from:at]})
		}
		if length > 0 {
			pieces = append(pieces, piece{text[at : at+length], true})
		}
		from = at + length
	}
	return pieces
}

// searchChoices are the kinds of things to look for.
func searchChoices(q registry.FindQuery) []ui.Choice {
	choices := []ui.Choice{{Label: "All", URL: FindURL(registry.FindQuery{Text: q.Text}), Current: q.Kind == ""}}
	for _, kind := range registry.HitKinds {
		choices = append(choices, ui.Choice{Label: hitWords[kind].many, URL: FindURL(registry.FindQuery{Text: q.Text, Kind: kind}), Current: q.Kind == kind})
	}
	return choices
}
