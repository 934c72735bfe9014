package registry

import (
	"errors"
	"math"
	"slices"
	"strings"
)

// column returns where the column of a name stands, -1 where there is none.
func (p TablePage) column(name string) int {
	if name == "" {
		return -1
	}
	return slices.IndexFunc(p.Columns, func(c TableColumn) bool { return c.Name == name })
}

// sortKey is where a row is and what it is sorted by: numbers before texts,
// nothing last.
type sortKey struct {
	part   int
	offset int64
	n      int
	rank   int8
	number float64
	text   string
}

func (t *tableReader) addKey(n, column int) error {
	offset := t.scan.at()
	key, err := t.key(column)
	key.part, key.offset, key.n = t.part, offset, n
	t.keys = append(t.keys, key)
	return err
}

// addWanted notes where a row is that is wanted.
func (t *tableReader) addWanted(n int) error {
	offset := t.scan.at()
	cell, err := t.cellOf(t.page.column(t.page.Query.With))
	if err == nil && cell.Kind != NoCell && t.wanted[cell.Text] {
		t.keys = append(t.keys, sortKey{part: t.part, offset: offset, n: n})
		delete(t.wanted, cell.Text)
	}
	return err
}

// readSorted reads the rows of the page, where they are sorted.
func (t *tableReader) readSorted() error {
	sortKeys(t.keys, t.page.Query.Desc)
	first, behind := t.page.Query.first(), t.page.Query.first()+t.page.Query.size()
	open := -1
	for _, k := range t.keys[min(first, len(t.keys)):min(behind, len(t.keys))] {
		if k.part != open {
			f, err := t.parts.Open(k.part)
			if err != nil {
				return err
			}
			defer f.Close() // at most one for each row of the page
			t.scan, open = scanner{r: f}, k.part
		}
		if err := t.scan.jump(k.offset); err != nil {
			return err
		}
		if err := t.row(k.n); err != nil {
			return err
		}
	}
	return nil
}

func sortKeys(keys []sortKey, desc bool) {
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
}

// key reads a row for the value that it is sorted by.
func (t *tableReader) key(column int) (key sortKey, err error) {
	key.rank = 3
	cell, err := t.cellOf(column)
	switch cell.Kind {
	case NumberCell:
		if key.rank, key.number = 0, cell.Number; math.IsNaN(cell.Number) {
			key.rank, key.number = 2, 0
		}
	case NoCell:
	default:
		key.rank, key.text = 1, strings.ToLower(cell.Text[:min(len(cell.Text), sortText)])
	}
	return key, err
}

// cellOf reads a row for the beginning of one of its values.
func (t *tableReader) cellOf(column int) (cell Cell, err error) {
	c, err := t.scan.peek()
	if err != nil || c != '[' {
		return cell, errors.Join(err, t.scan.skip())
	}
	if err := t.scan.open('['); err != nil {
		return cell, err
	}
	for n := 0; ; n++ {
		more, err := t.scan.nextItem(n)
		if err != nil || !more {
			return cell, err
		}
		if n != column {
			if err := t.scan.skip(); err != nil {
				return cell, err
			}
			continue
		}
		raw, cut, err := t.scan.value(4 * sortText)
		if err != nil {
			return cell, err
		}
		cell = ReadCell(raw, cut)
	}
}
