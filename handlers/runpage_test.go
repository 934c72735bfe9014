package handlers_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"greenroom/registry"
)

const hostile = `<script>alert(1)</script><img src=x onerror=alert(1)>"'`

// run logs a run of vision's, with what it said.
func (h *home) run(project, name string, edit registry.RunEdit, said registry.RunLines) registry.RunDetail {
	h.t.Helper()
	edit.Run = registry.RunRef{Place: registry.Project("vision", project), Name: name}
	run, _, err := h.db.UpsertRun(h.t.Context(), h.Bob, edit)
	if err != nil {
		h.t.Fatal(err)
	}
	if _, err := h.db.AppendHistory(h.t.Context(), h.Bob, run.Ref(), said); err != nil {
		h.t.Fatal(err)
	}
	return run
}

// lines is what a run says.
func lines(history, output []string) registry.RunLines {
	return registry.RunLines{Lines: map[registry.Stream]registry.Lines{
		registry.HistoryStream: {Text: history}, registry.OutputStream: {Text: output},
	}}
}

func (h *home) digits() {
	h.t.Helper()
	tags := []string{"edge case", "#1 <b>"}
	said := lines(
		[]string{`{"acc":0.5,"train/loss":1,"grad norm":NaN,"a/b \"c\" ü":1,"_step":0}`, `{"acc":0.75,"train/loss":Infinity,"grad norm":2,"_step":1}`, `{"train/loss":0.5,"grad norm":NaN,"_step":2}`},
		[]string{"2026-11-23T10:00:00.000000 \x1b[32mepoch 1\x1b[0m", "ERROR 2026-11-23T10:00:01.000000 10%\r50%\r100% " + hostile},
	)
	said.Summary = new(`{"acc":0.75,"train/loss":NaN,"pic":{"_type":"image-file","width":28,"height":28,"size":4800},"deep":{"er":{"x":1}},"_wandb":{"runtime":3}}`)
	h.run("digits", "r1", registry.RunEdit{
		DisplayName: new("calm-river-1"), Notes: new("It **works** " + hostile), Group: new("g"), JobType: new("train"), Tags: &tags,
		Config: new(`{"lr":{"value":0.1},"net":{"value":{"layers":[1,2]}},"evil":{"value":` + quoted(hostile) + `},"_wandb":{"value":{"cli_version":"0.31"}}}`),
	}, said)
	over := registry.RunLines{Complete: true, ExitCode: 3}
	h.run("digits", "r2", registry.RunEdit{DisplayName: new(hostile)}, over)
}

