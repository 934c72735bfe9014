package registry

import "time"

// Stage is an alias with a place in an order: the holder of the alias stands on
// the stage. Stages are data, one list per registry.
type Stage struct {
	Name     string
	Position int
	Color    string // a name of the palette: "staging", "production" or "series-2" … "series-8"
}

// StageHeld is a stage that a version stands on, with who put it there and when.
type StageHeld struct {
	Stage
	By    string
	Since time.Time
}

// NewStages are what a new registry starts with, in order.
var NewStages = []Stage{
	{Name: "staging", Position: 1, Color: "staging"},
	{Name: "production", Position: 2, Color: "production"},
}
