package registry

import (
	"slices"
	"strings"
	"time"
)

// CheckLinkInto returns Invalid if what belongs to one place cannot be linked
// into another: nothing crosses from one organization to the next.
func CheckLinkInto(home, here Place) error {
	if home.OrganizationID == 0 || here.OrganizationID == 0 || home.OrganizationID == here.OrganizationID {
		return nil
	}
	return Errorf(Invalid, "This version belongs to the organization %s and cannot be linked into one of %s.", home.OrganizationName, here.OrganizationName)
}

// ReadVersionName reads the full name of a version as scripts write it:
// team/project/artifact:v3. A missing team is the reader's own, a missing alias
// is latest.
func ReadVersionName(text string) (ref VersionRef, ok bool) {
	parts := strings.Split(strings.TrimSpace(text), "/")
	if len(parts) == 2 {
		parts = slices.Insert(parts, 0, "")
	}
	if len(parts) != 3 || parts[1] == "" || parts[2] == "" {
		return VersionRef{}, false
	}
	name, alias := SplitName(parts[2])
	return VersionRef{Collection: CollectionRef{Place: PlaceNamed(parts[0], parts[1]), Name: name}, Alias: alias}, true
}

// SplitAliases reads aliases as people type them: with commas between.
func SplitAliases(typed string) []string {
	aliases := strings.Split(typed, ",")
	for i := range aliases {
		aliases[i] = strings.TrimSpace(aliases[i])
	}
	return slices.DeleteFunc(aliases, func(alias string) bool { return alias == "" })
}

// LinkTarget is a registered model to link into.
type LinkTarget struct {
	Collection               // ID 0 for one that the link will make
	Place      Place         // the registry
	Stages     []StageHolder // of the registry, in their order; Number -1 where nobody stands
	Standing   *Version      // the version to link, where it stands here already
}

// LinkSourceQuery is how far somebody has come in choosing what to link into a
// model: the empty parts are still to be chosen.
type LinkSourceQuery struct {
	Team, Project, Artifact string
	Version                 *VersionRef // chosen, whatever the others say
	Search                  string      // among what is to be chosen next
	Below                   int         // of the versions, only those with lower numbers; 0 for all
}

// LinkSources is what may be linked into a registered model, the next thing to
// be chosen at a time.
type LinkSources struct {
	Target  LinkTarget
	Asked   LinkSourceQuery
	Query   LinkSourceQuery // Asked, with what leaves no choice filled in
	Choices []LinkChoice    // of the first empty part of Query, the version last
	More    bool            // there are more than are listed
	Chosen  *VersionDetail  // Query.Version
}

// LinkTargetQuery is how far somebody has come in choosing where to link a
// version to.
type LinkTargetQuery struct {
	Owner, Registry string // by name; "" is still to be chosen
	Model           string // need not exist yet
	Search          string
}

// LinkTargets is where a version may be linked to.
type LinkTargets struct {
	Version    VersionDetail
	Asked      LinkTargetQuery
	Registries []RegistryChoice // that take its type and that the actor may link into
	Registry   *Place           // the one asked for, or the only one
	Choices    []LinkChoice     // the models there that it fits into
	More       bool
	Target     *LinkTarget // the model asked for
}

// LinkChoice is one thing to choose: a team, a project, an artifact, a version
// or a model.
type LinkChoice struct {
	Name     string
	Count    int       // of projects in a team, of versions in an artifact or a model
	At       time.Time // of the last change, or when the version was logged
	Number   int       // of a version
	Aliases  []string  // likewise
	Run      string    // likewise, that made it
	Standing int       // likewise, the number that it has in the model already, -1 for none
}
