package handlers

import (
	"math"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"greenroom/registry"
	"greenroom/web"
)

// showRunSystem answers with a page, or with the JSON that curves are drawn from.
func (h *handlers) showRunSystem(c echo.Context) error {
	c.Response().Header().Add(echo.HeaderVary, "Accept")
	if !web.WantsJSON(c) {
		return h.renderRun(c, registry.RunSystem)
	}
	ref, err := runRef(c)
	if err != nil {
		return err
	}
	asked := registry.CurvesQuery{Keys: c.QueryParams()["key"]}
	asked.After = make([]*int64, len(asked.Keys))
	if err := asked.Check(); err != nil {
		return err
	}
	after, first, err := secondsAfter(c, len(asked.Keys))
	if err != nil {
		return err
	}
	system, err := h.DB.System(c.Request().Context(), web.Actor(c), ref, first)
	if err != nil {
		return err
	}
	measured := map[string]registry.SystemCurve{}
	for _, one := range system.Curves {
		measured[one.Key] = one
	}
	answer := curves{Live: system.Live, Curves: []curve{}}
	for i, key := range asked.Keys {
		series := measured[key].Series
		if first != nil {
			series = series.From(after[i])
		}
		answer.Curves = append(answer.Curves, curveOf(registry.Curve{Key: registry.SystemMetricOf(key).Title, Series: series}))
	}
	c.Response().Header().Add(echo.HeaderVary, "Cookie")
	c.Response().Header().Set(echo.HeaderCacheControl, "private, no-cache")
	return c.JSON(http.StatusOK, answer)
}

// secondsAfter reads from which second on each curve is asked for and the first
// of those, nil where all of them are.
func secondsAfter(c echo.Context, curves int) (after []float64, first *float64, err error) {
	for _, text := range c.QueryParams()["after"] {
		seconds, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsNaN(seconds) || math.IsInf(seconds, 0) {
			return nil, nil, registry.Errorf(registry.Invalid, "%q in this address is no number of seconds.", text)
		}
		after = append(after, seconds)
	}
	if len(after) == 0 {
		return nil, nil, nil
	}
	if len(after) != curves {
		return nil, nil, registry.Errorf(registry.Invalid, "Say for each curve from which second on, or of none.")
	}
	return after, new(slices.Min(after)), nil
}
