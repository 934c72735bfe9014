package e2e

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

const whoAmI = `{ viewer { username } }`

func TestKeysThatAreNoneOpenNothing(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada := s.newPerson("ada")
	if got := (wire{t, s, ada.key}).answer(whoAmI, nil, "viewer", "username"); got != ada.name {
		t.Errorf("the key of %s belongs to %v", ada.name, got)
	}
	for name, key := range map[string]string{"wrong": strings.Repeat("0", 40), "short": "abc", "none": ""} {
		w := wire{t, s, key}
		for where, r := range map[string]reply{
			"query":  w.ask(whoAmI, nil),
			"run":    w.upsertRun(object{"modelName": "cats", "name": "r1"}),
			"stream": w.stream(ada.name, "cats", "r1", `{}`),
		} {
			if r.status != http.StatusUnauthorized || len(r.errors()) != 1 {
				t.Errorf("%s with a %s key answers %s, want 401 with one error", where, name, r)
			}
		}
	}
	if got := projectID(wire{t, s, ada.key}, ada.name, "cats"); got != nil {
		t.Errorf("a wrong key made the project %v", got)
	}
}

func projectID(w wire, entity, project string) any {
	w.t.Helper()
	return w.answer(`query($e: String, $p: String) { project(name: $p, entityName: $e) { id } }`, object{"e": entity, "p": project}, "project", "id")
}

func TestAnothersProjectDoesNotExist(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada, eve := s.newPerson("ada"), s.newPerson("eve")
	team := s.newTeam("vision", ada)
	w, stranger := wire{t, s, ada.key}, wire{t, s, eve.key}
	if r := w.upsertRun(object{"entityName": team, "modelName": "cats", "name": "r1"}); len(r.errors()) > 0 {
		t.Fatal(r)
	}
	if r := w.stream(team, "cats", "r1", `{"files":{"wandb-history.jsonl":{"offset":0,"content":["{\"_step\":0,\"acc\":0.5}"]}}}`); r.status != http.StatusOK {
		t.Fatal(r)
	}
	d := w.draft(team, "cats", "net", map[string]string{"a.bin": "a"})
	if r := d.send("PUT", d.address("a.bin", "a"), "a"); r.status != http.StatusOK {
		t.Fatal(r)
	}
	d.sendManifest(map[string]string{"a.bin": "a"})
	if r := d.commit(); len(r.errors()) > 0 {
		t.Fatal(r)
	}
	if got := projectID(w, team, "cats"); got == nil {
		t.Fatal("ada does not see her team's project")
	}

	if got := projectID(stranger, team, "cats"); got != nil {
		t.Errorf("eve sees the project %v", got)
	}
	stranger.upsertRun(object{"entityName": team, "modelName": "cats", "name": "r1", "displayName": "taken over"}).refused(t)
	stranger.upsertRun(object{"entityName": team, "modelName": "dogs", "name": "r2"}).refused(t)
	stranger.createArtifact(object{"entityName": team, "projectName": "cats", "artifactTypeName": "model", "artifactCollectionName": "net", "digest": hexDigest(nil), "digestAlgorithm": "MANIFEST_MD5"}).refused(t)
	stranger.ask(`mutation($in: LinkArtifactInput!) { linkArtifact(input: $in) { versionIndex } }`,
		object{"in": object{"artifactID": d.id, "artifactPortfolioName": "loot", "entityName": eve.name, "projectName": "model-registry"}}).refused(t)
	if got := stranger.answer(`query($id: ID!) { artifact(id: $id) { digest } }`, object{"id": d.id}, "artifact"); got != nil {
		t.Errorf("eve reads the artifact by its ID: %v", got)
	}
	if r := stranger.stream(team, "cats", "r1", `{"files":{"wandb-history.jsonl":{"offset":1,"content":["{\"_step\":1}"]}}}`); r.status != http.StatusNotFound {
		t.Errorf("eve's lines are answered %s, want 404", r)
	}
	if got := w.history(team, "cats", "r1"); len(got) != 1 {
		t.Errorf("the run has the lines %v, want one", got)
	}
	if got := projectID(w, team, "dogs"); got != nil {
		t.Errorf("eve made the project %v", got)
	}

	p := s.signInAs(eve)
	p.expect("404")
	for _, path := range []string{"/" + team + "/cats", "/" + team + "/cats/runs/r1", "/" + team + "/cats/artifacts/model/net/v0", "/" + team + "/model-registry"} {
		if got := p.status(s.url + path); got != http.StatusNotFound {
			t.Errorf("%s answers eve %d, want 404", path, got)
		}
	}
}

