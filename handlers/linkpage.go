package handlers

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"greenroom/registry"
	"greenroom/views"
	"greenroom/web"
)

type linkForm struct {
	From    string   `form:"from"` // the version's full name
	Stages  []string `form:"stage"`
	Aliases string   `form:"aliases"`

	Owner    string `form:"owner"`
	Registry string `form:"registry"`
	Model    string `form:"model"`
}

// aliases are all that the form asks for.
func (f linkForm) aliases() []string { return append(f.Stages, registry.SplitAliases(f.Aliases)...) }

// typed is the form as the next page shows it.
func (f linkForm) typed(err error) views.LinkForm {
	return views.LinkForm{Stages: f.Stages, Aliases: f.Aliases, Problem: web.Sentence(err)}
}

// showLink chooses what to link into the model that the path names.
func (h *handlers) showLink(c echo.Context) error {
	query := registry.LinkSourceQuery{
		Team: c.QueryParam("team"), Project: c.QueryParam("project"), Artifact: c.QueryParam("artifact"), Search: c.QueryParam("q"),
	}
	query.Below, _ = strconv.Atoi(c.QueryParam("below"))
	name := c.QueryParam("from")
	if strings.Contains(query.Search, "/") {
		name = query.Search
	}
	if name == "" {
		return h.renderLink(c, http.StatusOK, query, views.LinkForm{})
	}
	ref, ok := registry.ReadVersionName(name)
	if !ok {
		form := views.LinkForm{Problem: "Write the full name of a version like this: team/project/artifact:v3."}
		return h.renderLink(c, http.StatusUnprocessableEntity, query, form)
	}
	chosen := registry.LinkSourceQuery{Version: &ref, Search: name}
	err := h.renderLink(c, http.StatusOK, chosen, views.LinkForm{})
	if !tellable(err) {
		return err
	}
	return h.renderLink(c, web.Status[registry.KindOf(err)], query, views.LinkForm{Problem: web.Sentence(err)})
}

// tellable reports whether what is wrong is for the form to tell.
func tellable(err error) bool {
	switch registry.KindOf(err) {
	case registry.Invalid, registry.NotFound, registry.Denied, registry.Conflict:
		return true
	}
	return false
}

func (h *handlers) renderLink(c echo.Context, status int, query registry.LinkSourceQuery, form views.LinkForm) error {
	into, err := modelRef(c)
	if err != nil {
		return err
	}
	s, err := h.DB.LinkSources(c.Request().Context(), web.Actor(c), into, query)
	if err != nil {
		return err
	}
	m := s.Target
	if elsewhereIn(c, into, &m.Place, m.Name) && c.Request().Method == http.MethodGet {
		return found(c, views.LinkIntoURL(m.Place, m.Type, m.Name)+rawQuery(c))
	}
	crumbs := append(placeCrumbs(m.Place), views.Crumb{Name: m.Name, URL: views.CollectionURL(m.Place, m.Type, m.Name)}, views.Crumb{Name: "Link a version"})
	page := web.Page(c, "Link a version to "+m.Name, crumbs...)
	page.Section = views.Registry
	return web.Render(c, status, views.LinkSourcesPage(page, s, form), views.LinkSourcesSheet(page, s, form))
}

func rawQuery(c echo.Context) string {
	if q := c.Request().URL.RawQuery; q != "" {
		return "?" + q
	}
	return ""
}

// link puts the version that was chosen into the model that the path names.
func (h *handlers) link(c echo.Context) error {
	into, err := modelRef(c)
	if err != nil {
		return err
	}
	var form linkForm
	if err := c.Bind(&form); err != nil {
		return err
	}
	ref, ok := registry.ReadVersionName(form.From)
	if !ok {
		return h.renderLink(c, http.StatusUnprocessableEntity, registry.LinkSourceQuery{}, views.LinkForm{Problem: "Choose a version first."})
	}
	err = h.linkVersion(c, ref, into, form.aliases())
	if !tellable(err) {
		return err
	}
	status := web.Status[registry.KindOf(err)]
	again := h.renderLink(c, status, registry.LinkSourceQuery{Version: &ref, Search: form.From}, form.typed(err))
	if !tellable(again) {
		return again
	}
	return h.renderLink(c, status, registry.LinkSourceQuery{}, form.typed(err))
}

