package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// clients are the versions of the client that are tried whole: the newest and the oldest two. SDKS=all, which is
// `make test-sdks`, stands for each that has a file in clients/, and SDKS="0.20.1 0.18.7" for those.
func clients() []string {
	all := allClients()
	switch chosen := strings.Fields(os.Getenv("SDKS")); {
	case len(chosen) == 0:
		return append(all[:1:1], all[len(all)-2:]...)
	case slices.Equal(chosen, []string{"all"}):
		return all
	default:
		return chosen
	}
}

// allClients are the versions that have a file in clients/, the newest first.
func allClients() (all []string) {
	files, _ := filepath.Glob("clients/*.txt")
	for _, file := range files {
		all = append(all, strings.TrimSuffix(filepath.Base(file), ".txt"))
	}
	slices.SortFunc(all, func(a, b string) int { return minor(b) - minor(a) })
	return all
}

// minor is the number that tells generations apart: 31 of 0.31.0.
func minor(client string) int {
	n, err := strconv.Atoi(strings.Split(client, ".")[1])
	if err != nil {
		panic(err)
	}
	return n
}

// eachClient runs a test with every version of the client.
func eachClient(t *testing.T, test func(t *testing.T, client string)) {
	t.Helper()
	for _, client := range clients() {
		t.Run(client, func(t *testing.T) {
			t.Parallel()
			test(t, client)
		})
	}
}

// An ability is something that people do with the client: a script that ends with an exception if it does not work.
type ability struct {
	name    string
	script  string
	without func(client string) bool // those that cannot, nil where all can
	lacks   string                   // why they cannot
	says    string                   // what somebody reads who tries, where that is Greenroom's to say
}

// Every generation can do what its makers gave it, and who tries what cannot be reads why; docs/wandb.md is the record.
func TestGenerations(t *testing.T) {
	t.Parallel()
	record := readRecord(t)
	t.Run("clients", func(t *testing.T) {
		eachClient(t, func(t *testing.T, client string) {
			s := *sharedServer(t)
			s.t = t
			ada := s.newPerson("ada")
			team, model := s.newTeam("vision", ada), fresh("Net")
			var script strings.Builder
			script.WriteString(preamble + abilityTools)
			for _, a := range abilities {
				fmt.Fprintf(&script, "attempt(%s, %s)\n", literal(a.name), literal(a.script))
			}
			script.WriteString("tell(**told)\n")
			out, code := deskOf(t, &s, ada, client, "WANDB_ENTITY="+team, "ME="+ada.name, "TEAM="+team, "MODEL="+model).run(script.String()).wait()
			told := tale[map[string]string](t, out, code)
			for _, a := range abilities {
				said, tried := told[a.name]
				can := a.without == nil || !a.without(client)
				switch {
				case !tried:
					t.Errorf("%s was not tried", a.name)
				case can && said != "":
					t.Errorf("%s: %s", a.name, said)
				case !can && (said == "" || !strings.Contains(said, a.says)):
					t.Errorf("%s: the script reads %q, though it cannot: %s", a.name, said, a.lacks)
				}
				record.set(a.name, client, said == "")
			}
			if t.Failed() {
				t.Logf("The script printed:\n%s", out)
			}
		})
	})
	record.compare(t)
}

// literal is a text as Python reads it.
func literal(text string) string {
	b, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return string(b)
}
