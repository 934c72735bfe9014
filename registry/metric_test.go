package registry

import (
	"math"
	"slices"
	"testing"
	"time"
)

func TestThin(t *testing.T) {
	t.Parallel()
	nan, inf := math.NaN(), math.Inf(1)
	s := Thin([]int64{3, 1, 2, 2}, []float64{30, 10, 20, 21}, 1, 3, 10)
	if !slices.Equal(s.X, []float64{1, 2, 3}) || !slices.Equal(s.Y, []float64{10, 21, 30}) || !slices.Equal(s.Lo, s.Y) || !slices.Equal(s.Hi, s.Y) {
		t.Errorf("few points: %+v", s)
	}
	if s := Thin([]int64{1, 2, 3}, []float64{1, 2, 3}, 2, 2, 10); !slices.Equal(s.X, []float64{2}) {
		t.Errorf("a window: %+v", s)
	}
	if s := Thin(nil, nil, 0, 0, 10); len(s.X) != 0 {
		t.Errorf("nothing: %+v", s)
	}

	steps, values := make([]int64, 10_000), make([]float64, 10_000)
	for i := range steps {
		steps[i], values[i] = int64(i), math.Sin(float64(i))
	}
	values[1234], values[5678] = 1000, -1000
	s = Thin(steps, values, 0, 9999, 100)
	if len(s.X) != 100 || slices.Max(s.Hi) != 1000 || slices.Min(s.Lo) != -1000 || s.Hi[12] != 1000 || s.X[12] != 1200 {
		t.Errorf("%d buckets, Hi %v", len(s.X), s.Hi[12])
	}
	for i, lo := range s.Lo {
		if !(lo <= s.Y[i] && s.Y[i] <= s.Hi[i]) {
			t.Errorf("bucket %d: %v <= %v <= %v", i, lo, s.Y[i], s.Hi[i])
		}
	}

	odd := Thin([]int64{1, 2, 3, 4, 5, 6}, []float64{nan, nan, 1, inf, -inf, nan}, 1, 6, 10).Odd
	if want := []Odd{{1, 2, "NaN"}, {4, 4, "Infinity"}, {5, 5, "-Infinity"}, {6, 6, "NaN"}}; !slices.Equal(odd, want) {
		t.Errorf("Odd = %v, want %v", odd, want)
	}
	for i := range values {
		values[i] = []float64{nan, 1, inf, -inf}[i%4]
	}
	if s := Thin(steps, values, 0, 9999, 100); len(s.Odd) > 300 || len(s.X) != 100 {
		t.Errorf("%d stretches in %d buckets", len(s.Odd), len(s.X))
	}
}

func TestSampler(t *testing.T) {
	t.Parallel()
	copies := 0
	own := func(i int) int { copies++; return i }
	for _, tc := range []struct{ limit, n, want int }{
		{0, 1000, 1000}, {10, 0, 0}, {10, 1, 1}, {10, 10, 10}, {10, 11, 10}, {10, 20, 10}, {10, 21, 10}, {10, 100_000, 10}, {1, 77, 1}, {500, 1234, 500},
	} {
		s := NewSampler(tc.limit, own)
		for i := range tc.n {
			s.Add(i)
		}
		got := s.Chosen()
		if len(got) != tc.want || tc.n > 0 && got[len(got)-1] != tc.n-1 || tc.want > 1 && got[0] != 0 || !slices.IsSorted(got) || len(slices.Compact(got)) != tc.want {
			t.Errorf("%d of %d: %v", tc.limit, tc.n, got)
		}
	}
	if copies > 6000 {
		t.Errorf("%d copies were made", copies)
	}
}

