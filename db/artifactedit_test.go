package db_test

import (
	"encoding/json"
	"slices"
	"testing"

	"greenroom/registry"
)

func TestUpdateArtifact(t *testing.T) {
	t.Parallel()
	s := openShelf(t)
	ctx := t.Context()
	d := s.log(t, s.Bob, registry.NewArtifact{Tags: []string{"old"}}, "A")
	link := s.link(t, s.Bob, d, "MNIST")
	ref := registry.ArtifactRef{ID: d.Artifact.ID}
	change := registry.ArtifactChange{Artifact: ref, Description: new("better"), Metadata: json.RawMessage(`{"acc":0.9}`), AddTags: []string{"new"}, RemoveTags: []string{"old"}}
	for range 2 { // clients send it with every save
		if _, err := s.UpdateArtifact(ctx, s.Bob, change); err != nil {
			t.Fatal(err)
		}
	}
	if got := s.told(t, digits, 2); !slices.Equal(got, []string{"artifact.committed", "artifact.updated"}) {
		t.Errorf("told %v", got)
	}
	shown, err := s.Version(ctx, s.Olga, registry.VersionRef{ID: link.ID})
	if err != nil || shown.Artifact.Description != "better" || !slices.Equal(shown.Artifact.Tags, []string{"new"}) {
		t.Errorf("through the link: %+v, %v", shown.Artifact, err)
	}
	for _, by := range []registry.Actor{s.Vera, s.Olga} { // who may have set an alias, and sends the rest as it was
		if _, err := s.UpdateArtifact(ctx, by, change); err != nil {
			t.Errorf("%s changes nothing: %v", by.Name, err)
		}
	}
	_, err = s.UpdateArtifact(ctx, s.Eve, change)
	wantKind(t, "a stranger who changes nothing", err, registry.NotFound)
	change.Description = new("spoiled")
	_, err = s.UpdateArtifact(ctx, s.Vera, change)
	wantKind(t, "a viewer", err, registry.Denied)
	_, err = s.UpdateArtifact(ctx, s.Olga, change)
	wantKind(t, "somebody who sees the link only", err, registry.Denied)
	_, err = s.UpdateArtifact(ctx, s.Eve, change)
	wantKind(t, "a stranger", err, registry.NotFound)
}

func TestDeleteArtifact(t *testing.T) {
	t.Parallel()
	s := openShelf(t)
	ctx := t.Context()
	a := s.log(t, s.Bob, registry.NewArtifact{ClientID: "one"}, "A")
	b := s.log(t, s.Bob, registry.NewArtifact{}, "B")
	s.link(t, s.Bob, a, "MNIST")
	s.link(t, s.Bob, b, "MNIST", "production")
	ref := registry.ArtifactRef{ID: b.Artifact.ID}
	_, err := s.DeleteArtifact(ctx, s.Bob, ref, false)
	wantKind(t, "with aliases", err, registry.Conflict)
	_, err = s.DeleteArtifact(ctx, s.Olga, ref, true)
	wantKind(t, "who sees the link only", err, registry.Denied)
	gone, err := s.DeleteArtifact(ctx, s.Bob, ref, true)
	if err != nil || gone.Artifact.State != registry.Deleted {
		t.Fatalf("DeleteArtifact = %+v, %v", gone.Artifact, err)
	}
	for _, ref := range []registry.VersionRef{at(digits, "churn", "v1"), at(shared, "MNIST", "production"), {ID: b.ID}} {
		_, err := s.Version(ctx, s.Bob, ref)
		wantKind(t, ref.String(), err, registry.NotFound)
	}
	for _, ref := range []registry.VersionRef{at(digits, "churn", "latest"), at(shared, "MNIST", "latest")} {
		if d, err := s.Version(ctx, s.Bob, ref); err != nil || d.Number != 0 {
			t.Errorf("%s is %s, %v", ref, d.Name(), err)
		}
	}
	if c := s.log(t, s.Bob, registry.NewArtifact{}, "C"); c.Name() != "v2" {
		t.Errorf("the number was given again: %s", c.Name())
	}
	_, err = s.Artifact(ctx, s.Bob, ref)
	wantKind(t, "a deleted artifact", err, registry.NotFound)

	pending := s.begin(t, s.Bob, registry.NewArtifact{}, "D")
	if _, err := s.DeleteArtifact(ctx, s.Bob, registry.ArtifactRef{ID: pending.Artifact.ID}, false); err != nil {
		t.Errorf("a pending one: %v", err)
	}
}
