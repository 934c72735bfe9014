package ui_test

import (
	"math"
	"testing"
	"time"

	"greenroom/views/ui"
)

func TestBytes(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{
		0: "0 B", 999: "999 B", 1000: "1.0 kB", 9_949: "9.9 kB", 9_950: "10 kB", 999_499: "999 kB", 999_500: "1.0 MB",
		4_812_345: "4.8 MB", 48_000_000: "48 MB", 1_200_000_000: "1.2 GB", math.MaxInt64: "9.2 EB",
	} {
		if got := ui.Bytes(n); got != want {
			t.Errorf("Bytes(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestNumber(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 1_234_567: "1,234,567", -1000: "−1,000", math.MinInt64: "−9,223,372,036,854,775,808"} {
		if got := ui.Number(n); got != want {
			t.Errorf("Number(%d) = %q, want %q", n, got, want)
		}
	}
	if got := ui.Plural(1, "version", "versions"); got != "1 version" {
		t.Errorf("one: %q", got)
	}
	if got := ui.Plural(1612, "version", "versions"); got != "1,612 versions" {
		t.Errorf("many: %q", got)
	}
}

func TestMetric(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		v    float64
		want string
	}{
		{0.9946, "0.9946"}, {0.5, "0.5000"}, {1, "1"}, {-0.25, "−0.2500"}, {12.345, "12.35"}, {1742.26, "1,742.3"}, {18760, "18,760"},
		{0.00031, "3.10e−4"}, {-2.5e-12, "−2.50e−12"}, {3.2e18, "3.20e+18"}, {math.NaN(), "NaN"}, {math.Inf(1), "∞"}, {math.Inf(-1), "−∞"},
	} {
		if got := ui.Metric(c.v); got != c.want {
			t.Errorf("Metric(%v) = %q, want %q", c.v, got, c.want)
		}
	}
}

func TestAgo(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		at   time.Time
		want string
	}{
		{time.Time{}, "Never"},
		{now.Add(20 * time.Second), "just now"},
		{now.Add(-59 * time.Second), "just now"},
		{now.Add(-12*time.Minute - 40*time.Second), "12 min ago"},
		{now.Add(-4 * time.Hour), "4 h ago"},
		{now.Add(-25 * time.Hour), "1 day ago"},
		{now.Add(-6 * 24 * time.Hour), "6 days ago"},
		{now.Add(-14 * 24 * time.Hour), "9 Nov"},
		{now.AddDate(-1, 0, -14), "9 Nov 2025"},
		{now.AddDate(0, 3, 0), "23 Feb 2027"},
	} {
		if got := ui.Ago(c.at, now); got != c.want {
			t.Errorf("Ago(%v) = %q, want %q", c.at, got, c.want)
		}
	}
	if got := ui.Exact(now); got != "Mon 23 Nov 2026, 15:00:00 UTC" {
		t.Errorf("Exact = %q", got)
	}
}

func TestLasted(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		-time.Second: "0 s", 41 * time.Second: "41 s", 12 * time.Minute: "12 min", 3*time.Hour + 20*time.Minute: "3 h 20 min",
		2 * time.Hour: "2 h", 28 * time.Hour: "1 day 4 h", 48 * time.Hour: "2 days",
	} {
		if got := ui.Lasted(d); got != want {
			t.Errorf("Lasted(%v) = %q, want %q", d, got, want)
		}
	}
}

func TestPeople(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"Ana Ruiz": "AR", "ana.ruiz": "AR", "vision": "VI", "José María Ñúñez": "JÑ", "x": "X", "—": "?", "": "?"} {
		if got := ui.Initials(name); got != want {
			t.Errorf("Initials(%q) = %q, want %q", name, got, want)
		}
	}
	if ui.Tint("Ana Ruiz") != ui.Tint("ana ruiz") {
		t.Error("a tint must not hang on capitals")
	}
}
