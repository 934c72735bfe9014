package handlers

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"greenroom/registry"
	"greenroom/views"
	"greenroom/web"
)

// changeRunTags adds a tag to a run or takes one away; each is the way back from
// the other. The names may stand in the address, as they do for the way back.
func (h *handlers) changeRunTags(c echo.Context) error {
	add, remove := strings.TrimSpace(c.FormValue("add")), c.FormValue("remove")
	if add == "" && remove == "" {
		return h.renderRunForm(c, views.RunForm{TagProblem: "Type a tag first."})
	}
	_, run, err := h.editRun(c, registry.RunEdit{AddTag: add, RemoveTag: remove})
	if problem := web.Problems(err)["tag"]; problem != "" {
		return h.renderRunForm(c, views.RunForm{Tag: add, TagProblem: problem})
	}
	if err != nil {
		return err
	}
	sentence := "Took the tag " + remove + " away."
	if add != "" {
		sentence = "Added the tag " + add + "."
	}
	if err := web.SayUndo(c, sentence, views.RunTagsURL(run.Place, run.Name, remove, add)); err != nil {
		return err
	}
	return web.Go(c, views.RunURL(run.Place, run.Name))
}

func (h *handlers) editRun(c echo.Context, edit registry.RunEdit) (was, is registry.RunDetail, err error) {
	if edit.Run, err = runRef(c); err != nil {
		return was, is, err
	}
	return h.DB.EditRun(c.Request().Context(), web.Actor(c), edit)
}

// renderRunForm shows a run's page again with what was wrong with a form on it.
func (h *handlers) renderRunForm(c echo.Context, form views.RunForm) error {
	ref, err := runRef(c)
	if err != nil {
		return err
	}
	r, err := h.DB.RunPage(c.Request().Context(), web.Actor(c), ref, registry.RunPageQuery{Part: registry.RunCharts})
	if err != nil {
		return err
	}
	return web.Render(c, http.StatusUnprocessableEntity, views.RunPage(runFrame(c, r.RunDetail), r, form), nil)
}

// runToChange is the run that the path names, for those who may change it, with a
// page that is one crumb further; title stands before the name of the run.
func (h *handlers) runToChange(c echo.Context, crumb, title string) (r registry.RunDetail, page views.Page, err error) {
	ref, err := runRef(c)
	if err != nil {
		return r, page, err
	}
	if r, err = h.DB.Run(c.Request().Context(), web.Actor(c), ref); err != nil {
		return r, page, err
	}
	if err := r.Access.Require(registry.Log); err != nil {
		return r, page, err
	}
	page = web.Page(c, title+" "+r.Title(), projectCrumbs(r.Place, views.Crumb{Name: r.Title(), URL: views.RunURL(r.Place, r.Name)}, views.Crumb{Name: crumb})...)
	page.Section = views.Projects
	return r, page, nil
}

func (h *handlers) showRenameRun(c echo.Context) error {
	return h.renderRenameRun(c, http.StatusOK, views.RunForm{})
}

func (h *handlers) renderRenameRun(c echo.Context, status int, form views.RunForm) error {
	r, page, err := h.runToChange(c, "Rename", "Rename")
	if err != nil {
		return err
	}
	return web.Render(c, status, views.RenameRunPage(page, r, form), views.RenameRunSheet(r, form))
}

// renameRun gives a run another name to show; its address stays.
func (h *handlers) renameRun(c echo.Context) error {
	name := c.FormValue("name")
	was, is, err := h.editRun(c, registry.RunEdit{DisplayName: &name})
	if problem := web.Problems(err)["name"]; problem != "" {
		return h.renderRenameRun(c, http.StatusUnprocessableEntity, views.RunForm{Name: name, NameProblem: problem})
	}
	if err != nil {
		return err
	}
	if was.DisplayName != is.DisplayName {
		back := views.RunRenameURL(is.Place, is.Name, was.DisplayName)
		if err := web.SayUndo(c, "Renamed "+was.Title()+" to "+is.Title()+".", back); err != nil {
			return err
		}
	}
	return web.Go(c, views.RunURL(is.Place, is.Name))
}

