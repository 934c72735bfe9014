package registry

import (
	"math"
	"sort"
)

// XAxis is what a chart of a run shows to the right.
type XAxis string

// The axes: that of each metric, which is the step where nothing else was
// defined; the step; the time since the script began; the time of day.
const (
	OwnAxis     XAxis = ""
	StepAxis    XAxis = "step"
	RuntimeAxis XAxis = "runtime"
	WallAxis    XAxis = "wall"
)

// UnmarshalText implements encoding.TextUnmarshaler.
func (x *XAxis) UnmarshalText(text []byte) error {
	switch axis := XAxis(text); axis {
	case OwnAxis, StepAxis, RuntimeAxis, WallAxis:
		*x = axis
		return nil
	}
	return InField("x", "Charts have no axis called %q.", text)
}

// Clock is the metric in which clients log the time, "" for steps.
func (x XAxis) Clock() string {
	switch x {
	case RuntimeAxis:
		return "_runtime"
	case WallAxis:
		return "_timestamp"
	}
	return ""
}

// MaxCurves is how many curves are asked for at once.
const MaxCurves = 50

// CurvesQuery says which curves of a run to return: each by its key, from a step
// on where there is one. Over names the metric that is the axis of its own of
// each, "" for steps.
type CurvesQuery struct {
	Keys  []string
	After []*int64 // as many as Keys
	Over  []string // as many as Keys, or none
	X     XAxis
}

// Check returns Invalid for more than can be asked for at once.
func (q CurvesQuery) Check() error {
	if len(q.Keys) > MaxCurves {
		return Errorf(Invalid, "Ask for at most %d curves at once.", MaxCurves)
	}
	if len(q.After) != len(q.Keys) {
		return Errorf(Invalid, "Say for each curve from which step on, or of none.")
	}
	if len(q.Over) > 0 && len(q.Over) != len(q.Keys) {
		return Errorf(Invalid, "Say for each curve over which metric to draw it, or of none.")
	}
	return nil
}

// Axis is the metric that the curve of Keys[i] is drawn over, "" for steps.
func (q CurvesQuery) Axis(i int) string {
	if q.X == OwnAxis && len(q.Over) > 0 {
		return q.Over[i]
	}
	return q.X.Clock()
}

// Tail reports whether only what came after something is asked for.
func (q CurvesQuery) Tail() bool {
	for _, after := range q.After {
		if after == nil {
			return false
		}
	}
	return len(q.Keys) > 0
}

// Curves are metrics of a run.
type Curves struct {
	Live   bool // more may come
	Curves []Curve
}

// Curve is a metric, with where each point stands on its axis if that is another
// than steps and the run logged it.
type Curve struct {
	Key    string
	Series Series
	At     []float64 // of times in seconds; NaN where there is no place
}

// TimesAt returns the time at each step by a clock, a metric that grows with
// them; nil for one that was never logged.
func TimesAt(clock Series, steps []float64) []float64 {
	if len(clock.X) == 0 {
		return nil
	}
	times := make([]float64, len(steps))
	for i, step := range steps {
		at := sort.SearchFloat64s(clock.X, step)
		switch {
		case at == len(clock.X):
			times[i] = clock.Hi[at-1]
		case clock.X[at] == step || at == 0:
			times[i] = clock.Lo[at]
		default:
			share := (step - clock.X[at-1]) / (clock.X[at] - clock.X[at-1])
			times[i] = clock.Lo[at-1] + share*(clock.Lo[at]-clock.Lo[at-1])
		}
		if i > 0 {
			times[i] = math.Max(times[i], times[i-1])
		}
	}
	return times
}

// ValuesAt returns what another metric last was at each step, NaN before it was
// anything; nil for one that was never logged.
func ValuesAt(other Series, steps []float64) []float64 {
	if len(other.X) == 0 {
		return nil
	}
	values := make([]float64, len(steps))
	for i, step := range steps {
		next := sort.Search(len(other.X), func(j int) bool { return other.X[j] > step })
		switch next {
		case 0:
			values[i] = math.NaN()
		case len(other.X):
			values[i] = other.Hi[next-1]
		default:
			values[i] = other.Lo[next-1]
		}
	}
	return values
}