func TestDocumentsThatDoNotFitTheSchema(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	w := wire{t, s, s.newPerson("ada").key}
	w.ask(`mutation { launchRocket { id } }`, nil).refused(t, `"launchRocket"`)
	w.ask(`{ viewer { shoeSize } }`, nil).refused(t, `"shoeSize"`, `"User"`)
	w.ask(`{ viewer {`, nil).refused(t)
	w.ask(`query($e: String!) { entity(name: $e) { id } }`, object{"e": nil}).refused(t)
	for name, body := range map[string]string{"no JSON": `{"query`, "a list": `[]`, "nothing": ``, "no query": `{"variables":{}}`} {
		if r := w.send("POST", "/graphql", body); r.status != http.StatusBadRequest || len(r.errors()) != 1 {
			t.Errorf("%s answers %s, want 400 with one error", name, r)
		}
	}
}

// names that cannot be anything's.
var badNames = map[string]string{
	"a slash":       "a/b",
	"a colon":       "a:b",
	"the parent":    "..",
	"only spaces":   "   ",
	"a line break":  "a\nb",
	"129 letters":   strings.Repeat("x", 129),
	"a zero byte":   "a\x00b",
	"a hash":        "a#b",
	"a percent":     "a%2fb",
	"a backslash":   `a\b`,
	"spaces around": " a ",
}

func TestNamesThatCannotBe(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada := s.newPerson("ada")
	w := wire{t, s, ada.key}
	create := func(t *testing.T, name, kind string) reply {
		return wire{t, s, ada.key}.createArtifact(object{"entityName": ada.name, "projectName": "cats", "artifactTypeName": kind, "artifactCollectionName": name, "digest": hexDigest(nil), "digestAlgorithm": "MANIFEST_MD5"})
	}
	with := func(more object) map[string]string {
		all := map[string]string{}
		for k, v := range badNames {
			all[k] = v
		}
		for k, v := range more {
			all[k] = v.(string)
		}
		return all
	}
	for what, name := range with(object{"a registry's": "model-registry", "another registry's": "wandb-registry-model"}) {
		t.Run("project/"+what, func(t *testing.T) {
			wire{t, s, ada.key}.upsertRun(object{"modelName": name, "name": "r1"}).refused(t)
			wire{t, s, ada.key}.createArtifact(object{"entityName": ada.name, "projectName": name, "artifactTypeName": "model", "artifactCollectionName": "net", "digest": hexDigest(nil), "digestAlgorithm": "MANIFEST_MD5"}).refused(t)
		})
	}
	for what, name := range with(nil) {
		t.Run("run/"+what, func(t *testing.T) {
			wire{t, s, ada.key}.upsertRun(object{"modelName": "cats", "name": name}).refused(t)
		})
	}
	for what, name := range with(object{"nothing": "", "what clients call nothing": "None"}) {
		t.Run("artifact/"+what, func(t *testing.T) { create(t, name, "model").refused(t) })
	}
	for what, kind := range map[string]string{"a slash": "a/b", "a colon": "a:b", "nothing": "", "129 letters": strings.Repeat("x", 129)} {
		t.Run("type/"+what, func(t *testing.T) { create(t, "net", kind).refused(t) })
	}
	if got := projectID(w, ada.name, "cats"); got != nil {
		t.Errorf("what was refused left the project %v", got)
	}
}

func TestNamesOfPeopleThatCannotBe(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	for _, name := range []string{"a/b", "a:b", "..", "", "-", "gr🌱n", strings.Repeat("x", 129), "login", "graphql", "Settings", "a b"} {
		if out, code := tryGreenroom(t, s.data, "", "user", "add", "--", name); code == 0 || strings.Contains(out, "db:") || strings.Count(out, "\n") != 1 {
			t.Errorf("user add %q ends with %d and says %q, want one sentence", name, code, out)
		}
	}
}

