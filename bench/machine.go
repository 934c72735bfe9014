package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
)

// A version is which edition of something was used.
type version struct{ what, which string }

// A machine is what the measurements were taken on and with. It tells nothing about whose machine it is.
type machine struct {
	facts    []version
	versions []version
}

func (b *bed) machine() machine {
	return machine{
		facts: []version{
			{"processor", fmt.Sprintf("%d × %s", runtime.NumCPU(), lineOf("/proc/cpuinfo", "model name"))},
			{"memory", lineOf("/proc/meminfo", "MemTotal")},
			{"system", runtime.GOOS + " " + firstLine("/proc/sys/kernel/osrelease")},
		},
		versions: append([]version{{"Greenroom", commit()}, {"Go", runtime.Version()}, {"W&B SDK", sdk}}, b.versions...),
	}
}

// commit is what was measured.
func commit() string {
	out, err := exec.Command("git", "describe", "--always", "--dirty=, changed", "--tags").Output() //nolint:noctx // at once
	if err != nil {
		return "of no commit"
	}
	return strings.TrimSpace(string(out))
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
