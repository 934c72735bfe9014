package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	liveRuns  = 50
	liveTime  = 20 * time.Second
	liveEvery = time.Second
)

var memory = work{
	name:  "memory",
	title: "Memory of the server",
	about: `The most memory that the server's process had resident (VmHWM, of the kernel's own account): with nothing to do but the
landing page, opened ten times by somebody signed in; while it takes a file of 1 GiB; and while 50 runs are live for 20 seconds,
each with a client of its own that sends a row of 20 metrics every second, with system metrics, a line of the console and signs
of life in between. The page cache does not count. Postgres is not part of it; what its processes take, pages they share
counted once, stands beside it.`,
	run: measureMemory,
}

func measureMemory(ctx context.Context, b *bed) ([]figure, error) {
	idle := figure{what: "idle", bounds: []bound{atMost(60)}}
	taking := figure{what: "during an upload of 1 GiB", bounds: []bound{atMost(90)}}
	live := figure{what: "with 50 live runs", bounds: []bound{atMost(150)}}
	postgres := figure{what: "Postgres beside it, with 50 live runs"}
	for round := range b.rounds {
		m, err := b.newMeter(ctx)
		if err != nil {
			return nil, err
		}
		for _, phase := range []struct {
			figure *figure
			work   func(context.Context) error
		}{{&idle, m.idle}, {&taking, m.upload}, {&live, m.live}} {
			peak, err := m.peak(ctx, phase.work)
			if err != nil {
				return nil, err
			}
			phase.figure.ours = append(phase.figure.ours, peak)
		}
		beside, err := m.postgres()
		if err != nil {
			return nil, err
		}
		postgres.ours = append(postgres.ours, beside)
		if err := m.stop(); err != nil {
			return nil, err
		}
		if err := os.RemoveAll(m.data); err != nil {
			return nil, err
		}
		b.logf("memory: round %d of %d: %.1f, %.1f and %.1f MB", round+1, b.rounds, idle.ours[round], taking.ours[round], live.ours[round])
	}
	figures := []figure{idle, taking, live, postgres}
	for i := range figures {
		figures[i].unit, figures[i].better = "MB", less
	}
	return figures, nil
}

// A meter is a server of its own whose memory is measured.
type meter struct {
	*greenroom
	*client
	browser *http.Client
}

func (b *bed) newMeter(ctx context.Context) (m meter, err error) {
	if m.greenroom, err = b.serve(ctx); err != nil {
		return m, err
	}
	if m.client, err = m.greenroom.client(); err != nil {
		return m, err
	}
	m.browser, err = m.greenroom.browser(ctx)
	return m, err
}

// peak is the most memory the server had resident while something was done, in MB.
func (m meter) peak(ctx context.Context, do func(context.Context) error) (float64, error) {
	// Writing 5 makes the kernel forget the peak so far.
	if err := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", m.pid), []byte("5"), 0); err != nil {
		return 0, fmt.Errorf("memory can be measured on Linux only: %w", err)
	}
	if err := do(ctx); err != nil {
		return 0, err
	}
	return memoryOf(m.pid, "status", "VmHWM")
}

// idle opens the landing page and leaves the server alone for a while.
func (m meter) idle(ctx context.Context) error {
	for range 10 {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, m.greenroom.url+"/", nil)
		if err != nil {
			return err
		}
		if err := exchange(m.browser, req, new([]byte)); err != nil {
			return err
		}
	}
	return pause(ctx, 3*time.Second)
}

func (m meter) upload(ctx context.Context) error {
	big, err := m.bed.bigFile(1)
	if err != nil {
		return err
	}
	defer big.remove()
	address, err := m.bigAddress(ctx, "memory", "big")
	if err != nil {
		return err
	}
	if err := m.putBig(ctx, address, big); err != nil {
		return err
	}
	url, err := m.bigURL(ctx, "memory", "big")
	if err != nil {
		return err
	}
	return errors.Join(checkBig(ctx, m.http, url, big), m.forget())
}

// live lets runs log side by side, and demands afterwards that all of it is there.
func (m meter) live(ctx context.Context) error {
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	var wg sync.WaitGroup
	for i := range liveRuns {
		wg.Go(func() {
			if err := m.logRun(ctx, fmt.Sprintf("live-%d", i), time.Duration(i)*liveEvery/liveRuns); err != nil {
				fail(err) // the first failure ends them all
			}
		})
	}
	wg.Wait()
	return context.Cause(ctx)
}

