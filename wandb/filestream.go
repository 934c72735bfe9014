package wandb

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"greenroom/registry"
)

// streamFiles are the names under which clients send the lines of a run.
var streamFiles = map[string]registry.Stream{
	"wandb-history.jsonl": registry.HistoryStream,
	"wandb-events.jsonl":  registry.EventStream,
	"output.log":          registry.OutputStream,
}

const summaryFile = "wandb-summary.json"

// streamRequest is what a run sends. All of it may be missing: then it is a sign
// of life.
type streamRequest struct {
	Files map[string]struct {
		Offset  int64
		Content []string
	}
	Preempting bool
	Complete   bool
	ExitCode   *int64
}

// fileStream takes what a running script logs. A 4xx ends the script's logging
// for good, so what it logs oddly is dropped with a warning on the run, and
// answered like the rest.
func (d *door) fileStream(c echo.Context) error {
	g, err := d.intake.admit(c.Request(), registry.MaxRequest)
	if err != nil {
		return d.fail(c, err)
	}
	defer g.leave()
	said, err := linesOf(c, g)
	if err != nil {
		return d.fail(c, err)
	}
	ref := registry.RunRef{Place: registry.Project(segment(c, "entity"), segment(c, "project")), Name: segment(c, "run")}
	ctx := c.Request().Context()
	answer, err := d.DB.AppendHistory(ctx, by(ctx), ref, said)
	if err != nil {
		return d.fail(c, err)
	}
	body := map[string]any{"exitcode": nil, "limits": struct{}{}}
	if answer.Stopped {
		body["stopped"] = true
	}
	return c.JSON(http.StatusOK, body)
}

// segment returns a part of the path, which clients escape.
func segment(c echo.Context, name string) string {
	raw := c.Param(name)
	if c.Request().URL.RawPath == "" {
		return raw // the router saw the path unescaped
	}
	if text, err := url.PathUnescape(raw); err == nil {
		return text
	}
	return raw
}

func linesOf(c echo.Context, g *guest) (said registry.RunLines, err error) {
	raw, err := streamBody(c, g)
	if err != nil {
		return said, err
	}
	if tooMany(raw) {
		return said, errManyValues
	}
	var sent streamRequest
	if err := json.Unmarshal(raw, &sent); err != nil {
		return said, registry.Errorf(registry.Invalid, "The request is not the JSON object that a run sends: %v.", err)
	}
	said = registry.RunLines{
		Writer:     writerOf(c.Request().Header),
		Lines:      map[registry.Stream]registry.Lines{},
		Preempting: sent.Preempting,
		Complete:   sent.Complete,
	}
	for name, file := range sent.Files {
		if stream, ok := streamFiles[name]; ok {
			said.Lines[stream] = registry.Lines{First: file.Offset, Text: file.Content}
		}
	}
	if summary := sent.Files[summaryFile].Content; len(summary) > 0 {
		said.Summary = &summary[len(summary)-1]
	}
	if sent.ExitCode != nil {
		said.ExitCode = int(int32(*sent.ExitCode)) // Windows has codes such as 4294967295, which is -1
	}
	return said, nil
}

// streamBody returns the body, inflated if need be. A connection that breaks is
// no fault of what was sent.
func streamBody(c echo.Context, g *guest) ([]byte, error) {
	tooLarge := registry.Errorf(registry.Invalid, "The request is larger than %d MiB. Send fewer lines at once.", registry.MaxRequest>>20)
	var body io.Reader = http.MaxBytesReader(c.Response(), c.Request().Body, registry.MaxRequest)
	if c.Request().Header.Get(echo.HeaderContentEncoding) == "gzip" {
		inflated, err := gzip.NewReader(body)
		if err != nil {
			return nil, registry.Errorf(registry.Invalid, "The request says that it is gzip, and is not.")
		}
		body = inflated
	}
	raw, err := io.ReadAll(io.LimitReader(g.count(c.Response().Writer, body), registry.MaxRequest+1))
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok || len(raw) > registry.MaxRequest {
		return nil, tooLarge
	}
	if errors.Is(err, gzip.ErrChecksum) || errors.Is(err, gzip.ErrHeader) {
		return nil, registry.Errorf(registry.Invalid, "The request says that it is gzip, and is damaged.")
	}
	if err != nil {
		return nil, brokeOff(err)
	}
	return raw, nil
}

// writerOf tells apart the processes that log one run together; it is "" for a
// run that only one process logs.
func writerOf(h http.Header) string {
	id := h.Get("X-WANDB-ASYNC-CLIENT-ID")
	if id == "" && h.Get("X-WANDB-USE-ASYNC-FILESTREAM") == "true" {
		id = h.Get("X-WANDB-CLIENT-ID")
	}
	return id[:min(len(id), 128)]
}