func TestAliasesThatCannotBe(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada := s.newPerson("ada")
	w := wire{t, s, ada.key}
	d := w.committed(ada.name, "cats", "net", "a.bin", "a")
	for what, alias := range map[string]string{"a slash": "a/b", "a colon": "a:b", "nothing": "", "129 letters": strings.Repeat("x", 129), "another's number": "v7"} {
		r := w.ask(`mutation($in: AddAliasesInput!) { addAliases(input: $in) { success } }`, object{"in": object{"artifactID": d.id, "aliases": []object{
			{"entityName": ada.name, "projectName": "cats", "artifactCollectionName": "net", "alias": "good"},
			{"entityName": ada.name, "projectName": "cats", "artifactCollectionName": "net", "alias": alias},
		}}})
		if len(r.errors()) != 1 {
			t.Errorf("%s is answered %s", what, r)
		}
		r.refused(t)
	}
	got := fmt.Sprint(w.answer(`query($id: ID!) { artifact(id: $id) { aliases { alias } } }`, object{"id": d.id}, "artifact", "aliases"))
	if strings.Contains(got, "good") {
		t.Errorf("the good alias of a refused call was set: %s", got)
	}
}

func TestManifestOfFilesThatNeverCame(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada := s.newPerson("ada")
	w := wire{t, s, ada.key}
	files := map[string]string{"ghost.bin": "boo"}
	d := w.draft(ada.name, "cats", "net", files)
	if r := d.sendManifest(files); r.status == http.StatusOK {
		d.commit().refused(t, "ghost.bin")
	} else {
		r.refused(t, "ghost.bin")
	}
	if got := d.version(); got != nil {
		t.Errorf("there is a version %v of it", got)
	}
	// Nothing is spoiled: the file comes late, and the same artifact stands.
	if r := d.send("PUT", d.address("ghost.bin", "boo"), "boo"); r.status != http.StatusOK {
		t.Fatal(r)
	}
	d.sendManifest(files)
	if r := d.commit(); len(r.errors()) > 0 || d.version() != 0.0 {
		t.Errorf("committed late: %s, version %v, want 0", r, d.version())
	}
}

func TestBytesThatAreNotWhatWasAnnounced(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada := s.newPerson("ada")
	w := wire{t, s, ada.key}
	d := w.draft(ada.name, "cats", "net", map[string]string{"net.bin": "good"})
	d.send("PUT", d.address("net.bin", "good"), "evil").refused(t, "net.bin")
	d.sendManifest(map[string]string{"net.bin": "good"})
	d.commit().refused(t, "net.bin")
	if got := d.version(); got != nil {
		t.Errorf("there is a version %v of it", got)
	}

	d = w.draft(ada.name, "cats", "other", map[string]string{"net.bin": "good"})
	d.send("PUT", d.address("net.bin", "good"), "good")
	d.sendManifest(map[string]string{"else.bin": "good"})
	d.commit().refused(t)
	if got := d.version(); got != nil {
		t.Errorf("an artifact whose digest is not that of its manifest became version %v", got)
	}
}

