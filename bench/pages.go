package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	pageRate     = 20  // requests/s, whether or not the ones before are answered
	pageRequests = 120 // of each page: six seconds
	readers      = 20  // at once
	readersStay  = 2 * time.Second
)

var pages = work{
	name:  "pages",
	title: "Every page",
	about: `Every address of the route table that a browser asks for, one after the other, on the registry of 10,000 models, 200,000
versions and 100,000 runs, 60,000 of them in one project: the largest model, the largest project, the longest run. Requests come
20 a second whether or not the ones before have been answered, 120 in all, and a request takes from when it was due until all of
the answer is there. After that 20 readers ask for each of them at once, and again as soon as they have an answer, for two
seconds. The figures are 95th percentiles.`,
	run: measurePages,
}

func measurePages(ctx context.Context, b *bed) ([]figure, error) {
	g, err := b.holding(ctx, large)
	if err != nil {
		return nil, err
	}
	r, err := b.signIn(ctx, g)
	if err != nil {
		return nil, err
	}
	all, err := r.pages(ctx)
	if err != nil {
		return nil, err
	}
	if err := demandAll(all); err != nil {
		return nil, err
	}
	var wrong []error
	for _, p := range all {
		wrong = append(wrong, r.check(ctx, p))
	}
	if err := errors.Join(wrong...); err != nil {
		return nil, err
	}
	var figures []figure
	for _, p := range all {
		took, err := r.openLoop(ctx, p)
		if err != nil {
			return nil, err
		}
		p50, p95, p99 := percentile(took, 50), percentile(took, 95), percentile(took, 99)
		b.logf("pages: %6.1f %6.1f %6.1f ms  %s", p50, p95, p99, p.path)
		figures = append(figures, figure{
			what: fmt.Sprintf("%s (p50 %s ms, p99 %s ms)", p.title(), amount(p50, true), amount(p99, true)), unit: "ms", better: less,
			ours: []float64{p95}, bounds: []bound{atMost(100)},
		})
	}
	for _, p := range all {
		took, err := r.closedLoop(ctx, p)
		if err != nil {
			return nil, err
		}
		p95 := percentile(took, 95)
		b.logf("pages: %6.1f ms with %d readers, %d answers  %s", p95, readers, len(took), p.path)
		figures = append(figures, figure{
			what: fmt.Sprintf("%s, %d readers at once", p.title(), readers), unit: "ms", better: less, ours: []float64{p95}, bounds: []bound{atMost(300)},
		})
	}
	return figures, nil
}

// A page is an address of the route table, filled in.
type page struct {
	route string // as the route table writes it
	what  string // of several addresses of a route, which one
	path  string
	sends int    // the status of the answer, 200 unless set
	shows string // what must stand in the answer
}

func (p page) title() string {
	title := "`" + p.route + "`"
	if p.what != "" {
		title += ", " + p.what
	}
	return title
}

func (p page) status() int {
	if p.sends == 0 {
		return http.StatusOK
	}
	return p.sends
}

// check asks for a page once and demands that it is the one that was meant.
func (r *reader) check(ctx context.Context, p page) error {
	status, body, err := r.get(ctx, p.path)
	if err != nil {
		return err
	}
	if status != p.status() || !strings.Contains(body, p.shows) {
		return fmt.Errorf("%s answers %d, or without %q", p.path, status, p.shows)
	}
	return nil
}

// openLoop asks for a page at its times and returns how many ms each answer took from then.
func (r *reader) openLoop(ctx context.Context, p page) ([]float64, error) {
	took := make([]float64, pageRequests)
	errs := make([]error, pageRequests)
	var wg sync.WaitGroup
	began := time.Now()
	for i := range pageRequests {
		due := began.Add(time.Duration(i) * time.Second / pageRate)
		select {
		case <-time.After(time.Until(due)):
		case <-ctx.Done():
			wg.Wait()
			return nil, ctx.Err()
		}
		wg.Go(func() {
			status, _, err := r.get(ctx, p.path)
			if err == nil && status != p.status() {
				err = fmt.Errorf("%s answers %d", p.path, status)
			}
			took[i], errs[i] = float64(time.Since(due).Microseconds())/1000, err
		})
	}
	wg.Wait()
	return took, errors.Join(errs...)
}

// closedLoop lets readers ask for a page again and again, each when the answer before is there, and returns how many ms
// each answer took.
func (r *reader) closedLoop(ctx context.Context, p page) ([]float64, error) {
	took := make([][]float64, readers)
	errs := make([]error, readers)
	var wg sync.WaitGroup
	until := time.Now().Add(readersStay)
	for i := range readers {
		wg.Go(func() {
			for began := time.Now(); began.Before(until); began = time.Now() {
				status, _, err := r.get(ctx, p.path)
				if err == nil && status != p.status() {
					err = fmt.Errorf("%s answers %d", p.path, status)
				}
				if err != nil {
					errs[i] = err
					return
				}
				took[i] = append(took[i], float64(time.Since(began).Microseconds())/1000)
			}
		})
	}
	wg.Wait()
	return slices.Concat(took...), errors.Join(errs...)
}

// percentile is the value that so many of a hundred do not exceed.
func percentile(values []float64, of int) float64 {
	s := slices.Sorted(slices.Values(values))
	return s[(len(s)*of+99)/100-1]
}
