package registry

import (
	"strings"
	"time"
)

// File is a file of an artifact or of a run, as a list of files shows it.
type File struct {
	ID         int64  // of a file of a run; 0 in artifacts
	ArtifactID int64  // 0 for files of runs
	RunID      int64  // 0 for files of artifacts
	Path       string // relative, with slashes
	Digest     string // base64 MD5 of the content; of a reference, whatever its store calls its state
	Size       int64  // in bytes
	Ref        string // where a reference points; "" for content that is kept here
	UpdatedAt  time.Time
}

// IsReference reports whether the content is kept somewhere else.
func (f File) IsReference() bool { return f.Ref != "" }

// FileRange says which files to return, in the order of their paths.
type FileRange struct {
	Names   []string // only these; nil or empty for all
	Pattern string   // only those like this, with % and _ as in SQL; "" for all
	After   string   // the last path seen; "" from the start
	First   int      // at most
}

// FileList is a page of files.
type FileList struct {
	Files       []File
	Total       int
	More        bool
	MayDownload bool // whether the asker may have the content, too
}

// FileSpec announces a file of an artifact that is about to be uploaded.
type FileSpec struct {
	Artifact ArtifactRef
	Path     string
	MD5      []byte // 16 bytes
}

// Check returns Invalid unless such a file can be.
func (s FileSpec) Check() error {
	if err := CheckFilePath(s.Path); err != nil {
		return err
	}
	if len(s.MD5) != 16 {
		return Errorf(Invalid, "The MD5 of %s is not one: it has %d bytes instead of 16.", s.Path, len(s.MD5))
	}
	return nil
}

// Purpose is what an upload is for.
type Purpose string

// The purposes.
const (
	ForArtifact Purpose = "artifact file"
	ForManifest Purpose = "manifest"
	ForRun      Purpose = "run file"
)

// Upload is somebody's right to put certain bytes into a certain place.
type Upload struct {
	ID         int64
	OwnerID    int64 // the entity that the bytes are to belong to
	Purpose    Purpose
	ArtifactID int64  // also of a manifest; 0 for files of runs
	ManifestID int64  // 0 for anything else
	RunID      int64  // 0 for anything else
	Name       string // the path it is to have
	MD5        []byte // that the bytes must have; nil for any
	Stored     bool   // the bytes are there already
	BirthID    int64  // the artifact that the content first came with
	Open       bool   // whether bytes may still come
	Digest     string // of the artifact, for manifests
	Kind       ManifestKind
}

// CheckOpen returns an error unless bytes may still come: Conflict for an
// artifact that is committed, Gone for a run that was deleted.
func (u Upload) CheckOpen() error {
	switch {
	case u.Open:
		return nil
	case u.Purpose == ForRun:
		return Errorf(Gone, "The run that %s belongs to has been deleted. Start a new one.", u.Name)
	}
	return Errorf(Conflict, "The artifact that %s belongs to is complete and never changes again. Log a new version.", u.Name)
}

// CheckManifest returns Invalid unless m can be the manifest that the upload was
// announced as: a full one has the artifact's digest.
func (u Upload) CheckManifest(m Manifest) error {
	if digest := m.Digest(); u.Kind == Full && digest != u.Digest {
		return Errorf(Invalid, "The manifest has the digest %s, but the artifact was announced with %s. Log the artifact again.", digest, u.Digest)
	}
	return nil
}

// Content is where a file's bytes are.
type Content struct {
	Path   string
	SHA256 []byte
	MD5    []byte
	Size   int64
	At     time.Time // last changed
}

// Stored is what the bytes of a finished upload turned out to be.
type Stored struct {
	SHA256 []byte
	MD5    []byte
	Size   int64
}

// FileName returns the last part of a path.
func FileName(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }
