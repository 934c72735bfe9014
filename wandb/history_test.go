package wandb

import (
	"context"
	"testing"

	"greenroom/registry"
)

func TestPagesOfAScan(t *testing.T) {
	t.Parallel()
	const scans = "W&B Public Client 0.31.0"
	for name, tc := range map[string]struct {
		agent             string
		from, to, samples int
		want              int64
	}{
		"the last step is named":             {scans, 0, 999, 1000, 999},
		"the next page is named":             {scans, 1000, 2000, 1000, 1999},
		"the end of the scan":                {scans, 2000, 2300, 1000, 2299},
		"a page of one step":                 {scans, 5, 5, 1, 5},
		"a page of one step, and the next":   {scans, 5, 6, 1, 5},
		"somebody who reads what is written": {"curl/8.0", 0, 1000, 1000, 1000},
	} {
		ctx := context.WithValue(t.Context(), requestKey{}, &request{agent: tc.agent})
		spec := wholePage(ctx, registry.SampleSpec{MinStep: new(int64(tc.from)), MaxStep: new(int64(tc.to)), Samples: tc.samples})
		if *spec.MaxStep != tc.want {
			t.Errorf("%s: the last step is %d, want %d", name, *spec.MaxStep, tc.want)
		}
	}
	ctx := context.WithValue(t.Context(), requestKey{}, &request{agent: scans})
	if spec := wholePage(ctx, registry.SampleSpec{Samples: 500}); spec.MaxStep != nil {
		t.Errorf("a history without bounds ends at %d", *spec.MaxStep)
	}
}
