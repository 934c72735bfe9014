package handlers

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"greenroom/registry"
	"greenroom/views"
	"greenroom/web"
)

// changeTags adds a tag to a model or takes one away; each is the way back from
// the other. The names may stand in the address, as they do for the way back.
func (h *handlers) changeTags(c echo.Context) error {
	ref, err := modelRef(c)
	if err != nil {
		return err
	}
	add, remove := registry.SplitTags(c.FormValue("add")), registry.SplitTags(c.FormValue("remove"))
	if len(add)+len(remove) == 0 {
		return h.renderModel(c, http.StatusUnprocessableEntity, modelRef, views.ModelForm{TagProblem: "Type a tag first."})
	}
	m, err := h.DB.UpdateCollection(c.Request().Context(), web.Actor(c), registry.CollectionChange{Collection: ref, AddTags: add, RemoveTags: remove})
	if problems := web.Problems(err); problems != nil {
		return h.renderModel(c, http.StatusUnprocessableEntity, modelRef, views.ModelForm{Tag: c.FormValue("add"), TagProblem: problems["tag"]})
	}
	if err != nil {
		return err
	}
	sentence := "Took the tag " + strings.Join(remove, ", ") + " away."
	if len(add) > 0 {
		sentence = "Added the tag " + strings.Join(add, ", ") + "."
	}
	undo := views.ModelTagsURL(m.Place, m.Name, strings.Join(remove, ","), strings.Join(add, ","))
	if err := web.SayUndo(c, sentence, undo); err != nil {
		return err
	}
	return web.Go(c, views.CollectionURL(m.Place, m.Type, m.Name))
}

func (h *handlers) showRenameModel(c echo.Context) error {
	return h.renderRenameModel(c, http.StatusOK, views.ModelForm{})
}

func (h *handlers) renderRenameModel(c echo.Context, status int, form views.ModelForm) error {
	m, page, err := h.modelToChange(c, "Rename")
	if err != nil {
		return err
	}
	if modelElsewhere(c, &m.Place, m.Name) {
		return found(c, views.ModelRenameURL(m.Place, m.Name, ""))
	}
	return web.Render(c, status, views.RenameModelPage(page, m, form), views.RenameModelSheet(m, form))
}

// modelElsewhere reports whether the page of a model was asked for at another
// address than it has. What is sent to another one is taken there.
func modelElsewhere(c echo.Context, found *registry.Place, name string) bool {
	ref, err := modelRef(c)
	return err == nil && c.Request().Method == http.MethodGet && elsewhereIn(c, ref, found, name)
}

// modelToChange is the model that the path names, for those who may change it.
func (h *handlers) modelToChange(c echo.Context, title string) (m registry.CollectionDetail, page views.Page, err error) {
	ref, err := modelRef(c)
	if err != nil {
		return m, page, err
	}
	if m, err = h.DB.Collection(c.Request().Context(), web.Actor(c), ref); err != nil {
		return m, page, err
	}
	if err := m.Access.Require(registry.Link); err != nil {
		return m, page, err
	}
	crumbs := append(placeCrumbs(m.Place), views.Crumb{Name: m.Name, URL: views.CollectionURL(m.Place, m.Type, m.Name)}, views.Crumb{Name: title})
	page = web.Page(c, title+" "+m.Name, crumbs...)
	page.Section = views.Registry
	return m, page, nil
}

