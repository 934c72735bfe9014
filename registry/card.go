package registry

import "time"

// CardQuery says which part of a card's history to show.
type CardQuery struct {
	Entry  *int64 // of the log, to show the card as it was after it; 0 for before all of them; nil for none
	Before int64  // only entries before this one are listed, 0 for all
}

// CardPage is a registered model's card with its history.
type CardPage struct {
	Collection
	Place   Place
	Access  Access
	Query   CardQuery
	Entry   int64        // of the log, that tells of the card as it is; 0 where none does
	History []CardChange // newest first
	More    bool         // there are older ones
	Shown   *CardText    // of CardQuery.Entry
}

// CardChange is an entry of the log that tells of a new text of the card.
type CardChange struct {
	ID     int64
	At     time.Time
	Actor  string // by the name of then
	Called string // the same, as people call them today
}

// CardText is the card as it was after an entry of the log, and before it.
type CardText struct {
	CardChange
	Before, After string
}

// CheckCardEntry returns Conflict unless the card is still the one that a new
// text was made from: two people's words are for people to join.
func CheckCardEntry(madeFrom *int64, newest int64) error {
	if madeFrom == nil || *madeFrom == newest {
		return nil
	}
	return Errorf(Conflict, "Somebody else saved the card since you began. Look at both texts, then save again.")
}
