package wandb

import (
	"context"

	graphql "github.com/graph-gophers/graphql-go"

	"greenroom/registry"
)

// artifactType is a type that artifacts of a place have, on the wire.
type artifactType struct {
	d           *door
	place       registry.PlaceRef
	ID          graphql.ID
	Name        string
	Description *string
	CreatedAt   dateTime
}

func (d *door) artifactType(place registry.PlaceRef, t registry.ArtifactType) *artifactType {
	return &artifactType{d: d, place: place, ID: id(typeID, max(t.ID, 1)), Name: t.Name, CreatedAt: dateTime(t.CreatedAt)}
}

// ArtifactTypes are those in the project; of a registry, with includeAll, those
// it takes.
func (p *project) ArtifactTypes(ctx context.Context, asked struct {
	paging
	IncludeAll *bool
}) (*connection[*artifactType], error) {
	found, err := p.d.DB.ArtifactTypes(ctx, by(ctx), p.place.Ref())
	if err != nil {
		return nil, err
	}
	types := make([]*artifactType, len(found))
	for i, t := range found {
		types[i] = p.d.artifactType(p.place.Ref(), t)
	}
	return whole(types), nil
}

// ArtifactType is one of the project's types, null if nothing has it.
func (p *project) ArtifactType(ctx context.Context, asked struct{ Name string }) (*artifactType, error) {
	found, err := p.d.DB.ArtifactTypes(ctx, by(ctx), p.place.Ref())
	for _, t := range found {
		if t.Name == asked.Name {
			return p.d.artifactType(p.place.Ref(), t), nil
		}
	}
	return orNull[artifactType](nil, err)
}

// ArtifactCollections are the collections of the type, null where the caller may
// not see the place.
func (t *artifactType) ArtifactCollections(ctx context.Context, asked collectionsAsked) (*connection[*collection], error) {
	c, err := t.d.searchCollections(ctx, t.place, t.Name, asked)
	return orNull(c, err)
}

// ArtifactCollection is one of them.
func (t *artifactType) ArtifactCollection(ctx context.Context, asked struct{ Name string }) (*collection, error) {
	return t.d.collectionNamed(ctx, t.place, asked.Name, t.Name, "")
}

// ArtifactSequence is one of those where artifacts are logged.
func (t *artifactType) ArtifactSequence(ctx context.Context, asked struct{ Name string }) (*collection, error) {
	return t.d.collectionNamed(ctx, t.place, asked.Name, t.Name, registry.Source)
}

// Artifact is what a version of the type is made of.
func (t *artifactType) Artifact(ctx context.Context, asked struct{ Name string }) (*artifact, error) {
	m, err := t.d.membership(ctx, versionRef(t.place, asked.Name))
	if m == nil || m.v.Artifact.Type != t.Name {
		return nil, err
	}
	return m.Artifact, nil
}

type artifactTypePayload struct{ ArtifactType *artifactType }

// CreateArtifactType is a mutation of old clients. A type comes with the first
// artifact that has it, so there is only a name to check.
func (d *door) CreateArtifactType(ctx context.Context, asked struct {
	Input struct {
		EntityName, ProjectName, Name string
		Description, ClientMutationID *string
	}
}) (*artifactTypePayload, error) {
	if err := registry.CheckType(asked.Input.Name); err != nil {
		return nil, err
	}
	p, _, err := d.DB.UpsertProject(ctx, by(ctx), registry.ProjectEdit{Place: registry.PlaceNamed(asked.Input.EntityName, asked.Input.ProjectName)})
	if err != nil {
		return nil, err
	}
	return &artifactTypePayload{d.artifactType(p.Ref(), registry.ArtifactType{Name: asked.Input.Name, CreatedAt: p.CreatedAt})}, nil
}
