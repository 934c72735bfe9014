package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	streamKeys  = 20     // metrics of a row; steps and times come on top and do not count
	streamRows  = 50_000 // of a round
	streamBatch = 1000   // rows of a request

	// MLflow takes 1,000 metrics a request, and so much longer for each that fewer rows must do.
	peerRows  = 1500
	peerBatch = 1000 / streamKeys
)

var filestream = work{
	name:  "filestream",
	title: "Metrics of a run",
	about: `One run logs at full speed, as the SDK does: requests of 1,000 rows with 20 metrics each, one after the other. The clock stops
when the last row can be read through the public API. Then all rows are read back that way, which is the second line, and
compared with what was sent. MLflow gets the same rows through ` + "`log-batch`" + `, as many in a request as it takes, which is 1,000
metrics; its database is another one in the same Postgres.`,
	run: measureFilestream,
}

// A stream is what one side does in a round.
type stream struct {
	rows   int
	bodies [][]byte // of the requests, made before the clock runs
	send   func(ctx context.Context, body []byte) error
	last   func(ctx context.Context) error // demands that the last row can be read
	read   func(ctx context.Context) ([][]byte, error)
	check  func(answers [][]byte) error // demands that what was read is what was sent
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
	m, err := b.mlflow(ctx, g)
	if err != nil {
		return nil, err
	}
	wrote := figure{what: "logged and readable", unit: "points/s", who: m.who, bounds: []bound{atLeast(250_000), ratioAtLeast(30).asAim()}}
	read := figure{what: "read back", unit: "points/s", who: m.who}
	for round := range b.rounds + 1 {
		name := fmt.Sprintf("speed-%d", round)
		ours, err := c.newStream(ctx, name)
		if err != nil {
			return nil, err
		}
		w, r, err := ours.measure(ctx)
		if err != nil {
			return nil, err
		}
		theirs, err := m.newStream(ctx, name)
		if err != nil {
			return nil, err
		}
		pw, pr, err := theirs.measure(ctx)
		if err != nil {
			return nil, fmt.Errorf("MLflow: %w", err)
		}
		if round == 0 {
			continue // that was to warm up
		}
		wrote.ours, wrote.peer = append(wrote.ours, w), append(wrote.peer, pw)
		read.ours, read.peer = append(read.ours, r), append(read.peer, pr)
		b.logf("filestream: round %d of %d: %.0f and %.0f points/s", round, b.rounds, w, pw)
	}
	return []figure{wrote, read}, nil
}

// measure logs and reads, and returns how many points a second went each way.
func (s stream) measure(ctx context.Context) (wrote, read float64, err error) {
	began := time.Now()
	for _, body := range s.bodies {
		if err := s.send(ctx, body); err != nil {
			return 0, 0, err
		}
	}
	if err := s.last(ctx); err != nil {
		return 0, 0, err
	}
	wrote = s.rate(began)
	began = time.Now()
	answers, err := s.read(ctx)
	if err != nil {
		return 0, 0, err
	}
	read = s.rate(began)
	return wrote, read, s.check(answers)
}

func (s stream) rate(began time.Time) float64 {
	return float64(s.rows*streamKeys) / time.Since(began).Seconds()
}

// newStream makes a run, as wandb.init does.
func (c *client) newStream(ctx context.Context, run string) (stream, error) {
	const project = "stream"
	s := stream{rows: streamRows}
	if err := c.upsertRun(ctx, project, run); err != nil {
		return s, err
	}
	for first := 0; first < streamRows; first += streamBatch {
		lines := make([]string, streamBatch)
		for i := range lines {
			lines[i] = streamLine(first + i)
		}
		body, err := json.Marshal(map[string]any{"files": map[string]any{
			"wandb-history.jsonl": map[string]any{"offset": first, "content": lines},
		}})
		if err != nil {
			return s, err
		}
		s.bodies = append(s.bodies, body)
	}
	s.send = func(ctx context.Context, body []byte) error {
		return c.send(ctx, http.MethodPost, fmt.Sprintf("%s/files/%s/%s/%s/file_stream", c.url, team, project, run), jsonHeader(), body, nil)
	}
	s.last = func(ctx context.Context) error {
		answer, err := c.historyPage(ctx, project, run, streamRows-1)
		if err != nil {
			return err
		}
		return checkLines([][]byte{answer}, streamRows-1)
	}
	s.read = func(ctx context.Context) (answers [][]byte, err error) {
		for first := 0; first < streamRows; first += streamBatch {
			answer, err := c.historyPage(ctx, project, run, first)
			if err != nil {
				return nil, err
			}
			answers = append(answers, answer)
		}
		return answers, nil
	}
	s.check = func(answers [][]byte) error { return checkLines(answers, 0) }
	return s, nil
}

// upsertRun makes a run of the team, as wandb.init does.
func (c *client) upsertRun(ctx context.Context, project, run string) error {
	return c.ask(ctx, "UpsertBucket", map[string]any{"entity": team, "project": project, "name": run}, nil, "historyLineCount")
}

