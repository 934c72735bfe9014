package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"greenroom/views/gallery"
	"greenroom/web"
)

// showGallery is every primitive of the pages in every state: to look at, to
// check, to take pictures of.
func showGallery(c echo.Context) error {
	return web.Render(c, http.StatusOK, gallery.GalleryPage(web.Page(c, "Gallery")), nil)
}
