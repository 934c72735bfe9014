package e2e

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os/exec"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
)

// Requests come twice when an answer was lost, in other batches when a run is synced again, and late when something on the
// way kept them.

// A replay is the lines of a run, to be sent in any pieces.
type replay struct {
	wire
	entity string
	files  map[string][]string
}

const replayed = 400 // lines of each file

func newReplay(w wire, entity string) replay {
	p := replay{w, entity, map[string][]string{}}
	for i := range replayed {
		p.files["wandb-history.jsonl"] = append(p.files["wandb-history.jsonl"], fmt.Sprintf(`{"_step":%d,"i":%[1]d,"odd/%d":%[1]d}`, i, i%7))
		p.files["wandb-events.jsonl"] = append(p.files["wandb-events.jsonl"], fmt.Sprintf(`{"_wandb":true,"system.cpu":%d}`, i))
		p.files["output.log"] = append(p.files["output.log"], fmt.Sprintf("2026-11-23T10:00:00.000000 line %d", i))
	}
	return p
}

// some sends the lines [from, to) of every file.
func (p replay) some(from, to int) {
	p.t.Helper()
	files := object{}
	for name, lines := range p.files {
		files[name] = object{"offset": from, "content": lines[from:to]}
	}
	body, err := json.Marshal(object{"files": files})
	if err != nil {
		p.t.Error(err)
	}
	if r := p.stream(p.entity, "cats", "again", string(body)); r.status != http.StatusOK {
		p.t.Errorf("the lines from %d to %d are answered %s", from, to, r)
	}
}

func TestLinesRepeated(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada := s.newPerson("ada")
	w := wire{t, s, ada.key}
	if r := w.upsertRun(object{"modelName": "cats", "name": "again"}); len(r.errors()) > 0 {
		t.Fatal(r)
	}
	seed := rand.Uint64()
	t.Logf("the seed is %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	piece := func(below int) (from, to int) {
		from = random.IntN(below)
		return from, min(below, from+1+random.IntN(60))
	}
	p := newReplay(w, ada.name)
	for sent := 0; sent < replayed/2; {
		to := min(replayed/2, sent+1+random.IntN(50))
		for range 1 + random.IntN(3) {
			p.some(sent, to)
		}
		sent = to
		p.some(piece(sent))
	}
	// From here on several at once, as after a proxy that kept some; the last half comes in any order.
	var pieces [][2]int
	for from := 0; from < replayed; from += 37 {
		pieces = append(pieces, [2]int{from, min(replayed, from+37)})
	}
	for range 40 {
		from, to := piece(replayed)
		pieces = append(pieces, [2]int{from, to})
	}
	random.Shuffle(len(pieces), func(i, j int) { pieces[i], pieces[j] = pieces[j], pieces[i] })
	var wg sync.WaitGroup
	for part := range slices.Chunk(pieces, (len(pieces)+5)/6) {
		wg.Go(func() {
			for _, piece := range part {
				p.some(piece[0], piece[1])
			}
		})
	}
	wg.Wait()
	if r := w.stream(ada.name, "cats", "again", `{"complete":true,"exitcode":0}`); r.status != http.StatusOK {
		t.Error(r)
	}
	p.some(0, 50)
	p.holds()
}

// holds demands every line once, in order.
func (p replay) holds() {
	p.t.Helper()
	run, _ := p.answer(`query($e: String) { project(name: "cats", entityName: $e) { run(name: "again") {
		state historyLineCount logLineCount eventsLineCount historyKeys history(samples: 1000) events(samples: 1000) logLines(first: 1000) { edges { node { number line } } } } } }`,
		object{"e": p.entity}, "project", "run").(object)
	for name, want := range map[string]any{"state": "finished", "historyLineCount": float64(replayed), "logLineCount": float64(replayed), "eventsLineCount": float64(replayed)} {
		if run[name] != want {
			p.t.Errorf("%s is %v, want %v", name, run[name], want)
		}
	}
	for name, file := range map[string]string{"history": "wandb-history.jsonl", "events": "wandb-events.jsonl"} {
		var want []any
		for _, line := range p.files[file] {
			want = append(want, line)
		}
		if !reflect.DeepEqual(run[name], want) {
			p.t.Errorf("the %s is %v", name, run[name])
		}
	}
	for name, want := range map[string]float64{"i": replayed, "odd/3": replayed / 7} {
		keys, _ := run["historyKeys"].(object)["keys"].(object)
		if got := fmt.Sprint(keys[name]); !strings.Contains(got, fmt.Sprintf("count:%v", want)) {
			p.t.Errorf("of %s there are %s, want %v", name, got, want)
		}
	}
	printed := run["logLines"].(object)["edges"].([]any)
	for i, edge := range printed {
		if node := edge.(object)["node"].(object); node["number"] != float64(i) || node["line"] != fmt.Sprintf("line %d", i) {
			p.t.Fatalf("line %d of the output is %v", i, node)
		}
	}
	if len(printed) != replayed {
		p.t.Errorf("%d lines were printed, want %d", len(printed), replayed)
	}
}

