package handlers

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"greenroom/registry"
	"greenroom/views"
	"greenroom/web"
)

// showRunCompare sets runs of a project side by side: ?run=a&run=b&base=b. The
// form whose ticks lead here has other fields, too; they are left out of the
// address.
func (h *handlers) showRunCompare(c echo.Context) error {
	ref, err := projectRef(c)
	if err != nil {
		return err
	}
	query := registry.RunCompareQuery{Base: c.QueryParam("base")}
	for _, run := range c.QueryParams()["run"] {
		if !slices.Contains(query.Runs, run) {
			query.Runs = append(query.Runs, run)
		}
	}
	cmp, err := h.DB.CompareRuns(c.Request().Context(), web.Actor(c), ref, query)
	if err != nil {
		return err
	}
	if elsewhere(c, ref, &cmp.Place) || c.QueryParams().Has("back") {
		return found(c, views.CompareRunsURL(cmp.Place, query))
	}
	page := web.Page(c, "Compare runs of "+cmp.Place.Name, projectCrumbs(cmp.Place, views.Crumb{Name: "Compare"})...)
	page.Section = views.Projects
	return web.Render(c, http.StatusOK, views.RunComparePage(page, cmp), nil)
}
