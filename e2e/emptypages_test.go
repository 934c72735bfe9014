package e2e

import "testing"

// Where there is nothing yet, pages are as good as where there is much: for somebody new, in a team that has logged nothing, of
// runs that have logged nothing, of a model without versions.
func TestEveryEmptyPage(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	ada, eve := s.newPerson("ada"), s.newPerson("eve")
	team := s.newTeam("vision", ada)
	w := wire{t, s, ada.key}
	w.answer(`mutation($in: UpsertModelInput!) { upsertModel(input: $in) { model { id } } }`, object{"in": object{"name": "dogs", "entityName": team}}, "upsertModel", "model", "id")
	for _, run := range []string{"live", "over"} {
		if r := w.upsertRun(object{"entityName": team, "modelName": "cats", "name": run}); len(r.errors()) > 0 {
			t.Fatal(r)
		}
	}
	if r := w.stream(team, "cats", "over", `{"complete":true,"exitcode":0}`); r.status != 200 {
		t.Fatal(r)
	}
	p := s.signInAs(ada)
	shelf := "/" + team + "/model-registry"
	p.visit(s.url, shelf, 200)
	p.open(s.url + shelf + "/-/new")
	p.fill("name", "Cats")
	p.press("Create model")
	p.shows("No version stands here yet")

	pages := []string{
		shelf + "/Cats", shelf + "/Cats?tab=card", shelf + "/Cats?tab=use", shelf + "/Cats/-/link", shelf + "/Cats/compare", "/greenroom/registry/model",
		"/" + ada.name, "/" + team + "/dogs", "/" + team + "/dogs/artifacts", "/" + team + "/cats/runs/over/move",
	}
	for _, run := range []string{"live", "over"} {
		for _, part := range []string{"", "/overview", "/logs", "/system", "/media", "/files", "/artifacts"} {
			pages = append(pages, "/"+team+"/cats/runs/"+run+part)
		}
	}
	for _, path := range pages {
		p.visit(s.url, path, 200)
	}
	stranger := s.signInAs(eve)
	for _, path := range []string{"/", "/projects", "/changes", "/settings/teams", "/search?q=cats"} {
		stranger.visit(s.url, path, 200)
	}
}

// What somebody may not do, or may not know of, is told on a page like any other.
func TestRefusedPages(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada, team := furnished(t, s)
	vera, bob := s.newPerson("vera"), s.newPerson("bob")
	admin := s.signInAs(ada)
	admin.open(s.url + "/settings/teams/" + team)
	admin.send("Add to team", "person", vera.name, "role", "viewer")
	admin.shows("Added " + vera.name + " as viewer.")

	viewer, stranger := s.signInAs(vera), s.signInAs(bob)
	viewer.expect("403")
	for _, path := range []string{"/" + team + "/cats/runs/r1/rename", "/" + team + "/model-registry/-/new"} {
		viewer.visit(s.url, path, 403)
		viewer.shows("Your role here does not let you")
	}
	admin.expect("404")
	admin.visit(s.url, "/"+team+"/no-such-project", 404)
	stranger.expect("404")
	for _, path := range []string{"/" + team, "/" + team + "/cats/runs/r1", "/" + team + "/model-registry/Cats/v1"} {
		stranger.visit(s.url, path, 404)
	}
}
