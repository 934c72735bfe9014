package views

import "strings"

// joined lists names the way a title shows them.
func joined(names []string) string { return strings.Join(names, ", ") }
