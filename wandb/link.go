package wandb

import (
	"context"

	graphql "github.com/graph-gophers/graphql-go"

	"greenroom/registry"
)

type linkPayload struct {
	VersionIndex       *int32
	ArtifactMembership *membership
}

// LinkArtifact is the mutation that puts a version into a registered model.
func (d *door) LinkArtifact(ctx context.Context, asked struct {
	Input struct {
		ArtifactID, ClientID, ArtifactPortfolioID      *graphql.ID
		ArtifactPortfolioName, EntityName, ProjectName *string
		Aliases                                        *[]aliasInput
		ClientMutationID                               *string
	}
}) (*linkPayload, error) {
	in := asked.Input
	link := registry.NewLink{Artifact: registry.ArtifactRef{ClientID: string(deref(in.ClientID))}}
	var err error
	if link.Artifact.ID, err = optional(in.ArtifactID, artifactID); err != nil {
		return nil, err
	}
	if link.Collection.ID, err = optional(in.ArtifactPortfolioID, collectionID); err != nil {
		return nil, err
	}
	if link.Collection.ID == 0 {
		link.Collection = registry.CollectionRef{Place: named{in.ProjectName, in.EntityName}.ref(), Name: deref(in.ArtifactPortfolioName)}
	}
	for _, a := range deref(in.Aliases) {
		link.Aliases = append(link.Aliases, a.Alias)
	}
	v, err := d.DB.LinkVersion(ctx, by(ctx), link)
	if err != nil {
		return nil, err
	}
	m := d.membershipOf(v)
	return &linkPayload{m.VersionIndex, m}, nil
}

type unlinkPayload struct {
	ArtifactID       graphql.ID
	Success          bool
	ClientMutationID *string
}

// UnlinkArtifact is the mutation that takes a version out of a registered model.
func (d *door) UnlinkArtifact(ctx context.Context, asked struct {
	Input struct {
		ArtifactID, ArtifactPortfolioID graphql.ID
		ClientMutationID                *string
	}
}) (*unlinkPayload, error) {
	in := asked.Input
	n, err := number(in.ArtifactID, artifactID)
	if err != nil {
		return nil, err
	}
	c, err := number(in.ArtifactPortfolioID, collectionID)
	if err != nil {
		return nil, err
	}
	ref := registry.VersionRef{Collection: registry.CollectionRef{ID: c}, ArtifactID: n}
	return &unlinkPayload{in.ArtifactID, true, in.ClientMutationID}, d.DB.UnlinkVersion(ctx, by(ctx), ref)
}

type aliasesAsked struct {
	Input struct {
		ArtifactID       graphql.ID
		Aliases          []collectionAliasInput
		ClientMutationID *string
	}
}

type collectionAliasInput struct{ EntityName, ProjectName, ArtifactCollectionName, Alias string }

// AddAliases is the mutation that puts aliases on a version.
func (d *door) AddAliases(ctx context.Context, asked aliasesAsked) (*successPayload, error) {
	return d.changeAliases(asked, func(ref registry.VersionRef, aliases []string) error {
		_, err := d.DB.AddAliases(ctx, by(ctx), ref, aliases)
		return err
	})
}

// DeleteAliases is the mutation that takes aliases off a version.
func (d *door) DeleteAliases(ctx context.Context, asked aliasesAsked) (*successPayload, error) {
	return d.changeAliases(asked, func(ref registry.VersionRef, aliases []string) error {
		return d.DB.DeleteAliases(ctx, by(ctx), ref, aliases)
	})
}

// changeAliases changes the aliases that were named together, collection by
// collection: clients send those of one.
func (d *door) changeAliases(asked aliasesAsked, change func(registry.VersionRef, []string) error) (*successPayload, error) {
	n, err := number(asked.Input.ArtifactID, artifactID)
	if err != nil {
		return nil, err
	}
	var order []registry.CollectionRef
	named := map[registry.CollectionRef][]string{}
	for _, a := range asked.Input.Aliases {
		c := registry.CollectionRef{Place: registry.PlaceNamed(a.EntityName, a.ProjectName), Name: a.ArtifactCollectionName}
		if named[c] == nil {
			order = append(order, c)
		}
		named[c] = append(named[c], a.Alias)
	}
	for _, c := range order {
		if err := change(registry.VersionRef{Collection: c, ArtifactID: n}, named[c]); err != nil {
			return nil, err
		}
	}
	return &successPayload{Success: true}, nil
}

type collectionPayload struct{ ArtifactCollection *collection }

