package registry_test

import (
	"bytes"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"greenroom/registry"
)

// manifestOf wraps contents in what every manifest has.
func manifestOf(contents string) string {
	return `{"version":1,"storagePolicy":"wandb-storage-policy-v1","storagePolicyConfig":{"storageLayout":"V2"},"contents":` + contents + `}`
}

func TestReadManifest(t *testing.T) {
	t.Parallel()
	m, err := registry.ReadManifest(strings.NewReader(manifestOf(`{
		"a.txt":{"digest":"XUFAKrxLKna5cZ2REBfFkg==","size":5,"local_path":"/staging/a","birthArtifactID":"QXJ0aWZhY3Q6Mw==","skip_cache":false},
		"ref.h5":{"digest":"an etag","ref":"file:///data/my_model.h5","size":12,"extra":{"etag":"x"}},
		"old":{"digest":"XUFAKrxLKna5cZ2REBfFkg==","birthArtifactID":"nonsense","extra":{}}}`)))
	if err != nil {
		t.Fatal(err)
	}
	want := []registry.ManifestEntry{
		{Path: "a.txt", Digest: "XUFAKrxLKna5cZ2REBfFkg==", Size: 5, BirthID: 3},
		{Path: "ref.h5", Digest: "an etag", Size: 12, Ref: "file:///data/my_model.h5", Extra: []byte(`{"etag":"x"}`)},
		{Path: "old", Digest: "XUFAKrxLKna5cZ2REBfFkg=="},
	}
	if fmt.Sprintf("%+v", m.Entries) != fmt.Sprintf("%+v", want) {
		t.Errorf("entries\n%+v, want\n%+v", m.Entries, want)
	}

	var served bytes.Buffer
	err = registry.WriteManifest(&served, 7, func(yield func(registry.ManifestEntry, error) bool) {
		for _, e := range m.Entries {
			if !yield(e, nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	again, err := registry.ReadManifest(&served)
	if err != nil || again.Digest() != m.Digest() {
		t.Fatalf("what is served reads as %+v, %v", again, err)
	}
	slices.SortFunc(again.Entries, func(a, b registry.ManifestEntry) int { return strings.Compare(a.Path, b.Path) })
	if births := []int64{again.Entries[0].BirthID, again.Entries[1].BirthID}; !slices.Equal(births, []int64{3, 7}) {
		t.Errorf("births %v: an entry without one was born with the artifact", births)
	}
}

func TestManifestDigest(t *testing.T) {
	t.Parallel()
	// Computed with the clients' own algorithm: the order of code points, not of
	// the file.
	m := registry.Manifest{Entries: []registry.ManifestEntry{{Path: "b", Digest: "2"}, {Path: "ä", Digest: "3"}, {Path: "B", Digest: "1"}}}
	if got, want := m.Digest(), hexMD5("wandb-artifact-manifest-v1\nB:1\nb:2\nä:3\n"); got != want {
		t.Errorf("Digest = %s, want %s", got, want)
	}
	if got, want := (registry.Manifest{}).Digest(), hexMD5("wandb-artifact-manifest-v1\n"); got != want {
		t.Errorf("Digest of nothing = %s, want %s", got, want)
	}
}

func hexMD5(text string) string {
	sum := md5.Sum([]byte(text))
	return hex.EncodeToString(sum[:])
}

func TestReadManifestRefuses(t *testing.T) {
	t.Parallel()
	const ok = `{"digest":"XUFAKrxLKna5cZ2REBfFkg==","size":5}`
	for name, text := range map[string]string{
		"nothing":             "",
		"no JSON":             "hello",
		"a list":              "[]",
		"null":                "null",
		"cut off":             manifestOf(`{"a":` + ok),
		"cut off in a string": `{"version":1,"storagePol`,
		"something after":     manifestOf(`{}`) + "{}",
		"version 2":           strings.Replace(manifestOf(`{}`), `"version":1`, `"version":2`, 1),
		"version as text":     strings.Replace(manifestOf(`{}`), `"version":1`, `"version":{}`, 1),
		"no version":          strings.Replace(manifestOf(`{}`), `"version":1,`, ``, 1),
		"another policy":      strings.Replace(manifestOf(`{}`), "policy-v1", "policy-v2", 1),
		"no contents":         strings.Replace(manifestOf(`{}`), "contents", "content", 1),
		"contents twice":      strings.Replace(manifestOf(`{}`), `"version":1`, `"version":1,"contents":{}`, 1),
		"a list of contents":  manifestOf(`[]`),
		"an entry of text":    manifestOf(`{"a":"b"}`),
		"a path twice":        manifestOf(`{"a":` + ok + `,"a":` + ok + `}`),
		"up and out":          manifestOf(`{"../a":` + ok + `}`),
		"from the root":       manifestOf(`{"/a":` + ok + `}`),
		"an empty path":       manifestOf(`{"":` + ok + `}`),
		"NUL in a path":       manifestOf(`{"a\u0000":` + ok + `}`),
		"no digest":           manifestOf(`{"a":{"size":5}}`),
		"a hex digest":        manifestOf(`{"a":{"digest":"5d41402abc4b2a76b9719d911017c592","size":5}}`),
		"a short digest":      manifestOf(`{"a":{"digest":"XUFA","size":5}}`),
		"a negative size":     manifestOf(`{"a":{"digest":"XUFAKrxLKna5cZ2REBfFkg==","size":-1}}`),
		"half a byte":         manifestOf(`{"a":{"digest":"XUFAKrxLKna5cZ2REBfFkg==","size":0.5}}`),
		"too large a size":    manifestOf(`{"a":{"digest":"XUFAKrxLKna5cZ2REBfFkg==","size":99999999999999999999}}`),
	} {
		if m, err := registry.ReadManifest(strings.NewReader(text)); registry.KindOf(err) != registry.Invalid {
			t.Errorf("%s: %+v, %v, want Invalid", name, m, err)
		}
	}
	broken := errors.New("the line broke")
	if _, err := registry.ReadManifest(failing{broken}); !errors.Is(err, broken) {
		t.Errorf("a reader's own error became %v", err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestManifestKinds(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]registry.ManifestKind{"": registry.Full, "FULL": registry.Full, "PATCH": registry.Patch, "incremental": registry.Incremental} {
		var k registry.ManifestKind
		if err := k.UnmarshalText([]byte(text)); err != nil || k != want {
			t.Errorf("%q = %q, %v", text, k, err)
		}
	}
	var k registry.ManifestKind
	if err := k.UnmarshalText([]byte("HALF")); registry.KindOf(err) != registry.Invalid {
		t.Errorf("HALF = %q, %v", k, err)
	}
}

func TestNewArtifactCheck(t *testing.T) {
	t.Parallel()
	good := registry.NewArtifact{Place: registry.Project("a", "b"), Collection: "c", Type: "model", Digest: strings.Repeat("a", 32)}
	for name, change := range map[string]func(*registry.NewArtifact){
		"as it is":          func(*registry.NewArtifact) {},
		"metadata":          func(n *registry.NewArtifact) { n.Metadata = []byte(` {"a": [1, {"b": null}]} `) },
		"null for metadata": func(n *registry.NewArtifact) { n.Metadata = []byte(`null`) },
		"tags":              func(n *registry.NewArtifact) { n.Tags = []string{"b", "a", "b"} },
	} {
		n := good
		change(&n)
		if err := n.Check(); err != nil || n.Metadata[0] != '{' || !slices.IsSorted(n.Tags) {
			t.Errorf("%s: %+v, %v", name, n, err)
		}
	}
	bad := map[string]func(*registry.NewArtifact){
		"a registry":            func(n *registry.NewArtifact) { n.Place = registry.Registry("a", "model") },
		"no type":               func(n *registry.NewArtifact) { n.Type = "" },
		"a digest in capitals":  func(n *registry.NewArtifact) { n.Digest = strings.Repeat("A", 32) },
		"no digest":             func(n *registry.NewArtifact) { n.Digest = "" },
		"a list for metadata":   func(n *registry.NewArtifact) { n.Metadata = []byte(`[1]`) },
		"NaN in metadata":       func(n *registry.NewArtifact) { n.Metadata = []byte(`{"a":NaN}`) },
		"half of metadata":      func(n *registry.NewArtifact) { n.Metadata = []byte(`{"a":`) },
		"5 MiB of metadata":     func(n *registry.NewArtifact) { n.Metadata = []byte(`{"a":"` + strings.Repeat("x", 5<<20) + `"}`) },
		"a tag with a slash":    func(n *registry.NewArtifact) { n.Tags = []string{"a/b"} },
		"None for a collection": func(n *registry.NewArtifact) { n.Collection = "None" },
	}
	for _, name := range slices.Sorted(maps.Keys(bad)) {
		n := good
		bad[name](&n)
		if err := n.Check(); registry.KindOf(err) != registry.Invalid {
			t.Errorf("%s: %v, want Invalid", name, err)
		}
	}
}

func TestArtifactChange(t *testing.T) {
	t.Parallel()
	a := registry.Artifact{Description: "old", Metadata: []byte(`{"a":1}`), Tags: []string{"x", "y"}}
	change := registry.ArtifactChange{
		Description: new("old"), Metadata: []byte(`{ "a": 1 }`), AddTags: []string{"y"}, RemoveTags: []string{"z"}, TTLSeconds: new(int64(-2)),
	}
	if before, after, err := change.Apply(&a); err != nil || !before.Nothing() || !after.Nothing() {
		t.Errorf("nothing changed, but %+v, %+v, %v", before, after, err)
	}
	change = registry.ArtifactChange{Description: new(""), AddTags: []string{"a"}, RemoveTags: []string{"x"}}
	before, after, err := change.Apply(&a)
	if err != nil || *before.Description != "old" || *after.Description != "" || before.Metadata != nil || !slices.Equal(*after.Tags, []string{"a", "y"}) {
		t.Errorf("%+v, %+v, %v", before, after, err)
	}
	if a.Description != "" || !slices.Equal(a.Tags, []string{"a", "y"}) || string(a.Metadata) != `{"a":1}` {
		t.Errorf("changed to %+v", a)
	}
}

func TestCheckDelete(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		aliases     []string
		withAliases bool
		want        registry.Kind
	}{
		{nil, false, ""},
		{[]string{"latest"}, false, registry.Conflict},
		{[]string{"latest", "production"}, true, ""},
	} {
		if got := registry.KindOf(registry.CheckDelete(tc.aliases, tc.withAliases)); got != tc.want {
			t.Errorf("CheckDelete(%v, %v) = %q, want %q", tc.aliases, tc.withAliases, got, tc.want)
		}
	}
}

func TestDescriptionsHaveAnEnd(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 2<<20)
	fresh := registry.NewArtifact{Place: registry.Project("a", "b"), Collection: "c", Type: "model", Digest: strings.Repeat("0", 32), Description: long}
	_, _, ofArtifact := registry.ArtifactChange{Description: &long}.Apply(&registry.Artifact{})
	_, _, ofCollection := registry.CollectionChange{Description: &long}.Apply(&registry.Collection{})
	for what, err := range map[string]error{"a new artifact": fresh.Check(), "an artifact": ofArtifact, "a card": ofCollection} {
		if registry.KindOf(err) != registry.Invalid || !strings.Contains(err.Error(), "1 MiB") {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// FuzzReadManifest checks that a manifest that can be kept is served as one with the same digest, and that every other is
// refused with a sentence.
func FuzzReadManifest(f *testing.F) {
	for _, contents := range []string{
		`{}`, `{"a.txt":{"digest":"XUFAKrxLKna5cZ2REBfFkg==","size":5}}`,
		`{"ref":{"digest":"an etag","ref":"s3://b/k","extra":{"etag":"x","versionID":null}},"old":{"digest":"XUFAKrxLKna5cZ2REBfFkg==","birthArtifactID":"QXJ0aWZhY3Q6Mw=="}}`,
		`{"\ud800/..":{"digest":"","size":-1}}`, `[]`, `{"a":{`,
	} {
		f.Add([]byte(manifestOf(contents)))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := registry.ReadManifest(bytes.NewReader(text))
		if err != nil {
			if registry.KindOf(err) != registry.Invalid {
				t.Fatalf("%q is refused with %v", text, err)
			}
			return
		}
		var served bytes.Buffer
		err = registry.WriteManifest(&served, 7, func(yield func(registry.ManifestEntry, error) bool) {
			for _, e := range m.Entries {
				if !yield(e, nil) {
					return
				}
			}
		})
		if err != nil {
			t.Fatalf("%q cannot be written: %v", text, err)
		}
		again, err := registry.ReadManifest(&served)
		if err != nil || again.Digest() != m.Digest() || len(again.Entries) != len(m.Entries) {
			t.Fatalf("%q reads as %+v, and as %+v once it was served, %v", text, m, again, err)
		}
	})
}
