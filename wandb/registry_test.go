package wandb

import "testing"

// TestRegistries replays how the SDK finds an organization's registries, links
// into one and reads what is there, as somebody who cannot see the source.
func TestRegistries(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	c.data(t, "bob", "UpsertBucket", vars{"name": "r", "project": "p"}, "upsertBucket")
	artifact := c.logModel(t, "bob", "p", "r", "churn-train", "weights", "best")

	team := c.data(t, "bob", "FetchOrgInfoFromEntity", vars{"entity": "vision"}, "entity")
	if team.Get("organization.orgEntity.name").Str != "acme" {
		t.Errorf("of a team: %s", team)
	}
	person := c.data(t, "bob", "FetchOrgInfoFromEntity", vars{"entity": "bob"}, "entity")
	if person.Get("organization").Raw != "null" || person.Get("user.organizations.0.orgEntity.name").Str != "acme" {
		t.Errorf("of a person: %s", person)
	}
	organization := c.data(t, "olga", "FetchOrganization", vars{"org": "ACME"}, "organization")
	if organization.Get("orgEntity.entityType").Str != "organization" {
		t.Errorf("FetchOrganization = %s", organization)
	}
	list := c.data(t, "olga", "FetchRegistries", vars{"organization": "acme", "filters": `{"name":{"$regex":"^wandb-registry-"}}`}, "organization.orgEntity.projects.edges.#.node.name")
	if names(list.Array()) != "wandb-registry-dataset wandb-registry-model" {
		t.Errorf("FetchRegistries = %s", list)
	}
	one := c.data(t, "olga", "FetchRegistry", vars{"name": "wandb-registry-model", "entity": "acme"}, "entity.project")
	if one.Get("access").Str != "PRIVATE" || one.Get("allowAllArtifactTypes").Bool() || names(one.Get("artifactTypes.edges.#.node.name").Array()) != "model" {
		t.Errorf("FetchRegistry = %s", one)
	}

	// A team's path leads to its organization's registry, and so does a person's.
	for _, entity := range []string{"acme", "vision", "bob"} {
		m := c.data(t, "bob", "public LinkArtifact", vars{"includeAliases": true, "input": vars{
			"artifactID": artifact, "artifactPortfolioName": "Churn", "entityName": entity, "projectName": "wandb-registry-model",
			"aliases": []vars{{"artifactCollectionName": "Churn", "alias": "staging"}},
		}}, "result.artifactMembership")
		if m.Get("versionIndex").Int() != 0 || m.Get("artifactCollection.project.entity.name").Str != "acme" || names(m.Get("aliases.#.alias").Array()) != "v0 latest staging" {
			t.Errorf("linked by way of %s: %s", entity, m)
		}
	}
	place := vars{"entity": "acme", "project": "wandb-registry-model"}
	for _, alias := range []string{"staging", "v0", "latest"} {
		m := c.data(t, "olga", "ArtifactMembershipByName", with(place, "name", "Churn:"+alias, "includeAliases", true), "project.artifactCollectionMembership")
		if m.Get("artifact.artifactSequence.project").Raw != "null" || m.Get("artifact.artifactSequence.name").Str != "churn-train" {
			t.Errorf("Churn:%s tells of its source: %s", alias, m)
		}
	}
	by := c.data(t, "olga", "ArtifactCreatedBy", vars{"id": artifact}, "artifact.createdBy")
	if by.Get("__typename").Str != "User" || by.Get("name").Exists() {
		t.Errorf("the maker of what a hidden run made is %s", by)
	}
	search := vars{"organization": "acme", "registryFilter": `{"name":"wandb-registry-model"}`}
	for filter, want := range map[string]int64{
		`{"alias":"staging"}`: 1, `{"alias":"nothing"}`: 0, `{"$or":[{"tag":"x"},{"version":"v0"}]}`: 1, `{"metadata.rows":1}`: 0, ``: 1,
	} {
		found := c.data(t, "olga", "RegistryVersions", with(search, "artifactFilter", filter), "organization.orgEntity.artifactMemberships.edges.#").Int()
		if found != want {
			t.Errorf("%s finds %d versions, want %d", filter, found, want)
		}
	}
	for filter, want := range map[string]int64{`{"name":{"$contains":"hur"}}`: 1, `{"tag":"x"}`: 0, ``: 1} {
		found := c.data(t, "olga", "RegistryCollections", with(search, "collectionFilter", filter), "organization.orgEntity.artifactCollections.totalCount").Int()
		if found != want {
			t.Errorf("%s finds %d collections, want %d", filter, found, want)
		}
	}
	if got := c.data(t, "eve", "RegistryVersions", search, "organization"); got.Raw != "null" {
		t.Errorf("a stranger searches: %s", got)
	}
}

