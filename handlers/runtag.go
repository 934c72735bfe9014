package handlers

import (
	"net/url"
	"strconv"

	"github.com/labstack/echo/v4"

	"greenroom/registry"
	"greenroom/views"
	"greenroom/web"
)

// maxUndo is the longest address to take something back that fits what a browser
// keeps for the next page.
const maxUndo = 1500

// tagRuns gives the runs that are ticked a tag, or takes it from them, and leads
// back to where they were ticked.
func (h *handlers) tagRuns(c echo.Context) error {
	ref, err := projectRef(c)
	if err != nil {
		return err
	}
	form, err := c.FormParams() // with the query: what is taken back stands there
	if err != nil {
		return registry.Errorf(registry.Invalid, "The form cannot be read.")
	}
	tag := registry.NewRunTag(ref, form["run"], form.Get("tag"), form.Get("off") != "")
	changed, err := h.DB.TagRuns(c.Request().Context(), web.Actor(c), tag)
	if err != nil {
		return err
	}
	if err := sayTagged(c, tag, changed, form.Get("back")); err != nil {
		return err
	}
	back := form.Get("back")
	if back == "" {
		back = views.PlaceURL(registry.Place{EntityName: ref.Entity, Name: ref.Name})
	}
	return web.Go(c, web.LocalPath(back))
}

// sayTagged tells what changed, and how to take it back.
func sayTagged(c echo.Context, tag registry.RunTag, changed []string, back string) error {
	runs := strconv.Itoa(len(changed)) + " runs"
	if len(changed) == 1 {
		runs = "1 run"
	}
	if len(changed) == 0 {
		return web.Say(c, "All of these runs are so already: nothing has changed.")
	}
	sentence, again := "Tagged "+runs+" #"+tag.Tag+".", url.Values{"run": changed, "tag": {tag.Tag}, "off": {"1"}, "back": {back}}
	if tag.Off {
		sentence = "Took #" + tag.Tag + " from " + runs + "."
		again.Del("off")
	}
	place := registry.Place{EntityName: tag.Place.Entity, Name: tag.Place.Name}
	if undo := views.TagRunsURL(place) + "?" + again.Encode(); len(undo) <= maxUndo {
		return web.SayUndo(c, sentence, undo)
	}
	return web.Say(c, sentence)
}
