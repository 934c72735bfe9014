package registry

import "sort"

// MetricBuckets is how many points a curve on a page has at most.
const MetricBuckets = 1000

// MetricQuery says which part of a metric to show, by steps; nil for no bound.
type MetricQuery struct {
	Key      string
	From, To *int64
}

// MetricPage is one metric of a run.
type MetricPage struct {
	RunDetail
	Key    string
	Over   string // the metric that it is drawn over, "" for steps
	Series Series
}

// From is the part of a series from x on.
func (s Series) From(x float64) Series {
	at := sort.SearchFloat64s(s.X, x)
	s.X, s.Y, s.Lo, s.Hi = s.X[at:], s.Y[at:], s.Lo[at:], s.Hi[at:]
	return s
}

// Banded reports whether some point stands for several different values.
func (s Series) Banded() bool {
	for i, lo := range s.Lo {
		if lo != s.Hi[i] {
			return true
		}
	}
	return false
}
