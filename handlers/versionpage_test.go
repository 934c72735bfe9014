package handlers_test

import (
	"crypto/md5"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"greenroom/db/dbtest"
	"greenroom/registry"
	"greenroom/vault"
)

// html is what browsers ask for when they go to an address.
const html = "Accept: text/html,application/xhtml+xml,*/*;q=0.8"

func TestWhoSeesWhat(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.shelve(registry.Registry("acme", "model"), "digits", nil)
	h.shelve(registry.Registry("vision", "model-registry"), "digits", func(m *dbtest.Stock) { m.Project = registry.Project("vision", "other") })
	if err := dbtest.Exec(t, h.db, `update places set everyone = 'restricted_viewer' where name = 'model' and kind = 'registry'`); err != nil {
		t.Fatal(err)
	}
	const ok, nothing, signIn = http.StatusOK, http.StatusNotFound, http.StatusSeeOther
	names := []string{"ada", "bob", "vera", "olga", "eve", "nobody"}
	var browsers []*browser
	for _, name := range names[:5] {
		browsers = append(browsers, h.as(name))
	}
	browsers = append(browsers, h.browser())
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
		{"/?after=nonsense", 422, 422, 422, 422, 422, signIn},
		{"/acme/registry/model/digits?after=x", 422, 422, 422, 422, 422, 422},
	} {
		for i, want := range []int{tc.ada, tc.bob, tc.vera, tc.olga, tc.eve, tc.nobody} {
			a := browsers[i].get(tc.path)
			if to := a.Header.Get("Location"); a.Status != want || a.Status == signIn && !strings.HasPrefix(to, "/login") {
				t.Errorf("%s as %s: %d %s, want %d", tc.path, names[i], a.Status, to, want)
			}
		}
	}

	// A restricted viewer sees the files but is offered no download.
	for _, seen := range []struct {
		who   string
		path  string
		links int
	}{{"vera", "/vision/model-registry/digits/v2", 1}, {"olga", "/acme/registry/model/digits/v2", 0}} {
		page := h.as(seen.who).page(seen.path + "/files")
		if got := page.Find("main a[download]").Length(); got != seen.links || page.Find(".files li:not(.fold)").Length() != 3 {
			t.Errorf("%s is offered %d downloads of %q", seen.who, got, texts(page.Find(".files li")))
		}
	}
	// Through a link, the project stays hidden from those outside.
	page := h.as("olga").page("/acme/registry/model/digits/v2")
	if facts := page.Find(".facts").Text(); strings.Contains(facts, "run-digits") || strings.Contains(facts, "calm-river") || strings.Contains(facts, "vision") {
		t.Errorf("facts as one outside the team: %s", facts)
	}
	if got := texts(page.Find("#metrics tbody tr")); !slices.Contains(got, "val/acc0.955better, up 0.0550") {
		t.Errorf("metrics as one outside the team: %q", got)
	}
}

func TestClientAddresses(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.shelve(registry.Registry("vision", "model-registry"), "MNIST 100%", nil)
	h.shelve(registry.Registry("acme", "model"), "MNIST", nil)
	bob := h.as("bob")
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
		"/vision/registry/model?selectionPath=vision%2Fdigits%2Frun-MNIST&view=membership&version=v1":            "/vision/digits/artifacts/model/run-MNIST/v1",
		"/vision/model-registry/MNIST%20100%25/production":                                                       "/vision/model-registry/MNIST%20100%25/v0",
		"/vision/model-registry/MNIST%20100%25/belt%202%20%23trial":                                              "/vision/model-registry/MNIST%20100%25/v2",
		"/acme/wandb-registry-model/artifacts/model/MNIST/latest":                                                "/acme/registry/model/MNIST/v2",
		"/vision/digits/artifacts/dataset/run-MNIST/v1":                                                          "/vision/digits/artifacts/model/run-MNIST/v1",
		"/vision/digits/artifacts/dataset/run-MNIST":                                                             "/vision/digits/artifacts/model/run-MNIST",
	} {
		a := bob.get(path)
		if to := a.Header.Get("Location"); a.Status != http.StatusFound || to != want {
			t.Errorf("%s: %d %q, want %q", path, a.Status, to, want)
			continue
		}
		bob.page(want)
	}
}

// trained does what a script does that logs a file as a model and links it.
func (h *home) trained(by registry.Actor, path, text string, link registry.CollectionRef) {
	h.t.Helper()
	h.logged(by, map[string]string{path: text}, link)
}

// reference tells the address of a reference from the text of a file.
func reference(text string) bool {
	return strings.HasPrefix(text, "s3://") || strings.HasPrefix(text, "wandb-artifact://")
}