// historyPage is a thousand rows from a step on, as scan_history reads them.
func (c *client) historyPage(ctx context.Context, project, run string, first int) (answer json.RawMessage, err error) {
	err = c.ask(ctx, "HistoryPage", map[string]any{
		"entity": team, "project": project, "run": run, "minStep": first, "maxStep": first + 1000, "pageSize": 1000,
	}, &answer)
	return answer, err
}

// linesOf are the rows of a page, as they were sent.
func linesOf(page []byte) ([]string, error) {
	var got struct {
		Project struct{ Run struct{ History []string } }
	}
	err := json.Unmarshal(page, &got)
	return got.Project.Run.History, err
}

// checkLines demands that pages hold the rows from first to the last as they were sent.
func checkLines(pages [][]byte, first int) error {
	for _, page := range pages {
		lines, err := linesOf(page)
		if err != nil {
			return err
		}
		for _, line := range lines {
			if want := streamLine(first); line != want {
				return fmt.Errorf("row %d reads %s, and was sent as %s", first, line, want)
			}
			first++
		}
	}
	if first != streamRows {
		return fmt.Errorf("%d rows can be read, and %d were sent", first, streamRows)
	}
	return nil
}

// streamLine is a row as the SDK writes it.
func streamLine(step int) string {
	var line strings.Builder
	fmt.Fprintf(&line, `{"_step":%d,"_runtime":%v,"_timestamp":%v`, step, float64(step)*0.0731, 1795422902.851973+float64(step)*0.0731)
	for k := range streamKeys {
		fmt.Fprintf(&line, `,"%s":%v`, streamKey(k), streamValue(step, k))
	}
	return line.String() + "}"
}

func streamKey(k int) string { return fmt.Sprintf("train/metric_%d", k) }

// streamValue is a curve that falls and wobbles, as a loss does.
func streamValue(step, key int) float64 {
	return math.Exp(-float64(step)/5000) + math.Sin(float64(step*(key+1)))/10
}

// A metric is what MLflow calls one value of one key.
type metric struct {
	Key       string  `json:"key"`
	Value     float64 `json:"value"`
	Timestamp int64   `json:"timestamp"`
	Step      int     `json:"step"`
}

// newStream makes a run, as mlflow.start_run does.
func (m *mlflow) newStream(ctx context.Context, experiment string) (stream, error) {
	s := stream{rows: peerRows}
	run, err := m.newRun(ctx, experiment)
	if err != nil {
		return s, err
	}
	for first := 0; first < peerRows; first += peerBatch {
		var metrics []metric
		for step := first; step < first+peerBatch; step++ {
			for k := range streamKeys {
				metrics = append(metrics, metric{streamKey(k), streamValue(step, k), 1795422902852 + int64(step)*73, step})
			}
		}
		body, err := json.Marshal(map[string]any{"run_id": run.id, "metrics": metrics})
		if err != nil {
			return s, err
		}
		s.bodies = append(s.bodies, body)
	}
	s.send = func(ctx context.Context, body []byte) error {
		return m.send(ctx, http.MethodPost, "runs/log-batch", body, nil)
	}
	s.last = func(ctx context.Context) error { return m.checkLatest(ctx, run.id) }
	s.read = func(ctx context.Context) (answers [][]byte, err error) {
		for k := range streamKeys {
			var answer []byte
			query := url.Values{"run_id": {run.id}, "metric_key": {streamKey(k)}, "max_results": {"25000"}}
			if err := m.get(ctx, "metrics/get-history", query, &answer); err != nil {
				return nil, err
			}
			answers = append(answers, answer)
		}
		return answers, nil
	}
	s.check = checkMetrics
	return s, nil
}

// checkLatest demands that a run's latest values are those of the last row.
func (m *mlflow) checkLatest(ctx context.Context, run string) error {
	var got struct {
		Run struct{ Data struct{ Metrics []metric } }
	}
	if err := m.get(ctx, "runs/get", url.Values{"run_id": {run}}, &got); err != nil {
		return err
	}
	for _, latest := range got.Run.Data.Metrics {
		if latest.Step != peerRows-1 {
			return fmt.Errorf("the latest step of %s is %d, and %d was sent", latest.Key, latest.Step, peerRows-1)
		}
	}
	return nil
}

// checkMetrics demands that the histories of all keys, in order, are what was sent.
func checkMetrics(histories [][]byte) error {
	for k, history := range histories {
		var got struct{ Metrics []metric }
		if err := json.Unmarshal(history, &got); err != nil {
			return err
		}
		if len(got.Metrics) != peerRows {
			return fmt.Errorf("%d values of %s can be read, and %d were sent", len(got.Metrics), streamKey(k), peerRows)
		}
		for _, one := range got.Metrics {
			if want := streamValue(one.Step, k); one.Value != want {
				return fmt.Errorf("%s at %d reads %v, and was sent as %v", one.Key, one.Step, one.Value, want)
			}
		}
	}
	return nil
}
