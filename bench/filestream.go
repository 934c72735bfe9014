package main

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"
)

const (
	streamRequests = 50   // of a round
	streamRows     = 1000 // of a request
	streamKeys     = 20   // of a row; steps and times come on top and do not count
)

var filestream = work{
	name:  "filestream",
	title: "Metrics of a run",
	about: `One run logs at full speed: requests of 1,000 rows with 20 metrics each, one after the other, as the SDK sends them. A round
ends when the last request has been answered; only the metrics count as points.`,
	run: measureFilestream,
}

func measureFilestream(ctx context.Context, b *bed) ([]figure, error) {
	g, err := b.serve(ctx)
	if err != nil {
		return nil, err
	}
	c, err := g.client()
	if err != nil {
		return nil, err
	}
	ours := figure{what: "logged", unit: "points/s", better: more, bounds: []bound{atLeast(250_000)}}
	for round := range b.rounds {
		run := fmt.Sprintf("speed-%d", round)
		if err := c.upsertRun(ctx, "stream", run); err != nil {
			return nil, err
		}
		bodies := streamBodies()
		began := time.Now()
		if err := c.stream(ctx, "stream", run, bodies); err != nil {
			return nil, err
		}
		ours.ours = append(ours.ours, float64(len(bodies)*streamRows*streamKeys)/time.Since(began).Seconds())
	}
	return []figure{ours}, nil
}

// upsertRun makes a run, as wandb.init does.
func (c *client) upsertRun(ctx context.Context, project, run string) error {
	return c.ask(ctx, "UpsertBucket", map[string]any{"entity": team, "project": project, "name": run}, nil, "historyLineCount")
}

// streamBodies are the requests of a round.
func streamBodies() []map[string]any {
	bodies := make([]map[string]any, streamRequests)
	for i := range bodies {
		lines := make([]string, streamRows)
		for j := range lines {
			lines[j] = streamLine(i*streamRows + j)
		}
		bodies[i] = map[string]any{"files": map[string]any{
			"wandb-history.jsonl": map[string]any{"offset": i * streamRows, "content": lines},
		}}
	}
	return bodies
}

// streamLine is a row as the SDK writes it.
func streamLine(step int) string {
	var line strings.Builder
	fmt.Fprintf(&line, `{"_step":%d,"_runtime":%v,"_timestamp":%v`, step, float64(step)*0.0731, 1795422902.851973+float64(step)*0.0731)
	for k := range streamKeys {
		fmt.Fprintf(&line, `,"train/metric_%d":%v`, k, streamValue(step, k))
	}
	return line.String() + "}"
}

// streamValue is a curve that falls and wobbles, as a loss does.
func streamValue(step, key int) float64 {
	return math.Exp(-float64(step)/5000) + math.Sin(float64(step*(key+1)))/10
}

// stream sends requests one after the other.
func (c *client) stream(ctx context.Context, project, run string, bodies []map[string]any) error {
	for _, body := range bodies {
		if err := c.post(ctx, fmt.Sprintf("/files/%s/%s/%s/file_stream", team, project, run), body, nil); err != nil {
			return err
		}
	}
	return nil
}
