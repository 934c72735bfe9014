package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A version is which edition of something was used.
type version struct{ what, which string }

// A machine is what the measurements were taken on and with. It tells nothing about whose machine it is.
type machine struct {
	facts    []version
	versions []version
}

// machine looks at this one, before it is kept busy.
func (b *bed) machine(ctx context.Context) (m machine, err error) {
	synced, err := b.syncTime()
	if err != nil {
		return m, err
	}
	commit, err := exec.CommandContext(ctx, "git", "describe", "--always", "--tags", "--dirty= with changes", "--abbrev=12").Output()
	if err != nil {
		return m, fmt.Errorf("which commit this is: %w", err)
	}
	kilobytes, _, _ := strings.Cut(lineOf("/proc/meminfo", "MemTotal"), " ")
	memory, err := strconv.ParseFloat(kilobytes, 64)
	if err != nil {
		return m, fmt.Errorf("how much memory there is: %w", err)
	}
	return machine{
		facts: []version{
			{"processor", fmt.Sprintf("%d × %s", runtime.NumCPU(), lineOf("/proc/cpuinfo", "model name"))},
			{"memory", fmt.Sprintf("%.0f GiB", memory/(1<<20))},
			{"disk", fmt.Sprintf("%s; 4 KiB are written and synced in %.1f ms", filesystem(b.dir), float64(synced.Microseconds())/1000)},
			{"kernel", runtime.GOOS + " " + firstLine("/proc/sys/kernel/osrelease")},
		},
		versions: []version{{"Greenroom", strings.TrimSpace(string(commit))}, {"Go", runtime.Version()}, {"W&B SDK", sdk}},
	}, nil
}

// syncTime is the median time in which a few bytes are on the disk: what every commit waits for.
func (b *bed) syncTime() (time.Duration, error) {
	f, err := os.CreateTemp(b.dir, "sync-")
	if err != nil {
		return 0, err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	var took []time.Duration
	for range 51 {
		began := time.Now()
		if _, err := f.Write(make([]byte, 4<<10)); err != nil {
			return 0, err
		}
		if err := f.Sync(); err != nil {
			return 0, err
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	return took[len(took)/2], nil
}

// filesystem is the kind of the one that a folder is on.
func filesystem(dir string) string {
	text, _ := os.ReadFile("/proc/self/mounts")
	kind, longest := "unknown", 0
	for line := range strings.Lines(string(text)) {
		f := strings.Fields(line) // device, folder, kind, …
		if len(f) > 2 && len(f[1]) >= longest && (f[1] == "/" || strings.HasPrefix(dir+"/", f[1]+"/")) {
			kind, longest = f[2], len(f[1])
		}
	}
	return kind
}

// lineOf is what a file of the system says after a word and a colon.
func lineOf(file, word string) string {
	text, _ := os.ReadFile(file)
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == word {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}

func firstLine(file string) string {
	text, _ := os.ReadFile(file)
	line, _, _ := strings.Cut(string(text), "\n")
	return line
}
