package views

import (
	"net/url"
	"strconv"

	"greenroom/registry"
)

// Where the frame of every page leads.
const (
	HomeURL     = "/"
	ProjectsURL = "/projects"
	KeysURL     = "/settings/keys"
	AccountURL  = "/settings/account"
	SignInURL   = "/login"
	SignOutURL  = "/logout"
	WelcomeURL  = "/welcome"

	PasswordURL  = "/settings/password"
	SessionsURL  = "/settings/sessions"
	TeamsURL     = "/settings/teams"
	AuthorizeURL = "/authorize"
)

// SignInTo is the sign-in page that leads on to a page of ours.
func SignInTo(next string) string { return SignInURL + "?next=" + url.QueryEscape(next) }

// SessionURL is one of one's own sessions.
func SessionURL(id int64) string { return SessionsURL + "/" + strconv.FormatInt(id, 10) }

// KeyURL is one of one's own API keys.
func KeyURL(id int64) string { return KeysURL + "/" + strconv.FormatInt(id, 10) }

// TeamURL is the page about who belongs to a team.
func TeamURL(team string) string { return TeamsURL + "/" + url.PathEscape(team) }

// MemberURL is a member of a team.
func MemberURL(team, person string) string {
	return TeamURL(team) + "/members/" + url.PathEscape(person)
}

// InviteOfTeamURL is an invitation as the team's administrators see it.
func InviteOfTeamURL(team string, id int64) string {
	return TeamURL(team) + "/invites/" + strconv.FormatInt(id, 10)
}

// InviteURL is an invitation as whoever holds the link sees it.
func InviteURL(token registry.Token) string { return "/invite/" + url.PathEscape(string(token)) }

// RunOfURL is the page of a run that has come in.
func RunOfURL(r registry.Arrival) string {
	return "/" + url.PathEscape(r.Entity) + "/" + url.PathEscape(r.Project) + "/runs/" + url.PathEscape(r.Name)
}
