package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// allowed is the dependency diagram: who may import whom. It only points down.
// Doors never import each other; nor do views, db and blob.
var allowed = map[string][]string{
	"registry":       {},
	"static":         {},
	"docs":           {},
	"views/ui":       {},
	"views":          {"docs", "registry", "static", "views/ui"},
	"views/gallery":  {"registry", "views", "views/ui"},
	"blob":           {},
	"db":             {"registry"},
	"db/local":       {},
	"db/dbtest":      {"db", "db/local", "registry"},
	"vault":          {"blob", "db", "registry"},
	"web":            {"registry", "static", "views"},
	"handlers":       {"db", "docs", "registry", "vault", "views", "views/gallery", "web"},
	"wandb":          {"db", "registry", "vault", "web"},
	"worker":         {"db", "registry", "vault"},
	"greenroom":      {"blob", "db", "db/local", "handlers", "registry", "static", "vault", "wandb", "web", "worker"},
	"build/alltests": {},
	"build/schema":   {"db", "db/local"},
}

func TestImportsPointDown(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		pkg := strings.TrimPrefix(f[0], "greenroom/")
		may, ok := allowed[pkg]
		if !ok {
			t.Errorf("package %s is not in the diagram", pkg)
		}
		for _, imp := range f[1:] {
			if dep, ours := strings.CutPrefix(imp, "greenroom/"); ours && !slices.Contains(may, dep) {
				t.Errorf("%s imports %s", pkg, dep)
			}
		}
	}
}

// The product in plain Go stays plain: nothing but the standard library.
func TestRegistryImportsNothing(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-f", `{{join .Imports "\n"}}`, "./registry").Output()
	if err != nil {
		t.Fatal(err)
	}
	for imp := range strings.FieldsSeq(string(out)) {
		if first, _, _ := strings.Cut(imp, "/"); strings.Contains(first, ".") {
			t.Errorf("registry imports %s", imp)
		}
	}
}

// TestOnlyTxTouchesThePool keeps change and read the only ways to Postgres.
func TestOnlyTxTouchesThePool(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("db/*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		may := slices.Contains([]string{"db/db.go", "db/tx.go", "db/migrate.go"}, file)
		if strings.Contains(string(text), ".pool") && !may {
			t.Errorf("%s uses the pool; use change or read", file)
		}
	}
}
