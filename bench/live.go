package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

const (
	livePages  = 200 // open at once
	livePoints = 40  // of a run, one after the other
)

var livePage = work{
	name:  "live",
	title: "An open page of a run",
	about: `A run logs a row of 20 metrics every second while its page is open 200 times: each holds a stream that tells what is new,
and then asks for what came after the last step of six curves, as the page does for those in sight. The first line is the time
from the answer to the request that brought a row until the 200th page has its point, in the median of 40 rows; the second what
the server's process had resident at most (VmHWM) meanwhile, above what it had with as many rows and no page open.`,
	run: measureLive,
}

func measureLive(ctx context.Context, b *bed) ([]figure, error) {
	took := figure{what: "a point on the last of 200 pages", unit: "ms", better: less, bounds: []bound{atMost(2000)}}
	cost := figure{what: "200 open pages", unit: "MB", better: less, bounds: []bound{atMost(50)}}
	for round := range b.rounds {
		m, err := b.newMeter(ctx)
		if err != nil {
			return nil, err
		}
		alone, err := m.peak(ctx, func(ctx context.Context) error {
			_, err := m.watched(ctx, "alone", 0)
			return err
		})
		if err != nil {
			return nil, err
		}
		var times []float64
		open, err := m.peak(ctx, func(ctx context.Context) (err error) {
			times, err = m.watched(ctx, "watched", livePages)
			return err
		})
		if err != nil {
			return nil, err
		}
		took.ours, cost.ours = append(took.ours, median(times)), append(cost.ours, max(0, open-alone))
		b.logf("live: round %d of %d: %.0f ms, %.1f MB above %.1f MB", round+1, b.rounds, median(times), open-alone, alone)
		if err := m.stop(); err != nil {
			return nil, err
		}
	}
	return []figure{took, cost}, nil
}

// watched lets a run log while so many pages of it are open, and returns how many ms after each answer all had the point.
func (m meter) watched(ctx context.Context, run string, pages int) (times []float64, err error) {
	const project = "live"
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	if err := m.upsertRun(ctx, project, run); err != nil {
		return nil, err
	}
	log := func(step int) error {
		files := map[string]any{"wandb-history.jsonl": chunk(step, streamLine(step)), "output.log": chunk(step, fmt.Sprintf("step %d", step))}
		return m.post(ctx, fmt.Sprintf("/files/%s/%s/%s/file_stream", team, project, run), map[string]any{"files": files}, nil)
	}
	if err := log(0); err != nil {
		return nil, err
	}
	seen := make([]chan int, pages) // of each page, the steps that it has
	var watching sync.WaitGroup
	for i := range seen {
		seen[i] = make(chan int, 10*livePoints)
		watching.Go(func() {
			if err := m.watch(ctx, fmt.Sprintf("%s/%s/%s/runs/%s", m.greenroom.url, team, project, run), seen[i]); err != nil && ctx.Err() == nil {
				fail(err)
			}
		})
	}
	defer watching.Wait()
	defer fail(nil)
	have := func(step int) error {
		for _, page := range seen {
			for got := -1; got < step; {
				select {
				case got = <-page:
				case <-ctx.Done():
					return context.Cause(ctx)
				}
			}
		}
		return nil
	}
	if err := have(0); err != nil {
		return nil, err
	}
	for step := 1; step <= livePoints; step++ {
		next := time.Now().Add(liveEvery)
		if err := log(step); err != nil {
			return nil, err
		}
		answered := time.Now()
		if err := have(step); err != nil {
			return nil, err
		}
		times = append(times, float64(time.Since(answered).Microseconds())/1000)
		if err := pause(ctx, time.Until(next)); err != nil {
			return nil, err
		}
	}
	return times, nil
}

// watch is an open page: it tells the last step that it knows, until ctx is done.
func (m meter) watch(ctx context.Context, page string, seen chan<- int) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, page+"/live", nil)
	if err != nil {
		return err
	}
	res, err := m.browser.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("the stream answers %s", res.Status)
	}
	last := 0
	for told := bufio.NewScanner(res.Body); told.Scan(); {
		words, is := strings.CutPrefix(told.Text(), "data: ")
		if !is || !strings.Contains(words, "points") && words != "all" {
			continue
		}
		if last, err = m.newPoints(ctx, page, last); err != nil {
			return err
		}
		seen <- last
	}
	return fmt.Errorf("the stream ends: %w", context.Cause(ctx))
}

// newPoints asks for what came after a step, and returns the last one there is.
func (m meter) newPoints(ctx context.Context, page string, after int) (last int, err error) {
	query := url.Values{}
	for k := range 6 {
		query.Add("key", streamKey(k))
		query.Add("after", fmt.Sprint(after))
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, page+"/metrics?"+query.Encode(), nil)
	if err != nil {
		return 0, err
	}
	req.Header.Set("Accept", "application/json")
	var body []byte
	if err := exchange(m.browser, req, &body); err != nil {
		return 0, err
	}
	var got struct {
		Curves []struct{ X, Y []float64 }
	}
	if err := json.Unmarshal(body, &got); err != nil {
		return 0, err
	}
	for k, c := range got.Curves {
		n := len(c.X)
		if n == 0 || c.Y[n-1] != streamValue(int(c.X[n-1]), k) {
			return 0, fmt.Errorf("%s of step %v is %v", streamKey(k), c.X, c.Y)
		}
		last = int(c.X[n-1])
	}
	return last, nil
}
