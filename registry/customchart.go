package registry

import (
	"bytes"
	"cmp"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// ChartAccess says who may see a custom chart, in W&B's words.
type ChartAccess string

// The accesses.
const (
	PrivateChart ChartAccess = "PRIVATE" // those who may look at what its entity has
	PublicChart  ChartAccess = "PUBLIC"  // everyone who signs in
)

// UnmarshalText reads an access from a client.
func (a *ChartAccess) UnmarshalText(text []byte) error {
	switch access := ChartAccess(strings.ToUpper(string(text))); access {
	case PrivateChart, PublicChart:
		*a = access
		return nil
	}
	return InField("access", "A custom chart is private or public, not %q.", text)
}

// vegaChart is the one type of custom charts, in W&B's words: Vega and Vega-Lite.
const vegaChart = "vega2"

// ChartRef is the address of a custom chart.
type ChartRef struct{ Entity, Name string }

// String returns the address as scripts write it.
func (r ChartRef) String() string { return r.Entity + "/" + r.Name }

// CustomChart is a drawing that a script has described in Vega or Vega-Lite, for
// runs to draw their tables by.
type CustomChart struct {
	ID          int64
	EntityID    int64
	EntityName  string
	Name        string
	DisplayName string
	Type        string // in W&B's words
	Access      ChartAccess
	Spec        string // the JSON as the script sent it
	CreatedBy   int64
	CreatedAt   time.Time
}

// Ref returns the chart's address.
func (c CustomChart) Ref() ChartRef { return ChartRef{c.EntityName, c.Name} }

// Check returns Invalid unless the chart can be kept. Whether Vega can draw it
// turns out where it is drawn.
func (c CustomChart) Check() error {
	if err := checkChartName(c.Name); err != nil {
		return err
	}
	switch {
	case c.Type != vegaChart:
		return InField("type", "There is no type of custom charts called %q. Use vega2, which stands for Vega and Vega-Lite.", c.Type)
	case utf8.RuneCountInString(c.DisplayName) > MaxName:
		return InField("displayName", "The display name of the custom chart is longer than %d characters.", MaxName)
	case strings.ContainsRune(c.DisplayName, 0):
		return InField("displayName", "The display name holds a character that cannot be stored, such as NUL.")
	case len(c.Spec) > MaxChartSpec:
		return InField("spec", "The spec of the custom chart is larger than %d KiB. Keep data in the table that it draws.", MaxChartSpec>>10)
	}
	if _, err := readSpec(c.Spec); err != nil {
		return err
	}
	return nil
}

func checkChartName(name string) error { return checkName("custom chart", name, `/\#?%:`) }

// ChartRoom returns Invalid for a custom chart of an entity that has as many as
// it may.
func ChartRoom(has int) error {
	if has >= MaxCharts {
		return Errorf(Invalid, "There can be %d custom charts here, and there are.", MaxCharts)
	}
	return nil
}

// Visible reports whether the chart may be seen with an access to what its entity
// has.
func (c CustomChart) Visible(a Access) bool { return c.Access == PublicChart || a.Can(Look) }

// readSpec reads the object that a spec is.
func readSpec(text string) (spec map[string]any, err error) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if !json.Valid([]byte(text)) || decoder.Decode(&spec) != nil || spec == nil {
		return nil, InField("spec", "The spec of a custom chart is a JSON object for Vega or Vega-Lite, and this is none.")
	}
	return spec, nil
}

// Chart returns the custom chart that draws the plot, false for the drawings that
// Greenroom has.
func (s PlotSpec) Chart() (ref ChartRef, ok bool) {
	entity, name, ok := strings.Cut(s.Panel, "/")
	return ChartRef{entity, name}, ok && entityName.MatchString(entity) && checkChartName(name) == nil
}

// ChartFigure is a custom chart for one table, to be filled with its rows.
type ChartFigure struct {
	spec  map[string]any
	words []string
}

// Figure fills a plot's columns and titles into the chart's spec. Returns Invalid
// where they are longer than a spec is: one blank may stand in it many times.
func (c CustomChart) Figure(s PlotSpec) (ChartFigure, error) {
	spec, err := readSpec(c.Spec)
	if err != nil {
		return ChartFigure{}, err
	}
	b := blanks{plot: s, room: MaxChartSpec}
	b.fill(spec)
	if b.room < 0 {
		return ChartFigure{}, Errorf(Invalid, "The columns and titles that the run gives this custom chart are longer than %d KiB together.", MaxChartSpec>>10)
	}
	return ChartFigure{spec, b.words}, nil
}

// blank is what a spec leaves to those who draw by it: ${field:x} for a column,
// ${string:title:otherwise} for words.
var blank = regexp.MustCompile(`\$\{(field|string):([^:}]*)(?::([^}]*))?\}`)

