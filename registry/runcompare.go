package registry

import "slices"

// RunCompareQuery says which runs of a project to compare.
type RunCompareQuery struct {
	Runs []string // by name, in the order they are shown
	Base string   // what the others are measured against; "" for the first
}

// Check returns Invalid if these cannot be compared.
func (q RunCompareQuery) Check() error { return checkCompared(len(q.Runs), "runs") }

// Without is the query with one run less.
func (q RunCompareQuery) Without(run string) RunCompareQuery {
	q.Runs = slices.DeleteFunc(slices.Clone(q.Runs), func(name string) bool { return name == run })
	if q.Base == run {
		q.Base = ""
	}
	return q
}

// RunComparison is runs of a project side by side.
type RunComparison struct {
	Place  Place
	Access Access
	Query  RunCompareQuery // without what is not there
	Runs   []Run           // in the order asked for, without config and summary
	Gone   []string        // names asked for that no run has
	SideBySide
}
