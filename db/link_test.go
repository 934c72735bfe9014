package db_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"greenroom/db/dbtest"
	"greenroom/registry"
)

func TestLinkOnce(t *testing.T) {
	t.Parallel()
	s := openShelf(t)
	ctx := t.Context()
	a, b := s.log(t, s.Bob, registry.NewArtifact{}, "A"), s.log(t, s.Bob, registry.NewArtifact{}, "B")
	first := s.link(t, s.Bob, a, "MNIST", "latest", "staging")
	if got, want := s.told(t, shared, 3), []string{"collection.created", "version.linked", "alias.set"}; !slices.Equal(got, want) {
		t.Errorf("told %v, want %v", got, want)
	}
	second := s.link(t, s.Bob, b, "MNIST", "staging")
	again := s.link(t, s.Bob, a, "MNIST", "v0", "best")
	if again.ID != first.ID || again.Number != 0 || second.Number != 1 || aliasNames(again.Aliases) != "best" {
		t.Errorf("first %s, second %s, again %s %s", first.Name(), second.Name(), again.Name(), aliasNames(again.Aliases))
	}
	if got, want := s.told(t, shared, 3), []string{"version.linked", "alias.moved", "alias.set"}; !slices.Equal(got, want) {
		t.Errorf("told %v, want %v", got, want)
	}
	// One that cannot be refuses all, the link included.
	_, err := s.LinkVersion(ctx, s.Bob, linkTo(a, shared, "other", "good", "v5"))
	wantKind(t, "another version's number", err, registry.Invalid)
	_, err = s.Collection(ctx, s.Bob, registry.CollectionRef{Place: shared, Name: "other"})
	wantKind(t, "what was refused", err, registry.NotFound)
	// The same at once, many times.
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			if d, err := s.LinkVersion(ctx, s.Bob, linkTo(a, shared, "fresh", fmt.Sprint("a", i))); err != nil || d.Number != 0 {
				t.Errorf("linked as %s, %v", d.Name(), err)
			}
		})
	}
	wg.Wait()
	if d, err := s.Version(ctx, s.Bob, at(shared, "fresh", "a3")); err != nil || len(d.Aliases) != 9 {
		t.Errorf("%s has %s, %v", d.Name(), aliasNames(d.Aliases), err)
	}
}

func TestLinkAnywhere(t *testing.T) {
	t.Parallel()
	s := openShelf(t)
	ctx := t.Context()
	d := s.log(t, s.Bob, registry.NewArtifact{}, "A")
	data := s.log(t, s.Bob, registry.NewArtifact{Collection: "data", Type: "dataset"}, "A")
	s.link(t, s.Bob, d, "MNIST")
	pending := s.begin(t, s.Bob, registry.NewArtifact{}, "B")
	theirs := s.log(t, s.Eve, registry.NewArtifact{Place: registry.Project("eve", "mine")}, "A")
	for _, tc := range []struct {
		name string
		by   registry.Actor
		link registry.NewLink
		want registry.Kind
	}{
		{"a team's own registry", s.Bob, linkTo(d, registry.Registry("vision", registry.OwnRegistry), "MNIST"), ""},
		{"one's own registry", s.Bob, linkTo(d, registry.Registry("bob", registry.OwnRegistry), "MNIST"), ""},
		{"the project it is in", s.Bob, linkTo(d, digits, "good-ones"), ""},
		{"a project that is not there yet", s.Bob, linkTo(d, registry.Project("vision", "new"), "MNIST"), ""},
		{"the organization's, by the team's name", s.Bob, linkTo(d, registry.Registry("vision", "model"), "MNIST"), ""},
		{"a registry that is not there", s.Bob, linkTo(d, registry.Registry("acme", "nothing"), "MNIST"), registry.NotFound},
		{"a project called like a registry", s.Bob, linkTo(d, registry.Project("vision", "wandb-registry-x"), "MNIST"), registry.Invalid},
		{"its own source", s.Bob, linkTo(d, digits, "churn"), registry.Conflict},
		{"another source", s.Bob, linkTo(d, digits, "data"), registry.Conflict},
		{"a type the registry does not take", s.Bob, linkTo(data, shared, "data"), registry.Invalid},
		{"a type the model does not hold", s.Bob, linkTo(data, digits, "good-ones"), registry.Invalid},
		{"None", s.Bob, linkTo(d, shared, "None"), registry.Invalid},
		{"a slash", s.Bob, linkTo(d, shared, "a/b"), registry.Invalid},
		{"nothing", s.Bob, linkTo(d, shared, ""), registry.Invalid},
		{"one that is not complete", s.Bob, linkTo(pending, shared, "MNIST"), registry.Invalid},
		{"one that is not there", s.Bob, registry.NewLink{Artifact: registry.ArtifactRef{ID: 1 << 40}, Collection: registry.CollectionRef{Place: shared, Name: "MNIST"}}, registry.NotFound},
		{"by a client ID that is not there", s.Bob, registry.NewLink{Artifact: registry.ArtifactRef{ClientID: "x"}, Collection: registry.CollectionRef{Place: shared, Name: "MNIST"}}, registry.NotFound},
		{"one the linker may not see", s.Bob, linkTo(theirs, shared, "MNIST"), registry.NotFound},
		{"one through its link", s.Olga, linkTo(d, registry.Registry("olga", registry.OwnRegistry), "copy"), ""},
		{"a viewer", s.Vera, linkTo(d, registry.Registry("vision", registry.OwnRegistry), "MNIST"), registry.Denied},
		{"a stranger", s.Eve, linkTo(d, shared, "MNIST"), registry.NotFound},
		{"across organizations", dbtest.System, linkTo(d, registry.Registry("rivals", "model"), "MNIST"), registry.Invalid},
	} {
		_, err := s.LinkVersion(ctx, tc.by, tc.link)
		wantKind(t, tc.name, err, tc.want)
	}
}