func TestHear(t *testing.T) {
	t.Parallel()
	zero, one := 0, 1
	end := func(code int) RunLines { return RunLines{Complete: true, ExitCode: code} }
	for _, tc := range []struct {
		name  string
		state RunState
		exit  *int
		said  RunLines
		want  RunState
		code  *int
	}{
		{"goes on", Running, nil, RunLines{}, Running, nil},
		{"begins", PendingRun, nil, RunLines{}, Running, nil},
		{"ends well", Running, nil, end(0), Finished, &zero},
		{"ends badly", Running, nil, end(1), Failed, &one},
		{"says so again", Finished, &zero, end(0), Finished, &zero},
		{"late lines", Finished, &zero, RunLines{}, Finished, &zero},
		{"ends another way", Finished, &zero, end(1), Failed, &one},
		{"was only silent", Crashed, nil, RunLines{}, Running, nil},
		{"was silent until its end", Crashed, nil, end(0), Finished, &zero},
		{"may be taken away", Running, nil, RunLines{Preempting: true}, Preempting, nil},
		{"is still there", Preempting, nil, RunLines{}, Preempting, nil},
		{"was taken away", Preempting, nil, end(1), Preempted, &one},
		{"was taken away, again", Preempted, &one, end(1), Preempted, &one},
		{"finished before that", Preempting, nil, end(0), Finished, &zero},
		{"comes back", Preempted, &one, RunLines{}, Running, nil},
		{"was killed", Killed, nil, end(1), Killed, nil},
		{"says something after it was killed", Killed, nil, RunLines{}, Killed, nil},
	} {
		state, code := Run{State: tc.state, ExitCode: tc.exit}.Hear(tc.said)
		if state != tc.want || (code == nil) != (tc.code == nil) || code != nil && *code != *tc.code {
			t.Errorf("%s: %s, %v, want %s, %v", tc.name, state, code, tc.want, tc.code)
		}
	}
}

// A time is the same whichever way it is read.
func TestParseOutputReadsTimes(t *testing.T) {
	t.Parallel()
	for _, stamp := range []string{
		"2026-11-23T08:36:39.791260", "2026-11-23T08:36:39.79", "2026-11-23T08:36:39", "2024-02-29T23:59:59.999999", "2026-02-29T08:36:39.791260", "2026-12-31T00:00:00.000001",
		"0001-01-01T00:00:00.000000", "2026-13-01T08:36:39.791260", "2026-00-01T08:36:39.791260", "2026-11-00T08:36:39.791260", "2026-11-23T24:00:00.000000", "2026-11-23T08:60:39.791260",
		"2026-11-23T08:36:60.791260", "2026-11-23 08:36:39.791260", "2026-11-23T08:36:39,791260", "2026-11-2xT08:36:39.791260", "2026-11-23T08:36:39.79126x", "2026-11-23T08:36:39.7912601",
	} {
		want, err := time.Parse("2006-01-02T15:04:05.999999", stamp)
		if got := ParseOutput(1, stamp+" text").At; (got != nil) != (err == nil) || got != nil && !got.Equal(want) {
			t.Errorf("%s is %v, want %v, %v", stamp, got, want, err)
		}
	}
}

func TestParseOutput(t *testing.T) {
	t.Parallel()
	const at = "2026-11-23 08:36:39.79126 +0000 UTC"
	for _, tc := range []struct{ raw, at, level, label, text string }{
		{`{"level":"error","ts":"2026-11-23T08:36:39.791260","label":"rank 0","content":"text\n"}`, at, "error", "rank 0", "text"},
		{`{"ts":"2026-11-23T08:36:39.791260","content":""}`, at, "", "", ""},
		{"2026-11-23T08:36:39.791260 hello world\n", at, "", "", "hello world"},
		{"ERROR 2026-11-23T08:36:39.791260 oh", at, "error", "", "oh"},
		{"2026-11-23T08:36:39.791260", at, "", "", ""},
		{"ERROR nothing more", "", "", "", "ERROR nothing more"},
		{`{"loss": 1}`, "", "", "", `{"loss": 1}`},
		{`{"content": 1, "ts": "x"}`, "", "", "", `{"content": 1, "ts": "x"}`},
		{"plain \x00 \xff", "", "", "", "plain \x00 \xff"},
		{"", "", "", "", ""},
	} {
		l := ParseOutput(5, tc.raw)
		gotAt := ""
		if l.At != nil {
			gotAt = l.At.String()
		}
		if l.Number != 5 || gotAt != tc.at || l.Level != tc.level || l.Label != tc.label || l.Text != tc.text {
			t.Errorf("ParseOutput(%q) = %+v at %s", tc.raw, l, gotAt)
		}
	}
}
