package wandb

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"regexp"

	graphqlerrors "github.com/graph-gophers/graphql-go/errors"
	"github.com/labstack/echo/v4"

	"greenroom/registry"
	"greenroom/web"
)

// statuses is how the door answers each kind of error outside GraphQL. What
// will not heal by itself is never a 422, a 429 or a 5xx: clients repeat those
// for days.
var statuses = map[registry.Kind]int{
	registry.Invalid:         http.StatusBadRequest,
	registry.Unauthenticated: http.StatusUnauthorized,
	registry.Denied:          http.StatusForbidden,
	registry.NotFound:        http.StatusNotFound,
	registry.Conflict:        http.StatusConflict,
	registry.Gone:            http.StatusGone,
	registry.Unsupported:     http.StatusBadRequest,
	registry.Busy:            http.StatusServiceUnavailable,
	registry.Limited:         http.StatusTooManyRequests,
	registry.Internal:        http.StatusInternalServerError,
}

// graphqlStatus is the status of a GraphQL answer with an error of a kind: 200,
// since every client shows the message of that one, but for what concerns the
// key and for what may heal.
func graphqlStatus(kind registry.Kind) int {
	switch kind {
	case registry.Unauthenticated, registry.Busy, registry.Limited, registry.Internal:
		return statuses[kind]
	}
	return http.StatusOK
}

// problem is an error as W&B clients read it.
type problem struct {
	Message    string         `json:"message"`
	Extensions map[string]any `json:"extensions,omitempty"`
}

// known turns any error into one that may be shown: ours are logged here, once,
// and shown as a reference into the log.
func (d *door) known(ctx context.Context, err error) *registry.Error {
	if e, ok := errors.AsType[*registry.Error](err); ok {
		if e.Kind == registry.Busy {
			d.Log.WarnContext(ctx, "request put off", "err", err)
		}
		return e
	}
	if errors.Is(err, context.Canceled) {
		return registry.Errorf(registry.Busy, "The request was broken off.")
	}
	reference := rand.Text()[:8]
	d.Log.ErrorContext(ctx, "request failed", "reference", reference, "err", err)
	return registry.Errorf(registry.Internal, "Something went wrong on Greenroom's side. The reference is %s.", reference)
}

// fail answers a plain request with what went wrong, in the shape that every
// client understands.
func (d *door) fail(c echo.Context, err error) error {
	e := d.known(c.Request().Context(), err)
	web.SayAfter(c, e)
	return c.JSON(statuses[e.Kind], map[string]any{"errors": []problem{{e.Message, map[string]any{"code": e.Kind}}}})
}

// translate gives the errors of an answer the messages that clients show, and
// returns the answer's status.
func (d *door) translate(ctx context.Context, errs []*graphqlerrors.QueryError) int {
	status := http.StatusOK
	for _, err := range errs {
		if err.ResolverError == nil {
			if what := explained(err.Message); what != "" {
				err.Message, err.Locations = what, nil
			}
			continue
		}
		e := d.known(ctx, err.ResolverError)
		err.Message, err.Extensions = e.Message, map[string]any{"code": e.Kind}
		err.Path, err.Locations = nil, nil // some clients print them before the message
		status = max(status, graphqlStatus(e.Kind))
	}
	return status
}

var noSuchMutation = regexp.MustCompile(`^Cannot query field "(\w+)" on type "Mutation"`)

// explained says what a mutation that is not in the schema would be for; "" if
// nobody knows.
func explained(message string) string {
	if m := noSuchMutation.FindStringSubmatch(message); m != nil && unknown[m[1]] != "" {
		return fmt.Sprintf("Greenroom does not support %s yet.", unknown[m[1]])
	}
	return ""
}

// panics makes of a resolver that panicked an error like any other.
type panics struct{ d *door }

// MakePanicError implements the library's PanicHandler.
func (p panics) MakePanicError(ctx context.Context, value any) *graphqlerrors.QueryError {
	return &graphqlerrors.QueryError{ResolverError: fmt.Errorf("wandb: panic: %v", value)}
}

// orNull is how queries answer what is not there, or not for the caller to see:
// with null and no error.
func orNull[T any](answer *T, err error) (*T, error) {
	if registry.KindOf(err) == registry.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return answer, nil
}
