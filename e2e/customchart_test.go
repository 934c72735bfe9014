package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// makesCharts describes custom charts of a team in both languages, some of which reach for what is elsewhere or cannot be drawn,
// logs a table by each, and tells what the client was told of those that cannot be kept.
const makesCharts = `
import os
team, away = os.environ["WANDB_ENTITY"], os.environ["AWAY"]
api = wandb.Api()
def made(name, spec, **more):
    return api.create_custom_chart(**{"entity": team, "name": name, "display_name": name, "spec_type": "vega2", "access": "private", "spec": spec, **more})
def refused(*args, **more):
    try:
        return made(*args, **more)
    except Exception as error:
        return str(error)
lite = {"$schema": "https://vega.github.io/schema/vega-lite/v6.json", "mark": "bar", "data": {"name": "wandb"}, "title": "${string:title}",
    "encoding": {"x": {"field": "${field:x}", "type": "nominal"}, "y": {"field": "${field:y}", "type": "quantitative"}}}
vega = {"$schema": "https://vega.github.io/schema/vega/v5.json", "width": 200, "height": 100, "data": [{"name": "wandb", "transform": [
        {"type": "formula", "as": "twice", "expr": "datum['${field:y}'] * 2"}]}],
    "scales": [{"name": "x", "type": "band", "domain": {"data": "wandb", "field": "${field:x}"}, "range": "width"}],
    "marks": [{"type": "text", "from": {"data": "wandb"}, "encode": {"enter": {"x": {"scale": "x", "field": "${field:x}"}, "y": {"value": 50},
        "text": {"signal": "datum['${field:x}'] + ' is ' + datum.twice"}}}}]}
charts = {
    "bars": made("bars", lite),
    "words": made("words", vega, access="public"),
    "reaching": made("reaching", {**lite, "data": {"url": away + "/rows.json"}}),
    "picture": made("picture", {"data": {"name": "wandb"}, "mark": "image", "encoding": {"url": {"value": away + "/dot.png"}, "x": {"field": "${field:x}"}}}),
    "wrong": made("wrong", {**vega, "marks": [{"type": "text", "encode": {"enter": {"text": {"signal": "datum["}}}}]}),
    "absent": team + "/absent",
    "theirs": os.environ["THEIRS"],
}
again = refused("bars", lite)
foreign = refused("bars", lite, entity="greenroom-nobody")
unread = refused("unread", "mark: bar")
run = wandb.init(project="charts", id="charts", name="try 1")
table = wandb.Table(columns=["val.what", "n"], data=[["cat", 3], ["dog", 4.5]])
run.log({key: wandb.plot_table(chart, table, {"x": "val.what", "y": "n"}, {"title": "A <b>title</b>"}) for key, chart in charts.items()})
run.finish()
tell(ids=[charts["bars"], charts["words"]], again=again, foreign=foreign, unread=unread)
`

// A script's own charts draw its tables, in a frame of their own, and reach for nothing: what a spec would load and what is
// wrong with it is said in its place.
func TestCustomCharts(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada, eve := s.newPerson("ada"), s.newPerson("eve")
	team := s.newTeam("vision", ada)
	theirs := told[struct{ ID string }](t, s, eve, `
tell(id=wandb.Api().create_custom_chart(entity="`+eve.name+`", name="secret", display_name="", spec_type="vega2", access="private", spec={"mark": "bar"}))`)
	got := told[struct {
		IDs                    []string
		Again, Foreign, Unread string
	}](t, s, ada, makesCharts, "WANDB_ENTITY="+team, "AWAY="+s.url+"/static", "THEIRS="+theirs.ID)
	if want := []string{team + "/bars", team + "/words"}; strings.Join(got.IDs, " ") != strings.Join(want, " ") {
		t.Errorf("the charts are %q, want %q", got.IDs, want)
	}
	for said, want := range map[string]string{
		got.Again:   "There is a custom chart " + team + "/bars already. Give this one another name.",
		got.Foreign: "nothing here",
		got.Unread:  "a JSON object for Vega or Vega-Lite",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("the client says %q, want %q", said, want)
		}
	}

	at := s.url + "/" + team + "/charts/runs/charts/media"
	p := s.signInAs(ada)
	p.size(1280, 2400)
	for _, theme := range []string{"light", "dark"} {
		p.theme(theme)
		p.open(at)
		p.shows("There is no custom chart "+team+"/absent that you may see, so this is its table.", "There is no custom chart "+theirs.ID+" that you may see, so this is its table.")
		if n := ask(p, chromedp.Evaluate[int](`document.querySelectorAll("iframe.mediaframe").length`)); n != 5 {
			t.Errorf("%d charts are drawn, want 5", n)
		}
		accessible(t, p)
	}
	p.fits(at)
	for key, drawn := range map[string]string{
		// Of Vega-Lite's bars every one says what it shows.
		"bars": `[...document.querySelectorAll("#drawing .mark-rect [aria-roledescription=bar]")].map(e => e.ariaLabel).join("|").replaceAll("\\", "") === "val.what: cat; n: 3|val.what: dog; n: 4.5"
			&& document.querySelector("#drawing .mark-text.role-title-text").textContent === "A <b>title</b>"
			&& document.querySelector("#drawing svg").getBoundingClientRect().width > 400`,
		"words": `[...document.querySelectorAll("#drawing .mark-text text")].map(e => e.textContent).join("|") === "cat is 6|dog is 9"`,
	} {
		for _, theme := range []string{"light", "dark"} {
			p.theme(theme)
			p.open(at)
			p.open(ask(p, chromedp.Evaluate[string](frameOf(key))))
			p.until(key+" is not drawn", drawn)
			accessible(t, p)
		}
	}
	for key, says := range map[string]string{
		"reaching": "This figure loads " + s.url + "/static/rows.json. A figure may show only what stands in it or in its table.",
		"picture":  "This figure loads " + s.url + "/static/dot.png. A figure may show only what stands in it or in its table.",
		"wrong":    "This figure cannot be drawn. The library says: Expression parse error: (datum[)",
	} {
		p.open(at)
		p.open(ask(p, chromedp.Evaluate[string](frameOf(key))))
		p.shows(says)
		accessible(t, p)
		if n := ask(p, chromedp.Evaluate[int](`performance.getEntriesByType("resource").filter(e => /rows.json|dot.png/.test(e.name)).length`)); n != 0 {
			t.Errorf("%s loads something", key)
		}
	}
}
