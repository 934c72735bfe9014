package registry_test

import (
	"strings"
	"testing"

	"greenroom/registry"
)

func TestStrictJSON(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`{"a":1}`:                            `{"a":1}`,
		`{"a":NaN,"b":[-Infinity,Infinity]}`: `{"a":"NaN","b":["-Infinity","Infinity"]}`,
		`{"NaN":"NaN \" NaN"}`:               `{"NaN":"NaN \" NaN"}`,
	} {
		if got := registry.StrictJSON(in); got != want {
			t.Errorf("StrictJSON(%s) = %s, want %s", in, got, want)
		}
	}
}

func TestRunEdit(t *testing.T) {
	t.Parallel()
	text := func(s string) *string { return &s }
	for name, edit := range map[string]registry.RunEdit{
		"config":    {Config: text("[]")},
		"broken":    {Config: text(`{"a":`)},
		"summary":   {Summary: text("null")},
		"long name": {DisplayName: text(strings.Repeat("x", 600))},
		"empty tag": {Tags: &[]string{""}},
	} {
		if err := edit.Check(); registry.KindOf(err) != registry.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	good := registry.RunEdit{Config: text(`{"a":{"value":NaN}}`), Summary: text("{}"), DisplayName: text("größe 🚀"), Tags: &[]string{"two words"}}
	if err := good.Check(); err != nil {
		t.Error(err)
	}
	before, after, changed := good.Difference(registry.Run{DisplayName: "old", Notes: "kept"})
	if !changed || *before.DisplayName != "old" || *after.DisplayName != "größe 🚀" || after.Notes != nil || (*after.Tags)[0] != "two words" {
		t.Errorf("Difference = %+v, %+v, %v", before, after, changed)
	}
	if _, _, changed := (registry.RunEdit{Notes: text("kept")}).Difference(registry.Run{Notes: "kept"}); changed {
		t.Error("writing the same again is a change")
	}
}

func TestFriendlyName(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for seed := range uint64(2000) {
		name := registry.FriendlyName(seed * 7919)
		if strings.Count(name, "-") != 1 || registry.CheckRunName(name) != nil {
			t.Fatalf("FriendlyName(%d) = %q", seed, name)
		}
		seen[name] = true
	}
	if len(seen) < 1500 {
		t.Errorf("2000 seeds gave %d names", len(seen))
	}
}