func TestUnlink(t *testing.T) {
	t.Parallel()
	s := openShelf(t)
	ctx := t.Context()
	var links []registry.VersionDetail
	for _, text := range []string{"A", "B", "C"} {
		links = append(links, s.link(t, s.Bob, s.log(t, s.Bob, registry.NewArtifact{}, text), "MNIST"))
	}
	if err := s.addAliases(ctx, s.Bob, at(shared, "MNIST", "v2"), []string{"production"}); err != nil {
		t.Fatal(err)
	}
	latest := func() string {
		t.Helper()
		d, err := s.Version(ctx, s.Bob, at(shared, "MNIST", ""))
		if err != nil {
			return err.Error()
		}
		return d.Name()
	}
	if err := s.UnlinkVersion(ctx, s.Bob, registry.VersionRef{ID: links[0].ID}); err != nil {
		t.Fatal(err)
	}
	if got := latest(); got != "v2" {
		t.Errorf("latest is %s after v0 went", got)
	}
	ref := registry.VersionRef{Collection: registry.CollectionRef{ID: links[2].CollectionID}, ArtifactID: links[2].Artifact.ID}
	if err := s.UnlinkVersion(ctx, s.Bob, ref); err != nil {
		t.Fatal(err)
	}
	if got := latest(); got != "v1" {
		t.Errorf("latest is %s after v2 went", got)
	}
	wantKind(t, "unlinking twice", s.UnlinkVersion(ctx, s.Bob, ref), registry.NotFound)
	wantKind(t, "unlinking a source", s.UnlinkVersion(ctx, s.Bob, at(digits, "churn", "v2")), registry.Invalid)
	wantKind(t, "a stranger", s.UnlinkVersion(ctx, s.Eve, registry.VersionRef{ID: links[1].ID}), registry.NotFound)
	if d, err := s.Version(ctx, s.Bob, at(digits, "churn", "latest")); err != nil || d.Number != 2 {
		t.Errorf("the source: %s, %v", d.Name(), err)
	}
	if got := s.link(t, s.Bob, links[2], "MNIST"); got.Name() != "v3" || latest() != "v3" || len(got.Aliases) != 1 {
		t.Errorf("linked again as %s with %s", got.Name(), aliasNames(got.Aliases))
	}
}

