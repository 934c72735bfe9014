package registry

import "time"

// A visit is over when a person has not looked at anything for VisitGap. That
// they look is written down at most once per VisitTouch.
const (
	VisitGap   = 30 * time.Minute
	VisitTouch = time.Minute
)

// VisitDue reports whether it is time to write down that a person looks, who was
// seen last at a moment; the zero moment is for somebody who was never here.
func VisitDue(seen, now time.Time) bool { return now.Sub(seen) >= VisitTouch }
