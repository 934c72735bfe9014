package registry

import (
	"slices"
	"testing"
	"time"
)

func TestLandingShows(t *testing.T) {
	t.Parallel()
	one := Registry("acme", "dataset")
	for _, tc := range []struct {
		query LandingQuery
		want  []string
	}{
		{LandingQuery{}, []string{"model", "onnx"}},
		{LandingQuery{Registry: one}, []string{"model", "dataset", "onnx"}},
		{LandingQuery{Type: AnyType}, []string{"model", "dataset", "onnx"}},
		{LandingQuery{Type: "dataset"}, []string{"dataset"}},
		{LandingQuery{Registry: one, Type: "onnx"}, []string{"onnx"}},
		{LandingQuery{Type: "nothing"}, nil},
	} {
		var shown []string
		for _, name := range []string{"model", "dataset", "onnx"} {
			if tc.query.Shows(name) {
				shown = append(shown, name)
			}
		}
		if !slices.Equal(shown, tc.want) {
			t.Errorf("%+v shows %q, want %q", tc.query, shown, tc.want)
		}
	}
}

func TestLandingCount(t *testing.T) {
	t.Parallel()
	shelves := []Shelf{{1, "model", 5, 50}, {1, "dataset", 1, 2}, {2, "dataset", 3, 9}, {3, "onnx", 2, 4}}
	found := []Shelf{{1, "model", 2, 20}, {1, "dataset", 1, 2}, {2, "dataset", 3, 9}}
	for _, tc := range []struct {
		registry                                  int64
		asks                                      string
		found, anywhere, total, versions, without int
		registries                                []int // how much each registry has, the first by ID
	}{
		{0, "", 2, 2, 7, 54, 7, []int{3, 3, 0}},
		{0, AnyType, 6, 6, 11, 65, 7, []int{3, 3, 0}},
		{0, "dataset", 4, 4, 4, 11, 7, []int{1, 3, 0}},
		{1, "", 3, 2, 6, 52, 6, []int{3, 3, 0}},
		{1, "model", 2, 2, 5, 50, 6, []int{2, 0, 0}},
		{3, "", 0, 2, 2, 4, 2, []int{3, 3, 0}},
	} {
		l := Landing{Query: LandingQuery{Type: tc.asks, Tag: "x"}}
		if tc.registry != 0 {
			l.Registry, l.Query.Registry = &Place{ID: tc.registry}, PlaceRef{ID: tc.registry}
		}
		l.Count(shelves, found, map[int64]Place{1: {ID: 1}, 2: {ID: 2}, 3: {ID: 3}}, nil)
		total, without := 0, 0
		for _, c := range l.Total {
			total += c.Count
		}
		for _, c := range l.All {
			without += c.Count
		}
		registries := make([]int, 3)
		for _, r := range l.Registries {
			registries[r.Place.ID-1] = r.Found
		}
		if l.Found != tc.found || l.Anywhere != tc.anywhere || total != tc.total || l.Versions != tc.versions || without != tc.without || !slices.Equal(registries, tc.registries) {
			t.Errorf("type %q in registry %d: %d found, %d anywhere, %d of %d, %d versions, by registry %v", tc.asks, tc.registry, l.Found, l.Anywhere, total, without, l.Versions, registries)
		}
	}
}

func TestLandingOrder(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		text   string
		field  string
		down   bool
		turned LandingOrder
	}{
		{"", "changed", true, "changed"},
		{"-changed", "changed", true, "changed"},
		{"changed", "changed", false, "-changed"},
		{"name", "name", false, "-name"},
		{"-name", "name", true, "name"},
		{"-versions", "versions", true, "versions"},
		{"created", "created", false, "-created"},
	} {
		var o LandingOrder
		if err := o.UnmarshalText([]byte(tc.text)); err != nil || o.Field() != tc.field || o.Descending() != tc.down || o.Turned() != tc.turned {
			t.Errorf("%q is %q, descending %v, turned %q, %v", tc.text, o.Field(), o.Descending(), o.Turned(), err)
		}
	}
	for _, text := range []string{"-", "--name", "Name", "size", "name "} {
		if err := new(LandingOrder).UnmarshalText([]byte(text)); KindOf(err) != Invalid {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestLandingMarks(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 23, 14, 8, 0, 123000, time.UTC)
	c := Collection{ID: 7, Name: "a-b-3", Versions: 12, ChangedAt: at, CreatedAt: at.Add(time.Hour)}
	for order, want := range map[LandingOrder]any{"": at, ModelsByChange: at, ModelsByCreation: at.Add(time.Hour), ModelsByName: "a-b-3", ModelsByVersions: int64(12)} {
		value, id, err := order.ReadMark(order.Mark(c))
		if err != nil || value != want || id != 7 {
			t.Errorf("%q: the mark %s reads %v, %d, %v", order, order.Mark(c), value, id, err)
		}
	}
	for _, bad := range []string{"", "-", "7", "1-", "1-x", "x-1", "99999999999999999999-1", "1-99999999999999999999"} {
		if _, _, err := ModelsByChange.ReadMark(bad); KindOf(err) != Invalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
