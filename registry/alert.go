package registry

import (
	"strings"
	"time"
	"unicode/utf8"
)

// AlertLevel is how much an alert wants to be read, in W&B's words.
type AlertLevel string

// The levels.
const (
	AlertInfo  AlertLevel = "INFO"
	AlertWarn  AlertLevel = "WARN"
	AlertError AlertLevel = "ERROR"
)

// UnmarshalText reads the level of an alert; none means the least.
func (l *AlertLevel) UnmarshalText(text []byte) error {
	switch level := AlertLevel(text); level {
	case "":
		*l = AlertInfo
	case AlertInfo, AlertWarn, AlertError:
		*l = level
	default:
		return InField("severity", "There is no level of an alert called %q.", text)
	}
	return nil
}

// Alert is what a script wants to be read by people.
type Alert struct {
	Title string     `json:"title"`
	Text  string     `json:"text"`
	Level AlertLevel `json:"level"`
}

// Check returns Invalid unless the alert can be kept.
func (a Alert) Check() error {
	switch {
	case strings.TrimSpace(a.Title) == "":
		return InField("title", "An alert has a title. Give it one.")
	case utf8.RuneCountInString(a.Title) > MaxAlertTitle:
		return InField("title", "An alert's title has at most %d characters. Put the rest into its text.", MaxAlertTitle)
	case len(a.Text) > MaxAlertText:
		return InField("text", "An alert's text is longer than %d KiB. Log it as a file.", MaxAlertText>>10)
	case strings.ContainsRune(a.Title+a.Text, 0):
		return InField("text", "The text holds a character that cannot be stored, such as NUL.")
	}
	return nil
}

// Room returns Invalid for an alert of a run that has sent as many as it may.
func (a Alert) Room(sent int) error {
	if sent >= MaxAlerts {
		return Errorf(Invalid, "A run has at most %d alerts, and this one has sent them.", MaxAlerts)
	}
	return nil
}

// Repeats reports whether the alert was sent before, at last, and is not to be
// sent again before wait is over.
func (a Alert) Repeats(last, now time.Time, wait time.Duration) bool {
	return !last.IsZero() && now.Before(last.Add(wait))
}

// SentAlert is an alert as a run's page tells it.
type SentAlert struct {
	Alert
	ID int64 // of its event
	At time.Time
}

// RunAlerts are the alerts of a run, the newest first.
type RunAlerts struct {
	Before int64 // only alerts before this one, 0 for the newest
	All    int
	Sent   []SentAlert
	Next   int64 // Before of the page that follows, 0 on the last
}

// RunAlerted happens when a script wants something to be read.
type RunAlerted struct {
	RunID   int64  `json:"-"`
	PlaceID int64  `json:"-"`
	Run     string `json:"run"`
	Alert
}

// EventName implements Event.
func (RunAlerted) EventName() string { return "run.alerted" }

// Subjects implements Event.
func (e RunAlerted) Subjects() []Subject {
	return []Subject{RunSubject.Of(e.RunID), AlertsSubject.Of(e.RunID), PlaceSubject.Of(e.PlaceID)}
}
