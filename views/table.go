package views

import (
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"greenroom/registry"
	"greenroom/views/ui"
)

// TableView is a part of a logged table, and where its other parts and the files
// beside it are.
type TableView struct {
	Label string
	registry.TablePage
	At    string                   // the address of the page that it stands on
	File  func(path string) string // where a file is that a cell names; "" for none that can be had
	Short bool                     // a look at the first rows: no steps, no menu

	over []layerLegend // what is drawn over its pictures
}

// legend is what is drawn over the pictures of the table.
func (v TableView) legend() []layerLegend {
	var pictures []registry.MediaFile
	for _, row := range v.Rows {
		for _, c := range row.Cells {
			if c.Kind == registry.ImageCell {
				pictures = append(pictures, c.Media.Files...)
			}
		}
	}
	return legendOf(pictures)
}

// shownAs is the address of a file that is shown otherwise than as its bytes.
func shownAs(url, as string) string {
	path, _, _ := strings.Cut(url, "?")
	return path + as
}

// columnsListed is how many columns the menu offers at a time.
const columnsListed = 100

// url is the page with another part of the table.
func (v TableView) url(q registry.TableQuery) string {
	path, have, _ := strings.Cut(v.At, "?")
	values, _ := url.ParseQuery(have)
	set := func(name, value string) {
		if value != "" {
			values.Set(name, value)
		}
	}
	if q.Page > 1 {
		set("page", strconv.Itoa(q.Page))
	}
	set("sort", q.Sort)
	if q.Desc {
		set("desc", "1")
	}
	if q.From > 1 {
		set("from", strconv.Itoa(q.From))
	}
	for _, c := range q.Columns {
		values.Add("col", strconv.Itoa(c))
	}
	set("find", q.Find)
	if len(values) == 0 {
		return path
	}
	return path + "?" + values.Encode()
}

// hidden is what a form sends along so that it stays on the page, without what
// it asks for itself.
func (v TableView) hidden(q registry.TableQuery) [][2]string {
	_, have, _ := strings.Cut(v.url(q), "?")
	values, _ := url.ParseQuery(have)
	var pairs [][2]string
	for name, all := range values {
		for _, value := range all {
			pairs = append(pairs, [2]string{name, value})
		}
	}
	slices.SortFunc(pairs, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
	return pairs
}

func (v TableView) sortURL(column registry.TableColumn) string {
	q := v.Query
	q.Desc = q.Sort != column.Name && column.Numeric || q.Sort == column.Name && !q.Desc
	q.Sort, q.Page = column.Name, 0
	return v.url(q)
}

func (v TableView) sorted(column registry.TableColumn) ui.Sort {
	switch {
	case v.Query.Sort == "" || v.Query.Sort != column.Name:
		return ui.Unsorted
	case v.Query.Desc:
		return ui.Descending
	}
	return ui.Ascending
}

// sortable reports whether the rows can be sorted by a column: not by those of a
// second table, of which only what belongs to the rows is read.
func (v TableView) sortable(column int) bool { return !v.Short && (v.Second == 0 || column < v.Second) }

// step is the page of rows so many pages on, "" where there is none.
func (v TableView) step(by int) string {
	q := v.Query
	q.Page = max(q.Page, 1) + by
	if q.Page < 1 || by > 0 && len(v.Rows) < v.size() || by > 0 && v.Whole && (q.Page-1)*v.size() >= v.Total {
		return ""
	}
	return v.url(q)
}

func (v TableView) size() int {
	if v.Query.Size > 0 {
		return v.Query.Size
	}
	return registry.TableRows
}

// columnsFrom is the page with the columns so many steps on, "" where there are
// none.
func (v TableView) columnsFrom(by int) string {
	const window = registry.TableColumns - 1
	q := v.Query
	if q.Columns != nil {
		return ""
	}
	q.From = max(q.From, 1)
	if by < 0 && q.From == 1 || q.From+by*window >= len(v.Columns) {
		return ""
	}
	q.From = max(1, q.From+by*window)
	return v.url(q)
}

// rowsShown says which rows stand on the page.
func (v TableView) rowsShown() string {
	if v.Total == 0 {
		return "No rows"
	}
	total := ui.Number(int64(v.Total))
	if !v.Whole {
		total = "more than " + total
	}
	if len(v.Rows) == 0 {
		return "No rows here, " + total + " in all"
	}
	first := (max(v.Query.Page, 1) - 1) * v.size()
	return ui.Number(int64(first+1)) + " to " + ui.Number(int64(first+len(v.Rows))) + " of " + total
}

// columnsShown says which columns stand on the page.
func (v TableView) columnsShown() string {
	return ui.Number(int64(len(v.Shown))) + " of " + ui.Number(int64(len(v.Columns)))
}

// offered are the columns that the menu lists, and whether there are more.
func (v TableView) offered() (columns []int, more bool) {
	find := strings.ToLower(strings.TrimSpace(v.Query.Find))
	for i, c := range v.Columns {
		if find == "" || strings.Contains(strings.ToLower(c.Name), find) || v.Query.Columns != nil && slices.Contains(v.Shown, i) {
			if len(columns) == columnsListed {
				return columns, true
			}
			columns = append(columns, i)
		}
	}
	return columns, false
}

// columnName is what stands over a column.
func columnName(c registry.TableColumn) string {
	if strings.TrimSpace(c.Name) == "" {
		return "(no name)"
	}
	return c.Name
}

// cellText is what can be read of a cell.
func cellText(c registry.Cell) string {
	if c.Cut {
		return c.Text + "…"
	}
	return c.Text
}

// cellNumber writes a number with as many decimals as its neighbours.
func cellNumber(column registry.TableColumn, c registry.Cell) string {
	if !column.Numeric || column.Decimals <= 0 || math.IsNaN(c.Number) || math.Abs(c.Number) >= 1000 {
		return ui.Metric(c.Number)
	}
	text := strconv.FormatFloat(math.Abs(c.Number), 'f', column.Decimals, 64)
	if c.Number < 0 {
		return "−" + text
	}
	return text
}

// small reports whether a picture is so small that its pixels are to be seen.
func small(width, height int) bool {
	return width > 0 && height > 0 && max(width, height) <= 64
}

// picture is the first file of media, which may be unknown.
func picture(m registry.Media) registry.MediaFile {
	if len(m.Files) == 0 {
		return registry.MediaFile{}
	}
	return m.Files[0]
}

// orWords is a text, or other words where there is none.
func orWords(text, otherwise string) string {
	if strings.TrimSpace(text) == "" {
		return otherwise
	}
	return text
}

// has reports whether a column is shown.
func (v TableView) has(column int) bool { return slices.Contains(v.Shown, column) }
