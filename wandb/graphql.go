package wandb

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	graphql "github.com/graph-gophers/graphql-go"
	"github.com/graph-gophers/graphql-go/ast"
	graphqlerrors "github.com/graph-gophers/graphql-go/errors"
	"github.com/labstack/echo/v4"

	"greenroom/registry"
)

//go:embed schema.graphql
var schema string

const (
	maxQuery = 256 << 10
	maxDepth = 24 // introspection needs 13
	// maxVariables is how many variables a query may declare; checking them takes
	// time that grows with their square.
	maxVariables = 500

	// maxTime is how long an answer may take. Clients give up before.
	maxTime = 2 * time.Minute
)

func parseSchema(root *door) *graphql.Schema {
	return graphql.MustParseSchema(schema, root,
		graphql.UseStringDescriptions(),
		graphql.UseFieldResolvers(),
		graphql.MaxDepth(maxDepth),
		graphql.MaxQueryLength(maxQuery),
		graphql.MaxParallelism(4),
		graphql.OverlapValidationLimit(100_000),
		graphql.PanicHandler(panics{root}))
}

// answer is POST /graphql. A document that does not fit the schema is answered
// with 200 like any other mistake: old clients repeat what they get a 422 for,
// and look for words in the messages.
func (d *door) answer(c echo.Context) error {
	g, err := d.intake.admit(c.Request(), registry.MaxRequest)
	if err != nil {
		return d.fail(c, err)
	}
	defer g.leave()
	asked, err := d.asked(c, g)
	if err != nil {
		return d.fail(c, err)
	}
	ctx, cancel := context.WithTimeoutCause(c.Request().Context(), maxTime,
		registry.Errorf(registry.Busy, "This took longer than %.0f minutes. Try again later, or ask for less at once.", maxTime.Minutes()))
	defer cancel()
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	requestOf(ctx).stop = stop
	answer := d.schema.Exec(ctx, asked.Query, asked.OperationName, asked.Variables)
	if why, stopped := errors.AsType[*registry.Error](context.Cause(ctx)); stopped {
		answer.Data, answer.Errors = nil, []*graphqlerrors.QueryError{{ResolverError: why}}
	}
	status := d.translate(ctx, answer.Errors)
	if status == http.StatusOK && requestOf(ctx).status != 0 {
		status = requestOf(ctx).status
	}
	if answer.Data == nil {
		answer.Data = json.RawMessage("null")
	}
	if len(answer.Errors) == 0 && len(answer.Extensions) == 0 {
		// The data is JSON already, and large pages of it: it need not be read and written again.
		return c.JSONBlob(status, slices.Concat([]byte(`{"data":`), answer.Data, []byte("}\n")))
	}
	return c.JSON(status, answer)
}

// question is the body of a GraphQL request.
type question struct {
	Query         string
	OperationName string
	Variables     map[string]any
}

func (d *door) asked(c echo.Context, g *guest) (q question, err error) {
	body := http.MaxBytesReader(c.Response().Writer, c.Request().Body, registry.MaxRequest)
	raw, err := io.ReadAll(g.count(c.Response().Writer, body))
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return q, registry.Errorf(registry.Invalid, "The request is larger than %d MiB. Log large values as files or artifacts.", registry.MaxRequest>>20)
	}
	if err != nil {
		return q, brokeOff(err)
	}
	if tooMany(raw) {
		return q, errManyValues
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	if err := decoder.Decode(&q); err != nil {
		return q, registry.Errorf(registry.Invalid, "The body of a GraphQL request is a JSON object with a query.")
	}
	if q.Query == "" {
		return q, registry.Errorf(registry.Invalid, "The request holds no query.")
	}
	if len(q.Query) > maxQuery {
		return q, registry.Errorf(registry.Invalid, "The query is longer than %d KiB. Put what it holds into variables.", maxQuery>>10)
	}
	if q.Variables == nil {
		q.Variables = map[string]any{}
	}
	numbers(q.Variables)
	seen := map[string]bool{}
	declarations := declaration.FindAllStringSubmatch(q.Query, maxVariables+1)
	if len(declarations) > maxVariables {
		return q, registry.Errorf(registry.Invalid, "The query declares more than %d variables. Put them into one input.", maxVariables)
	}
	for _, declared := range declarations {
		if seen[declared[1]] {
			continue
		}
		seen[declared[1]] = true
		d.dropUnset(q.Variables[declared[1]], declared[2])
	}
	return q, nil
}

var errManyValues = registry.Errorf(registry.Invalid, "The request holds more than %d values. Send it in parts.", registry.MaxRequestValues)

// tooMany reports whether JSON holds more values than are decoded.
func tooMany(raw []byte) bool {
	if len(raw) < registry.MaxRequestValues {
		return false
	}
	values, quoted := 0, false
	for i := 0; i < len(raw); i++ {
		switch raw[i] {
		case '\\':
			i++
		case '"':
			quoted = !quoted
		case ',', '[', '{':
			if !quoted {
				values++
			}
		}
	}
	return values > registry.MaxRequestValues
}

// declaration is a variable and its type at the head of a document.
var declaration = regexp.MustCompile(`\$(\w+)\s*:\s*\[?(\w+)`)

// dropUnset takes fields that are null and that the schema does not know out of
// an input of a type. Clients send every field of their inputs, as null where
// they set none: a field that a newer client knows is no reason to refuse it.
func (d *door) dropUnset(v any, typeName string) {
	input, ok := d.schema.AST().Types[typeName].(*ast.InputObject)
	if !ok {
		return
	}
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			d.dropUnset(e, typeName)
		}
	case map[string]any:
		for name, e := range v {
			field := input.Values.Get(name)
			if field == nil && e == nil {
				delete(v, name)
			}
			if field != nil {
				d.dropUnset(e, strings.Trim(field.Type.String(), "[]!"))
			}
		}
	}
}