// logRun is a script that logs for a while.
func (m meter) logRun(ctx context.Context, run string, after time.Duration) error {
	const project = "live"
	c, err := m.greenroom.client()
	if err != nil {
		return err
	}
	if err := pause(ctx, after); err != nil {
		return err
	}
	if err := c.upsertRun(ctx, project, run); err != nil {
		return err
	}
	rows := int(liveTime / liveEvery)
	for step := range rows {
		files := map[string]any{"wandb-history.jsonl": chunk(step, streamLine(step)), "output.log": chunk(step, fmt.Sprintf("step %d", step))}
		bodies := []map[string]any{{"files": files}}
		if step%5 == 4 {
			files["wandb-events.jsonl"] = chunk(step/5, systemLine(step))
			bodies = append(bodies, map[string]any{}) // a sign of life
		}
		for _, body := range bodies {
			if err := c.post(ctx, fmt.Sprintf("/files/%s/%s/%s/file_stream", team, project, run), body, nil); err != nil {
				return err
			}
		}
		if err := pause(ctx, liveEvery); err != nil {
			return err
		}
	}
	return c.demandRows(ctx, project, run, rows)
}

// chunk is one line of a file of a run.
func chunk(offset int, line string) map[string]any {
	return map[string]any{"offset": offset, "content": []string{line}}
}

// systemLine is what the SDK reads off the machine.
func systemLine(step int) string {
	return fmt.Sprintf(`{"system.cpu":%v,"system.memory_percent":41.2,"system.disk.\\.usageGB":23.5,"_wandb":true,"_timestamp":%d,"_runtime":%d}`, 12.5+float64(step), 1795422902+step, step)
}

// demandRows demands that a run has so many rows, as they were sent.
func (c *client) demandRows(ctx context.Context, project, run string, rows int) error {
	page, err := c.historyPage(ctx, project, run, 0)
	if err != nil {
		return err
	}
	lines, err := linesOf(page)
	if err != nil {
		return err
	}
	if n := len(lines); n != rows {
		return fmt.Errorf("%s has %d rows, and %d were sent", run, n, rows)
	}
	for step, line := range lines {
		if line != streamLine(step) {
			return fmt.Errorf("%s: row %d reads %s", run, step, line)
		}
	}
	return nil
}

// postgres is what the processes of the server's Postgres have resident, in MB.
func (m meter) postgres() (float64, error) {
	text, err := os.ReadFile(filepath.Join(m.data, "postgres/data/postmaster.pid"))
	if err != nil {
		return 0, err
	}
	first, _, _ := strings.Cut(string(text), "\n")
	postmaster, err := strconv.Atoi(first)
	if err != nil {
		return 0, err
	}
	pids := []int{postmaster}
	folders, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return 0, err
	}
	for _, folder := range folders {
		stat, err := os.ReadFile(folder + "/stat")
		if err != nil {
			continue // it has ended
		}
		_, rest, _ := strings.Cut(string(stat), ") ") // … (name) state parent …
		if fields := strings.Fields(rest); len(fields) > 1 && fields[1] == first {
			pid, _ := strconv.Atoi(filepath.Base(folder)) // which the pattern allows nothing else
			pids = append(pids, pid)
		}
	}
	var sum float64
	for _, pid := range pids {
		part, err := memoryOf(pid, "smaps_rollup", "Pss")
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return 0, err
		}
		sum += part
	}
	return sum, nil
}

// memoryOf is a line of what the kernel tells about a process, in MB.
func memoryOf(pid int, file, line string) (float64, error) {
	f, err := os.Open(fmt.Sprintf("/proc/%d/%s", pid, file))
	if err != nil {
		return 0, err
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if fields := strings.Fields(s.Text()); len(fields) == 3 && fields[0] == line+":" && fields[2] == "kB" {
			n, err := strconv.ParseFloat(fields[1], 64)
			return n * 1024 / 1e6, err
		}
	}
	return 0, fmt.Errorf("%s does not tell %s", file, line)
}

// pause waits, unless all of it ends.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}
