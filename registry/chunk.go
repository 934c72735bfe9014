package registry

import (
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"strings"
)

// GroupSize is how many points share one pair in a chunk's aggregate.
const GroupSize = 32

// Chunk is some values of one metric, ordered by step: Step0, Step0 + Stride, …
// or, where they are uneven, Stride 0 and int64 little endian in Steps.
type Chunk struct {
	N      int
	Step0  int64
	Stride int64
	Steps  []byte
	Min    float64 // of the finite values; NaN if there is none
	Max    float64
	Odd    int    // values that Agg cannot hold: not finite, or beyond float32
	Agg    []byte // lowest and highest of each GroupSize values, float32 little endian, NaN where none is finite
	V      []byte // float64 little endian
}

var errChunk = errors.New("registry: a chunk of a metric is damaged")

// EncodeChunk makes a chunk of at least one point. They may come in any order;
// of two with the same step the later one counts.
func EncodeChunk(steps []int64, values []float64) Chunk {
	steps, values = ordered(steps, values)
	c := Chunk{N: len(steps), Step0: steps[0], Stride: 1}
	if c.N > 1 {
		c.Stride = steps[1] - steps[0]
	}
	for i := 2; i < c.N && c.Stride != 0; i++ {
		if steps[i]-steps[i-1] != c.Stride {
			c.Stride = 0
		}
	}
	if c.Stride == 0 {
		c.Steps = make([]byte, 0, 8*c.N)
		for _, s := range steps {
			c.Steps = binary.LittleEndian.AppendUint64(c.Steps, uint64(s))
		}
	}
	c.V = make([]byte, 8*c.N)
	for i, v := range values {
		binary.LittleEndian.PutUint64(c.V[8*i:], math.Float64bits(v))
	}
	c.aggregate(values)
	return c
}

func (c *Chunk) aggregate(values []float64) {
	c.Min, c.Max = math.NaN(), math.NaN()
	c.Agg = make([]byte, 0, 8*((c.N+GroupSize-1)/GroupSize))
	for group := range slices.Chunk(values, GroupSize) {
		lo, hi := math.NaN(), math.NaN()
		for _, v := range group {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				c.Odd++
				continue
			}
			if math.Abs(v) > math.MaxFloat32 {
				c.Odd++
			}
			// Written so that NaN, with which both begin, loses.
			if !(lo <= v) {
				lo = v
			}
			if !(hi >= v) {
				hi = v
			}
		}
		c.Agg = binary.LittleEndian.AppendUint32(c.Agg, math.Float32bits(float32(lo)))
		c.Agg = binary.LittleEndian.AppendUint32(c.Agg, math.Float32bits(float32(hi)))
		if !(c.Min <= lo) && !math.IsNaN(lo) {
			c.Min = lo
		}
		if !(c.Max >= hi) && !math.IsNaN(hi) {
			c.Max = hi
		}
	}
}

// Check returns an error for a chunk whose parts do not belong together. V and
// Agg may be absent, but not be of another length.
func (c Chunk) Check() error {
	groups := (c.N + GroupSize - 1) / GroupSize
	if c.N <= 0 || c.Stride == 0 && len(c.Steps) != 8*c.N || c.V != nil && len(c.V) != 8*c.N || c.Agg != nil && len(c.Agg) != 8*groups {
		return errChunk
	}
	return nil
}

// Step returns the step of point i.
func (c Chunk) Step(i int) int64 {
	if c.Stride == 0 {
		return int64(binary.LittleEndian.Uint64(c.Steps[8*i:]))
	}
	return c.Step0 + int64(i)*c.Stride
}

// Value returns the value of point i.
func (c Chunk) Value(i int) float64 {
	return math.Float64frombits(binary.LittleEndian.Uint64(c.V[8*i:]))
}

// Group returns the lowest and the highest finite value of group i, NaN if it
// has none.
func (c Chunk) Group(i int) (lo, hi float64) {
	lo = float64(math.Float32frombits(binary.LittleEndian.Uint32(c.Agg[8*i:])))
	hi = float64(math.Float32frombits(binary.LittleEndian.Uint32(c.Agg[8*i+4:])))
	return lo, hi
}

// ordered returns points by step, each step once. It copies only what is not.
func ordered(steps []int64, values []float64) ([]int64, []float64) {
	if strictlyRising(steps) {
		return steps, values
	}
	order := make([]int, len(steps))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case steps[a] < steps[b]:
			return -1
		case steps[a] > steps[b]:
			return 1
		}
		return 0
	})
	s, v := make([]int64, 0, len(steps)), make([]float64, 0, len(steps))
	for _, i := range order {
		if n := len(s); n > 0 && s[n-1] == steps[i] {
			v[n-1] = values[i]
			continue
		}
		s, v = append(s, steps[i]), append(v, values[i])
	}
	return s, v
}

func strictlyRising(steps []int64) bool {
	for i := 1; i < len(steps); i++ {
		if steps[i] <= steps[i-1] {
			return false
		}
	}
	return true
}

// Columns turns rows of numbers into columns, one per name.
type Columns struct {
	byName map[string]*Column
	order  []*Column
}

// Column is the values of one metric in the order they were logged.
type Column struct {
	Key    string
	Steps  []int64
	Values []float64
	index  int // in order
	row    int // of the last value
}

// Add takes the numbers that r just read as the row of a step. Rows count up.
func (cs *Columns) Add(row int, step int64, r *LineReader) {
	next := 0
	for name, v := range r.Numbers() {
		// Rows are mostly alike, so the column is mostly the next one.
		if next >= len(cs.order) || cs.order[next].Key != string(name) {
			next = cs.find(name)
		}
		c := cs.order[next]
		next++
		if n := len(c.Values); n > 0 && c.row == row {
			c.Values[n-1] = v
			continue
		}
		c.row = row
		c.Steps, c.Values = append(c.Steps, step), append(c.Values, v)
	}
}

// All returns the columns in the order in which they first came.
func (cs *Columns) All() []*Column { return cs.order }

// find returns the index of the column for a name, which it makes if need be.
func (cs *Columns) find(name []byte) int {
	if cs.byName == nil {
		cs.byName = map[string]*Column{}
	}
	c, ok := cs.byName[string(name)]
	if !ok {
		key := Printable(string(name))
		if c, ok = cs.byName[key]; !ok {
			c = &Column{Key: key, index: len(cs.order)}
			cs.order = append(cs.order, c)
		}
		cs.byName[key], cs.byName[string(name)] = c, c
	}
	return c.index
}

// Printable returns text as Postgres can hold it: valid UTF-8 without NUL.
func Printable(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "")
}
