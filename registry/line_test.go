package registry

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"strings"
	"testing"
)

func numbersOf(r *LineReader) map[string]float64 {
	found := map[string]float64{}
	for name, v := range r.Numbers() {
		found[string(name)] = v
	}
	return found
}

func TestLineReaderFindsNumbers(t *testing.T) {
	t.Parallel()
	inf := math.Inf(1)
	for _, tc := range []struct {
		line string
		want map[string]float64 // nil for what is no line
	}{
		{`{}`, map[string]float64{}},
		{` { "a" : 1 , "b":-2.5e3 } `, map[string]float64{"a": 1, "b": -2500}},
		{`{"a":1.795422902851973e+09}`, map[string]float64{"a": 1.795422902851973e+09}},
		{`{"a":Infinity,"b":-Infinity}`, map[string]float64{"a": inf, "b": -inf}},
		{`{"a":1e999}`, map[string]float64{"a": inf}},
		{`{"a":"1","b":true,"c":null,"d":[1,2,NaN,{"e":1}],"f":false}`, map[string]float64{}},
		{`{"a":{"b":{"c":1},"d":2},"a.d":3}`, map[string]float64{"a.b.c": 1, "a.d": 3}},
		{`{"a":1,"a":2}`, map[string]float64{"a": 2}},
		{`{"img":{"width":3,"_type":"image-file","size":4},"x":1}`, map[string]float64{"x": 1}},
		{`{"a":{"_type":"histogram","b":{"c":1}},"d":{"e":1}}`, map[string]float64{"d.e": 1}},
		{`{"a":{"b":{"_type":"x","n":1},"c":2}}`, map[string]float64{"a.c": 2}},
		{`{"_wandb":{"runtime":1},"_step":3}`, map[string]float64{"_step": 3}},
		{`{"train/loss":1,"a\"b":2,"é":3,"\u00e9\n":4,"x.y":5}`, map[string]float64{"train/loss": 1, `a"b`: 2, "é": 3, "é\n": 4, "x.y": 5}},
		{`{"` + strings.Repeat("k", 1025) + `":1,"b":2}`, map[string]float64{"b": 2}},
		{strings.Repeat(`{"a":`, 20) + `1` + strings.Repeat(`}`, 20), map[string]float64{}},
		{strings.Repeat(`{"a":`, 400) + `1` + strings.Repeat(`}`, 400), map[string]float64{}},
		{strings.Repeat(`{"a":`, 100_000), nil},
		{`{"a":` + strings.Repeat(`[`, 100_000), nil},
		{``, nil}, {`[]`, nil}, {`1`, nil}, {`NaN`, nil}, {`"a"`, nil}, {`null`, nil},
		{`{`, nil}, {`{"a"`, nil}, {`{"a":`, nil}, {`{"a":1`, nil}, {`{"a":1,`, nil}, {`{"a":1,}`, nil}, {`{a:1}`, nil},
		{`{"a":1}}`, nil}, {`{"a":1} x`, nil}, {`{"a":1,,"b":2}`, nil}, {`{"a" 1}`, nil}, {`{"a":nope}`, nil}, {`{"a":Nonsense}`, nil},
		{`{"a":NaN5}`, nil}, {`{"a":-}`, nil}, {`{"a":1-2}`, nil}, {`{"a":"x}`, nil}, {`{"a":"x\"}`, nil}, {`{"a":tru}`, nil}, {`{"\x":1}`, nil},
	} {
		var r LineReader
		err := r.Read(tc.line)
		if (err == nil) != (tc.want != nil) {
			t.Errorf("Read(%.60s) = %v", tc.line, err)
		} else if err == nil && !maps.Equal(numbersOf(&r), tc.want) {
			t.Errorf("Read(%.60s) found %v, want %v", tc.line, numbersOf(&r), tc.want)
		}
	}

	var r LineReader
	if err := r.Read(`{"a":NaN,"b":{"c":NaN}}`); err != nil || !math.IsNaN(numbersOf(&r)["a"]) || !math.IsNaN(numbersOf(&r)["b.c"]) {
		t.Errorf("NaN: %v, %v", err, numbersOf(&r))
	}
}

