package handlers

import (
	"errors"
	"strings"

	"github.com/labstack/echo/v4"

	"greenroom/registry"
	"greenroom/web"
)

// showVersionFile shows the page of a file or a folder to readers. Programs, and pages
// that show the file, get the file itself.
func (h *handlers) showVersionFile(c echo.Context) error {
	path, err := param(c, "*")
	if err != nil {
		return err
	}
	if path == "" || web.WantsPage(c) && !asksForFile(c) {
		return h.renderVersion(c, registry.VersionFiles)
	}
	ref, err := versionHere(c)
	if err != nil {
		return err
	}
	c.Response().Header().Add(echo.HeaderVary, echo.HeaderAccept)
	f, err := h.Vault.OpenFile(c.Request().Context(), web.Actor(c), ref, path)
	switch {
	case errors.Is(err, registry.ErrNothing) && !asksForFile(c):
		return h.renderVersion(c, registry.VersionFiles) // a folder
	case err != nil:
		return err
	}
	return sendAsAsked(c, f)
}

// sendArchive sends all files of a version in one.
func (h *handlers) sendArchive(c echo.Context) error {
	ref, err := versionHere(c)
	if err != nil {
		return err
	}
	return h.Vault.SendArchive(c, web.Actor(c), ref)
}

// byKey lets programs in that bring an API key, as the password of any user or as
// a bearer token, and tells them what is wrong instead of asking them to sign in.
func (h *handlers) byKey(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if web.WantsPage(c) || web.Actor(c).Known() {
			return next(c)
		}
		web.ForProgram(c)
		_, key, ok := c.Request().BasicAuth()
		if !ok {
			key, ok = strings.CutPrefix(c.Request().Header.Get(echo.HeaderAuthorization), "Bearer ")
		}
		if !ok || key == "" {
			return next(c)
		}
		by, err := h.DB.ActorByKey(c.Request().Context(), registry.Browser, key)
		if err != nil {
			return err
		}
		web.As(c, by)
		return next(c)
	}
}
