package worker

import (
	"testing"
	"time"
)

// A vigil goes on as long as nothing stands still and no clock is set.
func TestVigil(t *testing.T) {
	t.Parallel()
	const turn = 30 * time.Second
	noon := time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
	for _, tc := range []struct {
		name string
		off  time.Duration // how far the clock of the database is set in the middle
		late time.Duration // how long the process stands still in the middle
		want time.Duration // how long the vigil lasts by the end
	}{
		{"all is well", 0, 0, 20 * turn},
		{"a second more or less", time.Second, 0, 20 * turn},
		{"the clock is set ten minutes ahead", 10 * time.Minute, 0, 9 * turn},
		{"the clock is set ten minutes back", -10 * time.Minute, 0, 9 * turn},
		{"the process stands still", 0, 10 * time.Minute, 9 * turn},
		{"the machine sleeps, and its counting with it", time.Hour, 0, 9 * turn},
	} {
		var v vigil
		var up, off, got time.Duration
		for i := range 21 {
			if i == 11 {
				up, off = up+tc.late, tc.off
			}
			got = v.look(noon.Add(up+off), up)
			up += turn
		}
		if got != tc.want {
			t.Errorf("%s: the vigil has lasted %v, want %v", tc.name, got, tc.want)
		}
	}
}