// events counts what the log tells of a person's doings, by name.
func (s *server) events(who person) map[string]int {
	s.t.Helper()
	b := s.sql("select json_object_agg(name, n) from (select name, count(*) as n from events where actor = '" + who.name + "' group by name) as e")
	told := map[string]int{}
	if err := json.Unmarshal([]byte(b), &told); err != nil {
		s.t.Fatalf("%v: %s", err, b)
	}
	return told
}

// sql asks the server's own Postgres behind its back.
func (s *server) sql(q string) string {
	s.t.Helper()
	if _, err := exec.LookPath("psql"); err != nil {
		without(s.t, "There is no psql here.")
	}
	_, socket := s.postmaster()
	b, err := exec.CommandContext(s.t.Context(), "psql", "-h", socket, "-U", "greenroom", "-d", "greenroom", "-Atc", q).CombinedOutput()
	if err != nil {
		s.t.Fatalf("%v: %s", err, b)
	}
	return string(b)
}

// thrice does something twice at once, then once more, and returns what all of them answer if that is the same.
func thrice(t *testing.T, what string, do func() any) any {
	t.Helper()
	answers := make([]any, 3)
	var wg sync.WaitGroup
	for i := range 2 {
		wg.Go(func() { answers[i] = do() })
	}
	wg.Wait()
	answers[2] = do()
	for _, other := range answers[1:] {
		if !reflect.DeepEqual(other, answers[0]) {
			t.Errorf("%s, repeated, answers %v", what, answers)
		}
	}
	return answers[2]
}

