package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"greenroom/registry"
)

// Boxes stand over their pictures without any script, with what is wrong with them.
func TestBoxesOverPictures(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	picture := func(path, boxes string) string {
		return `{"_type":"image-file","path":"media/` + path + `","width":20,"height":10,"caption":"one","boxes":{` + quoted(hostile) + `:{"_type":"boxes2D","path":"media/` + boxes + `"}},
			"masks":{"truth":{"_type":"mask","path":"media/mask.png"},"gone":{"_type":"mask","path":"media/gone.png"}}}`
	}
	run := h.run("digits", "boxed", registry.RunEdit{Config: new(`{"_wandb":{"value":{"mask/class_labels":{"good_wandb_delimeter_truth":{"value":{"1":"<i>road</i>"}}}}}}`)}, lines([]string{
		`{"_step":0,"good":` + picture("a.png", "good.json") + `,"many":` + picture("a.png", "many.json") + `,"broken":` + picture("a.png", "broken.json") + `,"absent":` + picture("a.png", "absent.json") + `}`}, nil))
	h.sends(run, map[string]string{
		"media/a.png": "no picture", "media/mask.png": "no picture",
		"media/good.json":   `{"box_data":[{"position":{"minX":0.1,"maxX":0.6,"minY":0.2,"maxY":0.4},"class_id":1,"scores":{"acc":0.75}},{"class_id":1}],"class_labels":{"1":` + quoted(hostile) + `}}`,
		"media/many.json":   `{"box_data":[` + strings.Repeat(`{"position":{"middle":[10,5],"width":2,"height":2},"domain":"pixel"},`, 9_999) + `{}]}`,
		"media/broken.json": `<html>`,
	})
	page := h.as("vera").get("/vision/digits/runs/boxed/media").is(http.StatusOK).lacks("image-layers button, image-layers img[src=x], main script:not([src])")
	good := "section:contains('good') "
	page.shows(good+".layerlegend", hostile+" boxes").shows(good+".layerlegend", "truth mask <i>road</i>")
	page.shows(good+".boxlist li", hostile+", acc 0.75").shows(good+"figcaption", "1 box of "+hostile+" has no place in the picture.").shows(good+"figcaption", "gone missing")
	rect := page.doc.Find(good + "svg.boxes rect")
	for name, want := range map[string]string{"x": "100.00", "y": "200.00", "width": "500.00", "height": "200.00"} {
		if got, _ := rect.Attr(name); rect.Length() != 1 || got != want {
			t.Errorf("%d boxes, %s is %q, want %s", rect.Length(), name, got, want)
		}
	}
	if mask, _ := page.doc.Find(good + "a[data-mask]").Attr("href"); mask != "/vision/digits/runs/boxed/files/media/mask.png?raw=1" {
		t.Errorf("the mask is at %q", mask)
	}
	page.shows("section:contains('many') figcaption", "The first 200 of 10,000 boxes.")
	if n := page.doc.Find("section:contains('many') svg.boxes rect").Length(); n != registry.BoxesDrawn {
		t.Errorf("%d boxes are drawn", n)
	}
	page.shows("section:contains('broken') figcaption", "are not drawn. Their file holds no boxes.")
	page.shows("section:contains('absent') figcaption", "missing")
}