func quoted(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

func TestWhoSeesRuns(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.digits()
	paths := []string{
		"/vision", "/vision/digits", "/vision/digits/runs/r1", "/vision/digits/runs/r1/overview", "/vision/digits/runs/r1/logs",
		"/vision/digits/runs/r1/files", "/vision/digits/runs/r1/artifacts", "/vision/digits/runs/r1/metrics?key=acc", "/vision/digits/compare?run=r1",
	}
	for _, path := range paths {
		for _, tc := range []struct {
			who  *browser
			want int
		}{{h.as("bob"), 200}, {h.as("vera"), 200}, {h.as("olga"), 404}, {h.as("eve"), 404}} {
			tc.who.get(path).is(tc.want)
		}
		h.browser().get(path).leadsTo("/login?next=" + url.QueryEscape(path))
	}
	bob := h.as("bob")
	for _, path := range []string{"/vision/none", "/vision/digits/runs/none", "/nobody", "/vision/digits/runs/r1/files/none", "/vision/digits/runs/r1/none"} {
		bob.get(path).is(http.StatusNotFound)
	}
	for _, path := range []string{"/vision/digits?f=state:odd", "/vision/digits?sort=odd", "/vision/digits?group=odd", "/vision/digits?after=x", "/vision?after=x", "/vision/digits/runs/r1/logs?from=x", "/vision/digits/runs/r1/metrics?key=acc&to=1.5"} {
		bob.get(path).is(http.StatusUnprocessableEntity)
	}
}

func TestProjectsPage(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	empty := h.as("vera").get("/projects").is(200).doc
	if text := empty.Find("main").Text(); !strings.Contains(text, "http://greenroom.test") || !strings.Contains(text, `entity="vision"`) {
		t.Errorf("the empty page lacks what to paste: %s", text)
	}
	h.digits()
	page := h.as("vera").get("/projects").is(200).doc
	if got := page.Find(".projects .grp a").AttrOr("href", ""); got != "/vision" {
		t.Errorf("owner at %q", got)
	}
	if got := page.Find(".projects .c-name a").AttrOr("href", ""); got != "/vision/digits" {
		t.Errorf("project at %q", got)
	}
	if got := page.Find(".projects .c-runs").Text(); got != "2" {
		t.Errorf("%s runs", got)
	}
	if found := h.as("vera").get("/projects?q=zzz", htmx).is(200).doc; found.Find("title").Length() != 0 || found.Find(".nores").Length() != 1 {
		t.Error("a search without a result is not told as part of the page")
	}
	if page := h.as("vera").get("/vision").is(200).doc; page.Find(`a[href="/vision/model-registry"]`).Length() != 1 || page.Find(".projects tbody tr").Length() != 1 || page.Find(".faces .ava").Length() != 3 {
		t.Error("the team's page lacks its registry or its project")
	}
	if page := h.as("olga").get("/acme").is(200).doc; page.Find(`a[href="/acme/registry/model"]`).Length() != 1 || page.Find(".projects").Length() != 0 {
		t.Error("the organization's page is not its registries alone")
	}
}

func TestRunsTable(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.digits()
	vera := h.as("vera")
	page := vera.get("/vision/digits").is(200).doc
	rows := page.Find(".runlist tbody tr")
	if rows.Length() != 2 || rows.Eq(0).Find(".c-n a").Text() != hostile {
		t.Fatalf("%d rows, the first is %q", rows.Length(), rows.Eq(0).Find(".c-n a").Text())
	}
	first := rows.Eq(1)
	for selector, want := range map[string]string{
		".c-n a": "calm-river-1", ".c-n .mono": "r1", ".c-n .status-run": "running", ".c-tags": "edge case", ".c-us .ava": "BO",
	} {
		if got := first.Find(selector).Text(); !strings.Contains(got, want) {
			t.Errorf("%s shows %q, want %q", selector, got, want)
		}
	}
	if got := first.Find(".c-bar").Text(); strings.TrimSpace(got) != "0.75" {
		t.Errorf("acc is %q", got)
	}
	if page.Find("#runs[hx-trigger='refresh from:#runs-live']").Length() != 1 || page.Find("#runs-live > live-page[src='/vision/digits/live'][beat='15']").Length() != 1 {
		t.Error("a table with a running run does not ask again")
	}
	part := vera.get("/vision/digits?f=state:failed", htmx).is(200).doc
	if part.Find("title").Length() != 0 || part.Find("#runs tbody tr").Length() != 1 || part.Find("#run-counts").Length() != 1 {
		t.Error("htmx does not get the table and the counts alone")
	}
	for _, whole := range []string{"HX-Boosted", "HX-History-Restore-Request"} {
		if vera.get("/vision/digits", htmx, whole+": true").is(200).doc.Find("title").Length() != 1 {
			t.Errorf("%s does not get the whole page", whole)
		}
	}
	if none := vera.get("/vision/digits?q=zzz&f=state:failed").is(200).doc; none.Find(".nores a").AttrOr("href", "") != "/vision/digits" {
		t.Error("a search without a result does not lead back")
	}
	added := vera.get("/vision/digits?col=summary.deep.er.x&col=config.net.layers").is(200).doc
	if got := added.Find(".runlist thead").Text(); !strings.Contains(got, "deep.er.x") || !strings.Contains(got, "net.layers") {
		t.Errorf("the columns asked for are not in %q", got)
	}
	if got := added.Find(`.colpick input[checked]`).Length(); got != 2 {
		t.Errorf("%d columns are ticked", got)
	}
}

// What is typed holds, stands in the address and can be taken away; what cannot be
// read is explained and stays.
func TestFilteringRuns(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.digits()
	vera := h.as("vera")
	typed := vera.get("/vision/digits?q=" + url.QueryEscape(`calm config.lr<1 name: "riv"`) + "&sort=-config.lr")
	if to := typed.Header.Get("Location"); typed.Status != http.StatusFound || to != "/vision/digits?f=config.lr+%3C+1&f=name%3A+riv&q=calm&sort=-config.lr" {
		t.Fatalf("%d to %s", typed.Status, to)
	}
	page := vera.get(typed.Header.Get("Location")).is(200)
	if got := texts(page.doc.Find(".qchip")); !slices.Equal(got, []string{"config.lr < 1", "name: riv"}) || page.doc.Find(".runlist tbody tr").Length() != 1 {
		t.Errorf("chips %q over %d runs", got, page.doc.Find(".runlist tbody tr").Length())
	}
	if got := page.doc.Find(".qfield input[name=q]").AttrOr("value", ""); got != "calm" {
		t.Errorf("the words left are %q", got)
	}
	if got := page.doc.Find(".qchip a").AttrOr("href", ""); got != "/vision/digits?f=name%3A+riv&q=calm&sort=-config.lr" {
		t.Errorf("a condition is taken away at %q", got)
	}
	page.shows("#runs-found", "1 of 2")
	for _, tc := range []struct{ asked, text, problem string }{
		{"q=calm+config.lr+%3C", "calm config.lr <", "not finished"},
		{"f=state:odd&q=calm", "state:odd calm", "no state of a run"},
		{"f=" + url.QueryEscape(hostile+"=1"), hostile + "=1", "Nothing stands before"},
		{"q=" + url.QueryEscape(`"half`), `"half`, "not closed"},
	} {
		wrong := vera.get("/vision/digits?f=by:bob&"+tc.asked).is(http.StatusUnprocessableEntity).shows("#run-filter-problem", tc.problem)
		if got := wrong.doc.Find(".qfield input[name=q]").AttrOr("value", ""); got != tc.text {
			t.Errorf("%s keeps %q", tc.asked, got)
		}
		if wrong.doc.Find(".qchip").Length() != 1 || wrong.doc.Find(".runlist tbody tr").Length() == 0 {
			t.Errorf("%s: what can be read does not hold", tc.asked)
		}
	}
	// While it is typed, what is not finished is no mistake.
	part := vera.get("/vision/digits?q=calm+config.lr+%3C", htmx).is(200)
	if part.doc.Find(".runlist tbody tr").Length() != 1 || part.Header.Get("HX-Replace-Url") != "/vision/digits?q=calm" {
		t.Errorf("typing finds %q at %q", part.text("#runs"), part.Header.Get("HX-Replace-Url"))
	}
}

// Heads of columns sort by them, and say how the table is sorted.
func TestSortingRuns(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.digits()
	vera := h.as("vera")
	for query, want := range map[string]string{"": "r2 r1", "?sort=created": "r1 r2", "?sort=-config.lr": "r1 r2", "?sort=config.lr": "r1 r2", "?sort=-name": "r1 r2"} {
		page := vera.get("/vision/digits" + query).is(200)
		if got := strings.Join(texts(page.doc.Find(".c-n .mono")), " "); got != want {
			t.Errorf("%s shows %s", query, got)
		}
		if page.doc.Find(`th[aria-sort="ascending"], th[aria-sort="descending"]`).Length() != 1 {
			t.Errorf("%s does not say how it is sorted", query)
		}
	}
	page := vera.get("/vision/digits?sort=-summary.acc&f=by:bob").is(200)
	if got := page.doc.Find(`th[aria-sort="descending"] a`).AttrOr("href", ""); got != "/vision/digits?f=by%3A+bob&sort=summary.acc" {
		t.Errorf("sorted the other way at %q", got)
	}
}

func TestRunPage(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.digits()
	vera := h.as("vera")
	charts := vera.get("/vision/digits/runs/r1").is(200).doc
	var sources []string
	charts.Find("metric-chart").Each(func(_ int, c *goquery.Selection) { sources = append(sources, c.AttrOr("src", "")) })
	if len(sources) != 4 || charts.Find(".rgroup").Length() != 3 || charts.Find("#run[hx-trigger=refresh] live-page[src='/vision/digits/runs/r1/live']").Length() != 1 {
		t.Errorf("charts %q in %d groups", sources, charts.Find(".rgroup").Length())
	}
	known := charts.Find("#run").AttrOr("hx-get", "")
	if again := vera.get(known, htmx).is(200).doc; again.Find("title, metric-chart").Length() != 0 || again.Find("chart-tools[hx-morph-skip]").Length() != 1 {
		t.Error("charts that the reader has are sent again")
	}
	h.run("digits", "r1", registry.RunEdit{}, lines([]string{`{"new":1,"_step":3}`}, nil))
	if again := vera.get(known, htmx).is(200).doc; again.Find("#charts[hx-swap-oob] metric-chart[src$='key=new']").Length() != 1 {
		t.Error("a new chart is not sent")
	}
	h.run("digits", "r1", registry.RunEdit{Config: new(`{"_wandb":{"value":{"m":[{"1":"acc"},{"2":"train/*","5":1},{"1":"grad norm","6":[2]}]}}}`)}, registry.RunLines{})
	defined := vera.get("/vision/digits/runs/r1?x=step").is(200).lacks("metric-chart[src$='grad+norm']").shows("[name=x]", "As defined").shows("[name=x] [selected]", "Step").doc
	if defined.Find("metric-chart[data-over]").Length() != 1 || defined.Find("metric-chart[src$='train%2Floss'][data-over=acc]").Length() != 1 {
		t.Error("the charts are not drawn over what was defined")
	}
	h.digits()
	drawn := vera.get("/vision/digits/runs/r1?smooth=0.6&log=1&x=wall").is(200).doc
	if drawn.Find("chart-tools[data-smooth='0.6'][data-log][data-x=wall]").Length() != 1 {
		t.Error("the charts are not drawn as the address says")
	}
	for _, odd := range []string{"smooth=1", "smooth=x", "x=moon"} {
		vera.get("/vision/digits/runs/r1?" + odd).is(http.StatusUnprocessableEntity)
	}
	if got := charts.Find(".log li").Last().Find(".t").Text(); !strings.HasPrefix(strings.TrimSpace(got), "100% <script>") {
		t.Errorf("the last line is %q", got)
	}

	overview := vera.get("/vision/digits/runs/r1/overview").is(200).doc
	text := strings.Join(strings.Fields(overview.Find("main").Text()), " ")
	for _, want := range []string{"train/loss NaN", "image, 28 × 28, 4.8 kB", "layers [1, 2]", "lr 0.1"} {
		if !strings.Contains(text, want) {
			t.Errorf("the overview lacks %q", want)
		}
	}
	if overview.Find("ul.tree").Text() == "" || strings.Contains(overview.Find("ul.tree").Text(), "cli_version") {
		t.Error("the overview shows what is the client's own")
	}
	if overview.Find(".mdout strong").Text() != "works" {
		t.Error("the notes are not set")
	}

	if got := vera.get("/vision/digits/runs/r1/overview?find=net.lay").is(200).text("tree-filter .tree .tree"); got != "layers [1, 2]" {
		t.Errorf("a path finds %q", got)
	}
	found := vera.get("/vision/digits/runs/r1/overview?find=ER.X").is(200)
	found.shows("#summary .tree", "deep").lacks("#config .tree").shows("#config", "No path and no value has “ER.X” in it.")
	if got := vera.get("/vision/digits/runs/r1/overview?as=summary").is(200).Body; !json.Valid([]byte(got)) || !strings.Contains(got, `"acc":0.75`) {
		t.Errorf("the summary as JSON is %s", got)
	}

	logs := vera.get("/vision/digits/runs/r1/logs").is(200).doc
	if logs.Find(".log li").Length() != 2 || logs.Find("#L2.err").Length() != 1 || strings.Contains(logs.Find("#L1").Text(), "\x1b") {
		t.Error("the console does not show both lines, one of them as an error, without colours")
	}
	if far := vera.get("/vision/digits/runs/r1/logs?from=7").is(200).doc; far.Find(".nores").Length() != 1 {
		t.Error("behind the last line there is something")
	}

	failed := vera.get("/vision/digits/runs/r2").is(200).doc
	if got := failed.Find(".note-bad").Text(); !strings.Contains(got, "exit code 3") {
		t.Errorf("a failed run says %q", got)
	}
	if failed.Find("#run[hx-trigger]").Length() != 0 || failed.Find("metric-chart").Length() != 0 {
		t.Error("a run that is over asks again, or has charts of nothing")
	}
	for _, part := range []string{"/logs", "/files"} {
		if vera.get("/vision/digits/runs/r2"+part).is(200).doc.Find(".empty").Length() != 1 {
			t.Errorf("%s of a run without any is not empty", part)
		}
	}
	for _, path := range []string{"/vision/digits", "/vision/digits/runs/r1", "/vision/digits/runs/r1/overview", "/vision/digits/runs/r1/logs", "/vision/digits/runs/r2"} {
		if page := vera.get(path).is(200).doc; page.Find("main script, main img, [onerror], main b:contains('1')").Length() != 0 {
			t.Errorf("%s lets hostile words be more than words", path)
		}
	}
}

// The overview tells where a script ran and how it was called, whatever was sent as that, and stays small with a large config.
func TestRunOverviewFacts(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	e := `{"python":"CPython 3.11.7","os":"Linux-6.1","host":"box","program":"train.py","args":["--name",` + quoted(hostile) + `],"cpu_count":8,"cpu":{"model":"Xeon"},
		"gpu":"A100","gpu_count":2,"memory":{"total":"16000000000"},"git":{"remote":"git@github.com:org/cats.git","commit":"0123456789abcdef"}}`
	h.run("digits", "known", registry.RunEdit{Config: new(`{"_wandb":{"value":{"e":{"w":` + e + `}}}}`)}, registry.RunLines{})
	vera := h.as("vera")
	page := vera.get("/vision/digits/runs/known/overview").is(http.StatusOK)
	for _, fact := range []string{"python train.py --name", "CPython 3.11.7", "Linux-6.1", "box", "Xeon, 8 cores", "2 × A100", "16 GB", "0123456789abcdef"} {
		page.shows("#environment", fact)
	}
	page.shows("#environment a[href='https://github.com/org/cats/commit/0123456789abcdef']", "0123456789abcdef")
	page.shows("#environment a[href='https://github.com/org/cats']", "git@github.com:org/cats.git").lacks("main script, main img, [onerror]")
	if got := page.doc.Find("#environment copy-button").Length(); got != 2 {
		t.Errorf("%d facts can be copied, want command and commit", got)
	}
	for i, odd := range []string{`7`, `{"w":[]}`, `{"w":{"git":{"remote":"javascript:alert(1)","commit":"<b>"},"args":7}}`} {
		name := fmt.Sprint("odd", i)
		h.run("digits", name, registry.RunEdit{Config: new(`{"_wandb":{"value":{"e":` + odd + `}}}`)}, registry.RunLines{})
		vera.get("/vision/digits/runs/" + name + "/overview").is(http.StatusOK).lacks("#environment a, #environment b")
	}

	var large strings.Builder
	for i := range 40_000 {
		fmt.Fprintf(&large, `%s"key %d":{"value":"value %d"}`, map[bool]string{true: ","}[i > 0], i, i)
	}
	h.run("digits", "large", registry.RunEdit{Config: new("{" + large.String() + "}")}, registry.RunLines{})
	page = vera.get("/vision/digits/runs/large/overview").is(http.StatusOK)
	page.shows("tree-filter[partial] #config", "The first 400 values.")
	if got := page.doc.Find("#config .tree li").Length(); got > 401 {
		t.Errorf("%d values of a large config are on the page", got)
	}
	vera.get("/vision/digits/runs/large/overview?find=value+1234").is(http.StatusOK).shows("#config .tree", "key 1234")
}

// Of the hundred settings that a framework adds, those that people look for stand beside the charts.
func TestRunSettingsBesideCharts(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	config := `{"return_dict":{"value":true},"prediction_loss_only":{"value":false},"tree":{"value":{"learning_rate":0.5}},"fsdp":{"value":null},
		"hidden_size":{"value":32},"data":{"value":"cats"},"gate":{"value":"true"},"num_train_epochs":{"value":3},"learning_rate":{"value":0.003},"size":{"value":7},
		"_wandb":{"value":{}}}`
	h.run("digits", "r1", registry.RunEdit{Config: &config}, registry.RunLines{})
	var names []string
	for _, e := range h.as("bob").get("/vision/digits/runs/r1").is(http.StatusOK).doc.Find("aside section:contains('Config') dt").EachIter() {
		names = append(names, e.Text())
	}
	want := []string{"learning_rate", "num_train_epochs", "hidden_size", "tree.learning_rate", "data", "gate", "size", "fsdp"}
	if !slices.Equal(names, want) {
		t.Errorf("beside the charts stand %q, want %q", names, want)
	}
}

func TestMetricJSON(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.digits()
	bob := h.as("bob")
	type curve struct {
		Key    string
		X      []float64
		Y      []*float64
		Lo, Hi []*float64
		T      []*float64
		Odd    []struct {
			X, To int64
			Value string
		}
	}
	ask := func(query string) []curve {
		t.Helper()
		r := httptest.NewRequest(http.MethodGet, "/vision/digits/runs/r1/metrics?"+query, nil)
		r.Header.Set("Accept", "application/json")
		var answer struct {
			Live   bool
			Curves []curve
		}
		if err := json.Unmarshal([]byte(bob.send(r, nil).is(http.StatusOK).Body), &answer); err != nil || !answer.Live {
			t.Fatalf("%s: %+v, %v", query, answer, err)
		}
		return answer.Curves
	}
	all := ask(url.Values{"key": {"acc", "train/loss", "grad norm", `a/b "c" ü`, "never"}}.Encode())
	if c := all[0]; len(c.X) != 2 || *c.Y[1] != 0.75 || c.Lo != nil || c.Odd != nil {
		t.Errorf("acc: %+v", c)
	}
	if c := all[1]; len(c.X) != 3 || c.X[1] != 1 || c.Y[1] != nil || len(c.Odd) != 1 || c.Odd[0].Value != "Infinity" {
		t.Errorf("loss: %+v", c)
	}
	if c := all[2]; len(c.X) != 3 || c.Y[0] != nil || *c.Y[1] != 2 || c.Y[2] != nil || len(c.Odd) != 2 {
		t.Errorf("grad norm: %+v", c)
	}
	if c := all[3]; len(c.X) != 1 {
		t.Errorf("an odd key: %+v", c)
	}
	if c := all[4]; c.X == nil || len(c.X) != 0 {
		t.Errorf("a key that was never logged: %+v", c)
	}
	if c := ask("key=acc&key=train/loss&after=1&after=2"); len(c) != 2 || len(c[0].X) != 1 || c[0].X[0] != 1 || len(c[1].X) != 1 || *c[1].Y[0] != 0.5 {
		t.Errorf("what came after: %+v", c)
	}
	if c := ask("key=acc&x=runtime"); c[0].T != nil {
		t.Errorf("of a run without times: %+v", c)
	}
	h.run("digits", "r1", registry.RunEdit{}, lines([]string{
		`{"acc":0.5,"odd":NaN,"_step":0,"_runtime":1.5}`, `{"acc":0.6,"_step":1,"_runtime":3}`, `{"odd":NaN,"_step":2,"_runtime":4}`, `{"acc":0.7,"odd":1,"_step":3,"_runtime":5}`,
	}, nil))
	said := func(times []*float64) (s []float64) {
		for _, t := range times {
			s = append(s, *t)
		}
		return s
	}
	if c := ask("key=acc&key=odd&x=runtime"); fmt.Sprint(said(c[0].T), said(c[1].T)) != "[1.5 3 5] [5 5]" {
		t.Errorf("by the clock: %v %v", said(c[0].T), said(c[1].T))
	}
	over := url.Values{"key": {"acc", "odd"}, "over": {"_runtime", ""}}
	if c := ask(over.Encode()); fmt.Sprint(*c[0].T[0], *c[0].T[2]) != "1.5 5" || c[1].T != nil {
		t.Errorf("over another metric: %v %v", c[0].T, c[1].T)
	}
	if c := ask(over.Encode() + "&x=step"); c[0].T != nil {
		t.Errorf("over steps: %v", c[0].T)
	}
	if c := ask("key=acc&over=odd"); c[0].T[0] != nil || *c[0].T[2] != 1 {
		t.Errorf("over a metric that begins later: %v", c[0].T)
	}
	for _, query := range []string{"key=acc&key=odd&over=odd", "key=acc&after=x", "key=acc&after=1&after=2", "key=acc&x=moon", strings.Repeat("key=a&", registry.MaxCurves+1)} {
		bob.get("/vision/digits/runs/r1/metrics?"+query, "Accept: application/json").is(http.StatusUnprocessableEntity)
	}
	h.digits()
	page := bob.get("/vision/digits/runs/r1/metrics?key=grad+norm").is(200).doc
	if page.Find(".numbers tbody tr").Length() != 1 || !strings.Contains(page.Find("#numbers li").First().Text(), "NaN at step 0") {
		t.Error("the page of a metric lacks its values")
	}
}

func TestRunAddressesOfClients(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.digits()
	bob := h.as("bob")
	for from, want := range map[string]string{
		"/vision/digits/workspace":           "302 /vision/digits",
		"/vision/digits/overview":            "302 /vision/digits",
		"/vision/digits/runs":                "302 /vision/digits",
		"/vision/digits/table":               "302 /vision/digits",
		"/vision/projects":                   "302 /vision",
		"/vision/digits/runs/r1/workspace":   "302 /vision/digits/runs/r1",
		"/vision/digits/runs/r1/config":      "302 /vision/digits/runs/r1/overview",
		"/VISION":                            "301 /vision",
		"/Vision/Digits?q=a&col=config.lr":   "301 /vision/digits?col=config.lr&q=a",
		"/Vision/digits/runs/r1/logs":        "301 /vision/digits/runs/r1/logs",
		"/vision/wandb-registry-model":       "302 /vision/registry/model",
		"/vision/digits/runs/r1/metrics?key": "200 ",
	} {
		a := bob.get(from)
		if got := fmt.Sprint(a.Status, " ", a.Header.Get("Location")); got != want {
			t.Errorf("%s: %s, want %s", from, got, want)
		}
	}
	if err := h.db.RenameEntity(t.Context(), h.Ada, "vision", "sight"); err != nil {
		t.Fatal(err)
	}
	for from, want := range map[string]string{
		"/vision": "/sight", "/vision/digits": "/sight/digits", "/vision/digits/runs/r1": "/sight/digits/runs/r1",
		"/vision/digits/runs/r1/metrics?key=acc": "/sight/digits/runs/r1/metrics?key=acc",
	} {
		if to := bob.get(from).is(http.StatusMovedPermanently).Header.Get("Location"); to != want {
			t.Errorf("after the renaming %s leads to %s", from, to)
		}
	}
}

func TestEveryLinkOfRuns(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.digits()
	for _, name := range []string{"two words", "100 a+b&c=d;e", "größe 🚀", `"q' <b>`, "runs", "artifacts", "-", "semi,colon@x!*()"} {
		h.run("my "+name, name, registry.RunEdit{Tags: &[]string{name}, Group: &name, Config: new(`{` + quoted(name) + `:{"value":1}}`)},
			lines([]string{`{` + quoted(name) + `:1,"_step":0}`, `{` + quoted(name+"/"+name) + `:1,"_step":1}`}, []string{name}))
	}
	h.as("vera").crawl("/projects", "/vision", "/vision/digits")
}

func TestRunLogs(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	var output []string
	for i := range 700 {
		output = append(output, fmt.Sprintf("2026-11-23T10:00:00.000000 \x1b[31mepoch\x1b[0m %d of Zoë", i))
	}
	h.run("digits", "r1", registry.RunEdit{}, lines(nil, output))
	vera := h.as("vera")
	const logs = "/vision/digits/runs/r1/logs"
	page := vera.get(logs).is(http.StatusOK)
	page.shows(".chartbar", "last 500 of 700 lines").shows("#L700 .text-error", "epoch")
	if got := page.doc.Find("#L700 .n").AttrOr("href", ""); got != logs+"?from=500#L700" {
		t.Errorf("the last line is at %q", got)
	}
	if again := vera.get(page.doc.Find("#run").AttrOr("hx-get", ""), htmx).is(http.StatusOK); again.doc.Find("console-log li").Length() != 0 {
		t.Error("lines that the reader has are sent again")
	}
	if more := vera.get(logs+"?only=lines&from=690", htmx).is(http.StatusOK).lacks("title", "h1"); more.doc.Find("li").Length() != 10 {
		t.Error("a console does not get the last lines alone")
	}
	found := vera.get(logs + "?q=EPOCH+69").is(http.StatusOK)
	if n := found.doc.Find(".log li").Length(); n != 0 { // the escape stands between the words
		t.Errorf("found %d lines", n)
	}
	vera.get(logs+"?q=of+zoë").is(http.StatusOK).shows(".chartbar", "the first 500 lines found")
	if n := vera.page(logs + "?q=of+zoë&from=500").Find(".log li").Length(); n != 200 {
		t.Errorf("further on %d lines", n)
	}
	vera.get(logs+"?q=nothing").is(http.StatusOK).shows(".nores", "No line holds “nothing”.")
	text := vera.get(logs + "/text").is(http.StatusOK)
	if text.Header.Get("Content-Disposition") != "attachment; filename=r1.log" || strings.Count(text.Body, "\n") != 700 || !strings.HasSuffix(text.Body, "699 of Zoë\n") {
		t.Errorf("the file is %v", text.Header)
	}
	h.as("eve").get(logs + "/text").is(http.StatusNotFound)
}

// The files of a run stand in their folders, one of them shown, and nothing in it acts.
func TestRunFiles(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	run := h.run("digits", "filed", registry.RunEdit{}, registry.RunLines{})
	h.sends(run, map[string]string{
		"requirements.txt": "numpy==2", "wandb-metadata.json": `{"host":"box"}`, "media/images/a.png": "x", "media/b&c d.html": hostile, "notes/readme.md": hostile,
	})
	const at = "/vision/digits/runs/filed/files"
	vera := h.as("vera")
	page := vera.get(at).is(http.StatusOK)
	page.shows(".files", "media/ 2notes/ 1requirements.txt").shows(".fileview", "numpy==2").shows(".files .on", "requirements.txt")
	page = vera.get(at + "?path=media").is(http.StatusOK)
	page.shows(".files .fold a[href='"+at+"']", "filed/").shows(".files a[href='"+at+"?path=media%2Fimages']", "images/")
	page.shows(".files .on", "b&c d.html").lacks("main script, [onerror], iframe:not([sandbox=''])")
	vera.get(at+"?path=notes%2Freadme.md").is(http.StatusOK).shows(".fileview h2", "readme.md").lacks("main script, [onerror]")
	vera.get(at+"?path=wandb-metadata.json").is(http.StatusOK).shows(".fileview .tree", "host box")
	page = vera.get(at + "?path=wandb-metadata.json&as=text").is(http.StatusOK)
	page.shows(".fileview .log", `{"host":"box"}`)
	page.shows(".fileview a[download][href='"+at+"/wandb-metadata.json']", "Download")
	for _, none := range []string{"?path=none", "?path=media%2Fnone", "?path=media&after=zzz", "?path=..%2F.."} {
		vera.get(at + none).is(http.StatusNotFound)
	}
	if kept := vera.get("/vision/digits/runs/filed/overview").is(http.StatusOK); kept.text("#environment dd") != "box" {
		t.Error("what only a file tells of the machine is not on the overview")
	}
}
