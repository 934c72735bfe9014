package handlers

import (
	"strconv"

	"github.com/labstack/echo/v4"

	"greenroom/registry"
)

// tableQuery reads what of a table to show. What makes no sense is as if it were
// not said.
func tableQuery(c echo.Context) registry.TableQuery {
	whole := func(text string) int {
		n, err := strconv.ParseUint(text, 10, 31)
		if err != nil {
			return 0
		}
		return int(n)
	}
	q := registry.TableQuery{
		Page: min(whole(c.QueryParam("page")), registry.MaxTablePage),
		Sort: c.QueryParam("sort"),
		Desc: c.QueryParam("desc") == "1",
		From: whole(c.QueryParam("from")),
		Find: c.QueryParam("find"),
	}
	for _, text := range c.QueryParams()["col"] {
		if n, err := strconv.ParseUint(text, 10, 31); err == nil && len(q.Columns) < registry.MaxColumnsShown {
			q.Columns = append(q.Columns, int(n))
		}
	}
	return q
}
