package db_test

import (
	"errors"
	"strings"
	"testing"

	"greenroom/db/dbtest"
	"greenroom/registry"
)

// Whether something is hidden or not there at all must look the same.
func TestHiddenIsLikeMissing(t *testing.T) {
	t.Parallel()
	s := openShelf(t)
	ctx := t.Context()
	d := s.log(t, s.Bob, registry.NewArtifact{}, "A")
	mine := s.log(t, s.Eve, registry.NewArtifact{Place: registry.Project("eve", "mine")}, "B")
	for _, tc := range []struct {
		name string
		ask  func(hidden bool) error
	}{
		{"link", func(hidden bool) error {
			ref := d
			if !hidden {
				ref.Artifact.ID = 999_999
			}
			_, err := s.LinkVersion(ctx, s.Eve, linkTo(ref, registry.Registry("rivals", "model"), "stolen"))
			return err
		}},
		{"link into a registry", func(hidden bool) error {
			_, err := s.LinkVersion(ctx, s.Eve, linkTo(mine, registry.Registry(either(hidden, "vision"), "model-registry"), "planted"))
			return named(err, "vision")
		}},
		{"link into a project", func(hidden bool) error {
			_, err := s.LinkVersion(ctx, s.Eve, linkTo(mine, registry.Project(either(hidden, "vision"), d.Source.Place.Name), "planted"))
			return named(err, "vision")
		}},
		{"projects of an entity", func(hidden bool) error {
			_, err := s.Places(ctx, s.Eve, registry.PlaceQuery{Kind: registry.ProjectPlace, Entity: either(hidden, "vision"), First: 10})
			return err
		}},
		{"search in an entity", func(hidden bool) error {
			_, err := s.SearchCollections(ctx, s.Eve, registry.Search{Entity: either(hidden, "acme"), First: 10})
			return err
		}},
		{"search in a project", func(hidden bool) error {
			_, err := s.SearchVersions(ctx, s.Eve, registry.Search{Place: registry.Project("vision", either(hidden, d.Source.Place.Name)), First: 10})
			return err
		}},
	} {
		there, missing := tc.ask(true), tc.ask(false)
		if registry.KindOf(there) != registry.NotFound || there.Error() != missing.Error() {
			t.Errorf("%s: hidden is %v, missing is %v", tc.name, there, missing)
		}
	}
}

// named is an error with the name that was asked for left out.
func named(err error, name string) error {
	if known, ok := errors.AsType[*registry.Error](err); ok {
		return registry.Errorf(known.Kind, "%s", strings.NewReplacer(name, "_", "nothing", "_").Replace(known.Message))
	}
	return err
}

func either(hidden bool, name string) string {
	if hidden {
		return name
	}
	return "nothing"
}

func TestCursorTellsNothingOfOtherPlaces(t *testing.T) {
	t.Parallel()
	s := openShelf(t)
	secret := s.log(t, s.Bob, registry.NewArtifact{Collection: "m"}, "A")
	mine := registry.Project("eve", "mine")
	for _, name := range []string{"a", "z"} {
		s.log(t, s.Eve, registry.NewArtifact{Place: mine, Collection: name}, name)
	}
	for _, after := range []int64{secret.Collection.ID, 0} { // one reads like the other
		list, err := s.SearchCollections(t.Context(), s.Eve, registry.Search{Place: mine, First: 10, After: after, Order: "name"})
		if err != nil || len(list.Collections) != 2 || list.Collections[0].Name != "a" {
			t.Errorf("after %d there are %+v, %v", after, list.Collections, err)
		}
	}
}

func TestOddTextIsNoFaultOfOurs(t *testing.T) {
	t.Parallel()
	s := openShelf(t)
	ctx := t.Context()
	d := s.log(t, s.Bob, registry.NewArtifact{}, "A")
	long := noise(20_000)
	_, err := s.Files(ctx, s.Bob, registry.ArtifactRef{ID: d.Artifact.ID}, registry.FileRange{Pattern: `%\`, First: 1})
	wantKind(t, "a pattern with a loose backslash", err, registry.Invalid)
	n := registry.NewArtifact{Place: registry.Project("vision", "digits"), Collection: "c", Type: "model", Digest: d.Artifact.Digest, ClientID: long}
	_, err = s.CreateArtifact(ctx, s.Bob, n)
	wantKind(t, "a client ID that no index holds", err, registry.Invalid)
	err = s.SignIn(ctx, registry.Credentials{Name: long, Password: "whatever it is"}, registry.NewSession{Token: "t", IP: "192.0.2.1"})
	wantKind(t, "a name that no index holds", err, registry.Invalid)
	err = s.SignIn(ctx, registry.Credentials{Name: "a\x00b", Password: "whatever it is"}, registry.NewSession{Token: "t", IP: "192.0.2.1"})
	wantKind(t, "a name with NUL", err, registry.Invalid)
}

// noise is text that does not compress.
func noise(n int) string {
	text, x := make([]byte, n), uint64(42)
	for i := range text {
		x = x*6364136223846793005 + 1442695040888963407
		text[i] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_"[x>>58]
	}
	return string(text)
}

func TestStopAndDeleteAreToldOnce(t *testing.T) {
	t.Parallel()
	s := openShelf(t)
	ctx := t.Context()
	run := logRun(t, s.DB, s.Bob, "digits", "told-once", registry.RunEdit{})
	for range 2 {
		if asked, err := s.StopRun(ctx, s.Bob, registry.RunRef{ID: run.ID}); err != nil || !asked {
			t.Fatalf("StopRun = %v, %v", asked, err)
		}
	}
	count := map[string]int{}
	for _, name := range dbtest.EventNames(t, s.DB, registry.RunSubject, run.ID) {
		count[name]++
	}
	if n := count[registry.RunStopAsked{}.EventName()]; n != 1 {
		t.Errorf("asking a run to stop was told %d times", n)
	}
	for i := range 5 {
		d := s.log(t, s.Bob, registry.NewArtifact{Collection: "twice"}, "A")
		errs := atOnce(4, func(int) error {
			_, err := s.DeleteCollection(ctx, s.Bob, registry.CollectionRef{ID: d.Collection.ID})
			return err
		})
		if succeeded(errs) != 1 {
			t.Errorf("round %d: deleted by %d: %v", i, succeeded(errs), errs)
		}
		for _, err := range errs {
			if registry.KindOf(err) == registry.Internal {
				t.Errorf("round %d: %v", i, err)
			}
		}
	}
}

// MD5s can be forged: whoever sends other bytes with the same one must not be
// given, or give, what is here.
func TestForgedMD5(t *testing.T) {
	t.Parallel()
	s := openShelf(t)
	ctx := t.Context()
	s.log(t, s.Bob, registry.NewArtifact{}, "A")
	uploads, err := s.ReserveRunFiles(ctx, s.Bob, theRun, []string{"a", "b"})
	must(t, err)
	forged := stored("A")
	forged.SHA256 = stored("B").SHA256
	wantKind(t, "other bytes", s.FileArrived(ctx, dbtest.System, uploads[0].ID, forged), registry.Conflict)
	must(t, s.FileArrived(ctx, dbtest.System, uploads[1].ID, stored("A")))
	if list, err := s.RunFiles(ctx, s.Bob, theRun, registry.FileRange{First: 10}); err != nil || list.Total != 1 {
		t.Errorf("%+v, %v", list, err)
	}
}
