package registry

import (
	"math"
	"slices"
	"testing"
)

func compared() []VersionRow {
	return []VersionRow{
		{Version: Version{Number: 6}, Stages: []Stage{{Name: "staging", Position: 1}}, Figures: map[string]float64{"acc": 0.9, "loss": 0.2, "same": 1}},
		{Version: Version{Number: 5}, Stages: []Stage{{Name: "production", Position: 2}}, Figures: map[string]float64{"acc": 0.8, "loss": 0.1, "same": 1}},
		{Version: Version{Number: 4}, Figures: map[string]float64{"acc": 0.9, "same": 1, "only": math.NaN()}},
	}
}

// The others are measured against what was asked for, or the highest stage, or
// the first.
func TestChooseBase(t *testing.T) {
	t.Parallel()
	rows := compared()
	for want, asked := range map[int]*int{1: nil, 2: new(4), 0: new(6)} {
		if got := ChooseBase(rows, asked); got != want {
			t.Errorf("asked for %v: %d, want %d", asked, got, want)
		}
	}
	if got := ChooseBase(rows, new(99)); got != 1 {
		t.Errorf("a version that is not there leads to %d", got)
	}
	if got := ChooseBase(rows[2:], nil); got != 0 {
		t.Errorf("without stages, %d", got)
	}
}

func TestCompareFigures(t *testing.T) {
	t.Parallel()
	var figures []map[string]float64
	for _, v := range compared() {
		figures = append(figures, v.Figures)
	}
	lines := CompareFigures([]string{"only", "loss", "acc", "same"}, figures)
	var keys []string
	for _, l := range lines {
		keys = append(keys, l.Key)
	}
	if !slices.Equal(keys, []string{"acc", "same", "loss", "only"}) {
		t.Errorf("the lines are %v", keys)
	}
	if acc := lines[0]; !slices.Equal(acc.Best, []bool{true, false, true}) || acc.LowerIsBetter || acc.Same {
		t.Errorf("acc is %+v", acc)
	}
	if same := lines[1]; !same.Same || slices.Contains(same.Best, true) {
		t.Errorf("what is the same is %+v", same)
	}
	if loss := lines[2]; !loss.LowerIsBetter || !slices.Equal(loss.Best, []bool{false, true, false}) || loss.Values[2] != nil {
		t.Errorf("loss is %+v", loss)
	}
	if only := lines[3]; slices.Contains(only.Best, true) || only.Same {
		t.Errorf("NaN is %+v", only)
	}
	s := SideBySide{Figures: lines, Base: 1}
	if better, worse, both := s.AgainstBase(0); better != 1 || worse != 1 || both != 3 {
		t.Errorf("v6 is better on %d and worse on %d of %d", better, worse, both)
	}
}

func TestCompareValues(t *testing.T) {
	t.Parallel()
	lines := CompareValues([]map[string]RunValue{
		{"config.lr": {Number: 0.1, IsNumber: true}, "config.net": {Text: "cnn"}, "config.aug": {Text: ""}},
		{"config.lr": {Number: 1e-7, IsNumber: true}, "config.net": {Text: "cnn"}},
	})
	if len(lines) != 3 || lines[0].Key != "aug" || lines[0].Same || lines[1].Values[1] != "1e-07" || !lines[2].Same {
		t.Errorf("the lines are %+v", lines)
	}
	if (CompareQuery{Versions: make([]int, MostCompared)}).Check() != nil || KindOf((CompareQuery{Versions: make([]int, MostCompared+1)}).Check()) != Invalid {
		t.Error("how many may be compared is not what it says")
	}
	q := CompareQuery{Versions: []int{1, 2}, Base: new(1)}
	if without := q.Without(1); without.Base != nil || !slices.Equal(without.Versions, []int{2}) || len(q.Versions) != 2 {
		t.Errorf("without v1: %+v", without)
	}
	if (RunCompareQuery{Runs: make([]string, MostCompared)}).Check() != nil || KindOf((RunCompareQuery{Runs: make([]string, MostCompared+1)}).Check()) != Invalid {
		t.Error("how many runs may be compared is not what it says")
	}
	r := RunCompareQuery{Runs: []string{"a", "b"}, Base: "a"}
	if without := r.Without("a"); without.Base != "" || !slices.Equal(without.Runs, []string{"b"}) || len(r.Runs) != 2 || r.Without("b").Base != "a" {
		t.Errorf("without a: %+v", without)
	}
}
