package registry_test

import (
	"slices"
	"strings"
	"testing"

	"greenroom/registry"
)

func TestNames(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ä", 128)
	for _, tc := range []struct {
		what  string
		check func(string) error
		good  []string
		bad   []string
	}{
		{"collection", registry.CheckCollectionName,
			[]string{"MNIST", "run-z7eqws1c-my_model.h5", "größe", "two words", "🚀", long},
			[]string{"", " ", "None", "a/b", "a:b", "..", ".", "a#b", "a?b", "a%b", `a\b`, " a", "a\n", "a\x00b", "\xff", long + "a"}},
		{"project", registry.CheckProjectName,
			[]string{"models_quickstart", "a.b", "🚀"},
			[]string{"", "model-registry", "Model-Registry", "wandb-registry-model", "registry", "a/b", "a:b", ".."}},
		{"alias", registry.CheckAlias,
			[]string{"production", "best", "v", "v1.2", "vv1", "release candidate", "a#b"},
			[]string{"", "v1", "v0", "a/b", "a:b", long + "a"}},
		{"tag", registry.CheckTag,
			[]string{"a", "two words", "seed-7", "x_y"},
			[]string{"", " a", "a ", "a.b", "a/b", strings.Repeat("a", 129)}},
		{"file", registry.CheckFilePath,
			[]string{"a.txt", "media/images/a b.png", "a..b", "ü/🚀.pt"},
			[]string{"", "/etc/passwd", "../a", "a/../b", "a//b", "a/", "./a", "a\x00", "\xff"}},
		{"type", registry.CheckType, []string{"model", "run_table"}, []string{"", "a/b", "a:b"}},
		{"run", registry.CheckRunName, []string{"z7eqws1c", "my run"}, []string{"", "a/b", ".."}},
	} {
		for _, name := range tc.good {
			if err := tc.check(name); err != nil {
				t.Errorf("%s %q: %v", tc.what, name, err)
			}
		}
		for _, name := range tc.bad {
			if err := tc.check(name); registry.KindOf(err) != registry.Invalid {
				t.Errorf("%s %q: %v, want Invalid", tc.what, name, err)
			}
		}
	}
}

func TestAliasesToSet(t *testing.T) {
	t.Parallel()
	got, err := registry.AliasesToSet([]string{"latest", "v3", "best", "best", "production"}, 3)
	if err != nil || !slices.Equal(got, []string{"best", "production"}) {
		t.Errorf("AliasesToSet = %q, %v", got, err)
	}
	for _, asked := range []string{"v4", "", "a/b"} {
		if _, err := registry.AliasesToSet([]string{"fine", asked}, 3); registry.KindOf(err) != registry.Invalid {
			t.Errorf("AliasesToSet(%q) = %v, want Invalid", asked, err)
		}
	}
}

func TestSplitName(t *testing.T) {
	t.Parallel()
	for in, want := range map[string][2]string{
		"MNIST":            {"MNIST", "latest"},
		"MNIST:":           {"MNIST", "latest"},
		"MNIST:v3":         {"MNIST", "v3"},
		"MNIST:production": {"MNIST", "production"},
	} {
		if name, alias := registry.SplitName(in); name != want[0] || alias != want[1] {
			t.Errorf("SplitName(%q) = %q, %q", in, name, alias)
		}
	}
}