func TestUploadThatBreaksOff(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada := s.newPerson("ada")
	w := wire{t, s, ada.key}
	text := strings.Repeat("weights ", 1000)
	files := map[string]string{"net.bin": text}
	d := w.draft(ada.name, "cats", "net", files)
	address, err := url.Parse(d.address("net.bin", text))
	if err != nil {
		t.Fatal(err)
	}
	c, err := net.Dial("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(c, "PUT %s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n\r\n%s", address.RequestURI(), s.addr, len(text), text[:100])
	if err := c.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	_ = c.SetReadDeadline(time.Now().Add(20 * time.Second))
	answer := make([]byte, 12)
	if _, err := c.Read(answer); err == nil && string(answer) != "HTTP/1.1 400" {
		t.Errorf("half an upload is answered %s", answer)
	}
	c.Close()
	d.sendManifest(files)
	d.commit().refused(t, "net.bin")
	if got := d.version(); got != nil {
		t.Errorf("half a file became version %v", got)
	}
	if r := d.send("PUT", address.String(), text); r.status != http.StatusOK {
		t.Errorf("the whole file, sent again, is answered %s", r)
	}
	d.sendManifest(files)
	if r := d.commit(); len(r.errors()) > 0 || d.version() != 0.0 {
		t.Errorf("committed after all: %s, version %v, want 0", r, d.version())
	}
}

func TestFileNamesThatLeadElsewhere(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada := s.newPerson("ada")
	w := wire{t, s, ada.key}
	d := w.draft(ada.name, "cats", "net", map[string]string{"a.bin": "a"})
	if r := w.upsertRun(object{"modelName": "cats", "name": "r1"}); len(r.errors()) > 0 {
		t.Fatal(r)
	}
	for _, name := range []string{"../secret", "a/../../secret", "/etc/passwd", "", "a//b", "./a", "a\x00b"} {
		t.Run(strings.ReplaceAll(name, "/", "|"), func(t *testing.T) {
			w, d := w, *d
			w.t, d.t = t, t
			d.reserve(name, "a").refused(t)
			w.ask(`mutation($f: [String!]!, $e: String!) { createRunFiles(input: {entityName: $e, projectName: "cats", runName: "r1", files: $f}) { runID files { name uploadUrl } } }`,
				object{"e": ada.name, "f": []string{name}}).refused(t)
			if r := d.sendManifest(map[string]string{name: "a"}); r.status == http.StatusOK {
				d.commit().refused(t)
			} else {
				r.refused(t)
			}
		})
	}
	if got := d.version(); got != nil {
		t.Errorf("there is a version %v of it", got)
	}
	at := d.address("a.bin", "a")
	for _, tampered := range []string{strings.Replace(at, "a.bin", "b.bin", 1), strings.Replace(at, "a.bin", "..%2f..%2fsecret", 1), at + "x"} {
		if r := d.send("PUT", tampered, "a"); r.status != http.StatusForbidden && r.status != http.StatusNotFound && r.status != http.StatusBadRequest {
			t.Errorf("the address %s, which was not given out, is answered %s", tampered, r)
		}
	}
}

// What is more than a run takes is refused at the start, in words that the terminal shows.
func TestMoreThanARunTakes(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada := s.newPerson("ada")
	printed, code := deskOf(t, s, ada, newest).run(`
import wandb
wandb.init(project="cats", id="r1", tags=[f"t{i}" for i in range(1001)], settings=wandb.Settings(console="off"))
`).wait()
	if code == 0 || !strings.Contains(printed, "These are 1001 tags; there can be 1000.") {
		t.Errorf("the script ended with %d and printed\n%s", code, printed)
	}
	if got := projectID(wire{t, s, ada.key}, ada.name, "cats"); got != nil {
		t.Errorf("what was refused left the project %v", got)
	}
}

func TestLinesThatAreNone(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada := s.newPerson("ada")
	w := wire{t, s, ada.key}
	if r := w.upsertRun(object{"modelName": "cats", "name": "r1"}); len(r.errors()) > 0 {
		t.Fatal(r)
	}
	lines := func(offset int, content string) string {
		return fmt.Sprintf(`{"files":{"wandb-history.jsonl":{"offset":%d,"content":[%s]}}}`, offset, content)
	}
	const two = `"{\"_step\":0,\"acc\":0.5}","{\"_step\":1,\"acc\":NaN}"`
	for range 2 { // a request whose answer was lost is sent again
		if r := w.stream(ada.name, "cats", "r1", lines(0, two)); r.status != http.StatusOK {
			t.Fatal(r)
		}
	}
	if got := w.history(ada.name, "cats", "r1"); len(got) != 2 {
		t.Errorf("the same lines sent twice make %q, want two lines", got)
	}
	for _, body := range []string{`{"files":`, `"text"`, `[1]`, lines(2, `7`)} {
		r := w.stream(ada.name, "cats", "r1", body)
		if r.status != http.StatusBadRequest || len(r.errors()) != 1 {
			t.Errorf("the body %s is answered %s, want 400 with one error", body, r)
		}
	}
	if r := w.stream(ada.name, "cats", "nobody", `{}`); r.status != http.StatusNotFound {
		t.Errorf("lines of a run that is not there are answered %s, want 404", r)
	}
	// A line that is no object is dropped; the run goes on.
	if r := w.stream(ada.name, "cats", "r1", lines(2, `"oops"`)); r.status != http.StatusOK {
		t.Errorf("a line that is no object is answered %s, want 200", r)
	}
	if r := w.stream(ada.name, "cats", "r1", lines(3, `"{\"_step\":2,\"acc\":1}"`)); r.status != http.StatusOK {
		t.Fatal(r)
	}
	got := fmt.Sprint(w.history(ada.name, "cats", "r1"))
	if !contains(got, `"_step":0`, `"_step":1`, "NaN", `"_step":2`) || strings.Contains(got, "oops") {
		t.Errorf("the run has %s", got)
	}
}
