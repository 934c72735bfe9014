package registry

import (
	"errors"
	"io"
	"slices"
)

const (
	// TableScan is how many bytes of a table are read to find rows; pages behind
	// them are for those who download it.
	TableScan       = 128 << 20
	maxTableColumns = 10_000
	maxSortedRows   = 1_000_000
	maxColumnTypes  = 4 << 20
	sortText        = 64 // bytes by which texts are put in order
)

var (
	errTable      = Errorf(Invalid, "This file is not a W&B table.")
	errTableParts = Errorf(Invalid, "The parts of this table do not have the same columns.")
)

// TableParts are the files that hold a table, in the order of its rows. All have
// the same columns.
type TableParts struct {
	N    int
	Open func(part int) (io.ReadSeekCloser, error)
}

// ReadTable reads a page of a table as W&B's clients write it, which may hold
// the bare words NaN, Infinity and -Infinity. It holds no more of the file than
// the page, and a few bytes per row where rows are sorted. Returns Invalid for
// what is no table.
func ReadTable(r io.ReadSeeker, q TableQuery) (TablePage, error) {
	open := func(int) (io.ReadSeekCloser, error) { return leftOpen{r}, nil }
	return ReadTableParts(TableParts{N: 1, Open: open}, q)
}

// leftOpen is a file that its opener closes.
type leftOpen struct{ io.ReadSeeker }

func (leftOpen) Close() error { return nil }

// ReadTableParts is ReadTable for a table of several files.
func ReadTableParts(parts TableParts, q TableQuery) (TablePage, error) {
	t := tableReader{parts: parts, page: TablePage{Query: q}}
	if err := t.readAll(); err != nil {
		return TablePage{}, err
	}
	return t.page, nil
}

func (t *tableReader) readAll() error {
	err := t.read()
	if errors.Is(err, errGarbage) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errTable
	}
	return err
}

type tableReader struct {
	parts TableParts
	part  int
	scan  scanner // of the part
	named bool    // its columns are known
	data  int64   // where its rows begin, if they came before its columns
	seen  bool    // its rows
	begun int64   // bytes of the parts before it
	page  TablePage
	types string
	keys  []sortKey // of all rows, where they are sorted
	// wanted are the values of the column Query.With of the only rows to read, nil
	// for rows by number.
	wanted map[string]bool
}

func (t *tableReader) read() error {
	t.page.Whole = true
	for t.part = 0; t.part < t.parts.N && t.page.Whole; t.part++ {
		if err := t.readPart(); err != nil {
			return err
		}
	}
	if err := t.readSorted(); err != nil {
		return err
	}
	giveTypes(t.page.Columns, t.types)
	for at, column := range t.page.Shown {
		t.page.Columns[column].Numeric, t.page.Columns[column].Decimals = t.numeric(at)
	}
	t.page.nameLayers()
	for column, c := range t.page.Columns {
		if c.Classes != nil {
			t.page.NameClasses(column, c.Classes)
		}
	}
	return nil
}

// readPart reads one file, as far as its rows are looked for.
func (t *tableReader) readPart() error {
	f, err := t.parts.Open(t.part)
	if err != nil {
		return err
	}
	defer f.Close()
	t.scan, t.named, t.data, t.seen = scanner{r: f}, false, 0, false
	if err := t.scan.open('{'); err != nil {
		return err
	}
	for n := 0; ; n++ {
		key, more, err := t.scan.nextKey(n)
		if err != nil {
			return err
		}
		if !more {
			break
		}
		if err := t.member(key); errors.Is(err, errFar) {
			break
		} else if err != nil {
			return err
		}
	}
	if !t.named || !t.seen && t.data == 0 {
		return errTable
	}
	t.begun += t.scan.at()
	if t.seen {
		return nil
	}
	if err := t.scan.jump(t.data); err != nil { // the rows came before the columns
		return err
	}
	if err := t.readRows(); err != nil && !errors.Is(err, errFar) {
		return err
	}
	return nil
}

func (t *tableReader) member(key string) error {
	switch {
	case key == "columns":
		return t.readColumns()
	case key == "column_types":
		raw, cut, err := t.scan.value(maxColumnTypes)
		if !cut && t.types == "" {
			t.types = raw
		}
		return err
	case key == "data" && !t.named:
		if _, err := t.scan.peek(); err != nil {
			return err
		}
		t.data = t.scan.at()
		return t.scan.skip()
	case key == "data":
		return t.readRows()
	}
	return t.scan.skip()
}

