package handlers

import (
	"errors"
	"strings"

	"github.com/labstack/echo/v4"

	"greenroom/registry"
	"greenroom/views"
	"greenroom/web"
)

// projectQuery reads which runs of a project an address asks for, and what is to
// stand in the field above them. A filter that cannot be read is explained there;
// the others hold all the same.
func projectQuery(c echo.Context) (q registry.ProjectQuery, field views.RunField, err error) {
	asked := c.QueryParams()
	q = registry.ProjectQuery{Columns: asked["col"], Open: asked["open"], After: asked.Get("after")}
	if q.Order, err = registry.ParseRunOrder(asked.Get("sort")); err != nil {
		return q, field, err
	}
	if q.Group, err = registry.ParseRunGroup(asked.Get("group")); err != nil {
		return q, field, err
	}
	var wrong []string
	narrow := func(text string, f registry.RunFilter, err error) {
		if err == nil {
			f, err = q.Filter.And(f)
		}
		if err == nil {
			q.Filter = f
			return
		}
		wrong = append(wrong, text)
		if e, ok := errors.AsType[*registry.Error](err); ok && field.Problem == "" {
			field.Problem = e.Message
		}
	}
	for _, text := range asked["f"] {
		f, err := registry.ParseRunFilter(text)
		narrow(text, f, err)
	}
	if text := asked.Get("q"); web.WantsPartial(c) {
		narrow(text, registry.TypedRunFilter(text), nil)
	} else {
		f, err := registry.ParseRunFilter(text)
		narrow(text, f, err)
	}
	if field.Text = q.Filter.Text(); field.Problem != "" {
		field.Text = strings.TrimSpace(strings.Join(wrong, " ") + " " + field.Text)
	}
	return q, field, nil
}
