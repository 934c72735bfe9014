package e2e

import (
	"fmt"
	"testing"
)

// What others changed is told on the landing page and among all changes, and is old once somebody says that they have seen it,
// on either page and with or without a script.
func TestChangesAreSeen(t *testing.T) {
	t.Parallel()
	s := startServer(t) // where nobody else changes anything
	ada, bob := s.newPerson("ada"), s.newPerson("bob")
	team := s.newTeam("vision", ada, bob)
	by := s.signInAs(ada)
	add := func(model string) {
		t.Helper()
		by.open(s.url + "/" + team + "/model-registry/-/new")
		by.fill("name", model)
		by.press("Create model")
		by.shows("Made the model " + model + ".")
	}
	add("Ants")
	p := s.signInAs(bob)
	p.open(s.url)
	p.until("what was there before the first visit is news", `!document.querySelector(".strip")`)

	add("Bees")
	p.open(s.url)
	p.shows("Since your last visit", ada.name+" created Bees")
	accessible(t, p)
	p.shot("news")
	p.press("All changes")
	p.shows("Changes", ada.name+" created Bees", "What follows is from before your last visit ended", ada.name+" created Ants")
	accessible(t, p)
	p.shot("changes")
	p.press("Mark as seen")
	p.until("it is news still, or the page is another", `document.readyState === "complete" && location.pathname === "/changes" && !document.querySelector("tr.grp, .head button")`)
	p.shows(ada.name + " created Bees")
	p.open(s.url)
	p.until("the landing page tells it again", `!document.querySelector(".strip")`)

	for i, run := range []bool{true, false} {
		p.scripts(run)
		add(fmt.Sprint("Cats ", i))
		p.open(s.url)
		p.shows(fmt.Sprint(ada.name, " created Cats ", i))
		p.press("Mark as seen")
		p.until("it is news still, or the page is another", `document.readyState === "complete" && location.pathname === "/" && !document.querySelector(".strip")`)
	}
}
