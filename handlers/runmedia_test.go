package handlers_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"greenroom/registry"
)

// sends puts files of a run where its client would.
func (h *home) sends(run registry.RunDetail, files map[string]string) {
	h.t.Helper()
	for name, text := range files {
		uploads, err := h.vault.ReserveRunFiles(h.t.Context(), h.Bob, run.Ref(), []string{name})
		if err != nil {
			h.t.Fatal(err)
		}
		r := httptest.NewRequest(http.MethodPut, uploads[0].URL, strings.NewReader(text))
		w := httptest.NewRecorder()
		if h.e.ServeHTTP(w, r); w.Code != http.StatusOK {
			h.t.Fatalf("PUT %s: %d %s", name, w.Code, w.Body)
		}
	}
}

const mediaConfig = `{"_wandb":{"value":{"visualize":{
	"confusion":{"panel_config":{"panelDefId":"wandb/confusion_matrix/v1","fieldSettings":{"Actual":"Actual","Predicted":"Predicted","nPredictions":"nPredictions"}}},
	"mine":{"panel_config":{"panelDefId":"me/mine/v0","fieldSettings":{}}}}}}}`

// mediaRun is a run that logged one thing of each kind, some of them broken.
func (h *home) mediaRun() {
	h.t.Helper()
	media := func(kind, path, more string) string {
		return fmt.Sprintf(`{"_type":%s,"path":%s%s}`, quoted(kind), quoted(path), more)
	}
	line := `{"_step":%d,"samples":{"_type":"images/separated","width":8,"height":8,"count":9,"filenames":["media/images/a b.png","media/images/gone.png"],"captions":[` + quoted(hostile) + `,"two"]}}`
	last := `{"_step":7,"loss":1,` +
		`"confusion_table":` + media("table-file", "media/table/c.table.json", `,"nrows":4`) + `,` +
		`"mine_table":` + media("table-file", "media/table/c.table.json", "") + `,` +
		quoted(`tab"le<b>`) + `:` + media("table-file", "media/table/wide.table.json", "") + `,` +
		`"broken":` + media("table-file", "media/table/broken.table.json", "") + `,` +
		`"absent":` + media("table-file", "../../other/config.yaml", "") + `,` +
		`"page":` + media("html-file", "media/html/p.html", "") + `,` +
		`"sound":` + media("audio-file", "media/audio/s.wav", "") + `,` +
		`"mesh":` + media("object3D-file", "media/object3D/m.obj", "") + `,` +
		`"weights":{"_type":"histogram","values":[1,2,3],"bins":[0,1,2,3]}}`
	run := h.run("digits", "m1", registry.RunEdit{Config: new(mediaConfig)}, lines([]string{fmt.Sprintf(line, 1), fmt.Sprintf(line, 3), last}, nil))
	names := make([]string, 1000)
	cells := make([]string, 1000)
	for i := range names {
		names[i], cells[i] = fmt.Sprintf(`"c%d"`, i), fmt.Sprint(i)
	}
	h.sends(run, map[string]string{
		"media/images/a b.png":          "no picture",
		"media/table/c.table.json":      `{"columns":["Actual","Predicted","nPredictions"],"data":[["cat","cat",3],["cat","dog",1],["dog","dog",4],["dog","cat",0]]}`,
		"media/table/wide.table.json":   `{"columns":[` + strings.Join(names, ",") + `],"data":[[` + strings.Join(cells, ",") + `]]}`,
		"media/table/broken.table.json": `<html>`,
		"media/html/p.html":             "<script>document.cookie</script>",
		"media/audio/s.wav":             "RIFF",
		"media/object3D/m.obj":          "v 0 0 0",
	})
}

const mediaAt = "/vision/digits/runs/m1/media"

func TestRunMedia(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.mediaRun()
	bob := h.as("bob")
	page := bob.get(mediaAt).is(http.StatusOK).lacks("main script:not([src])", "main style", "main [style]")
	if n := page.doc.Find("section.media").Length(); n != 10 {
		t.Errorf("%d things, want 10: %s", n, page.text("main"))
	}
	page.shows(".seg", "All 10Images 1Tables 3Plots 3Other 3")
	page.shows("section:contains('samples') figcaption", hostile).shows("section:contains('samples')", "Missing")
	page.shows("section:contains('confusion')", "7 of 8 right. Class cat is the weakest, it loses 1 of 4, mostly to dog.")
	page.shows("section:contains('mine')", "Greenroom has no drawing called me/mine/v0, so this is its table.")
	page.shows("section:contains('broken')", "This file is not a W&B table.")
	page.shows("section:contains('absent')", "Missing: the table never arrived.")
	page.shows("section:contains('tab')", `tab"le<b>`).shows("section:contains('tab')", "1 row, 1,000 columns")
	if n := page.doc.Find(`svg.plot rect.heat`).Length(); n != 4 {
		t.Errorf("the confusion matrix has %d cells", n)
	}
	frame := page.doc.Find("iframe")
	if sandbox, _ := frame.Attr("sandbox"); sandbox != "allow-scripts" {
		t.Errorf("the page stands in a frame that may %q", sandbox)
	}
	src, _ := frame.Attr("src")
	policy := bob.get(src).is(http.StatusOK).Header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "sandbox allow-scripts;") || strings.Contains(policy, "allow-same-origin") || !strings.HasPrefix(policy, "default-src 'none'") {
		t.Errorf("the page's policy is %q", policy)
	}
	img, _ := page.doc.Find("section.media img.pixels").Attr("src")
	if img != "/vision/digits/runs/m1/files/media/images/a%20b.png?raw=1" {
		t.Errorf("the picture is at %q", img)
	}
	bob.get(img).is(http.StatusOK)

	// At a step, by link, by form, and as a part of the page.
	early := bob.get(mediaAt + "?key=samples&step=2").is(http.StatusOK)
	early.lacks(".seg").shows("section.media", "logged at 2 steps")
	if at, _ := early.doc.Find(`input[name="step"]`).Attr("value"); at != "1" {
		t.Errorf("at step 2 stands what was logged at %s", at)
	}
	part := bob.get(mediaAt+"?key=samples&step=1&section=full", "HX-Request: true").is(http.StatusOK)
	if part.whole() || part.doc.Find("section").Length() != 1 || part.Header.Get("HX-Replace-Url") != mediaAt+"?key=samples&step=1" {
		t.Errorf("a part is %s", part.Body)
	}

	// Among 1,000 columns.
	wide := mediaAt + "?" + url.Values{"key": {`tab"le<b>`}, "col": {"999", "5"}, "find": {"C99"}}.Encode()
	bob.get(wide).is(http.StatusOK).shows("table", "c5 c999 5999").shows(".columnlist", "c990")

	// What the reader asked for in vain, and what has come since.
	bob.get(mediaAt+"?q=nothing").is(http.StatusOK).shows("main", "Nothing that this run logged is called that.")
	bob.get(mediaAt + "?key=none").is(http.StatusNotFound)
	bob.get(mediaAt + "?step=x").is(http.StatusUnprocessableEntity)
	bob.get(mediaAt+"?known=3", "HX-Request: true").is(http.StatusOK).shows("main, body", "New at step 7")
	bob.get(mediaAt + "?kind=nonsense&page=99999999999&sort=%00&col=-1&from=x&image=9999999999999").is(http.StatusOK)
}

