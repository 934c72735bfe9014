package registry

import (
	"errors"
	"slices"
	"strings"
)

// NewModel is a registered model to make before there is a version to link.
type NewModel struct {
	Registry    PlaceRef
	Name        string
	Type        string // of the artifacts that it will hold, for life
	Description string // its card, Markdown
	Tags        []string
}

// Check returns Invalid, with a sentence for each field, unless the model can be
// made in a registry, and brings its tags into the form they are kept in.
func (n *NewModel) Check(in Place) error {
	problems := map[string]string{}
	note := func(field string, err error) {
		if e, ok := errors.AsType[*Error](err); ok {
			problems[field] = e.Message
		}
	}
	note("name", CheckCollectionName(n.Name))
	note("type", CheckType(n.Type))
	if problems["type"] == "" {
		note("type", in.CheckType(n.Type))
	}
	note("description", checkDescription(&n.Description))
	tags, err := cleanTags(n.Tags)
	note("tags", err)
	if n.Tags = tags; len(problems) == 0 {
		return nil
	}
	e := Errorf(Invalid, "The model cannot be made like this.")
	e.Fields = problems
	return e
}

// SplitTags reads tags as people type them: with commas between.
func SplitTags(typed string) []string {
	tags := strings.Split(typed, ",")
	for i := range tags {
		tags[i] = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(tags[i]), "#"))
	}
	return slices.DeleteFunc(tags, func(tag string) bool { return tag == "" })
}

// RegistryChoice is a registry to put something into.
type RegistryChoice struct {
	Place Place
	Label string // what people call it beside the others
}

// NewModelPage is what the form for a new model offers.
type NewModelPage struct {
	Place Place
	Types []string // that models there may have; in a registry that takes any, those it has
}
