package handlers

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"greenroom/registry"
	"greenroom/views"
	"greenroom/web"
)

type newModelForm struct {
	Name        string `form:"name"`
	Type        string `form:"type"`
	Description string `form:"description"`
	Tags        string `form:"tags"`
}

// showNewModelAnywhere asks which registry the model is to stand in, unless
// there is but one to choose.
func (h *handlers) showNewModelAnywhere(c echo.Context) error {
	choices, err := h.DB.RegistriesToLink(c.Request().Context(), web.Actor(c))
	if err != nil {
		return err
	}
	if len(choices) == 1 {
		return found(c, views.NewModelURL(choices[0].Place))
	}
	page := web.Page(c, "New model", views.Crumb{Name: "Registry", URL: views.HomeURL}, views.Crumb{Name: "New model"})
	page.Section = views.Registry
	return web.Render(c, http.StatusOK, views.NewModelAnywherePage(page, choices, c.QueryParam("q")), nil)
}

func (h *handlers) showNewModel(c echo.Context) error {
	return h.renderNewModel(c, http.StatusOK, views.NewModelForm{Name: c.QueryParam("name"), Type: c.QueryParam("type")})
}

func (h *handlers) renderNewModel(c echo.Context, status int, form views.NewModelForm) error {
	ref, err := registryRef(c)
	if err != nil {
		return err
	}
	m, err := h.DB.NewModelPage(c.Request().Context(), web.Actor(c), ref)
	if err != nil {
		return err
	}
	if elsewhere(c, ref, &m.Place) && c.Request().Method == http.MethodGet {
		return found(c, views.NewModelURL(m.Place))
	}
	page := web.Page(c, "New model", append(placeCrumbs(m.Place), views.Crumb{Name: "New model"})...)
	page.Section = views.Registry
	return web.Render(c, status, views.NewModelPage(page, m, form), nil)
}

func (h *handlers) addModel(c echo.Context) error {
	ref, err := registryRef(c)
	if err != nil {
		return err
	}
	var form newModelForm
	if err := c.Bind(&form); err != nil {
		return err
	}
	m, err := h.DB.AddModel(c.Request().Context(), web.Actor(c), registry.NewModel{
		Registry: ref, Name: strings.TrimSpace(form.Name), Type: strings.TrimSpace(form.Type),
		Description: form.Description, Tags: registry.SplitTags(form.Tags),
	})
	if problems := web.Problems(err); problems != nil {
		return h.renderNewModel(c, http.StatusUnprocessableEntity, views.NewModelForm{
			Name: form.Name, Type: form.Type, Description: form.Description, Tags: form.Tags, Problems: problems,
		})
	}
	if err != nil {
		return err
	}
	return said(c, nil, "Made the model "+m.Name+".", views.CollectionURL(m.Place, m.Type, m.Name))
}
