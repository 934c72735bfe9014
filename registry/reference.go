package registry

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// referenceScheme begins a reference to a file of another artifact as W&B clients
// write it: the artifact's ID in hex and the path follow, neither escaped.
const referenceScheme = "wandb-artifact://"

// ReadReference returns the file of another artifact that a reference means. ok is
// false of a reference to anything else.
func ReadReference(ref string) (artifactID int64, path string, ok bool) {
	rest, ok := strings.CutPrefix(ref, referenceScheme)
	id, path, _ := strings.Cut(rest, "/")
	plain, err := hex.DecodeString(id)
	artifactID = readArtifactID(base64.StdEncoding.EncodeToString(plain))
	if !ok || err != nil || artifactID == 0 || path == "" {
		return 0, "", false
	}
	return artifactID, path, true
}

// FileAt is a file of a version.
type FileAt struct {
	VersionAt
	Path string
	Kept bool // its bytes are here, and the viewer may have them
}
