// Package wandb answers W&B clients in their own protocol: GraphQL for nearly
// everything, a stream of lines for what a run logs, and plain PUT and GET for
// bytes. Like the pages for browsers it only translates; every request ends in
// one verb. README.md beside this file says what is answered and how.
package wandb

import (
	"log/slog"

	graphql "github.com/graph-gophers/graphql-go"
	"github.com/labstack/echo/v4"

	"greenroom/db"
	"greenroom/registry"
	"greenroom/vault"
	"greenroom/web"
)

// Deps is what the door needs.
type Deps struct {
	DB    *db.DB
	Vault *vault.Vault
	Rates *web.Rates // how often anybody may ask
	Log   *slog.Logger
}

// A door is where W&B clients come in. As the root of the schema its methods
// are the queries and mutations, each beside its feature.
type door struct {
	Deps
	schema *graphql.Schema
	intake *intake
}

// Mount puts the door's addresses on e. It panics if the schema and the code do
// not fit together, which every test of this package would show.
func Mount(e *echo.Echo, deps Deps) {
	d := &door{Deps: deps, intake: newIntake()}
	d.schema = parseSchema(d)

	e.POST("/graphql", d.answer, d.requireKey)
	e.POST("/files/:entity/:project/:run/file_stream", d.fileStream, d.requireKey)
	e.GET("/artifactsV2/*", d.artifactByDigest, d.requireKey)
	e.POST("/sdk/otel/*", d.refuseTelemetry)
}

// refuseTelemetry answers SDKs that offer figures about themselves: nobody here
// wants them, and they go on without.
func (d *door) refuseTelemetry(c echo.Context) error {
	return d.fail(c, registry.Errorf(registry.NotFound, "Greenroom keeps no telemetry of clients."))
}
