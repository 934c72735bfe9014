package docs_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"greenroom/docs"
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
