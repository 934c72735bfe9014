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

// showCard shows a model's card with its history and, to those who may, the
// field to change it in; ?at= shows an earlier text.
func (h *handlers) showCard(c echo.Context) error {
	var query registry.CardQuery
	if at := c.QueryParam("at"); at != "" {
		entry, err := strconv.ParseInt(at, 10, 64)
		if err != nil || entry <= 0 {
			return registry.ErrNothing
		}
		query.Entry = &entry
	}
	query.Before, _ = strconv.ParseInt(c.QueryParam("before"), 10, 64)
	card, page, err := h.card(c, query)
	if err != nil {
		return err
	}
	if modelElsewhere(c, &card.Place, card.Name) {
		return found(c, views.CardURL(card.Place, card.Type, card.Name)+rawQuery(c))
	}
	form := views.CardForm{Text: card.Description, Entry: card.Entry}
	return web.Render(c, http.StatusOK, views.CardPage(page, card, form), nil)
}

func (h *handlers) card(c echo.Context, query registry.CardQuery) (card registry.CardPage, page views.Page, err error) {
	ref, err := modelRef(c)
	if err != nil {
		return card, page, err
	}
	if card, err = h.DB.CardPage(c.Request().Context(), web.Actor(c), ref, query); err != nil {
		return card, page, err
	}
	crumbs := append(placeCrumbs(card.Place), views.Crumb{Name: card.Name, URL: views.CollectionURL(card.Place, card.Type, card.Name)}, views.Crumb{Name: "Card"})
	page = web.Page(c, "Card of "+card.Name, crumbs...)
	page.Section = views.Registry
	return card, page, nil
}

type cardForm struct {
	Text  string `form:"text"`
	Entry int64  `form:"entry"` // of the card that the text was made from
}

// readCard reads the form. Browsers send lines with a carriage return.
func readCard(c echo.Context) (form cardForm, err error) {
	err = c.Bind(&form)
	form.Text = strings.ReplaceAll(form.Text, "\r\n", "\n")
	return form, err
}

// previewCard shows what was typed as everyone will see it, and saves nothing.
func (h *handlers) previewCard(c echo.Context) error {
	form, err := readCard(c)
	if err != nil {
		return err
	}
	card, page, err := h.card(c, registry.CardQuery{})
	if err != nil {
		return err
	}
	if err := card.Access.Require(registry.Link); err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, views.CardPage(page, card, views.CardForm{Text: form.Text, Entry: form.Entry}), views.CardPreview(form.Text))
}

// saveCard saves what was typed, unless somebody else saved since: then both
// texts are shown, and nothing is lost.
func (h *handlers) saveCard(c echo.Context) error {
	form, err := readCard(c)
	if err != nil {
		return err
	}
	return h.changeCard(c, form, "Saved the card.")
}

// restoreCard puts back the card as it was after an entry of the log. The entries
// may stand in the address, as they do for the way back.
func (h *handlers) restoreCard(c echo.Context) error {
	var form cardForm
	var to int64
	if err := echo.FormFieldBinder(c).MustInt64("to", &to).MustInt64("entry", &form.Entry).BindError(); err != nil {
		return registry.ErrNothing
	}
	card, _, err := h.card(c, registry.CardQuery{Entry: &to})
	if err != nil {
		return err
	}
	form.Text = card.Shown.After
	return h.changeCard(c, form, "Restored the card.")
}

// changeCard gives the model a card, which can be taken back as long as nobody
// else changes it.
func (h *handlers) changeCard(c echo.Context, form cardForm, sentence string) error {
	ref, err := modelRef(c)
	if err != nil {
		return err
	}
	ctx, by := c.Request().Context(), web.Actor(c)
	m, err := h.DB.UpdateCollection(ctx, by, registry.CollectionChange{Collection: ref, Description: &form.Text, CardEntry: &form.Entry})
	if problem := web.Problems(err)["description"]; problem != "" {
		return h.renderCard(c, http.StatusUnprocessableEntity, registry.CardQuery{}, views.CardForm{Text: form.Text, Entry: form.Entry, Problem: problem})
	}
	if registry.KindOf(err) == registry.Conflict {
		return h.renderCard(c, http.StatusConflict, registry.CardQuery{Entry: &form.Entry}, views.CardForm{Text: form.Text, Conflict: true})
	}
	if err != nil {
		return err
	}
	card, err := h.DB.CardPage(ctx, by, registry.CollectionRef{ID: m.ID}, registry.CardQuery{})
	if err != nil {
		return err
	}
	if card.Entry != form.Entry {
		if err := web.SayUndo(c, sentence, views.CardRestoreURL(m.Place, m.Name, form.Entry, card.Entry)); err != nil {
			return err
		}
	}
	return web.Go(c, views.ModelTabURL(m.Place, m.Type, m.Name, views.CardTab))
}

func (h *handlers) renderCard(c echo.Context, status int, query registry.CardQuery, form views.CardForm) error {
	card, page, err := h.card(c, query)
	if err != nil {
		return err
	}
	if form.Conflict {
		form.Entry = card.Entry
	}
	return web.Render(c, status, views.CardPage(page, card, form), nil)
}
