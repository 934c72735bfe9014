package registry

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

var (
	entityName  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*$`)
	tagName     = regexp.MustCompile(`^[-\w]+( +[-\w]+)*$`)
	versionName = regexp.MustCompile(`^v(0|[1-9][0-9]*)$`)
)

// CheckEntityName returns Invalid unless name can be a person's, a team's or an
// organization's: letters, digits, hyphen and underscore, at most MaxEntityName, and none
// of reserved, the first segments of the product's own addresses.
func CheckEntityName(name string, reserved []string) error {
	switch {
	case name == "":
		return InField("name", "Give it a name.")
	case len(name) > MaxEntityName:
		return InField("name", "The name is longer than %d characters.", MaxEntityName)
	case !entityName.MatchString(name):
		return InField("name", "Use letters, digits, hyphens and underscores, and begin with a letter or a digit.")
	case slices.ContainsFunc(reserved, func(r string) bool { return strings.EqualFold(r, name) }):
		return InField("name", "The name %s is one of Greenroom's own addresses. Take another one.", name)
	}
	return nil
}

// CheckProjectName returns Invalid unless name can be a new project's. The
// names of registries are kept for registries, and so is the address that
// registries stand under.
func CheckProjectName(name string) error {
	if strings.EqualFold(name, OwnRegistry) || strings.HasPrefix(strings.ToLower(name), "wandb-registry-") {
		return InField("name", "%q is the name of a registry, not of a project. Runs log to projects; take another name.", name)
	}
	if strings.EqualFold(name, "registry") {
		return InField("name", "The name %s is one of Greenroom's own addresses. Take another one.", name)
	}
	return checkName("project", name, `/\#?%:`)
}

// CheckCollectionName returns Invalid unless name can be an artifact's or a
// registered model's. "None" is refused because SDKs look up None:latest when
// they mean nothing.
func CheckCollectionName(name string) error {
	if name == "None" {
		return InField("name", "Nothing can be called None: clients use the word for no name at all.")
	}
	return checkName("artifact or model", name, `/\#?%:`)
}

// CheckRunName returns Invalid unless name can be a run's ID.
func CheckRunName(name string) error { return checkName("run", name, `/\#?%:`) }

// CheckType returns Invalid unless name can be an artifact type.
func CheckType(name string) error { return checkName("artifact type", name, `/:`) }

// CheckAlias returns Invalid unless name can be set as an alias. latest and the
// version's own number are not for setting: ask KeptAlias first.
func CheckAlias(name string) error {
	if versionName.MatchString(name) {
		return InField("alias", "The alias %s is kept for version numbers. Take another one.", name)
	}
	return checkName("alias", name, `/:`)
}

// CheckTag returns Invalid unless name can be a tag: words of letters, digits,
// hyphen and underscore with spaces between.
func CheckTag(name string) error {
	if utf8.RuneCountInString(name) > MaxName || !tagName.MatchString(name) {
		return InField("tag", "A tag is made of letters, digits, hyphens, underscores and single words between spaces, at most %d characters.", MaxName)
	}
	return nil
}

// CheckFilePath returns Invalid unless path can name a file of a run or an
// artifact: relative, inside, clean.
func CheckFilePath(path string) error {
	bad := path == "" || len(path) > MaxPath || strings.HasPrefix(path, "/") || strings.ContainsAny(path, "\x00") || !utf8.ValidString(path)
	for part := range strings.SplitSeq(path, "/") {
		bad = bad || part == ".." || part == "." || part == ""
	}
	if bad {
		return Errorf(Invalid, "%q cannot be the name of a file here. Use a relative path without empty parts, \".\" and \"..\".", path)
	}
	return nil
}

func checkName(what, name, forbidden string) error {
	switch {
	case strings.TrimSpace(name) == "":
		return InField("name", "The name of the %s cannot be empty.", what)
	case !utf8.ValidString(name):
		return InField("name", "The name of the %s is not valid UTF-8.", what)
	case utf8.RuneCountInString(name) > MaxName:
		return InField("name", "The name of the %s is longer than %d characters.", what, MaxName)
	case strings.ContainsAny(name, forbidden):
		return InField("name", "The name of the %s cannot contain any of %s.", what, strings.Join(strings.Split(forbidden, ""), " "))
	case strings.ContainsFunc(name, unicode.IsControl):
		return InField("name", "The name of the %s contains a control character.", what)
	case name != strings.TrimSpace(name):
		return InField("name", "The name of the %s begins or ends with a space.", what)
	case name == "." || name == "..":
		return InField("name", "The name of the %s cannot be %q.", what, name)
	}
	return nil
}
