package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

const (
	makers       = 8               // who make versions at once
	versionsTime = 4 * time.Second // of a round, for each side
	modelSize    = 16 << 10        // of the file in each version
	modelAlias   = "candidate"     // which moves to each new version
)

var versions = work{
	name:  "versions",
	title: "Making versions",
	about: `Eight clients each upload a file of 16 KiB, make a version of a model of their own with it and move an alias to it, for four
seconds, over connections that stay open. The fewest requests for that are eight to Greenroom, those of the W&B SDK's
` + "`log_artifact`" + ` with an alias, and five to MLflow: those of ` + "`log_artifact`, `create_model_version`" + ` and
` + "`set_registered_model_alias`" + `. In the second line the model is logged by a run and registered: ten requests of
` + "`log_artifact` and `link_artifact`" + ` to Greenroom, which make one version in the project and one of the registered model, and the
fourteen of ` + "`log_model`" + ` with a registered model and ` + "`set_registered_model_alias`" + ` to MLflow, without the files that describe a model.
The third line sets those ten beside the five. At the end of a round all versions are counted, and of each model the alias is followed
and the file behind it read back.`,
	run: measureVersions,
}

// A maker makes versions of one model, on one side.
type maker interface {
	make(ctx context.Context, content []byte) error
	// check demands that there are so many versions, and that the alias leads to the last, with its content.
	check(ctx context.Context, count int, last []byte) error
}

func measureVersions(ctx context.Context, b *bed) ([]figure, error) {
	g, err := b.serve(ctx)
	if err != nil {
		return nil, err
	}
	m, err := b.mlflow(ctx, g)
	if err != nil {
		return nil, err
	}
	ways := []struct {
		what           string
		linked, logged bool
		bounds         []bound
	}{
		{"the fewest requests of both", false, false, []bound{ratioAtLeast(4)}},
		{"logged and registered", true, true, []bound{ratioAtLeast(4)}},
		{"registered, against MLflow's fewest requests", true, false, nil},
	}
	figures := make([]figure, len(ways))
	for i, way := range ways {
		figures[i] = figure{what: way.what, unit: "versions/s", who: m.who, bounds: way.bounds}
	}
	for round := range b.rounds + 1 {
		for i, way := range ways {
			name := fmt.Sprintf("versions-%d-%d", round, i)
			ours, err := makeVersions(ctx, func(model string) (maker, error) { return g.newMaker(ctx, name, model, way.linked) })
			if err != nil {
				return nil, err
			}
			peer, err := makeVersions(ctx, func(model string) (maker, error) { return m.newMaker(ctx, name+"-"+model, way.logged) })
			if err != nil {
				return nil, fmt.Errorf("MLflow: %w", err)
			}
			if round == 0 {
				continue // that was to warm up
			}
			figures[i].ours, figures[i].peer = append(figures[i].ours, ours), append(figures[i].peer, peer)
			b.logf("versions: round %d of %d, %s: %.1f and %.1f versions/s", round, b.rounds, way.what, ours, peer)
		}
	}
	return figures, nil
}

// makeVersions lets all makers loose for a while, checks what they made, and returns how many versions a second it was.
func makeVersions(ctx context.Context, newMaker func(model string) (maker, error)) (rate float64, err error) {
	all := make([]maker, makers)
	for i := range all {
		if all[i], err = newMaker(fmt.Sprintf("model-%d", i)); err != nil {
			return 0, err
		}
	}
	// The first failure ends the round for all.
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	var total atomic.Int64
	counts, last := make([]int, makers), make([][]byte, makers)
	began := time.Now()
	var wg sync.WaitGroup
	for i, one := range all {
		wg.Go(func() {
			for time.Since(began) < versionsTime && ctx.Err() == nil {
				last[i] = modelContent()
				if err := one.make(ctx, last[i]); err != nil {
					fail(err)
					return
				}
				counts[i]++
				total.Add(1)
			}
		})
	}
	wg.Wait()
	rate = float64(total.Load()) / time.Since(began).Seconds()
	if err := context.Cause(ctx); err != nil {
		return 0, err
	}
	for i, one := range all {
		if err := one.check(ctx, counts[i], last[i]); err != nil {
			return 0, fmt.Errorf("model %d: %w", i, err)
		}
	}
	return rate, nil
}

// modelContent is new each time: what a server has seen before it may refuse to take again.
func modelContent() []byte {
	content := make([]byte, modelSize)
	_, _ = rand.Read(content) // never fails
	return content
}

func demandSame(got, want []byte) error {
	if !bytes.Equal(got, want) {
		return fmt.Errorf("a file of %d bytes reads as %d other ones", len(want), len(got))
	}
	return nil
}
