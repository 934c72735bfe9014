package docs_test

import (
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// limitRow is a row of the page: its figure with the unit, and the constant.
var limitRow = regexp.MustCompile("(?m)^\\| .* \\| ([0-9,]+) ([\\w ]+) \\| .* \\| `(\\w+)` \\|$")

// The page gives the figure of every limit, and of no other.
func TestLimitsAreThoseOfTheProgram(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("limits.md")
	if err != nil {
		t.Fatal(err)
	}
	limits := constants(t, "../registry/limit.go")
	if len(limits) < 20 {
		t.Fatalf("only %d limits", len(limits))
	}
	units := map[string]int64{"KiB": 1 << 10, "MiB": 1 << 20}
	for _, row := range limitRow.FindAllStringSubmatch(string(text), -1) {
		n, err := strconv.ParseInt(strings.ReplaceAll(row[1], ",", ""), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		if unit, ok := units[row[2]]; ok {
			n *= unit
		}
		if want, ok := limits[row[3]]; !ok || n != want {
			t.Errorf("the page gives %s %s for %s, which is %d", row[1], row[2], row[3], want)
		}
		delete(limits, row[3])
	}
	for name := range limits {
		t.Errorf("the page does not give %s", name)
	}
}

// constants returns the exported constants of a file.
func constants(t *testing.T, file string) map[string]int64 {
	t.Helper()
	files := token.NewFileSet()
	parsed, err := parser.ParseFile(files, file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	// What its functions use of other files is not known here, and not needed.
	sizes := types.Config{Error: func(error) {}, IgnoreFuncBodies: true}
	checked, _ := sizes.Check("registry", files, []*ast.File{parsed}, nil)
	found := map[string]int64{}
	for _, name := range checked.Scope().Names() {
		if c, ok := checked.Scope().Lookup(name).(*types.Const); ok && c.Exported() {
			n, exact := constant.Int64Val(c.Val())
			if !exact {
				t.Fatalf("%s is %s", name, c.Val())
			}
			found[name] = n
		}
	}
	return found
}