func TestAliases(t *testing.T) {
	t.Parallel()
	s := openShelf(t)
	ctx := t.Context()
	a, b := s.log(t, s.Bob, registry.NewArtifact{}, "A"), s.log(t, s.Bob, registry.NewArtifact{}, "B")
	s.link(t, s.Bob, a, "MNIST", "production")
	s.link(t, s.Bob, b, "MNIST")
	v0, v1 := at(shared, "MNIST", "v0"), at(shared, "MNIST", "v1")
	if err := s.addAliases(ctx, s.Bob, v1, []string{"production", "latest", "v1", "grün ✓"}); err != nil {
		t.Fatal(err)
	}
	if d, err := s.Version(ctx, s.Olga, at(shared, "MNIST", "production")); err != nil || d.Number != 1 || aliasNames(d.Aliases) != "latest production grün ✓" {
		t.Errorf("production is %s with %s, %v", d.Name(), aliasNames(d.Aliases), err)
	}
	wantKind(t, "one that cannot be", s.addAliases(ctx, s.Bob, v0, []string{"fine", "v1"}), registry.Invalid)
	_, err := s.Version(ctx, s.Bob, at(shared, "MNIST", "fine"))
	wantKind(t, "what came with it", err, registry.NotFound)
	if err := s.DeleteAliases(ctx, s.Bob, v0, []string{"production", "nothing"}); err != nil {
		t.Fatal(err)
	}
	if d, err := s.Version(ctx, s.Bob, at(shared, "MNIST", "production")); err != nil || d.Number != 1 {
		t.Errorf("an alias went from a version that did not have it: %v", err)
	}
	if err := s.DeleteAliases(ctx, s.Bob, v1, []string{"production", "latest"}); err != nil {
		t.Fatal(err)
	}
	_, err = s.Version(ctx, s.Bob, at(shared, "MNIST", "latest"))
	wantKind(t, "latest after it was taken away", err, registry.NotFound)
	if got, want := s.told(t, shared, 4), []string{"alias.moved", "alias.set", "alias.removed", "alias.removed"}; !slices.Equal(got, want) {
		t.Errorf("told %v, want %v", got, want)
	}
	wantKind(t, "a stranger", s.addAliases(ctx, s.Eve, v0, []string{"x"}), registry.NotFound)
	if d, err := s.Version(ctx, s.Vera, at(digits, "churn", a.Artifact.Digest)); err != nil || d.Number != 0 {
		t.Errorf("by digest: %s, %v", d.Name(), err)
	}
	// The same names in the source are other aliases.
	if d, err := s.Version(ctx, s.Bob, at(digits, "churn", "latest")); err != nil || d.Number != 1 {
		t.Errorf("latest of the source: %s, %v", d.Name(), err)
	}
}

func TestThroughALink(t *testing.T) {
	t.Parallel()
	s := openShelf(t)
	ctx := t.Context()
	d := s.log(t, s.Bob, registry.NewArtifact{RunName: theRun.Name}, "A")
	ref := registry.ArtifactRef{ID: d.Artifact.ID}
	_, err := s.Artifact(ctx, s.Olga, ref)
	wantKind(t, "before it is linked", err, registry.NotFound)
	link := s.link(t, s.Bob, d, "MNIST")
	seen, err := s.Artifact(ctx, s.Olga, ref)
	if err != nil {
		t.Fatal(err)
	}
	if seen.SourceVisible || seen.Source.Place.ID != 0 || seen.Source.Collection.ID != 0 || seen.Source.Collection.Name != "churn" || seen.Run != nil || len(seen.Standings) != 1 {
		t.Errorf("Olga sees %+v", seen)
	}
	if files, err := s.Files(ctx, s.Olga, ref, registry.FileRange{First: 1}); err != nil || !files.MayDownload || len(files.Files) != 1 {
		t.Errorf("Olga's files: %+v, %v", files, err)
	}
	if runs, err := s.ArtifactRuns(ctx, s.Olga, ref, registry.Made, registry.LineageRange{First: 10}); err != nil || runs.Total != 0 || runs.Hidden != 1 {
		t.Errorf("Olga's lineage: %+v, %v", runs, err)
	}
	if runs, err := s.ArtifactRuns(ctx, s.Vera, ref, registry.Made, registry.LineageRange{First: 10}); err != nil || len(runs.Runs) != 1 || runs.Runs[0].Ref().String() != "vision/digits/runs/z7eqws1c" {
		t.Errorf("Vera's lineage: %+v, %v", runs, err)
	}
	full, err := s.Version(ctx, s.Vera, registry.VersionRef{ID: link.ID})
	if err != nil || !full.SourceVisible || full.Source.Ref().String() != "vision/digits/churn:v0" || full.Run == nil || len(full.Standings) != 2 {
		t.Errorf("Vera sees %+v, %v", full, err)
	}
	if full.Ref().String() != "acme/registry/model/MNIST:v0" || full.LinkedByName != "bob" || full.Artifact.CreatedByName != "bob" {
		t.Errorf("linked at %s by %s", full.Ref(), full.LinkedByName)
	}
	_, err = s.Artifact(ctx, s.Eve, ref)
	wantKind(t, "a stranger", err, registry.NotFound)
	_, err = s.Content(ctx, s.Eve, registry.VersionRef{ID: link.ID}, "model.pt")
	wantKind(t, "a stranger's download", err, registry.NotFound)
	if c, err := s.Content(ctx, s.Olga, registry.VersionRef{ID: link.ID}, "model.pt"); err != nil || c.Size != 1 {
		t.Errorf("Olga's download: %+v, %v", c, err)
	}
	read := s.Bob
	read.KeyID, read.Scope = 1, registry.ScopeRead
	_, err = s.LinkVersion(ctx, read, linkTo(d, shared, "MNIST"))
	wantKind(t, "a key for reading", err, registry.Denied)
}

