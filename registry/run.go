package registry

import "time"

// RunState is how a run is doing.
type RunState string

// The states, in W&B's words.
const (
	Running    RunState = "running"
	Finished   RunState = "finished"
	Failed     RunState = "failed"
	Crashed    RunState = "crashed" // no sign of life for CrashedAfter
	Killed     RunState = "killed"
	Preempting RunState = "preempting"
	Preempted  RunState = "preempted"
	PendingRun RunState = "pending"
)

// CrashedAfter is the silence after which a running run counts as crashed.
// Clients give a sign of life every 30 seconds.
const CrashedAfter = 5 * time.Minute

// PreemptedAfter is the silence after which a run whose machine was about to be
// taken away counts as preempted. It may be given another machine.
const PreemptedAfter = time.Hour

// Live reports whether more may come.
func (s RunState) Live() bool { return s == Running || s == Preempting || s == PendingRun }

// Run is one execution of a training script.
type Run struct {
	ID          int64
	PlaceID     int64
	Name        string // the run ID of W&B: part of the address, 8 characters unless chosen
	DisplayName string
	Notes       string
	Group       string
	JobType     string
	Host        string
	Program     string
	Commit      string
	Tags        []string
	Config      string // JSON object as W&B sends it: {"lr":{"value":0.1},"_wandb":{…}}; may hold NaN
	State       RunState
	ExitCode    *int
	CreatedBy   int64
	CreatedAt   time.Time
	EndedAt     *time.Time
	Progress    RunProgress
}

// Hear returns how the run stands after its script has said something, and with
// which exit code it ended. What is said again changes nothing.
func (r Run) Hear(l RunLines) (state RunState, exitCode *int) {
	switch {
	case l.Complete && r.ExitCode != nil && *r.ExitCode == l.ExitCode && !r.State.Live() && r.State != Crashed:
		return r.State, r.ExitCode
	case l.Complete && r.State == Killed:
		return Killed, r.ExitCode
	case l.Complete && l.ExitCode != 0 && (r.State == Preempting || l.Preempting):
		return Preempted, &l.ExitCode
	case l.Complete && l.ExitCode != 0:
		return Failed, &l.ExitCode
	case l.Complete:
		return Finished, &l.ExitCode
	case l.Preempting && (r.State.Live() || r.State == Crashed):
		return Preempting, nil
	case r.State == Crashed || r.State == Preempted || r.State == PendingRun:
		return Running, nil
	}
	return r.State, r.ExitCode
}

// RunProgress is what changes with every request of a live run.
type RunProgress struct {
	HeartbeatAt  time.Time
	Summary      string // JSON object; may hold NaN and Infinity
	HistoryLines int64
	EventLines   int64
	OutputLines  int64
	LastStep     *int64
	Warnings     []string // what was dropped on the way in, and why
}

// RunRef says which run: by ID when it is not 0, otherwise by address.
type RunRef struct {
	ID    int64
	Place PlaceRef
	Name  string
}

func (r RunRef) String() string { return r.Place.String() + "/runs/" + r.Name }

// RunEnded happens when a run is over: its script said so, or fell silent.
type RunEnded struct {
	RunID    int64    `json:"-"`
	PlaceID  int64    `json:"-"`
	Run      string   `json:"run"`
	State    RunState `json:"state"`
	ExitCode *int     `json:"exit_code,omitempty"`
}

// EventName implements Event.
func (RunEnded) EventName() string { return "run.ended" }

// Subjects implements Event.
func (e RunEnded) Subjects() []Subject {
	return []Subject{RunSubject.Of(e.RunID), PlaceSubject.Of(e.PlaceID)}
}

// RunResumed happens when a run that was over goes on.
type RunResumed struct {
	RunID   int64    `json:"-"`
	PlaceID int64    `json:"-"`
	Run     string   `json:"run"`
	Was     RunState `json:"was"`
}

// EventName implements Event.
func (RunResumed) EventName() string { return "run.resumed" }

// Subjects implements Event.
func (e RunResumed) Subjects() []Subject {
	return []Subject{RunSubject.Of(e.RunID), PlaceSubject.Of(e.PlaceID)}
}
