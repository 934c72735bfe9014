package handlers_test

import (
	"fmt"
	"net/http"
	"testing"

	"greenroom/registry"
)

func (h *home) alerts(run registry.RunDetail, alerts ...registry.Alert) {
	h.t.Helper()
	for _, a := range alerts {
		if err := h.db.AlertRun(h.t.Context(), h.Bob, run.Ref(), a, 0); err != nil {
			h.t.Fatal(err)
		}
	}
}

func TestAlertsOnTheRunsPage(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	run := h.run("digits", "loud", registry.RunEdit{}, registry.RunLines{})
	const at = "/vision/digits/runs/loud/overview"
	vera := h.as("vera")
	vera.get(at).is(http.StatusOK).lacks("#run-alerts")

	h.alerts(run, registry.Alert{Title: "First", Level: registry.AlertInfo}, registry.Alert{Title: hostile, Text: "a\n" + hostile, Level: registry.AlertError})
	page := vera.get(at).is(http.StatusOK).lacks("#run-alerts script, #run-alerts img, #run-alerts [rel]")
	page.shows("#run-alerts li:first-child h3", hostile).shows("#run-alerts li:first-child .level.note-bad", "Error")
	page.shows("#run-alerts li:last-child h3", "First").shows("#run-alerts li:last-child .level", "Info").shows("#run-alerts time", "just now")
	if text := page.doc.Find("#run-alerts .alert-text").Text(); text != "a\n"+hostile {
		t.Errorf("the text is %q", text)
	}

	for i := range registry.AlertsPage {
		h.alerts(run, registry.Alert{Title: fmt.Sprint("more ", i), Level: registry.AlertWarn})
	}
	page = vera.get(at).is(http.StatusOK).shows("#run-alerts .sec-head", "Alerts22")
	older, _ := page.doc.Find(`#run-alerts a[rel="next"]`).Attr("href")
	page = vera.get(older).is(http.StatusOK).shows("#run-alerts li:last-child h3", "First")
	if n := page.doc.Find("#run-alerts li").Length(); n != 2 {
		t.Errorf("%d older alerts", n)
	}
	if newer, _ := page.doc.Find(`#run-alerts a[rel="prev"]`).Attr("href"); newer != at {
		t.Errorf("back leads to %q", newer)
	}
	vera.get(at + "?before=x").is(http.StatusUnprocessableEntity)
	vera.get(at + "?before=-5").is(http.StatusOK)
}
