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

// solidPolicy lets a solid's page read again what it holds already: the parts of a
// scene and the pictures on its surfaces.
const solidPolicy = figurePolicy + "; connect-src data: blob:"

// solid is the file of a solid or a molecule, which the browser reads.
type solid struct {
	Name   string `json:"name"`
	Format string `json:"format"`
	Bytes  []byte `json:"bytes"`
}

// drawFigure answers with a page that draws the figure in a file, the shape, the
// solid or the molecule.
// It stands in a frame, so what is wrong with the file is said there.
func drawFigure(c echo.Context, f *vault.File, as string) error {
	defer f.Close()
	figure, err := readFigure(f, as)
	return sendFigure(c, as, figure, err)
}

// sendFigure answers with a page that draws a figure, or says what is wrong with
// it.
func sendFigure(c echo.Context, as string, figure any, err error) error {
	said, ok := errors.AsType[*registry.Error](err)
	if err != nil && !ok {
		return err
	}
	policy := figurePolicy
	if as == views.AsSolid {
		policy = solidPolicy
	}
	c.Response().Header().Set(echo.HeaderContentSecurityPolicy, policy)
	if ok {
		return web.Render(c, web.Status[said.Kind], views.NoFigurePage(said.Message), nil)
	}
	return web.Render(c, http.StatusOK, views.FigurePage(as, figure, web.Theme(c)), nil)
}

// readFigure reads what is to be drawn. Returns Invalid for what cannot be.
func readFigure(f *vault.File, as string) (any, error) {
	if f.Size > maxFigure {
		return nil, errLargeFigure
	}
	text, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	switch as {
	case views.AsShape:
		return registry.DrawShape(f.Path, text)
	case views.AsSolid:
		return solid{registry.FileName(f.Path), registry.SolidFormat(f.Path), text}, nil
	case views.AsMolecule:
		return solid{registry.FileName(f.Path), registry.MoleculeFormat(f.Path), text}, nil
	}
	figure := json.RawMessage(registry.StrictJSON(string(text)))
	if !json.Valid(figure) {
		return nil, registry.Errorf(registry.Invalid, "This file is no JSON, so there is no figure in it.")
	}
	return figure, nil
}

// sendAsAsked sends a file to keep, with raw to show it, with page to let its
// scripts run, away from everything, and with draw to draw what is in it.
func sendAsAsked(c echo.Context, f *vault.File) error {
	switch as := c.QueryParam("draw"); as {
	case views.WithPlotly, views.WithVega, views.AsShape, views.AsSolid, views.AsMolecule:
		return drawFigure(c, f, as)
	}
	switch {
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
