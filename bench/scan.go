package main

import (
	"context"
	"fmt"
	"net/http/httptest"
)

const (
	scanSteps = 1_000_000
	scanBatch = 5000 // rows of a request that logs them
)

var scan = work{
	name:  "scan",
	title: "Reading a long run",
	about: `A run of 1,000,000 steps with two metrics is read to its end by ` + "`run.scan_history()`" + ` of the W&B SDK, which asks for 1,000
steps at a time. The peer is a server that answers from memory what Greenroom has answered to the same request before, byte for byte.
What counts is the time from before the first row until after the last. Both times the script counts the rows and adds up all their
values, and the sums must be right.`,
	run: measureScan,
}

// scanScript takes the address of a run.
const scanScript script = `
import json, sys, time, wandb
run = wandb.Api(timeout=60).run(sys.argv[1])
began = time.perf_counter()
rows = steps = loss = accuracy = 0
for row in run.scan_history():
    rows += 1
    steps += row["_step"]
    loss += row["loss"]
    accuracy += row["accuracy"]
took = time.perf_counter() - began
print(json.dumps({"took": took, "read": {"rows": rows, "steps": steps, "loss": loss, "accuracy": accuracy}}))
`

// A scanned is what a script has read. The values are such that floats add them up without an error.
type scanned struct{ Rows, Steps, Loss, Accuracy float64 }

func scanValues(step int) (loss, accuracy float64) {
	return float64(step*7919%1_000_003) / 1024, float64(step%4096) / 4096
}

func measureScan(ctx context.Context, b *bed) ([]figure, error) {
	g, err := b.serve(ctx)
	if err != nil {
		return nil, err
	}
	c, err := g.client()
	if err != nil {
		return nil, err
	}
	want, err := c.logLong(ctx, "long")
	if err != nil {
		return nil, err
	}
	read := func(server string) (float64, error) {
		var told struct {
			Took float64
			Read scanned
		}
		_, err := scanScript.run(ctx, g, server, &told, team+"/scan/long")
		if err == nil && told.Read != want {
			err = fmt.Errorf("the client read %+v, and %+v was logged", told.Read, want)
		}
		return told.Took, err
	}
	known := newCanned(g.url, func(body []byte) string { return string(body) })
	pages := httptest.NewServer(known)
	defer pages.Close()
	if _, err := read(pages.URL); err != nil { // which lets the peer learn its answers
		return nil, err
	}
	learned := known.asked.Load()
	f := figure{what: "1,000,000 steps", unit: "s", better: less, who: "answers from memory", bounds: []bound{within(1.5)}}
	for round := range b.fewer() {
		ours, err := read(g.url)
		if err != nil {
			return nil, err
		}
		theirs, err := read(pages.URL)
		if err != nil {
			return nil, fmt.Errorf("answers from memory: %w", err)
		}
		f.ours, f.peer = append(f.ours, ours), append(f.peer, theirs)
		b.logf("scan: round %d of %d: %.2f and %.2f s", round+1, b.fewer(), ours, theirs)
	}
	if more := known.asked.Load() - learned; more > 0 {
		return nil, fmt.Errorf("%d answers from memory were none", more)
	}
	return []figure{f}, nil
}

// logLong logs a long run and returns what there is to read in it.
func (c *client) logLong(ctx context.Context, run string) (sum scanned, err error) {
	if err := c.upsertRun(ctx, "scan", run); err != nil {
		return sum, err
	}
	for first := 0; first < scanSteps; first += scanBatch {
		lines := make([]string, scanBatch)
		for i := range lines {
			step := first + i
			loss, accuracy := scanValues(step)
			sum = scanned{sum.Rows + 1, sum.Steps + float64(step), sum.Loss + loss, sum.Accuracy + accuracy}
			lines[i] = fmt.Sprintf(`{"_step":%d,"_runtime":%v,"_timestamp":%v,"loss":%v,"accuracy":%v}`,
				step, float64(step)/64, 1795422902+float64(step)/64, loss, accuracy)
		}
		files := map[string]any{"wandb-history.jsonl": map[string]any{"offset": first, "content": lines}}
		if err := c.post(ctx, fmt.Sprintf("/files/%s/scan/%s/file_stream", team, run), map[string]any{"files": files}, nil); err != nil {
			return sum, err
		}
	}
	return sum, nil
}