// accessPath escapes what Vega would read as a way into an object: a column's name
// may hold it.
var accessPath = strings.NewReplacer(`\`, `\\`, `.`, `\.`, `[`, `\[`, `]`, `\]`)

// blanks fills the blanks in a spec.
type blanks struct {
	plot  PlotSpec
	room  int      // bytes left for what fills them, below 0 when there was too little
	words []string // all texts of the spec, filled
}

// fill fills the blanks in all texts below a value.
func (b *blanks) fill(value any) any {
	switch v := value.(type) {
	case string:
		v = blank.ReplaceAllStringFunc(v, b.filled)
		b.words = append(b.words, strings.ReplaceAll(v, `\`, ""))
		return v
	case []any:
		for i := range v {
			v[i] = b.fill(v[i])
		}
	case map[string]any:
		for key := range v {
			v[key] = b.fill(v[key])
		}
	}
	return value
}

// filled is what stands in the place of a blank.
func (b *blanks) filled(found string) (text string) {
	parts := blank.FindStringSubmatch(found)
	kind, name, otherwise := parts[1], parts[2], parts[3]
	if kind == "field" {
		text = b.plot.Fields[name]
	} else {
		text = cmp.Or(b.plot.Words[name], otherwise)
	}
	if b.room -= len(text); b.room < 0 {
		return ""
	}
	if kind == "field" {
		return accessPath.Replace(text)
	}
	return text
}

// Table asks for what the figure draws of a table: the columns that its spec
// speaks of.
func (f ChartFigure) Table() TableQuery { return TableQuery{Size: PlotRows, Spoken: f.words} }

// spokenColumns returns the columns that texts speak of, at most ChartColumns:
// first those that are a whole text, then those that stand in one.
func spokenColumns(columns []TableColumn, words []string) []int {
	whole, text := map[string]bool{}, strings.Join(words, "\n")
	for _, w := range words {
		whole[w] = true
	}
	var shown, within []int
	for i, c := range columns {
		switch name := strings.ReplaceAll(c.Name, `\`, ""); {
		case name == "":
		case whole[name]:
			shown = append(shown, i)
		case len(within) < ChartColumns && strings.Contains(text, name):
			within = append(within, i)
		}
	}
	shown = append(shown, within...)
	shown = shown[:min(len(shown), ChartColumns)]
	slices.Sort(shown)
	return shown
}

// runColor is what a spec gets that colours by run: there is one here.
const runColor = "#3b6fd4"

// dataName is what specs call the table that they draw.
const dataName = "wandb"

// Draw returns the figure for Vega with the rows of a table, and under name what
// the run is called.
func (f ChartFigure) Draw(run string, p TablePage) (json.RawMessage, error) {
	rows := make([]any, len(p.Rows))
	for i, row := range p.Rows {
		values := map[string]any{"name": run, "color": runColor}
		for at, column := range p.Shown {
			values[p.Columns[column].Name] = row.Cells[at].value()
		}
		rows[i] = values
	}
	schema, _ := f.spec["$schema"].(string)
	if strings.Contains(schema, "/vega/v") {
		giveRows(f.spec["data"], rows)
	} else {
		sets, ok := f.spec["datasets"].(map[string]any)
		if !ok {
			sets = map[string]any{}
			f.spec["datasets"] = sets
		}
		sets[dataName] = rows
		fillFrame(f.spec)
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(f.spec)
	return text.Bytes(), err
}

// giveRows puts rows into the data of a spec of Vega's, which is one set or a list.
func giveRows(data any, rows []any) {
	switch d := data.(type) {
	case []any:
		for _, set := range d {
			giveRows(set, rows)
		}
	case map[string]any:
		if d["name"] == dataName {
			d["values"] = rows
		}
	}
}

// fillFrame makes a spec of Vega-Lite's that is one view and says no size take the
// room there is.
func fillFrame(spec map[string]any) {
	has := func(of map[string]any, names ...string) bool {
		return slices.ContainsFunc(names, func(name string) bool { return of[name] != nil })
	}
	encoding, _ := spec["encoding"].(map[string]any)
	if !has(spec, "mark", "layer") || has(encoding, "row", "column", "facet") {
		return
	}
	for _, side := range []string{"width", "height"} {
		if !has(spec, side) {
			spec[side] = "container"
		}
	}
}

// value is the cell as a drawing takes it: NaN and the like are nothing there.
func (c Cell) value() any {
	switch {
	case c.Kind == NoCell || c.Kind == NumberCell && !finite(c.Number):
		return nil
	case c.Kind == NumberCell:
		return c.Number
	case c.Kind == BoolCell:
		return c.Text == "true"
	case c.Numbers != nil && !slices.ContainsFunc(c.Numbers, func(v float64) bool { return !finite(v) }):
		return c.Numbers
	}
	return c.Text
}

// ChartCreated happens when a script describes a custom chart.
type ChartCreated struct {
	EntityID int64       `json:"-"`
	Chart    string      `json:"chart"`
	Access   ChartAccess `json:"access"`
}

// EventName implements Event.
func (ChartCreated) EventName() string { return "chart.created" }

// Subjects implements Event.
func (e ChartCreated) Subjects() []Subject { return []Subject{EntitySubject.Of(e.EntityID)} }
