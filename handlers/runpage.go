package handlers

import (
	"io"
	"mime"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"greenroom/registry"
	"greenroom/views"
	"greenroom/web"
)

// runRef is the run that the path names.
func runRef(c echo.Context) (registry.RunRef, error) {
	place, err := projectRef(c)
	if err != nil {
		return registry.RunRef{}, err
	}
	name, err := param(c, "run")
	return registry.RunRef{Place: place, Name: name}, err
}

func (h *handlers) showRun(c echo.Context) error         { return h.renderRun(c, registry.RunCharts) }
func (h *handlers) showRunOverview(c echo.Context) error { return h.renderRun(c, registry.RunOverview) }
func (h *handlers) showRunLogs(c echo.Context) error     { return h.renderRun(c, registry.RunLogs) }
func (h *handlers) showRunFiles(c echo.Context) error    { return h.renderRun(c, registry.RunFiles) }
func (h *handlers) showRunArtifacts(c echo.Context) error {
	return h.renderRun(c, registry.RunArtifacts)
}

func (h *handlers) renderRun(c echo.Context, part registry.RunPart) error {
	from, err := step(c, "from")
	if err != nil {
		return err
	}
	query := registry.RunPageQuery{Part: part, From: from, After: c.QueryParam("after"), Search: c.QueryParam("q")}
	if part == registry.RunOverview {
		query.Search = c.QueryParam("find")
		before, err := whole(c.QueryParam("before"))
		if err != nil {
			return err
		}
		if before != nil {
			query.Before = *before
		}
	}
	if part == registry.RunFiles {
		query.Path = c.QueryParam("path")
	}
	if query.Look, err = chartLook(c); err != nil {
		return err
	}
	ref, err := runRef(c)
	if err != nil {
		return err
	}
	r, err := h.DB.RunPage(c.Request().Context(), web.Actor(c), ref, query)
	if registry.KindOf(err) == registry.NotFound {
		return h.followMovedRun(c, ref, part, err)
	}
	if err != nil {
		return err
	}
	if elsewhere(c, ref.Place, &r.Place) {
		return moved(c, views.RunPartURL(r.Place, r.Name, part))
	}
	if part == registry.RunOverview {
		if document, ok := map[string]string{"config": r.Config, "summary": r.Progress.Summary}[c.QueryParam("as")]; ok {
			return c.JSONBlob(http.StatusOK, []byte(registry.StrictJSON(document)))
		}
		if r.Environment, err = h.environment(c, r.RunDetail); err != nil {
			return err
		}
		if r.Networks, err = h.networks(c, r.RunDetail); err != nil {
			return err
		}
	}
	if r.File != nil && r.Access.Can(registry.Download) {
		q := registry.PreviewQuery{AsText: c.QueryParam("as") == "text", Table: tableQuery(c)}
		r.AsText = q.AsText
		if r.Preview, err = h.Vault.RunPreview(c.Request().Context(), web.Actor(c), ref, r.File.Path, q); err != nil {
			return err
		}
	}
	page := runFrame(c, r.RunDetail)
	page.About = views.AboutRun(r)
	if c.QueryParam("only") == "lines" {
		return web.Render(c, http.StatusOK, views.RunPage(page, r, views.RunForm{}), views.RunLines(r))
	}
	return web.Render(c, http.StatusOK, views.RunPage(page, r, views.RunForm{}), views.RunNews(page, r, c.QueryParam("known")))
}

// environment is where the run's script ran: newer clients put it into the
// config, older ones into a file alone, which those who may download can read.
func (h *handlers) environment(c echo.Context, r registry.RunDetail) (e registry.Environment, err error) {
	if e = registry.RunEnvironment(r.Config); !e.Known() {
		raw, err := h.readRunFile(c, r, registry.EnvironmentFile, registry.MaxEnvironment)
		if err != nil {
			return e, err
		}
		e = registry.ReadEnvironment(raw)
	}
	return e.Beside(r.Run), nil
}