// logged is trained with several files, some of which may be references.
func (h *home) logged(by registry.Actor, contents map[string]string, link registry.CollectionRef) {
	h.t.Helper()
	ctx := h.t.Context()
	ok := func(err error) {
		h.t.Helper()
		if err != nil {
			h.t.Fatal(err)
		}
	}
	put := func(u vault.Upload, body string) {
		h.t.Helper()
		r := httptest.NewRequest(http.MethodPut, u.URL, strings.NewReader(body))
		for _, line := range u.Headers {
			name, value, _ := strings.Cut(line, ":")
			r.Header.Set(name, value)
		}
		w := httptest.NewRecorder()
		if h.e.ServeHTTP(w, r); w.Code != http.StatusOK {
			h.t.Fatalf("PUT %s: %d %s", u.Name, w.Code, w.Body)
		}
	}
	var manifest registry.Manifest
	listed := map[string]any{}
	for path, text := range contents {
		if reference(text) {
			manifest.Entries = append(manifest.Entries, registry.ManifestEntry{Path: path, Digest: "etag", Ref: text, Size: 7})
			listed[path] = map[string]any{"digest": "etag", "ref": text, "size": 7}
			continue
		}
		sum := md5.Sum([]byte(text))
		digest := base64.StdEncoding.EncodeToString(sum[:])
		manifest.Entries = append(manifest.Entries, registry.ManifestEntry{Path: path, Digest: digest})
		listed[path] = map[string]any{"digest": digest, "size": len(text)}
	}
	run := registry.RunRef{Place: registry.Project("vision", "digits"), Name: "z7eqws1c"}
	_, _, err := h.db.UpsertRun(ctx, by, registry.RunEdit{Run: run})
	ok(err)
	d, err := h.db.CreateArtifact(ctx, by, registry.NewArtifact{Place: run.Place, Collection: "trained", Type: "model", RunName: run.Name, Digest: manifest.Digest()})
	ok(err)
	ref := registry.ArtifactRef{ID: d.Artifact.ID}
	for path, text := range contents {
		if reference(text) {
			continue
		}
		sum := md5.Sum([]byte(text))
		files, err := h.vault.ReserveArtifactFiles(ctx, by, []registry.FileSpec{{Artifact: ref, Path: path, MD5: sum[:]}})
		ok(err)
		if files[0].URL != "" {
			put(files[0], text)
		}
	}
	raw, err := json.Marshal(map[string]any{
		"version": 1, "storagePolicy": "wandb-storage-policy-v1", "storagePolicyConfig": map[string]any{"storageLayout": "V2"}, "contents": listed,
	})
	ok(err)
	rawSum := md5.Sum(raw)
	_, upload, err := h.vault.AnnounceManifest(ctx, by, registry.NewManifest{Artifact: ref, Name: "wandb_manifest.json", Kind: registry.Full, MD5: rawSum[:]})
	ok(err)
	put(upload, string(raw))
	_, err = h.vault.CommitArtifact(ctx, by, ref)
	ok(err)
	_, err = h.db.LinkVersion(ctx, by, registry.NewLink{Artifact: ref, Collection: link, Aliases: []string{"production"}})
	ok(err)
}

func TestDownload(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	const path, text = "a b/100% ü#1?.html", "<script>alert(1)</script>"
	h.trained(h.Bob, path, text, registry.CollectionRef{Place: registry.Registry("acme", "model"), Name: "MNIST"})

	olga := h.as("olga")
	if got := texts(olga.page("/").Find(".c-last")); len(got) != 1 || !strings.HasPrefix(got[0], "BO set production on v0 bob") {
		t.Errorf("last change: %q", got)
	}
	const inSource = "/vision/digits/artifacts/model/trained/v0/files/a%20b/100%25%20%C3%BC%231%3F.html"
	folder := olga.page("/acme/registry/model/MNIST/v0/files/a%20b", html)
	link := folder.Find(".files li.on a").AttrOr("href", "")
	for _, link := range []string{link, link + "?download=1", strings.Replace(link, "/v0/", "/production/", 1)} {
		a := olga.get(link).is(http.StatusOK)
		if a.Body != text || !strings.HasPrefix(a.Header.Get("Content-Disposition"), "attachment;") || a.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %q, %v", link, a.Body, a.Header)
		}
	}
	if a := olga.get(link+"?raw=1", html).is(http.StatusOK); a.Body != text || !strings.HasPrefix(a.Header.Get("Content-Disposition"), "inline;") || !strings.Contains(a.Header.Get("Content-Security-Policy"), "sandbox;") {
		t.Errorf("to be shown: %q, %v", a.Body, a.Header)
	}
	if a := olga.get(link+"?page=1", html).is(http.StatusOK); a.Body != text || !strings.Contains(a.Header.Get("Content-Security-Policy"), "sandbox allow-scripts;") || strings.Contains(a.Header.Get("Content-Security-Policy"), "allow-same-origin") {
		t.Errorf("as a page: %q, %v", a.Body, a.Header)
	}
	olga.get(link+"?draw=plotly", html).is(http.StatusUnprocessableEntity) // it is no figure
	if a := olga.get(strings.Replace(link, "/v0/", "/production/", 1), html).is(http.StatusFound); a.Header.Get("Location") != link {
		t.Errorf("by its stage, the file leads to %s", a.Header.Get("Location"))
	}
	olga.get(link, html).is(http.StatusOK).shows(".fileview h2", "100% ü#1?.html").shows(".files .on", "25 B")
	if a := h.as("vera").get(inSource).is(http.StatusOK); a.Body != text {
		t.Errorf("from the source: %q", a.Body)
	}
	if a := olga.get(link, "Range: bytes=1-6"); a.Status != http.StatusPartialContent || a.Body != "script" {
		t.Errorf("a part: %d %q", a.Status, a.Body)
	}
	for _, bad := range []string{"/acme/registry/model/MNIST/v0/files/nothing", "/acme/registry/model/MNIST/v0/files/a%20b?raw=1", "/acme/registry/model/MNIST/v0/files/..%2f..%2fetc%2fpasswd", "/acme/registry/model/MNIST/v1/files/x"} {
		olga.get(bad).is(http.StatusNotFound)
		olga.get(bad, html).is(http.StatusNotFound)
	}
	olga.get(inSource).is(http.StatusNotFound)
	h.as("eve").get(link).is(http.StatusNotFound)
	h.browser().get(link, html).is(http.StatusSeeOther)
	h.browser().get(link).is(http.StatusUnauthorized)
	if err := dbtest.Exec(t, h.db, `update places set everyone = 'restricted_viewer' where name = 'model' and kind = 'registry'`); err != nil {
		t.Fatal(err)
	}
	olga.get(link).is(http.StatusForbidden)
	olga.get(link, html).is(http.StatusOK).shows(".fileview", "Your role here").lacks("main a[download]", "iframe")
}

