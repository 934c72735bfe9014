package registry

// What the names of a run's values begin with: config.lr, summary.val/acc.
const (
	ConfigColumn  = "config."
	SummaryColumn = "summary."
)

// NaN is how a value that is no number is looked for.
const NaN = "NaN"

// RunValue is one value of a run's config or summary.
type RunValue struct {
	Number   float64
	IsNumber bool
	Text     string // of anything else, as JSON unless it is a string
}

// valueRoom is how many characters of a text a table of runs keeps.
const valueRoom = 200

// CutText shortens what no cell of a table has room for.
func CutText(s string) string {
	if len(s) <= valueRoom {
		return s
	}
	runes := []rune(s)
	if len(runes) <= valueRoom {
		return s
	}
	return string(runes[:valueRoom]) + "…"
}