// networks are the layers of the models that the run's script watched, as far as
// their files have come.
func (h *handlers) networks(c echo.Context, r registry.RunDetail) (networks []registry.Network, err error) {
	for _, n := range registry.NetworksIn(r.Progress.Summary) {
		raw, err := h.readRunFile(c, r, n.Path, registry.MaxNetwork)
		if err != nil {
			return nil, err
		}
		if n.Read(raw); len(n.Layers) > 0 {
			networks = append(networks, n)
		}
	}
	return networks, nil
}

// readRunFile reads the beginning of a file of the run, nothing where there is
// none or the reader may not download it.
func (h *handlers) readRunFile(c echo.Context, r registry.RunDetail, path string, most int64) ([]byte, error) {
	if !r.Access.Can(registry.Download) {
		return nil, nil
	}
	f, err := h.Vault.OpenRunFile(c.Request().Context(), web.Actor(c), r.Ref(), path)
	if registry.KindOf(err) == registry.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, most))
}

// runFrame is the frame of a run's page.
func runFrame(c echo.Context, r registry.RunDetail) views.Page {
	page := web.Page(c, r.Title(), projectCrumbs(r.Place, views.Crumb{Name: r.Title()})...)
	page.Section, page.Kind = views.Projects, "run"
	return page
}

// chartLook reads how charts are to be drawn.
func chartLook(c echo.Context) (look registry.ChartLook, err error) {
	if text := c.QueryParam("smooth"); text != "" {
		if look.Smooth, err = strconv.ParseFloat(text, 64); err != nil || !(look.Smooth >= 0 && look.Smooth < 1) {
			return look, registry.Errorf(registry.Invalid, "%q in this address is no number from 0 to below 1.", text)
		}
	}
	look.Log = c.QueryParam("log") != ""
	return look, look.X.UnmarshalText([]byte(c.QueryParam("x")))
}

// followRunOverview and followRun answer addresses of a run that other servers
// have.
func (h *handlers) followRunOverview(c echo.Context) error {
	return h.followRunPart(c, registry.RunOverview)
}

func (h *handlers) followRun(c echo.Context) error { return h.followRunPart(c, registry.RunCharts) }

func (h *handlers) followRunPart(c echo.Context, part registry.RunPart) error {
	ref, err := runRef(c)
	if err != nil {
		return err
	}
	place := registry.Place{Kind: ref.Place.Kind, EntityName: ref.Place.Entity, Name: ref.Place.Name}
	return found(c, views.RunPartURL(place, ref.Name, part))
}

// sendLogs is all that a run printed, as a file.
func (h *handlers) sendLogs(c echo.Context) error {
	ref, err := runRef(c)
	if err != nil {
		return err
	}
	ctx, by := c.Request().Context(), web.Actor(c)
	var text []byte
	for after, more := int64(-1), true; more; {
		var lines []registry.OutputLine
		if lines, more, err = h.DB.Printed(ctx, by, ref, after); err != nil { // between which nothing is held
			return err
		}
		if after < 0 {
			c.Response().Header().Set(echo.HeaderContentType, echo.MIMETextPlainCharsetUTF8)
			c.Response().Header().Set(echo.HeaderContentDisposition, mime.FormatMediaType("attachment", map[string]string{"filename": ref.Name + ".log"}))
		}
		text = text[:0]
		for _, l := range lines {
			text = append(append(text, l.Text...), '\n')
			after = l.Number
		}
		if _, err := c.Response().Write(text); err != nil {
			return err
		}
	}
	return nil
}

// sendRunFile sends a file of a run as the address asks.
func (h *handlers) sendRunFile(c echo.Context) error {
	ref, err := runRef(c)
	if err != nil {
		return err
	}
	name, err := param(c, "*")
	if err != nil {
		return err
	}
	f, err := h.Vault.OpenRunFile(c.Request().Context(), web.Actor(c), ref, name)
	if err != nil {
		return err
	}
	return sendAsAsked(c, f)
}

// step reads a bound of steps or lines from the query, nil where there is none.
func step(c echo.Context, name string) (*int64, error) {
	return whole(c.QueryParam(name))
}

// whole reads a whole number, nil for nothing.
func whole(text string) (*int64, error) {
	if text == "" {
		return nil, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return nil, registry.Errorf(registry.Invalid, "%q in this address is not a whole number.", text)
	}
	return &n, nil
}
