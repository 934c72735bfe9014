package wandb

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/graph-gophers/graphql-go/ast"
)

// documents returns the GraphQL documents of an SDK that come whole, without
// parts to be filled in.
func documents(tb testing.TB, version string) []string {
	tb.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", "documents-"+version+".json"))
	if err != nil {
		tb.Fatal(err)
	}
	var list []string
	if err := json.Unmarshal(raw, &list); err != nil {
		tb.Fatal(err)
	}
	return list
}

// What SDKs ask of sweeps, launch and reports is not in the schema.
var elsewhere = regexp.MustCompile(`(?i)sweep|agent|runqueue|launch|ResourceConfig|allViews|upsertView|SpecificReport|createAnonymousEntity`)

func TestDocumentsFitTheSchema(t *testing.T) {
	t.Parallel()
	schema := parseSchema(&door{})
	for _, version := range []string{"0.31.0", "0.19.11", "0.16.6"} {
		checked := 0
		for _, document := range documents(t, version) {
			if elsewhere.MatchString(document) {
				continue
			}
			checked++
			for _, err := range schema.Validate(document) {
				// There are no variables here to be right or wrong.
				if err.Rule != "VariablesOfCorrectType" {
					t.Errorf("%s: %s\n%s", version, err, document)
				}
			}
		}
		if checked < 8 {
			t.Errorf("%s: only %d documents were checked", version, checked)
		}
	}
}

// TestRefusalsAreListed holds what README.md says is not done against the code,
// and every mutation of the schema against both.
func TestRefusalsAreListed(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(raw), "## What is not done")
	if !found {
		t.Fatal("README.md has no section about what is not done")
	}
	told := map[string]bool{}
	for _, m := range regexp.MustCompile("`([a-z]\\w+)`").FindAllStringSubmatch(section, -1) {
		told[m[1]] = true
	}
	for _, name := range []string{"upsertModel", "completeMultipartUploadArtifact", "parquetHistory", "triggers", "integrations", "sweeps"} {
		delete(told, name)
	}
	d := &door{}
	schema := parseSchema(d).AST().RootOperationTypes["mutation"].(*ast.ObjectTypeDefinition)
	for name := range refusals {
		if schema.Fields.Get(name) == nil {
			t.Errorf("%s is refused and not in the schema", name)
		}
		if !told[name] {
			t.Errorf("README.md does not list %s", name)
		}
		delete(told, name)
	}
	for name := range unknown {
		if schema.Fields.Get(name) != nil {
			t.Errorf("%s is in the schema", name)
		}
		if !told[name] {
			t.Errorf("README.md does not list %s", name)
		}
		delete(told, name)
	}
	for name := range told {
		t.Errorf("README.md lists %s, which is not refused", name)
	}
}
