package handlers

import (
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/labstack/echo/v4"

	"greenroom/registry"
	"greenroom/vault"
	"greenroom/views"
	"greenroom/web"
)

// mediaQuery reads what of a run's media to show.
func mediaQuery(c echo.Context) (q registry.MediaQuery, err error) {
	q = registry.MediaQuery{
		Key: c.QueryParam("key"), Kind: registry.MediaKind(c.QueryParam("kind")), Search: c.QueryParam("q"), After: c.QueryParam("after"),
		Among: web.WantsPartial(c) && c.QueryParam("section") == views.ShortSection, Table: tableQuery(c),
	}
	if q.Known, err = step(c, "known"); err != nil {
		return q, err
	}
	if q.Step, err = step(c, "step"); err != nil {
		return q, err
	}
	from, err := step(c, "image")
	if err == nil && from != nil && *from > 0 && *from < 1<<31 {
		q.From = int(*from)
	}
	return q, err
}

// showRunMedia shows what a run logged besides numbers: all of it, or one thing
// in full; with draw, the custom chart of that one alone.
func (h *handlers) showRunMedia(c echo.Context) error {
	ref, err := runRef(c)
	if err != nil {
		return err
	}
	query, err := mediaQuery(c)
	if err != nil {
		return err
	}
	ctx, by := c.Request().Context(), web.Actor(c)
	r, err := h.DB.RunPage(ctx, by, ref, registry.RunPageQuery{Part: registry.RunMedia, Media: query})
	if err != nil {
		return err
	}
	if elsewhere(c, ref.Place, &r.Place) {
		return moved(c, views.RunPartURL(r.Place, r.Name, registry.RunMedia))
	}
	if query.Alone() && len(r.Media.Items) == 0 {
		return registry.Errorf(registry.NotFound, "This run has logged nothing like that under the name %s.", query.Key)
	}
	if c.QueryParam("draw") == views.WithVega {
		return h.drawChart(c, r)
	}
	room := int64(registry.BoxFilesRead)
	for i := range r.Media.Items {
		if err := h.readBoxes(ctx, &r.Media.Items[i], query, &room); err != nil {
			return err
		}
		if err := h.readMediaTable(ctx, by, &r.Media.Items[i], query); err != nil {
			return err
		}
	}
	page := web.Page(c, r.Title(), projectCrumbs(r.Place, views.Crumb{Name: r.Title()})...)
	page.Section = views.Projects
	part := views.RunNews(page, r, "")
	if size := c.QueryParam("section"); query.Alone() && size != "" {
		part = views.MediaSection(r, r.Media.Items[0])
		if size == views.FullSection && web.WantsPartial(c) {
			c.Response().Header().Set("HX-Replace-Url", views.MediaURL(r, query))
		}
	}
	return web.Render(c, http.StatusOK, views.RunPage(page, r, views.RunForm{}), part)
}

// readBoxes reads the boxes over the pictures that a page shows, as far as there
// is room for their files.
func (h *handlers) readBoxes(ctx context.Context, item *registry.MediaItem, query registry.MediaQuery, room *int64) error {
	for _, picture := range item.Pictures(query) {
		for i := range picture.Layers {
			layer := &picture.Layers[i]
			at := item.Contents[layer.Path]
			if layer.Mask || at == nil {
				continue
			}
			if *room -= at.Size; *room < 0 {
				layer.Problem = "There are too many on this page to draw them all."
				continue
			}
			f, err := h.Vault.OpenContent(ctx, *at)
			if err != nil {
				return err
			}
			text, err := io.ReadAll(io.LimitReader(f, registry.MaxBoxFile+1))
			f.Close()
			if err != nil {
				return err
			}
			layer.ReadBoxes(text, picture.Width, picture.Height)
		}
	}
	return nil
}

// readMediaTable reads the table behind an item, for a plot so much that it can
// be drawn. What is wrong with it is said where it stands.
func (h *handlers) readMediaTable(ctx context.Context, by registry.Actor, item *registry.MediaItem, query registry.MediaQuery) error {
	if item.Source == nil {
		return nil
	}
	if item.Plot != nil && item.Plot.Columns() != nil {
		all := registry.TableQuery{Size: registry.PlotRows, Named: item.Plot.Columns()}
		page, err := h.mediaTable(ctx, by, item, all)
		if err != nil || item.Problem != "" {
			return err
		}
		if item.Drawing = item.Plot.Draw(page); item.Drawing != nil && !query.InFull() {
			return nil
		}
	}
	if item.Chart != nil && !query.InFull() {
		return nil
	}
	part := registry.TableQuery{Size: registry.ShortTable}
	if query.InFull() {
		part = query.Table
	}
	page, err := h.mediaTable(ctx, by, item, part)
	if err != nil || item.Problem != "" {
		return err
	}
	item.Table = &page
	return h.findCellFiles(ctx, by, item)
}

func (h *handlers) mediaTable(ctx context.Context, by registry.Actor, item *registry.MediaItem, q registry.TableQuery) (registry.TablePage, error) {
	of := vault.TableFiles{Parts: item.Parts, ArtifactID: item.ArtifactID}
	if len(of.Parts) == 0 {
		of.Parts = []registry.Content{*item.Source}
	}
	page, err := h.Vault.Table(ctx, by, of, q)
	if said, ok := errors.AsType[*registry.Error](err); ok && said.Kind == registry.Invalid {
		item.Problem = said.Message
		return page, nil
	}
	return page, err
}

// findCellFiles finds which of the files that cells name are there.
func (h *handlers) findCellFiles(ctx context.Context, by registry.Actor, item *registry.MediaItem) error {
	paths := item.Table.Paths()
	if len(paths) == 0 || item.ArtifactID == 0 {
		return nil
	}
	files, err := h.DB.Files(ctx, by, registry.ArtifactRef{ID: item.ArtifactID}, registry.FileRange{Names: paths, First: len(paths)})
	if err != nil {
		return err
	}
	for _, f := range files.Files {
		item.There[f.Path] = !f.IsReference()
	}
	return nil
}
