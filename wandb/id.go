package wandb

import (
	"encoding/base64"
	"strconv"
	"strings"

	graphql "github.com/graph-gophers/graphql-go"

	"greenroom/registry"
)

// The kinds of thing an ID on the wire can name.
const (
	userID         = "User"
	entityID       = "Entity"
	organizationID = "Organization"
	apiKeyID       = "ApiKey"
	projectID      = "Project"
	internalID     = "ProjectInternalId"
	runID          = "Run"
	fileID         = "File"
	artifactID     = "Artifact"
	manifestID     = "ArtifactManifest"
	typeID         = "ArtifactType"
	collectionID   = "ArtifactCollection"
	memberID       = "ArtifactCollectionMembership"
	aliasID        = "ArtifactAlias"
	tagID          = "Tag"
)

// id writes an ID as clients want it: base64 of the kind and a number. Some of
// them take it apart again.
func id(kind string, n int64) graphql.ID {
	return graphql.ID(base64.StdEncoding.EncodeToString([]byte(kind + ":" + strconv.FormatInt(n, 10))))
}

// number reads an ID of one of some kinds. Returns NotFound for anything else.
func number(given graphql.ID, kinds ...string) (int64, error) {
	kind, n, err := parts(given)
	if err != nil {
		return 0, err
	}
	for _, k := range kinds {
		if k == kind {
			return n, nil
		}
	}
	return 0, errNoSuchID
}

// parts reads an ID of any kind.
func parts(given graphql.ID) (kind string, n int64, err error) {
	plain, err := base64.StdEncoding.DecodeString(string(given))
	if err != nil {
		return "", 0, errNoSuchID
	}
	kind, digits, _ := strings.Cut(string(plain), ":")
	if n, err = strconv.ParseInt(digits, 10, 64); err != nil || n <= 0 {
		return "", 0, errNoSuchID
	}
	return kind, n, nil
}

var errNoSuchID = registry.Errorf(registry.NotFound, "There is nothing with this ID that you may see.")
