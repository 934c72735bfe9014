package registry_test

import (
	"reflect"
	"testing"

	"greenroom/registry"
)

func TestNotice(t *testing.T) {
	t.Parallel()
	n := registry.Notice{What: []string{registry.NewPoints, registry.NewSummary}, About: []registry.Subject{registry.RunSubject.Of(12), registry.PlaceSubject.Of(3)}}
	if got := n.String(); got != "points,summary run:12 place:3" {
		t.Errorf("it travels as %q", got)
	}
	if got, ok := registry.ParseNotice(n.String()); !ok || !reflect.DeepEqual(got, n) {
		t.Errorf("it arrives as %+v", got)
	}
	for _, text := range []string{"", "points", "points run", "points run:x"} {
		if got, ok := registry.ParseNotice(text); ok || got.About != nil {
			t.Errorf("%q is read as %+v", text, got)
		}
	}
	n.About = nil
	for i := range int64(10_000) {
		n.About = append(n.About, registry.VersionSubject.Of(i))
	}
	if got := n.String(); len(got) > 7999 {
		t.Errorf("it has %d bytes, more than Postgres takes", len(got))
	}
}
