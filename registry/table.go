package registry

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// How much of a table one page holds, and how much of one cell.
const (
	TableRows       = 50
	TableColumns    = 12  // without a choice
	MaxColumnsShown = 100 // with one
	MaxTablePage    = 1_000_000
	tableCell       = 8 << 10 // bytes of a text or a list
	tableObject     = 2 << 20 // bytes of an object that describes media: of a picture, its boxes stand in it
	shownText       = 400     // bytes
	shownNumbers    = 64
)

// TableQuery says what of a table to show.
type TableQuery struct {
	Page    int    // from 1 on; 0 is the first
	Size    int    // rows a page; 0 for TableRows
	Sort    string // the name of a column; "" for the order of the file
	Desc    bool
	From    int      // the first column shown, beside column 0
	Columns []int    // the columns shown; nil for TableColumns from From on
	Find    string   // what the names of columns offered hold
	Named   []string // the columns shown, by name; nil for Columns
	Spoken  []string // the columns shown are ChartColumns of those that these texts name; nil for Columns
	With    string   // a column that is shown besides, by name; "" for none
}

func (q TableQuery) size() int {
	if q.Size > 0 {
		return q.Size
	}
	return TableRows
}

func (q TableQuery) first() int { return (max(q.Page, 1) - 1) * q.size() }

// TablePage is a part of a table.
type TablePage struct {
	Query   TableQuery
	Columns []TableColumn // all of them
	Shown   []int         // of Columns, those that Rows have cells of
	Rows    []TableRow
	Total   int  // rows
	Second  int  // of two tables side by side, the first of Columns that is of the second; 0 otherwise
	Whole   bool // Total is all there are; a file that is too long is not read to its end
}

// TableColumn is a column of a table.
type TableColumn struct {
	Name     string
	Type     string            // in W&B's words, "" where the table does not say
	Numeric  bool              // all cells of the page are numbers
	Decimals int               // that all of them are written with, -1 where they differ in size
	Classes  map[string]string // names of class labels, by ID as JSON writes it
	// ClassesPath is the file beside the table that names the classes, "" if
	// Classes does already or there are none.
	ClassesPath string
	// LayerClasses are the names of the classes that masks and boxes over pictures
	// give.
	LayerClasses map[int]string
}

// TableRow is a row with its number in the file, from 0 on.
type TableRow struct {
	N     int
	Cells []Cell // of the columns shown
}

// CellKind is what a cell holds.
type CellKind string

// The kinds of cells.
const (
	NoCell        CellKind = "" // null, or the row is too short
	NumberCell    CellKind = "number"
	TextCell      CellKind = "text"
	BoolCell      CellKind = "boolean"
	ClassCell     CellKind = "class"
	ListCell      CellKind = "list"
	ObjectCell    CellKind = "object"
	ImageCell     CellKind = "image"
	AudioCell     CellKind = "audio"
	VideoCell     CellKind = "video"
	HTMLCell      CellKind = "html"
	HistogramCell CellKind = "histogram"
	FigureCell    CellKind = "figure" // of Plotly's
	FileCell      CellKind = "file"   // of any other type that people log
)

// Cell is a value of a table. Text is what can be read of it, Cut says that this
// is not all. Media have a Path, relative to the artifact or the run.
type Cell struct {
	Kind    CellKind
	Text    string // the caption of media
	Cut     bool
	Number  float64
	Numbers []float64 // of a list of nothing else that is short
	Path    string
	Media   Media
}

// ReadCell reads a value. cut says that raw is not all of it.
func ReadCell(raw string, cut bool) Cell {
	raw = strings.Trim(raw, space)
	if raw == "" {
		return Cell{}
	}
	switch c := raw[0]; {
	case c == '"':
		text, short := shorten(unquote(raw, cut))
		return Cell{Kind: TextCell, Text: text, Cut: cut || short}
	case c == '{':
		return objectCell(raw, cut)
	case c == '[':
		text, short := shorten(raw)
		return Cell{Kind: ListCell, Text: text, Cut: cut || short, Numbers: numbersIn(raw, cut)}
	case raw == "null":
		return Cell{}
	case raw == "true" || raw == "false":
		return Cell{Kind: BoolCell, Text: raw}
	}
	r := LineReader{s: raw}
	if v, err := r.number(); err == nil && r.i == len(raw) {
		return Cell{Kind: NumberCell, Text: raw, Number: v}
	}
	text, short := shorten(raw)
	return Cell{Kind: ObjectCell, Text: text, Cut: cut || short}
}

// objectCell tells media from other objects.
func objectCell(raw string, cut bool) Cell {
	text, short := shorten(raw)
	other := Cell{Kind: ObjectCell, Text: text, Cut: cut || short}
	if cut {
		return other
	}
	m, ok := ReadMedia(raw)
	if !ok {
		return other
	}
	c := Cell{Kind: FileCell, Text: m.Caption(), Media: m}
	if len(m.Files) > 0 {
		c.Path = m.Files[0].Path
	}
	switch m.Kind {
	case ImageMedia:
		c.Kind = ImageCell
	case AudioMedia:
		c.Kind = AudioCell
	case VideoMedia:
		c.Kind = VideoCell
	case HTMLMedia:
		c.Kind = HTMLCell
	case HistogramMedia:
		c.Kind = HistogramCell
	case PlotlyMedia:
		c.Kind = FigureCell
	}
	if c.Kind == FileCell && c.Path == "" {
		return other
	}
	return c
}

