package registry_test

import (
	"strings"
	"testing"
	"time"

	"greenroom/registry"
)

func TestAlertCheck(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		what  string
		alert registry.Alert
		says  string // "" for an alert that can be kept
	}{
		{"a title alone", registry.Alert{Title: "Loss is NaN"}, ""},
		{"as much as there may be", registry.Alert{Title: strings.Repeat("ü", registry.MaxAlertTitle), Text: strings.Repeat("x", registry.MaxAlertText)}, ""},
		{"no title", registry.Alert{Title: " \n", Text: "x"}, "has a title"},
		{"a long title", registry.Alert{Title: strings.Repeat("ü", registry.MaxAlertTitle+1)}, "at most 128 characters"},
		{"a long text", registry.Alert{Title: "x", Text: strings.Repeat("x", registry.MaxAlertText+1)}, "longer than 16 KiB"},
		{"NUL", registry.Alert{Title: "x", Text: "\x00"}, "cannot be stored"},
	} {
		err := tc.alert.Check()
		if tc.says == "" && err != nil || tc.says != "" && (registry.KindOf(err) != registry.Invalid || !strings.Contains(err.Error(), tc.says)) {
			t.Errorf("%s: %v, want %q", tc.what, err, tc.says)
		}
	}
}

func TestAlertRepeats(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 27, 3, 0, 0, 0, time.UTC)
	for _, tc := range []struct {
		last time.Time
		wait time.Duration
		want bool
	}{
		{time.Time{}, time.Hour, false},
		{now.Add(-time.Minute), time.Hour, true},
		{now.Add(-time.Minute), time.Minute, false},
		{now.Add(-time.Minute), 0, false},
		{now, -time.Minute, false},
	} {
		if got := (registry.Alert{Title: "x"}).Repeats(tc.last, now, tc.wait); got != tc.want {
			t.Errorf("last %s, wait %s: %v", tc.last, tc.wait, got)
		}
	}
}

func TestAlertLevel(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]registry.AlertLevel{"": registry.AlertInfo, "WARN": registry.AlertWarn, "ERROR": registry.AlertError} {
		var level registry.AlertLevel
		if err := level.UnmarshalText([]byte(text)); err != nil || level != want {
			t.Errorf("%q is %q, %v", text, level, err)
		}
	}
	if err := new(registry.AlertLevel).UnmarshalText([]byte("LOUD")); registry.KindOf(err) != registry.Invalid {
		t.Errorf("an unknown level: %v", err)
	}
}
