package views

import (
	"strings"

	"github.com/aymanbagabas/go-udiff"
)

// diffLine is a line of a comparison of two texts.
type diffLine struct {
	Sign byte // '+' came, '-' went, ' ' stayed, '@' lines are left out before the next
	Text string
}

// diffLines compares two texts line by line; nothing is left out that changed.
func diffLines(before, after string) []diffLine {
	before, after = ended(before), ended(after)
	unified, err := udiff.ToUnified("", "", before, udiff.Lines(before, after), udiff.DefaultContextLines)
	if err != nil || unified == "" {
		return nil
	}
	var lines []diffLine
	for i, line := range strings.Split(strings.TrimSuffix(unified, "\n"), "\n") {
		if i < 2 || line == "" { // the names of the two
			continue
		}
		if line[0] == '@' {
			if !strings.HasPrefix(line, "@@ -0,") && !strings.HasPrefix(line, "@@ -1,") && !strings.HasPrefix(line, "@@ -1 ") {
				lines = append(lines, diffLine{Sign: '@'})
			}
			continue
		}
		lines = append(lines, diffLine{Sign: line[0], Text: line[1:]})
	}
	return lines
}

// ended ends the last line of a text, so that it compares like the others.
func ended(text string) string {
	if text == "" || strings.HasSuffix(text, "\n") {
		return text
	}
	return text + "\n"
}
