package db_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"greenroom/registry"
)

func collectionAt(place registry.PlaceRef, name string) registry.CollectionRef {
	return registry.CollectionRef{Place: place, Name: name}
}

func TestCollections(t *testing.T) {
	t.Parallel()
	s := openShelf(t)
	ctx := t.Context()
	for _, name := range []string{"b", "a", "C"} {
		s.log(t, s.Bob, registry.NewArtifact{Collection: name}, name)
	}
	s.log(t, s.Bob, registry.NewArtifact{Collection: "data", Type: "dataset"}, "data")
	if _, err := s.LinkVersion(ctx, s.Bob, linkTo(s.log(t, s.Bob, registry.NewArtifact{Collection: "a"}, "second"), digits, "model")); err != nil {
		t.Fatal(err)
	}
	calledA, err := registry.ParseFilter(`{"name":"a"}`)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		search registry.Search
		want   string
	}{
		{registry.Search{}, "model a data C b"},
		{registry.Search{Type: "model"}, "model a C b"},
		{registry.Search{Type: "model", Kinds: []registry.CollectionKind{registry.Model}}, "model"},
		{registry.Search{Type: "model", Collections: calledA}, "a"},
		{registry.Search{Type: "dataset", Collections: calledA}, ""},
		{registry.Search{Order: "name"}, "C a b data model"},
		{registry.Search{Order: "-created_at"}, "model data C a b"},
	} {
		var names []string
		tc.search.Place, tc.search.First = digits, 2
		for more := true; more; {
			list, err := s.SearchCollections(ctx, s.Vera, tc.search)
			if err != nil {
				t.Fatal(err)
			}
			if tc.want != "" && list.Total != len(strings.Fields(tc.want)) {
				t.Errorf("%+v: %d in all", tc.search, list.Total)
			}
			for _, c := range list.Collections {
				names = append(names, c.Name)
				tc.search.After = c.ID
			}
			more = list.More
		}
		if got := strings.Join(names, " "); got != tc.want {
			t.Errorf("%+v: %s, want %s", tc.search, got, tc.want)
		}
	}
	c, err := s.Collection(ctx, s.Vera, collectionAt(digits, "a"))
	if err != nil || c.Versions != 2 || c.LatestArtifactID == 0 || aliasNames(c.Aliases) != "latest" || !c.Access.Can(registry.Look) || c.Access.Can(registry.Link) {
		t.Errorf("Collection = %+v, %v", c, err)
	}
	_, err = s.Collection(ctx, s.Vera, collectionAt(digits, "None"))
	wantKind(t, "None", err, registry.NotFound)
	types, err := s.ArtifactTypes(ctx, s.Vera, digits)
	if err != nil || len(types) != 2 || types[0].Name != "dataset" || types[1].Collections != 4 {
		t.Errorf("ArtifactTypes = %+v, %v", types, err)
	}
	types, err = s.ArtifactTypes(ctx, s.Olga, shared)
	if err != nil || len(types) != 1 || types[0].Name != "model" || types[0].ID != 0 {
		t.Errorf("ArtifactTypes of an empty registry = %+v, %v", types, err)
	}
}

func TestVersionsInPages(t *testing.T) {
	t.Parallel()
	s := openShelf(t)
	ctx := t.Context()
	var first registry.VersionDetail
	for i := range 5 {
		d := s.log(t, s.Bob, registry.NewArtifact{RunName: theRun.Name}, fmt.Sprint(i))
		if i == 0 {
			first = d
			continue
		}
		s.link(t, s.Bob, d, "MNIST")
	}
	s.link(t, s.Bob, first, "MNIST") // the oldest artifact under the highest number
	for _, tc := range []struct {
		order registry.Order
		want  []int
	}{
		{registry.Order{}, []int{4, 3, 2, 1, 0}},
		{registry.Order{By: registry.ByNumber}, []int{0, 1, 2, 3, 4}},
		{registry.Order{By: registry.ByNumber, Descending: true}, []int{4, 3, 2, 1, 0}},
		{registry.Order{By: registry.ByCreatedAt}, []int{4, 0, 1, 2, 3}},
		{registry.Order{By: registry.ByCreatedAt, Descending: true}, []int{3, 2, 1, 0, 4}},
	} {
		var numbers []int
		part := registry.VersionRange{First: 2, Order: tc.order}
		for more := true; more; {
			list, err := s.Versions(ctx, s.Vera, collectionAt(shared, "MNIST"), part)
			if err != nil || list.Total != 5 {
				t.Fatalf("%d in all, %v", list.Total, err)
			}
			for _, v := range list.Versions {
				numbers = append(numbers, v.Number)
				part.After = v.ID
				if v.Run == nil || v.Collection.Kind != registry.Model || v.Collection.Name != "MNIST" {
					t.Errorf("%s = %+v", v.Name(), v)
				}
			}
			more = list.More
		}
		if !slices.Equal(numbers, tc.want) {
			t.Errorf("%+v: %v, want %v", tc.order, numbers, tc.want)
		}
	}
}

