package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
)

// A tally counts tests from streams of `go test -json` and prints what a person wants to see while it does: one line per
// package, everything a failed test said, why a test was skipped.
//
// What counts is a leaf. A test with subtests counts only when it says something that none of them says: when it failed
// although they all passed, or skipped itself.
type tally struct {
	strict bool // a skipped test, and a part that cannot be installed, has failed

	mu                      sync.Mutex // installations report while tests run
	out                     io.Writer
	packages                map[string]*pack    // those of the module being read that have not ended
	builds                  map[string][]string // what the compiler said, by the name that a failed package refers to
	found                   int                 // failures in the module being read
	passed, failed, skipped int
}

type pack struct {
	tests  map[string]*test
	order  []*test
	output []string // said outside any test
}

type test struct {
	name     string
	end      string // pass, fail, skip; "" when it never came to its end
	children []*test
	output   []string
}

// event is one line of the stream; `go doc test2json` and `go help buildjson` define it.
type event struct {
	Action, Package, Test, Output string
	ImportPath, FailedBuild       string
	Elapsed                       float64
}

func newTally(out io.Writer, strict bool) *tally {
	return &tally{out: out, strict: strict, packages: map[string]*pack{}, builds: map[string][]string{}}
}

// read takes in one stream to its end.
func (t *tally) read(stream io.Reader) {
	lines := bufio.NewReader(stream)
	for {
		line, err := lines.ReadBytes('\n')
		if line = bytes.TrimSpace(line); len(line) > 0 {
			var e event
			if json.Unmarshal(line, &e) != nil {
				t.say("%s", line)
			} else {
				t.take(e)
			}
		}
		if err != nil {
			return
		}
	}
}

func (t *tally) take(e event) {
	if e.Action == "build-output" {
		t.builds[e.ImportPath] = append(t.builds[e.ImportPath], e.Output)
		return
	}
	if e.Package == "" {
		return
	}
	p := t.packages[e.Package]
	if p == nil {
		p = &pack{tests: map[string]*test{}}
		t.packages[e.Package] = p
	}
	switch {
	case e.Test != "":
		p.take(e)
	case e.Action == "output":
		p.output = append(p.output, e.Output)
	case e.Action == "pass", e.Action == "fail", e.Action == "skip":
		t.close(p, e)
	}
}

func (p *pack) take(e event) {
	one := p.test(e.Test)
	switch e.Action {
	case "output":
		if !strings.HasPrefix(e.Output, "=== ") { // RUN, PAUSE, CONT, NAME
			one.output = append(one.output, e.Output)
		}
	case "pass", "fail", "skip":
		one.end = e.Action
	}
}

// test is the test of that name, made when it is new. Its parent was heard of before it; a subtest's own name may hold
// slashes, so that is the longest name that fits.
func (p *pack) test(name string) *test {
	one, known := p.tests[name]
	if !known {
		one = &test{name: name}
		p.tests[name] = one
		p.order = append(p.order, one)
		for i := strings.LastIndexByte(name, '/'); i > 0; i = strings.LastIndexByte(name[:i], '/') {
			if parent, known := p.tests[name[:i]]; known {
				parent.children = append(parent.children, one)
				break
			}
		}
	}
	return one
}

// counts tells whether a test is counted itself, rather than by its subtests.
func (one *test) counts() bool {
	return len(one.children) == 0 || one.end != "pass" && !one.below(one.end)
}

// below tells whether a subtest, at any depth, ended like this.
func (one *test) below(end string) bool {
	for _, child := range one.children {
		if child.end == end || child.below(end) {
			return true
		}
	}
	return false
}

// settle gives every test an end: one that was cut off has failed, and so, when strict, has one that skipped itself.
func (p *pack) settle(strict bool) {
	for _, one := range p.order {
		switch {
		case one.end == "":
			one.fail("never came to its end")
		case one.end == "skip" && strict:
			one.fail("skipped itself, which CI does not allow")
		}
	}
}

func (one *test) fail(why string) {
	one.end = "fail"
	one.output = append(one.output, fmt.Sprintf("--- FAIL: %s %s\n", one.name, why))
}

// close adds a package that has ended to the sums and prints it.
func (t *tally) close(p *pack, last event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.packages, last.Package)
	p.settle(t.strict)
	sums := map[string]int{}
	for _, one := range p.order {
		if one.end != "pass" {
			t.print(one.output)
		}
		if one.counts() {
			sums[one.end]++
		}
	}
	if last.Action == "fail" && sums["fail"] == 0 {
		sums["fail"]++ // it did not build, or ended outside any test
	}
	if sums["fail"] > 0 {
		t.print(t.builds[last.FailedBuild])
		t.print(p.output)
	}
	if len(sums) > 0 {
		fmt.Fprintf(t.out, "%s  %s  %s  %.1fs\n", verdict(sums["fail"]), last.Package, line(sums["pass"], sums["fail"], sums["skip"]), last.Elapsed)
	}
	t.found += sums["fail"]
	t.passed, t.failed, t.skipped = t.passed+sums["pass"], t.failed+sums["fail"], t.skipped+sums["skip"]
}

func verdict(failed int) string {
	if failed > 0 {
		return "FAIL"
	}
	return "ok  "
}

// end closes the stream of a module, whose `go test` ended with err. Packages that were cut off have failed, and so has a
// module whose `go test` failed without an event that tells why.
func (t *tally) end(module string, err error) {
	for _, name := range slices.Sorted(maps.Keys(t.packages)) {
		t.close(t.packages[name], event{Action: "fail", Package: name})
	}
	if err != nil && t.found == 0 {
		t.broken(module, err)
	}
	t.found = 0
}

// broken counts a module that could not be tested as one failure.
func (t *tally) broken(module string, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.failed++
	fmt.Fprintf(t.out, "FAIL  module %s: %v\n", module, err)
}

// missing announces a part that could not be installed. It counts only where it is a failure: elsewhere the tests that
// need it skip themselves, and each is counted.
func (t *tally) missing(thing string, out []byte, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.strict || !excused(out, err) {
		t.failed++
		fmt.Fprintf(t.out, "FAIL  %s could not be installed: %v\n", thing, err)
		return
	}
	fmt.Fprintf(t.out, "SKIP  %s could not be installed; the tests that need it will be skipped\n", thing)
}

func (t *tally) ok() bool { return t.failed == 0 && t.passed > 0 }

// summary is the last line.
func (t *tally) summary() string { return line(t.passed, t.failed, t.skipped) }

func line(passed, failed, skipped int) string {
	return fmt.Sprintf("%d passed, %d failed, %d skipped", passed, failed, skipped)
}

// Write shows what an installation says, between the lines about tests.
func (t *tally) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.out.Write(b)
}

func (t *tally) say(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	fmt.Fprintf(t.out, format+"\n", args...)
}

func (t *tally) print(output []string) {
	for _, s := range output {
		fmt.Fprint(t.out, s)
	}
}
