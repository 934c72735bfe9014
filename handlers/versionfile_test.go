package handlers_test

import (
	"bytes"
	"encoding/binary"
	"net/http"
	"strings"
	"testing"

	"greenroom/db/dbtest"
	"greenroom/registry"
)

// tensorFile is the head of a safetensors file.
func tensorFile(head string) string {
	var b bytes.Buffer
	_ = binary.Write(&b, binary.LittleEndian, uint64(len(head))) // a buffer takes everything
	return b.String() + head + strings.Repeat("\x00", 64)
}

var folder = map[string]string{
	"README.md":            "# Read *me*\n\n<script>alert(1)</script>",
	"config.json":          `{"lr":0.1,"layers":[1,2,{"a":"<b>"}]}`,
	"nan.json":             `{"lr":NaN}`,
	"rows.csv":             "name,score\n\"a, <b>\",0.5\nb,1e-3\n",
	"euro.csv":             "a;b\n1;2\n",
	"rows.tsv":             "x\ty\n1\t2\n",
	"train.py":             "import wandb\nprint('<b>')\n",
	"noname":               "plain words",
	"weights.bin":          "\x00\x01\x02",
	"empty.txt":            "",
	"net.safetensors":      tensorFile(`{"__metadata__":{"format":"pt"},"b":{"dtype":"F32","shape":[10],"data_offsets":[1152,1192]},"w":{"dtype":"F32","shape":[32,1,3,3],"data_offsets":[0,1152]}}`),
	"broken.safetensors":   "\xff\xff\xff\xff\xff\xff\xff\x7f",
	"seen.table.json":      `{"columns":["label","img"],"data":[["cat",{"_type":"image-file","path":"draw/a.png","width":8,"height":8}]]}`,
	"not.table.json":       `[1,2]`,
	"draw/it.svg":          `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`,
	"draw/page.html":       "<script>alert(1)</script>",
	"draw/a.png":           "not really",
	"draw/a.wav":           "not really",
	"draw/a.mp4":           "not really",
	`odd "q' <i>/100% ü#?`: "odd",
	"far.parquet":          "s3://bucket/far.parquet?version=1",
}

// Each kind of file is shown the way it is read best, and nothing in it acts.
func TestPreviews(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.logged(h.Bob, folder, registry.CollectionRef{Place: registry.Registry("acme", "model"), Name: "net"})
	vera := h.as("vera")
	const files = "/acme/registry/model/net/v0/files"
	for path, want := range map[string][2]string{
		"":                     {".fileview .mdout", "Read me"},
		"/config.json":         {".fileview .tree", "lr 0.1"},
		"/config.json?as=text": {".fileview .log .t", `{"lr":0.1`},
		"/nan.json":            {".fileview .log .t", `{"lr":NaN}`},
		"/rows.csv":            {".fileview td:not(.num)", "a, <b>"},
		"/rows.csv?as=text":    {".fileview .log", "name,score"},
		"/euro.csv":            {".fileview td.num", "12"},
		"/rows.tsv":            {".fileview th.num", "xy"},
		"/train.py":            {".fileview #L2 .t", "print('<b>')"},
		"/train.py?as=text":    {".fileview #L1 .t > .k", "import"},
		"/noname":              {".fileview .log .t", "plain words"},
		"/weights.bin":         {".fileview", "There is no preview of this kind of file."},
		"/seen.table.json":     {".fileview .logtable tbody", "cat"},
		"/not.table.json":      {".fileview .tree", "0 1"},
		"/empty.txt":           {".fileview", "The file is empty."},
		"/net.safetensors":     {".fileview", "2 tensors, 298 parameters, F32"},
		"/broken.safetensors":  {".fileview", "There is no preview"},
		"/draw/it.svg?as=text": {".fileview .log .t", "<script>alert(1)</script>"},
		"/draw":                {".fileview h2", "a.mp4"},
		"/far.parquet":         {".fileview .cmd code", "s3://bucket/far.parquet?version=1"},
		"/odd%20%22q%27%20%3Ci%3E/100%25%20ü%23%3F": {".fileview .log .t", "odd"},
	} {
		vera.get(files+path, html).is(http.StatusOK).shows(want[0], want[1]).lacks(".fileview script, .fileview b")
	}
	if got := vera.get(files+"/net.safetensors", html).text(".fileview tbody tr:first-child"); got != "w32 × 1 × 3 × 3288" {
		t.Errorf("the first tensor is %q", got)
	}
	for path, element := range map[string]string{
		"/draw/it.svg": "img", "/draw/a.png": "img", "/draw/a.wav": "audio[controls]", "/draw/a.mp4": "video[controls]", "/draw/page.html": `iframe[sandbox=""]`,
	} {
		page := vera.get(files+path, html).is(http.StatusOK)
		raw := page.doc.Find(".fileview "+element).AttrOr("src", "")
		if raw != files+path+"?raw=1" {
			t.Errorf("%s is shown from %q", path, raw)
		}
		shown := vera.get(raw).is(http.StatusOK)
		if csp := shown.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "sandbox;") || shown.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s may do %q", path, csp)
		}
	}
	if err := dbtest.Exec(t, h.db, `update places set everyone = 'restricted_viewer' where name = 'model' and kind = 'registry'`); err != nil {
		t.Fatal(err)
	}
	olga := h.as("olga")
	olga.get(files+"/config.json", html).is(http.StatusOK).shows(".files", "config.json").shows(".fileview", "Your role here").lacks(".fileview .tree", "main a[download]")
	for _, closed := range []string{files + "/config.json", files + "/config.json?raw=1", files + "/config.json?page=1", files + "/config.json?draw=plotly", "/acme/registry/model/net/v0/archive"} {
		olga.get(closed).is(http.StatusForbidden)
	}
}

