package handlers

import (
	"encoding/csv"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"greenroom/registry"
	"greenroom/web"
)

// exportRuns answers with the runs that a page of a project has found, as CSV, a
// few at a time.
func (h *handlers) exportRuns(c echo.Context) error {
	ref, err := projectRef(c)
	if err != nil {
		return err
	}
	query, field, err := projectQuery(c)
	if err != nil {
		return err
	}
	if field.Problem != "" {
		return registry.InField("q", "%s", field.Problem)
	}
	out := csv.NewWriter(c.Response())
	var columns []registry.RunColumn
	begin := func(shown []registry.RunColumn) error {
		columns = shown
		head := []string{"run", "name", "state", "tags", "group", "job type", "by", "created", "runtime"}
		for _, column := range columns {
			head = append(head, safeCell(column.Name))
		}
		header := c.Response().Header()
		header.Set(echo.HeaderContentType, "text/csv; charset=utf-8")
		header.Set(echo.HeaderContentDisposition, mime.FormatMediaType("attachment", map[string]string{"filename": ref.Name + "-runs.csv"}))
		c.Response().WriteHeader(http.StatusOK)
		return out.Write(head)
	}
	now := time.Now()
	each := func(r registry.RunRow) error {
		cells := []string{
			safeCell(r.Name), safeCell(r.Title()), string(r.State), safeCell(strings.Join(r.Tags, ", ")), safeCell(r.Group), safeCell(r.JobType),
			safeCell(r.Maker), r.CreatedAt.UTC().Format(time.RFC3339), strconv.FormatFloat(r.Lasted(now).Seconds(), 'f', 0, 64),
		}
		for _, column := range columns {
			v, logged := r.Values[column.Name]
			switch {
			case !logged:
				cells = append(cells, "")
			case v.IsNumber:
				cells = append(cells, strconv.FormatFloat(v.Number, 'g', -1, 64))
			default:
				cells = append(cells, safeCell(v.Text))
			}
		}
		return out.Write(cells)
	}
	if err := h.DB.ExportRuns(c.Request().Context(), web.Actor(c), ref, query, begin, each); err != nil {
		return err
	}
	out.Flush()
	return out.Error()
}

// safeCell keeps spreadsheets from taking a text for a formula.
func safeCell(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}
