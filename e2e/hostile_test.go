package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/chromedp/chromedp"
)

// hostile is what a name can be that means harm: it ends an attribute of either kind, and acts where it is taken for HTML.
const hostile = `"><img src=x onerror=ran=1> ' <b>&amp;`

// Whatever people can name is shown as they wrote it, on every page where it stands, and does nothing.
func TestHostileNames(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada := s.newPerson("ada")
	team := s.newTeam("vision", ada)
	w := wire{t, s, ada.key}
	quoted := func(text string) string {
		b, _ := json.Marshal(text)
		return string(b)
	}
	in := object{"entityName": team, "modelName": hostile, "name": "r1", "displayName": hostile, "notes": hostile, "tags": []string{hostile}, "groupName": hostile, "jobType": hostile,
		"config": `{` + quoted(hostile) + `:{"value":` + quoted(hostile) + `}}`}
	if r := w.upsertRun(in); len(r.errors()) > 0 {
		t.Fatal(r)
	}
	line := fmt.Sprintf(`{"_step":0,%s:1,"loss":0.5,"shot":{"_type":"image-file","path":"media/images/a.png","caption":%[2]s}}`, quoted(hostile), quoted(hostile))
	body := fmt.Sprintf(`{"files":{"wandb-history.jsonl":{"offset":0,"content":[%s]},"wandb-summary.json":{"offset":0,"content":[%s]},"output.log":{"offset":0,"content":[%s]}},"complete":true,"exitcode":0}`,
		quoted(line), quoted(`{`+quoted(hostile)+`:`+quoted(hostile)+`}`), quoted("2026-01-01T00:00:00.000000 "+hostile))
	if r := w.stream(team, url.PathEscape(hostile), "r1", body); r.status != http.StatusOK {
		t.Fatal(r)
	}
	d := w.made(team, hostile, "r1", hostile, hostile, "weights")
	w.answer(`mutation($in: UpdateArtifactInput!) { updateArtifact(input: $in) { artifact { id } } }`,
		object{"in": object{"artifactID": d.id, "description": hostile, "metadata": `{` + quoted(hostile) + `:` + quoted(hostile) + `}`, "aliases": nil}})
	link := object{"artifactID": d.id, "artifactPortfolioName": hostile, "entityName": team, "projectName": "model-registry", "aliases": []object{{"artifactCollectionName": hostile, "alias": "<b>\"'"}}}
	if r := w.ask(`mutation($in: LinkArtifactInput!) { linkArtifact(input: $in) { versionIndex } }`, object{"in": link}); len(r.errors()) > 0 {
		t.Fatal(r)
	}

	p := s.signInAs(ada)
	p.open(s.url + "/settings/account")
	p.send("Save", "full_name", hostile)
	name := url.PathEscape(hostile)
	model, project := "/"+team+"/model-registry/"+name, "/"+team+"/"+name
	for path, shown := range map[string]int{ // how often at least, not counting the head and the bars
		"/": 0, "/changes": 1, "/search?q=onerror": 2, "/" + team + "/model-registry": 1, model: 1, model + "?tab=card": 0, model + "?tab=use": 0, model + "/card": 0,
		model + "/v0": 1, model + "/v0/metrics": 0, model + "/v0/metadata": 1, model + "/v0/files": 1, model + "/v0/files/" + name: 1, model + "/v0/usage": 1, model + "/v0/history": 1,
		model + "/-/link": 0, model + "/-/rename": 0, model + "/-/delete": 1, model + "/compare?v=0": 1, "/" + team: 1, project: 1, project + "?group=group": 1, project + "/artifacts": 1,
		project + "/artifacts/model/" + name: 1, project + "/artifacts/model/" + name + "/v0": 1, project + "/runs/r1": 2, project + "/runs/r1/overview": 3, project + "/runs/r1/logs": 1,
		project + "/runs/r1/media": 0, project + "/runs/r1/files": 0, project + "/runs/r1/artifacts": 1, project + "/runs/r1/delete": 1, "/settings/account": 0, "/settings/teams/" + team: 1,
	} {
		if got := ask(p, chromedp.Evaluate[int](fmt.Sprintf("fetch(%q).then(r => r.status)", path), chromedp.EvalAwaitPromise)); got != 200 {
			t.Errorf("%s answers %d", path, got)
			continue
		}
		p.open(s.url + path)
		if n := ask(p, chromedp.Evaluate[int](fmt.Sprintf(`document.querySelector("main").innerText.split(%q).length - 1`, hostile))); n < shown {
			t.Errorf("%s shows the name %d times, want %d", path, n, shown)
		}
		if ask(p, chromedp.Evaluate[bool](`!!window.ran || !!document.querySelector("img[src=x], [onerror]")`)) {
			t.Errorf("%s takes a name for HTML", path)
		}
	}
}

// A page or a drawing that a run keeps is for downloading, and where a browser opens it even so it reaches nothing.
func TestHostileRunFiles(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada := s.newPerson("ada")
	w := wire{t, s, ada.key}
	if r := w.upsertRun(object{"modelName": "cats", "name": "r1"}); len(r.errors()) > 0 {
		t.Fatal(r)
	}
	const trick = "<script>top.document.title = 1</script>"
	files := map[string]string{"trick.html": "<p>A page</p>" + trick, "trick.svg": `<svg xmlns="http://www.w3.org/2000/svg" width="80" height="40"><rect width="80" height="40"/>` + trick + `</svg>`}
	p := s.signInAs(ada)
	for name, text := range files {
		made, _ := w.answer(`mutation($e: String!, $f: [String!]!) { createRunFiles(input: {entityName: $e, projectName: "cats", runName: "r1", files: $f}) { files { uploadUrl } } }`,
			object{"e": ada.name, "f": []string{name}}, "createRunFiles", "files").([]any)
		if r := w.send("PUT", made[0].(object)["uploadUrl"].(string), text); r.status != http.StatusOK {
			t.Fatal(r)
		}
		at := s.url + "/" + ada.name + "/cats/runs/r1/files/" + name
		const asked = `fetch(%q).then(r => ["Content-Disposition", "Content-Security-Policy", "X-Content-Type-Options"].map(h => r.headers.get(h)).join("|"))`
		if got := ask(p, chromedp.Evaluate[string](fmt.Sprintf(asked, at), chromedp.EvalAwaitPromise)); !contains(got, "attachment", "default-src 'none'", "sandbox;", "nosniff") {
			t.Errorf("%s comes with %q", name, got)
		}
	}
}
