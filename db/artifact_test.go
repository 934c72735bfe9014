package db_test

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"

	"greenroom/db"
	"greenroom/db/dbtest"
	"greenroom/registry"
)

// A shelf is a house in which artifacts are logged. Bytes are only claimed to be
// stored: rows do not care.
type shelf struct {
	dbtest.House
	*db.DB
}

func (s shelf) addAliases(ctx context.Context, by registry.Actor, ref registry.VersionRef, aliases []string) error {
	_, err := s.AddAliases(ctx, by, ref, aliases)
	return err
}

var (
	digits = registry.Project("vision", "digits")
	theRun = registry.RunRef{Place: digits, Name: "z7eqws1c"}
	shared = registry.Registry("acme", "model")
)

func openShelf(t *testing.T) shelf {
	t.Helper()
	d := dbtest.Open(t)
	s := shelf{dbtest.Furnish(t, d), d}
	if _, _, err := d.UpsertRun(t.Context(), s.Bob, registry.RunEdit{Run: theRun}); err != nil {
		t.Fatal(err)
	}
	return s
}

// manifest is that of an artifact with one file that holds text.
func manifest(text string) registry.Manifest {
	return registry.Manifest{Entries: []registry.ManifestEntry{{Path: "model.pt", Digest: base64.StdEncoding.EncodeToString(stored(text).MD5), Size: int64(len(text))}}}
}

func stored(text string) registry.Stored {
	short, long := md5.Sum([]byte(text)), sha256.Sum256([]byte(text))
	return registry.Stored{MD5: short[:], SHA256: long[:], Size: int64(len(text))}
}

// begin announces an artifact with one file that holds text and sends it.
func (s shelf) begin(t *testing.T, by registry.Actor, n registry.NewArtifact, text string) registry.VersionDetail {
	t.Helper()
	ctx := t.Context()
	if n.Place == (registry.PlaceRef{}) {
		n.Place = digits
	}
	if n.Collection == "" {
		n.Collection = "churn"
	}
	if n.Type == "" {
		n.Type = "model"
	}
	m := manifest(text)
	n.Digest = m.Digest()
	d, err := s.CreateArtifact(ctx, by, n)
	if err != nil {
		t.Fatal(err)
	}
	if d.Artifact.State == registry.Committed {
		return d
	}
	ref := registry.ArtifactRef{ID: d.Artifact.ID}
	given, err := s.ReserveArtifactFiles(ctx, by, []registry.FileSpec{{Artifact: ref, Path: "model.pt", MD5: stored(text).MD5}})
	if err != nil {
		t.Fatal(err)
	}
	if !given[0].Stored {
		if err := s.FileArrived(ctx, dbtest.System, given[0].ID, stored(text)); err != nil {
			t.Fatal(err)
		}
	}
	announced := registry.NewManifest{Artifact: ref, Name: "wandb_manifest.json", Kind: registry.Full}
	u, err := s.AnnounceManifest(ctx, by, announced)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.StageManifest(ctx, dbtest.System, u.ID, stored("manifest of "+text), m); err != nil {
		t.Fatal(err)
	}
	return d
}