func TestUseArtifact(t *testing.T) {
	t.Parallel()
	s := openShelf(t)
	ctx := t.Context()
	d := s.log(t, s.Bob, registry.NewArtifact{RunName: theRun.Name}, "A")
	s.link(t, s.Bob, d, "MNIST")
	other := registry.RunRef{Place: registry.Project("vision", "tests"), Name: "consumer"}
	if _, _, err := s.UpsertRun(ctx, s.Bob, registry.RunEdit{Run: other}); err != nil {
		t.Fatal(err)
	}
	use := registry.Use{Run: other, Artifact: registry.ArtifactRef{ID: d.Artifact.ID}, Through: shared}
	for range 2 {
		if _, err := s.UseArtifact(ctx, s.Bob, use); err != nil {
			t.Fatal(err)
		}
	}
	own := use
	own.Run = theRun
	if _, err := s.UseArtifact(ctx, s.Bob, own); err != nil {
		t.Fatal(err)
	}
	used, err := s.ArtifactRuns(ctx, s.Vera, use.Artifact, registry.Used, registry.LineageRange{First: 10})
	if err != nil || len(used.Runs) != 1 || used.Runs[0].Name != "consumer" {
		t.Errorf("used by %+v, %v", used, err)
	}
	inputs, err := s.RunArtifacts(ctx, s.Vera, other, registry.Used, registry.LineageRange{First: 10})
	if err != nil || inputs.Total != 1 || inputs.Versions[0].Artifact.ID != d.Artifact.ID {
		t.Errorf("inputs %+v, %v", inputs, err)
	}
	elsewhere := use
	elsewhere.Through = registry.Registry("vision", registry.OwnRegistry)
	_, err = s.UseArtifact(ctx, s.Bob, elsewhere)
	wantKind(t, "where it does not stand", err, registry.NotFound)
	_, err = s.UseArtifact(ctx, s.Vera, use)
	wantKind(t, "a viewer's run", err, registry.Denied)
}

