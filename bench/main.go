// Bench is `make bench`: it measures the built program, and beside it what else one might use for the same work, and
// writes what came of it as docs/benchmarks.md.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
)

// works are what is measured, in the order of the report. Each has a file of its own.
var works = []work{
	filestream, logging, scan,
	versions,
	download, upload, artifact,
	landing, pages, filter,
	memory,
	livePage,
}

// A work is one thing that is measured, and one section of the report.
type work struct {
	name  string // by which -only knows it
	title string
	about string // what is done, and what counts, in Markdown
	run   func(ctx context.Context, b *bed) ([]figure, error)
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// run measures what args ask for, and writes the report when all of it could be measured. A bound that is missed is no
// error: the report says so, and what the bound means for this machine is for its reader to judge.
func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	out := flags.String("o", "", "`file` to write the report to, instead of standard output")
	only := flags.String("only", "", "`works` to run, separated by commas, instead of all")
	rounds := flags.Int("rounds", 5, "how often each thing is measured")
	if err := flags.Parse(args); err != nil {
		return err
	}
	chosen, err := choose(*only)
	if err != nil {
		return err
	}
	began := time.Now()
	b, err := makeBed(ctx, *rounds)
	if err != nil {
		return err
	}
	r := report{date: began}
	r.machine, err = b.machine(ctx)
	if err == nil {
		err = measure(ctx, b, chosen, &r)
	}
	r.machine.versions = append(r.machine.versions, b.versions...)
	if err = errors.Join(err, b.clear()); err != nil {
		return err
	}
	r.took = time.Since(began)
	var text bytes.Buffer
	r.write(&text)
	fmt.Fprintln(os.Stderr, r.verdict())
	if *out == "" {
		_, err = os.Stdout.Write(text.Bytes())
		return err
	}
	return os.WriteFile(*out, text.Bytes(), 0o644)
}

func choose(only string) ([]work, error) {
	if only == "" {
		return works, nil
	}
	var chosen []work
	for name := range strings.SplitSeq(only, ",") {
		i := slices.IndexFunc(works, func(w work) bool { return w.name == name })
		if i < 0 {
			return nil, fmt.Errorf("there is no work called %s", name)
		}
		chosen = append(chosen, works[i])
	}
	return chosen, nil
}

// measure runs one work after the other, each with the machine to itself. What fails keeps none of the others from being
// measured, but there is no report then.
func measure(ctx context.Context, b *bed, chosen []work, r *report) error {
	var errs []error
	for _, w := range chosen {
		began := time.Now()
		b.logf("%s: %s", w.name, w.title)
		figures, err := w.run(ctx, b)
		if err = errors.Join(err, b.stopAll()); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", w.name, err))
			b.logf("%s: failed: %v", w.name, err)
			figures = nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		for _, f := range figures {
			b.logf("%s: %s", w.name, f.line())
		}
		b.logf("%s: done in %s", w.name, time.Since(began).Round(time.Second))
		r.sections = append(r.sections, section{w, figures})
	}
	return errors.Join(errs...)
}