func TestStepOfALine(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		`{"_step":7}`: "7 true", `{"_step":7.9}`: "7 true", `{"_step":-1}`: "-1 true", `{"_step":1,"_step":2}`: "2 true",
		`{"loss":0.5,"_step":12,"acc":1}`: "12 true", `{"_step":3,"_step":"7"}`: "3 true", `{"_step":1,"\u005fstep":2}`: "2 true",
		`{"_step": 5 , "a":"{"}`: "5 true", `{"_step":1e3}`: "1000 true", `{"a":"\"_step\":8","_step":9}`: "9 true", `{"a":{"_step":7},"_step":8}`: "8 true",
		`{"_step":9007199254740993}`: "0 false", `{"b":"_step","_step":0}`: "0 true", `{"a":"\"_step\":8"}`: "0 false",
		`{}`: "0 false", `{"_step":NaN}`: "0 false", `{"_step":1e300}`: "0 false", `{"_step":"7"}`: "0 false", `{"a":{"_step":7}}`: "0 false",
	} {
		var r LineReader
		if err := r.Read(line); err != nil {
			t.Fatal(err)
		}
		step, ok := r.Step()
		if got := fmt.Sprint(step, ok); got != want {
			t.Errorf("Step of %s = %s, want %s", line, got, want)
		}
		if step, ok := r.StepOf(line); fmt.Sprint(step, ok) != want {
			t.Errorf("StepOf %s = %d %t, want %s", line, step, ok, want)
		}
		given := WithStep(line, 99)
		if err := r.Read(given); err != nil {
			t.Errorf("WithStep made %s of %s", given, line)
		}
		if step, _ := r.Step(); step != 99 {
			t.Errorf("WithStep made %s of %s", given, line)
		}
	}
}

func TestPick(t *testing.T) {
	t.Parallel()
	const line = `{"_step":1,"loss":NaN,"a":{"b":{"c":[1,NaN,"NaN \" Infinity"]},"x":2},"a.y":3,"s":"text","img":{"_type":"image-file","path":"p"}}`
	for _, tc := range []struct {
		keys []string
		want string
	}{
		{[]string{"_step", "loss"}, `{"_step":1,"loss":"NaN"}`},
		{[]string{"a.b.c"}, `{"a.b.c":[1,"NaN","NaN \" Infinity"]}`},
		{[]string{"a"}, `{"a":{"b":{"c":[1,"NaN","NaN \" Infinity"]},"x":2}}`},
		{[]string{"a.x", "a.y", "s"}, `{"a.x":2,"a.y":3,"s":"text"}`},
		{[]string{"img"}, `{"img":{"_type":"image-file","path":"p"}}`},
		{[]string{"loss", "missing"}, `null`},
		{[]string{"a.b.d"}, `null`},
		{[]string{"_step", "s", "_step"}, `{"_step":1,"s":"text"}`},
		{nil, `{}`},
	} {
		var r LineReader
		row, err := r.Pick(line, tc.keys)
		if got, _ := json.Marshal(row); err != nil || string(got) != tc.want {
			t.Errorf("Pick(%q) = %s, %v, want %s", tc.keys, got, err, tc.want)
		}
	}
	for raw, want := range map[string]string{`-Infinity`: `"-Infinity"`, `01`: `null`, `"\x"`: `null`, `[Infinity]`: `["Infinity"]`, `"I am NaN"`: `"I am NaN"`} {
		if got := string(strict(raw)); got != want {
			t.Errorf("strict(%s) = %s, want %s", raw, got, want)
		}
	}
}

// FuzzLineReader checks that whatever encoding/json takes for an object is a
// line with the same numbers at its top, and that nothing makes the reader fall.
func FuzzLineReader(f *testing.F) {
	for _, seed := range []string{`{"a":1,"b":{"c":NaN}}`, `{"_step":1e3,"x":[{"y":"\u0000\""}]}`, `{"a":-Infinity}`, `{"a":`, "{\"\xff\":1}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		var r LineReader
		err := r.Read(line)
		if _, pickErr := r.Pick(line, []string{"a.b", "c"}); (err == nil) != (pickErr == nil) {
			t.Fatalf("Read: %v, Pick: %v", err, pickErr)
		}
		var sent map[string]any
		if json.Unmarshal([]byte(line), &sent) != nil || sent == nil {
			return
		}
		if err := r.Read(line); err != nil {
			t.Fatalf("refused %q", line)
		}
		found := numbersOf(&r)
		for key, v := range sent {
			if v, ok := v.(float64); ok && len(key) <= MaxMetricName && !strings.Contains(key, "\uFFFD") && !strings.Contains(key, ".") && found[key] != v {
				t.Fatalf("%q is %v, not %v", key, found[key], v)
			}
		}
	})
}
