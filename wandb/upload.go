package wandb

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"strings"

	graphql "github.com/graph-gophers/graphql-go"

	"greenroom/registry"
)

type artifactPayload struct {
	Artifact         *artifact
	ClientMutationID *string
}

type aliasInput struct{ ArtifactCollectionName, Alias string }

type tagInput struct {
	TagName         string
	TagCategoryName *string
	Attributes      *jsonString
}

type createArtifactInput struct {
	EntityName, ProjectName, ArtifactTypeName string
	ArtifactCollectionName                    *string
	ArtifactCollectionNames                   *[]string
	RunName                                   *string
	Digest                                    string
	DigestAlgorithm                           string
	Description                               *string
	Labels, Metadata                          *jsonString
	Aliases                                   *[]aliasInput
	Tags                                      *[]tagInput
	HistoryStep, TtlDurationSeconds           *int64Scalar
	EnableDigestDeduplication                 *bool
	DistributedID                             *string
	ClientID, SequenceClientID                *graphql.ID
	StorageRegion, ClientMutationID           *string
}

// CreateArtifact is the mutation that announces an artifact.
func (d *door) CreateArtifact(ctx context.Context, asked struct{ Input createArtifactInput }) (*artifactPayload, error) {
	in := asked.Input
	switch {
	case in.DigestAlgorithm != digestMD5:
		return nil, unsupported("digests other than MD5")
	case deref(in.StorageRegion) != "" && *in.StorageRegion != "default":
		return nil, registry.Errorf(registry.Invalid, "There is no storage region %q here. Leave the region out.", *in.StorageRegion)
	}
	v, err := d.DB.CreateArtifact(ctx, by(ctx), in.artifact())
	if err != nil {
		return nil, err
	}
	return &artifactPayload{d.artifact(v), in.ClientMutationID}, nil
}

func (in createArtifactInput) artifact() registry.NewArtifact {
	n := registry.NewArtifact{
		Place: registry.PlaceNamed(in.EntityName, in.ProjectName), Collection: deref(in.ArtifactCollectionName), Type: in.ArtifactTypeName,
		RunName: deref(in.RunName), Digest: in.Digest, Tags: tagNames(deref(in.Tags)), Description: deref(in.Description),
		Metadata: json.RawMessage(deref(in.Metadata)), HistoryStep: (*int64)(in.HistoryStep), TTLSeconds: max(0, int64(deref(in.TtlDurationSeconds))),
		ClientID: string(deref(in.ClientID)), CollectionClientID: string(deref(in.SequenceClientID)), DistributedID: deref(in.DistributedID),
		AlwaysNew: in.EnableDigestDeduplication != nil && !*in.EnableDigestDeduplication,
	}
	if names := deref(in.ArtifactCollectionNames); n.Collection == "" && len(names) > 0 {
		n.Collection = names[0]
	}
	for _, a := range deref(in.Aliases) {
		n.Aliases = append(n.Aliases, a.Alias)
	}
	return n
}

func tagNames(tags []tagInput) []string {
	var names []string
	for _, t := range tags {
		names = append(names, t.TagName)
	}
	return names
}

type manifestPayload struct{ ArtifactManifest *manifest }

// CreateArtifactManifest is the mutation that announces a manifest, once without
// and once with the digest of its bytes.
func (d *door) CreateArtifactManifest(ctx context.Context, asked struct {
	Input struct {
		ArtifactID                       graphql.ID
		BaseArtifactID                   *graphql.ID
		Name, Digest                     string
		EntityName, ProjectName, RunName string
		Type                             *string
		ClientMutationID                 *string
	}
}) (*manifestPayload, error) {
	in := asked.Input
	m := registry.NewManifest{Name: in.Name}
	var err error
	if m.Artifact.ID, err = number(in.ArtifactID, artifactID); err != nil {
		return nil, err
	}
	if m.BaseID, err = optional(in.BaseArtifactID, artifactID); err != nil {
		return nil, err
	}
	if err := m.Kind.UnmarshalText([]byte(deref(in.Type))); err != nil {
		return nil, err
	}
	if m.MD5, err = md5Of(in.Digest); err != nil {
		return nil, err
	}
	n, upload, err := d.Vault.AnnounceManifest(ctx, by(ctx), m)
	if err != nil {
		return nil, err
	}
	return &manifestPayload{&manifest{ID: id(manifestID, n), Digest: in.Digest, File: d.target(upload)}}, nil
}

