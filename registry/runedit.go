package registry

import "strings"

// RunEdit is a run to make or what to change of one: nil leaves a thing as it
// is, or empty in a new run.
type RunEdit struct {
	Run         RunRef // by address, made if there is none; an empty name means a new one
	DisplayName *string
	Notes       *string
	Group       *string
	JobType     *string
	Host        *string
	Program     *string
	Commit      *string
	Config      *string // the whole config
	Summary     *string // the whole summary
	State       *RunState
	Tags        *[]string
	AddTag      string // to those there are, "" for none
	RemoveTag   string // from those there are
	Logs        bool   // whoever asks is about to log to the run: one that was over goes on
}

// maxRunJSON is the most that a run's config or summary may take, in bytes.
var maxRunJSON = map[string]int{"config": MaxConfig, "summary": MaxSummary}

// Check returns Invalid unless the edit can be made.
func (e RunEdit) Check() error {
	for name, text := range map[string]*string{"config": e.Config, "summary": e.Summary} {
		if text == nil {
			continue
		}
		if len(*text) > maxRunJSON[name] {
			return TooLargeForRun(name)
		}
		if new(LineReader).CheckObject(*text) != nil {
			return InField(name, "The run's %s is not a JSON object.", name)
		}
	}
	for name, text := range map[string]*string{"name": e.DisplayName, "group": e.Group, "job type": e.JobType} {
		if text != nil && len(*text) > MaxRunText {
			return InField(name, "The run's %s is too long. Use at most %d characters.", name, MaxName)
		}
	}
	if e.Notes != nil && len(*e.Notes) > MaxSentNotes {
		return InField("notes", "The run's notes are longer than %d MiB. Log them as a file.", MaxSentNotes>>20)
	}
	if e.Tags != nil {
		if err := CheckTags(len(*e.Tags)); err != nil {
			return err
		}
		for _, tag := range *e.Tags {
			if strings.TrimSpace(tag) == "" || len(tag) > MaxRunText {
				return InField("tags", "A run's tag has between 1 and %d characters; %q has not.", MaxName, tag)
			}
		}
	}
	return nil
}

// CheckByHand returns Invalid unless the edit, which a person typed, can be made.
// Spaces around words are nobody's wish.
func (e *RunEdit) CheckByHand() error {
	if e.DisplayName != nil {
		name := strings.TrimSpace(*e.DisplayName)
		if e.DisplayName = &name; name == "" {
			return InField("name", "Give the run a name.")
		}
	}
	if e.Notes != nil && len(*e.Notes) > MaxNotes {
		return InField("notes", "Notes have at most %d characters. Log a longer text as a file.", MaxNotes)
	}
	e.AddTag = strings.TrimSpace(e.AddTag)
	if len(e.AddTag) > MaxRunText {
		return InField("tag", "A tag has at most %d characters.", MaxName)
	}
	return e.Check()
}

// TagsOf returns the tags of a run after the edit, nil if it says nothing of
// them.
func (e RunEdit) TagsOf(tags []string) *[]string {
	if e.AddTag == "" && e.RemoveTag == "" {
		return e.Tags
	}
	changed := []string{}
	for _, tag := range tags {
		if tag != e.RemoveTag && tag != e.AddTag {
			changed = append(changed, tag)
		}
	}
	if e.AddTag != "" {
		changed = append(changed, e.AddTag)
	}
	return &changed
}

// DropLarge takes out of an edit what is too large to keep, and returns the names
// of that. It is for scripts that log already: of a refusal their clients tell
// nothing, and the oldest stop logging.
func (e *RunEdit) DropLarge() (dropped []string) {
	if e.Config != nil && len(*e.Config) > MaxConfig {
		e.Config, dropped = nil, append(dropped, "config")
	}
	if e.Summary != nil && len(*e.Summary) > MaxSummary {
		e.Summary, dropped = nil, append(dropped, "summary")
	}
	return dropped
}

// TooLargeForRun refuses a config or a summary.
func TooLargeForRun(name string) *Error {
	return InField(name, "The run's %s is larger than %d MiB. Log it as a file or an artifact.", name, maxRunJSON[name]>>20)
}

