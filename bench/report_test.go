package main

import (
	"strings"
	"testing"
	"time"
)

func TestAmount(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		v        float64
		down, up string
	}{
		{0, "0.00", "0.00"},
		{0.0049, "0.00", "0.01"},
		{3.999, "3.99", "4.00"},
		{4, "4.00", "4.00"},
		{0.1 + 0.2, "0.30", "0.30"},
		{29.96, "29.9", "30.0"},
		{99.99, "99.9", "100.0"},
		{249_999.9, "249,999", "250,000"},
		{1_234_567, "1,234,567", "1,234,567"},
	} {
		if down, up := amount(c.v, false), amount(c.v, true); down != c.down || up != c.up {
			t.Errorf("%v is %s or %s, want %s or %s", c.v, down, up, c.down, c.up)
		}
	}
}

func TestMedian(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		values []float64
		want   float64
	}{{nil, 0}, {[]float64{7}, 7}, {[]float64{9, 1, 5}, 5}, {[]float64{4, 1, 3, 2}, 2.5}} {
		if got := median(c.values); got != c.want {
			t.Errorf("the median of %v is %v, want %v", c.values, got, c.want)
		}
	}
}

func TestBounds(t *testing.T) {
	t.Parallel()
	fast := figure{unit: "points/s", better: more, ours: []float64{300, 200, 100}, peer: []float64{50}, who: "peer"}
	slow := figure{unit: "s", better: less, ours: []float64{3, 2, 1}, peer: []float64{3}, who: "peer"}
	for _, c := range []struct {
		name           string
		figure         figure
		bound          bound
		asked, outcome string
	}{
		{"more is at least", fast, atLeast(200), "at least 200 points/s", "held"},
		{"more is less than it should be", fast, atLeast(200.5), "at least 200.5 points/s", "**missed**"},
		{"so many times faster", fast, ratioAtLeast(4), "at least 4×", "held"},
		{"not so many times faster", fast, ratioAtLeast(4.01), "at least 4.01×", "**missed**"},
		{"an aim", fast, ratioAtLeast(30).asAim(), "at least 30×", "aim not reached"},
		{"time is at most", slow, atMost(2), "at most 2 s", "held"},
		{"time is longer than it should be", slow, atMost(1.99), "at most 1.99 s", "**missed**"},
		{"time against the peer's", slow, ratioAtLeast(1.5), "at least 1.5×", "held"},
		{"not much slower than the peer", figure{better: less, ours: []float64{1.5}, peer: []float64{1}}, within(1.5), "at most 1.5 times the peer's", "held"},
		{"too much slower than the peer", figure{better: less, ours: []float64{1.51}, peer: []float64{1}}, within(1.5), "at most 1.5 times the peer's", "**missed**"},
		{"faster than the peer", figure{better: more, ours: []float64{2}, peer: []float64{1}}, within(1.5), "at most 1.5 times the peer's", "held"},
		{"no peer to be near to", figure{ours: []float64{1}}, within(1.5), "at most 1.5 times the peer's", "**missed**"},
		{"what was not measured", figure{unit: "MB"}, atMost(60), "at most 60 MB", "**missed**"},
		{"without a peer there is no ratio", figure{ours: []float64{1}}, ratioAtLeast(1), "at least 1×", "**missed**"},
	} {
		if asked, outcome := c.figure.asked(c.bound), c.figure.judged(c.bound); asked != c.asked || outcome != c.outcome {
			t.Errorf("%s: %s is %s, want %s is %s", c.name, asked, outcome, c.asked, c.outcome)
		}
	}
}

func TestReport(t *testing.T) {
	t.Parallel()
	r := report{
		date: time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC), took: 754 * time.Second,
		machine: machine{facts: []version{{"processor", "2 × Some"}}, versions: []version{{"Greenroom", "abc"}}},
		sections: []section{{
			work: work{title: "Things", about: "What is done."},
			figures: []figure{
				{what: "done", unit: "things/s", better: more, ours: []float64{1200.7, 1000, 1300}, peer: []float64{299.2}, who: "Peer 1.0", bounds: []bound{atLeast(1000), ratioAtLeast(30).asAim()}},
				{what: "alone", unit: "MB", better: less, ours: []float64{60.04}, bounds: []bound{atMost(60)}},
			},
		}},
	}
	var b strings.Builder
	r.write(&b)
	got, ok := strings.CutPrefix(b.String(), introduction)
	const want = `
1 of 2 bounds held on 2 January 2030, measured in 12m34s.

| | |
|---|---|
| processor | 2 × Some |
| Greenroom | abc |

## Things

What is done.

| | Greenroom | peer | ratio | bound | result |
|---|---|---|---|---|---|
| done | 1,200 things/s (1,000–1,300) | Peer 1.0: 300 things/s | 4.01× | at least 1,000 things/s<br>at least 30× | held<br>aim not reached |
| alone | 60.1 MB |  |  | at most 60 MB | **missed** |
`
	if !ok || got != want {
		t.Errorf("the report is %s\nwant %s", got, want)
	}
}
