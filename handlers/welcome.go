package handlers

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"greenroom/registry"
	"greenroom/views"
	"greenroom/web"
)

func (h *handlers) showWelcome(c echo.Context) error {
	return h.renderWelcome(c, http.StatusOK, nil, nil)
}

// renderWelcome shows where the reader is, or the names that were typed with
// what is wrong with them.
func (h *handlers) renderWelcome(c echo.Context, status int, typed *registry.FirstNames, problems map[string]string) error {
	w, err := h.DB.Welcome(c.Request().Context(), web.Actor(c))
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	a := views.Arriving{
		Welcome: w, BaseURL: h.BaseURL, Key: web.Held(c, keptKey(views.WelcomeURL)), Problems: problems,
		Names: registry.FirstNames{Organization: w.Organization, Team: w.Team},
	}
	if typed != nil {
		a.Names = *typed
	}
	return web.Render(c, status, views.WelcomePage(web.Page(c, "Welcome"), a), nil)
}

// showArrived is asked every two seconds until the first run is there.
func (h *handlers) showArrived(c echo.Context) error {
	w, err := h.DB.Welcome(c.Request().Context(), web.Actor(c))
	if err != nil {
		return err
	}
	if !web.WantsPartial(c) {
		return web.Go(c, views.WelcomeURL)
	}
	return web.Render(c, http.StatusOK, nil, views.Arrived(w, time.Now()))
}

type namesForm struct {
	Organization string `form:"organization"`
	Team         string `form:"team"`
}

func (h *handlers) nameFirst(c echo.Context) error {
	var form namesForm
	if err := c.Bind(&form); err != nil {
		return err
	}
	names := registry.FirstNames(form)
	err := h.DB.NameFirst(c.Request().Context(), web.Actor(c), names)
	if problems := web.Problems(err); problems != nil {
		return h.renderWelcome(c, http.StatusUnprocessableEntity, &names, problems)
	}
	return said(c, err, "Saved the names.", views.WelcomeURL)
}

func (h *handlers) makeFirstKey(c echo.Context) error {
	return h.keepKey(c, firstKey(), views.WelcomeURL)
}
