package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"greenroom/registry"
	"greenroom/views"
	"greenroom/web"
)

// showMetric answers with a page, or with the JSON that a curve is drawn from.
func (h *handlers) showMetric(c echo.Context) error {
	ref, err := runRef(c)
	if err != nil {
		return err
	}
	query := registry.MetricQuery{Key: c.QueryParam("key")}
	if query.From, err = step(c, "from"); err != nil {
		return err
	}
	if query.To, err = step(c, "to"); err != nil {
		return err
	}
	m, err := h.DB.MetricPage(c.Request().Context(), web.Actor(c), ref, query)
	if err != nil {
		return err
	}
	if web.WantsJSON(c) {
		c.Response().Header().Set(echo.HeaderVary, "Accept, Cookie")
		c.Response().Header().Set(echo.HeaderCacheControl, "private, no-cache")
		return c.JSON(http.StatusOK, curveOf(m))
	}
	if elsewhere(c, ref.Place, &m.Place) {
		return moved(c, views.MetricURL(m.Place, m.Name, m.Key))
	}
	crumbs := projectCrumbs(m.Place, views.Crumb{Name: m.Title(), URL: views.RunURL(m.Place, m.Name)}, views.Crumb{Name: m.Key})
	page := web.Page(c, m.Key+" of "+m.Title(), crumbs...)
	page.Section = views.Projects
	c.Response().Header().Add(echo.HeaderVary, "Accept")
	return web.Render(c, http.StatusOK, views.MetricPage(page, m), nil)
}

// A curve is a metric as static/metric-chart.js draws it.
type curve struct {
	Key  string     `json:"key"`
	X    []float64  `json:"x"`
	Y    []*float64 `json:"y"` // null is a gap
	Lo   []*float64 `json:"lo,omitempty"`
	Hi   []*float64 `json:"hi,omitempty"`
	Odd  []odd      `json:"odd,omitempty"`
	Live bool       `json:"live"`
}

type odd struct {
	X     int64  `json:"x"`
	To    int64  `json:"to"`
	Value string `json:"value"`
}

// curveOf puts a gap where values are that no line can show.
func curveOf(m registry.MetricPage) curve {
	s := m.Series
	c := curve{Key: m.Key, X: []float64{}, Y: []*float64{}, Live: m.State.Live()}
	banded := m.Banded()
	add := func(x float64, y, lo, hi *float64) {
		c.X, c.Y = append(c.X, x), append(c.Y, y)
		if banded {
			c.Lo, c.Hi = append(c.Lo, lo), append(c.Hi, hi)
		}
	}
	at := 0
	for _, o := range s.Odd {
		c.Odd = append(c.Odd, odd{o.From, o.To, o.Value})
		for ; at < len(s.X) && s.X[at] <= float64(o.From); at++ {
			add(s.X[at], &s.Y[at], &s.Lo[at], &s.Hi[at])
		}
		if n := len(c.X); n == 0 || c.X[n-1] < float64(o.From) {
			add(float64(o.From), nil, nil, nil)
		}
	}
	for ; at < len(s.X); at++ {
		add(s.X[at], &s.Y[at], &s.Lo[at], &s.Hi[at])
	}
	return c
}
