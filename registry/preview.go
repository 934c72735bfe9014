package registry

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"path"
	"strconv"
	"strings"
	"unicode/utf8"
)

// PreviewKind is how a page shows a file.
type PreviewKind string

// The kinds.
const (
	PreviewNone     PreviewKind = ""
	PreviewText     PreviewKind = "text"
	PreviewMarkdown PreviewKind = "markdown"
	PreviewJSON     PreviewKind = "json"
	PreviewCells    PreviewKind = "cells" // CSV and TSV
	PreviewTable    PreviewKind = "table" // as scripts log them
	PreviewTensors  PreviewKind = "tensors"
	PreviewImage    PreviewKind = "image"
	PreviewAudio    PreviewKind = "audio"
	PreviewVideo    PreviewKind = "video"
	PreviewHTML     PreviewKind = "html"
)

// Preview is what a page shows of a file without anyone downloading it.
type Preview struct {
	Kind    PreviewKind
	Text    string // of text and Markdown
	JSON    json.RawMessage
	Cells   Cells
	Table   TablePage
	Tensors Tensors
	More    bool // the file goes on
}

// PreviewQuery says how to show a file.
type PreviewQuery struct {
	AsText bool
	Table  TableQuery
}

// Cells are the beginning of a file of rows.
type Cells struct {
	Columns []CellColumn
	Rows    [][]string
	Wide    int // columns left out
}

// CellColumn is one column of Cells.
type CellColumn struct {
	Name    string
	Numeric bool // every cell is a number or empty
}

// How much of a file a preview holds.
const (
	previewText    = 200 << 10 // bytes of text
	previewJSON    = 1 << 20   // bytes; longer JSON is shown as text
	previewRows    = 100
	previewColumns = 50
)

var previewKinds = map[string]PreviewKind{
	".md": PreviewMarkdown, ".markdown": PreviewMarkdown,
	".json": PreviewJSON, ".ipynb": PreviewJSON,
	".csv": PreviewCells, ".tsv": PreviewCells,
	".safetensors": PreviewTensors,
	".png":         PreviewImage, ".jpg": PreviewImage, ".jpeg": PreviewImage, ".gif": PreviewImage, ".webp": PreviewImage, ".svg": PreviewImage,
	".bmp": PreviewImage, ".avif": PreviewImage,
	".wav": PreviewAudio, ".mp3": PreviewAudio, ".ogg": PreviewAudio, ".oga": PreviewAudio, ".flac": PreviewAudio, ".m4a": PreviewAudio,
	".mp4": PreviewVideo, ".webm": PreviewVideo, ".ogv": PreviewVideo, ".mov": PreviewVideo,
	".html": PreviewHTML, ".htm": PreviewHTML,
}

// PreviewKindOf is how a file of that name is shown, if it is what its name says.
// A name that says nothing is taken for text.
func PreviewKindOf(name string) PreviewKind {
	if strings.HasSuffix(strings.ToLower(name), ".table.json") || NamesTables(name) {
		return PreviewTable
	}
	if kind, ok := previewKinds[strings.ToLower(path.Ext(name))]; ok {
		return kind
	}
	return PreviewText
}

// Shown reports whether browsers show the file itself, so that its bytes need not
// be read for a preview.
func (k PreviewKind) Shown() bool {
	return k == PreviewImage || k == PreviewAudio || k == PreviewVideo || k == PreviewHTML
}

