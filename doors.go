package main

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"greenroom/handlers"
	"greenroom/registry"
	"greenroom/static"
	"greenroom/vault"
	"greenroom/wandb"
	"greenroom/web"
)

// settings is what the doors need to know about this server.
type settings struct {
	url    string // by which people and clients reach it, without a slash at the end
	secret string
	log    *slog.Logger

	keyRate, addressRate int // requests a second, 0 for any number
}

// newDoors puts every way in on one server.
func newDoors(h *house, set settings) *echo.Echo {
	if set.log == nil {
		set.log = slog.New(slog.DiscardHandler)
	}
	https := strings.HasPrefix(set.url, "https://")
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	// Only a proxy on this machine is believed when it says whom it speaks for.
	e.IPExtractor = echo.ExtractIPFromXFFHeader(echo.TrustLinkLocal(false), echo.TrustPrivateNet(false))
	e.HTTPErrorHandler = web.HandleError(set.log)
	e.Use(web.Log(set.log), web.Recover(), web.Secure(https))

	e.GET("/healthz", alive)
	e.GET("/ready", func(c echo.Context) error { return h.ready(c, set.log) })
	e.GET(static.Prefix+"*", echo.WrapHandler(static.Handler()))
	v := vault.New(h.db, h.files, vault.Config{BaseURL: set.url, Key: derive(set.secret, "addresses"), Log: set.log})
	v.Mount(e)
	rates := web.NewRates(set.keyRate, set.addressRate)
	handlers.Mount(e, handlers.Deps{
		DB:      h.db,
		Vault:   v,
		BaseURL: set.url,
		Live:    h.live,
		Rates:   rates,
		Sessions: web.NewSessions(derive(set.secret, "cookie"), derive(set.secret, "once"), https, func(ctx context.Context, token string) (registry.Visitor, error) {
			return h.db.VisitorBySession(ctx, registry.Token(token))
		}),
	})
	wandb.Mount(e, wandb.Deps{DB: h.db, Vault: v, Rates: rates, Log: set.log})
	return e
}

// alive answers as long as the program runs.
func alive(c echo.Context) error { return c.String(http.StatusOK, "alive\n") }

// ready answers whether the database and the store do. Anybody may ask, so why
// not stands in the log alone.
func (h *house) ready(c echo.Context, log *slog.Logger) error {
	ctx, cancel := context.WithTimeout(c.Request().Context(), 5*time.Second)
	defer cancel()
	if err := h.db.Ready(ctx); err != nil {
		return c.String(http.StatusServiceUnavailable, "the database does not answer\n")
	}
	if err := h.files.Ready(ctx); err != nil {
		log.WarnContext(ctx, "files cannot be kept", "err", err)
		return c.String(http.StatusServiceUnavailable, "files cannot be kept\n")
	}
	return c.String(http.StatusOK, "ready\n")
}
