package e2e

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	graphql "github.com/graph-gophers/graphql-go"
)

// Whatever a client may ever ask has to fit the schema, or to stand in testdata/misfits.txt with the reason; what stands
// there must be in the client and not fit.
func TestEveryDocumentFitsTheSchema(t *testing.T) {
	t.Parallel()
	sdl, err := os.ReadFile("../wandb/schema.graphql")
	if err != nil {
		t.Fatal(err)
	}
	schema := graphql.MustParseSchema(string(sdl), nil)
	listed := misfits(t)
	eachClient(t, func(t *testing.T, client string) {
		said := documents(t, client)
		if len(said) < 100 {
			t.Errorf("there are %d documents in the client, and hardly any are found where a hundred are", len(said))
		}
		found := map[string]string{}
		for _, d := range said {
			for _, err := range schema.Validate(d.Text) {
				if err.Rule != "VariablesOfCorrectType" { // there are no variables here to be right or wrong
					found[d.Name] = err.Message
				}
			}
		}
		for _, name := range slices.Sorted(maps.Keys(found)) {
			if !slices.Contains(listed[name], minor(client)) {
				t.Errorf("%s does not fit the schema and is not in testdata/misfits.txt: %s", name, found[name])
			}
		}
		for _, name := range slices.Sorted(maps.Keys(listed)) {
			if _, misfit := found[name]; !misfit && slices.Contains(listed[name], minor(client)) {
				t.Errorf("testdata/misfits.txt lists %s, which fits the schema, or is not in this client", name)
			}
		}
	})
}

type document struct{ Name, Text string }

// documents are those in an installed client.
func documents(t *testing.T, client string) (all []document) {
	t.Helper()
	python := interpreter(t, client)
	found, err := filepath.Glob(filepath.Join(filepath.Dir(python), "../lib/python*/site-packages/wandb"))
	if err != nil || len(found) != 1 {
		t.Fatalf("The client %s is at %q (%v).", client, found, err)
	}
	out, err := exec.CommandContext(t.Context(), python, "testdata/documents.py", found[0]).Output()
	if err == nil {
		err = json.Unmarshal(out, &all)
	}
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// misfits are the documents in testdata/misfits.txt, with the minor numbers of the clients that have each.
func misfits(t *testing.T) map[string][]int {
	t.Helper()
	text, err := os.ReadFile("testdata/misfits.txt")
	if err != nil {
		t.Fatal(err)
	}
	list := map[string][]int{}
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") || strings.TrimSpace(line) == "" {
			continue
		}
		words := strings.Fields(line)
		if len(words) < 3 {
			t.Fatalf("testdata/misfits.txt lists %q without a reason.", line)
		}
		for part := range strings.SplitSeq(words[1], ",") {
			from, to, through := strings.Cut(part, "-")
			if !through {
				to = from
			}
			first, err1 := strconv.Atoi(from)
			last, err2 := strconv.Atoi(to)
			if err1 != nil || err2 != nil {
				t.Fatalf("testdata/misfits.txt has %q for the generations of %s.", words[1], words[0])
			}
			for n := first; n <= last; n++ {
				list[words[0]] = append(list[words[0]], n)
			}
		}
	}
	return list
}
