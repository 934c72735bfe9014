// Package handlers answers the browser: read the request, call one verb, render
// the answer.
package handlers

import (
	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"greenroom/db"
	"greenroom/vault"
	"greenroom/web"
)

// Deps is what pages are made from.
type Deps struct {
	DB       *db.DB
	Vault    *vault.Vault
	Sessions *web.Sessions
	Live     *web.Hub   // tells open pages what is new
	Rates    *web.Rates // how often anybody may ask
	BaseURL  string     // by which people and clients reach this server, without a slash at the end
}

type handlers struct {
	Deps
}

// formLimit is the most a form may hold.
const formLimit = "1M"

// Mount puts every page and form of the product on e.
func Mount(e *echo.Echo, d Deps) {
	h := &handlers{d}
	p := e.Group("", d.Sessions.Middleware, d.Rates.Middleware, web.SameOrigin(), middleware.BodyLimit(formLimit))

	// For everyone.
	p.GET("/login", h.showSignIn)
	p.POST("/login", h.signIn)
	p.GET("/login/:token", h.signInByLink)
	p.POST("/logout", h.signOut)
	p.GET("/invite/:token", h.showInvite)
	p.POST("/invite/:token", h.join)
	p.POST("/invite/:token/accept", h.acceptInvite)
	p.GET("/-/guide", h.showGuide)
	p.GET("/-/guide/:page", h.showGuide)
	p.GET("/-/gallery", showGallery)
	p.GET("/-/gallery/curve/:name", showGalleryCurve)

	// For whoever is signed in.
	p.GET("/welcome", h.showWelcome)
	p.GET("/welcome/arrived", h.showArrived)
	p.POST("/welcome/names", h.nameFirst)
	p.POST("/welcome/key", h.makeFirstKey)
	p.GET("/authorize", h.showAuthorize)
	p.POST("/authorize", h.authorize)
	p.GET("/settings", h.showSettings)
	p.GET("/settings/account", h.showAccount)
	p.POST("/settings/account", h.updateAccount)
	p.POST("/settings/password", h.changePassword)
	p.POST("/settings/look", h.setLook)
	p.POST("/settings/sessions/end", h.endOtherSessions)
	p.POST("/settings/sessions/:id/end", h.endSession)
	p.GET("/settings/keys", h.showKeys)
	p.POST("/settings/keys", h.makeKey)
	p.POST("/settings/keys/:id/revoke", h.revokeKey)

	// For the members of a team; what changes it, for its administrators.
	p.GET("/settings/teams", h.showTeams)
	p.POST("/settings/teams", h.addTeam)
	p.GET("/settings/teams/:team", h.showTeam)
	p.POST("/settings/teams/:team/rename", h.renameTeam)
	p.POST("/settings/teams/:team/invites", h.makeInvite)
	p.POST("/settings/teams/:team/invites/:id/revoke", h.revokeInvite)
	p.POST("/settings/teams/:team/members", h.addMember)
	p.POST("/settings/teams/:team/members/:person", h.setRole)
	p.POST("/settings/teams/:team/members/:person/remove", h.removeMember)

	// What one may see, by name.
	p.GET("/search", h.showFound)
	p.GET("/search/palette", h.showPalette)

	// The registry.
	p.GET("/", h.showLanding)
	p.GET("/changes", h.showChanges)
	p.POST("/changes/seen", h.markSeen)
	p.GET("/:entity/registry/:registry", h.showRegistry)
	p.GET("/:entity/registry/:registry/:model", h.showModel)
	p.POST("/:entity/registry/:registry/:model/star", h.star)
	p.GET("/:entity/model-registry", h.showRegistry)
	p.GET("/:entity/model-registry/:model", h.showModel)
	p.POST("/:entity/model-registry/:model/star", h.star)

	// Making and changing models.
	p.GET("/new", h.showNewModelAnywhere)
	p.GET("/:entity/registry/:registry/-/new", h.showNewModel)
	p.POST("/:entity/registry/:registry/-/new", h.addModel)
	p.GET("/:entity/model-registry/-/new", h.showNewModel)
	p.POST("/:entity/model-registry/-/new", h.addModel)
	p.GET("/:entity/registry/:registry/:model/-/link", h.showLink)
	p.POST("/:entity/registry/:registry/:model/-/link", h.link)
	p.GET("/:entity/model-registry/:model/-/link", h.showLink)
	p.POST("/:entity/model-registry/:model/-/link", h.link)
	p.GET("/:entity/registry/:registry/:model/:version/-/link", h.showLinkOfModel)
	p.POST("/:entity/registry/:registry/:model/:version/-/link", h.linkOfModel)
	p.GET("/:entity/model-registry/:model/:version/-/link", h.showLinkOfModel)
	p.POST("/:entity/model-registry/:model/:version/-/link", h.linkOfModel)
	p.POST("/:entity/registry/:registry/:model/-/tags", h.changeTags)
	p.GET("/:entity/registry/:registry/:model/-/rename", h.showRenameModel)
	p.POST("/:entity/registry/:registry/:model/-/rename", h.renameModel)
	p.GET("/:entity/registry/:registry/:model/-/delete", h.showDeleteModel)
	p.POST("/:entity/registry/:registry/:model/-/delete", h.deleteModel)
	p.GET("/:entity/registry/:registry/:model/:version/-/unlink", h.showUnlink)
	p.POST("/:entity/registry/:registry/:model/:version/-/unlink", h.unlink)
	p.POST("/:entity/model-registry/:model/-/tags", h.changeTags)
	p.GET("/:entity/model-registry/:model/-/rename", h.showRenameModel)
	p.POST("/:entity/model-registry/:model/-/rename", h.renameModel)
	p.GET("/:entity/model-registry/:model/-/delete", h.showDeleteModel)
	p.POST("/:entity/model-registry/:model/-/delete", h.deleteModel)
	p.GET("/:entity/model-registry/:model/:version/-/unlink", h.showUnlink)
	p.POST("/:entity/model-registry/:model/:version/-/unlink", h.unlink)
	p.GET("/:entity/registry/:registry/:model/card", h.showCard)
	p.POST("/:entity/registry/:registry/:model/card", h.saveCard)
	p.POST("/:entity/registry/:registry/:model/card/preview", h.previewCard)
	p.POST("/:entity/registry/:registry/:model/card/restore", h.restoreCard)
	p.GET("/:entity/model-registry/:model/card", h.showCard)
	p.POST("/:entity/model-registry/:model/card", h.saveCard)
	p.POST("/:entity/model-registry/:model/card/preview", h.previewCard)
	p.POST("/:entity/model-registry/:model/card/restore", h.restoreCard)
	p.GET("/:entity/registry/:registry/:model/compare", h.showCompare)
	p.GET("/:entity/model-registry/:model/compare", h.showCompare)
	p.GET("/:entity/:project/artifacts/:type/:name/compare", h.showCompareOfSource)
	p.GET("/:entity/:project/artifacts/:type/:name/:version/-/link", h.showLinkOfSource)
	p.POST("/:entity/:project/artifacts/:type/:name/:version/-/link", h.linkOfSource)

	// Projects and runs.
	p.GET("/projects", h.showProjects)
	p.GET("/:entity", h.showEntity)
	p.GET("/:entity/:project", h.showProject)
	p.GET("/:entity/:project/live", h.tellProject)
	p.GET("/:entity/:project/news", h.showProjectNews)
	p.GET("/:entity/:project/runs.csv", h.exportRuns)
	p.GET("/:entity/:project/compare", h.showRunCompare)
	p.POST("/:entity/:project/runs/tag", h.tagRuns)
	p.GET("/:entity/:project/runs/:run", h.showRun)
	p.GET("/:entity/:project/runs/:run/media", h.showRunMedia)
	p.GET("/:entity/:project/runs/:run/overview", h.showRunOverview)
	p.GET("/:entity/:project/runs/:run/logs", h.showRunLogs)
	p.GET("/:entity/:project/runs/:run/logs/text", h.sendLogs)
	p.GET("/:entity/:project/runs/:run/files", h.showRunFiles)
	p.GET("/:entity/:project/runs/:run/files/*", h.sendRunFile)
	p.GET("/:entity/:project/runs/:run/artifacts", h.showRunArtifacts)
	p.GET("/:entity/:project/runs/:run/system", h.showRunSystem)
	p.GET("/:entity/:project/runs/:run/metrics", h.showMetric)
	p.GET("/:entity/:project/runs/:run/live", h.tellRun)
	p.POST("/:entity/:project/runs/:run/tags", h.changeRunTags)
	p.GET("/:entity/:project/runs/:run/rename", h.showRenameRun)
	p.POST("/:entity/:project/runs/:run/rename", h.renameRun)
	p.GET("/:entity/:project/runs/:run/notes", h.showRunNotes)
	p.POST("/:entity/:project/runs/:run/notes", h.writeRunNotes)
	p.POST("/:entity/:project/runs/:run/notes/preview", h.previewRunNotes)
	p.GET("/:entity/:project/runs/:run/move", h.showMoveRun)
	p.POST("/:entity/:project/runs/:run/move", h.moveRun)
	p.POST("/:entity/:project/runs/:run/stop", h.stopRun)
	p.GET("/:entity/:project/runs/:run/delete", h.showDeleteRun)
	p.POST("/:entity/:project/runs/:run/delete", h.deleteRun)
	p.POST("/:entity/:project/runs/:run/restore", h.restoreRun)

	// What a project's scripts logged.
	p.GET("/:entity/:project/artifacts", h.showArtifacts)
	p.GET("/:entity/:project/artifacts/:type", h.showArtifacts)
	p.GET("/:entity/:project/artifacts/:type/:name", h.showSource)

	// A version, in a model and where it was logged.
	p.GET("/:entity/registry/:registry/:model/:version", h.showVersion)
	p.GET("/:entity/registry/:registry/:model/:version/metrics", h.showVersionMetrics)
	p.GET("/:entity/registry/:registry/:model/:version/metadata", h.showVersionMetadata)
	p.GET("/:entity/registry/:registry/:model/:version/files", h.showVersionFile, h.byKey)
	p.GET("/:entity/registry/:registry/:model/:version/files/*", h.showVersionFile, h.byKey)
	p.GET("/:entity/registry/:registry/:model/:version/archive", h.sendArchive, h.byKey)
	p.GET("/:entity/registry/:registry/:model/:version/usage", h.showVersionUsage)
	p.GET("/:entity/registry/:registry/:model/:version/history", h.showVersionHistory)
	p.POST("/:entity/registry/:registry/:model/:version/aliases", h.addAlias)
	p.POST("/:entity/registry/:registry/:model/:version/aliases/remove", h.removeAlias)
	p.POST("/:entity/registry/:registry/:model/:version/tags", h.addTag)
	p.POST("/:entity/registry/:registry/:model/:version/tags/remove", h.removeTag)
	p.POST("/:entity/registry/:registry/:model/:version/description", h.describeVersion)
	p.GET("/:entity/model-registry/:model/:version", h.showVersion)
	p.GET("/:entity/model-registry/:model/:version/metrics", h.showVersionMetrics)
	p.GET("/:entity/model-registry/:model/:version/metadata", h.showVersionMetadata)
	p.GET("/:entity/model-registry/:model/:version/files", h.showVersionFile, h.byKey)
	p.GET("/:entity/model-registry/:model/:version/files/*", h.showVersionFile, h.byKey)
	p.GET("/:entity/model-registry/:model/:version/archive", h.sendArchive, h.byKey)
	p.GET("/:entity/model-registry/:model/:version/usage", h.showVersionUsage)
	p.GET("/:entity/model-registry/:model/:version/history", h.showVersionHistory)
	p.POST("/:entity/model-registry/:model/:version/aliases", h.addAlias)
	p.POST("/:entity/model-registry/:model/:version/aliases/remove", h.removeAlias)
	p.POST("/:entity/model-registry/:model/:version/tags", h.addTag)
	p.POST("/:entity/model-registry/:model/:version/tags/remove", h.removeTag)
	p.POST("/:entity/model-registry/:model/:version/description", h.describeVersion)
	p.GET("/:entity/:project/artifacts/:type/:name/:version", h.showVersion)
	p.GET("/:entity/:project/artifacts/:type/:name/:version/metrics", h.showVersionMetrics)
	p.GET("/:entity/:project/artifacts/:type/:name/:version/metadata", h.showVersionMetadata)
	p.GET("/:entity/:project/artifacts/:type/:name/:version/files", h.showVersionFile, h.byKey)
	p.GET("/:entity/:project/artifacts/:type/:name/:version/files/*", h.showVersionFile, h.byKey)
	p.GET("/:entity/:project/artifacts/:type/:name/:version/archive", h.sendArchive, h.byKey)
	p.GET("/:entity/:project/artifacts/:type/:name/:version/usage", h.showVersionUsage)
	p.GET("/:entity/:project/artifacts/:type/:name/:version/history", h.showVersionHistory)
	p.POST("/:entity/:project/artifacts/:type/:name/:version/aliases", h.addAlias)
	p.POST("/:entity/:project/artifacts/:type/:name/:version/aliases/remove", h.removeAlias)
	p.POST("/:entity/:project/artifacts/:type/:name/:version/tags", h.addTag)
	p.POST("/:entity/:project/artifacts/:type/:name/:version/tags/remove", h.removeTag)
	p.POST("/:entity/:project/artifacts/:type/:name/:version/description", h.describeVersion)

	// Addresses that W&B's clients print.
	p.GET("/registry", h.followLanding)
	p.GET("/registry/:registry", h.followLanding)
	p.GET("/orgs/:entity/registry", h.followClient)
	p.GET("/orgs/:entity/registry/:registry", h.followClient)
	p.GET("/:entity/:project/workspace", h.followProject)
	p.GET("/:entity/:project/overview", h.followProject)
	p.GET("/:entity/:project/table", h.followProject)
	p.GET("/:entity/:project/runs", h.followProject)
	p.GET("/:entity/:project/runs/:run/config", h.followRunOverview)
	p.GET("/:entity/:project/runs/:run/workspace", h.followRun)
}
