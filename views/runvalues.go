package views

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"greenroom/registry"
	"greenroom/views/ui"
)

// shownConfig is a run's config as people wrote it: {"lr":{"value":0.1}} becomes
// {"lr":0.1}, and what the client keeps for itself is left out.
func shownConfig(config string) json.RawMessage {
	return eachMember(config, func(v gjson.Result) string {
		if value := v.Get("value"); v.IsObject() && value.Exists() {
			return value.Raw
		}
		return v.Raw
	})
}

// shownSummary is a run's summary with words in place of pictures, tables and
// the like, without what the client keeps for itself.
func shownSummary(summary string) json.RawMessage {
	return eachMember(summary, func(v gjson.Result) string {
		if words := mediaWords(v); words != "" {
			quoted, _ := json.Marshal(words) // a string always can be
			return string(quoted)
		}
		return v.Raw
	})
}

// eachMember writes the members of a JSON object anew, by key, those whose key
// begins with an underscore left out. NaN and Infinity become words.
func eachMember(object string, write func(gjson.Result) string) json.RawMessage {
	var members [][2]string
	gjson.Parse(registry.StrictJSON(object)).ForEach(func(k, v gjson.Result) bool {
		if !strings.HasPrefix(k.String(), "_") {
			members = append(members, [2]string{k.Raw, write(v)})
		}
		return true
	})
	slices.SortFunc(members, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
	var b strings.Builder
	b.WriteByte('{')
	for i, m := range members {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(m[0] + ":" + m[1])
	}
	b.WriteByte('}')
	return json.RawMessage(b.String())
}

// mediaWords says what a logged picture, table or the like is, "" for a plain
// value.
func mediaWords(v gjson.Result) string {
	if !v.IsObject() {
		return ""
	}
	count := func(n int64, one, many string) string { return ui.Plural(int(n), one, many) }
	switch kind := v.Get("_type").String(); kind {
	case "":
		return ""
	case "image-file":
		return "image, " + v.Get("width").String() + " × " + v.Get("height").String() + sized(v)
	case "images/separated", "images":
		return count(v.Get("count").Int(), "image", "images")
	case "audio", "audio/separated":
		return count(v.Get("count").Int(), "sound", "sounds")
	case "audio-file":
		return "sound" + sized(v)
	case "videos", "video-file", "video":
		return "video" + sized(v)
	case "table-file", "table", "joined-table":
		words := "table"
		if rows := v.Get("nrows"); rows.Exists() {
			words += ", " + count(rows.Int(), "row", "rows") + ", " + count(v.Get("ncols").Int(), "column", "columns")
		}
		return words
	case "histogram":
		return "histogram, " + count(int64(len(v.Get("values").Array())), "bin", "bins")
	case "html-file", "html":
		return "HTML page" + sized(v)
	case "plotly-file", "plotly":
		return "plotly figure" + sized(v)
	case "object3D-file", "object3D":
		return "3D object" + sized(v)
	case "graph-file", "graph":
		return "graph" + sized(v)
	case "molecule-file", "molecule":
		return "molecule" + sized(v)
	case "artifactVersion":
		return "artifact"
	default:
		return kind + sized(v)
	}
}

func sized(v gjson.Result) string {
	if size := v.Get("size"); size.Exists() {
		return ", " + ui.Bytes(size.Int())
	}
	return ""
}

// asideValues is how many values stand beside the charts.
const asideValues = 8

// aside is a few plain values of a JSON object for the side column, those that
// sort puts first, and how many there are besides.
func aside(raw json.RawMessage, sort func([]value)) (first []value, more int) {
	tree, _ := readMetadata(raw)
	leaves := tree.leaves()
	sort(leaves)
	n := min(len(leaves), asideValues)
	return leaves[:n], max(0, countLeaves(gjson.ParseBytes(raw), 0)-n)
}

// tellingFirst sorts what a script found by how much it tells.
func tellingFirst(leaves []value) {
	var figures []registry.Figure
	for _, m := range leaves {
		if !m.IsText {
			figures = append(figures, registry.Figure{Key: m.Key})
		}
	}
	order := map[string]int{}
	for i, f := range registry.KeyFigures(figures, len(figures)) {
		order[f.Key] = i - len(figures)
	}
	slices.SortStableFunc(leaves, func(a, b value) int { return order[a.Key] - order[b.Key] })
}

// soughtFirst sorts what somebody set: first what people look for, last switches,
// which frameworks have by the hundred, and the outer ones before those inside
// others, which frameworks fill in.
func soughtFirst(leaves []value) {
	place := func(v value) []int {
		rank, known := registry.SettingRank(v.Key)
		kind := 1
		if !v.IsText && slices.Contains([]string{"true", "false", "null"}, v.Text) {
			kind = 2
		} else if known {
			kind = 0
		}
		return []int{kind, strings.Count(v.Key, "."), rank}
	}
	slices.SortStableFunc(leaves, func(a, b value) int { return slices.Compare(place(a), place(b)) })
}

// countLeaves is how many plain values there are in all, short lists counting as
// one, as in leaves.
func countLeaves(v gjson.Result, depth int) (n int) {
	if !v.IsObject() && !v.IsArray() || depth > metadataDepth {
		return 1
	}
	items, plain := 0, true
	v.ForEach(func(_, m gjson.Result) bool {
		items++
		plain = plain && !m.IsObject() && !m.IsArray() && len(m.Raw) <= 40
		n += countLeaves(m, depth+1)
		return true
	})
	if items == 0 || v.IsArray() && plain && items <= 12 {
		return 1
	}
	return n
}

// leaves are the plain values of a tree, their keys joined with dots.
func (v value) leaves() (leaves []value) {
	var walk func(prefix string, v value)
	walk = func(prefix string, v value) {
		for _, m := range v.Members {
			m.Key = prefix + m.Key
			if line, ok := m.inline(); ok {
				m.Text, m.Branch = line, false
			}
			if m.Branch {
				walk(m.Key+".", m)
				continue
			}
			leaves = append(leaves, m)
		}
	}
	walk("", v)
	return leaves
}

// chosen writes a value that somebody set, with all its digits.
func (v value) chosen() string { return v.written(setting) }

// measured writes a value that a script found, with the digits that are read.
func (v value) measured() string { return v.written(ui.Metric) }

func (v value) written(number func(float64) string) string {
	if v.IsText {
		return emptyWord(v.Text)
	}
	if n, err := strconv.ParseFloat(v.Text, 64); err == nil {
		return number(n)
	}
	return v.Text
}
