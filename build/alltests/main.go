// Alltests is `make test`: it gets what the tests need, runs every test of the program, of bench and of e2e, and ends with one
// line, "N passed, N failed, N skipped". It fails when a test failed, when a package did not build, and when nothing ran.
//
// A part that cannot be installed here (no network, no rights) is announced, and the tests that need it skip themselves
// and are counted. With CI=true there are no such excuses: what cannot be installed has failed, and so has a skipped test.
package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"sync"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	t := newTally(os.Stdout, os.Getenv("CI") == "true")
	run(ctx, t)
	fmt.Println(t.summary())
	if !t.ok() {
		os.Exit(1)
	}
}

// run tests the program while what only e2e needs is still being installed.
func run(ctx context.Context, t *tally) {
	if !need(ctx, t, "postgres") {
		t.say("Without Postgres nothing is tested: almost every test would fail for this one reason.")
		return
	}
	offerPostgresFromNpm()
	var wg sync.WaitGroup
	wg.Go(func() {
		for _, thing := range []string{"node", "chromium", "python", "examples"} {
			need(ctx, t, thing)
		}
	})
	testModule(ctx, t, ".")
	testModule(ctx, t, "bench")
	wg.Wait()
	testModule(ctx, t, "e2e")
}

// testModule runs all tests of the module in dir. Results are never taken from Go's cache: some tests look at what it does
// not track, such as the program that they start.
func testModule(ctx context.Context, t *tally, dir string) {
	start := time.Now()
	args := []string{"test", "-json", "-count=1", "-timeout=20m"}
	if dir == "e2e" {
		// Its tests wait for clients, browsers and other processes about as long as they compute: old clients sleep for
		// seconds at the end of a run.
		args = append(args, fmt.Sprintf("-parallel=%d", 3*runtime.NumCPU()))
	}
	cmd := exec.CommandContext(ctx, "go", append(args, "./...")...)
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.broken(dir, err)
		return
	}
	t.read(out)
	t.end(dir, cmd.Wait())
	t.say("tested %s in %s", dir, since(start))
}

func since(start time.Time) time.Duration {
	return time.Since(start).Round(100 * time.Millisecond)
}
