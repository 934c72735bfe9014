package handlers

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"github.com/labstack/echo/v4"

	"greenroom/registry"
	"greenroom/vault"
	"greenroom/views"
	"greenroom/web"
)

// maxFigure is the largest figure that is drawn, in bytes.
const maxFigure = 32 << 20

var errLargeFigure = registry.Errorf(registry.Invalid, "This figure is larger than %d MiB. Download what it shows instead.", maxFigure>>20)

// figurePolicy keeps a figure's page to its library. It has no origin, so it
// reaches nothing that the reader may.
const figurePolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src data: blob:; " +
	"sandbox allow-scripts; frame-ancestors 'self'"

// drawFigure answers with a page that draws the figure in a file, or the shape.
// It stands in a frame, so what is wrong with the file is said there.
func drawFigure(c echo.Context, f *vault.File, with string) error {
	defer f.Close()
	figure, err := readFigure(f, with)
	library := with
	if with == views.AsShape {
		library = views.WithPlotly
	}
	return sendFigure(c, library, figure, err)
}

// sendFigure answers with a page that draws a figure with a library, or says what
// is wrong with it.
func sendFigure(c echo.Context, library string, figure json.RawMessage, err error) error {
	said, ok := errors.AsType[*registry.Error](err)
	if err != nil && !ok {
		return err
	}
	c.Response().Header().Set(echo.HeaderContentSecurityPolicy, figurePolicy)
	if ok {
		return web.Render(c, web.Status[said.Kind], views.NoFigurePage(said.Message), nil)
	}
	return web.Render(c, http.StatusOK, views.FigurePage(library, figure), nil)
}

// readFigure reads what is to be drawn. Returns Invalid for what cannot be.
func readFigure(f *vault.File, with string) (json.RawMessage, error) {
	if f.Size > maxFigure {
		return nil, errLargeFigure
	}
	text, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	if with == views.AsShape {
		return registry.DrawShape(f.Path, text)
	}
	figure := json.RawMessage(registry.StrictJSON(string(text)))
	if !json.Valid(figure) {
		return nil, registry.Errorf(registry.Invalid, "This file is no JSON, so there is no figure in it.")
	}
	return figure, nil
}

// sendAsAsked sends a file to keep, with raw to show it, with page to let its
// scripts run, away from everything, and with draw to draw the figure or the
// shape in it.
func sendAsAsked(c echo.Context, f *vault.File) error {
	switch with := c.QueryParam("draw"); {
	case with == views.WithPlotly || with == views.WithVega || with == views.AsShape:
		return drawFigure(c, f, with)
	case c.QueryParam("page") == "1":
		return f.ShowPage(c)
	case c.QueryParam("raw") == "1":
		return f.Show(c)
	}
	return f.Send(c)
}

// asksForFile reports whether the address asks for a file itself, not for the
// page about it.
func asksForFile(c echo.Context) bool {
	for _, way := range []string{"raw", "page", "draw", "download"} {
		if c.QueryParam(way) != "" {
			return true
		}
	}
	return false
}