func TestMutationsRepeated(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada := s.newPerson("ada")
	w := wire{t, s, ada.key}
	for _, name := range []string{"maker", "user"} {
		inserted := 0
		var mu sync.Mutex
		thrice(t, "upsertBucket", func() any {
			b, _ := w.answer(`mutation($in: UpsertBucketInput!) { upsertBucket(input: $in) { inserted bucket { id } } }`,
				object{"in": object{"modelName": "cats", "name": name, "config": `{"lr":{"value":0.1}}`}}, "upsertBucket").(object)
			mu.Lock()
			defer mu.Unlock()
			if b["inserted"] == true {
				inserted++
			}
			return b["bucket"]
		})
		if inserted != 1 {
			t.Errorf("the run was made %d times", inserted)
		}
	}
	const text = "weights"
	files := map[string]string{"net.bin": text}
	d := &draft{wire: w, entity: ada.name, project: "cats", name: "net"}
	artifact := func() any {
		return w.answer(`mutation($in: CreateArtifactInput!) { createArtifact(input: $in) { artifact { id state } } }`, object{"in": object{
			"entityName": ada.name, "projectName": "cats", "runName": "maker", "artifactTypeName": "model", "artifactCollectionName": "net", "digest": hexDigest(files),
			"digestAlgorithm": "MANIFEST_MD5", "enableDigestDeduplication": true, "clientID": "client-" + ada.name, "sequenceClientID": "sequence-" + ada.name,
			"aliases": []object{{"artifactCollectionName": "net", "alias": "good"}}}}, "createArtifact", "artifact")
	}
	made, _ := thrice(t, "createArtifact", artifact).(object)
	d.id, _ = made["id"].(string)
	d.manifest, _ = thrice(t, "createArtifactManifest", func() any { return d.announce("", false)["id"] }).(string)
	address := d.address("net.bin", text)
	for _, c := range []struct {
		text   string
		status int
	}{{"Weights", 400}, {text, 200}, {"Weights", 400}, {"weight", 400}, {text, 200}} {
		if r := w.send("PUT", address, c.text); r.status != c.status {
			t.Errorf("the bytes %q are answered %s, want %d", c.text, r, c.status)
		}
	}
	thrice(t, "the manifest", func() any { return d.sendManifest(files).status })
	thrice(t, "commitArtifact", func() any { return d.commit().String() })
	if r := d.commit(); len(r.errors()) > 0 {
		t.Errorf("commitArtifact answers %s", r)
	}
	if again := thrice(t, "createArtifact", artifact).(object); again["id"] != d.id || again["state"] != "COMMITTED" {
		t.Errorf("createArtifact after commitArtifact answers %v, want %s, committed", again, d.id)
	}
	if r := w.send("PUT", address, "Weights"); r.status/100 == 2 {
		t.Errorf("other bytes after commitArtifact are answered %s", r)
	}
	thrice(t, "useArtifact", func() any {
		return w.answer(`mutation($in: UseArtifactInput!) { useArtifact(input: $in) { artifact { id } } }`,
			object{"in": object{"entityName": ada.name, "projectName": "cats", "runName": "user", "artifactID": d.id}}, "useArtifact", "artifact", "id")
	})
	thrice(t, "linkArtifact", func() any { return w.link(d, ada.name+"/model-registry/Net", "staging").String() })
	thrice(t, "addAliases", func() any {
		return w.ask(`mutation($in: AddAliasesInput!) { addAliases(input: $in) { success } }`, object{"in": object{"artifactID": d.id, "aliases": []object{
			{"entityName": ada.name, "projectName": "cats", "artifactCollectionName": "net", "alias": "best"}}}}).String()
	})

	got := w.answer(`query($e: String) { project(name: "cats", entityName: $e) { artifactType(name: "model") { artifactCollection(name: "net") { artifacts { totalCount
		edges { version node { state usedBy { edges { node { name } } } artifactMemberships { edges { node { versionIndex artifactCollection { name } aliases { alias } } } } } } } } } } }`,
		object{"e": ada.name}, "project", "artifactType", "artifactCollection", "artifacts")
	b, _ := json.Marshal(got)
	const want = `{"edges":[{"node":{"artifactMemberships":{"edges":[` +
		`{"node":{"aliases":[{"alias":"v0"},{"alias":"latest"},{"alias":"good"},{"alias":"best"}],"artifactCollection":{"name":"net"},"versionIndex":0}},` +
		`{"node":{"aliases":[{"alias":"v0"},{"alias":"latest"},{"alias":"staging"}],"artifactCollection":{"name":"Net"},"versionIndex":0}}]},` +
		`"state":"COMMITTED","usedBy":{"edges":[{"node":{"name":"user"}}]}},"version":"v0"}],"totalCount":1}`
	if string(b) != want {
		t.Errorf("there is %s\nwant %s", b, want)
	}
	told := s.events(ada)
	t.Logf("the log tells of %v", told)
	for name, want := range map[string]int{"run.created": 2, "artifact.committed": 1, "version.linked": 1, "collection.created": 2, "alias.set": 3, "alias.moved": 0} {
		if told[name] != want {
			t.Errorf("the log tells of %s %d times, want %d", name, told[name], want)
		}
	}
}

// A file of a run that comes again and otherwise is one of them, never some of each.
func TestRunFileRepeated(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada := s.newPerson("ada")
	w := wire{t, s, ada.key}
	if r := w.upsertRun(object{"modelName": "cats", "name": "r1"}); len(r.errors()) > 0 {
		t.Fatal(r)
	}
	addresses := []string{}
	for range 2 {
		a, _ := w.answer(`mutation($e: String!) { createRunFiles(input: {entityName: $e, projectName: "cats", runName: "r1", files: ["notes.txt"]}) { files { uploadUrl } } }`,
			object{"e": ada.name}, "createRunFiles", "files").([]any)
		addresses = append(addresses, a[0].(object)["uploadUrl"].(string))
	}
	a, b := strings.Repeat("a", 3<<20), strings.Repeat("b", 3<<20)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			if r := w.send("PUT", addresses[i%2], []string{a, b}[i/2%2]); r.status != http.StatusOK {
				t.Errorf("a file of a run is answered %s", r)
			}
		})
	}
	wg.Wait()
	files := func() (n int, text string) {
		edges, _ := w.answer(`query($e: String) { project(name: "cats", entityName: $e) { run(name: "r1") { files(names: ["notes.txt"]) { edges { node { directUrl } } } } } }`,
			object{"e": ada.name}, "project", "run", "files", "edges").([]any)
		return len(edges), w.send("GET", edges[0].(object)["node"].(object)["directUrl"].(string), "").body
	}
	if n, text := files(); n != 1 || text != a && text != b {
		t.Errorf("there are %d files, the first with %d bytes, %d of them a", n, len(text), strings.Count(text, "a"))
	}
	for _, last := range []string{b, b, a, a} {
		if r := w.send("PUT", addresses[0], last); r.status != http.StatusOK {
			t.Error(r)
		}
		if n, text := files(); n != 1 || text != last {
			t.Errorf("there are %d files, the last of which is not what came last", n)
		}
	}
}
