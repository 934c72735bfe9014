package vault

import (
	"errors"
	"log/slog"
	"net/http"

	"github.com/labstack/echo/v4"

	"greenroom/blob"
	"greenroom/registry"
)

// statuses are those of answers at signed addresses. Clients send again what got
// a 429 or a 5xx, for days, so only what may heal gets one.
var statuses = map[registry.Kind]int{
	registry.Invalid:         http.StatusBadRequest,
	registry.Unauthenticated: http.StatusForbidden,
	registry.Denied:          http.StatusForbidden,
	registry.NotFound:        http.StatusNotFound,
	registry.Conflict:        http.StatusConflict,
	registry.Gone:            http.StatusGone,
	registry.Unsupported:     http.StatusNotImplemented,
	registry.Busy:            http.StatusServiceUnavailable,
}

// answered turns a handler's error into the JSON that clients show to people.
func (v *Vault) answered(h echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		err := h(c)
		if err == nil || c.Response().Committed {
			return err
		}
		status, message := http.StatusInternalServerError, "Something went wrong on our side. Try again."
		if e, ok := errors.AsType[*registry.Error](err); ok {
			message = e.Message
			if known, ok := statuses[e.Kind]; ok {
				status = known
			}
		}
		if errors.Is(err, blob.ErrFull) { // not a 507, which ends the upload of the clients that are written in Python
			status, message = http.StatusServiceUnavailable, "The server has no room left for files. Ask its administrator to free some; the upload is tried again."
		}
		if status >= http.StatusInternalServerError {
			level := slog.LevelError
			if status == http.StatusServiceUnavailable {
				level = slog.LevelWarn // clients ask again
			}
			v.log.Log(c.Request().Context(), level, "files", "method", c.Request().Method, "path", c.Request().URL.Path, "err", err)
		}
		return c.JSON(status, map[string]string{"error": message})
	}
}
