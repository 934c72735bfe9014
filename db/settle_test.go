package db_test

import (
	"fmt"
	"testing"

	"greenroom/db"
	"greenroom/db/dbtest"
	"greenroom/registry"
)

func settle(t *testing.T, d *db.DB) (settled int) {
	t.Helper()
	for {
		n, err := d.SettleFigures(t.Context(), dbtest.System)
		must(t, err)
		if settled += n; n == 0 {
			return settled
		}
	}
}

// trendOf writes out what the list of models says of the newest version of the only one.
func trendOf(t *testing.T, d *db.DB, by registry.Actor) string {
	t.Helper()
	l, err := d.Landing(t.Context(), by, registry.LandingQuery{})
	must(t, err)
	m := l.Models[0]
	return fmt.Sprint(m.Newest.Name(), m.KeyFigure, m.Trend)
}

// TestSettledFigures is about figures that are kept with versions: nobody can tell
// them from those looked for in the history of a run, whatever is written to the
// run later.
func TestSettledFigures(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	h := dbtest.Furnish(t, d)
	shelve(t, d, h.Ada, registry.Registry("acme", "model"), "digits", 0, func(s *dbtest.Stock) {
		s.Versions = append(s.Versions, dbtest.StockVersion{}) // of no run
		s.Versions[1], s.Versions[3] = s.Versions[3], s.Versions[1]
		s.Versions[3].Summary = `{"val/acc":NaN,"epoch":3}`
	})
	const want = "v3&{val/acc NaN} [{0 0.9} {2 0.95} {3 NaN}]"
	if got := trendOf(t, d, h.Vera); got != want {
		t.Fatalf("before: %s, want %s", got, want)
	}
	if n := settle(t, d); n != 6 { // of source and model each
		t.Errorf("settled %d versions", n)
	}
	if got := trendOf(t, d, h.Vera); got != want {
		t.Errorf("settled: %s, want %s", got, want)
	}

	run := stockRun("digits", 3)
	must(t, dbtest.Exec(t, d, `update runs set state = 'running' where name = $1`, run.Name))
	must(t, dbtest.Exec(t, d, `update artifacts set history_step = 1, created_at = to_timestamp(200) where run_id = (select id from runs where name = $1)`, run.Name))
	say := func(summary string, more registry.RunLines) {
		t.Helper()
		more.Summary = &summary
		_, err := d.AppendHistory(t.Context(), h.Ada, run, more)
		must(t, err)
	}
	say(`{"val/acc":0.5}`, history(0, `{"_step":0,"val/acc":0.1,"_timestamp":100}`, `{"_step":1,"val/acc":0.5,"_timestamp":101}`))
	const live = "v3&{val/acc 0.5} [{0 0.9} {2 0.95} {3 0.5}]"
	if got := trendOf(t, d, h.Vera); got != live {
		t.Errorf("resumed: %s, want %s", got, live)
	}
	if n := settle(t, d); n != 0 {
		t.Errorf("settled %d versions of a run that goes on", n)
	}
	say(`{"val/acc":0.8}`, history(2, `{"_step":2,"val/acc":0.8,"_timestamp":300}`))
	say(`{"val/acc":0.8}`, registry.RunLines{Complete: true})
	for range 2 {
		if got := trendOf(t, d, h.Vera); got != live {
			t.Errorf("over: %s, want %s", got, live)
		}
		settle(t, d)
	}
	// A step logged again, after the end.
	say(`{"val/acc":0.8}`, history(1, `{"_step":1,"val/acc":0.6,"_timestamp":101}`))
	const again = "v3&{val/acc 0.6} [{0 0.9} {2 0.95} {3 0.6}]"
	if got := trendOf(t, d, h.Vera); got != again {
		t.Errorf("logged again: %s, want %s", got, again)
	}
}
