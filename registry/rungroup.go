package registry

import "slices"

// What runs can be grouped by beside their values.
var runGroups = []string{"state", "by", "group", "job"}

// ParseRunGroup reads what to group runs by, "" for nothing. Returns Invalid for
// what they cannot be grouped by.
func ParseRunGroup(text string) (string, error) {
	if text == "" || len(text) <= MaxValueName && (isValueName(text) || slices.Contains(runGroups, text)) {
		return text, nil
	}
	return "", Errorf(Invalid, "Runs cannot be grouped by %q. Use state, by, group, job, or a value such as config.lr.", text)
}
