package db_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"greenroom/db"
	"greenroom/db/dbtest"
	"greenroom/registry"
)

// alertsOf returns a page of the alerts of the training, as its page has them.
func alertsOf(t *testing.T, d *db.DB, by registry.Actor, before int64) registry.RunAlerts {
	t.Helper()
	p, err := d.RunPage(t.Context(), by, training, registry.RunPageQuery{Part: registry.RunOverview, Before: before})
	must(t, err)
	return p.Alerts
}

func TestAlertRun(t *testing.T) {
	t.Parallel()
	d, h := house(t)
	ctx := t.Context()
	alert := func(by registry.Actor, title string, wait time.Duration) error {
		return d.AlertRun(ctx, by, training, registry.Alert{Title: title, Text: "about " + title, Level: registry.AlertWarn}, wait)
	}
	must(t, alert(h.Bob, "NaN", time.Hour))
	must(t, alert(h.Bob, "NaN", time.Hour)) // too soon
	must(t, alert(h.Bob, "slow", time.Hour))
	must(t, alert(h.Bob, "NaN", 0))
	wantEvents(t, d, h.Vera, "run.alerted", "run.alerted", "run.alerted")

	got := alertsOf(t, d, h.Vera, 0)
	var titles []string
	for _, a := range got.Sent {
		titles = append(titles, a.Title)
		if a.Text != "about "+a.Title || a.Level != registry.AlertWarn || a.At.IsZero() {
			t.Errorf("%+v", a)
		}
	}
	if want := "NaN slow NaN"; strings.Join(titles, " ") != want || got.All != 3 || got.Next != 0 {
		t.Errorf("%q, %d in all, next %d; want %s", titles, got.All, got.Next, want)
	}

	wantKind(t, "a viewer", alert(h.Vera, "x", 0), registry.Denied)
	wantKind(t, "a stranger", alert(h.Olga, "x", 0), registry.NotFound)
	missing := registry.RunRef{Place: training.Place, Name: "none"}
	wantKind(t, "no such run", d.AlertRun(ctx, h.Bob, missing, registry.Alert{Title: "x"}, 0), registry.NotFound)
	must(t, d.DeleteRun(ctx, h.Bob, training))
	wantKind(t, "a deleted run", alert(h.Bob, "x", 0), registry.Gone)
}

// What cannot be kept leaves a warning on the run and nothing else.
func TestAlertsThatAreNotKept(t *testing.T) {
	t.Parallel()
	d, h := house(t)
	ctx := t.Context()
	long := registry.Alert{Title: "long", Text: strings.Repeat("x", registry.MaxAlertText+1)}
	for range 2 {
		wantKind(t, "a long text", d.AlertRun(ctx, h.Bob, training, long, 0), registry.Invalid)
	}
	run := wantState(t, d, h.Vera, registry.Running)
	if w := run.Progress.Warnings; len(w) != 1 || !strings.Contains(w[0], "An alert was not kept. An alert's text is longer than 16 KiB.") {
		t.Errorf("the run warns %q", w)
	}
	wantEvents(t, d, h.Vera)

	for i := range registry.MaxAlerts {
		must(t, d.AlertRun(ctx, h.Bob, training, registry.Alert{Title: fmt.Sprint("alert ", i), Level: registry.AlertInfo}, time.Minute))
	}
	wantKind(t, "one too many", d.AlertRun(ctx, h.Bob, training, registry.Alert{Title: "more"}, 0), registry.Invalid)
	if n := len(dbtest.EventNames(t, d, registry.AlertsSubject, run.ID)); n != registry.MaxAlerts {
		t.Errorf("%d alerts are kept", n)
	}
	seen, pages := 0, 0
	for before := int64(0); pages == 0 || before != 0; pages++ {
		page := alertsOf(t, d, h.Vera, before)
		seen, before = seen+len(page.Sent), page.Next
		if page.All != registry.MaxAlerts || len(page.Sent) > registry.AlertsPage {
			t.Fatalf("a page of %d of %d", len(page.Sent), page.All)
		}
	}
	if seen != registry.MaxAlerts || pages != registry.MaxAlerts/registry.AlertsPage {
		t.Errorf("%d pages show %d alerts", pages, seen)
	}
}
