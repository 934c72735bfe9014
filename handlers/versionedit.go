package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"greenroom/registry"
	"greenroom/views"
	"greenroom/web"
)

// addAlias puts an alias on a version, or takes it there from another one.
func (h *handlers) addAlias(c echo.Context) error {
	v, err := h.versionEdited(c)
	if err != nil {
		return err
	}
	name := c.FormValue("alias")
	err = registry.CheckOwn(name)
	var moves []registry.AliasMove
	if err == nil {
		moves, err = h.DB.AddAliases(c.Request().Context(), web.Actor(c), v.ref, []string{name})
	}
	switch {
	case err != nil:
		return h.refuseName(c, views.AliasForm, name, err)
	case len(moves) == 0:
		return said(c, nil, v.Name()+" has the alias "+name+" already.", v.back(c))
	case moves[0].From != "":
		from, _ := registry.VersionNumber(moves[0].From)
		return undoable(c, "Moved "+name+" from "+moves[0].From+" to "+v.Name()+".", v.undo(c, from).AddAlias(name), v.back(c))
	}
	return undoable(c, "Set "+name+" on "+v.Name()+".", v.undo(c, v.Number).RemoveAlias(name), v.back(c))
}

func (h *handlers) removeAlias(c echo.Context) error {
	v, err := h.versionEdited(c)
	if err != nil {
		return err
	}
	name := c.FormValue("alias")
	if err = registry.CheckOwn(name); err == nil {
		err = h.DB.DeleteAliases(c.Request().Context(), web.Actor(c), v.ref, []string{name})
	}
	if err != nil {
		return h.refuseName(c, views.AliasForm, name, err)
	}
	return undoable(c, "Took "+name+" off "+v.Name()+".", v.undo(c, v.Number).AddAlias(name), v.back(c))
}

func (h *handlers) addTag(c echo.Context) error {
	v, err := h.versionEdited(c)
	if err != nil {
		return err
	}
	tag := c.FormValue("tag")
	if err := h.changeArtifact(c, v, registry.ArtifactChange{AddTags: []string{tag}}); err != nil {
		return h.refuseName(c, views.TagForm, tag, err)
	}
	return undoable(c, "Added the tag "+tag+".", v.undo(c, v.Number).RemoveTag(tag), v.back(c))
}

func (h *handlers) removeTag(c echo.Context) error {
	v, err := h.versionEdited(c)
	if err != nil {
		return err
	}
	tag := c.FormValue("tag")
	if err := h.changeArtifact(c, v, registry.ArtifactChange{RemoveTags: []string{tag}}); err != nil {
		return err
	}
	return undoable(c, "Took the tag "+tag+" away.", v.undo(c, v.Number).AddTag(tag), v.back(c))
}

// describeVersion saves a description, or shows how it will read.
func (h *handlers) describeVersion(c echo.Context) error {
	text := c.FormValue("description")
	form := views.VersionForm{Open: views.DescriptionForm, Value: text}
	if form.Preview = c.FormValue("preview") != ""; form.Preview {
		return h.renderVersionForm(c, registry.VersionOverview, http.StatusOK, form)
	}
	v, err := h.versionEdited(c)
	if err != nil {
		return err
	}
	err = h.changeArtifact(c, v, registry.ArtifactChange{Description: &text})
	if problems := web.Problems(err); problems != nil {
		form.Problem = web.Sentence(err)
		return h.renderVersionForm(c, registry.VersionOverview, http.StatusUnprocessableEntity, form)
	}
	return said(c, err, "Saved the description.", v.back(c))
}

// editedVersion is a version that a form is about.
type editedVersion struct {
	registry.VersionDetail
	ref registry.VersionRef
}

func (h *handlers) versionEdited(c echo.Context) (v editedVersion, err error) {
	if v.ref, err = versionHere(c); err != nil {
		return v, err
	}
	v.VersionDetail, err = h.DB.Version(c.Request().Context(), web.Actor(c), v.ref)
	v.ref.ID = v.ID
	return v, err
}

// changeArtifact changes what all links of the version share.
func (h *handlers) changeArtifact(c echo.Context, v editedVersion, change registry.ArtifactChange) error {
	change.Artifact = registry.ArtifactRef{ID: v.Artifact.ID}
	_, err := h.DB.UpdateArtifact(c.Request().Context(), web.Actor(c), change)
	return err
}

// at is the page of a version of the same collection.
func (v editedVersion) at(number int) string {
	return views.VersionURL(v.Place, v.Artifact.Type, v.Collection.Name, number)
}

// back is the page that the form stood on.
func (v editedVersion) back(c echo.Context) string {
	if page := web.LocalPath(c.FormValue("back")); page != "/" {
		return page
	}
	return v.at(v.Number)
}

// undo are the addresses that take back what was done, for a version of the same
// collection.
func (v editedVersion) undo(c echo.Context, number int) views.VersionEdits {
	return views.VersionEdits{At: v.at(number), Back: v.back(c)}
}

// refuseName shows the form of a name with what is wrong with it.
func (h *handlers) refuseName(c echo.Context, form views.VersionFormName, name string, err error) error {
	if web.Problems(err) == nil {
		return err
	}
	return h.renderVersionForm(c, registry.VersionOverview, http.StatusUnprocessableEntity, views.VersionForm{Open: form, Value: name, Problem: web.Sentence(err)})
}

// undoable says what was done, and how to take it back, on the page at url.
func undoable(c echo.Context, sentence, undo, url string) error {
	if err := web.SayUndo(c, sentence, undo); err != nil {
		return err
	}
	return web.Go(c, url)
}