func (h *handlers) showRunNotes(c echo.Context) error {
	return h.renderRunNotes(c, http.StatusOK, views.RunForm{})
}

func (h *handlers) renderRunNotes(c echo.Context, status int, form views.RunForm) error {
	r, page, err := h.runToChange(c, "Notes", "Notes of")
	if err != nil {
		return err
	}
	if form.NotesProblem == "" && c.Request().Method == http.MethodGet {
		form.Notes = r.Notes
	}
	return web.Render(c, status, views.RunNotesPage(page, r, form), views.RunNotesSheet(r, form))
}

// previewRunNotes shows notes as everyone will see them, and saves nothing.
func (h *handlers) previewRunNotes(c echo.Context) error {
	r, page, err := h.runToChange(c, "Notes", "Notes of")
	if err != nil {
		return err
	}
	form := views.RunForm{Notes: strings.ReplaceAll(c.FormValue("notes"), "\r\n", "\n")}
	return web.Render(c, http.StatusOK, views.RunNotesPage(page, r, form), views.NotesPreview(form.Notes))
}

// writeRunNotes gives a run other notes. They may stand in the address, as they do
// for the way back.
func (h *handlers) writeRunNotes(c echo.Context) error {
	notes := strings.ReplaceAll(c.FormValue("notes"), "\r\n", "\n")
	was, is, err := h.editRun(c, registry.RunEdit{Notes: &notes})
	if problem := web.Problems(err)["notes"]; problem != "" {
		return h.renderRunNotes(c, http.StatusUnprocessableEntity, views.RunForm{Notes: notes, NotesProblem: problem})
	}
	if err != nil {
		return err
	}
	if was.Notes != is.Notes {
		const inAddress = 1500 // bytes, which a cookie has room for
		err := web.Say(c, "Saved the notes.")
		if back := views.RunNotesURL(is.Place, is.Name, &was.Notes); len(back) < inAddress {
			err = web.SayUndo(c, "Saved the notes.", back)
		}
		if err != nil {
			return err
		}
	}
	return web.Go(c, views.RunPartURL(is.Place, is.Name, registry.RunOverview))
}

// stopRun asks the run's script to stop.
func (h *handlers) stopRun(c echo.Context) error {
	r, err := runRef(c)
	if err != nil {
		return err
	}
	asked, err := h.DB.StopRun(c.Request().Context(), web.Actor(c), r)
	sentence := "Asked the script to stop. It hears of it when it next logs."
	if !asked {
		sentence = "The run is over already."
	}
	return said(c, err, sentence, strings.TrimSuffix(c.Request().URL.EscapedPath(), "/stop"))
}

func (h *handlers) showDeleteRun(c echo.Context) error {
	r, page, err := h.runToChange(c, "Delete", "Delete")
	if err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, views.DeleteRunPage(page, r), views.DeleteRunSheet(r))
}

// deleteRun takes a run away; it can be brought back.
func (h *handlers) deleteRun(c echo.Context) error {
	r, _, err := h.runToChange(c, "Delete", "Delete")
	if err != nil {
		return err
	}
	if err := h.DB.DeleteRun(c.Request().Context(), web.Actor(c), r.Ref()); err != nil {
		return err
	}
	if err := web.SayUndo(c, "Deleted the run "+r.Title()+".", views.RunRestoreURL(r.Place, r.Name)); err != nil {
		return err
	}
	return web.Go(c, views.PlaceURL(r.Place))
}

// restoreRun brings back a run that was deleted.
func (h *handlers) restoreRun(c echo.Context) error {
	ref, err := runRef(c)
	if err != nil {
		return err
	}
	r, err := h.DB.RestoreRun(c.Request().Context(), web.Actor(c), ref)
	if err != nil {
		return err
	}
	return said(c, nil, "Restored the run "+r.Title()+".", views.RunURL(r.Place, r.Name))
}
