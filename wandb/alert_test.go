package wandb

import (
	"net/http"
	"strings"
	"testing"

	"greenroom/registry"
)

func TestAlert(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	ref := registry.RunRef{Place: registry.Project("vision", "digits"), Name: "r1"}
	if _, _, err := c.d.UpsertRun(t.Context(), c.h.Bob, registry.RunEdit{Run: ref}); err != nil {
		t.Fatal(err)
	}
	alert := func(title string, more vars) vars {
		v := vars{"entityName": "vision", "projectName": "digits", "runName": "r1", "title": title, "text": "<b>why</b>"}
		for name, value := range more {
			v[name] = value
		}
		return v
	}
	for _, v := range []vars{
		alert("loud", vars{"severity": "ERROR", "waitDuration": 0}),
		alert("plain", nil),
		alert("loud", vars{"severity": "WARN", "waitDuration": 60_000}),           // too soon
		alert("loud", vars{"severity": "WARN", "waitDuration": int64(1<<63 - 1)}), // too soon for ever
		alert("loud", vars{"severity": "WARN", "waitDuration": int64(-1 << 63)}),
	} {
		if !c.data(t, "bob", "NotifyScriptableRunAlert", v, "notifyScriptableRunAlert.success").Bool() {
			t.Errorf("%v does not succeed", v)
		}
	}
	page, err := c.d.RunPage(t.Context(), c.h.Vera, ref, registry.RunPageQuery{Part: registry.RunOverview})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, a := range page.Alerts.Sent {
		got = append(got, string(a.Level)+" "+a.Title+" "+a.Text)
	}
	if want := "WARN loud <b>why</b>, INFO plain <b>why</b>, ERROR loud <b>why</b>"; strings.Join(got, ", ") != want {
		t.Errorf("kept: %q, want %s", got, want)
	}
	for _, tc := range []struct {
		who  string
		vars vars
		says string
	}{
		{"bob", alert("", nil), "An alert has a title. Give it one."},
		{"bob", alert(strings.Repeat("x", 129), nil), "at most 128 characters"},
		{"bob", alert("x", vars{"runName": "none"}), "nothing here"},
		{"vera", alert("x", nil), "role"},
		{"olga", alert("x", nil), "nothing here"},
	} {
		status, answer := c.ask(t, tc.who, "NotifyScriptableRunAlert", tc.vars)
		if message := answer.Get("errors.0.message").Str; status != http.StatusOK || !strings.Contains(message, tc.says) {
			t.Errorf("%s, %v: %d %s, want %q", tc.who, tc.vars["title"], status, answer.Raw, tc.says)
		}
	}
}
