package db

import (
	"strings"

	"github.com/tidwall/gjson"

	"greenroom/registry"
)

// figuresOf reads the numbers of a run's summary in their order. Summaries are
// what clients sent: NaN may stand in them, and one that was cut short is read as
// far as it goes. What begins with an underscore is the client's own, and what
// names a _type is no number but a picture, a table or the like.
func figuresOf(summary string) []registry.Figure {
	return appendFigures(nil, "", gjson.Parse(summary))
}

func appendFigures(figures []registry.Figure, prefix string, object gjson.Result) []registry.Figure {
	object.ForEach(func(k, v gjson.Result) bool {
		key := k.String()
		switch {
		case prefix == "" && strings.HasPrefix(key, "_"):
		case v.Type == gjson.Number:
			figures = append(figures, registry.Figure{Key: prefix + key, Value: v.Float()})
		case v.IsObject() && !v.Get("_type").Exists():
			figures = appendFigures(figures, prefix+key+".", v)
		}
		return true
	})
	return figures
}
