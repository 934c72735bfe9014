package registry

import "time"

// NewsShown is how many changes stand at the top of the landing page, NewsCounted
// how many at most are counted.
const (
	NewsShown   = 3
	NewsCounted = 100
)

// ModelEvents are the names of the events that tell of a change to a registered
// model.
var ModelEvents = []string{
	CollectionCreated{}.EventName(), CollectionUpdated{}.EventName(), CollectionDeleted{}.EventName(), VersionLinked{}.EventName(),
	VersionUnlinked{}.EventName(), AliasSet{}.EventName(), AliasMoved{}.EventName(), AliasRemoved{}.EventName(),
}

// Change is an event about a registered model, with the model as it is called now.
type Change struct {
	Entry
	Place Place  // the registry
	Label string // what people call it here
	Model string // "" when the model is gone
	Type  string // of the model
}

// News is what others changed since the end of one's visit before.
type News struct {
	Since   time.Time // the end of that visit
	Changes []Change  // the newest, at most NewsShown
	More    int       // how many others there are, as far as they were counted
	Some    bool      // whether there are more than were counted
}

// Fold leaves of what one person did to one model at one moment the last, which
// tells most: a version that is put on a stage as it is linked has been linked.
// Changes come newest first.
func Fold(changes []Change) []Change {
	var folded []Change
	for _, c := range changes {
		if n := len(folded); n > 0 && folded[n-1].At.Equal(c.At) && folded[n-1].Actor == c.Actor && folded[n-1].Place.ID == c.Place.ID && folded[n-1].Model == c.Model {
			continue
		}
		folded = append(folded, c)
	}
	return folded
}

// ChangesPage is what happened to registered models, latest first.
type ChangesPage struct {
	Before  int64     // only changes before this one, 0 for the latest
	Since   time.Time // the end of one's visit before
	Changes []Change
	Next    int64 // ChangesPage.Before of the page that follows, 0 on the last
}
