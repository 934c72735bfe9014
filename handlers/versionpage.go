package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"greenroom/registry"
	"greenroom/views"
	"greenroom/web"
)

func (h *handlers) showVersion(c echo.Context) error {
	return h.renderVersion(c, registry.VersionOverview)
}

func (h *handlers) showVersionMetrics(c echo.Context) error {
	return h.renderVersion(c, registry.VersionMetrics)
}

func (h *handlers) showVersionMetadata(c echo.Context) error {
	return h.renderVersion(c, registry.VersionMetadata)
}

func (h *handlers) showVersionUsage(c echo.Context) error {
	return h.renderVersion(c, registry.VersionUsage)
}

func (h *handlers) showVersionHistory(c echo.Context) error {
	return h.renderVersion(c, registry.VersionHistory)
}

// renderVersion shows a part of the version at its number; an alias or a digest
// in its place leads there.
func (h *handlers) renderVersion(c echo.Context, part registry.VersionPart) error {
	return h.renderVersionForm(c, part, http.StatusOK, views.VersionForm{Open: views.VersionFormName(c.QueryParam("edit"))})
}

// renderVersionForm is renderVersion with a form as it was filled in.
func (h *handlers) renderVersionForm(c echo.Context, part registry.VersionPart, status int, form views.VersionForm) error {
	ref, err := versionHere(c)
	if err != nil {
		return err
	}
	query, err := versionQuery(c, part)
	if err != nil {
		return err
	}
	v, err := h.DB.VersionPage(c.Request().Context(), web.Actor(c), ref, query)
	if err != nil {
		return err
	}
	if ref.Alias != v.Name() || elsewhereIn(c, ref.Collection, &v.Place, v.Collection.Name) || otherType(c, v.Artifact.Type) {
		at := views.VersionPartURL(v.Place, v.Artifact.Type, v.Collection.Name, v.Number, part)
		if part == registry.VersionFiles {
			at = views.VersionFileURL(v.Place, v.Artifact.Type, v.Collection.Name, v.Number, query.Path)
		}
		return found(c, at)
	}
	if part == registry.VersionMetadata && (web.WantsJSON(c) || c.QueryParam("as") == "json") {
		return c.JSONBlob(http.StatusOK, v.Artifact.Metadata)
	}
	s := views.VersionShown{VersionPage: v, Form: form, Start: h.start(c), Find: c.QueryParam("find"), All: c.QueryParam("all") != ""}
	if part == registry.VersionFiles {
		if err := h.preview(c, ref, &s); err != nil {
			return err
		}
		c.Response().Header().Add(echo.HeaderVary, echo.HeaderAccept)
	}
	crumbs := append(placeCrumbs(v.Place),
		views.Crumb{Name: v.Collection.Name, URL: views.CollectionURL(v.Place, v.Artifact.Type, v.Collection.Name)},
		views.Crumb{Name: v.Name()})
	page := web.Page(c, v.Collection.Name+" "+v.Name(), crumbs...)
	page.Section, page.Kind = sectionOf(v.Place), kindOf(v.Place, "model version", "artifact version")
	page.About = views.AboutVersion(v)
	return web.Render(c, status, views.VersionPage(page, s), nil)
}

// versionQuery reads what of a version the address asks for.
func versionQuery(c echo.Context, part registry.VersionPart) (q registry.VersionQuery, err error) {
	q = registry.VersionQuery{Part: part, After: c.QueryParam("after")}
	for name, into := range map[string]*int64{"before": &q.Before, "run": &q.Run} {
		n, err := step(c, name)
		if err != nil {
			return q, err
		}
		if n != nil {
			*into = max(0, *n)
		}
	}
	if part == registry.VersionFiles {
		q.Path, err = param(c, "*")
	}
	return q, err
}

// preview adds what the page shows of the file at its path, or of the one that
// stands for its folder.
func (h *handlers) preview(c echo.Context, ref registry.VersionRef, s *views.VersionShown) (err error) {
	q := registry.PreviewQuery{AsText: c.QueryParam("as") == "text", Table: tableQuery(c)}
	s.AsText = q.AsText
	if s.File == nil || !s.File.Kept() || !s.Access.Can(registry.Download) {
		return nil
	}
	if registry.PreviewKindOf(s.File.Path) == registry.PreviewTable && !q.AsText {
		s.Preview, err = h.Vault.TablePreview(c.Request().Context(), web.Actor(c), s.ArtifactID, s.File.Path, q)
		return err
	}
	s.Preview, err = h.Vault.Preview(c.Request().Context(), web.Actor(c), ref, s.File.Path, q)
	return err
}

// versionHere is the version that the path names, in a registered model or in a
// source.
func versionHere(c echo.Context) (registry.VersionRef, error) {
	if c.Param("model") != "" {
		return versionRef(c, modelRef)
	}
	return versionRef(c, sourceRef)
}

// versionRef is the version that the path names, in the collection it names.
func versionRef(c echo.Context, named func(echo.Context) (registry.CollectionRef, error)) (registry.VersionRef, error) {
	collection, err := named(c)
	if err != nil {
		return registry.VersionRef{}, err
	}
	alias, err := param(c, "version")
	return registry.VersionRef{Collection: collection, Alias: alias}, err
}
