package registry

// Search says which collections or versions to look for, in one place, in one
// collection or in every registry of an entity.
type Search struct {
	Entity       string   // whose registries; "" to look in Place or CollectionID
	Place        PlaceRef // with no Entity and no CollectionID
	CollectionID int64    // with no Entity; 0 for every collection of the place

	Type        string           // of artifact; "" for any
	Kinds       []CollectionKind // nil for both
	Places      Filter
	Collections Filter
	Versions    Filter

	Order string // a field with a sign before it; "" for what changed last first
	After int64  // the ID of the last one seen; 0 from the start
	First int    // at most
}