// StrictJSON replaces the NaN, Infinity and -Infinity that Python writes in
// place of numbers by strings of these names.
func StrictJSON(text string) string {
	if !strings.Contains(text, "NaN") && !strings.Contains(text, "Infinity") {
		return text
	}
	var b strings.Builder
	quoted := false
	for i := 0; i < len(text); i++ {
		switch {
		case quoted && text[i] == '\\' && i+1 < len(text):
			b.WriteByte(text[i])
			i++
		case text[i] == '"':
			quoted = !quoted
		case !quoted:
			if word := oddNumber(text[i:]); word != "" {
				b.WriteString(`"` + word + `"`)
				i += len(word) - 1
				continue
			}
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

func oddNumber(text string) string {
	for _, word := range []string{"NaN", "Infinity", "-Infinity"} {
		if strings.HasPrefix(text, word) {
			return word
		}
	}
	return ""
}

// RunDetail is a run as somebody may see it.
type RunDetail struct {
	Run
	Place  Place
	Access Access
	Author string // the name of who made it
	// StopAsked says that somebody asked the script to stop.
	StopAsked bool
}

// Ref returns the run's address.
func (d RunDetail) Ref() RunRef { return RunRef{ID: d.ID, Place: d.Place.Ref(), Name: d.Name} }

// MayDelete reports whether by may delete the run: its maker, while they may
// log, and administrators.
func (d RunDetail) MayDelete(by Actor) bool {
	return d.Access.Can(Administer) || d.Access.Can(Log) && d.CreatedBy == by.PersonID
}

// RunQuery says which runs of a project to return.
type RunQuery struct {
	Filter Filter
	Names  []string // only these; nil for all
	Order  string   // a field with a sign before it; "" for the oldest first
	After  string   // the cursor of the last run seen; "" from the start
	First  int      // at most
}

// RunList is a page of runs.
type RunList struct {
	Runs    []RunDetail
	Cursors []string // of each run
	Total   int
	More    bool
}

// RunCreated happens when a script starts to log, or a run is made to be filled
// later.
type RunCreated struct {
	RunID       int64  `json:"-"`
	PlaceID     int64  `json:"-"`
	Run         string `json:"run"`
	DisplayName string `json:"display_name"`
}

// EventName implements Event.
func (RunCreated) EventName() string { return "run.created" }

// Subjects implements Event.
func (e RunCreated) Subjects() []Subject {
	return []Subject{RunSubject.Of(e.RunID), PlaceSubject.Of(e.PlaceID)}
}

// RunFields are the parts of a run that people edit. In an event, only what did
// change is there.
type RunFields struct {
	DisplayName *string   `json:"display_name,omitempty"`
	Notes       *string   `json:"notes,omitempty"`
	Group       *string   `json:"group,omitempty"`
	JobType     *string   `json:"job_type,omitempty"`
	Tags        *[]string `json:"tags,omitempty"`
}

// RunUpdated happens when a run gets another name, other tags or notes.
type RunUpdated struct {
	RunID   int64     `json:"-"`
	PlaceID int64     `json:"-"`
	Run     string    `json:"run"`
	Before  RunFields `json:"before"`
	After   RunFields `json:"after"`
}

// EventName implements Event.
func (RunUpdated) EventName() string { return "run.updated" }

// Subjects implements Event.
func (e RunUpdated) Subjects() []Subject {
	return []Subject{RunSubject.Of(e.RunID), PlaceSubject.Of(e.PlaceID)}
}

// RunDeleted happens when a run is taken away.
type RunDeleted struct {
	RunID   int64  `json:"-"`
	PlaceID int64  `json:"-"`
	Run     string `json:"run"`
}

// EventName implements Event.
func (RunDeleted) EventName() string { return "run.deleted" }

// Subjects implements Event.
func (e RunDeleted) Subjects() []Subject {
	return []Subject{RunSubject.Of(e.RunID), PlaceSubject.Of(e.PlaceID)}
}

// RunRestored happens when a run that was taken away is brought back.
type RunRestored struct {
	RunID   int64  `json:"-"`
	PlaceID int64  `json:"-"`
	Run     string `json:"run"`
}

// EventName implements Event.
func (RunRestored) EventName() string { return "run.restored" }

// Subjects implements Event.
func (e RunRestored) Subjects() []Subject {
	return []Subject{RunSubject.Of(e.RunID), PlaceSubject.Of(e.PlaceID)}
}

// RunStopAsked happens when somebody asks a run to stop.
type RunStopAsked struct {
	RunID   int64  `json:"-"`
	PlaceID int64  `json:"-"`
	Run     string `json:"run"`
}

// EventName implements Event.
func (RunStopAsked) EventName() string { return "run.stop_asked" }

// Subjects implements Event.
func (e RunStopAsked) Subjects() []Subject {
	return []Subject{RunSubject.Of(e.RunID), PlaceSubject.Of(e.PlaceID)}
}

// UnmarshalText reads a run's state from a client.
func (s *RunState) UnmarshalText(text []byte) error {
	switch state := RunState(text); state {
	case Running, Finished, Failed, Crashed, Killed, Preempting, Preempted, PendingRun:
		*s = state
		return nil
	}
	return InField("state", "There is no state of a run called %q.", text)
}

// Difference returns what an edit changes of the fields that people edit, as
// they were and as they will be. changed is false if it changes none of them.
func (e RunEdit) Difference(r Run) (before, after RunFields, changed bool) {
	for _, f := range []struct {
		is      string
		want    *string
		was, to **string
	}{
		{r.DisplayName, e.DisplayName, &before.DisplayName, &after.DisplayName},
		{r.Notes, e.Notes, &before.Notes, &after.Notes},
		{r.Group, e.Group, &before.Group, &after.Group},
		{r.JobType, e.JobType, &before.JobType, &after.JobType},
	} {
		if f.want != nil && *f.want != f.is {
			*f.was, *f.to, changed = &f.is, f.want, true
		}
	}
	if e.Tags != nil && strings.Join(*e.Tags, "\x00") != strings.Join(r.Tags, "\x00") {
		before.Tags, after.Tags, changed = &r.Tags, e.Tags, true
	}
	return before, after, changed
}
