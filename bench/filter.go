package main

import (
	"context"
	"time"
)

// oneProject is a registry with 100,000 runs in one project.
var oneProject = dataset{"one project", 100, 2_000, 166_666}

var filter = work{
	name:  "filter",
	title: "A filtered table of runs",
	about: `The page of a project with 100,000 runs, filtered on one value of their config, one request after the other: from
the request until all of the answer is there, the median of 40.`,
	run: measureFilter,
}

func measureFilter(ctx context.Context, b *bed) ([]figure, error) {
	g, err := b.holding(ctx, oneProject)
	if err != nil {
		return nil, err
	}
	r, err := b.signIn(ctx, g)
	if err != nil {
		return nil, err
	}
	at, err := r.largest(ctx)
	if err != nil {
		return nil, err
	}
	var figures []figure
	for _, f := range []struct{ what, query string }{
		{"one in five: config.batch_size = 64", "?f=config.batch_size+%3D+64"},
		{"two thirds: config.lr < 0.001", "?f=config.lr+%3C+0.001"},
		{"none: config.optimizer = nothing", "?f=config.optimizer+%3D+nothing"},
	} {
		if err := r.check(ctx, page{path: at.project + f.query, shows: " of 100,000"}); err != nil {
			return nil, err
		}
		var took []float64
		for range 40 {
			began := time.Now()
			if _, _, err := r.get(ctx, at.project+f.query); err != nil {
				return nil, err
			}
			took = append(took, float64(time.Since(began).Microseconds())/1000)
		}
		figures = append(figures, figure{what: f.what, unit: "ms", better: less, ours: []float64{percentile(took, 50)}, bounds: []bound{atMost(100)}})
	}
	return figures, nil
}
