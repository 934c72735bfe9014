package handlers_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"greenroom/db/dbtest"
	"greenroom/registry"
)

// shelve puts a model with three versions into a registry: v0 on production, v2
// on staging.
func (s *site) shelve(t *testing.T, place registry.PlaceRef, name string, more func(*dbtest.Stock)) {
	t.Helper()
	stock := dbtest.Stock{
		Place: place, Project: registry.Project("vision", "digits"), Name: name, Tags: []string{"mnist", "edge case"},
		ChangedAt: time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC),
		Versions: []dbtest.StockVersion{
			{Summary: `{"val/acc":0.9,"_step":4}`, Aliases: []string{"production"}},
			{Summary: `{"val/acc":0.91}`},
			{
				Summary: `{"epoch":3,"val/acc":0.955}`, Aliases: []string{"latest", "staging", "belt 2 #trial"}, Tags: []string{"cutout"},
				Description: "Wider *first* conv", Metadata: `{"framework":"torch","layers":[1,2],"input":{"dtype":"uint8"}}`,
				Files: []dbtest.StockFile{
					{Path: "model.pt", Size: 4_800_000}, {Path: "a b/100% ü?.txt", Size: 312}, {Path: "data.csv", Size: 9, Ref: "s3://bucket/data.csv"},
				},
			},
		},
	}
	if more != nil {
		more(&stock)
	}
	dbtest.Put(t, s.db, s.Ada, stock)
}

