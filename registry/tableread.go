package registry

import (
	"errors"
	"io"
	"math"
	"slices"
	"strings"
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

var errTable = Errorf(Invalid, "This file is not a W&B table.")

// ReadTable reads a page of a table as W&B's clients write it, which may hold
// the bare words NaN, Infinity and -Infinity. It holds no more of the file than
// the page, and a few bytes per row where rows are sorted. Returns Invalid for
// what is no table.
func ReadTable(r io.ReadSeeker, q TableQuery) (TablePage, error) {
	t := tableReader{scan: scanner{r: r}, page: TablePage{Query: q}}
	err := t.read()
	if errors.Is(err, errGarbage) || errors.Is(err, io.ErrUnexpectedEOF) {
		return TablePage{}, errTable
	}
	return t.page, err
}

type tableReader struct {
	scan  scanner
	page  TablePage
	types string
	data  int64 // where the rows begin, if they came before their columns
	seen  bool  // the rows
}

func (t *tableReader) read() error {
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
	return t.finish()
}

func (t *tableReader) member(key string) error {
	switch {
	case key == "columns":
		return t.readColumns()
	case key == "column_types":
		raw, cut, err := t.scan.value(maxColumnTypes)
		if !cut {
			t.types = raw
		}
		return err
	case key == "data" && t.page.Columns == nil:
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

// finish reads rows that came before their columns, and types.
func (t *tableReader) finish() error {
	if t.page.Columns == nil {
		return errTable
	}
	if !t.seen {
		if t.data == 0 {
			return errTable
		}
		if err := t.scan.jump(t.data); err != nil {
			return err
		}
		if err := t.readRows(); err != nil && !errors.Is(err, errFar) {
			return err
		}
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
	t.page.Columns = []TableColumn{}
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
			t.page.Columns = append(t.page.Columns, TableColumn{Name: ReadCell(raw, cut).Text})
		}
	}
	t.page.Shown = shownColumns(t.page.Query, t.page.Columns)
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

func (t *tableReader) sortColumn() int {
	if t.page.Query.Sort == "" {
		return -1
	}
	return slices.IndexFunc(t.page.Columns, func(c TableColumn) bool { return c.Name == t.page.Query.Sort })
}

// sortKey is where a row is and what it is sorted by: numbers before texts,
// nothing last.
type sortKey struct {
	offset int64
	n      int
	rank   int8
	number float64
	text   string
}

func (t *tableReader) readRows() error {
	t.seen = true
	by := t.sortColumn()
	if by < 0 {
		t.page.Query.Sort = ""
	}
	first, behind := t.page.Query.first(), t.page.Query.first()+t.page.Query.size()
	if err := t.scan.open('['); err != nil {
		return err
	}
	var keys []sortKey
	for n := 0; ; n++ {
		more, err := t.scan.nextItem(n)
		if err != nil {
			return err
		}
		if !more {
			t.page.Whole = true
			break
		}
		if t.scan.at() > TableScan && n >= behind || by >= 0 && n >= maxSortedRows {
			break
		}
		switch {
		case by >= 0:
			offset := t.scan.at()
			key, err := t.key(by)
			if err != nil {
				return err
			}
			key.offset, key.n = offset, n
			keys = append(keys, key)
		case n >= first && n < behind:
			if err := t.row(n); err != nil {
				return err
			}
		default:
			if err := t.scan.skip(); err != nil {
				return err
			}
		}
		t.page.Total++
	}
	whole := t.page.Whole
	end := t.scan.at()
	if by >= 0 {
		if err := t.sorted(keys, first, behind); err != nil {
			return err
		}
		if err := t.scan.jump(end); err != nil {
			return err
		}
	}
	if !whole {
		return errFar
	}
	return nil
}

// errFar says that the rest of the file is left unread.
var errFar = errors.New("the rest of the table is left unread")

func (t *tableReader) sorted(keys []sortKey, first, behind int) error {
	desc := t.page.Query.Desc
	slices.SortStableFunc(keys, func(a, b sortKey) int {
		switch {
		case a.rank != b.rank:
			return int(a.rank) - int(b.rank)
		case desc:
			a, b = b, a
		}
		if a.number != b.number {
			if a.number < b.number {
				return -1
			}
			return 1
		}
		return strings.Compare(a.text, b.text)
	})
	for _, k := range keys[min(first, len(keys)):min(behind, len(keys))] {
		if err := t.scan.jump(k.offset); err != nil {
			return err
		}
		if err := t.row(k.n); err != nil {
			return err
		}
	}
	return nil
}

// key reads a row for the value that it is sorted by.
func (t *tableReader) key(column int) (key sortKey, err error) {
	key.rank = 3
	c, err := t.scan.peek()
	if err != nil || c != '[' {
		return key, errors.Join(err, t.scan.skip())
	}
	if err := t.scan.open('['); err != nil {
		return key, err
	}
	for n := 0; ; n++ {
		more, err := t.scan.nextItem(n)
		if err != nil || !more {
			return key, err
		}
		if n != column {
			if err := t.scan.skip(); err != nil {
				return key, err
			}
			continue
		}
		raw, cut, err := t.scan.value(4 * sortText)
		if err != nil {
			return key, err
		}
		switch cell := ReadCell(raw, cut); cell.Kind {
		case NumberCell:
			if key.rank, key.number = 0, cell.Number; math.IsNaN(cell.Number) {
				key.rank, key.number = 2, 0
			}
		case NoCell:
		default:
			key.rank, key.text = 1, strings.ToLower(cell.Text[:min(len(cell.Text), sortText)])
		}
	}
}

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