// unquote reads a JSON string, of one that was cut what is there.
func unquote(raw string, cut bool) string {
	if cut || len(raw) < 2 || raw[len(raw)-1] != '"' {
		if i := strings.LastIndexByte(raw, '\\'); i >= 0 && i > len(raw)-12 {
			raw = strings.TrimRight(raw[:i], `\`)
		}
		raw += `"`
	}
	var text string
	if json.Unmarshal([]byte(strings.ToValidUTF8(raw, "\uFFFD")), &text) != nil {
		return Printable(strings.Trim(raw, `"`))
	}
	return Printable(text)
}

// shorten returns the beginning of a long text.
func shorten(text string) (short string, cut bool) {
	if len(text) <= shownText {
		return Printable(text), false
	}
	n := shownText
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return Printable(text[:n]), true
}

// numbersIn returns the numbers of a list of few numbers, nil for any other.
func numbersIn(raw string, cut bool) []float64 {
	if cut {
		return nil
	}
	var numbers []float64
	r := LineReader{s: raw}
	if !r.take('[') || r.take(']') {
		return nil
	}
	for len(numbers) < shownNumbers {
		r.space()
		v, err := r.number()
		if err != nil {
			return nil
		}
		numbers = append(numbers, v)
		if r.take(']') {
			return numbers
		}
		if !r.take(',') {
			return nil
		}
	}
	return nil
}

// columnTypes is the part of a table that says what its columns hold.
type columnTypes struct {
	Params struct {
		TypeMap map[string]columnType `json:"type_map"`
	}
}

type columnType struct {
	WBType string `json:"wb_type"`
	Params struct {
		AllowedTypes []columnType `json:"allowed_types"`
		ClassesObj   struct {
			Path     string
			ClassSet []class `json:"class_set"`
		} `json:"classes_obj"`
		ClassMap json.RawMessage `json:"class_map"`
	}
}

type class struct {
	ID   json.RawMessage
	Name string
}

// plain returns the type behind "none or this".
func (c columnType) plain() columnType {
	if c.WBType != "union" {
		return c
	}
	var one []columnType
	for _, t := range c.Params.AllowedTypes {
		if t.WBType != "none" {
			one = append(one, t)
		}
	}
	if len(one) == 1 {
		return one[0]
	}
	return c
}

// giveTypes tells the columns their types; what cannot be read says nothing.
func giveTypes(columns []TableColumn, raw string) {
	var types columnTypes
	if json.Unmarshal(quoteWords(raw), &types) != nil {
		return
	}
	for i := range columns {
		t, ok := types.Params.TypeMap[columns[i].Name]
		if !ok {
			continue
		}
		t = t.plain()
		columns[i].Type = t.WBType
		if t.WBType == "classesId" {
			columns[i].ClassesPath = t.Params.ClassesObj.Path
			columns[i].Classes = namesOf(t.Params.ClassesObj.ClassSet)
		}
		var classes struct {
			Params struct{ Val map[string]anyText }
		}
		if json.Unmarshal(t.Params.ClassMap, &classes) == nil {
			columns[i].LayerClasses = classNames(classes.Params.Val)
		}
	}
}

// ReadClasses reads the file that names classes.
func ReadClasses(text []byte) map[string]string {
	var set struct {
		ClassSet []class `json:"class_set"`
	}
	if json.Unmarshal(text, &set) != nil {
		return nil
	}
	return namesOf(set.ClassSet)
}

func namesOf(classes []class) map[string]string {
	if len(classes) == 0 {
		return nil
	}
	names := map[string]string{}
	for _, c := range classes {
		names[string(c.ID)] = Printable(c.Name)
	}
	return names
}

// NameClasses gives the cells of a column of class labels their names.
func (p *TablePage) NameClasses(column int, names map[string]string) {
	p.Columns[column].Classes = names
	for at, c := range p.Shown {
		if c != column {
			continue
		}
		p.Columns[column].Numeric = false
		for _, row := range p.Rows {
			cell := &row.Cells[at]
			id := cell.Text
			if cell.Kind == TextCell {
				id = strconv.Quote(id)
			}
			if name, ok := names[id]; ok && cell.Kind != NoCell {
				cell.Kind, cell.Text = ClassCell, name
			}
		}
	}
}

// Paths returns the files that the cells of the page name.
func (p TablePage) Paths() []string {
	var paths []string
	for _, row := range p.Rows {
		for _, c := range row.Cells {
			paths = append(paths, c.Media.Paths()...)
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

// decimalsOf returns how many decimals numbers need as they are written in the
// file, -1 where powers of ten or very many are among them.
func decimalsOf(cells []Cell) int {
	const most = 6
	decimals := 0
	for _, c := range cells {
		if c.Kind != NumberCell || math.IsNaN(c.Number) || math.IsInf(c.Number, 0) {
			continue
		}
		_, part, _ := strings.Cut(c.Text, ".")
		part = strings.TrimRight(part, "0")
		if strings.ContainsAny(c.Text, "eE") || len(part) > most {
			return -1
		}
		decimals = max(decimals, len(part))
	}
	return decimals
}
