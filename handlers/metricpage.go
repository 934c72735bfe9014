package handlers

import (
	"math"
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
	if web.WantsJSON(c) {
		return h.sendCurves(c, ref)
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
	if elsewhere(c, ref.Place, &m.Place) {
		return moved(c, views.MetricURL(m.Place, m.Name, m.Key))
	}
	crumbs := projectCrumbs(m.Place, views.Crumb{Name: m.Title(), URL: views.RunURL(m.Place, m.Name)}, views.Crumb{Name: m.Key})
	page := web.Page(c, m.Key+" of "+m.Title(), crumbs...)
	page.Section = views.Projects
	c.Response().Header().Add(echo.HeaderVary, "Accept")
	return web.Render(c, http.StatusOK, views.MetricPage(page, m), nil)
}

// sendCurves answers with some metrics, each with its key= and, for what came
// after a step, its after= beside it, and with over= what it is drawn over.
func (h *handlers) sendCurves(c echo.Context, ref registry.RunRef) error {
	asked := c.QueryParams()
	query := registry.CurvesQuery{Keys: asked["key"], After: make([]*int64, len(asked["key"])), Over: asked["over"]}
	if len(asked["after"]) > 0 {
		query.After = query.After[:0]
		for _, text := range asked["after"] {
			after, err := whole(text)
			if err != nil {
				return err
			}
			query.After = append(query.After, after)
		}
	}
	if err := query.X.UnmarshalText([]byte(c.QueryParam("x"))); err != nil {
		return err
	}
	found, err := h.DB.Curves(c.Request().Context(), web.Actor(c), ref, query)
	if err != nil {
		return err
	}
	answer := curves{Live: found.Live, Curves: []curve{}}
	for _, one := range found.Curves {
		answer.Curves = append(answer.Curves, curveOf(one))
	}
	c.Response().Header().Set(echo.HeaderVary, "Accept, Cookie")
	c.Response().Header().Set(echo.HeaderCacheControl, "private, no-cache")
	return c.JSON(http.StatusOK, answer)
}

// curves are metrics as static/metric-chart.js asks for them.
type curves struct {
	Live   bool    `json:"live"`
	Curves []curve `json:"curves"`
}

// A curve is a metric as static/metric-chart.js draws it.
type curve struct {
	Key string     `json:"key"`
	X   []float64  `json:"x"`
	Y   []*float64 `json:"y"` // null is a gap
	Lo  []*float64 `json:"lo,omitempty"`
	Hi  []*float64 `json:"hi,omitempty"`
	Odd []odd      `json:"odd,omitempty"`
	T   []*float64 `json:"t,omitempty"` // on an axis other than steps; null has no place there
}

type odd struct {
	X     int64  `json:"x"`
	To    int64  `json:"to"`
	Value string `json:"value"`
}

// curveOf puts a gap where values are that no line can show.
func curveOf(m registry.Curve) curve {
	s := m.Series
	c := curve{Key: m.Key, X: []float64{}, Y: []*float64{}}
	banded := s.Banded()
	add := func(x float64, y, lo, hi *float64) {
		c.X, c.Y = append(c.X, x), append(c.Y, y)
		if banded {
			c.Lo, c.Hi = append(c.Lo, lo), append(c.Hi, hi)
		}
	}
	at := 0
	point := func() {
		add(s.X[at], &s.Y[at], &s.Lo[at], &s.Hi[at])
		if m.At != nil {
			c.T = append(c.T, placed(m.At[at]))
		}
		at++
	}
	for _, o := range s.Odd {
		c.Odd = append(c.Odd, odd{o.From, o.To, o.Value})
		for at < len(s.X) && s.X[at] <= float64(o.From) {
			point()
		}
		// A gap has a place among steps; on another axis, that of its neighbour.
		if n := len(c.X); n == 0 || c.X[n-1] < float64(o.From) {
			add(float64(o.From), nil, nil, nil)
			if n := len(c.T); m.At != nil && n > 0 {
				c.T = append(c.T, c.T[n-1])
			} else if len(m.At) > 0 {
				c.T = append(c.T, placed(m.At[0]))
			}
		}
	}
	for at < len(s.X) {
		point()
	}
	return c
}

// placed is a place on an axis, nil for none.
func placed(at float64) *float64 {
	if math.IsNaN(at) {
		return nil
	}
	return &at
}