// UpdateArtifactSequence is the mutation that renames or describes a source.
func (d *door) UpdateArtifactSequence(ctx context.Context, asked struct {
	Input struct {
		ArtifactSequenceID                  graphql.ID
		Name, Description, ClientMutationID *string
	}
}) (*collectionPayload, error) {
	return d.updateCollection(ctx, asked.Input.ArtifactSequenceID, asked.Input.Name, asked.Input.Description)
}

// UpdateArtifactPortfolio is the mutation that renames or describes a registered
// model.
func (d *door) UpdateArtifactPortfolio(ctx context.Context, asked struct {
	Input struct {
		ArtifactPortfolioID                 graphql.ID
		Name, Description, ClientMutationID *string
	}
}) (*collectionPayload, error) {
	return d.updateCollection(ctx, asked.Input.ArtifactPortfolioID, asked.Input.Name, asked.Input.Description)
}

func (d *door) updateCollection(ctx context.Context, given graphql.ID, name, description *string) (*collectionPayload, error) {
	n, err := number(given, collectionID)
	if err != nil {
		return nil, err
	}
	c, err := d.DB.UpdateCollection(ctx, by(ctx), registry.CollectionChange{Collection: registry.CollectionRef{ID: n}, Name: name, Description: description})
	if err != nil {
		return nil, err
	}
	return &collectionPayload{d.collection(c)}, nil
}

// MoveArtifactSequence is the mutation that gives a source another type.
func (d *door) MoveArtifactSequence(ctx context.Context, asked struct {
	Input struct {
		ArtifactSequenceID          graphql.ID
		DestinationArtifactTypeName string
		ClientMutationID            *string
	}
}) (*collectionPayload, error) {
	n, err := number(asked.Input.ArtifactSequenceID, collectionID)
	if err != nil {
		return nil, err
	}
	c, err := d.DB.MoveCollectionType(ctx, by(ctx), registry.CollectionRef{ID: n}, asked.Input.DestinationArtifactTypeName)
	if err != nil {
		return nil, err
	}
	return &collectionPayload{d.collection(c)}, nil
}

// DeleteArtifactSequence is the mutation that deletes a source with all its
// versions.
func (d *door) DeleteArtifactSequence(ctx context.Context, asked struct {
	Input struct {
		ArtifactSequenceID graphql.ID
		ClientMutationID   *string
	}
}) (*collectionPayload, error) {
	return d.deleteCollection(ctx, asked.Input.ArtifactSequenceID)
}

// DeleteArtifactPortfolio is the mutation that deletes a registered model; what
// was linked stays in its sources.
func (d *door) DeleteArtifactPortfolio(ctx context.Context, asked struct {
	Input struct {
		ArtifactPortfolioID graphql.ID
		ClientMutationID    *string
	}
}) (*collectionPayload, error) {
	return d.deleteCollection(ctx, asked.Input.ArtifactPortfolioID)
}

func (d *door) deleteCollection(ctx context.Context, given graphql.ID) (*collectionPayload, error) {
	n, err := number(given, collectionID)
	if err != nil {
		return nil, err
	}
	c, err := d.DB.DeleteCollection(ctx, by(ctx), registry.CollectionRef{ID: n})
	if err != nil {
		return nil, err
	}
	wire, deleted := d.collection(c), stateDeleted
	wire.State = &deleted
	return &collectionPayload{wire}, nil
}

type collectionTagsInput struct {
	EntityName, ProjectName, ArtifactCollectionName string
	Tags                                            []tagInput
	ClientMutationID                                *string
}

func (in collectionTagsInput) collection() registry.CollectionRef {
	return registry.CollectionRef{Place: registry.PlaceNamed(in.EntityName, in.ProjectName), Name: in.ArtifactCollectionName}
}

type collectionTagsPayload struct{ Tags []*tag }

// CreateArtifactCollectionTagAssignments is the mutation that tags a collection.
func (d *door) CreateArtifactCollectionTagAssignments(ctx context.Context, asked struct{ Input collectionTagsInput }) (*collectionTagsPayload, error) {
	c, err := d.DB.UpdateCollection(ctx, by(ctx), registry.CollectionChange{Collection: asked.Input.collection(), AddTags: tagNames(asked.Input.Tags)})
	if err != nil {
		return nil, err
	}
	return &collectionTagsPayload{tagsOf(c.ID, c.Tags)}, nil
}

// DeleteArtifactCollectionTagAssignments is the mutation that takes tags off a
// collection.
func (d *door) DeleteArtifactCollectionTagAssignments(ctx context.Context, asked struct{ Input collectionTagsInput }) (*successPayload, error) {
	_, err := d.DB.UpdateCollection(ctx, by(ctx), registry.CollectionChange{Collection: asked.Input.collection(), RemoveTags: tagNames(asked.Input.Tags)})
	if err != nil {
		return nil, err
	}
	return &successPayload{Success: true}, nil
}