// texts are the trimmed texts of what a selector finds.
func texts(found *goquery.Selection) []string {
	return found.Map(func(_ int, s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") })
}

func TestLandingPage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.shelve(t, registry.Registry("acme", "model"), "digits-cnn", nil)
	s.shelve(t, registry.Registry("vision", "model-registry"), "churn", func(m *dbtest.Stock) { m.Versions = nil })

	page := s.as(t, s.Vera).page("/")
	if got := texts(page.Find("#models tbody .c-name a")); !slices.Equal(got, []string{"churn", "digits-cnn"}) {
		t.Errorf("models: %q", got)
	}
	row := page.Find("#models tbody tr").Eq(1)
	for selector, want := range map[string]string{
		".c-name .meta": "model mnist edge case", ".c-new": "v2", ".c-metric": "0.955 val/acc", ".c-stages .chip": "production v0 staging v2",
		".c-stages .alias": "belt 2 #trial", ".c-delta .delta": "better, up 0.0550",
	} {
		if got := strings.Join(texts(row.Find(selector)), " "); got != want {
			t.Errorf("%s: %q, want %q", selector, got, want)
		}
	}
	if got := texts(page.Find(".head-beside")); !slices.Equal(got, []string{"2 registered models · 3 versions"}) {
		t.Errorf("counts: %q", got)
	}
	if got := texts(page.Find("#registries .seg a")); !slices.Equal(got, []string{"All 2", "model 1", "vision 1"}) && !slices.Equal(got, []string{"All 2", "vision 1", "model 1"}) {
		t.Errorf("registries: %q", got)
	}
	if got := texts(s.as(t, s.Olga).page("/").Find("#models tbody .c-name a")); !slices.Equal(got, []string{"digits-cnn"}) {
		t.Errorf("as one outside the team: %q", got)
	}
}

func TestLandingSearch(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.shelve(t, registry.Registry("acme", "model"), "digits-cnn", nil)
	s.shelve(t, registry.Registry("acme", "model"), "churn", func(m *dbtest.Stock) { m.Tags = nil })
	bob := s.as(t, s.Bob)

	page := bob.page("/?q=MNIST")
	if got := texts(page.Find("#models tbody .c-name a")); !slices.Equal(got, []string{"digits-cnn"}) {
		t.Errorf("found: %q", got)
	}
	if value, _ := page.Find(".listfilter input[name=q]").Attr("value"); value != "MNIST" {
		t.Errorf("the field says %q", value)
	}
	part := bob.page("/?q=mnist", "HX-Request")
	if part.Find(".shell").Length() != 0 || part.Find("#models tbody tr").Length() != 1 || part.Find("#registries[hx-swap-oob]").Length() != 1 {
		t.Errorf("as a part: %s", part.Text())
	}
	for _, header := range []string{"HX-Boosted", "HX-History-Restore-Request"} {
		if whole := bob.page("/?q=mnist", "HX-Request", header); whole.Find(".shell").Length() != 1 {
			t.Errorf("with %s: no whole page", header)
		}
	}
	none := bob.page("/?q=%3Cb%3Enothing")
	if text := none.Find(".nores").Text(); !strings.Contains(text, "<b>nothing") || !strings.Contains(text, "Clear, 2 models") || none.Find(".empty").Length() != 0 {
		t.Errorf("nothing found: %q", text)
	}
}

func TestLandingEmpty(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	page := s.as(t, s.Bob).page("/")
	text := page.Find(".empty").Text()
	for _, want := range []string{"WANDB_BASE_URL=https://greenroom.example", `entity="vision"`, "run.link_model("} {
		if !strings.Contains(text, want) {
			t.Errorf("the empty page does not say %q: %s", want, text)
		}
	}
	page = s.as(t, s.Bob).page("/acme/registry/dataset")
	if text := page.Find(".empty").Text(); !strings.Contains(text, `run.link_artifact(artifact, "acme/wandb-registry-dataset/my-model")`) || !strings.Contains(text, `type="dataset"`) {
		t.Errorf("the empty registry says: %s", text)
	}
}

func TestWhoSeesWhat(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.shelve(t, registry.Registry("acme", "model"), "digits", nil)
	s.shelve(t, registry.Registry("vision", "model-registry"), "digits", func(m *dbtest.Stock) { m.Project = registry.Project("vision", "other") })
	if err := dbtest.Exec(t, s.db, `update places set everyone = 'restricted_viewer' where name = 'model' and kind = 'registry'`); err != nil {
		t.Fatal(err)
	}
	const ok, nothing, signIn = http.StatusOK, http.StatusNotFound, http.StatusSeeOther
	nobody := registry.Actor{}
	for _, tc := range []struct {
		path                              string
		ada, bob, vera, olga, eve, nobody int
	}{
		{"/", ok, ok, ok, ok, ok, signIn},
		{"/acme/registry/model", ok, ok, ok, ok, nothing, signIn},
		{"/acme/registry/model/digits", ok, ok, ok, ok, nothing, signIn},
		{"/acme/registry/model/digits?tab=card", ok, ok, ok, ok, nothing, signIn},
		{"/acme/registry/model/digits?tab=use", ok, ok, ok, ok, nothing, signIn},
		{"/acme/registry/model/digits/v2", ok, ok, ok, ok, nothing, signIn},
		{"/acme/registry/model/digits/v9", nothing, nothing, nothing, nothing, nothing, signIn},
		{"/acme/registry/model/other", nothing, nothing, nothing, nothing, nothing, signIn},
		{"/acme/registry/nowhere", nothing, nothing, nothing, nothing, nothing, signIn},
		{"/nobody/model-registry", nothing, nothing, nothing, nothing, nothing, signIn},
		{"/vision/model-registry", ok, ok, ok, nothing, nothing, signIn},
		{"/vision/model-registry/digits", ok, ok, ok, nothing, nothing, signIn},
		{"/vision/model-registry/digits/v0", ok, ok, ok, nothing, nothing, signIn},
		{"/vision/digits/artifacts", ok, ok, ok, nothing, nothing, signIn},
		{"/vision/digits/artifacts/model", ok, ok, ok, nothing, nothing, signIn},
		{"/vision/digits/artifacts/model/run-digits", ok, ok, ok, nothing, nothing, signIn},
		{"/vision/digits/artifacts/model/run-digits/v1", ok, ok, ok, nothing, nothing, signIn},
		{"/vision/nowhere/artifacts", nothing, nothing, nothing, nothing, nothing, signIn},
		{"/?after=nonsense", 422, 422, 422, 422, 422, 422},
		{"/acme/registry/model/digits?below=x", 422, 422, 422, 422, 422, 422},
	} {
		for _, seen := range []struct {
			who  registry.Actor
			want int
		}{{s.Ada, tc.ada}, {s.Bob, tc.bob}, {s.Vera, tc.vera}, {s.Olga, tc.olga}, {s.Eve, tc.eve}, {nobody, tc.nobody}} {
			status, _, location := s.as(t, seen.who).get(tc.path)
			if seen.who == nobody && seen.want == 422 {
				seen.want = status // bad input may be told before asking to sign in
			}
			if status != seen.want || status == signIn && !strings.HasPrefix(location, "/login") {
				t.Errorf("%s as %q: %d %s, want %d", tc.path, seen.who.Name, status, location, seen.want)
			}
		}
	}

	// A restricted viewer sees the files but is offered no download.
	for _, seen := range []struct {
		who   registry.Actor
		path  string
		links int
	}{{s.Vera, "/vision/model-registry/digits/v2", 2}, {s.Olga, "/acme/registry/model/digits/v2", 0}} {
		page := s.as(t, seen.who).page(seen.path)
		if got := page.Find(".filetable a[download]").Length(); got != seen.links || page.Find(".filetable tbody tr").Length() != 3 {
			t.Errorf("%s is offered %d downloads of %q", seen.who.Name, got, texts(page.Find(".filetable tbody tr")))
		}
	}
	// Through a link, the project stays hidden from those outside.
	page := s.as(t, s.Olga).page("/acme/registry/model/digits/v2")
	if facts := page.Find(".facts").Text(); strings.Contains(facts, "run-digits") || strings.Contains(facts, "calm-river") || strings.Contains(facts, "vision") {
		t.Errorf("facts as one outside the team: %s", facts)
	}
	if got := texts(page.Find("#metrics tbody tr")); !slices.Contains(got, "val/acc0.955") {
		t.Errorf("metrics as one outside the team: %q", got)
	}
}

// TestOddNames crawls a registry in which everything has an unusual name.
func TestOddNames(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for i, name := range []string{"two words", "100%25 + 50%", "größe 🚀", "a&b=c;d", `"quoted' <b>`, "semi,colon@x!*()", "[brackets]", "runs", "artifacts", "-"} {
		s.shelve(t, registry.Registry("acme", "model"), name, func(m *dbtest.Stock) {
			m.Type = []string{"model", "odd ? type #1 %", "ünï"}[i%3]
			m.Project.Name = "my " + name
		})
	}
	s.crawl(t, s.Ada, "/", "/vision/my%20two%20words/artifacts")
}

// crawl follows every link and every form that gets, from some pages on.
func (s *site) crawl(t *testing.T, who registry.Actor, from ...string) {
	t.Helper()
	reader := s.as(t, who)
	seen := map[string]bool{}
	for len(from) > 0 {
		path := from[0]
		from = from[1:]
		if path, _, _ = strings.Cut(path, "#"); path == "" || seen[path] || !ours(path) {
			continue
		}
		seen[path] = true
		status, page, location := reader.get(path)
		if status == http.StatusFound || status == http.StatusSeeOther {
			from = append(from, location)
			continue
		}
		if status != http.StatusOK {
			t.Errorf("%s: %d", path, status)
			continue
		}
		if page.Find("[style], script:not([src])").Length() > 0 {
			t.Errorf("%s holds a style or a script", path)
		}
		page.Find("a[href]:not([download]), form[method=get]").Each(func(_ int, a *goquery.Selection) {
			from = append(from, a.AttrOr("href", a.AttrOr("action", "")))
		})
	}
	if len(seen) < 10 {
		t.Errorf("only %d pages were reached", len(seen))
	}
	t.Logf("followed %d addresses", len(seen))
}

// ours tells the addresses of the registry from those of other parts of the
// product, which have tests of their own.
func ours(path string) bool {
	if path == "/" || strings.HasPrefix(path, "/?") {
		return true
	}
	parts := strings.SplitN(path, "/", 5)
	if len(parts) < 4 {
		return false
	}
	rest, _, _ := strings.Cut(parts[3], "?")
	return parts[2] == "registry" || parts[2] == "model-registry" || rest == "artifacts"
}

func TestEveryLink(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for i := range registry.PageSize + 5 {
		s.shelve(t, registry.Registry("acme", "model"), fmt.Sprintf("m%d", i), func(m *dbtest.Stock) { m.Versions = nil })
	}
	s.shelve(t, registry.Registry("acme", "dataset"), "train", func(m *dbtest.Stock) {
		m.Type = "dataset"
		for range registry.PageSize - 2 {
			m.Versions = append(m.Versions, dbtest.StockVersion{})
		}
		for i := range 300 {
			m.Versions[0].Files = append(m.Versions[0].Files, dbtest.StockFile{Path: fmt.Sprintf("d/e/%d", i)})
		}
	})
	s.shelve(t, registry.Registry("vision", "model-registry"), "churn", nil)
	s.crawl(t, s.Vera, "/", "/vision/digits/artifacts", "/?q=m1", "/acme/registry/model?q=zzz", "/vera/model-registry")
}

// TestHostileWords plants script in everything people can write.
func TestHostileWords(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	const evil = `<script>alert(1)</script><img src=x onerror=alert(1)>`
	s.shelve(t, registry.Registry("acme", "model"), `evil<script>alert(1)<`, func(m *dbtest.Stock) {
		m.Tags = []string{evil}
		m.Description = evil + "\n\n[a](javascript:alert(1)) <a href='javascript:alert(1)' onclick='x()'>b</a> <iframe src=x></iframe> <p style='color:red'>c</p>\n\n# [b](vbscript:x)"
		for i := range m.Versions {
			m.Versions[i].Summary = `{"<script>alert(1)</script>":1}`
			m.Versions[i].Description = evil + "\n\n" + m.Description
			m.Versions[i].Tags = []string{evil}
			m.Versions[i].Aliases = append(m.Versions[i].Aliases, fmt.Sprint(evil, i))
			m.Versions[i].Metadata = `{"<script>alert(1)</script>":"<img src=x onerror=alert(1)>"}`
			m.Versions[i].Files = []dbtest.StockFile{{Path: "<script>alert(1)<"}, {Path: "x", Ref: "javascript:alert(1)"}}
		}
	})
	model := "/acme/registry/model/evil%3Cscript%3Ealert%281%29%3C"
	for _, path := range []string{"/", "/?q=evil", model, model + "?tab=card", model + "?tab=use", model + "/v1", "/vision/digits/artifacts"} {
		page := s.as(t, s.Ada).page(path)
		if found := page.Find("main").Find("script, iframe, [onerror], [onclick], [style], a[href^='javascript:'], a[href^='vbscript:'], img[src=x][onerror]"); found.Length() > 0 {
			html, _ := goquery.OuterHtml(found)
			t.Errorf("%s holds %s", path, html)
		}
	}
}

func TestClientAddresses(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.shelve(t, registry.Registry("vision", "model-registry"), "MNIST 100%", nil)
	s.shelve(t, registry.Registry("acme", "model"), "MNIST", nil)
	bob := s.as(t, s.Bob)
	for path, want := range map[string]string{
		"/registry":                                "/",
		"/registry/model":                          "/",
		"/orgs/acme/registry":                      "/",
		"/orgs/acme/registry/model":                "/acme/registry/model",
		"/orgs/acme/registry/wandb-registry-model": "/acme/registry/model",
		"/vision/registry/model":                   "/acme/registry/model",
		"/VISION/model-registry":                   "/vision/model-registry",
		"/vision/registry/model?selectionPath=vision%2Fmodel-registry%2FMNIST+100%25&view=membership&version=v0": "/vision/model-registry/MNIST%20100%25/v0",
		"/vision/registry/model?selectionPath=vision%2Fmodel-registry%2FMNIST+100%25&view=all-models":            "/vision/model-registry/MNIST%20100%25",
		"/orgs/acme/registry/model?selectionPath=acme%2Fwandb-registry-model%2FMNIST&view=membership&version=v2": "/acme/registry/model/MNIST/v2",
		"/vision/model-registry/MNIST%20100%25/production":                                                       "/vision/model-registry/MNIST%20100%25/v0",
		"/vision/model-registry/MNIST%20100%25/belt%202%20%23trial":                                              "/vision/model-registry/MNIST%20100%25/v2",
		"/acme/wandb-registry-model/artifacts/model/MNIST/latest":                                                "/acme/registry/model/MNIST/v2",
		"/vision/digits/artifacts/dataset/run-MNIST/v1":                                                          "/vision/digits/artifacts/model/run-MNIST/v1",
		"/vision/digits/artifacts/dataset/run-MNIST":                                                             "/vision/digits/artifacts/model/run-MNIST",
	} {
		status, _, location := bob.get(path)
		if status != http.StatusFound || location != want {
			t.Errorf("%s: %d %q, want %q", path, status, location, want)
			continue
		}
		bob.page(location)
	}
}
