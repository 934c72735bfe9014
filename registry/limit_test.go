package registry_test

import (
	"fmt"
	"strings"
	"testing"

	"greenroom/registry"
)

// What is as large as may be is taken; a byte, a character or a thing more is
// refused with a sentence that gives the limit.
func TestLimits(t *testing.T) {
	t.Parallel()
	text := func(n int) string { return strings.Repeat("x", n) }
	object := func(n int) *string { return new(`{"a":"` + text(n-8) + `"}`) }
	tags := func(n int) (all []string) {
		for i := range n {
			all = append(all, fmt.Sprint("t", i))
		}
		return all
	}
	for name, tc := range map[string]struct {
		most  int
		check func(n int) error
		words string
	}{
		"config":           {registry.MaxConfig, func(n int) error { return registry.RunEdit{Config: object(n)}.Check() }, "larger than 16 MiB"},
		"summary":          {registry.MaxSummary, func(n int) error { return registry.RunEdit{Summary: object(n)}.Check() }, "larger than 16 MiB"},
		"name of a run":    {registry.MaxName, func(n int) error { return registry.CheckRunName(text(n)) }, "128 characters"},
		"alias":            {registry.MaxName, func(n int) error { return registry.CheckAlias(text(n)) }, "128 characters"},
		"tag of a version": {registry.MaxName, func(n int) error { return registry.CheckTag(text(n)) }, "128 characters"},
		"team":             {registry.MaxEntityName, func(n int) error { return registry.CheckEntityName(text(n), nil) }, "64 characters"},
		"custom chart":     {registry.MaxName, func(n int) error { return chartOf(`{}`, text(n)).Check() }, "128 characters"},
		"spec of a chart":  {registry.MaxChartSpec, func(n int) error { return chartOf(*object(n), "x").Check() }, "larger than 256 KiB"},
		"charts":           {registry.MaxCharts - 1, registry.ChartRoom, "can be 1000 custom charts"},
		"path":             {registry.MaxPath, func(n int) error { return registry.CheckFilePath(text(n)) }, "cannot be the name of a file"},
		"display name":     {registry.MaxRunText, func(n int) error { return registry.RunEdit{DisplayName: new(text(n))}.Check() }, "too long"},
		"tag of a run":     {registry.MaxRunText, func(n int) error { return registry.RunEdit{Tags: &[]string{text(n)}}.Check() }, "characters"},
		"tags of a run":    {registry.MaxTags, func(n int) error { return registry.RunEdit{Tags: new(tags(n))}.Check() }, "These are 1001 tags; there can be 1000."},
		"tags of a version": {registry.MaxTags, func(n int) error {
			_, _, err := registry.ArtifactChange{AddTags: tags(n)}.Apply(&registry.Artifact{})
			return err
		}, "These are 1001 tags; there can be 1000."},
		"description": {registry.MaxDescription, func(n int) error {
			_, _, err := registry.ArtifactChange{Description: new(text(n))}.Apply(&registry.Artifact{})
			return err
		}, "longer than 1 MiB"},
		"metadata": {registry.MaxMetadata, func(n int) error {
			_, _, err := registry.ArtifactChange{Metadata: []byte(*object(n))}.Apply(&registry.Artifact{})
			return err
		}, "more than 4 MiB"},
		"notes of a script": {registry.MaxSentNotes, func(n int) error { return registry.RunEdit{Notes: new(text(n))}.Check() }, "longer than 1 MiB"},
		"files":             {registry.MaxFiles, func(n int) error { return registry.CheckFiles(int64(n)) }, "more than 2000000 files"},
		"reference": {registry.MaxReference, func(n int) error {
			_, err := registry.ReadManifest(strings.NewReader(manifestOf(`{"a":{"digest":"x","ref":"` + text(n-1) + `"}}`)))
			return err
		}, "too long"},
	} {
		if err := tc.check(tc.most); err != nil {
			t.Errorf("%s of %d: %v", name, tc.most, err)
		}
		if err := tc.check(tc.most + 1); registry.KindOf(err) != registry.Invalid || !strings.Contains(err.Error(), tc.words) {
			t.Errorf("%s of %d: %.200v, want %q", name, tc.most+1, err, tc.words)
		}
	}
}