// All files come in one archive, what is kept elsewhere as a list.
func TestArchive(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.logged(h.Bob, folder, registry.CollectionRef{Place: registry.Registry("acme", "model"), Name: "net"})
	a := h.as("olga").get("/acme/registry/model/net/production/archive").is(http.StatusOK)
	if got := a.Header.Get("Content-Disposition"); got != "attachment; filename=net-v0.zip" {
		t.Errorf("the archive is called %s", got)
	}
	got := archived(t, a)
	want := map[string]string{"net-v0-references.txt": "far.parquet\ts3://bucket/far.parquet?version=1\n"}
	for path, text := range folder {
		if path != "far.parquet" {
			want["net-v0/"+strings.NewReplacer(`"`, "_", "<", "_", ">", "_", "?", "_").Replace(path)] = text
		}
	}
	for path, text := range want {
		if got[path] != text {
			t.Errorf("%s holds %q, want %q", path, got[path], text)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d entries, want %d", len(got), len(want))
	}
	h.as("eve").get("/acme/registry/model/net/v0/archive").is(http.StatusNotFound)
	h.browser().get("/acme/registry/model/net/v0/archive").is(http.StatusUnauthorized)
	h.browser().get("/acme/registry/model/net/v0/archive", html).is(http.StatusSeeOther)
}

// Programs get files and archives with an API key, and are told what is wrong
// with it.
func TestFilesByKey(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.logged(h.Bob, map[string]string{"a.txt": "words"}, registry.CollectionRef{Place: registry.Registry("acme", "model"), Name: "net"})
	const key = "0123456789abcdef0123456789abcdef01234567"
	if _, err := h.db.MakeKey(t.Context(), h.Vera, registry.NewKey{Name: "laptop", Secret: key, Scope: registry.ScopeRead}); err != nil {
		t.Fatal(err)
	}
	nobody := h.browser()
	basic := func(password string) string {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.SetBasicAuth("api", password)
		return "Authorization: " + r.Header.Get("Authorization")
	}
	const v0 = "/acme/registry/model/net/v0"
	for _, login := range []string{basic(key), "Authorization: Bearer " + key} {
		if a := nobody.get(v0+"/files/a.txt", login, "Accept: */*").is(http.StatusOK); a.Body != "words" {
			t.Errorf("a file is %q", a.Body)
		}
		nobody.get(v0+"/archive", login).is(http.StatusOK)
		nobody.get("/vision/digits/artifacts/model/trained/production/files/a.txt", login).is(http.StatusNotFound)
		nobody.get("/vision/digits/artifacts/model/trained/latest/files/a.txt", login).is(http.StatusOK)
		nobody.get(v0, login, html).is(http.StatusSeeOther) // pages are for sessions
	}
	for _, login := range []string{basic("wrong"), "Authorization: Bearer wrong", "Accept: */*"} {
		a := nobody.get(v0+"/files/a.txt", login).is(http.StatusUnauthorized)
		if a.Header.Get("Content-Type") != "application/problem+json" || strings.Contains(a.Body, "words") {
			t.Errorf("%s is answered %s", login, a.Body)
		}
	}
	nobody.post(v0+"/aliases?alias=x", nil, basic(key)).leadsTo("/login")
}
