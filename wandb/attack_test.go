package wandb

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// One request cannot keep the server, or its memory, to itself.
func TestOneRequestCostsSoMuch(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	c.data(t, "bob", "UpsertBucket", vars{"name": "r", "project": "p", "config": `{"_wandb":{"value":{"a":1,"b":2}}}`}, "upsertBucket")
	fields := func(n int, field string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "f%d: %s ", i, field)
		}
		return `{ project(name:"p") { ` + b.String() + ` } }`
	}
	values := func(n int) string { return "[" + strings.Repeat("0,", n) + "0]" }
	for _, tc := range []struct{ name, body, says string }{
		{"lists", `{"query":` + quoted(fields(110, "runs(first:10000) { totalCount }")) + `}`, "asks for too much at once"},
		{"samples", `{"query":` + quoted(fields(110, `run(name:"r") { history(samples:2000000000) }`)) + `}`, "asks for too much at once"},
		{"a long query", `{"query":` + quoted("{ viewer { id } }"+strings.Repeat(" ", 300<<10)) + `}`, "longer than"},
		{"many declarations", `{"query":` + quoted("query q("+strings.Repeat("$a:UpsertBucketInput ", 10_000)+") { viewer { id } }") +
			`,"variables":{"a":` + values(400_000) + `}}`, "declares more than 500 variables"},
		{"many values", `{"query":"{ viewer { id } }","variables":{"a":` + values(1_100_000) + `}}`, "more than 1000000 values"},
	} {
		began := time.Now()
		status, answer := c.post(t, "bob", "/graphql", tc.body)
		message := answer.Get("errors.0.message").Str
		if status >= 500 || !strings.Contains(message, tc.says) || answer.Get("errors.#").Int() != 1 {
			t.Errorf("%s: %d %.300s, want %q", tc.name, status, answer.Raw, tc.says)
		}
		if took := time.Since(began); took > 30*time.Second {
			t.Errorf("%s took %s", tc.name, took)
		}
	}
	// What clients ask for stays possible.
	if n := c.data(t, "bob", fields(20, "runs(first:1000) { totalCount }"), nil, "project.f19.totalCount").Int(); n != 1 {
		t.Errorf("%d runs", n)
	}
	own := c.data(t, "bob", `{ project(name:"p") { run(name:"r") { wandbConfig(keys:["a","b"]) } } }`, nil, "project.run.wandbConfig").Str
	if own != `{"a":1,"b":2}` {
		t.Errorf("wandbConfig is %s", own)
	}
}

func quoted(text string) string { return fmt.Sprintf("%q", text) }

// Lines that inflate to more than anyone logs are refused before they are taken
// apart.
func TestStreamBombs(t *testing.T) {
	t.Parallel()
	s := newStreaming(t)
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	for range 70 {
		z.Write(make([]byte, 1<<20)) //nolint:errcheck // a buffer takes everything
	}
	z.Close()
	if status, answer := s.post(t, s.path, s.key, &bomb, "Content-Encoding", "gzip"); status != http.StatusBadRequest || !strings.Contains(answer, "larger than") {
		t.Errorf("a bomb: %d %s", status, answer)
	}
	many := `{"files":{"output.log":{"offset":0,"content":[` + strings.Repeat(`"",`, 1_100_000) + `""]}}}`
	if status, answer := s.post(t, s.path, s.key, strings.NewReader(many)); status != http.StatusBadRequest || !strings.Contains(answer, "values") {
		t.Errorf("many lines: %d %s", status, answer)
	}
}
