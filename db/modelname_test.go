package db_test

import (
	"testing"

	"greenroom/db"
	"greenroom/db/dbtest"
	"greenroom/registry"
)

// What a registered model was called leads to it until something else in its registry takes the name, and goes with it.
func TestFormerNamesOfModels(t *testing.T) {
	t.Parallel()
	d, ctx := dbtest.Open(t), t.Context()
	h := dbtest.Furnish(t, d)
	shelf, other := registry.Registry("acme", "model"), registry.Registry("vision", "model-registry")
	dbtest.Put(t, d, h.Ada, dbtest.Stock{
		Place: shelf, Project: digits, Name: "churn", Versions: []dbtest.StockVersion{{Aliases: []string{"production", "latest"}}},
	})
	at := func(place registry.PlaceRef, name string) registry.CollectionRef {
		return registry.CollectionRef{Place: place, Name: name}
	}
	found := func(name string) int64 {
		t.Helper()
		c, err := d.Collection(ctx, h.Olga, at(shelf, name))
		must(t, err)
		return c.ID
	}
	nowhere := func(what string, ref registry.CollectionRef) {
		t.Helper()
		_, err := d.Collection(ctx, h.Olga, ref)
		wants(t, what, err, registry.NotFound)
	}
	rename := func(from, to string) {
		t.Helper()
		_, err := d.UpdateCollection(ctx, h.Ada, registry.CollectionChange{Collection: at(shelf, from), Name: &to})
		must(t, err)
	}
	first := found("churn")
	rename("churn", "leaving")
	rename("leaving", "staying")
	for _, name := range []string{"churn", "leaving", "staying"} {
		if got := found(name); got != first {
			t.Errorf("%s leads to %d, not %d", name, got, first)
		}
		v, err := d.Version(ctx, h.Olga, registry.VersionRef{Collection: at(shelf, name), Alias: "production"})
		if err != nil || v.Collection.Name != "staying" || v.Number != 0 {
			t.Errorf("%s:production is %s:%s, %v", name, v.Collection.Name, v.Name(), err)
		}
		p, err := d.ModelPage(ctx, h.Olga, at(shelf, name), registry.ModelQuery{})
		if err != nil || p.Name != "staying" {
			t.Errorf("the page of %s is that of %s, %v", name, p.Name, err)
		}
	}
	nowhere("a name in other letters", at(shelf, "CHURN"))
	nowhere("the name in another registry", at(other, "churn"))
	_, err := d.Collection(ctx, h.Eve, at(shelf, "churn"))
	wants(t, "a stranger's look", err, registry.NotFound)

	// A script that links under the old name goes on linking into the model.
	v, err := d.Version(ctx, h.Ada, registry.VersionRef{Collection: at(digits, "run-churn"), Alias: "v0"})
	must(t, err)
	linked, err := d.LinkVersion(ctx, h.Ada, registry.NewLink{Artifact: registry.ArtifactRef{ID: v.ArtifactID}, Collection: at(shelf, "leaving"), Aliases: []string{"again"}})
	if err != nil || linked.CollectionID != first {
		t.Errorf("linking under the old name leads to %d (%s), %v", linked.CollectionID, linked.Collection.Name, err)
	}

	// Another model takes a name, by being made or by being renamed, and keeps it for good.
	made, err := d.AddModel(ctx, h.Ada, registry.NewModel{Registry: shelf, Name: "churn", Type: "model"})
	must(t, err)
	if got := found("churn"); got != made.ID {
		t.Errorf("churn leads to %d, not to the new model", got)
	}
	rename("churn", "leaving")
	for _, name := range []string{"churn", "leaving"} {
		if got := found(name); got != made.ID {
			t.Errorf("%s leads to %d, not to the model that took it", name, got)
		}
	}
	_, err = d.DeleteCollection(ctx, h.Ada, at(shelf, "leaving"))
	must(t, err)
	nowhere("a name that the deleted model had", at(shelf, "churn"))
	nowhere("the name of the deleted model", at(shelf, "leaving"))
	rename("staying", "churn")
	rename("churn", "staying")
	if got := found("churn"); got != first {
		t.Errorf("churn leads to %d after going there and back", got)
	}
	if left := formerNames(t, d); len(left) != 1 || left[0] != "churn" {
		t.Errorf("the former names are %q", left)
	}

	names := dbtest.EventNames(t, d, registry.CollectionSubject, first)
	if names[len(names)-1] != "collection.updated" {
		t.Errorf("the log tells %v", names)
	}
	_, err = d.DeleteCollection(ctx, h.Ada, at(shelf, "churn"))
	must(t, err)
	if left := formerNames(t, d); len(left) != 0 {
		t.Errorf("of the deleted model are left %q", left)
	}
}

// The old name of an artifact is free: a script that logs under it makes another one.
func TestArtifactsLeaveNoNames(t *testing.T) {
	t.Parallel()
	s := openShelf(t)
	s.log(t, s.Bob, registry.NewArtifact{}, "A")
	to := "leaving"
	ref := registry.CollectionRef{Place: digits, Name: "churn"}
	_, err := s.UpdateCollection(t.Context(), s.Bob, registry.CollectionChange{Collection: ref, Name: &to})
	must(t, err)
	_, err = s.Collection(t.Context(), s.Bob, ref)
	wants(t, "the old name of an artifact", err, registry.NotFound)
	if d := s.log(t, s.Bob, registry.NewArtifact{}, "B"); d.Number != 0 || d.Collection.Name != "churn" {
		t.Errorf("logging under the old name makes %s:%s", d.Collection.Name, d.Name())
	}
}

func formerNames(t *testing.T, d *db.DB) []string {
	t.Helper()
	return dbtest.Texts(t, d, `select name from former_model_names order by name`)
}