// Whatever happens at once, nobody waits for each other in a ring and latest
// stays on the highest number that is left.
func TestEverythingAtOnce(t *testing.T) {
	t.Parallel()
	s := openShelf(t)
	ctx := t.Context()
	var logged []registry.VersionDetail
	for i := range 6 {
		logged = append(logged, s.log(t, s.Bob, registry.NewArtifact{Collection: fmt.Sprint("c", i%2)}, fmt.Sprint(i)))
	}
	began := s.begin(t, s.Bob, registry.NewArtifact{Collection: "c0"}, "new")
	fine := []registry.Kind{"", registry.NotFound}
	check := func(what string, err error) {
		if !slices.Contains(fine, registry.KindOf(err)) {
			t.Errorf("%s: %v", what, err)
		}
	}
	var wg sync.WaitGroup
	for i, d := range logged {
		for _, model := range []string{"m", "n"} {
			wg.Go(func() {
				_, err := s.LinkVersion(ctx, s.Bob, linkTo(d, shared, model, "moving"))
				check("link", err)
			})
			wg.Go(func() { check("unlink", s.UnlinkVersion(ctx, s.Bob, at(shared, model, fmt.Sprint("v", i)))) })
		}
		if i%2 == 1 {
			wg.Go(func() {
				_, err := s.DeleteArtifact(ctx, s.Bob, registry.ArtifactRef{ID: d.Artifact.ID}, true)
				check("delete", err)
			})
		}
	}
	wg.Go(func() {
		_, err := s.CommitArtifact(ctx, s.Bob, registry.ArtifactRef{ID: began.Artifact.ID})
		check("commit", err)
	})
	wg.Wait()
	for _, ref := range []registry.CollectionRef{collectionAt(digits, "c0"), collectionAt(shared, "m"), collectionAt(shared, "n")} {
		list, err := s.Versions(ctx, s.Bob, ref, registry.VersionRange{First: 20})
		if err != nil {
			t.Error(err)
			continue
		}
		for i, v := range list.Versions {
			if has := slices.ContainsFunc(v.Aliases, func(a registry.Alias) bool { return a.Name == registry.Latest }); has != (i == 0) {
				t.Errorf("%s has %q", v.Ref(), aliasNames(v.Aliases))
			}
		}
	}
}

// Somebody who may only look sees what there is and takes nothing away.
func TestRestrictedViewer(t *testing.T) {
	t.Parallel()
	s := openShelf(t)
	ctx := t.Context()
	link := s.link(t, s.Bob, s.log(t, s.Bob, registry.NewArtifact{}, "A"), "MNIST")
	restrict := fmt.Sprintf(`
		update places set everyone = '' where id = %d;
		insert into place_members (place_id, member_id, role, since) values (%d, %d, 'restricted_viewer', now())`,
		link.Place.ID, link.Place.ID, s.Olga.PersonID)
	if err := dbtest.Exec(t, s.DB, restrict); err != nil {
		t.Fatal(err)
	}
	ref := registry.ArtifactRef{ID: link.Artifact.ID}
	if d, err := s.Version(ctx, s.Olga, at(shared, "MNIST", "v0")); err != nil || d.Artifact.Digest == "" {
		t.Errorf("Version = %+v, %v", d, err)
	}
	if list, err := s.Files(ctx, s.Olga, ref, registry.FileRange{First: 10}); err != nil || list.MayDownload || list.Total != 1 {
		t.Errorf("Files = %+v, %v", list, err)
	}
	_, err := s.Content(ctx, s.Olga, registry.VersionRef{ID: link.ID}, "model.pt")
	wantKind(t, "Content", err, registry.Denied)
	_, err = s.ArtifactContent(ctx, s.Olga, ref, "model.pt")
	wantKind(t, "ArtifactContent", err, registry.Denied)
	_, err = s.ContentByDigest(ctx, s.Olga, ref.ID, nil, stored("A").MD5)
	wantKind(t, "ContentByDigest", err, registry.Denied)
	_, err = s.ManifestEntries(ctx, s.Olga, ref.ID, "", 10)
	wantKind(t, "ManifestEntries", err, registry.Denied)
	_, err = s.LinkVersion(ctx, s.Olga, linkTo(link, registry.Registry("olga", registry.OwnRegistry), "copy"))
	wantKind(t, "LinkVersion", err, registry.Denied)
	wantKind(t, "AddAliases", s.addAliases(ctx, s.Olga, at(shared, "MNIST", "v0"), []string{"x"}), registry.Denied)
	wantKind(t, "UnlinkVersion", s.UnlinkVersion(ctx, s.Olga, at(shared, "MNIST", "v0")), registry.Denied)
	own := registry.RunRef{Place: registry.Project("olga", "own"), Name: "mine"}
	if _, _, err := s.UpsertRun(ctx, s.Olga, registry.RunEdit{Run: own}); err != nil {
		t.Fatal(err)
	}
	_, err = s.UseArtifact(ctx, s.Olga, registry.Use{Run: own, Artifact: ref, Through: shared})
	wantKind(t, "UseArtifact", err, registry.Denied)
}
