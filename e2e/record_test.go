package e2e

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
)

const recordFile = "../docs/wandb.md"

const recordHead = `# What each generation of the client can do

` + "`make test-sdks`" + ` installs these versions of the ` + "`wandb`" + ` SDK, does with each what stands in the first column, and writes this table
from what happened. What works was read back and compared, not only accepted. [wandb/README.md](../wandb/README.md) says what
clients are told.

`

// A record is the table in docs/wandb.md: for each ability and generation whether it works. Generations that are not tested
// this time keep what stands there.
type record struct {
	mu    sync.Mutex
	was   string
	cells map[string]map[string]string // ability, client
}

// The three things that a cell can say; a number behind noWork leads to the reason.
const works, noWork, untested = "✓", "–", "?"

func readRecord(t *testing.T) *record {
	t.Helper()
	text, err := os.ReadFile(recordFile)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	r := &record{was: string(text), cells: map[string]map[string]string{}}
	var clients []string
	for line := range strings.Lines(r.was) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		switch {
		case !strings.HasPrefix(line, "|"):
		case clients == nil:
			clients = cells[1:]
		default:
			for i, cell := range cells[1:] {
				if i < len(clients) {
					r.put(cells[0], clients[i], strings.TrimRight(cell, "⁰¹²³⁴⁵⁶⁷⁸⁹"))
				}
			}
		}
	}
	return r
}

func (r *record) put(ability, client, cell string) {
	if r.cells[ability] == nil {
		r.cells[ability] = map[string]string{}
	}
	r.cells[ability][client] = cell
}

// set says how an ability was found.
func (r *record) set(ability, client string, can bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if can {
		r.put(ability, client, works)
	} else {
		r.put(ability, client, noWork)
	}
}

// compare writes the table and demands that it is as it was.
func (r *record) compare(t *testing.T) {
	t.Helper()
	now := r.text()
	if now == r.was {
		return
	}
	if err := os.WriteFile(recordFile, []byte(now), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Error("docs/wandb.md was not what the clients can do; it has been written anew. See git diff.")
}

func (r *record) text() string {
	var b strings.Builder
	b.WriteString(recordHead)
	clients := allClients()
	fmt.Fprintf(&b, "| | %s |\n|---|%s\n", strings.Join(clients, " | "), strings.Repeat(":-:|", len(clients)))
	var reasons []string
	for _, a := range abilities {
		fmt.Fprintf(&b, "| %s |", a.name)
		for _, client := range clients {
			cell := cmp.Or(r.cells[a.name][client], untested)
			if cell == noWork && a.lacks != "" {
				if !slices.Contains(reasons, a.lacks) {
					reasons = append(reasons, a.lacks)
				}
				cell += superscript(slices.Index(reasons, a.lacks) + 1)
			}
			fmt.Fprintf(&b, " %s |", cell)
		}
		b.WriteString("\n")
	}
	b.WriteString("\n")
	for i, reason := range reasons {
		fmt.Fprintf(&b, "%d. %s\n", i+1, reason)
	}
	return b.String()
}

func superscript(n int) string {
	return strings.NewReplacer("0", "⁰", "1", "¹", "2", "²", "3", "³", "4", "⁴", "5", "⁵", "6", "⁶", "7", "⁷", "8", "⁸", "9", "⁹").Replace(fmt.Sprint(n))
}
