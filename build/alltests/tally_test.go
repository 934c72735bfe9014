package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
)

var errExit = errors.New("exit status 1")

// The streams in testdata were recorded by `go test -json` from one small package each.
func TestTally(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		stream string
		err    error // how `go test` ended
		strict bool
		sum    string
		says   []string
	}{
		{stream: "leaves", sum: "5 passed, 0 failed, 0 skipped", says: []string{"ok    sample/leaves  5 passed"}},
		{stream: "fails", err: errExit, sum: "2 passed, 2 failed, 0 skipped",
			says: []string{"two is not three", "the parent has its own opinion", "FAIL  sample/fails"}},
		{stream: "slashes", sum: "3 passed, 0 failed, 0 skipped"},
		{stream: "skips", sum: "1 passed, 0 failed, 2 skipped", says: []string{"no moon tonight", "no stars either"}},
		{stream: "skips", strict: true, sum: "1 passed, 2 failed, 0 skipped", says: []string{"no moon tonight", "CI does not allow", "FAIL"}},
		{stream: "panics", err: errExit, sum: "1 passed, 1 failed, 0 skipped", says: []string{"panic: the floor is gone"}},
		{stream: "exits", err: errExit, sum: "0 passed, 1 failed, 0 skipped", says: []string{"no binary, no tests"}},
		{stream: "cutoff", err: errExit, sum: "0 passed, 1 failed, 0 skipped", says: []string{"TestLeavesEarly/inside never came to its end"}},
		{stream: "broken", err: errExit, sum: "0 passed, 1 failed, 0 skipped", says: []string{"declared and not used: unused"}},
		{stream: "silent", sum: "0 passed, 0 failed, 0 skipped"},
	} {
		var out bytes.Buffer
		tally := newTally(&out, tc.strict)
		stream, err := os.Open("testdata/" + tc.stream + ".jsonl")
		if err != nil {
			t.Fatal(err)
		}
		tally.read(stream)
		tally.end("sample", tc.err)
		_ = stream.Close()
		if got := tally.summary(); got != tc.sum {
			t.Errorf("%s (strict %v): %s, want %s", tc.stream, tc.strict, got, tc.sum)
		}
		if want := strings.Contains(tc.sum, " 0 failed") && !strings.HasPrefix(tc.sum, "0 passed"); tally.ok() != want {
			t.Errorf("%s (strict %v): ok is %v, want %v", tc.stream, tc.strict, tally.ok(), want)
		}
		for _, words := range tc.says {
			if !strings.Contains(out.String(), words) {
				t.Errorf("%s (strict %v) does not say %q:\n%s", tc.stream, tc.strict, words, &out)
			}
		}
	}
}

// A stream may stop in the middle of a package, when `go test` itself is killed.
func TestTallyOfAStreamCutShort(t *testing.T) {
	t.Parallel()
	tally := newTally(&bytes.Buffer{}, false)
	tally.read(strings.NewReader(`{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"pass","Package":"p","Test":"TestA"}
{"Action":"run","Package":"p","Test":"TestB"}
`))
	tally.end("sample", errors.New("signal: killed"))
	if got, want := tally.summary(), "1 passed, 1 failed, 0 skipped"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// `go test` can fail before any event, on a go.mod that does not parse for example.
func TestTallyOfAModuleThatDoesNotLoad(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	tally := newTally(&out, false)
	tally.read(strings.NewReader("go: errors parsing go.mod\n"))
	tally.end("sample", errExit)
	if got, want := tally.summary(), "0 passed, 1 failed, 0 skipped"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	for _, words := range []string{"errors parsing go.mod", "FAIL  module sample"} {
		if !strings.Contains(out.String(), words) {
			t.Errorf("does not say %q:\n%s", words, &out)
		}
	}
}

func TestMissing(t *testing.T) {
	t.Parallel()
	noWayHere := exec.Command("sh", "-c", "exit 75").Run()
	failed := exec.Command("sh", "-c", "exit 1").Run()
	for _, tc := range []struct {
		why    string
		out    string
		err    error
		strict bool
		failed int
	}{
		{"no way to install it", "It cannot be installed here.", noWayHere, false, 0},
		{"npm is offline", "npm error code EAI_AGAIN", failed, false, 0},
		{"pip is offline", "Failed to establish a new connection: NewConnectionError", failed, false, 0},
		{"a package is not there", "ERROR: No matching distribution found for wandb==99", failed, false, 1},
		{"no way, in CI", "It cannot be installed here.", noWayHere, true, 1},
		{"offline, in CI", "npm error code EAI_AGAIN", failed, true, 1},
	} {
		var out bytes.Buffer
		tally := newTally(&out, tc.strict)
		tally.missing("thing", []byte(tc.out), tc.err)
		if tally.failed != tc.failed {
			t.Errorf("%s: %d failed, want %d", tc.why, tally.failed, tc.failed)
		}
		if !strings.Contains(out.String(), "thing could not be installed") {
			t.Errorf("%s: it says %q", tc.why, &out)
		}
	}
}
