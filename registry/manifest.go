package registry

import (
	"bufio"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"
)

// ManifestKind says what a manifest that was sent stands for.
type ManifestKind string

// The kinds: all files; what several makers add together; what is new against
// another artifact.
const (
	Full        ManifestKind = "full"
	Patch       ManifestKind = "patch"
	Incremental ManifestKind = "incremental"
)

// UnmarshalText reads a kind from a client, whatever its case. Nothing is Full.
func (k *ManifestKind) UnmarshalText(text []byte) error {
	switch kind := ManifestKind(strings.ToLower(string(text))); kind {
	case "":
		*k = Full
	case Full, Patch, Incremental:
		*k = kind
	default:
		return Errorf(Invalid, "There is no kind of manifest called %q. Use FULL, PATCH or INCREMENTAL.", text)
	}
	return nil
}

// NewManifest announces a manifest. Announcing a name again replaces what was
// said of it.
type NewManifest struct {
	Artifact ArtifactRef
	Name     string
	Kind     ManifestKind
	MD5      []byte // of the manifest's bytes; nil when not known yet
	BaseID   int64  // the artifact that an incremental manifest adds to; 0 for none
}

// Manifest is the list of an artifact's files.
type Manifest struct {
	Entries []ManifestEntry // in no particular order, each path once
}

// ManifestEntry is one file of an artifact.
type ManifestEntry struct {
	Path    string
	Digest  string // base64 MD5 of the content; of a reference, whatever its store calls its state
	Size    int64  // bytes
	Ref     string // where a reference points; "" for content that is kept here
	BirthID int64  // the artifact that the content first came with; 0 if nobody said
	Extra   json.RawMessage
}

const (
	manifestVersion = "1"
	manifestPolicy  = "wandb-storage-policy-v1"
)

// ReadManifest reads the JSON of a manifest. Memory grows with the number of
// entries only. Returns Invalid if it is no manifest that Greenroom can keep.
func ReadManifest(r io.Reader) (m Manifest, err error) {
	p := manifestParser{dec: json.NewDecoder(r), seen: map[string]bool{}}
	p.dec.UseNumber()
	if err := p.object(p.field); err != nil {
		return Manifest{}, p.explain(err)
	}
	if _, err := p.dec.Token(); err != io.EOF {
		return Manifest{}, Errorf(Invalid, "Something follows the end of the manifest. Log the artifact again.")
	}
	switch {
	case p.version != manifestVersion:
		return Manifest{}, Errorf(Invalid, "The manifest has version %q; Greenroom reads version 1.", p.version)
	case p.policy != manifestPolicy:
		return Manifest{}, Errorf(Invalid, "The manifest has the storage policy %q; Greenroom knows %s.", p.policy, manifestPolicy)
	case !p.contents:
		return Manifest{}, Errorf(Invalid, "The manifest lists no contents. Log the artifact again.")
	}
	return p.m, nil
}

type manifestParser struct {
	dec      *json.Decoder
	m        Manifest
	seen     map[string]bool
	version  string
	policy   string
	contents bool
}

// explain turns what the JSON reader says into a sentence.
func (p *manifestParser) explain(err error) error {
	_, syntax := errors.AsType[*json.SyntaxError](err)
	_, kind := errors.AsType[*json.UnmarshalTypeError](err)
	if syntax || kind || errors.Is(err, errNotManifest) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return Errorf(Invalid, "The manifest is not the JSON it should be: it breaks near byte %d. Log the artifact again.", p.dec.InputOffset())
	}
	return err
}

var errNotManifest = errors.New("not a manifest")

// object reads an object and hands each key to each.
func (p *manifestParser) object(each func(key string) error) error {
	open, err := p.dec.Token()
	if err != nil {
		return err
	}
	if open != json.Delim('{') {
		return errNotManifest
	}
	for p.dec.More() {
		key, err := p.dec.Token()
		if err != nil {
			return err
		}
		if err := each(key.(string)); err != nil {
			return err
		}
	}
	_, err = p.dec.Token()
	return err
}

func (p *manifestParser) field(key string) error {
	switch key {
	case "version":
		var raw json.RawMessage
		err := p.dec.Decode(&raw)
		p.version = strings.Trim(string(raw), `"`)
		return err
	case "storagePolicy":
		return p.dec.Decode(&p.policy)
	case "contents":
		if p.contents {
			return errNotManifest
		}
		p.contents = true
		return p.object(p.entry)
	}
	var skipped json.RawMessage
	return p.dec.Decode(&skipped)
}

