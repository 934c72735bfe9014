package registry

import (
	"math"
)

// MetricKey is a number that a run logs, and what is known of it.
type MetricKey struct {
	Key  string // nested values by dotted path
	N    int64  // how many values
	Last float64
	Min  float64 // of the finite values; NaN if there is none
	Max  float64
}

// Series is a metric over steps, thinned to about as many buckets as were asked
// for. The slices X, Y, Lo and Hi are equally long and ordered by X.
type Series struct {
	X   []float64 // the step, of a bucket the first
	Y   []float64 // the value; in a bucket of several the middle between Lo and Hi
	Lo  []float64 // the lowest value in the bucket
	Hi  []float64 // the highest
	Odd []Odd     // what a curve cannot show
}

// Odd is a stretch of values that are not finite numbers.
type Odd struct {
	From  int64  // step
	To    int64  // step, inclusive
	Value string // "NaN", "Infinity" or "-Infinity"
}

// Thinner makes a series of points that come ordered by step.
type Thinner struct {
	series   Series
	from     int64
	width    uint64 // of a bucket in steps
	bucket   uint64 // that the last point fell into
	straight bool   // the last value was odd
}

// NewThinner returns a thinner for points with steps in [from, to] that makes at
// most so many buckets.
func NewThinner(from, to int64, buckets int) *Thinner {
	span := uint64(to-from) + 1
	n := uint64(max(buckets, 1))
	return &Thinner{from: from, width: max(1, span/n+min(1, span%n))}
}

// Add takes the next point. Those outside of the range are left out by whoever
// calls.
func (th *Thinner) Add(step int64, value float64) {
	switch {
	case math.IsNaN(value):
		th.addOdd(step, "NaN")
	case math.IsInf(value, 1):
		th.addOdd(step, "Infinity")
	case math.IsInf(value, -1):
		th.addOdd(step, "-Infinity")
	default:
		th.AddGroup(step, value, value)
	}
}

// AddGroup takes the next points, of which the first step and the lowest and
// highest value are known.
func (th *Thinner) AddGroup(step int64, lo, hi float64) {
	s := &th.series
	th.straight = false
	bucket := th.bucketOf(step)
	n := len(s.X)
	if n == 0 || bucket != th.bucket {
		th.bucket = bucket
		s.X, s.Y = append(s.X, float64(step)), append(s.Y, middle(lo, hi))
		s.Lo, s.Hi = append(s.Lo, lo), append(s.Hi, hi)
		return
	}
	s.Lo[n-1], s.Hi[n-1] = min(s.Lo[n-1], lo), max(s.Hi[n-1], hi)
	s.Y[n-1] = middle(s.Lo[n-1], s.Hi[n-1])
}

// addOdd lengthens a stretch of the same kind that goes on or ended in the same
// bucket, so that there are never more than three per bucket.
func (th *Thinner) addOdd(step int64, value string) {
	odd := th.series.Odd
	goesOn := th.straight
	th.straight = true
	for i := len(odd) - 1; i >= max(0, len(odd)-3); i-- {
		if odd[i].Value == value && (goesOn && i == len(odd)-1 || th.bucketOf(odd[i].To) == th.bucketOf(step)) {
			odd[i].To = step
			return
		}
	}
	th.series.Odd = append(odd, Odd{From: step, To: step, Value: value})
}

func (th *Thinner) bucketOf(step int64) uint64 { return uint64(step-th.from) / th.width }

// Series returns what has been taken in.
func (th *Thinner) Series() Series { return th.series }

func middle(lo, hi float64) float64 {
	if lo == hi {
		return lo // halves of the smallest numbers are 0
	}
	return lo/2 + hi/2
}

// Thin makes a series of points in any order, those of [from, to]; of two with
// the same step the later one counts. No more points than buckets are left as
// they are.
func Thin(steps []int64, values []float64, from, to int64, buckets int) Series {
	steps, values = ordered(steps, values)
	if len(steps) <= buckets {
		buckets = math.MaxInt
	}
	th := NewThinner(from, to, buckets)
	for i, s := range steps {
		if s >= from && s <= to {
			th.Add(s, values[i])
		}
	}
	return th.Series()
}
