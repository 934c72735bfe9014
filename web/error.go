package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"greenroom/registry"
	"greenroom/views"
)

// Status is the HTTP status of each kind of error. Unsupported is a 422 rather
// than a 501: nothing is broken, and nothing gets better by asking again.
var Status = map[registry.Kind]int{
	registry.Invalid:         http.StatusUnprocessableEntity,
	registry.Unauthenticated: http.StatusUnauthorized,
	registry.Denied:          http.StatusForbidden,
	registry.NotFound:        http.StatusNotFound,
	registry.Conflict:        http.StatusConflict,
	registry.Gone:            http.StatusGone,
	registry.Busy:            http.StatusServiceUnavailable,
	registry.Limited:         http.StatusTooManyRequests,
	registry.Unsupported:     http.StatusUnprocessableEntity,
	registry.Internal:        http.StatusInternalServerError,
}

// gone is the status that the log has for requests whose browser went elsewhere before the answer. Nobody gets it, and
// nothing went wrong.
const gone = 499

// titles head the page of an error.
var titles = map[int]string{
	http.StatusBadRequest:            "This could not be understood",
	http.StatusForbidden:             "This is not yours to do",
	http.StatusNotFound:              "Nothing here",
	http.StatusMethodNotAllowed:      "Not this way",
	http.StatusConflict:              "Something else came first",
	http.StatusGone:                  "No longer here",
	http.StatusRequestEntityTooLarge: "Too much at once",
	http.StatusUnprocessableEntity:   "This cannot be done",
	http.StatusTooManyRequests:       "Too often",
	http.StatusServiceUnavailable:    "Not right now",
	http.StatusInternalServerError:   "Something went wrong",
}

// A problem is an error as a person or a program gets to see it (RFC 9457).
type problem struct {
	Status    int               `json:"status"`
	Title     string            `json:"title"`
	Detail    string            `json:"detail"`
	Fields    map[string]string `json:"fields,omitempty"`
	Reference string            `json:"reference,omitempty"`
}

// HandleError returns the answer to whatever went wrong: the sign-in page for
// those who are not signed in, JSON for those who ask for it, a message over the
// page that htmx is on, a page otherwise. What is our fault is told to log, once,
// under the reference that the answer shows.
func HandleError(log *slog.Logger) echo.HTTPErrorHandler {
	return func(err error, c echo.Context) {
		if c.Response().Committed {
			return
		}
		if errors.Is(err, context.Canceled) && c.Request().Context().Err() != nil {
			c.Response().Status = gone
			return
		}
		SayAfter(c, err)
		p := problemOf(err)
		if p.Status == http.StatusInternalServerError {
			p.Reference = reference(c)
			log.ErrorContext(c.Request().Context(), "request failed", "request", p.Reference, "route", c.Path(), "err", err)
		}
		if err := answerProblem(c, p); err != nil {
			log.ErrorContext(c.Request().Context(), "error not answered", "request", reference(c), "err", err)
		}
	}
}

func answerProblem(c echo.Context, p problem) error {
	h := c.Response().Header()
	h.Set(echo.HeaderCacheControl, "no-store")
	switch {
	case WantsJSON(c):
		h.Set(echo.HeaderContentType, "application/problem+json")
		return c.JSON(p.Status, p)
	case c.Request().Method == http.MethodHead:
		return c.NoContent(p.Status)
	case p.Status == http.StatusUnauthorized:
		return Go(c, SignInURL(c))
	}
	if WantsPartial(c) {
		h.Set("HX-Retarget", "#"+views.FlashID)
		h.Set("HX-Reswap", "innerHTML")
	}
	page := Page(c, p.Title)
	said := p.Detail
	if p.Reference != "" {
		said += " Reference " + p.Reference + "."
	}
	return Render(c, p.Status, views.ErrorPage(page, p.Status, p.Title, p.Detail, p.Reference), views.Toast(views.Message{Text: said}))
}

// problemOf says what err means to whoever caused it.
func problemOf(err error) problem {
	if known, ok := errors.AsType[*registry.Error](err); ok && known.Kind != registry.Internal {
		status := Status[known.Kind]
		return problem{Status: status, Title: titles[status], Detail: known.Message, Fields: known.Fields}
	}
	status, detail := http.StatusInternalServerError, "Something went wrong on our side. It has been written down."
	if he, ok := errors.AsType[*echo.HTTPError](err); ok {
		status = he.Code
	}
	switch status {
	case http.StatusInternalServerError:
	case http.StatusNotFound:
		detail = registry.ErrNothing.Message
	case http.StatusBadRequest:
		detail = "The form or the address holds something that cannot be read. Go back and try again."
	case http.StatusMethodNotAllowed:
		detail = "This address cannot be used in this way. Follow a link or a button to it."
	case http.StatusRequestEntityTooLarge:
		detail = "What was sent is larger than this address takes."
	default:
		detail = http.StatusText(status) + "."
	}
	title := titles[status]
	if title == "" {
		title = http.StatusText(status)
	}
	return problem{Status: status, Title: title, Detail: detail}
}

// Sentence returns what err says to whoever caused it, "" for no error.
func Sentence(err error) string {
	if err == nil {
		return ""
	}
	return problemOf(err).Detail
}

// Problems returns what is wrong with the fields of a form, nil unless err says
// that.
func Problems(err error) map[string]string {
	if known, ok := errors.AsType[*registry.Error](err); ok && known.Kind == registry.Invalid {
		return known.Fields
	}
	return nil
}

// WantsPage reports whether a reader asks, in a browser that goes to an address.
func WantsPage(c echo.Context) bool {
	return strings.Contains(c.Request().Header.Get(echo.HeaderAccept), "text/html")
}

// ForProgram notes that errors are to be told to a program, which no sign-in page
// helps.
func ForProgram(c echo.Context) { c.Set(programKey, true) }

// WantsJSON reports whether a program asks rather than a reader.
func WantsJSON(c echo.Context) bool {
	return c.Get(programKey) != nil || strings.HasPrefix(c.Request().Header.Get(echo.HeaderAccept), "application/json")
}

// SignInURL is the sign-in page that leads back to where the request wanted to
// go, if that can be gone to again.
func SignInURL(c echo.Context) string {
	r := c.Request()
	back := ""
	switch {
	case WantsPartial(c):
		if u, err := url.Parse(r.Header.Get("HX-Current-URL")); err == nil {
			back = u.RequestURI()
		}
	case r.Method == http.MethodGet:
		back = r.URL.RequestURI()
	}
	if back = LocalPath(back); back == "/" {
		return views.SignInURL
	}
	return views.SignInURL + "?next=" + url.QueryEscape(back)
}

// LocalPath returns path if it is one of this server, "/" otherwise: what a
// stranger put into an address never leads to another site.
func LocalPath(path string) string {
	u, err := url.Parse(path)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || !strings.HasPrefix(path, "/") ||
		strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\t\r\n") || strings.HasPrefix(u.Path, "//") {
		return "/"
	}
	return path
}