func (p *manifestParser) entry(path string) error {
	var raw struct {
		Digest          string          `json:"digest"`
		Size            *int64          `json:"size"`
		Ref             string          `json:"ref"`
		BirthArtifactID string          `json:"birthArtifactID"`
		Extra           json.RawMessage `json:"extra"`
	}
	if err := p.dec.Decode(&raw); err != nil {
		return err
	}
	if p.seen[path] {
		return Errorf(Invalid, "The manifest lists %q twice.", path)
	}
	p.seen[path] = true
	if err := CheckFiles(int64(len(p.seen))); err != nil {
		return err
	}
	e := ManifestEntry{Path: path, Digest: raw.Digest, Ref: raw.Ref, BirthID: readArtifactID(raw.BirthArtifactID)}
	if raw.Size != nil {
		e.Size = *raw.Size
	}
	if extra := string(raw.Extra); extra != "" && extra != "null" && extra != "{}" {
		e.Extra = raw.Extra
	}
	p.m.Entries = append(p.m.Entries, e)
	return e.check()
}

// check returns Invalid unless the entry can be kept.
func (e ManifestEntry) check() error {
	if err := CheckFilePath(e.Path); err != nil {
		return err
	}
	switch {
	case e.Digest == "":
		return Errorf(Invalid, "The manifest gives no digest for %q.", e.Path)
	case e.Size < 0:
		return Errorf(Invalid, "The manifest gives %q a size of %d bytes.", e.Path, e.Size)
	case e.Ref == "" && e.MD5() == nil:
		return Errorf(Invalid, "The digest %q of %q is not an MD5 in base64.", e.Digest, e.Path)
	case len(e.Digest)+len(e.Ref) > MaxReference:
		return Errorf(Invalid, "The reference of %q is too long.", e.Path)
	}
	return nil
}

// MD5 returns the 16 bytes that the digest of content stands for, nil if it
// stands for none.
func (e ManifestEntry) MD5() []byte {
	sum, err := base64.StdEncoding.DecodeString(e.Digest)
	if err != nil || len(sum) != md5.Size {
		return nil
	}
	return sum
}

// Digest computes the digest of an artifact with exactly these entries, as W&B
// clients do: hex MD5 over the sorted paths and digests.
func (m Manifest) Digest() string {
	slices.SortFunc(m.Entries, func(a, b ManifestEntry) int { return strings.Compare(a.Path, b.Path) })
	h := md5.New()
	io.WriteString(h, "wandb-artifact-manifest-v1\n") //nolint:errcheck // a hash takes everything
	for _, e := range m.Entries {
		io.WriteString(h, e.Path+":"+e.Digest+"\n") //nolint:errcheck // likewise
	}
	return hex.EncodeToString(h.Sum(nil))
}

// WriteManifest writes the JSON of a full manifest with some entries, as clients
// read it. artifactID is given as the birth of entries that name none.
func WriteManifest(w io.Writer, artifactID int64, entries iter.Seq2[ManifestEntry, error]) error {
	out := bufio.NewWriter(w)
	out.WriteString(`{"version":` + manifestVersion + `,"storagePolicy":"` + manifestPolicy + `","storagePolicyConfig":{"storageLayout":"V2"},"contents":{`) //nolint:errcheck // Flush tells
	comma := ""
	for e, err := range entries {
		if err != nil {
			return err
		}
		if e.BirthID == 0 {
			e.BirthID = artifactID
		}
		raw := map[string]any{"digest": e.Digest, "size": e.Size}
		if e.Ref != "" {
			raw["ref"] = e.Ref
		} else {
			raw["birthArtifactID"] = writeArtifactID(e.BirthID)
		}
		if e.Extra != nil {
			raw["extra"] = e.Extra
		}
		path, err := json.Marshal(e.Path)
		if err != nil {
			return err
		}
		entry, err := json.Marshal(raw)
		if err != nil {
			return err
		}
		out.WriteString(comma) //nolint:errcheck // likewise
		out.Write(path)        //nolint:errcheck // likewise
		out.WriteByte(':')     //nolint:errcheck // likewise
		out.Write(entry)       //nolint:errcheck // likewise
		comma = ","
	}
	out.WriteString("}}") //nolint:errcheck // likewise
	return out.Flush()
}

// Manifests name artifacts the way W&B's API does: base64 of "Artifact:12".
const artifactIDPrefix = "Artifact:"

func writeArtifactID(id int64) string {
	return base64.StdEncoding.EncodeToString([]byte(artifactIDPrefix + strconv.FormatInt(id, 10)))
}

// readArtifactID returns 0 for what is no artifact's ID: old clients leave it
// out, and nothing depends on it but where to look for content first.
func readArtifactID(s string) int64 {
	text, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return 0
	}
	digits, ok := strings.CutPrefix(string(text), artifactIDPrefix)
	if !ok {
		return 0
	}
	id, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || id < 0 {
		return 0
	}
	return id
}
