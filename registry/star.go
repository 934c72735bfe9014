package registry

// RailStars is how many starred models stand beside every page.
const RailStars = 8

// Stars is what the readers of a model made of it: a star is a person's own mark
// on what they come back to. Whoever may look at a model may star it. It changes
// nothing for anybody else, so the log does not tell of it.
type Stars struct {
	Count int  // how many people starred it
	Mine  bool // whether the one who asks did
}

// StarredModel is one of the models a person starred, as lists of them tell it.
type StarredModel struct {
	Place Place
	Name  string
	Type  string
	Color string // of the highest stage that is held, "" for none
}

// StarGiven is a model after somebody starred it or took the star back.
type StarGiven struct {
	Collection
	Place Place
	Stars Stars
	Rail  []StarredModel // as Visitor.Starred
}