// linkVersion links a version and goes to where it stands then.
func (h *handlers) linkVersion(c echo.Context, ref registry.VersionRef, into registry.CollectionRef, aliases []string) error {
	ctx, by := c.Request().Context(), web.Actor(c)
	v, err := h.DB.Version(ctx, by, ref)
	if err != nil {
		return err
	}
	linked, err := h.DB.LinkVersion(ctx, by, registry.NewLink{Artifact: registry.ArtifactRef{ID: v.ArtifactID}, Collection: into, Aliases: aliases})
	if err != nil {
		return err
	}
	return said(c, nil, "Linked "+v.Collection.Name+" "+v.Name()+" as "+linked.Name()+" of "+linked.Collection.Name+".",
		views.VersionURL(linked.Place, linked.Artifact.Type, linked.Collection.Name, linked.Number))
}

func (h *handlers) showLinkOfSource(c echo.Context) error { return h.showLinkOf(c, sourceRef) }
func (h *handlers) showLinkOfModel(c echo.Context) error  { return h.showLinkOf(c, modelRef) }
func (h *handlers) linkOfSource(c echo.Context) error     { return h.linkOf(c, sourceRef) }
func (h *handlers) linkOfModel(c echo.Context) error      { return h.linkOf(c, modelRef) }

// showLinkOf chooses where to link the version that the path names.
func (h *handlers) showLinkOf(c echo.Context, named func(echo.Context) (registry.CollectionRef, error)) error {
	query := registry.LinkTargetQuery{
		Owner: c.QueryParam("owner"), Registry: c.QueryParam("registry"), Model: strings.TrimSpace(c.QueryParam("model")), Search: c.QueryParam("q"),
	}
	err := h.renderLinkOf(c, http.StatusOK, named, query, views.LinkForm{})
	if query.Model == "" || !tellable(err) || registry.KindOf(err) == registry.NotFound {
		return err
	}
	form := views.LinkForm{Model: query.Model, Problem: web.Sentence(err)}
	query.Model = ""
	return h.renderLinkOf(c, web.Status[registry.KindOf(err)], named, query, form)
}

func (h *handlers) renderLinkOf(c echo.Context, status int, named func(echo.Context) (registry.CollectionRef, error), query registry.LinkTargetQuery, form views.LinkForm) error {
	ref, err := versionRef(c, named)
	if err != nil {
		return err
	}
	l, err := h.DB.LinkTargets(c.Request().Context(), web.Actor(c), ref, query)
	if err != nil {
		return err
	}
	v := l.Version
	if c.Request().Method == http.MethodGet && (ref.Alias != v.Name() || elsewhereIn(c, ref.Collection, &v.Place, v.Collection.Name) || otherType(c, v.Artifact.Type)) {
		return found(c, views.LinkVersionURL(v.Place, v.Artifact.Type, v.Collection.Name, v.Number)+rawQuery(c))
	}
	crumbs := append(placeCrumbs(v.Place),
		views.Crumb{Name: v.Collection.Name, URL: views.CollectionURL(v.Place, v.Artifact.Type, v.Collection.Name)},
		views.Crumb{Name: v.Name(), URL: views.VersionURL(v.Place, v.Artifact.Type, v.Collection.Name, v.Number)},
		views.Crumb{Name: "Link"})
	page := web.Page(c, "Link "+v.Collection.Name+" "+v.Name(), crumbs...)
	page.Section = sectionOf(v.Place)
	return web.Render(c, status, views.LinkTargetsPage(page, l, form), views.LinkTargetsSheet(page, l, form))
}

// linkOf links the version that the path names into the model that was chosen.
func (h *handlers) linkOf(c echo.Context, named func(echo.Context) (registry.CollectionRef, error)) error {
	ref, err := versionRef(c, named)
	if err != nil {
		return err
	}
	var form linkForm
	if err := c.Bind(&form); err != nil {
		return err
	}
	into := registry.CollectionRef{Place: registry.Registry(form.Owner, form.Registry), Name: strings.TrimSpace(form.Model)}
	err = h.linkVersion(c, ref, into, form.aliases())
	if !tellable(err) {
		return err
	}
	query := registry.LinkTargetQuery{Owner: form.Owner, Registry: form.Registry, Model: into.Name}
	again := h.renderLinkOf(c, web.Status[registry.KindOf(err)], named, query, form.typed(err))
	if !tellable(again) {
		return again
	}
	return err
}
