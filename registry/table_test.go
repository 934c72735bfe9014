package registry_test

import (
	"bytes"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"greenroom/registry"
)

func tableOf(t *testing.T, text string, q registry.TableQuery) registry.TablePage {
	t.Helper()
	p, err := registry.ReadTable(strings.NewReader(text), q)
	if err != nil {
		t.Fatalf("ReadTable(%.80s): %v", text, err)
	}
	return p
}

// A table of a run and one of an artifact, whose members stand in another order,
// read the same; cells are what they look like.
func TestTableCells(t *testing.T) {
	t.Parallel()
	data := `[["a\"<b>é", 1.5, NaN, true, null, [1, -Infinity, 3], {"k": 1}, {"_type":"image-file","path":"media/images/a.png","width":8,"height":8,"caption":"an eight"}, 1]]`
	columns := `["text","n","nan","yes","none","list","object","image","class"]`
	types := `{"params":{"type_map":{"class":{"wb_type":"classesId","params":{"classes_obj":{"class_set":[{"id":1,"name":"cat"}]}}},
		"n":{"wb_type":"union","params":{"allowed_types":[{"wb_type":"none"},{"wb_type":"number"}]}}}}}`
	for _, text := range []string{
		`{"columns":` + columns + `,"data":` + data + `,"column_types":` + types + `}`,
		`{"_type":"table","column_types":` + types + `,"data":` + data + `, "extra":[{"x":"]"}], "columns":` + columns + `,"ncols":9,"nrows":1}`,
	} {
		p := tableOf(t, text, registry.TableQuery{})
		if p.Total != 1 || !p.Whole || len(p.Columns) != 9 || len(p.Rows) != 1 {
			t.Fatalf("found %d rows (whole: %t) of %d columns", p.Total, p.Whole, len(p.Columns))
		}
		var kinds []registry.CellKind
		for _, c := range p.Rows[0].Cells {
			kinds = append(kinds, c.Kind)
		}
		want := []registry.CellKind{
			registry.TextCell, registry.NumberCell, registry.NumberCell, registry.BoolCell, registry.NoCell,
			registry.ListCell, registry.ObjectCell, registry.ImageCell, registry.ClassCell,
		}
		if !slices.Equal(kinds, want) {
			t.Errorf("cells are %q, want %q", kinds, want)
		}
		c := p.Rows[0].Cells
		if c[0].Text != `a"<b>é` || c[1].Number != 1.5 || !math.IsNaN(c[2].Number) || len(c[5].Numbers) != 3 ||
			c[7].Path != "media/images/a.png" || c[7].Text != "an eight" || c[7].Media.Files[0].Width != 8 || c[8].Text != "cat" {
			t.Errorf("cells hold %+v", c)
		}
		if p.Columns[1].Type != "number" || !p.Columns[1].Numeric || p.Columns[0].Numeric {
			t.Errorf("columns are %+v", p.Columns[:2])
		}
	}
}

// Rows come a page at a time, in the order of the file or sorted: numbers before
// texts, nothing last.
func TestTablePages(t *testing.T) {
	t.Parallel()
	text := `{"columns":["n","v"],"data":[[0,3],[1,"b"],[2,NaN],[3,-1e3],[4,null],[5,"A"],[6],[7,10]]}`
	for _, tc := range []struct {
		query registry.TableQuery
		want  []int
	}{
		{registry.TableQuery{Size: 3}, []int{0, 1, 2}},
		{registry.TableQuery{Size: 3, Page: 3}, []int{6, 7}},
		{registry.TableQuery{Size: 3, Page: 9}, nil},
		{registry.TableQuery{Sort: "v"}, []int{3, 0, 7, 5, 1, 2, 4, 6}},
		{registry.TableQuery{Sort: "v", Desc: true}, []int{7, 0, 3, 1, 5, 2, 4, 6}},
		{registry.TableQuery{Sort: "v", Size: 2, Page: 2}, []int{7, 5}},
		{registry.TableQuery{Sort: "no such column", Size: 1}, []int{0}},
	} {
		p := tableOf(t, text, tc.query)
		var got []int
		for _, r := range p.Rows {
			got = append(got, r.N)
		}
		if !slices.Equal(got, tc.want) || p.Total != 8 || !p.Whole {
			t.Errorf("%+v: rows %v of %d, want %v of 8", tc.query, got, p.Total, tc.want)
		}
	}
}

// Of many columns a dozen are shown; which ones can be chosen.
func TestTableOfManyColumns(t *testing.T) {
	t.Parallel()
	var names, row []string
	for i := range 1000 {
		names = append(names, strconv.Quote(fmt.Sprintf("c%d", i)))
		row = append(row, strconv.Itoa(i))
	}
	text := `{"columns":[` + strings.Join(names, ",") + `],"data":[[` + strings.Join(row, ",") + `]]}`
	for _, tc := range []struct {
		query registry.TableQuery
		want  []float64
	}{
		{registry.TableQuery{}, []float64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}},
		{registry.TableQuery{From: 995}, []float64{0, 995, 996, 997, 998, 999}},
		{registry.TableQuery{Columns: []int{999, 5, 5, -1, 1000}}, []float64{5, 999}},
	} {
		p := tableOf(t, text, tc.query)
		var got []float64
		for _, c := range p.Rows[0].Cells {
			got = append(got, c.Number)
		}
		if !slices.Equal(got, tc.want) || len(p.Columns) != 1000 {
			t.Errorf("%+v: cells %v of %d columns, want %v", tc.query, got, len(p.Columns), tc.want)
		}
	}
}

