package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
)

const (
	loggingCalls = 100_000
	loggingKeys  = 10
)

var logging = work{
	name:  "script",
	title: "A script that logs",
	about: `A Python script with the W&B SDK starts a run, calls ` + "`run.log`" + ` 100,000 times with 10 keys each, as fast as it can, and ends.
What counts is the time from the start of Python until it is gone, with all that the SDK does besides. The peer is a server that
keeps nothing: to GraphQL it answers from memory what Greenroom has answered to the same operation, to everything else 200. What
Greenroom adds to the time it takes from the script's processors, too: all of them share one machine. After each round every point
is read from Greenroom and compared.`,
	run: measureLogging,
}

// loggingScript takes the run's name, the number of calls, and that of keys.
const loggingScript script = `
import sys, wandb
name, calls, keys = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
with wandb.init(project="script", id=name) as run:
    for step in range(calls):
        run.log({f"train/metric_{k}": (step * 7 + k * 13) % 1000 / 1000 for k in range(keys)})
`

func loggingValue(step, key int) float64 { return float64((step*7+key*13)%1000) / 1000 }

func measureLogging(ctx context.Context, b *bed) ([]figure, error) {
	g, err := b.serve(ctx)
	if err != nil {
		return nil, err
	}
	c, err := g.client()
	if err != nil {
		return nil, err
	}
	deaf := httptest.NewServer(mute(g.url))
	defer deaf.Close()
	f := figure{what: "100,000 calls with 10 keys", unit: "s", better: less, who: "a server that keeps nothing", bounds: []bound{within(1.1)}}
	for round := range b.fewer() + 1 {
		calls := loggingCalls
		if round == 0 {
			calls = 1000 // that is to warm up, and for the peer to learn its answers
		}
		run := fmt.Sprintf("kept-%d", round)
		ours, err := loggingScript.run(ctx, g, g.url, nil, run, strconv.Itoa(calls), strconv.Itoa(loggingKeys))
		if err != nil {
			return nil, err
		}
		if err := c.demandPoints(ctx, run, calls); err != nil {
			return nil, err
		}
		theirs, err := loggingScript.run(ctx, g, deaf.URL, nil, fmt.Sprintf("gone-%d", round), strconv.Itoa(calls), strconv.Itoa(loggingKeys))
		if err != nil {
			return nil, fmt.Errorf("the server that keeps nothing: %w", err)
		}
		if round == 0 {
			continue
		}
		f.ours, f.peer = append(f.ours, ours), append(f.peer, theirs)
		b.logf("script: round %d of %d: %.2f and %.2f s", round, b.fewer(), ours, theirs)
	}
	return []figure{f}, nil
}

// demandPoints demands that a run has a row for each call, with the values that the script logged.
func (c *client) demandPoints(ctx context.Context, run string, calls int) error {
	step := 0
	for first := 0; first < calls; first += 1000 {
		page, err := c.historyPage(ctx, "script", run, first)
		if err != nil {
			return err
		}
		lines, err := linesOf(page)
		if err != nil {
			return err
		}
		for _, line := range lines {
			var row map[string]float64
			if err := json.Unmarshal([]byte(line), &row); err != nil {
				return fmt.Errorf("row %d reads %s: %w", step, line, err)
			}
			for k := range loggingKeys {
				if got, ok := row[streamKey(k)]; !ok || got != loggingValue(step, k) || row["_step"] != float64(step) {
					return fmt.Errorf("row %d reads %s, which is not what was logged", step, line)
				}
			}
			step++
		}
	}
	if step != calls {
		return fmt.Errorf("%d rows can be read, and %d were logged", step, calls)
	}
	return nil
}

// mute answers 200 to whatever the SDK sends. GraphQL gets the answer that Greenroom gave to the first request of that
// operation, but for where files go: for each file that is to go anywhere there must be a place.
func mute(greenroom string) http.Handler {
	known := newCanned(greenroom, operation)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		a := answer{http.Header{"Content-Type": {"application/json"}}, []byte("{}")}
		if r.URL.Path == "/graphql" {
			if a, err = somewhere(body, "http://"+r.Host+"/gone"); a.body == nil && err == nil {
				a, err = known.answer(r, body)
			}
		}
		a.write(w, err)
	})
}

// somewhere answers CreateRunFiles with one place for all files, and nothing when something else is asked.
func somewhere(body []byte, place string) (answer, error) {
	if operation(body) != "CreateRunFiles" {
		return answer{}, nil
	}
	var in struct{ Variables struct{ Files []string } }
	if err := json.Unmarshal(body, &in); err != nil {
		return answer{}, err
	}
	files := []map[string]string{}
	for _, name := range in.Variables.Files {
		files = append(files, map[string]string{"name": name, "uploadUrl": place})
	}
	text, err := json.Marshal(map[string]any{"data": map[string]any{"createRunFiles": map[string]any{
		"runID": "gone", "uploadHeaders": []string{}, "files": files,
	}}})
	return answer{jsonHeader(), text}, err
}
