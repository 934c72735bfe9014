package handlers

import (
	"net/http"

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
	system, err := h.DB.System(c.Request().Context(), web.Actor(c), ref)
	if err != nil {
		return err
	}
	measured := map[string]registry.SystemCurve{}
	for _, one := range system.Curves {
		measured[one.Key] = one
	}
	asked := registry.CurvesQuery{Keys: c.QueryParams()["key"]}
	asked.After = make([]*int64, len(asked.Keys))
	if err := asked.Check(); err != nil {
		return err
	}
	answer := curves{Live: system.Live, Curves: []curve{}}
	for _, key := range asked.Keys {
		answer.Curves = append(answer.Curves, curveOf(registry.Curve{Key: registry.SystemMetricOf(key).Title, Series: measured[key].Series}))
	}
	c.Response().Header().Add(echo.HeaderVary, "Cookie")
	c.Response().Header().Set(echo.HeaderCacheControl, "private, no-cache")
	return c.JSON(http.StatusOK, answer)
}
