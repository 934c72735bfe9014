package views

import (
	"strings"

	"greenroom/registry"
)

// PlaceName is what people call a place where it stands alone: an entity's own
// registry goes by the entity's name.
func PlaceName(p registry.Place) string {
	if p.Kind == registry.RegistryPlace && p.Name == registry.OwnRegistry {
		return p.EntityName
	}
	return p.Name
}

// joined lists names the way a title shows them.
func joined(names []string) string { return strings.Join(names, ", ") }
