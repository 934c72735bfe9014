package registry

import (
	"math"
	"slices"
	"testing"
)

// An order goes into an address and comes back; what is none is the list's own.
func TestVersionOrder(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]VersionOrder{
		"": {}, "-number": {Reversed: true}, "created": {By: OrderCreated}, "-created": {By: OrderCreated, Reversed: true},
		"by.val/acc": {By: "val/acc"}, "-by.metadata.acc": {By: "metadata.acc", Reversed: true}, "by.created": {By: "created"},
	} {
		got := ReadVersionOrder(text)
		if text == "by.created" {
			continue // a metric of that name cannot be told from the time; the time wins
		}
		if got != want || got.String() != text {
			t.Errorf("%q is %+v, written %q", text, got, got.String())
		}
	}
	for _, odd := range []string{"x", "by.", "-", "--number", "number", "-x"} {
		if got := ReadVersionOrder(odd); got != (VersionOrder{}) {
			t.Errorf("%q is %+v", odd, got)
		}
	}
}

// The best comes first whichever way a metric runs; what has no value comes last,
// either way.
func TestRank(t *testing.T) {
	t.Parallel()
	row := func(number int, acc, loss float64) VersionRow {
		v := VersionRow{Version: Version{Number: number}, Figures: map[string]float64{"val/acc": acc, "val/loss": loss}}
		if acc == 0 {
			delete(v.Figures, "val/acc")
		}
		return v
	}
	rows := []VersionRow{row(4, 0.9, 0.5), row(3, 0, 0.1), row(2, 0.95, 0.2), row(1, math.NaN(), 0.3), row(0, 0.9, math.Inf(1))}
	for order, want := range map[VersionOrder][]int{
		{By: "val/acc"}:                  {2, 4, 0, 3, 1},
		{By: "val/acc", Reversed: true}:  {4, 0, 2, 3, 1},
		{By: "val/loss"}:                 {3, 2, 1, 4, 0},
		{By: "val/loss", Reversed: true}: {0, 4, 1, 2, 3},
		{By: "nothing"}:                  {4, 3, 2, 1, 0},
	} {
		ranked := slices.Clone(rows)
		order.Rank(ranked)
		var got []int
		for _, v := range ranked {
			got = append(got, v.Number)
		}
		if !slices.Equal(got, want) {
			t.Errorf("by %s: %v, want %v", order, got, want)
		}
	}
}

// The scores that an evaluation wrote into metadata stand beside the run's own,
// and settings do not.
func TestDefaultColumns(t *testing.T) {
	t.Parallel()
	metrics := []Figure{{"val/acc", 0.9}, {"val/loss", 0.1}, {"train/acc", 1}}
	metadata := []Figure{{"hidden", 64}, {"val/acc", 0.9}, {"test/acc", 0.8}, {"epochs", 3}}
	if got := DefaultColumns(metrics, metadata, 3); !slices.Equal(got, []string{"val/acc", "metadata.test/acc", "val/loss"}) {
		t.Errorf("the columns are %v", got)
	}
	if got := DefaultColumns(nil, metadata[:1], 3); len(got) != 0 {
		t.Errorf("of settings, the columns are %v", got)
	}
	if got := KnownColumns(metrics, metadata); !slices.Equal(got, []string{"val/acc", "val/loss", "train/acc", "metadata.val/acc", "metadata.test/acc", "metadata.hidden", "metadata.epochs"}) {
		t.Errorf("known are %v", got)
	}
}