func TestWhoSeesRunMedia(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.mediaRun()
	h.run("digits", "none", registry.RunEdit{}, lines([]string{`{"_step":0,"loss":1}`}, nil))
	for who, want := range map[string]int{"bob": 200, "vera": 200, "olga": 404, "eve": 404} {
		h.as(who).get(mediaAt).is(want)
	}
	h.browser().get(mediaAt).leadsTo("/login?next=" + url.QueryEscape(mediaAt))
	h.as("bob").get("/vision/digits/runs/none/media").is(http.StatusOK).shows("main", "No media so far")
	h.as("bob").get("/vision/digits/runs/m1").is(http.StatusOK).lacks(`metric-chart[aria-label*="weights"]`).shows(".tabs", "Charts 1Media 10")
}

// The page of a solid or a molecule holds the file, its library and nothing else, in the theme of the page around it.
func TestSolidPages(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	run := h.run("digits", "s1", registry.RunEdit{}, lines([]string{`{"_step":0,` +
		`"cube":{"_type":"object3D-file","path":"media/object3D/cube.stl"},"water":{"_type":"molecule-file","path":"media/molecule/water.sd"},` +
		`"huge":{"_type":"object3D-file","path":"media/object3D/huge.glb"},"none":{"_type":"object3D-file","path":"media/object3D/n.babylon"}}`}, nil))
	h.sends(run, map[string]string{
		"media/object3D/cube.stl": hostile, "media/molecule/water.sd": "water", "media/object3D/n.babylon": "{}",
		"media/object3D/huge.glb": strings.Repeat("x", 32<<20+1),
	})
	bob := h.as("bob")
	page := bob.get("/vision/digits/runs/s1/media").is(http.StatusOK)
	page.shows("section:contains('none')", "Browsers cannot show this by themselves.").lacks("section:contains('none') iframe")
	for key, want := range map[string]struct{ library, file, connect string }{
		"cube":  {"three.js", `{"name":"cube.stl","format":"stl","bytes":` + quoted(base64.StdEncoding.EncodeToString([]byte(hostile))) + `}`, "data: blob:"},
		"water": {"3dmol.js", `{"name":"water.sd","format":"sdf","bytes":"d2F0ZXI="}`, ""},
	} {
		frame := page.doc.Find("section:contains('" + key + "') iframe.solid")
		if frame.AttrOr("sandbox", "") != "allow-scripts" || frame.AttrOr("loading", "") != "lazy" || frame.AttrOr("title", "") != key {
			t.Errorf("%s stands in the frame %v", key, frame.Nodes)
		}
		at := bob.get(frame.AttrOr("src", "")).is(http.StatusOK)
		if got := at.text("#figure"); got != want.file {
			t.Errorf("%s: the page holds %s", key, got)
		}
		if src := at.doc.Find("script[src]").First().AttrOr("src", ""); !strings.HasSuffix(src, "/vendor/"+want.library) {
			t.Errorf("%s is drawn by %s", key, src)
		}
		policy := at.Header.Get("Content-Security-Policy")
		_, connect, _ := strings.Cut(policy, "connect-src ")
		if !strings.HasPrefix(policy, "default-src 'none'; script-src 'self'; ") || !strings.Contains(policy, "sandbox allow-scripts;") || connect != want.connect {
			t.Errorf("%s: the page may %q", key, policy)
		}
		if scheme := at.doc.Find(`meta[name="color-scheme"]`).AttrOr("content", ""); scheme != "light dark" {
			t.Errorf("%s: the theme is %q", key, scheme)
		}
	}
	bob.jar["theme"] = "dark"
	cube := page.doc.Find("section:contains('cube') iframe").AttrOr("src", "")
	if scheme := bob.page(cube).Find(`meta[name="color-scheme"]`).AttrOr("content", ""); scheme != "dark" {
		t.Errorf("in the dark the theme is %q", scheme)
	}
	huge := page.doc.Find("section:contains('huge') iframe").AttrOr("src", "")
	bob.get(huge, html).is(http.StatusUnprocessableEntity).shows("p", "This figure is larger than 32 MiB. Download what it shows instead.")
}
