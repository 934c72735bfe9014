package db_test

import (
	"strings"
	"testing"

	"greenroom/registry"
)

func TestSearch(t *testing.T) {
	t.Parallel()
	s := openShelf(t)
	ctx := t.Context()
	for i, text := range []string{"{}", `{"rows":3,"by":{"hand":true}}`, `{"rows":30}`} {
		v := s.log(t, s.Bob, registry.NewArtifact{Metadata: []byte(text), Tags: [][]string{{}, {"small"}, {"large", "slow"}}[i]}, text)
		s.link(t, s.Bob, v, "Churn", [][]string{{"staging"}, nil, {"production"}}[i]...)
	}
	for _, tc := range []struct {
		by                  registry.Actor
		filter, order, want string
	}{
		{s.Olga, ``, ``, "v2 v1 v0"},
		{s.Olga, ``, `+version_index`, "v0 v1 v2"},
		{s.Olga, `{"alias":"staging"}`, ``, "v0"},
		{s.Olga, `{"tag":{"$in":["small","slow"]}}`, ``, "v2 v1"},
		{s.Olga, `{"metadata.rows":{"$gte":3}}`, ``, "v2 v1"},
		{s.Olga, `{"metadata.by.hand":true}`, ``, "v1"},
		{s.Olga, `{"version":"v1"}`, ``, "v1"},
		{s.Olga, `{"$nor":[{"alias":"latest"},{"alias":"staging"}]}`, ``, "v1"},
	} {
		filter, err := registry.ParseFilter(tc.filter)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for after := int64(0); ; {
			list, err := s.SearchVersions(ctx, tc.by, registry.Search{Entity: "acme", Versions: filter, Order: tc.order, After: after, First: 2})
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range list.Versions {
				got, after = append(got, v.Name()), v.ID
			}
			if !list.More {
				break
			}
		}
		if strings.Join(got, " ") != tc.want {
			t.Errorf("%s by %s: %v, want %s", tc.filter, tc.by.Name, got, tc.want)
		}
	}
	found, err := s.SearchCollections(ctx, s.Olga, registry.Search{Entity: "acme", Kinds: []registry.CollectionKind{registry.Model}, First: 10})
	if err != nil || found.Total != 1 || found.Collections[0].Name != "Churn" || found.Collections[0].Place.Name != "model" {
		t.Errorf("SearchCollections = %+v, %v", found, err)
	}
	_, err = s.SearchCollections(ctx, s.Olga, registry.Search{Place: digits, First: 10})
	wantKind(t, "outside the team", err, registry.NotFound)
	_, err = s.SearchVersions(ctx, s.Eve, registry.Search{Entity: "acme", First: 10})
	wantKind(t, "outside the organization", err, registry.NotFound)
}