// UpdateArtifactManifest is the mutation that gives an announced manifest the
// digest of its bytes.
func (d *door) UpdateArtifactManifest(ctx context.Context, asked struct {
	Input struct {
		ArtifactManifestID       graphql.ID
		Digest, ClientMutationID *string
		BaseArtifactID           *graphql.ID
	}
}) (*manifestPayload, error) {
	in := asked.Input
	n, err := number(in.ArtifactManifestID, manifestID)
	if err != nil {
		return nil, err
	}
	base, err := optional(in.BaseArtifactID, artifactID)
	if err != nil {
		return nil, err
	}
	sum, err := md5Of(deref(in.Digest))
	if err != nil {
		return nil, err
	}
	upload, err := d.Vault.AmendManifest(ctx, by(ctx), n, sum, base)
	if err != nil {
		return nil, err
	}
	return &manifestPayload{&manifest{ID: in.ArtifactManifestID, Digest: deref(in.Digest), File: d.target(upload)}}, nil
}

// optional reads an ID that may be left out; 0 then.
func optional(given *graphql.ID, kind string) (int64, error) {
	if given == nil || *given == "" {
		return 0, nil
	}
	return number(*given, kind)
}

// md5Of reads the base64 of an MD5; nil for none.
func md5Of(text string) ([]byte, error) {
	if text == "" {
		return nil, nil
	}
	sum, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(sum) != 16 {
		return nil, registry.Errorf(registry.Invalid, "%q is not an MD5 in base64.", text)
	}
	return sum, nil
}

type artifactFilesPayload struct{ Files *fileConnection }

// CreateArtifactFiles is the mutation that gives out where to put files of
// artifacts: one answer per file, in the order asked.
func (d *door) CreateArtifactFiles(ctx context.Context, asked struct {
	Input struct {
		ArtifactFiles    []fileSpecInput
		StorageLayout    *string
		CloudRegionID    *graphql.ID
		ClientMutationID *string
	}
}) (*artifactFilesPayload, error) {
	specs := make([]registry.FileSpec, len(asked.Input.ArtifactFiles))
	for i, in := range asked.Input.ArtifactFiles {
		n, err := number(in.ArtifactID, artifactID)
		if err != nil {
			return nil, err
		}
		sum, err := md5Of(in.Md5)
		if err != nil {
			return nil, err
		}
		specs[i] = registry.FileSpec{Artifact: registry.ArtifactRef{ID: n}, Path: in.Name, MD5: sum}
	}
	uploads, err := d.Vault.ReserveArtifactFiles(ctx, by(ctx), specs)
	if err != nil {
		return nil, err
	}
	nodes, cursors := make([]*file, len(uploads)), make([]string, len(uploads))
	for i, u := range uploads {
		nodes[i], cursors[i] = d.target(u), u.Name
		nodes[i].Artifact = &artifact{d: d, ID: id(artifactID, u.BirthID)}
	}
	return &artifactFilesPayload{&fileConnection{*page(nodes, cursors, len(nodes), false), &[]string{}}}, nil
}

type fileSpecInput struct {
	ArtifactID         graphql.ID
	Name, Md5          string
	Mimetype           *string
	ArtifactManifestID *graphql.ID
	UploadPartsInput   *[]uploadPartInput
}

type uploadPartInput struct {
	PartNumber int64Scalar
	HexMD5     string
}

type multipartPayload struct{ Digest *string }

// CompleteMultipartUploadArtifact is a mutation for uploads in parts, which this
// server never asks for: files come whole, of any size.
func (d *door) CompleteMultipartUploadArtifact(struct {
	Input struct {
		CompleteMultipartAction string
		CompletedParts          []uploadPartInput
		ArtifactID              graphql.ID
		StoragePath, UploadID   string
		ClientMutationID        *string
	}
}) (*multipartPayload, error) {
	return nil, unsupported("uploads in parts")
}

