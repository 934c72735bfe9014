package docs_test

import (
	"os"
	"path/filepath"
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

// What the guide says of a framework is what make test-sdks trains with: each block is made of lines of a script in
// e2e/frameworks, in their order, and the versions are those that are installed for it.
func TestGuideFrameworks(t *testing.T) {
	t.Parallel()
	at := slices.IndexFunc(docs.Guide(), func(p docs.GuidePage) bool { return p.Name == "frameworks" })
	text := docs.Guide()[at].Text
	scripts, err := filepath.Glob("../e2e/frameworks/*.py")
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]bool{}
	for _, block := range regexp.MustCompile("(?s)```python\n(.*?)```").FindAllStringSubmatch(text, -1) {
		in := slices.IndexFunc(scripts, func(script string) bool { return hasLines(t, script, block[1]) })
		if in < 0 {
			t.Errorf("no script has these lines in this order:\n%s", block[1])
			continue
		}
		told[scripts[in]] = true
	}
	if len(told) == 0 || len(told) != len(scripts) {
		t.Errorf("the guide tells of %v, but there are %v", told, scripts)
	}
	installed, err := os.ReadFile("../e2e/frameworks.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"scikit-learn", "xgboost-cpu", "lightgbm", "torch", "transformers", "lightning", "wandb"} {
		version := regexp.MustCompile(`(?m)^` + name + `==(.*)$`).FindStringSubmatch(string(installed))
		if version == nil || !strings.Contains(text, version[1]) {
			t.Errorf("the guide does not name the version of %s, %q", name, version)
		}
	}
}

// hasLines reports whether a file has all lines of a text in their order, however they are indented, and others between them.
func hasLines(t *testing.T, file, text string) bool {
	t.Helper()
	has, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := slices.Collect(strings.Lines(string(has)))
	for line := range strings.Lines(text) {
		at := slices.IndexFunc(lines, func(l string) bool { return strings.TrimSpace(l) == strings.TrimSpace(line) })
		if at < 0 {
			return false
		}
		lines = lines[at+1:]
	}
	return true
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
