package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Who administers an organization makes a team and is in it at once; a name that cannot be says why, and stays to be mended.
func TestTeamIsMade(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada, bob := s.newPerson("ada", "--admin"), s.newPerson("bob")
	taken, team := s.newTeam("taken", bob), fresh("birds")
	for _, run := range []bool{true, false} {
		p := s.signInAs(ada)
		p.expect("422") // the names that cannot be
		p.scripts(run)
		for name, problem := range map[string]string{
			"two words": "Use letters, digits",
			taken:       "taken",
		} {
			p.open(s.url + "/settings/teams")
			p.fill("name", name)
			p.press("Make team")
			p.shows(problem)
			p.until("what was typed is gone", fmt.Sprintf(`document.querySelector("main [name=name]").value === %q`, name))
			if run {
				accessible(t, p)
			}
		}
		p.fill("name", team)
		p.press("Make team")
		p.shows("Made the team "+team+".", ada.name, "you", "The only one: make somebody else one first")
		p.open(s.url + "/" + team)
		p.shows(team)
		p.open(s.url + "/settings/teams")
		p.shows(team, "admin")
		team = fresh("birds")
	}

	p := s.signInAs(bob)
	p.open(s.url + "/settings/teams")
	p.shows(taken, "Administrators of an organization make its teams.")
	if ask(p, chromedp.Evaluate[bool](`!!document.querySelector("main form")`)) {
		t.Error("who may not make teams is offered to")
	}
}

// Members are found while one types, change roles in place, and come back from being removed.
func TestMembersOfTeam(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada := s.newPerson("ada")
	var others []person
	for range 5 {
		others = append(others, s.newPerson("member"))
	}
	bob := others[2].name
	team := s.newTeam("crowd", ada, others...)
	at := s.url + "/settings/teams/" + team
	p := s.signInAs(ada)
	p.open(at)
	p.shows("The only one: make somebody else one first")
	p.shot("members")
	accessible(t, p)
	p.theme("dark")
	accessible(t, p)
	p.size(390, 844)
	p.fits("/settings/teams/" + team)
	accessible(t, p)
	p.size(1280, 900)
	rows := func(n int) string {
		return fmt.Sprintf(`document.querySelectorAll(".members tbody tr").length === %d`, n)
	}

	p.do(chromedp.SendKeys(chromedp.CSS(`main [name=q]`), strings.ToUpper(bob)))
	p.until("typing does not narrow the list", rows(1))
	p.until("the address does not keep what was typed", `location.search.length > 3`)

	role := fmt.Sprintf(`[aria-label^="Role of %s:"]`, bob)
	p.click(role)
	p.until("the menu does not open", `!!document.querySelector(".roles[open]")`)
	accessible(t, p)
	p.shot("role")
	p.click(`.roles[open] button[value=viewer]`)
	p.shows(bob + " is now viewer.")
	p.until("the row does not say so, or the others came back", rows(1)+fmt.Sprintf(` && document.querySelector(%q).innerText.includes("viewer")`, role))
	p.until("the focus is lost", fmt.Sprintf(`document.activeElement === document.querySelector(%q)`, role))
	p.press("Undo")
	p.shows(bob + " is now member.")

	p.press("Remove " + bob)
	p.shows("Removed " + bob + ".")
	p.until("bob is still there", rows(5))
	p.press("Undo")
	p.shows("Added " + bob + " as member.")
	p.until("bob is not back", rows(6))
	member := s.signInAs(others[2])
	member.open(at)
	member.shows("Members", "you")

	p.press("Remove " + bob)
	p.until("bob is still there", rows(5))
	p.fill("person", bob)
	p.do(chromedp.SendKeys(chromedp.CSS(`[name=person]`), kb.Enter))
	p.shows("Added " + bob + " as member.")

	member.open(at)
	member.press("Leave " + team)
	member.shows("You will not see what belongs to " + team)
	accessible(t, member)
	member.submit(`.ask[open] form`)
	member.shows("Left "+team+".", "You are in no team.")

	p.open(at)
	p.scripts(false)
	p.open(at)
	p.send("Remove " + others[0].name)
	p.shows("Removed " + others[0].name + ".")
	p.send("Undo")
	p.shows("Added " + others[0].name + " as member.")
}

// An invitation comes with the words to send it in, and says what became of it.
func TestInvitationsOfTeam(t *testing.T) {
	t.Parallel()
	s := sharedServer(t)
	ada := s.newPerson("ada")
	team := s.newTeam("hosts", ada)
	p := s.signInAs(ada)
	p.open(s.url + "/settings/teams/" + team)
	p.fill("for", "grace@partner.example")
	p.press("Make link")
	p.shows("Send it to grace@partner.example", "Good until", "this link lets you join the team "+team, "Write to grace@partner.example")
	accessible(t, p)
	p.shot("invitation")
	letter := ask(p, chromedp.Evaluate[string](`new URL(document.querySelector(".made a[href^=mailto]").href).searchParams.get("body")`))
	if link := strings.TrimSpace(p.see(".made .cmd code")); !contains(letter, "\r\n"+link+"\r\n", team) {
		t.Errorf("the letter lacks %s: %q", link, letter)
	}
	p.press("I have sent it")
	p.until("the link is shown twice", `document.readyState === "complete" && !document.querySelector(".made")`)
	p.shows("grace@partner.example", "ends in")
	p.press("Take back the invitation grace@partner.example")
	p.press("Take it back")
	p.shows("Took the invitation back.")
	p.press("1 invitation of the last 30 days that ended")
	p.shows("taken back just now")
	accessible(t, p)
}