// TestCollections replays the public API's way through types, collections,
// versions and files.
func TestCollections(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	c.data(t, "bob", "UpsertBucket", vars{"name": "r", "project": "p"}, "upsertBucket")
	first := c.logModel(t, "bob", "p", "r", "m", "one", "best")
	c.logModel(t, "bob", "p", "r", "m", "two")
	place := vars{"entity": "vision", "project": "p"}

	types := c.data(t, "vera", "ProjectArtifactTypes", place, "project.artifactTypes.edges.#.node.name")
	if names(types.Array()) != "model" {
		t.Errorf("types %s", types)
	}
	inside := c.data(t, "vera", "ProjectArtifactCollection", with(place, "artifactType", "model", "type", "model", "name", "m"), "project.artifactType.artifactCollection")
	if inside.Get("__typename").Str != "ArtifactSequence" || inside.Get("type.name").Str != "model" {
		t.Errorf("collection %s", inside)
	}
	aliases := c.data(t, "vera", "ArtifactCollectionAliases", vars{"id": inside.Get("id").Str}, "artifactCollection.aliases.edges.#.node.alias")
	if names(aliases.Array()) != "latest best" {
		t.Errorf("aliases of the collection %s", aliases)
	}
	for order, want := range map[string]string{"": "v1 v0", "+version_index": "v0 v1", "-created_at": "v1 v0", "+created_at": "v0 v1"} {
		versions := c.data(t, "vera", "ProjectArtifacts", with(place, "type", "model", "collection", "m", "order", order, "filters", `{"state":"COMMITTED"}`),
			"project.artifactType.artifactCollection.artifacts")
		if names(versions.Get("edges.#.version").Array()) != want || versions.Get("totalCount").Int() != 2 {
			t.Errorf("order %q: %s", order, versions)
		}
	}
	files := c.data(t, "vera", "ArtifactMembershipFiles", with(place, "collection", "m", "alias", "best", "fileNames", []string{"model.h5"}),
		"project.artifactCollection.artifactMembership.files")
	if files.Get("totalCount").Int() != 1 || c.get(t, files.Get("edges.0.node.directUrl").Str) != "one" || c.get(t, files.Get("edges.0.node.url").Str) != "one" {
		t.Errorf("files %s", files)
	}
	edit := vars{"input": vars{"artifactID": first, "aliases": []vars{
		{"entityName": "vision", "projectName": "p", "artifactCollectionName": "m", "alias": "chosen"},
	}}}
	c.data(t, "bob", "AddAliases", edit, "result.success")
	if status, answer := c.ask(t, "vera", "DeleteAliases", edit); status != 200 || !answer.Get("errors").Exists() {
		t.Errorf("a viewer takes an alias away: %s", answer.Raw)
	}
	updated := c.data(t, "bob", "public UpdateArtifact", vars{"includeAliases": true, "input": vars{
		"artifactID": first, "description": "the first", "metadata": `{"rows":3}`, "tagsToAdd": []vars{{"tagName": "small"}}, "ttlDurationSeconds": -1,
	}}, "result.artifact")
	if updated.Get("description").Str != "the first" || updated.Get("metadata").Str != `{"rows":3}` || names(updated.Get("tags.#.name").Array()) != "small" ||
		updated.Get("ttlDurationSeconds").Int() != neverExpires || !updated.Get("ttlIsInherited").Bool() {
		t.Errorf("updated %s", updated)
	}
	if status, answer := c.ask(t, "bob", "DeleteArtifact", vars{"input": vars{"artifactID": first, "deleteAliases": nil}}); status != 200 || !answer.Get("errors").Exists() {
		t.Errorf("a version with aliases was deleted: %s", answer.Raw)
	}
	c.data(t, "bob", "DeleteArtifact", vars{"input": vars{"artifactID": first, "deleteAliases": true}}, "result")
	if gone := c.data(t, "bob", "ArtifactMembershipByName", with(place, "name", "m:v0"), "project.artifactCollectionMembership"); gone.Raw != "null" {
		t.Errorf("a deleted version is there: %s", gone)
	}
}
