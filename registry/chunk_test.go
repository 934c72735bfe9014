package registry

import (
	"encoding/binary"
	"math"
	"slices"
	"testing"
)

func TestEncodeChunk(t *testing.T) {
	t.Parallel()
	nan, inf := math.NaN(), math.Inf(1)
	for _, tc := range []struct {
		name          string
		steps         []int64
		values        []float64
		stride        int64
		odd           int
		low, high     float64
		outSteps      []int64
		outValues     []float64
		bytesPerPoint int
	}{
		{"one", []int64{7}, []float64{1.5}, 1, 0, 1.5, 1.5, []int64{7}, []float64{1.5}, 8},
		{"even", []int64{10, 20, 30}, []float64{1, 2, 3}, 10, 0, 1, 3, []int64{10, 20, 30}, []float64{1, 2, 3}, 8},
		{"uneven", []int64{1, 2, 4}, []float64{3, 2, 1}, 0, 0, 1, 3, []int64{1, 2, 4}, []float64{3, 2, 1}, 16},
		{"negative", []int64{-3, -2, -1}, []float64{-3, -2, -1}, 1, 0, -3, -1, []int64{-3, -2, -1}, []float64{-3, -2, -1}, 8},
		{"the later one counts", []int64{1, 2, 1, 2, 3}, []float64{1, 2, 3, 4, 5}, 1, 0, 3, 5, []int64{1, 2, 3}, []float64{3, 4, 5}, 8},
		{"out of order", []int64{3, 1, 2}, []float64{3, 1, 2}, 1, 0, 1, 3, []int64{1, 2, 3}, []float64{1, 2, 3}, 8},
		{"odd", []int64{1, 2, 3, 4}, []float64{nan, 5, inf, -inf}, 1, 3, 5, 5, []int64{1, 2, 3, 4}, []float64{nan, 5, inf, -inf}, 8},
		{"nothing finite", []int64{1, 2}, []float64{nan, -inf}, 1, 2, nan, nan, []int64{1, 2}, []float64{nan, -inf}, 8},
		{"beyond float32", []int64{1, 2}, []float64{1e300, 1}, 1, 1, 1, 1e300, []int64{1, 2}, []float64{1e300, 1}, 8},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := EncodeChunk(tc.steps, tc.values)
			if c.Check() != nil || c.Stride != tc.stride || c.Odd != tc.odd || !alike(c.Min, tc.low) || !alike(c.Max, tc.high) {
				t.Errorf("chunk %+v", c)
			}
			if got := len(c.V) + len(c.Steps); got != tc.bytesPerPoint*len(tc.outSteps) {
				t.Errorf("%d bytes", got)
			}
			wantPoints(t, c, tc.outSteps, tc.outValues)
		})
	}
	for _, c := range []Chunk{{}, {N: 1}, {N: 2, Stride: 1, V: make([]byte, 15)}, {N: 40, Stride: 1, Agg: make([]byte, 8)}, {N: 2, Steps: make([]byte, 8)}} {
		if c.Check() == nil {
			t.Errorf("%+v passes for a chunk", c)
		}
	}
}

// alike is ==, with NaN like NaN.
func alike(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }

func wantPoints(t *testing.T, c Chunk, steps []int64, values []float64) {
	t.Helper()
	if c.N != len(steps) {
		t.Fatalf("%d points, want %d", c.N, len(steps))
	}
	for i := range c.N {
		if c.Step(i) != steps[i] || !alike(c.Value(i), values[i]) {
			t.Fatalf("point %d is %d: %v, want %d: %v", i, c.Step(i), c.Value(i), steps[i], values[i])
		}
	}
}

// FuzzChunk checks that points come out as they went in, that the aggregate
// holds them all, and that stretching the steps changes nothing but the steps.
func FuzzChunk(f *testing.F) {
	f.Add([]byte("0123456789abcdef0123456789abcdef"))
	f.Add(binary.LittleEndian.AppendUint64(make([]byte, 40), math.Float64bits(math.NaN())))
	f.Fuzz(func(t *testing.T, data []byte) {
		var steps []int64
		var values []float64
		last := map[int64]float64{}
		for ; len(data) >= 9; data = data[9:] {
			s, v := int64(int8(data[0])), math.Float64frombits(binary.LittleEndian.Uint64(data[1:]))
			steps, values = append(steps, s), append(values, v)
			last[s] = v
		}
		if len(steps) == 0 {
			return
		}
		c := EncodeChunk(steps, values)
		if err := c.Check(); err != nil || c.N != len(last) {
			t.Fatalf("%d points of %d, %v", c.N, len(last), err)
		}
		odd := 0
		for i := range c.N {
			v := c.Value(i)
			if want, ok := last[c.Step(i)]; !ok || math.Float64bits(v) != math.Float64bits(want) || i > 0 && c.Step(i) <= c.Step(i-1) {
				t.Fatalf("step %d is %v, want %v", c.Step(i), v, want)
			}
			if math.IsNaN(v) || math.Abs(v) > math.MaxFloat32 {
				odd++
				continue
			}
			if lo, hi := c.Group(i / GroupSize); float32(v) < float32(lo) || float32(v) > float32(hi) {
				t.Fatalf("%v is not in [%v, %v]", v, lo, hi)
			}
		}
		if odd != c.Odd {
			t.Fatalf("%d odd values, counted %d", odd, c.Odd)
		}
	})
}

func TestColumns(t *testing.T) {
	t.Parallel()
	var r LineReader
	var cs Columns
	for i, line := range []string{
		`{"_step":5,"a":1,"b":2}`,
		`{"_step":6,"b":3,"a":4,"a":5}`,
		`{"_step":7,"c":6,"x\u0000":1}`,
		`{"_step":8,"x":2,"x\u0000":3}`,
	} {
		if err := r.Read(line); err != nil {
			t.Fatal(err)
		}
		step, _ := r.Step()
		cs.Add(i, step, &r)
	}
	want := map[string][]float64{"_step": {5, 6, 7, 8}, "a": {1, 5}, "b": {2, 3}, "c": {6}, "x": {1, 3}}
	for _, c := range cs.All() {
		if !slices.Equal(c.Values, want[c.Key]) || len(c.Steps) != len(c.Values) {
			t.Errorf("column %s is %v at %v", c.Key, c.Values, c.Steps)
		}
		delete(want, c.Key)
	}
	if len(want) > 0 {
		t.Errorf("missing %v", want)
	}
}
