package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"greenroom/registry"
	"greenroom/views/gallery"
	"greenroom/web"
)

// showGallery is every primitive of the pages in every state: to look at, to
// check, to take pictures of.
func showGallery(c echo.Context) error {
	return web.Render(c, http.StatusOK, gallery.GalleryPage(web.Page(c, "Gallery")), nil)
}

// showGalleryCurve is what the gallery's charts draw.
func showGalleryCurve(c echo.Context) error {
	body, ok := gallery.Curve(c.Param("name"))
	if !ok {
		return registry.Errorf(registry.NotFound, "The gallery has no such curve.")
	}
	return c.JSONBlob(http.StatusOK, body)
}
