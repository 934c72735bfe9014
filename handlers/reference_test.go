package handlers_test

import (
	"archive/zip"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"greenroom/registry"
)

// A reference to a file of another version leads to it and gives its bytes, to those
// who may have that version, too.
func TestReferencesToOtherVersions(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	latest := registry.VersionRef{Collection: registry.CollectionRef{Place: registry.Project("vision", "digits"), Name: "trained"}}
	h.logged(h.Bob, map[string]string{"deep/a b.csv": "x,y\n1,2\n", "far.bin": "s3://bucket/far.bin"},
		registry.CollectionRef{Place: registry.Registry("vision", "model-registry"), Name: "one"})
	one, err := h.db.Version(t.Context(), h.Bob, latest)
	if err != nil {
		t.Fatal(err)
	}
	at := func(path string) string {
		return "wandb-artifact://" + hex.EncodeToString(fmt.Appendf(nil, "Artifact:%d", one.Artifact.ID)) + "/" + path
	}
	h.logged(h.Bob, map[string]string{
		"mine.txt": "mine", "rows.csv": at("deep/a b.csv"), "far": at("far.bin"), "gone": at("nowhere"), "bad": "wandb-artifact://zz/x",
	}, registry.CollectionRef{Place: registry.Registry("acme", "model"), Name: "two"})
	two, err := h.db.Version(t.Context(), h.Bob, latest)
	if err != nil {
		t.Fatal(err)
	}
	const files = "/acme/registry/model/two/v0/files/"
	const meant = "/vision/digits/artifacts/model/trained/v0"
	const closed = "which was deleted or is not for you to see"
	bob, olga := h.as("bob"), h.as("olga")

	page := bob.get(files+"rows.csv", html).is(http.StatusOK)
	page.shows(".fileview td.num", "12").shows(".fileview .sec-head", "8 B").shows(".filedigest", "MD5")
	if links := hrefs(page, ".fileview p a"); !slices.Equal(links, []string{meant + "/files/deep/a%20b.csv", meant}) {
		t.Errorf("the reference leads to %q", links)
	}
	bob.page(meant+"/files/deep/a%20b.csv", html)
	for _, how := range []string{"", "?download=1", "?raw=1"} {
		a := bob.get(files + "rows.csv" + how).is(http.StatusOK)
		if a.Body != "x,y\n1,2\n" || !strings.HasSuffix(a.Header.Get("Content-Disposition"), "filename=rows.csv") {
			t.Errorf("%q gives %q as %s", how, a.Body, a.Header.Get("Content-Disposition"))
		}
	}
	far := bob.get(files+"far", html).is(http.StatusOK).lacks("main .fileview a[download]")
	if links := hrefs(far, ".fileview p a"); !slices.Equal(links, []string{meant + "/files/far.bin", meant}) {
		t.Errorf("the reference to a reference leads to %q", links)
	}
	for _, name := range []string{"gone", "bad"} {
		bob.get(files+name, html).is(http.StatusOK).lacks("main .fileview a[download]", ".fileview p a")
		bob.get(files + name + "?download=1").is(http.StatusNotFound)
	}
	bob.get(files+"gone", html).shows(".fileview", closed)
	for _, how := range []string{"", "?download=1", "?raw=1"} {
		if a := bob.get(files + "far" + how).is(http.StatusNotFound); !strings.Contains(a.Body, "far is a reference to "+at("far.bin")+", which is not kept here") {
			t.Errorf("a program that wants a reference to a reference is told %s", a.Body)
		}
	}

	// Olga is of the organization and may have this version, and not of the team.
	olga.get(files+"mine.txt", html).is(http.StatusOK).shows(".fileview .t", "mine")
	olga.get(files+"rows.csv", html).is(http.StatusOK).shows(".fileview", closed).lacks(".fileview table", "main .fileview a[download]", ".fileview p a")
	for _, how := range []string{"", "?download=1", "?raw=1", "?as=text"} {
		if a := olga.get(files + "rows.csv" + how).is(http.StatusNotFound); strings.Contains(a.Body, "1,2") {
			t.Errorf("Olga gets %q by %q", a.Body, how)
		}
	}
	if got, want := archived(t, bob.get("/acme/registry/model/two/v0/archive")), (map[string]string{
		"two-v0/mine.txt": "mine", "two-v0/rows.csv": "x,y\n1,2\n",
		"two-v0-references.txt": "bad\twandb-artifact://zz/x\nfar\t" + at("far.bin") + "\ngone\t" + at("nowhere") + "\n",
	}); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("the archive holds %q, want %q", got, want)
	}
	if got := archived(t, olga.get("/acme/registry/model/two/v0/archive")); len(got) != 2 || !strings.Contains(got["two-v0-references.txt"], "rows.csv\t"+at("deep/a b.csv")+"\n") {
		t.Errorf("Olga's archive holds %q", got)
	}

	// A signed address proves a right to its artifact alone.
	signed := h.vault.FileURL(registry.File{ArtifactID: two.Artifact.ID, Path: "rows.csv"})
	h.browser().get(strings.TrimPrefix(signed, baseURL)).is(http.StatusNotFound)

	if _, err := h.db.DeleteArtifact(t.Context(), h.Ada, registry.ArtifactRef{ID: one.Artifact.ID}, true); err != nil {
		t.Fatal(err)
	}
	bob.get(files+"rows.csv", html).is(http.StatusOK).shows(".fileview", closed).lacks(".fileview p a")
	bob.get(files + "rows.csv?download=1").is(http.StatusNotFound)
}

// hrefs are where links lead.
func hrefs(a answer, selector string) []string {
	var to []string
	for _, link := range a.doc.Find(selector).EachIter() {
		to = append(to, link.AttrOr("href", ""))
	}
	return to
}

// archived are the files of an archive, by name.
func archived(t *testing.T, a answer) map[string]string {
	t.Helper()
	a.is(http.StatusOK)
	z, err := zip.NewReader(strings.NewReader(a.Body), int64(len(a.Body)))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(f.Name, err)
		}
		got[f.Name] = string(text)
	}
	return got
}
