package views

import (
	"net/url"
	"strconv"
	"strings"

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
	LookURL      = "/settings/look"
	TeamsURL     = "/settings/teams"
	AuthorizeURL = "/authorize"
	GuideURL     = "/-/guide"
)

// GuidePageURL is a page of the guide, by the name of its file.
func GuidePageURL(name string) string {
	if name == "index" {
		return GuideURL
	}
	return GuideURL + address(name)
}

// What happened to the models that the reader may see.
const (
	ChangesURL = "/changes"
	SeenURL    = "/changes/seen"
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

// TeamFindURL is a team's page with the members that a query asks for.
func TeamFindURL(team string, q registry.TeamQuery) string {
	return TeamURL(team) + query("q", q.Find, "after", q.After)
}

// MembersURL is where members are added to a team.
func MembersURL(team string) string { return TeamURL(team) + "/members" }

// AddMemberURL adds somebody to a team in a role.
func AddMemberURL(team, person string, role registry.Role) string {
	return MembersURL(team) + query("person", person, "role", string(role))
}

// RoleURL gives a member of a team a role.
func RoleURL(team, person string, role registry.Role) string {
	return MemberURL(team, person) + query("role", string(role))
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

// PlaceURL is the page of a registry, or of a project's runs.
func PlaceURL(p registry.Place) string {
	if p.Kind == registry.RegistryPlace && p.Name != registry.OwnRegistry {
		return address(p.EntityName, "registry", p.Name)
	}
	return address(p.EntityName, p.Name)
}

// ArtifactsURL is the page of what a project's scripts logged; artifactType ""
// is for every type.
func ArtifactsURL(p registry.Place, artifactType string) string {
	if artifactType == "" {
		return PlaceURL(p) + "/artifacts"
	}
	return PlaceURL(p) + "/artifacts" + address(artifactType)
}

// ArtifactsListURL is a list of what a project's scripts logged.
func ArtifactsListURL(p registry.Place, q registry.ArtifactsQuery) string {
	return ArtifactsURL(p, q.Type) + query("q", q.Search, "after", q.After)
}

// CollectionURL is the page of a registered model or, in a project, of a source
// of a type.
func CollectionURL(p registry.Place, artifactType, name string) string {
	if p.Kind == registry.RegistryPlace {
		return PlaceURL(p) + address(name)
	}
	return ArtifactsURL(p, artifactType) + address(name)
}

// VersionURL is the page of a version.
func VersionURL(p registry.Place, artifactType, collection string, number int) string {
	return CollectionURL(p, artifactType, collection) + address(registry.VersionName(number))
}

// VersionPartURL is a part of a version's page.
func VersionPartURL(p registry.Place, artifactType, collection string, number int, part registry.VersionPart) string {
	at := VersionURL(p, artifactType, collection, number)
	if part == registry.VersionOverview {
		return at
	}
	return at + address(string(part))
}

// VersionUsersURL is where the runs that used a version are listed.
func VersionUsersURL(p registry.Place, artifactType, collection string, number int) string {
	return VersionPartURL(p, artifactType, collection, number, registry.VersionUsage) + "#" + usersID
}

// VersionFileURL is the page of a file or a folder of a version; "" is the top.
// Programs get the file itself there.
func VersionFileURL(p registry.Place, artifactType, collection string, number int, path string) string {
	at := VersionPartURL(p, artifactType, collection, number, registry.VersionFiles)
	if path == "" {
		return at
	}
	return at + address(strings.Split(path, "/")...)
}

// EntityURL is the page of a person, a team or an organization.
func EntityURL(name string) string { return address(name) }

// ProjectURL is a page of a project's runs.
func ProjectURL(p registry.Place, q registry.ProjectQuery) string {
	values := url.Values{"col": q.Columns, "open": q.Open}
	for _, c := range q.Filter.Conditions {
		values.Add("f", c.String())
	}
	for name, value := range map[string]string{"q": q.Filter.Text(), "sort": q.Order.String(), "group": q.Group, "after": q.After} {
		if value != "" {
			values.Set(name, value)
		}
	}
	if encoded := values.Encode(); encoded != "" {
		return PlaceURL(p) + "?" + encoded
	}
	return PlaceURL(p)
}

// projectNewsURL is what is new on a page of a project's runs.
func projectNewsURL(l registry.ProjectPage) string {
	at := strings.Replace(ProjectURL(l.Place, l.Query), PlaceURL(l.Place), PlaceURL(l.Place)+"/news", 1)
	values := url.Values{"since": {strconv.FormatInt(l.Newest, 10)}}
	for _, c := range l.Columns {
		values.Add("shown", c.Name)
	}
	runs := l.Runs
	for _, g := range l.Groups {
		if g.Open {
			runs = append(runs[:len(runs):len(runs)], g.Runs...)
		}
	}
	for _, r := range runs {
		values.Add("run", r.Name)
	}
	return at + map[bool]string{true: "&", false: "?"}[strings.Contains(at, "?")] + values.Encode()
}

// ExportURL is the runs that a page has found, with its columns, as CSV.
func ExportURL(l registry.ProjectPage) string {
	q := registry.ProjectQuery{Filter: l.Query.Filter, Order: l.Query.Order}
	for _, c := range l.Columns {
		q.Columns = append(q.Columns, c.Name)
	}
	return strings.Replace(ProjectURL(l.Place, q), PlaceURL(l.Place), PlaceURL(l.Place)+"/runs.csv", 1)
}

// TagRunsURL takes a tag and the runs that are to have it.
func TagRunsURL(p registry.Place) string { return PlaceURL(p) + "/runs/tag" }

// RunURL is the page of a run: its charts.
func RunURL(p registry.Place, run string) string { return PlaceURL(p) + "/runs" + address(run) }

// RunPartURL is a part of a run's page.
func RunPartURL(p registry.Place, run string, part registry.RunPart) string {
	if part == registry.RunCharts {
		return RunURL(p, run)
	}
	return RunURL(p, run) + address(string(part))
}

// LogsURL is what a run printed, from a line on.
func LogsURL(p registry.Place, run string, from int64) string {
	return RunPartURL(p, run, registry.RunLogs) + query("from", strconv.FormatInt(from, 10))
}

// RunTagsURL adds a tag to a run and takes one away; with neither, a form says
// which.
func RunTagsURL(p registry.Place, run, add, remove string) string {
	return RunURL(p, run) + "/tags" + query("add", add, "remove", remove)
}

// RunRenameURL gives a run another name; "" is for the form that asks for it.
func RunRenameURL(p registry.Place, run, to string) string {
	return RunURL(p, run) + "/rename" + query("name", to)
}

// RunMoveURL puts a run into another project; "" is for the form that asks which.
func RunMoveURL(p registry.Place, run, project string) string {
	return RunURL(p, run) + "/move" + query("project", project)
}

// RunNotesURL gives a run other notes; nil is for the form that asks for them.
func RunNotesURL(p registry.Place, run string, to *string) string {
	if to == nil {
		return RunURL(p, run) + "/notes"
	}
	return RunURL(p, run) + "/notes?" + url.Values{"notes": {*to}}.Encode()
}

// RunStopURL asks a run to stop.
func RunStopURL(p registry.Place, run string) string { return RunURL(p, run) + "/stop" }

// RunDeleteURL takes a run away.
func RunDeleteURL(p registry.Place, run string) string { return RunURL(p, run) + "/delete" }

// RunRestoreURL brings a run back that was taken away.
func RunRestoreURL(p registry.Place, run string) string { return RunURL(p, run) + "/restore" }

// RunFileURL is a file of a run, to be downloaded.
func RunFileURL(p registry.Place, run, path string) string {
	return RunPartURL(p, run, registry.RunFiles) + address(strings.Split(path, "/")...)
}

// MetricURL is one metric of a run: a page, or JSON to those who ask for it.
func MetricURL(p registry.Place, run, key string) string {
	return RunURL(p, run) + "/metrics?" + url.Values{"key": {key}}.Encode()
}

// LandingURL is a page of registered models: of the registry at one, of all with
// nil.
func LandingURL(one *registry.Place, q registry.LandingQuery) string {
	at := HomeURL
	if one != nil {
		at = PlaceURL(*one)
	}
	starred, order := "", string(q.Order)
	if q.Starred {
		starred = "1"
	}
	if q.Order == registry.ModelsByChange {
		order = ""
	}
	return at + query("q", q.Search, "type", q.Type, "tag", q.Tag, "stage", q.Stage, "by", q.By, "starred", starred,
		"sort", order, "after", q.After, "before", q.Before)
}

// NewModelAnywhereURL asks first which registry a new model is to stand in.
const NewModelAnywhereURL = "/new"

// NewModelURL is the form for a new model in a registry.
func NewModelURL(p registry.Place) string { return PlaceURL(p) + "/-/new" }

// LinkIntoURL is where a version is chosen to be linked into a registered model.
func LinkIntoURL(p registry.Place, artifactType, name string) string {
	return CollectionURL(p, artifactType, name) + "/-/link"
}

// LinkVersionURL is where a registered model is chosen to link a version into.
func LinkVersionURL(p registry.Place, artifactType, collection string, number int) string {
	return VersionURL(p, artifactType, collection, number) + "/-/link"
}

// ModelTagsURL adds tags to a model and takes some away; with neither, a form
// says which.
func ModelTagsURL(p registry.Place, name, add, remove string) string {
	return CollectionURL(p, "", name) + "/-/tags" + query("add", add, "remove", remove)
}

// ModelRenameURL gives a model another name; "" is for the form that asks for it.
func ModelRenameURL(p registry.Place, name, to string) string {
	return CollectionURL(p, "", name) + "/-/rename" + query("name", to)
}

// ModelDeleteURL takes a model away.
func ModelDeleteURL(p registry.Place, name string) string {
	return CollectionURL(p, "", name) + "/-/delete"
}

// UnlinkURL takes a version out of a model.
func UnlinkURL(p registry.Place, model string, number int) string {
	return VersionURL(p, "", model, number) + "/-/unlink"
}

// CardURL is the card of a model, to be edited.
func CardURL(p registry.Place, artifactType, name string) string {
	return CollectionURL(p, artifactType, name) + "/card"
}

// CardRestoreURL puts back a model's card as it was after one entry of the log,
// unless the card has changed since another.
func CardRestoreURL(p registry.Place, name string, to, since int64) string {
	return CardURL(p, "", name) + "/restore" + query("to", strconv.FormatInt(to, 10), "entry", strconv.FormatInt(since, 10))
}

// ModelTabURL is a part of a model's page.
func ModelTabURL(p registry.Place, artifactType, name string, tab ModelTab) string {
	return CollectionURL(p, artifactType, name) + query("tab", string(tab))
}

// ModelListURL is a list of a model's versions.
func ModelListURL(p registry.Place, artifactType, name string, q registry.ModelQuery) string {
	values := url.Values{}
	if len(q.Columns) > 0 {
		values["col"] = q.Columns
	}
	if order := q.Order.String(); order != "" {
		values.Set("sort", order)
	}
	if q.After > 0 {
		values.Set("after", strconv.Itoa(q.After))
	}
	if len(values) == 0 {
		return CollectionURL(p, artifactType, name)
	}
	return CollectionURL(p, artifactType, name) + "?" + values.Encode()
}

// CompareURL shows versions of a model side by side; none chosen are for the
// form that says which.
func CompareURL(p registry.Place, artifactType, name string, q registry.CompareQuery) string {
	values := url.Values{}
	for _, number := range q.Versions {
		values.Add("v", strconv.Itoa(number))
	}
	if q.Base != nil {
		values.Set("base", strconv.Itoa(*q.Base))
	}
	at := CollectionURL(p, artifactType, name) + "/compare"
	if len(values) == 0 {
		return at
	}
	return at + "?" + values.Encode()
}

// CompareRunsURL shows runs of a project side by side.
func CompareRunsURL(p registry.Place, q registry.RunCompareQuery) string {
	values := url.Values{"run": q.Runs}
	if q.Base != "" {
		values.Set("base", q.Base)
	}
	at := PlaceURL(p) + "/compare"
	if encoded := values.Encode(); encoded != "" {
		return at + "?" + encoded
	}
	return at
}

// linkSourcesURL is a step of choosing what to link into a model.
func linkSourcesURL(m registry.LinkTarget, q registry.LinkSourceQuery) string {
	below := ""
	if q.Below > 0 {
		below = strconv.Itoa(q.Below)
	}
	return LinkIntoURL(m.Place, m.Type, m.Name) + query("team", q.Team, "project", q.Project, "artifact", q.Artifact, "q", q.Search, "below", below)
}

// linkTargetsURL is a step of choosing where to link a version to.
func linkTargetsURL(v registry.VersionDetail, q registry.LinkTargetQuery) string {
	return LinkVersionURL(v.Place, v.Artifact.Type, v.Collection.Name, v.Number) +
		query("owner", q.Owner, "registry", q.Registry, "model", q.Model, "q", q.Search)
}

// address writes the segments of a path, whatever stands in them.
func address(segments ...string) string {
	var b strings.Builder
	for _, s := range segments {
		b.WriteByte('/')
		b.WriteString(url.PathEscape(s))
	}
	return b.String()
}

// query writes names and values as a query, leaving out empty values.
func query(pairs ...string) string {
	values := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			values.Set(pairs[i], pairs[i+1])
		}
	}
	if len(values) == 0 {
		return ""
	}
	return "?" + values.Encode()
}

// StarURL takes a star for a registered model, or takes it back.
func StarURL(p registry.Place, model string) string { return CollectionURL(p, "", model) + "/star" }

// FindPath is the search over everything; FindPalettePath answers the palette.
const (
	FindPath        = "/search"
	FindPalettePath = "/search/palette"
)

// FindURL is a page of what a search finds.
func FindURL(q registry.FindQuery) string {
	return FindPath + query("q", q.Text, "kind", string(q.Kind), "after", q.After)
}
