package wandb

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"greenroom/registry"
)

// FuzzFileStream checks that whatever a run sends is taken or refused with a sentence, and that the run can be read
// afterwards.
func FuzzFileStream(f *testing.F) {
	s := newStreaming(f)
	for _, body := range []string{
		`{}`, `null`, `{"complete":true,"exitcode":4294967295}`, `{"files":{"wandb-history.jsonl":{"offset":3,"content":["{\"_step\":1,\"loss\":NaN,\"a\":{\"b\":[1,\"x\"]}}","{"]}}}`,
		`{"files":{"wandb-summary.json":{"offset":0,"content":["{\"best\":-Infinity}"]},"output.log":{"offset":-1,"content":["2026-11-26T00:00:00.000000 a\u001b[31mb\r","ERROR \u0000"]}}}`,
		`{"files":{"wandb-events.jsonl":{"offset":0,"content":["{\"_timestamp\":1e300,\"system.cpu\":1}"]}}}`, `{"files":{"wandb-history.jsonl":{"offset":9223372036854775807,"content":["{\"_step\":-9223372036854775808}"]}}}`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		status, answer := s.post(t, s.path, s.key, strings.NewReader(string(body)))
		if status != http.StatusOK && status != http.StatusBadRequest || !json.Valid([]byte(answer)) {
			t.Fatalf("%q is answered with %d %s", body, status, answer)
		}
		for _, stream := range []registry.Stream{registry.HistoryStream, registry.EventStream} {
			if _, err := s.d.History(t.Context(), s.h.Vera, s.run, registry.HistoryPage{Stream: stream}); err != nil {
				t.Fatalf("after %q the run's %v cannot be read: %v", body, stream, err)
			}
		}
		if _, err := s.d.Run(t.Context(), s.h.Vera, s.run); err != nil {
			t.Fatalf("after %q the run cannot be read: %v", body, err)
		}
	})
}

// FuzzVariables checks that a client's own documents are answered or refused with a sentence, whatever the variables hold.
func FuzzVariables(f *testing.F) {
	c := newClient(f)
	c.logModel(f, "bob", "digits", "", "digits-net", "weights")
	var names []string
	for name := range c.documents {
		names = append(names, name)
	}
	slices.Sort(names)
	for i, name := range names {
		f.Add(uint16(i), `{"entity":"vision","entityName":"vision","project":"digits","projectName":"digits","name":"digits-net","id":"QXJ0aWZhY3Q6MQ==","input":{}}`)
		if name == "UpsertBucket" {
			f.Add(uint16(i), `{"name":"r","project":"digits","entity":"vision","config":"{\"lr\":{\"value\":1}}","tags":["a"],"summaryMetrics":"{}","displayName":""}`)
		}
	}
	f.Fuzz(func(t *testing.T, which uint16, variables string) {
		if !json.Valid([]byte(variables)) {
			return
		}
		name := names[int(which)%len(names)]
		query, err := json.Marshal(c.documents[name])
		if err != nil {
			t.Fatal(err)
		}
		status, answer := c.post(t, "bob", "/graphql", `{"query":`+string(query)+`,"variables":`+variables+`}`)
		if status >= http.StatusInternalServerError || !answer.IsObject() {
			t.Fatalf("%s with %s is answered with %d %s\n%s", name, variables, status, answer.Raw, c.log)
		}
	})
}
