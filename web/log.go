package web

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
)

// Log gives each request a reference and writes one line about it when it is
// answered. Query strings and addresses that are secrets are left out.
func Log(log *slog.Logger) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			began := time.Now()
			var id [6]byte
			_, _ = rand.Read(id[:]) // never fails
			c.Set(referenceKey, hex.EncodeToString(id[:]))
			c.Response().Header().Set(echo.HeaderXRequestID, reference(c))
			if err := next(c); err != nil {
				c.Error(err)
			}
			log.Log(c.Request().Context(), level(c), "request",
				"request", reference(c),
				"method", c.Request().Method,
				"path", told(c),
				"status", c.Response().Status,
				"bytes", c.Response().Size,
				"took", time.Since(began).Round(10*time.Microsecond),
				"ip", c.RealIP(),
				"person", Actor(c).Name,
			)
			return nil
		}
	}
}

// Recover turns a panic into an error like any other, with its stack. Aborting
// a response is not one.
func Recover() echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) (err error) {
			defer func() {
				switch r := recover(); r {
				case nil:
				case http.ErrAbortHandler:
					panic(r)
				default:
					err = fmt.Errorf("web: panic: %v\n%s", r, debug.Stack())
				}
			}()
			return next(c)
		}
	}
}

func reference(c echo.Context) string {
	id, _ := c.Get(referenceKey).(string)
	return id
}

// level keeps what machines ask all day out of the usual log.
func level(c echo.Context) slog.Level {
	path := c.Request().URL.Path
	if c.Response().Status < http.StatusBadRequest && (path == "/healthz" || path == "/ready" || strings.HasPrefix(path, "/static/")) {
		return slog.LevelDebug
	}
	return slog.LevelInfo
}

// told is the path to write down: the route instead of an address that is a
// secret.
func told(c echo.Context) string {
	if strings.Contains(c.Path(), ":token") || strings.HasPrefix(c.Path(), "/-/") {
		return c.Path()
	}
	return c.Request().URL.Path
}
