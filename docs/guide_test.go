package docs_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"greenroom/docs"
	"greenroom/registry"
)

// The index leads to every page, and pages lead to pages that are there.
func TestGuideIsWhole(t *testing.T) {
	t.Parallel()
	var names []string
	for _, p := range docs.Guide() {
		if p.Title == "" || p.Text == "" {
			t.Errorf("%s.md has no title or no text", p.Name)
		}
		names = append(names, p.Name+".md")
	}
	entries, err := os.ReadDir("guide")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !slices.Contains(names, e.Name()) {
			t.Errorf("the index does not lead to %s", e.Name())
		}
	}
	if len(names) != len(entries) {
		t.Errorf("the index leads to %v", names)
	}
	for _, p := range docs.Guide() {
		for _, link := range regexp.MustCompile(`\]\(([^)]*)\)`).FindAllStringSubmatch(p.Text, -1) {
			if !slices.Contains(names, link[1]) && !strings.HasPrefix(link[1], "http://127.0.0.1:8080/") {
				t.Errorf("%s.md leads to %s", p.Name, link[1])
			}
		}
	}
}

// The conditions that the guide names are those there are.
func TestGuideFilters(t *testing.T) {
	t.Parallel()
	at := slices.IndexFunc(docs.Guide(), func(p docs.GuidePage) bool { return p.Name == "find" })
	fields := map[string]bool{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\| (?:by|with|that|of|since)").FindAllStringSubmatch(docs.Guide()[at].Text, -1) {
		f, err := registry.ParseRunFilter(row[1])
		if err != nil || len(f.Conditions)+len(f.Words) != 1 {
			t.Errorf("%s is read as %+v, %v", row[1], f, err)
		}
		for _, c := range f.Conditions {
			fields[c.Field] = true
		}
	}
	for _, f := range registry.FilterFields {
		if !fields[f.Name] {
			t.Errorf("the guide does not tell of %s", f.Example)
		}
	}
}