// Long cells are cut, and garbage is a sentence instead of a table.
func TestTableOfBadThings(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é\\n\\u00e9", 20_000)
	p := tableOf(t, `{"columns":["a","b"],"data":[["`+long+`",{"_type":"x","y":"`+long+`"}],"no row",[[[[[1]]]]]]}`, registry.TableQuery{})
	if c := p.Rows[0].Cells; !c[0].Cut || len(c[0].Text) > 500 || !c[1].Cut || len(c[1].Text) > 500 || c[1].Kind != registry.ObjectCell {
		t.Errorf("long cells are %+v", c)
	}
	if len(p.Rows) != 3 || p.Rows[1].Cells[0].Kind != registry.NoCell || p.Rows[2].Cells[0].Kind != registry.ListCell {
		t.Errorf("rows are %+v", p.Rows)
	}
	for _, text := range []string{
		``, `[]`, `null`, `{}`, `{"columns":["a"]}`, `{"data":[]}`, `{"columns":["a"],"data":[[1]`, `{"columns":["a"],"data":[[1`, `{"columns":["a"],"data":{}}`,
		`{"columns":["a"] "data":[]}`, `{"columns":["a"],"data":[[1]]`, `{"columns":["a"],"data":[[}]]}`, `{"columns":["a"],"data":[["x]]}`, "\x00", `{1:2}`,
		strings.Repeat("[", 100_000), `{"columns":` + strings.Repeat("[", 100_000), `<html>`,
	} {
		if _, err := registry.ReadTable(strings.NewReader(text), registry.TableQuery{}); registry.KindOf(err) != registry.Invalid {
			t.Errorf("ReadTable(%.60q) = %v", text, err)
		}
	}
}

// A table of 200,000 rows is read without holding it, and sorted with a few bytes
// a row. It does not run beside others, since it counts what is allocated.
func TestTableOfManyRows(t *testing.T) {
	const rows = 200_000
	var text bytes.Buffer
	text.WriteString(`{"columns":["name","value","x","y","z"],"data":[`)
	for i := range rows {
		if i > 0 {
			text.WriteByte(',')
		}
		fmt.Fprintf(&text, `["row number %d",%d,0.123456789,[1,2,3],"some text that stands here"]`, i, i*7919%rows)
	}
	text.WriteString(`]}`)
	for _, tc := range []struct {
		query registry.TableQuery
		most  uint64 // bytes allocated
	}{
		{registry.TableQuery{}, 1 << 20},
		{registry.TableQuery{Page: 4000}, 1 << 20},
		{registry.TableQuery{Sort: "value", Desc: true}, 128 << 20},
		{registry.TableQuery{Sort: "name"}, 128 << 20},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		from := time.Now()
		p, err := registry.ReadTable(bytes.NewReader(text.Bytes()), tc.query)
		took := time.Since(from)
		runtime.ReadMemStats(&after)
		if err != nil || p.Total != rows || len(p.Rows) != registry.TableRows {
			t.Fatalf("%+v: %d rows of %d, %v", tc.query, len(p.Rows), p.Total, err)
		}
		if took > 10*time.Second || after.TotalAlloc-before.TotalAlloc > tc.most {
			t.Errorf("%+v took %v and %d bytes", tc.query, took, after.TotalAlloc-before.TotalAlloc)
		}
		if tc.query.Sort == "value" && p.Rows[0].Cells[1].Number != rows-1 {
			t.Errorf("the highest value is %v", p.Rows[0].Cells[1].Number)
		}
	}
}

// FuzzReadTable finds no table that is read wrongly: no crash, and no more rows
// than asked for.
func FuzzReadTable(f *testing.F) {
	f.Add([]byte(`{"columns":["a"],"data":[[1],["x"],[{"_type":"image-file","path":"p"}]]}`), "a")
	f.Add([]byte(`{"column_types":{"params":{"type_map":{}}},"data":[[NaN]],"columns":["a"]}`), "")
	f.Fuzz(func(t *testing.T, text []byte, sort string) {
		p, err := registry.ReadTable(bytes.NewReader(text), registry.TableQuery{Sort: sort, Size: 2})
		if err != nil && registry.KindOf(err) != registry.Invalid {
			t.Fatal(err)
		}
		if len(p.Rows) > 2 || p.Total < len(p.Rows) {
			t.Fatalf("%d rows of %d", len(p.Rows), p.Total)
		}
		for _, row := range p.Rows {
			if len(row.Cells) != len(p.Shown) {
				t.Fatalf("%d cells for %d columns", len(row.Cells), len(p.Shown))
			}
		}
	})
}