// ReadPreview reads as much of a file as a page shows of it. What is not what its
// kind says is shown as text, and not at all when it is no text either.
func ReadPreview(file io.ReadSeeker, name string, size int64, q PreviewQuery) (p Preview, err error) {
	kind := PreviewKindOf(name)
	if q.AsText {
		kind = PreviewText
	}
	if kind == PreviewTable {
		p.Table, err = ReadTable(file, q.Table)
		if KindOf(err) != Invalid {
			return Preview{Kind: kind, Table: p.Table}, err
		}
		kind = PreviewJSON
		if _, err := file.Seek(0, io.SeekStart); err != nil {
			return p, err
		}
	}
	switch {
	case kind.Shown():
		return Preview{Kind: kind}, nil
	case kind == PreviewTensors:
		p.Tensors, err = ReadTensors(file, size)
		if KindOf(err) == Invalid {
			return Preview{}, nil
		}
		return Preview{Kind: kind, Tensors: p.Tensors}, err
	case kind == PreviewJSON && size <= previewJSON:
		raw, err := io.ReadAll(file)
		if err != nil {
			return p, err
		}
		if json.Valid(raw) {
			return Preview{Kind: kind, JSON: raw}, nil
		}
		if _, err := file.Seek(0, io.SeekStart); err != nil {
			return p, err
		}
	}
	text, more, ok, err := readText(file)
	if err != nil || !ok {
		return Preview{}, err
	}
	p = Preview{Kind: PreviewText, Text: text, More: more}
	switch kind {
	case PreviewMarkdown:
		p.Kind = kind
	case PreviewCells:
		if cells, cut, ok := readCells(text, more, name); ok {
			return Preview{Kind: kind, Cells: cells, More: more || cut}, nil
		}
	}
	return p, nil
}

// readText reads the beginning of a file, up to the end of a line where it is
// cut. ok is false for what is no text.
func readText(r io.Reader) (text string, more, ok bool, err error) {
	raw, err := io.ReadAll(io.LimitReader(r, previewText+1))
	if err != nil {
		return "", false, false, err
	}
	if more = len(raw) > previewText; more {
		raw = raw[:previewText]
		if end := bytes.LastIndexByte(raw, '\n'); end > 0 {
			raw = raw[:end+1]
		}
		for len(raw) > 0 && !utf8.Valid(raw[max(0, len(raw)-utf8.UTFMax):]) && !utf8.RuneStart(raw[len(raw)-1]) {
			raw = raw[:len(raw)-1]
		}
	}
	raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
	return string(raw), more, utf8.Valid(raw) && bytes.IndexByte(raw, 0) < 0, nil
}

// readCells reads rows that are separated as the file's name or its first line
// says. ok is false when they are not.
func readCells(text string, more bool, name string) (cells Cells, cut, ok bool) {
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord, r.LazyQuotes, r.ReuseRecord = -1, true, false
	first, _, _ := strings.Cut(text, "\n")
	switch {
	case strings.EqualFold(path.Ext(name), ".tsv"):
		r.Comma = '\t'
	case strings.Count(first, ";") > strings.Count(first, ","):
		r.Comma = ';'
	}
	var rows [][]string
	for len(rows) <= previewRows+1 {
		row, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return cells, false, false
		}
		rows = append(rows, row)
	}
	if len(rows) == 0 {
		return cells, false, false
	}
	if cut = len(rows) > previewRows+1; cut {
		rows = rows[:previewRows+1]
	} else if more && len(rows) > 1 {
		rows = rows[:len(rows)-1] // its quotes may end behind the cut
	}
	return newCells(rows), cut, true
}

// newCells takes the first row for names unless a number stands in it, and tells
// columns of numbers.
func newCells(rows [][]string) (cells Cells) {
	width := 0
	for _, row := range rows {
		width = max(width, len(row))
	}
	cells.Wide = max(0, width-previewColumns)
	width = min(width, previewColumns)
	named := true
	for _, cell := range rows[0] {
		named = named && !isNumber(cell)
	}
	for i := range width {
		column := CellColumn{Name: strconv.Itoa(i + 1)}
		if named && i < len(rows[0]) {
			column.Name = rows[0][i]
		}
		cells.Columns = append(cells.Columns, column)
	}
	if named {
		rows = rows[1:]
	}
	for _, row := range rows {
		full := make([]string, width)
		copy(full, row)
		cells.Rows = append(cells.Rows, full)
	}
	for i := range cells.Columns {
		numbers := 0
		for _, row := range cells.Rows {
			if isNumber(row[i]) {
				numbers++
			} else if strings.TrimSpace(row[i]) != "" {
				numbers = -1
				break
			}
		}
		cells.Columns[i].Numeric = numbers > 0
	}
	return cells
}

func isNumber(cell string) bool {
	_, err := strconv.ParseFloat(strings.TrimSpace(cell), 64)
	return err == nil
}