// Metadata are searched by path and value, shown in part when there is much of
// it, and had as JSON in full.
func TestMetadata(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	var large strings.Builder
	large.WriteString(`{"first":"<b>odd</b>"`)
	for i := range 20_000 {
		fmt.Fprintf(&large, `,"key%05d":{"a":"value %d","b":[1,2,{"c":null}]}`, i, i)
	}
	large.WriteString("}")
	h.shelve(registry.Registry("acme", "model"), "digits", func(m *dbtest.Stock) { m.Versions[1].Metadata = large.String() })
	ada := h.as("ada")
	const model = "/acme/registry/model/digits"
	ada.get(model+"/v2/metadata").is(http.StatusOK).shows(".tree", "framework torch").lacks("tree-filter[partial]")
	ada.get(model+"/v2/metadata?find=DTYPE").shows(".tree", "dtype uint8").lacks(".tree .tree .tree")
	if got := ada.get(model + "/v2/metadata?find=input.dt").text(".tree .tree"); got != "dtype uint8" {
		t.Errorf("by path, it finds %q", got)
	}
	ada.get(model+"/v2/metadata?find=nothing").shows(".nores", "No path and no value has “nothing” in it.")
	ada.get(model+"/v0/metadata").shows(".empty", "No metadata")
	page := ada.get(model + "/v1/metadata").is(http.StatusOK)
	if len(page.Body) > 300<<10 {
		t.Errorf("%d bytes of metadata make a page of %d bytes", large.Len(), len(page.Body))
	}
	page.shows("tree-filter[partial] [role=status]", "The first 400 values.").shows(".tree", "<b>odd</b>").lacks(".tree b")
	ada.get(model+"/v1/metadata?find=value+1234").is(http.StatusOK).shows(".tree", "value 1234")
	if a := ada.get(model + "/v1/metadata?as=json").is(http.StatusOK); len(a.Body) != large.Len() || !strings.HasPrefix(a.Header.Get("Content-Type"), "application/json") {
		t.Errorf("the JSON has %d bytes, want %d", len(a.Body), large.Len())
	}
	h.as("eve").get(model + "/v1/metadata?as=json").is(http.StatusNotFound)
}

// A version tells how it does against the holder of the highest stage.
func TestAgainstTheHolder(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.shelve(registry.Registry("acme", "model"), "digits", nil)
	ada := h.as("ada")
	const model = "/acme/registry/model/digits"
	ada.get(model+"/v2/metrics").shows("thead", "vs production").shows("tbody", "better, up 0.0550").shows("tbody", "None")
	if to := ada.page(model+"/v2/metrics").Find("thead a").AttrOr("href", ""); to != model+"/v0/metrics" {
		t.Errorf("the holder is at %s", to)
	}
	for _, part := range []string{"", "/metadata", "/history"} {
		compare := ada.get(model+"/v2"+part).shows(".actions", "Compare with production v0").doc.Find(`.actions a[href*="/compare"]`)
		ada.get(compare.AttrOr("href", "")).is(http.StatusOK).shows("main", "v2 is better than production").shows(".filter-on", "v0")
	}
	ada.get(model + "/v0/metrics").is(http.StatusOK).lacks("thead a").lacks(`.actions a[href*="/compare"]`)
	ada.get("/vision/digits/artifacts/model/run-digits/v2/metrics").is(http.StatusOK).lacks("thead a").lacks(`.actions a[href*="/compare"]`)
}