func TestUpdateCollection(t *testing.T) {
	t.Parallel()
	s := openShelf(t)
	ctx := t.Context()
	d := s.log(t, s.Bob, registry.NewArtifact{}, "A")
	s.log(t, s.Bob, registry.NewArtifact{Collection: "taken"}, "A")
	ref := registry.CollectionRef{ID: d.CollectionID}
	change := registry.CollectionChange{Collection: ref, Name: new("renamed"), Description: new("# Card"), AddTags: []string{"a", "b"}}
	for range 2 {
		c, err := s.UpdateCollection(ctx, s.Bob, change)
		if err != nil || c.Name != "renamed" || c.Description != "# Card" || !slices.Equal(c.Tags, []string{"a", "b"}) {
			t.Errorf("UpdateCollection = %+v, %v", c, err)
		}
	}
	if got := s.told(t, digits, 2); !slices.Equal(got, []string{"artifact.committed", "collection.updated"}) {
		t.Errorf("told %v", got)
	}
	if _, err := s.Version(ctx, s.Bob, at(digits, "renamed", "v0")); err != nil {
		t.Error(err)
	}
	for name, want := range map[string]registry.Kind{"taken": registry.Conflict, "None": registry.Invalid, "a/b": registry.Invalid} {
		_, err := s.UpdateCollection(ctx, s.Bob, registry.CollectionChange{Collection: ref, Name: new(name)})
		wantKind(t, name, err, want)
	}
	_, err := s.UpdateCollection(ctx, s.Vera, change)
	wantKind(t, "a viewer", err, registry.Denied)
}

func TestMoveCollectionType(t *testing.T) {
	t.Parallel()
	s := openShelf(t)
	ctx := t.Context()
	d := s.log(t, s.Bob, registry.NewArtifact{}, "A")
	ref := registry.CollectionRef{ID: d.CollectionID}
	if _, err := s.MoveCollectionType(ctx, s.Bob, ref, "checkpoint"); err != nil {
		t.Fatal(err)
	}
	if moved, err := s.Version(ctx, s.Bob, registry.VersionRef{ID: d.ID}); err != nil || moved.Artifact.Type != "checkpoint" {
		t.Errorf("the version is a %s, %v", moved.Artifact.Type, err)
	}
	if _, err := s.MoveCollectionType(ctx, s.Bob, ref, "model"); err != nil {
		t.Fatal(err)
	}
	link := s.link(t, s.Bob, d, "MNIST")
	_, err := s.MoveCollectionType(ctx, s.Bob, ref, "checkpoint")
	wantKind(t, "with a link", err, registry.Conflict)
	_, err = s.MoveCollectionType(ctx, s.Bob, registry.CollectionRef{ID: link.CollectionID}, "checkpoint")
	wantKind(t, "a model", err, registry.Invalid)
}

func TestDeleteCollection(t *testing.T) {
	t.Parallel()
	s := openShelf(t)
	ctx := t.Context()
	a := s.log(t, s.Bob, registry.NewArtifact{RunName: theRun.Name, CollectionClientID: "seq"}, "A")
	other := s.log(t, s.Bob, registry.NewArtifact{Collection: "other"}, "B")
	s.link(t, s.Bob, other, "MNIST")
	link := s.link(t, s.Bob, a, "MNIST", "production")
	s.link(t, s.Bob, a, "second")
	_, err := s.DeleteCollection(ctx, s.Vera, registry.CollectionRef{ID: a.CollectionID})
	wantKind(t, "a viewer", err, registry.Denied)
	if gone, err := s.DeleteCollection(ctx, s.Bob, collectionAt(shared, "second")); err != nil || gone.Versions != 1 {
		t.Fatalf("DeleteCollection = %+v, %v", gone, err)
	}
	if d, err := s.Version(ctx, s.Bob, registry.VersionRef{ID: a.ID}); err != nil || len(d.Standings) != 2 {
		t.Errorf("the source of a deleted model: %+v, %v", d.Standings, err)
	}
	if _, err := s.DeleteCollection(ctx, s.Bob, registry.CollectionRef{ID: a.CollectionID}); err != nil {
		t.Fatal(err)
	}
	_, err = s.Version(ctx, s.Bob, registry.VersionRef{ID: link.ID})
	wantKind(t, "a link to what is gone", err, registry.NotFound)
	if d, err := s.Version(ctx, s.Bob, at(shared, "MNIST", "latest")); err != nil || d.Number != 0 {
		t.Errorf("latest of the model: %s, %v", d.Name(), err)
	}
	if again := s.log(t, s.Bob, registry.NewArtifact{Type: "dataset"}, "A"); again.Name() != "v0" {
		t.Errorf("a new collection of the name begins with %s", again.Name())
	}
}
