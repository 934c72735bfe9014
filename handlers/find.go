package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"greenroom/registry"
	"greenroom/views"
	"greenroom/web"
)

// showFound searches everything the reader may see.
func (h *handlers) showFound(c echo.Context) error {
	f, err := h.find(c)
	if err != nil {
		return err
	}
	title := "Search"
	if f.Query.Text != "" {
		title = f.Query.Text
	}
	page := web.Page(c, title, views.Crumb{Name: "Search"})
	return web.Render(c, http.StatusOK, views.FindPage(page, f), views.Found(page, f))
}

// showPalette is what the palette shows for what was typed into it; a reader who
// comes by the address gets the page.
func (h *handlers) showPalette(c echo.Context) error {
	f, err := h.find(c)
	if err != nil {
		return err
	}
	if !web.WantsPartial(c) {
		return web.Go(c, views.FindURL(f.Query))
	}
	return web.Render(c, http.StatusOK, views.PaletteHits(f), views.PaletteHits(f))
}

func (h *handlers) find(c echo.Context) (registry.FindPage, error) {
	q := registry.FindQuery{Text: c.QueryParam("q"), After: c.QueryParam("after")}
	if err := q.Kind.UnmarshalText([]byte(c.QueryParam("kind"))); err != nil {
		return registry.FindPage{}, err
	}
	return h.DB.Find(c.Request().Context(), web.Actor(c), q)
}
