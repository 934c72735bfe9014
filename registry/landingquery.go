package registry

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// DatasetType is the artifact type that W&B's clients give data sets.
const DatasetType = "dataset"

// What a LandingQuery may ask for instead of a type, a stage: no name holds a colon.
const (
	AnyType = ":any"
	NoStage = ":none"
)

// LandingQuery narrows and orders the registered models of the landing page.
type LandingQuery struct {
	Search   string   // words that all must stand in name, type, tags, description or an alias; case does not matter
	Registry PlaceRef // the zero PlaceRef for all one may see
	Type     string   // an artifact type or AnyType; "" as Shows says
	Tag      string   // that they have
	Stage    string   // that one of their versions stands on, or NoStage
	By       string   // the name of who made them
	Starred  bool     // by whoever asks
	Order    LandingOrder
	After    string // Landing.Next of the page before, "" for the first
	Before   string // Landing.Previous of the page after; After says nothing then
}

// Shows reports whether the query asks for models of a type. Unless it names one,
// a registry shows all it holds, but the page over all registries no data sets.
func (q LandingQuery) Shows(artifactType string) bool {
	switch q.Type {
	case "":
		return q.Registry != (PlaceRef{}) || artifactType != DatasetType
	case AnyType:
		return true
	}
	return q.Type == artifactType
}

// Filtered reports whether a filter other than the type narrows the list.
func (q LandingQuery) Filtered() bool {
	return q.Tag != "" || q.Stage != "" || q.By != "" || q.Starred
}

// Narrowed reports whether there may be models that the list leaves out.
func (q LandingQuery) Narrowed() bool {
	return q.Filtered() || q.Type != "" || len(Words(q.Search)) > 0
}

// Everything is the query that narrows nothing, in the same registry and order.
func (q LandingQuery) Everything() LandingQuery {
	return LandingQuery{Registry: q.Registry, Order: q.Order}
}

// LandingOrder is what the list is sorted by: with a minus before it, the greatest
// or the latest first.
type LandingOrder string

// The orders as one begins with them. The first is the zero value's, too.
const (
	ModelsByChange   LandingOrder = "-changed"
	ModelsByCreation LandingOrder = "-created"
	ModelsByVersions LandingOrder = "-versions"
	ModelsByName     LandingOrder = "name"
)

// LandingOrders are all of them.
var LandingOrders = []LandingOrder{ModelsByChange, ModelsByName, ModelsByCreation, ModelsByVersions}

// UnmarshalText reads an order from an address. Returns Invalid for what is none.
func (o *LandingOrder) UnmarshalText(text []byte) error {
	order := LandingOrder(text)
	if len(text) > 0 && !slices.Contains(LandingOrders, order) && !slices.Contains(LandingOrders, order.Turned()) {
		return Errorf(Invalid, "Models are not sorted by %q. Sort them by changed, name, created or versions, with a minus before it for the other way round.", text)
	}
	*o = order
	return nil
}

// Field is what is sorted by, without the direction.
func (o LandingOrder) Field() string {
	if o == "" {
		o = ModelsByChange
	}
	return strings.TrimPrefix(string(o), "-")
}

// Descending reports whether the greatest stands first.
func (o LandingOrder) Descending() bool { return o == "" || strings.HasPrefix(string(o), "-") }

// Turned is the same order the other way round.
func (o LandingOrder) Turned() LandingOrder {
	if o.Descending() {
		return LandingOrder(o.Field())
	}
	return "-" + o
}

// Mark is where a page begins or ends that has c as its first or last row.
func (o LandingOrder) Mark(c Collection) string {
	var value string
	switch o.Field() {
	case "name":
		value = c.Name
	case "versions":
		value = strconv.Itoa(c.Versions)
	case "created":
		value = strconv.FormatInt(c.CreatedAt.UnixMicro(), 10)
	default:
		value = strconv.FormatInt(c.ChangedAt.UnixMicro(), 10)
	}
	return value + "-" + strconv.FormatInt(c.ID, 10)
}

// ReadMark reads a mark from an address: the value in this order and the ID of a
// row. Returns Invalid for what is no mark.
func (o LandingOrder) ReadMark(s string) (value any, id int64, err error) {
	cut := max(0, strings.LastIndexByte(s, '-'))
	text, number := s[:cut], strings.TrimPrefix(s[cut:], "-")
	id, err = strconv.ParseInt(number, 10, 64)
	if err == nil {
		switch o.Field() {
		case "name":
			value = text
		case "versions":
			value, err = strconv.ParseInt(text, 10, 32)
		default:
			var micros int64
			micros, err = strconv.ParseInt(text, 10, 55) // the years that Postgres and addresses agree on
			value = time.UnixMicro(micros).UTC()
		}
	}
	if err != nil {
		return nil, 0, Errorf(Invalid, "This address does not lead to a page of the list. Start again from the first one.")
	}
	return value, id, nil
}
