package registry

import (
	"encoding/json"
	"strings"
)

// DefinedMetrics are what a script said of its metrics before it logged them:
// over which other metric each is drawn, and which are not to be drawn at all.
type DefinedMetrics []definedMetric

type definedMetric struct {
	name   string // or the beginning of names
	glob   bool
	over   string
	hidden bool
}

// DefinedMetricsOf reads them from the config of a run, where clients write them
// in their own short form. What is of another kind than expected is passed over.
func DefinedMetricsOf(config string) DefinedMetrics {
	if !strings.Contains(config, `"m"`) {
		return nil
	}
	var said struct {
		Own struct {
			Value struct {
				M []json.RawMessage `json:"m"`
			} `json:"value"`
		} `json:"_wandb"`
	}
	if json.Unmarshal([]byte(StrictJSON(config)), &said) != nil {
		return nil
	}
	var defined DefinedMetrics
	over := make([]int, len(said.Own.Value.M)) // by its place in the list, from 1
	for i, raw := range said.Own.Value.M {
		var m struct {
			Name    string `json:"1"`
			Glob    string `json:"2"`
			Over    string `json:"4"`
			OverAt  int    `json:"5"`
			Options []int  `json:"6"`
		}
		_ = json.Unmarshal(raw, &m) // one that cannot be read has no name
		one := definedMetric{name: unescaped(m.Name), over: unescaped(m.Over)}
		if m.Glob != "" {
			one.name, one.glob = strings.CutSuffix(unescaped(m.Glob), "*")
		}
		const hidden = 2
		for _, option := range m.Options {
			one.hidden = one.hidden || option == hidden
		}
		defined, over[i] = append(defined, one), m.OverAt
	}
	for i, at := range over {
		if at > 0 && at <= len(defined) {
			defined[i].over = defined[at-1].name
		}
	}
	return defined
}

// unescaped is a name as it is logged: clients write a backslash before dots that
// part nothing.
func unescaped(name string) string { return strings.ReplaceAll(name, `\.`, ".") }

// Over is the metric that is to be the horizontal axis of another, "" for steps.
func (d DefinedMetrics) Over(key string) string {
	m, _ := d.of(key)
	if m.over == key || m.over == "_step" {
		return ""
	}
	return m.over
}

// of is what was said of a metric by its name, or else of the first beginning
// that it has.
func (d DefinedMetrics) of(key string) (found definedMetric, ok bool) {
	for _, m := range d {
		switch {
		case !m.glob && m.name == key:
			return m, true
		case m.glob && !ok && strings.HasPrefix(key, m.name):
			found, ok = m, true
		}
	}
	return found, ok
}

// Hidden is what is not drawn: metrics by their names, and those whose names
// begin like some, without those that something else was said of.
func (d DefinedMetrics) Hidden() (names, beginnings, others []string) {
	names, beginnings, others = []string{}, []string{}, []string{}
	for _, m := range d {
		switch {
		case m.hidden && m.glob:
			beginnings = append(beginnings, m.name)
		case m.hidden:
			names = append(names, m.name)
		case !m.glob:
			others = append(others, m.name)
		}
	}
	return names, beginnings, others
}
