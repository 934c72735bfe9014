package handlers

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"greenroom/registry"
	"greenroom/views"
	"greenroom/web"
)

func (h *handlers) showCompare(c echo.Context) error         { return h.renderCompare(c, modelRef) }
func (h *handlers) showCompareOfSource(c echo.Context) error { return h.renderCompare(c, sourceRef) }

// renderCompare sets versions of a model or a source side by side:
// ?v=12&v=14&base=12.
func (h *handlers) renderCompare(c echo.Context, named func(echo.Context) (registry.CollectionRef, error)) error {
	ref, err := named(c)
	if err != nil {
		return err
	}
	var query registry.CompareQuery
	for _, v := range c.QueryParams()["v"] {
		if number, ok := numberOf(v); ok && !slices.Contains(query.Versions, number) {
			query.Versions = append(query.Versions, number)
		}
	}
	if base, ok := numberOf(c.QueryParam("base")); ok {
		query.Base = &base
	}
	cmp, err := h.DB.Compare(c.Request().Context(), web.Actor(c), ref, query)
	if err != nil {
		return err
	}
	if elsewhereIn(c, ref, &cmp.Place, cmp.Name) || otherType(c, cmp.Type) {
		return found(c, views.CompareURL(cmp.Place, cmp.Type, cmp.Name, query))
	}
	crumbs := append(placeCrumbs(cmp.Place), views.Crumb{Name: cmp.Name, URL: views.CollectionURL(cmp.Place, cmp.Type, cmp.Name)}, views.Crumb{Name: "Compare"})
	page := web.Page(c, "Compare "+cmp.Name, crumbs...)
	page.Section = sectionOf(cmp.Place)
	return web.Render(c, http.StatusOK, views.ComparePage(page, cmp), nil)
}

// numberOf reads a version's number, with the v or without.
func numberOf(s string) (number int, ok bool) {
	number, err := strconv.Atoi(strings.TrimPrefix(s, "v"))
	return number, err == nil && number >= 0 && number < 1<<31
}
