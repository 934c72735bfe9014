package registry_test

import (
	"encoding/hex"
	"testing"

	"greenroom/registry"
)

func TestReadReference(t *testing.T) {
	t.Parallel()
	const scheme = "wandb-artifact://"
	for ref, want := range map[string]struct {
		id   int64
		path string
	}{
		scheme + hex.EncodeToString([]byte("Artifact:12")) + "/a b/100% ü?#.csv":      {12, "a b/100% ü?#.csv"},
		scheme + hex.EncodeToString([]byte("Artifact:1")) + "/x//y":                   {1, "x//y"},
		scheme + hex.EncodeToString([]byte("Artifact:12")) + "/":                      {},
		scheme + hex.EncodeToString([]byte("Artifact:12")):                            {},
		scheme + hex.EncodeToString([]byte("Artifact:-3")) + "/a":                     {},
		scheme + hex.EncodeToString([]byte("Artifact:0")) + "/a":                      {},
		scheme + hex.EncodeToString([]byte("Run:12")) + "/a":                          {},
		scheme + "Artifact:12/a":                                                      {},
		scheme + "/a":                                                                 {},
		scheme:                                                                        {},
		"wandb-client-artifact://" + hex.EncodeToString([]byte("Artifact:12")) + "/a": {},
		"s3://" + hex.EncodeToString([]byte("Artifact:12")) + "/a":                    {},
		"": {},
	} {
		id, path, ok := registry.ReadReference(ref)
		if id != want.id || path != want.path || ok != (want.id != 0) {
			t.Errorf("%q means %d, %q, %v; want %d, %q", ref, id, path, ok, want.id, want.path)
		}
	}
}
