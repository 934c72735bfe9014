package registry

// CheckMove returns why by may not move the run to another project of its team,
// nil if they may: its maker and administrators may, once nothing logs to it. A
// script that went on would make a new run at the old address.
func (d RunDetail) CheckMove(by Actor) error {
	if !d.MayDelete(by) {
		return Errorf(Denied, "The run %s is %s's. They can move it, and administrators of %s can.", d.Name, d.Author, d.Place.EntityName)
	}
	if d.State.Live() {
		return Errorf(Conflict, "The run %s still logs. Move it when it has ended.", d.Title())
	}
	return nil
}

// RunMoved happens when a run is put into another project.
type RunMoved struct {
	RunID   int64  `json:"-"`
	FromID  int64  `json:"-"`
	PlaceID int64  `json:"-"` // where it is now
	From    string `json:"from"`
	Run     string `json:"run"`
}

// EventName implements Event.
func (RunMoved) EventName() string { return "run.moved" }

// Subjects implements Event.
func (e RunMoved) Subjects() []Subject {
	return []Subject{RunSubject.Of(e.RunID), PlaceSubject.Of(e.FromID), PlaceSubject.Of(e.PlaceID)}
}
