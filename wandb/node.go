package wandb

import (
	"context"

	graphql "github.com/graph-gophers/graphql-go"

	"greenroom/registry"
)

// node is what an ID names. No client asks this way for anything but what is
// found here; the library wants to hear of all the others.
type node struct {
	ID         graphql.ID
	run        *run
	project    *project
	artifact   *artifact
	collection *collection
}

// Node is the query of that name.
func (d *door) Node(ctx context.Context, asked struct{ ID graphql.ID }) (*node, error) {
	kind, n, err := parts(asked.ID)
	if err != nil {
		return orNull[node](nil, err)
	}
	found := &node{ID: asked.ID}
	switch kind {
	case runID:
		r, err := d.DB.Run(ctx, by(ctx), registry.RunRef{ID: n})
		found.run = d.run(r)
		return orNull(found, err)
	case projectID, internalID:
		found.project, err = d.project(ctx, registry.PlaceRef{ID: n})
	case artifactID:
		found.artifact, err = d.Artifact(ctx, asked)
	case collectionID:
		found.collection, err = d.ArtifactCollection(ctx, asked)
	}
	if err != nil || found.project == nil && found.artifact == nil && found.collection == nil {
		return nil, err
	}
	return found, nil
}

func (n *node) ToRun() (*run, bool) { return n.run, n.run != nil }

func (n *node) ToProject() (*project, bool) { return n.project, n.project != nil }

func (n *node) ToArtifact() (*artifact, bool) { return n.artifact, n.artifact != nil }

func (n *node) ToArtifactSequence() (*collection, bool) {
	return n.collection, n.collection != nil && n.collection.c.Kind == registry.Source
}

func (n *node) ToArtifactPortfolio() (*collection, bool) {
	return n.collection, n.collection != nil && n.collection.c.Kind == registry.Model
}

func (n *node) ToUser() (*user, bool) { return nil, false }

func (n *node) ToApiKey() (*apiKey, bool) { return nil, false }

func (n *node) ToEntity() (*entity, bool) { return nil, false }

func (n *node) ToOrganization() (*organization, bool) { return nil, false }

func (n *node) ToArtifactType() (*artifactType, bool) { return nil, false }

func (n *node) ToTag() (*tag, bool) { return nil, false }

func (n *node) ToArtifactAlias() (*artifactAlias, bool) { return nil, false }

func (n *node) ToArtifactCollectionMembership() (*membership, bool) { return nil, false }

func (n *node) ToArtifactManifest() (*manifest, bool) { return nil, false }

func (n *node) ToFile() (*file, bool) { return nil, false }

func (n *node) ToTrigger() (*trigger, bool) { return nil, false }

func (n *node) ToRunQueue() (*runQueue, bool) { return nil, false }

func (n *node) ToSlackIntegration() (*slackIntegration, bool) { return nil, false }

func (n *node) ToGenericWebhookIntegration() (*webhookIntegration, bool) { return nil, false }

func (n *node) ToGitHubOAuthIntegration() (*gitHubIntegration, bool) { return nil, false }

func (n *node) ToSweep() (*sweep, bool) { return nil, false }

func (n *node) ToInvite() (*invite, bool) { return nil, false }
