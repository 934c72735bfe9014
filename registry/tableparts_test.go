package registry_test

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"greenroom/registry"
)

type part struct{ *strings.Reader }

func (part) Close() error { return nil }

func partsOf(texts ...string) registry.TableParts {
	return registry.TableParts{N: len(texts), Open: func(i int) (io.ReadSeekCloser, error) { return part{strings.NewReader(texts[i])}, nil }}
}

// written are the rows of a page as text.
func written(p registry.TablePage) string {
	var rows []string
	for _, row := range p.Rows {
		var cells []string
		for _, c := range row.Cells {
			cells = append(cells, c.Text)
		}
		rows = append(rows, fmt.Sprint(row.N)+":"+strings.Join(cells, ","))
	}
	return strings.Join(rows, " ")
}

// A table of several files is read as one, whatever page of it and by whatever
// order.
func TestTableParts(t *testing.T) {
	t.Parallel()
	texts := []string{
		`{"columns":["k","v"],"data":[["a",3],["b",1]]}`,
		`{"data":[["c",5]],"columns":["k","v"]}`,
		`{"columns":["k","v"],"data":[]}`,
		`{"columns":["k","v"],"data":[["d",2],["e",4]]}`,
	}
	for _, tc := range []struct {
		q    registry.TableQuery
		want string
	}{
		{registry.TableQuery{}, "0:a,3 1:b,1 2:c,5 3:d,2 4:e,4"},
		{registry.TableQuery{Size: 2, Page: 2}, "2:c,5 3:d,2"},
		{registry.TableQuery{Size: 2, Page: 4}, ""},
		{registry.TableQuery{Sort: "v"}, "1:b,1 3:d,2 0:a,3 4:e,4 2:c,5"},
		{registry.TableQuery{Sort: "v", Desc: true, Size: 2, Page: 2}, "0:a,3 3:d,2"},
	} {
		p, err := registry.ReadTableParts(partsOf(texts...), tc.q)
		if err != nil || written(p) != tc.want || p.Total != 5 || !p.Whole || !p.Columns[1].Numeric != (tc.want == "") {
			t.Errorf("%+v: %s of %d (whole: %t), %v; want %s", tc.q, written(p), p.Total, p.Whole, err, tc.want)
		}
	}
	for _, odd := range [][]string{{texts[0], `{"columns":["k"],"data":[]}`}, {texts[0], `<html>`}, {texts[0], `{"columns":["k","v"]}`}} {
		if p, err := registry.ReadTableParts(partsOf(odd...), registry.TableQuery{}); registry.KindOf(err) != registry.Invalid || p.Rows != nil {
			t.Errorf("%q: %+v, %v", odd, p, err)
		}
	}
}

func TestJoinTables(t *testing.T) {
	t.Parallel()
	first := `{"columns":["id","guess"],"data":[[1,"cat"],[2,"dog"],[null,"none"],[3,"cow"]]}`
	second := `{"columns":["truth","key"],"data":[["dog",2],["cat",1],["late",1],["nobody",null]]}`
	names, err := registry.ReadTableNames([]byte(`{"_type":"joined-table","table1":"a.table.json","table2":"b.table.json","join_key":["id","key"]}`))
	if err != nil || !names.Joined() {
		t.Fatalf("%+v, %v", names, err)
	}
	for query, want := range map[string]string{
		"":     "0:1,cat,cat 1:2,dog,dog 2:,none, 3:3,cow,",
		"desc": "3:3,cow, 1:2,dog,dog 0:1,cat,cat 2:,none,",
	} {
		q := registry.TableQuery{With: "id"}
		if query != "" {
			q.Sort, q.Desc = "id", true
		}
		p := tableOf(t, first, q)
		if err := p.Join(partsOf(second), names); err != nil || written(p) != want || p.Second != 2 || p.Columns[2].Name != "truth" {
			t.Errorf("%s, %+v, %v; want %s", written(p), p.Columns, err, want)
		}
	}
	for _, keys := range [][2]string{{"none", "key"}, {"id", "none"}} {
		p := tableOf(t, first, registry.TableQuery{})
		if err := p.Join(partsOf(second), registry.TableNames{Keys: keys}); registry.KindOf(err) != registry.Invalid {
			t.Errorf("joined by %q: %v", keys, err)
		}
	}
	for text, want := range map[string]registry.TableNames{
		`{"parts_path":"parts/"}`:                          {Folder: "parts"},
		`{"table1":"a","table2":"b","join_key":"id"}`:      {Tables: [2]string{"a", "b"}, Keys: [2]string{"id", "id"}},
		`{"table1":"a","table2":"b","join_key":["x","y"]}`: {Tables: [2]string{"a", "b"}, Keys: [2]string{"x", "y"}},
	} {
		if got, err := registry.ReadTableNames([]byte(text)); err != nil || got != want {
			t.Errorf("%s is %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{``, `[]`, `{}`, `{"table1":"a","join_key":"id"}`, `{"table1":"a","table2":"b"}`, `{"table1":"a","table2":"b","join_key":7}`} {
		if got, err := registry.ReadTableNames([]byte(text)); registry.KindOf(err) != registry.Invalid {
			t.Errorf("%s is %+v, %v", text, got, err)
		}
	}
}