// numeric reports whether all cells of a shown column are numbers, and with how
// many decimals they are written.
func (t *tableReader) numeric(at int) (bool, int) {
	var cells []Cell
	for _, row := range t.page.Rows {
		switch c := row.Cells[at]; c.Kind {
		case NumberCell:
			cells = append(cells, c)
		case NoCell:
		default:
			return false, -1
		}
	}
	return len(cells) > 0, decimalsOf(cells)
}

func (t *tableReader) readColumns() error {
	if err := t.scan.open('['); err != nil {
		return err
	}
	columns := []TableColumn{}
	for n := 0; ; n++ {
		more, err := t.scan.nextItem(n)
		if err != nil {
			return err
		}
		if !more {
			break
		}
		raw, cut, err := t.scan.value(tableCell)
		if err != nil {
			return err
		}
		if n < maxTableColumns {
			columns = append(columns, TableColumn{Name: ReadCell(raw, cut).Text})
		}
	}
	t.named = true
	if t.part > 0 {
		if !slices.EqualFunc(columns, t.page.Columns, func(a, b TableColumn) bool { return a.Name == b.Name }) {
			return errTableParts
		}
		return nil
	}
	t.page.Columns = columns
	t.page.Shown = shownColumns(t.page.Query, t.page.Columns)
	if with := t.page.column(t.page.Query.With); with >= 0 && !slices.Contains(t.page.Shown, with) {
		t.page.Shown = append(t.page.Shown, with)
		slices.Sort(t.page.Shown)
	}
	return nil
}

// shownColumns returns the columns that a query asks for.
func shownColumns(q TableQuery, columns []TableColumn) []int {
	shown, n := []int{}, len(columns)
	if q.Named != nil {
		for i, c := range columns {
			if slices.Contains(q.Named, c.Name) {
				shown = append(shown, i)
			}
		}
		return shown
	}
	if q.Spoken != nil {
		return append(shown, spokenColumns(columns, q.Spoken)...)
	}
	for _, c := range q.Columns {
		if c >= 0 && c < n && !slices.Contains(shown, c) {
			shown = append(shown, c)
		}
	}
	if len(shown) > 0 {
		slices.Sort(shown)
		return shown
	}
	if n == 0 {
		return shown
	}
	shown = []int{0} // stays while the others pass by
	for c := max(q.From, 1); c < n && len(shown) < TableColumns; c++ {
		shown = append(shown, c)
	}
	return shown
}

// readRows reads the rows of a part: those of the page or, where they are sorted,
// what all are sorted by.
func (t *tableReader) readRows() error {
	t.seen = true
	by := t.page.column(t.page.Query.Sort)
	if by < 0 {
		t.page.Query.Sort = ""
	}
	first, behind := t.page.Query.first(), t.page.Query.first()+t.page.Query.size()
	if err := t.scan.open('['); err != nil {
		return err
	}
	for i := 0; ; i++ {
		more, err := t.scan.nextItem(i)
		if err != nil || !more {
			return err
		}
		n := t.page.Total
		if t.begun+t.scan.at() > TableScan && n >= behind || by >= 0 && n >= maxSortedRows {
			t.page.Whole = false
			return errFar
		}
		switch {
		case t.wanted != nil:
			err = t.addWanted(n)
		case by >= 0:
			err = t.addKey(n, by)
		case n >= first && n < behind:
			err = t.row(n)
		default:
			err = t.scan.skip()
		}
		if err != nil {
			return err
		}
		t.page.Total++
	}
}

// errFar says that the rest of the file is left unread.
var errFar = errors.New("the rest of the table is left unread")

// row reads a row of the page.
func (t *tableReader) row(n int) error {
	row := TableRow{N: n, Cells: make([]Cell, len(t.page.Shown))}
	t.page.Rows = append(t.page.Rows, row)
	c, err := t.scan.peek()
	if err != nil || c != '[' {
		return errors.Join(err, t.scan.skip())
	}
	if err := t.scan.open('['); err != nil {
		return err
	}
	at := 0
	for n := 0; ; n++ {
		more, err := t.scan.nextItem(n)
		if err != nil || !more {
			return err
		}
		if at == len(t.page.Shown) || n != t.page.Shown[at] {
			if err := t.scan.skip(); err != nil {
				return err
			}
			continue
		}
		raw, cut, err := t.scan.cell()
		if err != nil {
			return err
		}
		row.Cells[at] = ReadCell(raw, cut)
		at++
	}
}
