package registry_test

import (
	"strings"
	"testing"
	"time"

	"greenroom/registry"
)

func TestFilter(t *testing.T) {
	t.Parallel()
	fields := map[string]any{
		"state": "finished", "tags": []string{"baseline", "seed-7"}, "config.lr": 0.1, "config.on": true,
		"created_at": time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC),
	}
	for _, tc := range []struct {
		filter string
		want   bool
	}{
		{``, true},
		{`{}`, true},
		{`null`, true},
		{`{"state":"finished"}`, true},
		{`{"state":{"$ne":"finished"}}`, false},
		{`{"tags":"baseline"}`, true},
		{`{"tags":"base"}`, false},
		{`{"tags":{"$in":["other","seed-7"]}}`, true},
		{`{"tags":{"$all":["baseline","seed-7"]}}`, true},
		{`{"tags":{"$all":["baseline","seed-8"]}}`, false},
		{`{"tags":{"$nin":["other"]}}`, true},
		{`{"tags":{"$size":2}}`, true},
		{`{"state":{"$regex":"^fin"}}`, true},
		{`{"tags":{"$regex":"seed-[0-9]$"}}`, true},
		{`{"state":{"$contains":"nish"}}`, true},
		{`{"config.lr":{"$gt":0.01,"$lte":0.1}}`, true},
		{`{"config.lr":{"$lt":"0.2"}}`, false},
		{`{"config.on":true}`, true},
		{`{"config.none":null}`, true},
		{`{"config.none":{"$exists":false}}`, true},
		{`{"config.lr":{"$exists":true}}`, true},
		{`{"config.lr":{"$not":{"$gt":1}}}`, true},
		{`{"created_at":{"$gte":"2026-11-23T08:00:00"}}`, true},
		{`{"created_at":{"$gt":"2026-11-23"}}`, true},
		{`{"created_at":{"$lt":"2026-11-23T00:00:00Z"}}`, false},
		{`{"$and":[{"state":"finished"},{"$or":[{"config.lr":1},{"tags":"baseline"}]}]}`, true},
		{`{"$nor":[{"state":"failed"},{"state":"crashed"}]}`, true},
		{`{"$not":{"state":"finished"}}`, false},
		{`{"$or":[]}`, false},
		{`{"$and":[]}`, true},
	} {
		f, err := registry.ParseFilter(tc.filter)
		if err != nil {
			t.Errorf("ParseFilter(%s) = %v", tc.filter, err)
			continue
		}
		if got := f.Match(func(field string) any { return fields[field] }); got != tc.want {
			t.Errorf("%s matches: %v", tc.filter, got)
		}
	}
	for _, bad := range []string{`[]`, `x`, `{"$where":"1"}`, `{"a":{"$near":1}}`, `{"$and":{}}`, `{"$or":[1]}`, `{"a":{"$in":1}}`, `{"a":{"$regex":"("}}`, `{"$not":1}`} {
		if _, err := registry.ParseFilter(bad); registry.KindOf(err) != registry.Invalid {
			t.Errorf("ParseFilter(%s) = %v, want Invalid", bad, err)
		}
	}
}

// FuzzFilter checks that a filter is refused with a sentence or decides on whatever a field may hold.
func FuzzFilter(f *testing.F) {
	for _, text := range []string{
		`{"$and":[{"state":"finished"},{"config.lr.value":{"$gt":0.1,"$lte":1e3}}]}`, `{"tags":{"$in":["a",null,1]}}`, `{"$not":{"name":{"$regex":"^a(b|c)*$"}}}`,
		`{"created_at":{"$gte":"2026-11-01T00:00:00Z"}}`, `{"$nor":[{"x":{"$exists":true}},{"y":{"$size":2}},{"z":{"$all":["a"]}}]}`, `{"x":{"$contains":"("}}`, `{"$where":1}`, `[`,
	} {
		f.Add(text)
	}
	values := []any{nil, true, 1.5, "finished", "(", time.Unix(0, 0), []string{"a", "b"}, []string(nil)}
	f.Fuzz(func(t *testing.T, text string) {
		filter, err := registry.ParseFilter(text)
		if err != nil {
			if registry.KindOf(err) != registry.Invalid {
				t.Fatalf("%q is refused with %v", text, err)
			}
			return
		}
		for _, v := range values {
			asked := func(string) any { return v }
			if not, err := registry.ParseFilter(`{"$not":` + text + `}`); err == nil && strings.TrimSpace(text) != "" && filter.Match(asked) == not.Match(asked) {
				t.Fatalf("%q and its opposite agree on %v", text, v)
			}
		}
	})
}