// log makes a version with one file that holds text.
func (s shelf) log(t *testing.T, by registry.Actor, n registry.NewArtifact, text string) registry.VersionDetail {
	t.Helper()
	d := s.begin(t, by, n, text)
	if d.Artifact.State == registry.Committed {
		return d
	}
	d, err := s.CommitArtifact(t.Context(), by, registry.ArtifactRef{ID: d.Artifact.ID})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// link puts a version into a model of the organization's registry.
func (s shelf) link(t *testing.T, by registry.Actor, d registry.VersionDetail, model string, aliases ...string) registry.VersionDetail {
	t.Helper()
	d, err := s.LinkVersion(t.Context(), by, linkTo(d, shared, model, aliases...))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func linkTo(d registry.VersionDetail, place registry.PlaceRef, model string, aliases ...string) registry.NewLink {
	return registry.NewLink{
		Artifact: registry.ArtifactRef{ID: d.Artifact.ID}, Aliases: aliases, Collection: registry.CollectionRef{Place: place, Name: model},
	}
}

func at(place registry.PlaceRef, collection, alias string) registry.VersionRef {
	return registry.VersionRef{Collection: registry.CollectionRef{Place: place, Name: collection}, Alias: alias}
}

// told returns the names of the last n events at a place, oldest first.
func (s shelf) told(t *testing.T, place registry.PlaceRef, n int) (names []string) {
	t.Helper()
	entries, err := s.Events(t.Context(), dbtest.System, place, 0, n)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range slices.Backward(entries) {
		names = append(names, e.Name)
	}
	return names
}

func aliasNames(aliases []registry.Alias) string {
	var names []string
	for _, a := range aliases {
		names = append(names, a.Name)
	}
	return strings.Join(names, " ")
}

func wantKind(t *testing.T, what string, err error, want registry.Kind) {
	t.Helper()
	if got := registry.KindOf(err); got != want {
		t.Errorf("%s = %v, want kind %q", what, err, want)
	}
}

func TestSameContentIsNoNewVersion(t *testing.T) {
	t.Parallel()
	s := openShelf(t)
	a := s.log(t, s.Bob, registry.NewArtifact{ClientID: "one"}, "A")
	again := s.log(t, s.Bob, registry.NewArtifact{ClientID: "two", RunName: theRun.Name, Aliases: []string{"latest", "v0", "best"}}, "A")
	if again.ID != a.ID || aliasNames(again.Aliases) != "latest best" {
		t.Errorf("A again is %s %s", again.Name(), aliasNames(again.Aliases))
	}
	if id, err := s.ClientIDMapping(t.Context(), s.Vera, "two"); err != nil || id != a.Artifact.ID {
		t.Errorf("the second client ID leads to %d, %v", id, err)
	}
	if made, err := s.RunArtifacts(t.Context(), s.Vera, theRun, registry.Made, registry.LineageRange{First: 10}); err != nil || made.Total != 1 {
		t.Errorf("the run made %+v, %v", made, err)
	}
	b := s.log(t, s.Bob, registry.NewArtifact{}, "B")
	third := s.log(t, s.Bob, registry.NewArtifact{}, "A")
	if b.Name() != "v1" || third.Name() != "v2" {
		t.Errorf("B is %s, A after it %s", b.Name(), third.Name())
	}
	if forced := s.log(t, s.Bob, registry.NewArtifact{AlwaysNew: true}, "A"); forced.Name() != "v3" {
		t.Errorf("without looking for the same content: %s", forced.Name())
	}
}

func TestCreateArtifactTwice(t *testing.T) {
	t.Parallel()
	s := openShelf(t)
	ctx := t.Context()
	n := registry.NewArtifact{Place: digits, Collection: "churn", Type: "model", Digest: manifest("A").Digest(), ClientID: "one"}
	first, err := s.CreateArtifact(ctx, s.Bob, n)
	if err != nil {
		t.Fatal(err)
	}
	second, err := s.CreateArtifact(ctx, s.Bob, n)
	if err != nil || second.Artifact.ID != first.Artifact.ID {
		t.Errorf("the same client ID gives %d, then %d, %v", first.Artifact.ID, second.Artifact.ID, err)
	}
	n.Place = registry.Project("vision", "elsewhere")
	_, err = s.CreateArtifact(ctx, s.Bob, n)
	wantKind(t, "the same client ID elsewhere", err, registry.Conflict)
	if _, err := s.Versions(ctx, s.Bob, registry.CollectionRef{Place: registry.Project("vision", "elsewhere"), Name: "churn"}, registry.VersionRange{First: 1}); registry.KindOf(err) != registry.NotFound {
		t.Errorf("what was refused left a project behind: %v", err)
	}
	if first.ID != 0 || first.Artifact.State != registry.Pending {
		t.Errorf("pending: %+v", first)
	}
	_, err = s.Version(ctx, s.Bob, at(digits, "churn", "latest"))
	wantKind(t, "a pending artifact by name", err, registry.NotFound)
}

func TestCreateArtifactRefuses(t *testing.T) {
	t.Parallel()
	s := openShelf(t)
	ctx := t.Context()
	s.link(t, s.Bob, s.log(t, s.Bob, registry.NewArtifact{}, "A"), "MNIST")
	if _, err := s.LinkVersion(ctx, s.Bob, linkTo(s.log(t, s.Bob, registry.NewArtifact{}, "A"), digits, "linked")); err != nil {
		t.Fatal(err)
	}
	good := registry.NewArtifact{Place: digits, Collection: "fresh", Type: "model", Digest: manifest("B").Digest()}
	for _, tc := range []struct {
		name   string
		by     registry.Actor
		change func(*registry.NewArtifact)
		want   registry.Kind
	}{
		{"a slash", s.Bob, func(n *registry.NewArtifact) { n.Collection = "a/b" }, registry.Invalid},
		{"a colon", s.Bob, func(n *registry.NewArtifact) { n.Collection = "a:b" }, registry.Invalid},
		{"dots", s.Bob, func(n *registry.NewArtifact) { n.Collection = ".." }, registry.Invalid},
		{"nothing", s.Bob, func(n *registry.NewArtifact) { n.Collection = "" }, registry.Invalid},
		{"129 characters", s.Bob, func(n *registry.NewArtifact) { n.Collection = strings.Repeat("a", 129) }, registry.Invalid},
		{"None", s.Bob, func(n *registry.NewArtifact) { n.Collection = "None" }, registry.Invalid},
		{"NUL", s.Bob, func(n *registry.NewArtifact) { n.Description = "a\x00b" }, registry.Invalid},
		{"an emoji is fine", s.Bob, func(n *registry.NewArtifact) { n.Collection = "🚀" }, ""},
		{"another type", s.Bob, func(n *registry.NewArtifact) { n.Collection, n.Type = "churn", "dataset" }, registry.Invalid},
		{"a model's name", s.Bob, func(n *registry.NewArtifact) { n.Collection = "linked" }, registry.Conflict},
		{"a registry", s.Bob, func(n *registry.NewArtifact) { n.Place = shared }, registry.Invalid},
		{"a registry's name", s.Bob, func(n *registry.NewArtifact) { n.Place.Name = "wandb-registry-model" }, registry.Invalid},
		{"no such run", s.Bob, func(n *registry.NewArtifact) { n.RunName = "nobody" }, registry.Invalid},
		{"another version's number", s.Bob, func(n *registry.NewArtifact) { n.Aliases = []string{"v7"} }, registry.Invalid},
		{"an alias with a slash", s.Bob, func(n *registry.NewArtifact) { n.Aliases = []string{"a/b"} }, registry.Invalid},
		{"a viewer", s.Vera, func(*registry.NewArtifact) {}, registry.Denied},
		{"a viewer, a new project", s.Vera, func(n *registry.NewArtifact) { n.Place.Name = "new" }, registry.Denied},
		{"another organization", s.Eve, func(*registry.NewArtifact) {}, registry.NotFound},
		{"no such team", s.Bob, func(n *registry.NewArtifact) { n.Place.Entity = "nobody" }, registry.NotFound},
		{"nobody", registry.Actor{}, func(*registry.NewArtifact) {}, registry.Unauthenticated},
	} {
		n := good
		tc.change(&n)
		_, err := s.CreateArtifact(ctx, tc.by, n)
		wantKind(t, tc.name, err, tc.want)
	}
}

func TestNumbersAreDistinct(t *testing.T) {
	t.Parallel()
	s := openShelf(t)
	ctx := t.Context()
	const many = 8
	var began []registry.VersionDetail
	for i := range many {
		began = append(began, s.begin(t, s.Bob, registry.NewArtifact{}, strings.Repeat("x", i)))
	}
	var wg sync.WaitGroup
	numbers, links := make([]int, many), make([]int, many)
	for i, d := range began {
		wg.Go(func() {
			d, err := s.CommitArtifact(ctx, s.Bob, registry.ArtifactRef{ID: d.Artifact.ID})
			if err != nil {
				t.Error(err)
				return
			}
			link, err := s.LinkVersion(ctx, s.Bob, linkTo(d, shared, "MNIST"))
			if err != nil {
				t.Error(err)
				return
			}
			numbers[i], links[i] = d.Number, link.Number
		})
	}
	wg.Wait()
	slices.Sort(numbers)
	slices.Sort(links)
	if want := []int{0, 1, 2, 3, 4, 5, 6, 7}; !slices.Equal(numbers, want) || !slices.Equal(links, want) {
		t.Errorf("commits %v, links %v", numbers, links)
	}
	for _, ref := range []registry.VersionRef{at(digits, "churn", "latest"), at(shared, "MNIST", "latest")} {
		if d, err := s.Version(ctx, s.Bob, ref); err != nil || d.Number != many-1 {
			t.Errorf("%s is %s, %v", ref, d.Name(), err)
		}
	}
}

// One artifact committed by several at once is one version.
func TestCommitOnce(t *testing.T) {
	t.Parallel()
	s := openShelf(t)
	d := s.begin(t, s.Bob, registry.NewArtifact{RunName: theRun.Name, Aliases: []string{"best"}}, "A")
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if _, err := s.CommitArtifact(t.Context(), s.Bob, registry.ArtifactRef{ID: d.Artifact.ID}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	list, err := s.Versions(t.Context(), s.Bob, registry.CollectionRef{Place: digits, Name: "churn"}, registry.VersionRange{First: 10})
	if err != nil || list.Total != 1 {
		t.Errorf("Versions = %+v, %v", list, err)
	}
	if got, want := s.told(t, digits, 3), []string{"collection.created", "artifact.committed", "alias.set"}; !slices.Equal(got, want) {
		t.Errorf("told %v, want %v", got, want)
	}
}

// Two who log the same content at once make one version, and both find it by what they know of it.
func TestSameContentAtOnce(t *testing.T) {
	t.Parallel()
	s := openShelf(t)
	ctx := t.Context()
	other := logRun(t, s.DB, s.Bob, "digits", "other", registry.RunEdit{})
	began := []registry.VersionDetail{
		s.begin(t, s.Bob, registry.NewArtifact{RunName: theRun.Name, ClientID: "one", Aliases: []string{"best"}}, "A"),
		s.begin(t, s.Ada, registry.NewArtifact{RunName: other.Name, ClientID: "two", Aliases: []string{"good", "v0"}}, "A"),
		s.begin(t, s.Ada, registry.NewArtifact{ClientID: "three", AlwaysNew: true}, "A"),
	}
	commit := func(i int) registry.VersionDetail {
		t.Helper()
		d, err := s.CommitArtifact(ctx, s.Bob, registry.ArtifactRef{ID: began[i].Artifact.ID})
		must(t, err)
		return d
	}
	for _, err := range atOnce(4, func(i int) error {
		_, err := s.CommitArtifact(ctx, s.Bob, registry.ArtifactRef{ID: began[i%2].Artifact.ID})
		return err
	}) {
		must(t, err)
	}
	first := commit(0)
	if got := aliasNames(first.Aliases); first.Number != 0 || got != "latest best good" && got != "latest good best" {
		t.Errorf("%s with %s", first.Name(), got)
	}
	for _, ref := range []registry.ArtifactRef{{ID: began[0].Artifact.ID}, {ID: began[1].Artifact.ID}, {ClientID: "one"}, {ClientID: "two"}} {
		d, err := s.Artifact(ctx, s.Bob, ref)
		if err != nil || d.Artifact.ID != first.Artifact.ID || d.Artifact.State != registry.Committed {
			t.Errorf("%+v leads to %d, %v, want %d", ref, d.Artifact.ID, err, first.Artifact.ID)
		}
		link := linkTo(d, shared, "MNIST", "staging")
		link.Artifact = ref
		if d, err := s.LinkVersion(ctx, s.Bob, link); err != nil || d.Number != 0 {
			t.Errorf("%+v links as %s, %v", ref, d.Name(), err)
		}
	}
	for _, d := range began[:2] {
		id := d.Artifact.ID
		standing := registry.VersionRef{Collection: registry.CollectionRef{Place: digits, Name: "churn"}, ArtifactID: id}
		must(t, s.addAliases(ctx, s.Bob, standing, []string{"chosen"}))
		if entries, err := s.ManifestEntries(ctx, s.Bob, id, "", 10); err != nil || len(entries) != 1 {
			t.Errorf("its manifest has %+v, %v", entries, err)
		}
		for _, within := range []*registry.CollectionRef{nil, {Place: digits, Name: "churn"}} {
			_, err := s.ContentByDigest(ctx, s.Bob, id, within, stored("A").MD5)
			must(t, err)
		}
	}
	for _, run := range []registry.RunRef{theRun, {Place: digits, Name: "other"}} {
		if made, err := s.RunArtifacts(ctx, s.Bob, run, registry.Made, registry.LineageRange{First: 10}); err != nil || made.Total != 1 {
			t.Errorf("%s made %d, %v", run.Name, made.Total, err)
		}
	}
	if d := commit(2); d.Number != 1 {
		t.Errorf("what is always to be new is %s", d.Name())
	}
	if _, err := s.DeleteArtifact(ctx, s.Bob, registry.ArtifactRef{ID: began[1].Artifact.ID}, true); err != nil {
		t.Error(err)
	}
	for _, d := range began[:2] {
		_, err := s.Artifact(ctx, s.Bob, registry.ArtifactRef{ID: d.Artifact.ID})
		wantKind(t, "what was deleted", err, registry.NotFound)
	}
	if _, err := s.DeleteCollection(ctx, s.Bob, registry.CollectionRef{Place: digits, Name: "churn"}); err != nil {
		t.Error(err)
	}

	old := s.begin(t, s.Bob, registry.NewArtifact{Collection: "rows"}, "A")
	s.log(t, s.Bob, registry.NewArtifact{Collection: "rows"}, "A")
	s.log(t, s.Bob, registry.NewArtifact{Collection: "rows"}, "B")
	if d, err := s.CommitArtifact(ctx, s.Bob, registry.ArtifactRef{ID: old.Artifact.ID}); err != nil || d.Number != 2 {
		t.Errorf("after another content it is %s, %v", d.Name(), err)
	}
}

// Versions with as much metadata as there may be come in pages that fit.
func TestLargeVersions(t *testing.T) {
	t.Parallel()
	s := openShelf(t)
	ctx := t.Context()
	metadata := json.RawMessage(`{"blob":"` + strings.Repeat("x", 4_000_000) + `"}`)
	for i := range 9 {
		s.log(t, s.Bob, registry.NewArtifact{RunName: theRun.Name, Metadata: metadata}, strings.Repeat("a", i))
	}
	collection := registry.CollectionRef{Place: digits, Name: "churn"}
	for what, ask := range map[string]func(after int64) (registry.VersionList, int64, error){
		"a collection's": func(after int64) (registry.VersionList, int64, error) {
			list, err := s.Versions(ctx, s.Bob, collection, registry.VersionRange{After: after, First: 50})
			return list, list.Versions[len(list.Versions)-1].ID, err
		},
		"a run's": func(after int64) (registry.VersionList, int64, error) {
			list, err := s.RunArtifacts(ctx, s.Bob, theRun, registry.Made, registry.LineageRange{After: after, First: 50})
			return list, list.Versions[len(list.Versions)-1].Artifact.ID, err
		},
		"a search's": func(after int64) (registry.VersionList, int64, error) {
			list, err := s.SearchVersions(ctx, s.Bob, registry.Search{Place: digits, After: after, First: 50})
			return list, list.Versions[len(list.Versions)-1].ID, err
		},
	} {
		first, last, err := ask(0)
		must(t, err)
		second, _, err := ask(last)
		if err != nil || len(first.Versions) != 8 || !first.More || first.Total != 9 || len(second.Versions) != 1 || second.More {
			t.Errorf("%s pages have %d and %d versions of %d, %v", what, len(first.Versions), len(second.Versions), first.Total, err)
		}
	}
	big := registry.NewArtifact{Place: digits, Collection: "big", Type: "model", Digest: manifest("A").Digest(), Metadata: json.RawMessage(`{"blob":"` + strings.Repeat("x", 20_000_000) + `"}`)}
	_, err := s.CreateArtifact(ctx, s.Bob, big)
	wantKind(t, "metadata of 20 MB", err, registry.Invalid)
	_, err = s.Collection(ctx, s.Bob, registry.CollectionRef{Place: digits, Name: "big"})
	wantKind(t, "the collection of what was refused", err, registry.NotFound)
}