// renameModel gives a model another name. The name may stand in the address, as
// it does for the way back.
func (h *handlers) renameModel(c echo.Context) error {
	ref, err := modelRef(c)
	if err != nil {
		return err
	}
	name := strings.TrimSpace(c.FormValue("name"))
	m, err := h.DB.UpdateCollection(c.Request().Context(), web.Actor(c), registry.CollectionChange{Collection: ref, Name: &name})
	problem := web.Problems(err)["name"]
	if registry.KindOf(err) == registry.Conflict {
		problem = "There is another model " + name + " in this registry. Take another name."
	}
	if problem != "" {
		return h.renderRenameModel(c, http.StatusUnprocessableEntity, views.ModelForm{Name: name, NameProblem: problem})
	}
	if err != nil {
		return err
	}
	if name != ref.Name {
		back := views.ModelRenameURL(m.Place, m.Name, ref.Name)
		if err := web.SayUndo(c, "Renamed "+ref.Name+" to "+name+".", back); err != nil {
			return err
		}
	}
	return web.Go(c, views.CollectionURL(m.Place, m.Type, m.Name))
}

func (h *handlers) showDeleteModel(c echo.Context) error {
	return h.renderDeleteModel(c, http.StatusOK, views.ModelForm{})
}

func (h *handlers) renderDeleteModel(c echo.Context, status int, form views.ModelForm) error {
	m, page, err := h.modelToChange(c, "Delete")
	if err != nil {
		return err
	}
	if modelElsewhere(c, &m.Place, m.Name) {
		return found(c, views.ModelDeleteURL(m.Place, m.Name))
	}
	return web.Render(c, status, views.DeleteModelPage(page, m, form), views.DeleteModelSheet(m, form))
}

// deleteModel takes a model away once its name was typed.
func (h *handlers) deleteModel(c echo.Context) error {
	ref, err := modelRef(c)
	if err != nil {
		return err
	}
	if name := strings.TrimSpace(c.FormValue("name")); name != ref.Name {
		return h.renderDeleteModel(c, http.StatusUnprocessableEntity, views.ModelForm{Name: name, NameProblem: "This is not its name. Type " + ref.Name + "."})
	}
	m, err := h.DB.DeleteCollection(c.Request().Context(), web.Actor(c), ref)
	if err != nil {
		return err
	}
	return said(c, nil, "Deleted the model "+m.Name+".", views.PlaceURL(m.Place))
}

// showUnlink asks once more before a version leaves a model.
func (h *handlers) showUnlink(c echo.Context) error {
	ref, err := versionRef(c, modelRef)
	if err != nil {
		return err
	}
	v, err := h.DB.Version(c.Request().Context(), web.Actor(c), ref)
	if err != nil {
		return err
	}
	if err := v.Access.Require(registry.Link); err != nil {
		return err
	}
	model := views.CollectionURL(v.Place, v.Artifact.Type, v.Collection.Name)
	if ref.Alias != v.Name() || elsewhereIn(c, ref.Collection, &v.Place, v.Collection.Name) {
		return found(c, views.UnlinkURL(v.Place, v.Collection.Name, v.Number))
	}
	crumbs := append(placeCrumbs(v.Place), views.Crumb{Name: v.Collection.Name, URL: model},
		views.Crumb{Name: v.Name(), URL: views.VersionURL(v.Place, v.Artifact.Type, v.Collection.Name, v.Number)}, views.Crumb{Name: "Unlink"})
	page := web.Page(c, "Unlink "+v.Collection.Name+" "+v.Name(), crumbs...)
	page.Section = views.Registry
	return web.Render(c, http.StatusOK, views.UnlinkPage(page, v), views.UnlinkSheet(v))
}

// unlink takes the version that the path names by its number out of its model.
func (h *handlers) unlink(c echo.Context) error {
	ref, err := versionRef(c, modelRef)
	if err != nil {
		return err
	}
	if _, ok := registry.VersionNumber(ref.Alias); !ok {
		return registry.ErrNothing // an alias may have moved since it was looked at
	}
	if err := h.DB.UnlinkVersion(c.Request().Context(), web.Actor(c), ref); err != nil {
		return err
	}
	m, err := h.DB.Collection(c.Request().Context(), web.Actor(c), ref.Collection)
	if err != nil {
		return err
	}
	return said(c, nil, "Unlinked "+ref.Alias+".", views.CollectionURL(m.Place, m.Type, m.Name))
}
