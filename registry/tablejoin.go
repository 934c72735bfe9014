package registry

import (
	"encoding/json"
	"slices"
	"strings"
)

// MaxTableNames is the longest file that names tables, in bytes.
const MaxTableNames = 64 << 10

// TableNames is a table that is made of others in the same artifact: of all in a
// folder, one after the other, or of two, side by side.
type TableNames struct {
	Folder string
	Tables [2]string // their paths
	Keys   [2]string // the columns by whose values their rows belong together
}

// NamesTables reports whether a file of that name holds TableNames.
func NamesTables(name string) bool {
	return strings.HasSuffix(name, ".partitioned-table.json") || strings.HasSuffix(name, ".joined-table.json")
}

// ReadTableNames reads what W&B's clients write for partitioned and for joined
// tables. Returns Invalid for anything else.
func ReadTableNames(text []byte) (n TableNames, err error) {
	var j struct {
		Folder string          `json:"parts_path"`
		First  string          `json:"table1"`
		Second string          `json:"table2"`
		Key    json.RawMessage `json:"join_key"`
	}
	if json.Unmarshal(text, &j) != nil {
		return n, errTable
	}
	n = TableNames{Folder: strings.Trim(j.Folder, "/"), Tables: [2]string{j.First, j.Second}}
	if n.Folder != "" {
		return n, nil
	}
	if json.Unmarshal(j.Key, &n.Keys) != nil || n.Keys[1] == "" {
		if json.Unmarshal(j.Key, &n.Keys[0]) != nil {
			return n, errTable
		}
		n.Keys[1] = n.Keys[0]
	}
	if slices.Contains(n.Tables[:], "") || n.Keys[0] == "" {
		return n, errTable
	}
	return n, nil
}

// Joined reports whether two tables are meant.
func (n TableNames) Joined() bool { return n.Folder == "" }

// Join puts beside each row of the page, which is of the first table, the first
// row of the second table that has the same key. Returns Invalid where a table has
// no such column.
func (p *TablePage) Join(second TableParts, n TableNames) error {
	at := p.shownAt(n.Keys[0])
	if at < 0 {
		return Errorf(Invalid, "The first of these joined tables has no column called %s.", n.Keys[0])
	}
	t := tableReader{parts: second, page: TablePage{Query: TableQuery{Size: len(p.Rows), With: n.Keys[1]}}, wanted: map[string]bool{}}
	for _, row := range p.Rows {
		if c := row.Cells[at]; c.Kind != NoCell {
			t.wanted[c.Text] = true
		}
	}
	if err := t.readAll(); err != nil {
		return err
	}
	key := t.page.shownAt(n.Keys[1])
	if key < 0 {
		return Errorf(Invalid, "The second of these joined tables has no column called %s.", n.Keys[1])
	}
	p.beside(t.page, key, at)
	return nil
}

// shownAt returns where among the columns shown one of a name stands, -1 if it is
// not shown.
func (p TablePage) shownAt(name string) int {
	return slices.IndexFunc(p.Shown, func(c int) bool { return p.Columns[c].Name == name })
}

// beside adds the columns of another page but its key, and to each row the cells
// of the row there that has the same key.
func (p *TablePage) beside(other TablePage, key, at int) {
	found := map[string][]Cell{}
	for _, row := range other.Rows {
		if _, ok := found[row.Cells[key].Text]; !ok {
			found[row.Cells[key].Text] = row.Cells
		}
	}
	p.Second = len(p.Columns)
	for i, c := range other.Shown {
		if i == key {
			continue
		}
		p.Shown = append(p.Shown, len(p.Columns))
		p.Columns = append(p.Columns, other.Columns[c])
		for r := range p.Rows {
			cell := Cell{}
			if cells := found[p.Rows[r].Cells[at].Text]; cells != nil && p.Rows[r].Cells[at].Kind != NoCell {
				cell = cells[i]
			}
			p.Rows[r].Cells = append(p.Rows[r].Cells, cell)
		}
	}
}
