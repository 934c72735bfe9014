package registry

// MetricKey is a number that a run logs, and what is known of it.
type MetricKey struct {
	Key  string // nested values by dotted path
	N    int64  // how many values
	Last float64
	Min  float64 // of the finite values; NaN if there is none
	Max  float64
}

// Internal reports whether the client logs the key by itself: steps and times,
// good for an axis, not worth a chart.
func (k MetricKey) Internal() bool { return len(k.Key) > 0 && k.Key[0] == '_' }

// Series is a metric over steps, thinned to about as many buckets as were asked
// for. The slices are equally long and ordered by X.
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
