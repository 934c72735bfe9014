package registry

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestPickColumns(t *testing.T) {
	t.Parallel()
	number := func(v float64) RunValue { return RunValue{Number: v, IsNumber: true} }
	runs := []map[string]RunValue{
		{"config.lr": number(0.1), "config.bs": number(64), "config.aug": {Text: "true"}, "summary.epoch": number(1), "summary.loss": number(math.NaN()), "summary.val/acc": number(0.9)},
		{"config.lr": number(0.2), "config.bs": number(64), "config.aug": {Text: "true"}, "summary.epoch": number(2), "summary.loss": number(math.NaN()), "summary.note": {Text: "x"}},
	}
	names := func(columns []RunColumn) (names []string) {
		for _, c := range columns {
			names = append(names, c.Name)
		}
		return names
	}
	for _, tc := range []struct {
		what        string
		runs        []map[string]RunValue
		asked, want []string
	}{
		{"nothing logged", nil, nil, nil},
		{"what differs first", runs, nil, []string{"config.lr", "config.aug", "summary.val/acc", "summary.loss"}},
		{"what was asked for instead", runs, []string{"config.bs", "summary.never", "name", ""}, []string{"config.bs", "summary.never"}},
		{"nothing that is a column", runs, []string{"name"}, []string{"config.lr", "config.aug", "summary.val/acc", "summary.loss"}},
	} {
		columns := PickColumns(tc.runs, tc.asked)
		if !slices.Equal(names(columns), tc.want) {
			t.Errorf("%s: %q", tc.what, names(columns))
		}
	}
	columns := PickColumns(runs, nil)
	if columns[0].Asked || columns[2].Key() != "val/acc" || columns[2].IsConfig() || !columns[0].IsConfig() || !PickColumns(runs, []string{"config.lr"})[0].Asked {
		t.Errorf("columns %+v", columns)
	}
}

func TestLasted(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	at := func(minutes int) time.Time { return start.Add(time.Duration(minutes) * time.Minute) }
	for _, tc := range []struct {
		what  string
		state RunState
		ended *time.Time
		beat  int
		want  int
	}{
		{"running", Running, nil, 4, 60},
		{"finished", Finished, new(at(30)), 29, 30},
		{"crashed, noticed later", Crashed, new(at(30)), 25, 25},
		{"over, nobody knows when", Failed, nil, 12, 12},
		{"a clock that went back", Finished, new(at(-5)), 0, 0},
	} {
		r := Run{State: tc.state, CreatedAt: start, EndedAt: tc.ended, Progress: RunProgress{HeartbeatAt: at(tc.beat)}}
		if got := r.Lasted(at(60)); got != time.Duration(tc.want)*time.Minute {
			t.Errorf("%s: %v, want %d minutes", tc.what, got, tc.want)
		}
	}
}

func TestWhatAnAddressCanAskFor(t *testing.T) {
	t.Parallel()
	var names []string
	for i := range 10_000 {
		names = append(names, fmt.Sprint("config.", i/2))
	}
	asked := AskedColumns(names)
	if len(asked) != maxColumns || asked[0] != "config.0" || asked[1] != "config.1" {
		t.Errorf("%d columns, the first %v", len(asked), asked[:2])
	}
	if got := Words(strings.Repeat(" Word", 10_000)); len(got) != maxWords || got[0] != "word" {
		t.Errorf("%d words", len(got))
	}
}
