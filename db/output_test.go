package db_test

import (
	"fmt"
	"strings"
	"testing"

	"greenroom/registry"
)

func TestOutput(t *testing.T) {
	t.Parallel()
	d, h := house(t)
	line := func(i int, text string) string {
		return fmt.Sprintf(`{"ts":"2026-11-23T08:36:%02d.000000","content":%q}`, i, text)
	}
	var lines []string
	for i := range 10 {
		lines = append(lines, line(i, fmt.Sprint("line ", i)))
	}
	say(t, d, h.Bob, stream(registry.OutputStream, 0, lines[:4]...))
	say(t, d, h.Bob, stream(registry.OutputStream, 4, lines[4:]...))
	say(t, d, h.Bob, stream(registry.OutputStream, 3, line(3, "epoch 1: 50%")))
	say(t, d, h.Bob, stream(registry.OutputStream, 3, line(3, "epoch 1: 100%"), line(4, "rewritten")))
	say(t, d, h.Bob, stream(registry.OutputStream, 12, "ERROR 2026-11-23T08:36:39.791260 oh\x00\xff no\n", ""))

	for _, tc := range []struct {
		first, last int
		after       int64
		more        bool
		want        string
	}{
		{5, 0, -1, true, "0:line 0 1:line 1 2:line 2 3:epoch 1: 100% 4:rewritten"},
		{5, 0, 4, true, "5:line 5 6:line 6 7:line 7 8:line 8 9:line 9"},
		{5, 0, 9, false, "12:oh\x00\xff no 13:"},
		{100, 0, 11, false, "12:oh\x00\xff no 13:"},
		{100, 0, 13, false, ""},
		{0, 3, -1, true, "9:line 9 12:oh\x00\xff no 13:"},
		{0, 1000, -1, false, "0:line 0 1:line 1 2:line 2 3:epoch 1: 100% 4:rewritten 5:line 5 6:line 6 7:line 7 8:line 8 9:line 9 12:oh\x00\xff no 13:"},
	} {
		got, more, err := d.OutputLines(t.Context(), h.Vera, training, tc.first, tc.last, tc.after)
		must(t, err)
		var texts []string
		for _, l := range got {
			texts = append(texts, fmt.Sprint(l.Number, ":", l.Text))
		}
		if text := strings.Join(texts, " "); text != tc.want || more != tc.more {
			t.Errorf("OutputLines(%d, %d, %d) = %q, %v, want %q, %v", tc.first, tc.last, tc.after, text, more, tc.want, tc.more)
		}
	}
	run := wantState(t, d, h.Vera, registry.Running)
	if run.Progress.OutputLines != 14 {
		t.Errorf("%d lines", run.Progress.OutputLines)
	}
}

// What was printed comes whole, each line once, however it is kept.
func TestPrinted(t *testing.T) {
	t.Parallel()
	d, h := house(t)
	const printed = 12_345
	lines := make([]string, printed)
	for i := range lines {
		lines[i] = fmt.Sprint(i)
	}
	for from := 0; from < printed; from += 4321 {
		say(t, d, h.Bob, stream(registry.OutputStream, int64(from), lines[from:min(from+4321, printed)]...))
	}
	for _, from := range []int64{0, 1, 5000, printed - 1, printed} {
		next, more := from, true
		for more {
			var read []registry.OutputLine
			var err error
			read, more, err = d.Printed(t.Context(), h.Vera, training, next-1)
			must(t, err)
			if len(read) == 0 && more {
				t.Fatalf("nothing behind %d, and yet more", next-1)
			}
			for _, l := range read {
				if l.Number != next || l.Text != fmt.Sprint(next) {
					t.Fatalf("from %d on line %d is %d, %q", from, next, l.Number, l.Text)
				}
				next++
			}
		}
		if next != printed {
			t.Errorf("from %d on it ends at %d, want %d", from, next, printed)
		}
	}
}
