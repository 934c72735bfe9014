package handlers

import (
	"context"
	"encoding/json"

	"github.com/labstack/echo/v4"

	"greenroom/registry"
	"greenroom/views"
	"greenroom/web"
)

// drawChart answers with a page that draws a run's table by the custom chart that
// the run names. It stands in a frame, so what is wrong with it is said there.
func (h *handlers) drawChart(c echo.Context, r registry.RunPage) error {
	query := r.Media.Query
	if !query.Alone() || r.Media.Items[0].Chart == nil || r.Media.Items[0].Source == nil {
		return registry.Errorf(registry.NotFound, "This run has nothing under the name %q that a custom chart draws.", query.Key)
	}
	figure, err := h.readChart(c.Request().Context(), web.Actor(c), r.Title(), &r.Media.Items[0])
	return sendFigure(c, views.WithVega, figure, err)
}

// readChart puts the rows of an item's table into the chart that draws it.
// Returns Invalid for a table that cannot be read or is too large.
func (h *handlers) readChart(ctx context.Context, by registry.Actor, run string, item *registry.MediaItem) (json.RawMessage, error) {
	figure, err := item.Chart.Figure(*item.Plot)
	if err != nil {
		return nil, err
	}
	page, err := h.mediaTable(ctx, by, item, figure.Table())
	if err != nil {
		return nil, err
	}
	if item.Problem != "" {
		return nil, registry.Errorf(registry.Invalid, "%s", item.Problem)
	}
	drawn, err := figure.Draw(run, page)
	if len(drawn) > maxFigure {
		return nil, errLargeFigure
	}
	return drawn, err
}