// CommitArtifact is the mutation that makes a pending artifact a version.
func (d *door) CommitArtifact(ctx context.Context, asked struct {
	Input struct {
		ArtifactID       graphql.ID
		ClientMutationID *string
	}
}) (*artifactPayload, error) {
	n, err := number(asked.Input.ArtifactID, artifactID)
	if err != nil {
		return nil, err
	}
	v, err := d.Vault.CommitArtifact(ctx, by(ctx), registry.ArtifactRef{ID: n})
	if err != nil {
		return nil, err
	}
	return &artifactPayload{Artifact: d.artifact(v)}, nil
}

// UseArtifact is the mutation that writes down that a run uses an artifact.
func (d *door) UseArtifact(ctx context.Context, asked struct {
	Input struct {
		EntityName, ProjectName, RunName        string
		ArtifactID                              graphql.ID
		UsedAs                                  *string
		ArtifactEntityName, ArtifactProjectName *string
		ClientMutationID                        *string
	}
}) (*artifactPayload, error) {
	in := asked.Input
	n, err := number(in.ArtifactID, artifactID)
	if err != nil {
		return nil, err
	}
	use := registry.Use{
		Run:      registry.RunRef{Place: registry.PlaceNamed(in.EntityName, in.ProjectName), Name: in.RunName},
		Artifact: registry.ArtifactRef{ID: n},
	}
	if deref(in.ArtifactEntityName) != "" && deref(in.ArtifactProjectName) != "" {
		use.Through = registry.PlaceNamed(*in.ArtifactEntityName, *in.ArtifactProjectName)
	}
	v, err := d.DB.UseArtifact(ctx, by(ctx), use)
	if err != nil {
		return nil, err
	}
	return &artifactPayload{Artifact: d.artifact(v)}, nil
}

// UpdateArtifact is the mutation that changes what all links of a version share.
func (d *door) UpdateArtifact(ctx context.Context, asked struct {
	Input struct {
		ArtifactID              graphql.ID
		Description             *string
		Labels, Metadata        *jsonString
		TtlDurationSeconds      *int64Scalar
		Aliases                 *[]aliasInput
		TagsToAdd, TagsToDelete *[]tagInput
		ClientMutationID        *string
	}
}) (*artifactPayload, error) {
	in := asked.Input
	n, err := number(in.ArtifactID, artifactID)
	if err != nil {
		return nil, err
	}
	if in.Aliases != nil {
		return nil, unsupported("setting aliases in this old way; upgrade wandb")
	}
	change := registry.ArtifactChange{
		Artifact: registry.ArtifactRef{ID: n}, Description: in.Description, TTLSeconds: (*int64)(in.TtlDurationSeconds),
		AddTags: tagNames(deref(in.TagsToAdd)), RemoveTags: tagNames(deref(in.TagsToDelete)),
	}
	if in.Metadata != nil && strings.TrimSpace(string(*in.Metadata)) != "" {
		change.Metadata = json.RawMessage(*in.Metadata)
	}
	v, err := d.DB.UpdateArtifact(ctx, by(ctx), change)
	if err != nil {
		return nil, err
	}
	return &artifactPayload{Artifact: d.artifact(v)}, nil
}

// DeleteArtifact is the mutation that deletes a version everywhere.
func (d *door) DeleteArtifact(ctx context.Context, asked struct {
	Input struct {
		ArtifactID       graphql.ID
		DeleteAliases    *bool
		ClientMutationID *string
	}
}) (*artifactPayload, error) {
	n, err := number(asked.Input.ArtifactID, artifactID)
	if err != nil {
		return nil, err
	}
	v, err := d.DB.DeleteArtifact(ctx, by(ctx), registry.ArtifactRef{ID: n}, deref(asked.Input.DeleteAliases))
	if err != nil {
		return nil, err
	}
	return &artifactPayload{Artifact: d.artifact(v)}, nil
}
